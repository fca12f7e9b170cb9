//! Every input that is kept does what it did when it was found: nothing.

use std::fs;
use std::panic;
use std::path::{Path, PathBuf};

use tieline_fuzz::TARGETS;

#[test]
fn the_inputs_that_are_kept_break_nothing() {
    let mut broken = Vec::new();
    for (name, target) in TARGETS {
        let inputs: Vec<_> =
            ["corpus", "found"].into_iter().flat_map(|folder| files(&here(folder).join(name))).collect();
        assert!(!inputs.is_empty(), "{name} has no inputs");
        for path in inputs {
            let input = fs::read(&path).expect("an input");
            if panic::catch_unwind(|| target(&input)).is_err() {
                broken.push(path.display().to_string());
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// No folder of inputs belongs to no target.
#[test]
fn every_folder_of_inputs_has_a_target() {
    for folder in ["corpus", "found"] {
        for entry in fs::read_dir(here(folder)).expect("a folder") {
            let name = entry.expect("an entry").file_name();
            assert!(TARGETS.iter().any(|(target, _)| name == *target), "{folder}/{}", name.display());
        }
    }
}

fn here(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}
