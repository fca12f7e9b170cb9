//! The text of one module, part by part.

use proc_macro2::{Spacing, TokenStream, TokenTree};

use super::Error;

/// The text of one module.
pub(super) struct Source {
    name: String,
    parts: Vec<String>,
}

impl Source {
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), parts: Vec::new() }
    }

    /// Adds a line of its own.
    pub(super) fn line(&mut self, line: &str) {
        self.parts.push(format!("{line}\n"));
    }

    /// Adds an item.
    pub(super) fn item(&mut self, tokens: TokenStream) -> Result<(), Error> {
        let file = syn::parse2(tokens).map_err(|error| Error::NotRust { file: self.name.clone(), error })?;
        self.parts.push(spaced(&prettyplease::unparse(&file)));
        Ok(())
    }

    /// Adds a table.
    pub(super) fn table(&mut self, table: String) {
        self.parts.push(table);
    }

    /// Adds all parts of another.
    pub(super) fn append(&mut self, other: Self) {
        self.parts.extend(other.parts);
    }

    /// Whether a path in it begins with this module.
    pub(super) fn mentions(&self, module: &str) -> bool {
        self.text().parse().is_ok_and(|tokens| mentions(tokens, module))
    }

    /// All of it, with an empty line between its parts.
    pub(super) fn text(&self) -> String {
        self.parts.join("\n")
    }
}

/// Puts an empty line between the functions of an item. No literal in it has a line break.
fn spaced(text: &str) -> String {
    let mut spaced = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        spaced.push_str(line);
        spaced.push('\n');
        if line == "    }" && lines.peek().is_some_and(|next| *next != "}") {
            spaced.push('\n');
        }
    }
    spaced
}

fn mentions(tokens: TokenStream, module: &str) -> bool {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let found = match token {
            TokenTree::Group(group) => mentions(group.stream(), module),
            TokenTree::Ident(ident) if ident == module => {
                matches!(tokens.peek(), Some(TokenTree::Punct(sign)) if sign.as_char() == ':' && sign.spacing() == Spacing::Joint)
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        };
        if found {
            return true;
        }
    }
    false
}

/// Whether a file can be read as Rust.
pub(super) fn check(file: &str, text: &str) -> Result<(), Error> {
    syn::parse_file(text).map(drop).map_err(|error| Error::NotRust { file: file.to_owned(), error })
}
