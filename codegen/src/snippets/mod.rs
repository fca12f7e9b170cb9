//! Examples in Rust: how to sign in to a client, how to begin, and a call of each operation, for the pages; and a program of tests that
//! runs them all ([`program`]).
//!
//! What a snippet says is what the types of [`crate::ir`] offer: constructors and methods, variants of enums, `json!` where anything
//! goes. A value that has more than its type offers is read from JSON, and a call whose parameters the types cannot hold is made
//! without them, so that nothing that an example gives is lost.

mod call;
mod fits;
mod layout;
mod literal;
mod named;
mod program;
mod sign_in;
#[cfg(test)]
mod tests;
mod uses;
mod value;

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::{Map, Value};
use tieline::auth::Scheme;
use tieline::catalog::sign_in::simplest;
use tieline::manifest::Effect;
use tieline::plan::Operation;
use tieline::{Connector, Error};

use crate::docs;
use crate::docs::faces::Shown;
use crate::emit::Origin;
use crate::ir::{self, Client};

use uses::Uses;
use value::Values;

pub use program::program;

/// The crate that has the clients.
pub const LIBRARY: &str = "tieline-connectors";

/// A piece of code, and what it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    uses: Uses,
    text: String,
    /// The variable that holds what it is all about, and that it does nothing with.
    bound: Option<String>,
}

impl Snippet {
    /// The `use` lines that it needs; each ends with a line break.
    pub fn uses(&self) -> String {
        self.uses.text()
    }

    /// The code, for a function that answers with a `Result` of any error; each line ends with a line break.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The `use` lines and the code.
    pub fn whole(&self) -> String {
        let uses = self.uses();
        if uses.is_empty() { self.text.clone() } else { format!("{uses}\n{}", self.text) }
    }
}

/// Makes the snippets of a connector.
#[derive(Clone, Debug)]
pub struct Snippets<'a> {
    connector: &'a Connector,
    client: Client,
    root: String,
}

impl<'a> Snippets<'a> {
    /// Those for the client in [`LIBRARY`].
    ///
    /// # Errors
    /// `invalid_manifest` when the connector came from a compiled form that cannot be read.
    pub fn of(connector: &'a Connector) -> Result<Self, Error> {
        Ok(Self::with_client(connector, Client::of(connector)?))
    }

    /// The same where there is a client already.
    fn with_client(connector: &'a Connector, client: Client) -> Self {
        let root = format!("{}::{}", LIBRARY.replace('-', "_"), client.module);
        Self { connector, client, root }
    }

    /// The same for a client whose module has this path.
    #[must_use]
    pub fn within(self, module: &str) -> Self {
        Self { root: module.to_owned(), ..self }
    }

    /// The calls that the examples of an operation show; a made-up one where there are none.
    fn examples(&self, operation: &Operation) -> Vec<Snippet> {
        let mut all: Vec<_> = operation.examples.iter().map(|example| object(example.params.as_ref())).collect();
        if all.is_empty() {
            all.push(docs::example::required_params(self.connector, operation));
        }
        let snippets = all.into_iter().filter_map(|params| {
            let (params, files) = call::with_files(operation, params);
            self.call(&Shown { operation, params: &params, files: &files })
        });
        snippets.collect()
    }

