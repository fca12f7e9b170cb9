//! Files that are made from the code: what they hold now, so that a test can compare or write them.

use std::path::{Path, PathBuf};

use tieline::language::{Object as _, json_schema, reference};
use tieline::manifest::Manifest;
use tieline::source::{Code, Severity};
use tieline::{Connector, Source};

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
        let mut all = vec![
            Self { path: "docs/manifest.md".to_owned(), text: reference_page() },
            Self { path: "docs/diagnostics.md".to_owned(), text: diagnostics_page() },
            Self { path: "specs/manifest.schema.json".to_owned(), text: format!("{schema:#}\n") },
        ];
        all.extend(
            connectors().map(|name| Self { path: format!("specs/{name}/compiled.json"), text: compiled(&name) }),
        );
        all
    }

    /// Where it stands on this machine.
    pub fn place(&self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(&self.path)
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
    let folders = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs")).into_iter().flatten();
    let names = folders.filter_map(|folder| {
        let folder = folder.ok()?;
        folder.path().join("connector.yaml").is_file().then(|| folder.file_name().into_string().ok())?
    });
    let mut names: Vec<_> = names.collect();
    names.sort();
    names.into_iter()
}

/// The compiled form of a connector.
///
/// # Panics
/// When its manifest cannot be used.
#[expect(clippy::panic, reason = "tests")]
fn compiled(name: &str) -> String {
    let place = format!("specs/{name}/connector.yaml");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(&place);
    let text = std::fs::read_to_string(path).unwrap_or_default();
    match Connector::load(&Source::new(place.as_str(), text)) {
        Ok((connector, _)) => connector.to_compiled().unwrap_or_else(|error| panic!("{place}: {error}")),
        Err(found) => panic!("{found}"),
    }
}
