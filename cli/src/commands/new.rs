//! `tieline new`: a manifest to start from.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use tieline::{Error, ErrorKind};

use crate::connector;
use crate::manifest_schema::ManifestSchema;
use crate::output::print_text;
use crate::stop::{Stop, invalid};
use crate::token_file::folder_of;

const SKELETON: &str = include_str!("skeleton.yaml");

/// What to write.
#[derive(Args)]
#[command(after_help = "Examples:
  tieline new weather
  tieline new weather --out specs/weather/connector.yaml")]
pub(crate) struct NewArgs {
    /// The connector's name: lower-case letters, digits and `_` or `-`
    pub name: String,
    /// Where to write it; <NAME>/connector.yaml when left out
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Writes it. What is there already stays.
pub(crate) fn run(args: &NewArgs) -> Result<(), Stop> {
    if !is_name(&args.name) {
        let message = format!("`{}` cannot be a connector's name", args.name.escape_debug());
        let help = "a name begins with a lower-case letter and goes on with lower-case letters, digits, `_` or `-`";
        return Err(invalid(message).with_help(help).into());
    }
    let path = args.out.clone().unwrap_or_else(|| connector::manifest_path(&args.name));
    let unwritten = |error: io::Error| {
        if error.kind() == io::ErrorKind::AlreadyExists {
            return invalid(format!("{} is there already", path.display()))
                .with_help("name another file with --out, or remove that one first");
        }
        Error::new(ErrorKind::Unavailable, format!("{} cannot be written: {error}", path.display()))
    };
    fs::create_dir_all(folder_of(&path)).map_err(unwritten)?;
    let schema = ManifestSchema::of(&path);
    let mut file = fs::File::create_new(&path).map_err(unwritten)?;
    file.write_all(manifest(&args.name, &schema.name).as_bytes()).map_err(unwritten)?;
    schema.put()?;
    let shown = connector::quoted(&path.display().to_string());
    print_text(&format!("{shown}\n"))?;
    next_steps(&shown, &schema.path);
    Ok(())
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-'))
}

fn manifest(name: &str, schema: &str) -> String {
    let mut title = name.replace(['_', '-'], " ");
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    SKELETON.replace("@schema@", schema).replace("@name@", name).replace("@title@", &title)
}

fn next_steps(path: &str, schema: &Path) {
    let schema = schema.display();
    let text = format!(
        "An editor that knows YAML schemas completes it with {schema}.\nNext:\n  tieline check {path}\n  tieline describe {path}\n  tieline execute {path} items list --mock\n"
    );
    // Who does not read stderr does not miss it.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        for name in ["notion", "my-api", "a2_b"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "Notion", "2a", "../x", "a b", "é"] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn the_name_is_everywhere_and_no_mark_is_left() {
        let text = manifest("my-api", "../a.json");
        assert!(text.starts_with("# yaml-language-server: $schema=../a.json\n"), "{text}");
        assert!(text.contains("\nname: my-api\n") && text.contains("\ntitle: My api\n"), "{text}");
        assert!(!text.contains("@name@") && !text.contains("@title@"));
    }
}
