//! What a repository of connectors holds that is made from their manifests.

use tieline::Connector;

use crate::docs;
use crate::emit::{self, Origin};
use crate::error::Error;
use crate::ir::Client;
use crate::snippets::Rust;
use crate::tree::{MARK, Tree};

/// The crate of the typed clients.
const CRATE: &str = "tieline-connectors";

/// What is made from the manifests of a repository: its files, by their path from the root.
#[derive(Clone, Debug)]
pub struct Project {
    tree: Tree,
    clients: Vec<Client>,
}

impl Project {
    /// Everything that is made from these connectors, each of which stands in `specs/<name>/connector.yaml`:
    ///
    /// - `specs/<name>/compiled.json`, the compiled form that is built in;
    /// - `generated/`, the crate of the typed clients, with a test that makes every call that the pages show;
    /// - `generated/docs/`, the pages.
    ///
    /// # Errors
    /// When a connector cannot be read, or what it says cannot be printed.
    pub fn of(connectors: &[&Connector]) -> Result<Self, Error> {
        let mut tree = Tree::new().sweeping("generated", MARK);
        let clients = clients(connectors)?;
        for client in &clients {
            tree.add(format!("specs/{}/compiled.json", client.connector), client.compiled.as_str());
        }
        tree.add_all("generated", emit::package(CRATE, &clients, origin)?);
        let rust = Rust::of(connectors, &clients);
        tree.add_all("generated/docs", docs::pages(&docs::model(connectors, &[("rust", &rust)])?)?);
        for (connector, client) in connectors.iter().zip(&clients) {
            let program = rust.program(connector, &origin(Some(client)))?;
            tree.add(format!("generated/tests/{}.rs", client.module), program);
        }
        Ok(Self { tree, clients })
    }

    /// All files.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The files of these connectors alone.
    pub fn only(&self, connectors: &[String]) -> Tree {
        let meant = self.clients.iter().filter(|client| connectors.contains(&client.connector));
        let beginnings: Vec<_> = meant
            .flat_map(|Client { connector, module, .. }| {
                [
                    format!("specs/{connector}/"),
                    format!("generated/src/{module}/"),
                    format!("generated/tests/{module}.rs"),
                    format!("generated/docs/{connector}/"),
                ]
            })
            .collect();
        self.tree.only(&beginnings)
    }
}

/// Everything that the pages of these connectors show.
///
/// # Errors
/// When a connector cannot be read.
pub fn catalogue(connectors: &[&Connector]) -> Result<docs::model::Catalogue, Error> {
    let rust = Rust::of(connectors, &clients(connectors)?);
    Ok(docs::model(connectors, &[("rust", &rust)])?)
}

fn clients(connectors: &[&Connector]) -> Result<Vec<Client>, Error> {
    Ok(connectors.iter().map(|connector| Client::of(connector)).collect::<Result<_, _>>()?)
}

fn origin(client: Option<&Client>) -> Origin {
    let from =
        client.map_or_else(|| "specs/".to_owned(), |client| format!("specs/{}/connector.yaml", client.connector));
    Origin { arguments: String::new(), from }
}
