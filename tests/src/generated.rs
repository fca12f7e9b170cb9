//! Files that are made from the code: what they hold now, so that a test can compare or write them.

use std::path::{Path, PathBuf};

use tieline::language::{Object as _, json_schema, reference};
use tieline::manifest::Manifest;

/// A file that is made from the code.
pub struct Generated {
    /// Where it stands, from the root of the repository.
    pub path: &'static str,
    /// What it holds.
    pub text: String,
}

impl Generated {
    /// Every such file.
    pub fn all() -> Vec<Self> {
        let schema = json_schema(Manifest::DOC);
        vec![
            Self { path: "docs/manifest.md", text: page() },
            Self { path: "specs/manifest.schema.json", text: format!("{schema:#}\n") },
        ]
    }

    /// Where it stands on this machine.
    pub fn place(&self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(self.path)
    }
}

/// The reference of the manifest language: an introduction for people, then every key.
fn page() -> String {
    format!("{}{}", include_str!("manifest_introduction.md"), reference(Manifest::DOC))
}
