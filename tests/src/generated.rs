//! Files that are made from the code, and those that the generator makes from the manifests: what they hold now, so that a test can
//! compare or write them.

use std::path::{Path, PathBuf};

use tieline::language::{Object as _, json_schema, reference};
use tieline::manifest::Manifest;
use tieline::source::{Code, Severity};
use tieline::{Connector, Source};
use tieline_codegen::Project;

/// A file that is made from the code.
pub struct Generated {
    /// Where it stands, from the root of the repository.
    pub path: String,
    /// What it holds.
    pub text: String,
}

impl Generated {
    /// Every such file.
    pub fn all() -> Vec<Self> {
        let schema = json_schema(Manifest::DOC);
        vec![
            Self { path: "docs/manifest.md".to_owned(), text: reference_page() },
            Self { path: "docs/diagnostics.md".to_owned(), text: diagnostics_page() },
            Self { path: "specs/manifest.schema.json".to_owned(), text: format!("{schema:#}\n") },
        ]
    }

    /// Where it stands on this machine.
    pub fn place(&self) -> PathBuf {
        root().join(&self.path)
    }
}

/// The reference of the manifest language: an introduction for people, then every key.
fn reference_page() -> String {
    format!("{}{}", include_str!("manifest_introduction.md"), reference(Manifest::DOC))
}

/// The kinds of findings: a table of them all, then each with its examples.
fn diagnostics_page() -> String {
    let row = |code: &Code| {
        let severity = match code.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        format!("| [`{0}`](#{0}) | {severity} | {1} |\n", code.as_str(), code.meaning().replace('|', "\\|"))
    };
    let section = |code: &Code| format!("\n## {}\n\n{}", code.as_str(), code.explanation());
    let rows: String = Code::ALL.iter().map(row).collect();
    let sections: String = Code::ALL.iter().map(section).collect();
    format!("{}{rows}{sections}", include_str!("diagnostics_introduction.md"))
}

/// The folders under `specs/` that hold a manifest.
pub fn connectors() -> impl Iterator<Item = String> {
    let folders = std::fs::read_dir(root().join("specs")).into_iter().flatten();
    let names = folders.filter_map(|folder| {
        let folder = folder.ok()?;
        folder.path().join("connector.yaml").is_file().then(|| folder.file_name().into_string().ok())?
    });
    let mut names: Vec<_> = names.collect();
    names.sort();
    names.into_iter()
}

/// What the generator makes from the manifests.
///
/// # Panics
/// When a manifest cannot be used.
#[expect(clippy::panic, reason = "tests")]
pub fn project() -> Project {
    let load = |name: String| {
        let place = format!("specs/{name}/connector.yaml");
        let text = std::fs::read_to_string(root().join(&place)).unwrap_or_default();
        match Connector::load(&Source::new(place.as_str(), text)) {
            Ok((connector, _)) => connector,
            Err(found) => panic!("{found}"),
        }
    };
    let connectors: Vec<_> = connectors().map(load).collect();
    Project::of(&connectors.iter().collect::<Vec<_>>()).unwrap_or_else(|error| panic!("{error}"))
}

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
