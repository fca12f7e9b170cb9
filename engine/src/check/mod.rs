//! What two places of a manifest together show to be wrong: one file a rule.

use crate::manifest::Manifest;
use crate::source::Diagnostic;

/// Runs every rule.
pub(crate) fn check(manifest: &Manifest, findings: &mut Vec<Diagnostic>) {
    let _ = (manifest, findings);
}
