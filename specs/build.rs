//! Lists the folders that hold a connector (`connector.yaml` beside `compiled.json`), so that adding one is adding a folder.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let specs = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo:rerun-if-changed=.");

    let mut list = String::new();
    for folder in folders(&specs)? {
        let compiled = folder.join("compiled.json");
        println!("cargo:rerun-if-changed={}", compiled.display());
        match fs::read_to_string(&compiled) {
            Ok(text) => list.push_str(&entry(&folder, &compiled, &text, &out)?),
            Err(_) => println!("cargo:warning={} has no compiled.json and is left out", folder.display()),
        }
    }
    fs::write(out.join("built_in.rs"), format!("&[\n{list}]\n"))?;
    Ok(())
}

/// The folders that hold a `connector.yaml`, by name.
fn folders(specs: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(specs)? {
        let folder = entry?.path();
        if folder.join("connector.yaml").is_file() {
            folders.push(folder);
        }
    }
    folders.sort();
    Ok(folders)
}

/// One element of the list. The head, which is the first line of the compiled form, is kept a second time on its own, as a
/// connector without entities: who only lists connectors reads no more than that.
fn entry(folder: &Path, compiled: &Path, text: &str, out: &Path) -> Result<String, Box<dyn Error>> {
    let name = folder.file_name().and_then(|name| name.to_str()).ok_or("a connector's folder has a plain name")?;
    let first_line = text.lines().next().and_then(|line| line.strip_suffix(',')).filter(|line| line.starts_with('{'));
    let first_line = first_line.ok_or_else(|| format!("{} does not begin with its head", compiled.display()))?;
    let head = out.join(format!("{name}.head.json"));
    fs::write(&head, format!("{first_line},\"entities\":{{}},\"schemas\":{{}}}}"))?;

    let mut entry = String::new();
    writeln!(entry, "    BuiltIn {{")?;
    writeln!(entry, "        name: {name:?},")?;
    writeln!(entry, "        head: include_str!({head:?}),")?;
    writeln!(entry, "        compiled: include_str!({compiled:?}),")?;
    writeln!(entry, "    }},")?;
    Ok(entry)
}
