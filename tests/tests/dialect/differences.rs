//! What differs on purpose, each with its reason. A reason that no longer applies fails the test.

use std::fs;

use serde::Deserialize;
use tieline_tests::case::here;

use crate::Recorded;

const FILE: &str = "dialect-differences.yaml";

/// A difference that is meant.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    /// The specification.
    spec: String,
    /// The operations: `entity.action`.
    operations: Vec<String>,
    /// The cases; both when left out.
    #[serde(default)]
    cases: Vec<String>,
    /// How the difference begins: `error`, `data`, `request path`, …
    differs: Vec<String>,
    /// Why, with the section of the reference about the peer that lists it as a defect.
    why: String,
    #[serde(skip)]
    used: usize,
}

pub(crate) struct Differences(Vec<Difference>);

impl Differences {
    pub(crate) fn read() -> Self {
        let text = fs::read_to_string(here(FILE)).unwrap();
        let differences: Vec<Difference> = serde_saphyr::from_str(&text).unwrap();
        for difference in &differences {
            assert!(
                difference.why.contains("section "),
                "{FILE}: `{}` names no section of the reference",
                difference.why
            );
        }
        Self(differences)
    }

    /// The faults that no difference explains.
    pub(crate) fn unexplained(&mut self, recorded: &Recorded, faults: Vec<String>) -> Vec<String> {
        let name = format!("{}.{}", recorded.entity, recorded.action);
        faults
            .into_iter()
            .filter(|fault| {
                let explains = |difference: &&mut Difference| {
                    difference.spec == recorded.spec
                        && difference.operations.contains(&name)
                        && (difference.cases.is_empty() || difference.cases.contains(&recorded.case))
                        && difference.differs.iter().any(|start| fault.starts_with(start.as_str()))
                };
                match self.0.iter_mut().find(explains) {
                    Some(difference) => {
                        difference.used += 1;
                        false
                    }
                    None => true,
                }
            })
            .collect()
    }

    pub(crate) fn used(&self) -> usize {
        self.0.iter().map(|difference| difference.used).sum()
    }

    pub(crate) fn unused(&self) -> Vec<String> {
        let unused = self.0.iter().filter(|difference| difference.used == 0);
        unused
            .map(|difference| format!("{} {:?}: {}", difference.spec, difference.operations, difference.why))
            .collect()
    }
}
