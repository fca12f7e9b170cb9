//! The other files of an OpenAPI document: those in its folder, and, where the user says so, others and those on the web.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use tieline::Source;
use tieline::transport::{HttpTransport, Transport as _};
use tieline::wire::SignedRequest;
use tieline_openapi::Surroundings;
use tieline_openapi::bundle::{Files, Limits, Permission};
use url::Url;

use crate::token_file::folder_of;

/// The largest file that is read or fetched, in bytes.
const LARGEST: usize = 32 << 20;

/// Where references may lead.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowed {
    /// Out of the folder of the document.
    pub outside: Permission,
    /// To web addresses.
    pub remote: Permission,
}

impl Allowed {
    /// Only into the folder of the document. Only `import` can be asked for more.
    pub(crate) const INSIDE: Self = Self {
        outside: Permission::Refused { unless: Some("make a manifest of it with `tieline import --allow-outside`") },
        remote: Permission::Refused { unless: Some("make a manifest of it with `tieline import --allow-remote`") },
    };
}

/// The files around a document.
pub(crate) struct DocumentFiles {
    folder: PathBuf,
    allowed: Allowed,
}

impl DocumentFiles {
    /// Those around the document at a path.
    pub(crate) fn around(document: &Path, allowed: Allowed) -> Self {
        Self { folder: folder_of(document).to_owned(), allowed }
    }

    /// What belongs to the document, with these overlays.
    pub(crate) fn with<'a>(&'a self, overlays: &'a [Source]) -> Surroundings<'a> {
        let Allowed { outside, remote } = self.allowed;
        Surroundings { files: self, limits: Limits { outside, remote, ..Limits::default() }, overlays }
    }

    /// A file on this machine. A link inside the folder may not lead out of it.
    fn local(&self, path: &str) -> Result<Source, String> {
        let file = self.folder.join(path);
        if self.allowed.outside != Permission::Given {
            let real = |path: &Path| fs::canonicalize(path).map_err(|error| error.to_string());
            if !real(&file)?.starts_with(real(&self.folder)?) {
                return Err("it is a link out of the folder of the document".to_owned());
            }
        }
        let mut bytes = Vec::new();
        let opened = File::open(&file).map_err(|error| error.to_string())?;
        opened.take(LARGEST as u64 + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        if bytes.len() > LARGEST {
            return Err(too_large());
        }
        source(file.display().to_string(), bytes)
    }
}

impl Files for DocumentFiles {
    fn read(&self, path: &str) -> Result<Source, String> {
        match Url::parse(path) {
            Ok(url) if matches!(url.scheme(), "https" | "http") => fetched(url),
            Ok(_) | Err(_) => self.local(path),
        }
    }
}

fn source(name: String, bytes: Vec<u8>) -> Result<Source, String> {
    let text = String::from_utf8(bytes)
        .map_err(|error| format!("it is not UTF-8 text (at byte {})", error.utf8_error().valid_up_to()))?;
    Ok(Source::new(name, text))
}

/// A file on the web. Nothing but the address is sent.
fn fetched(url: Url) -> Result<Source, String> {
    let options = crate::network::options().map_err(|error| error.to_string())?;
    let transport = HttpTransport::new(&options).map_err(|error| error.message)?;
    let name = url.to_string();
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let bytes = runtime.block_on(async {
        let response = transport.send(SignedRequest::unsigned(url)).await.map_err(|error| error.message)?;
        if !response.status.is_success() {
            return Err(format!("the server answered {}", response.status));
        }
        response.body.collect(LARGEST).await.map_err(|error| error.message)?.ok_or_else(too_large)
    })?;
    source(name, bytes.into())
}

fn too_large() -> String {
    format!("it is larger than {LARGEST} bytes")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn files_are_read_in_the_folder_and_no_link_leads_out() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("api");
        fs::create_dir(&inside).unwrap();
        fs::write(inside.join("pet.yaml"), "type: object").unwrap();
        fs::write(folder.path().join("secret.yaml"), "no: no").unwrap();
        let files = DocumentFiles::around(&inside.join("openapi.yaml"), Allowed::INSIDE);
        assert_eq!(files.read("pet.yaml").unwrap().text(), "type: object");
        assert!(files.read("other.yaml").is_err());
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(folder.path().join("secret.yaml"), inside.join("link.yaml")).unwrap();
            assert!(files.read("link.yaml").unwrap_err().contains("out of the folder"));
        }
        let open = DocumentFiles::around(
            &inside.join("openapi.yaml"),
            Allowed { outside: Permission::Given, ..Allowed::INSIDE },
        );
        assert_eq!(open.read("../secret.yaml").unwrap().text(), "no: no");
        #[cfg(unix)]
        assert_eq!(open.read("/dev/zero").unwrap_err(), too_large(), "what never ends is not read to its end");
    }
}
