//! Faces: the ways in which a reader uses a connector. Each is a section of every page.
//!
//! A new face is one entry in [`FACES`] and a folder `codegen/templates/faces/<name>/` with three templates, each printing the face's
//! section from a part of the model:
//!
//! - `start.hbs` from [`Start`](super::model::Start), on a connector's `README.md`;
//! - `sign_in.hbs` from [`SignIn`](super::model::SignIn), for each way to sign in on `AUTH.md`;
//! - `call.hbs` from [`Call`](super::model::Call), for each example on `REFERENCE.md`.
//!
//! What a template alone cannot make (a quoted command, a line of Rust) comes from the face's [`Snippets`]: the model holds it, and
//! the template finds it as `snippet`. A section of a face that needs snippets is left out where there is none. What a template needs
//! beside it stands in the model under names that are no face's, and is found as `snippets.<name>`.

use serde_json::{Map, Value};
use tieline::Connector;
use tieline::auth::Scheme;
use tieline::plan::Operation;

/// A way in which a reader uses a connector.
#[derive(Clone, Copy, Debug)]
pub struct Face {
    /// Its name: that of its folder, and of its snippets in the model.
    pub name: &'static str,
    /// Where its sections come from.
    pub origin: Origin,
    /// Its sections: how to begin, how to sign in, a call.
    pub(super) templates: [(&'static str, &'static str); 3],
}

/// Where the sections of a face come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The model alone.
    Model,
    /// Snippets: without one, there is no section.
    Snippets,
}

impl Face {
    /// The name of a section's template.
    pub(super) fn template(&self, section: &str) -> String {
        format!("faces/{}/{section}", self.name)
    }
}

macro_rules! face {
    ($name:literal, $origin:ident) => {
        Face {
            name: $name,
            origin: Origin::$origin,
            templates: [
                ("start", include_str!(concat!("../../templates/faces/", $name, "/start.hbs"))),
                ("sign_in", include_str!(concat!("../../templates/faces/", $name, "/sign_in.hbs"))),
                ("call", include_str!(concat!("../../templates/faces/", $name, "/call.hbs"))),
            ],
        }
    };
}

/// All faces, in the order in which pages show them.
pub const FACES: &[Face] = &[face!("command_line", Snippets), face!("rust", Snippets), face!("hosted", Snippets)];

/// Makes the texts that a face shows, such as a command or a few lines of code.
pub trait Snippets {
    /// How to begin: a whole program, say, that signs in and makes this call.
    fn start(&self, connector: &Connector, call: &Shown<'_>) -> Option<String>;

    /// How to sign in this way, with these values, and make this call.
    fn sign_in(
        &self,
        connector: &Connector,
        name: &str,
        scheme: &Scheme,
        values: &Map<String, Value>,
        call: Option<&Shown<'_>>,
    ) -> Option<String>;

    /// A call on a connection.
    fn call(&self, connector: &Connector, call: &Shown<'_>) -> Option<String>;
}

/// A call to show.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The operation.
    pub operation: &'a Operation,
    /// The parameters; the value of one that is a file is left out.
    pub params: &'a Map<String, Value>,
    /// The parameters that are files, with the name of a file to show.
    pub files: &'a [(String, String)],
}
