//! A case: one folder whose files say what is called, what goes over the wire and what comes back.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tieline::{Connector, Source};

use crate::call::Call;
use crate::exchange::Exchange;

/// An OpenAPI document that stands in a folder in place of a manifest.
const DOCUMENT: &str = "openapi.yaml";

/// One folder.
pub struct Case {
    folder: PathBuf,
    manifest: Manifest,
    read: RefCell<BTreeSet<String>>,
}

/// Which connector a case is about.
#[derive(Clone, Debug)]
pub enum Manifest {
    /// The `connector.yaml`, or the OpenAPI document `openapi.yaml`, in its own folder.
    Own,
    /// The built-in one of this name.
    BuiltIn(String),
}

impl Case {
    /// The cases of a folder, each with its own manifest, by name.
    pub fn all(folder: &str) -> Vec<Self> {
        folders(&here(folder)).into_iter().map(|folder| Self::new(folder, Manifest::Own)).collect()
    }

    /// The cases of the built-in connectors, by connector and name.
    pub fn all_of_connectors() -> Vec<Self> {
        let of = |connector: PathBuf| {
            let name = name(&connector).to_owned();
            folders(&connector).into_iter().map(move |folder| Self::new(folder, Manifest::BuiltIn(name.clone())))
        };
        folders(&here("connectors")).into_iter().flat_map(of).collect()
    }

    fn new(folder: PathBuf, manifest: Manifest) -> Self {
        Self { folder, manifest, read: RefCell::default() }
    }

    /// The folder's name.
    pub fn name(&self) -> &str {
        name(&self.folder)
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Which connector it is about.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Where its manifest is.
    pub fn manifest_path(&self) -> PathBuf {
        match &self.manifest {
            Manifest::Own => self.folder.join(own(&self.folder)),
            Manifest::BuiltIn(name) => specs(name),
        }
    }

    /// The connector.
    ///
    /// # Errors
    /// The findings of its manifest.
    pub fn connector(&self) -> Result<Arc<Connector>, String> {
        match &self.manifest {
            Manifest::Own => {
                self.read.borrow_mut().insert(own(&self.folder).to_owned());
                load(&self.manifest_path())
            }
            Manifest::BuiltIn(name) => built_in(name),
        }
    }

    /// What is called.
    ///
    /// # Errors
    /// What is wrong with `call.json`.
    pub fn calls(&self) -> Result<Vec<Call>, String> {
        let text = self.file("call.json").ok_or("there is no call.json")?;
        Call::read(&text).map_err(|error| format!("call.json: {error}"))
    }

    /// What goes over the wire; nothing when there is no `exchanges.yaml`.
    ///
    /// # Errors
    /// What is wrong with `exchanges.yaml`.
    pub fn exchanges(&self) -> Result<Vec<Exchange>, String> {
        let Some(text) = self.file("exchanges.yaml") else { return Ok(Vec::new()) };
        Exchange::read(&text).map_err(|error| format!("exchanges.yaml: {error}"))
    }

    /// The text of a file, if it is there.
    pub fn file(&self, name: &str) -> Option<String> {
        let text = fs::read_to_string(self.folder.join(name)).ok()?;
        self.read.borrow_mut().insert(name.to_owned());
        Some(text)
    }

    /// The files that nobody has looked at.
    pub fn unread(&self) -> Vec<String> {
        let files = fs::read_dir(&self.folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        files.filter(|file| !self.read.borrow().contains(file)).collect()
    }
}

/// The built-in connector of this name, from its manifest, which is read once.
///
/// # Errors
/// The findings of its manifest.
pub fn built_in(name: &str) -> Result<Arc<Connector>, String> {
    static LOADED: Mutex<BTreeMap<String, Arc<Connector>>> = Mutex::new(BTreeMap::new());
    let mut loaded = LOADED.lock().unwrap();
    if let Some(connector) = loaded.get(name) {
        return Ok(connector.clone());
    }
    let connector = load(&specs(name))?;
    loaded.insert(name.to_owned(), connector.clone());
    Ok(connector)
}

fn load(path: &Path) -> Result<Arc<Connector>, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    match tieline_openapi::load(&Source::new(name(path), text), &tieline_openapi::Surroundings::default()) {
        Ok((connector, _)) => Ok(Arc::new(connector)),
        Err(findings) => Err(findings.render(false)),
    }
}

/// The name of the file that says what the connector of a folder is.
pub fn own(folder: &Path) -> &'static str {
    if folder.join(DOCUMENT).is_file() { DOCUMENT } else { "connector.yaml" }
}

fn specs(name: &str) -> PathBuf {
    here("../specs").join(name).join("connector.yaml")
}

/// A path in the folder of this crate.
pub fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut folders: Vec<_> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn name(folder: &Path) -> &str {
    folder.file_name().and_then(|name| name.to_str()).unwrap()
}
