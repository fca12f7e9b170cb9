//! Every manifest of the repository, written anew, is the same connector.

use std::fs;
use std::path::{Path, PathBuf};

use tieline::yaml::{Limits, parse};
use tieline::{Connector, Source};
use tieline_openapi::{changes, to_yaml};

#[test]
fn a_manifest_written_anew_is_the_same_connector() {
    let mut paths = Vec::new();
    for folder in ["../specs", "../tests/cases", "../tests/connectors"] {
        manifests(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut paths);
    }
    let mut compared = 0;
    for path in paths {
        let text = fs::read_to_string(&path).expect("a manifest");
        let source = Source::new(path.display().to_string(), text);
        let Ok((connector, _)) = Connector::load(&source) else { continue };
        let tree = parse(&source, Limits::default(), &mut Vec::new()).expect("a tree");
        let written = Source::new("<written>", to_yaml(&tree, &[]));
        let (again, _) = Connector::load(&written).unwrap_or_else(|findings| panic!("{}\n{findings}", path.display()));
        assert_eq!(again.to_compiled(), connector.to_compiled(), "{}", path.display());
        assert_eq!(changes(&connector, &again).expect("loaded connectors"), [], "{}", path.display());
        compared += 1;
    }
    assert!(compared >= 250, "only {compared} manifests are connectors");
}

fn manifests(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of manifests") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            manifests(&path, found);
        } else if path.file_name().is_some_and(|name| name == "connector.yaml") {
            found.push(path);
        }
    }
}
