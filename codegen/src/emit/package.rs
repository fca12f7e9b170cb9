//! A whole crate: its manifest, and a module for each client behind a feature of the connector's name.

use crate::ir::Client;
use crate::tree::Tree;

use super::words::{code, ident, text, visible};
use super::{Error, Origin, folder, source};

/// A crate of clients, by path from its folder.
///
/// # Errors
/// When a name is not one in Rust.
pub fn package(name: &str, clients: &[Client], origin: impl Fn(Option<&Client>) -> Origin) -> Result<Tree, Error> {
    let mut tree = Tree::new();
    let line = origin(None).line();
    tree.add("Cargo.toml", format!("# {line}\n\n{}", manifest(name, clients)));
    let mut library = format!(
        "// {line}\n\n//! Typed clients, one module for each connector, each behind a feature of the connector's name.\n
/// The engine: what the clients stand on.
pub use ::tieline;\n"
    );
    for client in clients {
        let (feature, module) = (text(&client.connector), ident(&client.module)?);
        library.push_str(&format!(
            "\n/// {}\n#[cfg(feature = {feature})]\n#[rustfmt::skip]\npub mod {module};\n",
            visible(&about(client))
        ));
        tree.add_all(&format!("src/{}", client.module), folder(client, &origin(Some(client)))?);
    }
    library.push_str(&each_operation(clients)?);
    source::check("lib.rs", &library)?;
    tree.add("src/lib.rs", library);
    Ok(tree)
}

/// The function that does something with each operation of one of several connectors.
fn each_operation(clients: &[Client]) -> Result<String, Error> {
    let mut arms = String::new();
    for client in clients {
        let (feature, module, name) = (text(&client.connector), ident(&client.module)?, ident(&client.name)?);
        arms.push_str(&format!(
            "        #[cfg(feature = {feature})]\n        {feature} => {module}::{name}::each_operation(each),\n"
        ));
    }
    Ok(format!(
        "\n/// Does something with each operation of the connector of this name and its types; nothing when there is no such connector.
#[allow(unused_variables, reason = \"without any feature there is none\")]
#[doc(hidden)]
pub fn each_operation(connector: &str, each: &mut impl ::tieline::typed::EachOperation) {{
    match connector {{
{arms}        _ => {{}}
    }}
}}
"
    ))
}

fn about(client: &Client) -> String {
    match client.docs.first().filter(|line| !line.trim().is_empty()) {
        Some(line) => line.clone(),
        None => format!("{}.", code(&client.connector)),
    }
}

fn manifest(name: &str, clients: &[Client]) -> String {
    // What is text in JSON is text in TOML.
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let features: Vec<_> = clients.iter().map(|client| quoted(&client.connector)).collect();
    let is_bare =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    let key = |name: &str| if is_bare(name) { name.to_owned() } else { quoted(name) };
    let each: String = clients.iter().map(|client| format!("{} = []\n", key(&client.connector))).collect();
    format!(
        "[package]
name = {}
description = \"Typed clients of Tieline's connectors.\"
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true
publish.workspace = true

[features]
default = [{}]
{each}
[dependencies]
tieline = {{ workspace = true }}

[dev-dependencies]
serde_json = {{ workspace = true }}
tieline-mock = {{ workspace = true }}
tokio = {{ workspace = true }}

[lints]
workspace = true
",
        quoted(name),
        features.join(", ")
    )
}
