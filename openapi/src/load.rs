//! From a text to a connector, whether it is a manifest or an OpenAPI document.

use tieline::source::{Diagnostics, Source};
use tieline::yaml::{self, Limits};
use tieline::Connector;

use crate::{is_document, translate};

/// Loads a manifest, or an OpenAPI document as one, with its warnings.
///
/// # Errors
/// All findings, at least one of them an error.
pub fn load(source: &Source) -> Result<(Connector, Diagnostics), Diagnostics> {
    let mut findings = Vec::new();
    let Some(tree) = yaml::parse(source, Limits::default(), &mut findings) else {
        return Err(Diagnostics::new(source.clone(), findings));
    };
    if !is_document(&tree) {
        return Connector::from_tree(source, &tree, findings);
    }
    match translate(&tree) {
        Ok((translation, found)) => {
            findings.extend(found);
            Connector::from_tree(source, &translation.manifest, findings)
        }
        Err(finding) => {
            findings.push(*finding);
            Err(Diagnostics::new(source.clone(), findings))
        }
    }
}
