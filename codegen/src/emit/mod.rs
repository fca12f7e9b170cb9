//! Prints a client as Rust. What is written here chooses no names and no types: `ir` has them.
//!
//! A client is one module with others in it: its types, and one for each entity. [`folder`] makes files of them, [`text`] one text to
//! include, [`package`] a whole crate.

mod argument;
mod calls;
mod client;
mod object;
mod one_of;
mod package;
mod sign_in;
mod source;
mod table;
mod words;

use crate::ir::{Client, Place};
use crate::tree::{MARK, Tree};

use source::Source;

pub use package::package;

/// Something that cannot be printed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A name that is not one in Rust.
    #[error("{name:?} cannot be a name in Rust")]
    Name {
        /// The name.
        name: String,
    },
    /// What was printed cannot be read.
    #[error("{file}: what was generated is not Rust: {error}")]
    NotRust {
        /// The file, or the part of it.
        file: String,
        /// What the reader says.
        error: syn::Error,
    },
}

/// What made a generated file, and out of what; its first line says so.
#[derive(Clone, Debug)]
pub struct Origin {
    /// What follows `tieline generate` on the command line; may be empty.
    pub arguments: String,
    /// What it was made from, such as the path of a manifest.
    pub from: String,
}

impl Origin {
    /// The first line of a file, after the sign that begins a comment.
    pub(crate) fn line(&self) -> String {
        let space = if self.arguments.is_empty() { "" } else { " " };
        words::visible(&format!("{MARK}{space}{}` from {}; do not edit.", self.arguments, self.from))
    }
}

/// A client as files, by their path from the folder that is its module: `mod.rs`, `types.rs`, `users.rs`, …
///
/// # Errors
/// When a name is not one in Rust.
pub fn folder(client: &Client, origin: &Origin) -> Result<Tree, Error> {
    let modules = Modules::new(client)?;
    let head = |docs: &[String], or: &str| format!("// {}\n\n{}\n", origin.line(), words::inner_docs(docs, or));
    let declared: String = modules.inner.iter().map(|module| format!("pub mod {};\n", module.name)).collect();
    let root = [head(&client.docs, &client.title), format!("#![allow({ALLOW})]\n\nmod {COMPILED};\n{declared}\n")];
    let mut tree = Tree::new();
    tree.add("mod.rs", root.concat() + &modules.root.text());
    for module in &modules.inner {
        let text = head(std::slice::from_ref(&module.docs), "") + &module.source.text();
        tree.add(format!("{}.rs", module.name), text);
    }
    tree.add(format!("{COMPILED}.rs"), head(&[COMPILED_DOCS.to_owned()], "") + &modules.compiled);
    tree.files().try_for_each(|(file, text)| source::check(file, text))?;
    Ok(tree)
}

/// A client as one text, for `mod acme { include!(…); }`.
///
/// # Errors
/// When a name is not one in Rust.
pub fn text(client: &Client, origin: &Origin) -> Result<String, Error> {
    let modules = Modules::new(client)?;
    let mut inside = modules.root.text();
    for module in &modules.inner {
        let text = indented(&module.source.text());
        inside.push_str(&format!("\n/// {}\npub mod {} {{\n{text}}}\n", module.docs, module.name));
    }
    // In a module of its own, since what is included cannot begin with attributes. The compiled form has many lines, so that it cannot
    // be indented.
    let text = format!(
        "// {}\n\n#[allow({ALLOW})]\nmod typed_client {{\n{}\n    mod {COMPILED} {{\n{}    }}\n}}\n#[allow(unreachable_pub, reason = \"where it is included says who sees it\")]\npub use typed_client::*;\n",
        origin.line(),
        indented(&inside),
        modules.compiled
    );
    source::check(&format!("{}.rs", client.module), &text)?;
    Ok(text)
}

fn indented(text: &str) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") }).collect()
}

/// The module of the connector in compiled form.
const COMPILED: &str = "compiled";

/// What is said of it.
const COMPILED_DOCS: &str = "The connector in compiled form: what the calls run on.";

/// Lints about names, sizes and what nobody uses.
const ALLOW: &str = "
    dead_code,
    unreachable_pub,
    clippy::enum_variant_names,
    clippy::large_enum_variant,
    reason = \"an API has what it has, and a program need not use it all\"
";

/// The modules of a client.
struct Modules {
    root: Source,
    inner: Vec<Module>,
    compiled: String,
}

/// A module inside a client's.
struct Module {
    name: String,
    docs: String,
    source: Source,
}

impl Modules {
    fn new(client: &Client) -> Result<Self, Error> {
        let mut inner = Vec::new();
        if !client.items.is_empty() {
            let mut source = Source::new("types");
            source.line("use ::tieline::typed;");
            object::items(&client.items, Place::Types, &mut source)?;
            inner.push(Module { name: "types".to_owned(), docs: "What the API takes and gives.".to_owned(), source });
        }
        for entity in &client.entities {
            // Without a raw prefix it is the name of a file too.
            words::ident(&entity.module)?;
            let docs = format!("{}: its calls, and their parameters.", words::code(&entity.entity));
            inner.push(Module { name: entity.module.clone(), docs, source: calls::entity(entity)? });
        }
        let compiled = words::long_text(&client.compiled);
        let compiled = format!("pub(super) const {}: &str = {compiled};\n", COMPILED.to_uppercase());
        Ok(Self { root: client::client(client)?, inner, compiled })
    }
}