    /// An operation to begin with: the one that shows whether a connection works, or the first list, or anything that is asked for easily.
    pub fn first(&self) -> Result<Option<&'a Operation>, Error> {
        if let Some((entity, action)) = &self.connector.head().check {
            return self.connector.operation(entity, action).map(|operation| Some(&**operation));
        }
        let entities = self.connector.entities()?;
        let easy = |operation: &&Operation| {
            operation.effect == Effect::Read && operation.params.iter().all(|param| !param.required)
        };
        let mut all = entities.into_iter().flat_map(|entity| entity.operations()).filter(easy).peekable();
        let first = all.peek().copied();
        Ok(all.find(|operation| operation.is_list()).or(first))
    }

    /// A call on a connected client, which is called as its module is: `notion`. `None` when the client lacks the operation.
    pub fn call(&self, shown: &Shown<'_>) -> Option<Snippet> {
        let Operation { entity, action, .. } = shown.operation;
        let entity = self.client.entities.iter().find(|known| known.entity == *entity)?;
        let action = entity.actions.iter().find(|known| known.action == *action)?;
        let snippet = call::call(Values::new(&self.client, entity, &self.root), action, shown);
        // The crate of the clients gives out the engine, so that a program need not name it.
        let library = LIBRARY.replace('-', "_");
        let is_of_library = self.root.split("::").next() == Some(library.as_str());
        Some(if is_of_library { Snippet { uses: snippet.uses.through(&library), ..snippet } } else { snippet })
    }

    /// How to connect in this way. `None` when there is no such way to sign in.
    pub fn sign_in(&self, scheme: &str) -> Option<Snippet> {
        let scheme = self.client.schemes.iter().find(|known| known.scheme == scheme)?;
        Some(sign_in::connect(self.connector, &self.client, Some(scheme), &self.root))
    }

    /// How to connect in the simplest way.
    fn connect(&self) -> Snippet {
        sign_in::connect(self.connector, &self.client, self.simplest(), &self.root)
    }

    fn simplest(&self) -> Option<&ir::Scheme> {
        let (name, _) = simplest(self.connector.head())?;
        self.client.schemes.iter().find(|known| known.scheme == name)
    }

    /// A whole program that signs in, in this way or the simplest one, and makes this call.
    pub fn start(&self, scheme: Option<&str>, shown: &Shown<'_>) -> Option<Snippet> {
        let connect = match scheme {
            Some(scheme) => self.sign_in(scheme)?,
            None => self.connect(),
        };
        let call = self.call(shown)?;
        let mut uses = connect.uses.clone();
        uses.add_all(&call.uses);
        let end = call.bound.as_ref().map(|name| format!("println!(\"{{{name}:?}}\");\n")).unwrap_or_default();
        let body: String =
            [&connect.text, &call.text, &end].into_iter().flat_map(|text| text.lines()).map(indented).collect();
        let head =
            "#[tokio::main(flavor = \"current_thread\")]\nasync fn main() -> Result<(), Box<dyn std::error::Error>>";
        Some(Snippet { uses, text: format!("{head} {{\n{body}    Ok(())\n}}\n"), bound: None })
    }
}

fn object(params: Option<&Value>) -> Map<String, Value> {
    params.and_then(Value::as_object).cloned().unwrap_or_default()
}

/// A line inside a function.
fn indented(line: &str) -> String {
    if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") }
}

/// The snippets of several connectors, as the pages ask for them.
#[derive(Debug, Default)]
pub struct Rust<'a> {
    of: BTreeMap<&'a str, Snippets<'a>>,
    /// The calls that were asked for: connector, operation and snippet.
    shown: Mutex<Vec<(String, String, Snippet)>>,
}

impl<'a> Rust<'a> {
    /// Those of these connectors, whose clients these are.
    pub fn of(connectors: &[&'a Connector], clients: &[Client]) -> Self {
        let all = connectors.iter().zip(clients);
        let of = |(connector, client): (&&'a Connector, &Client)| {
            (connector.name(), Snippets::with_client(connector, client.clone()))
        };
        Self { of: all.map(of).collect(), shown: Mutex::default() }
    }

    /// The [`program`] of a connector, with all calls that pages have asked for.
    ///
    /// # Errors
    /// As for [`program`].
    pub fn program(&self, connector: &Connector, origin: &Origin) -> Result<String, Error> {
        let Some(snippets) = self.of.get(connector.name()) else { return program(connector, origin) };
        let shown = self.shown.lock().map(|shown| shown.clone()).unwrap_or_default();
        let of_connector = shown.into_iter().filter(|(name, ..)| name == connector.name());
        snippets.program_with(origin, of_connector.map(|(_, operation, snippet)| (operation, snippet)).collect())
    }
}

impl docs::Snippets for Rust<'_> {
    fn start(&self, connector: &Connector, call: &Shown<'_>) -> Option<String> {
        self.of.get(connector.name())?.start(None, call).map(|snippet| snippet.whole())
    }

    fn sign_in(
        &self,
        connector: &Connector,
        name: &str,
        _: &Scheme,
        _: &Map<String, Value>,
        _: Option<&Shown<'_>>,
    ) -> Option<String> {
        self.of.get(connector.name())?.sign_in(name).map(|snippet| snippet.whole())
    }

    fn call(&self, connector: &Connector, call: &Shown<'_>) -> Option<String> {
        let snippet = self.of.get(connector.name())?.call(call)?;
        if let Ok(mut shown) = self.shown.lock() {
            shown.push((connector.name().to_owned(), call.operation.name(), snippet.clone()));
        }
        Some(snippet.whole())
    }
}
