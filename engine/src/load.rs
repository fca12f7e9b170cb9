//! From a text to a connector: read, check, compile, and hold its examples against it.

use crate::check::check;
use crate::examples::check_examples;
use crate::manifest::Manifest;
use crate::plan::{Connector, compile};
use crate::source::{Diagnostic, Diagnostics, Severity, Source};
use crate::yaml::Limits;

impl Connector {
    /// Loads a manifest, with its warnings.
    ///
    /// # Errors
    /// All findings, at least one of them an error.
    pub fn load(source: &Source) -> Result<(Self, Diagnostics), Diagnostics> {
        Self::load_within(source, Limits::default())
    }

    /// Loads a manifest within these limits, with its warnings.
    ///
    /// # Errors
    /// All findings, at least one of them an error.
    pub fn load_within(source: &Source, limits: Limits) -> Result<(Self, Diagnostics), Diagnostics> {
        let mut findings = Vec::new();
        let connector = Manifest::read(source, limits, &mut findings).and_then(|manifest| {
            check(&manifest, &mut findings);
            let connector = is_sound(&findings).then(|| compile(&manifest))?;
            check_examples(&manifest, &connector, &mut findings);
            Some(connector)
        });
        let findings = Diagnostics::new(source.clone(), findings);
        connector.filter(|_| findings.errors() == 0).map(|connector| (connector, findings.clone())).ok_or(findings)
    }
}

fn is_sound(findings: &[Diagnostic]) -> bool {
    findings.iter().all(|finding| finding.severity() != Severity::Error)
}
