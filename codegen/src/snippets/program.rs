//! A program of tests that runs every snippet of a connector against its mock.

use std::collections::BTreeSet;

use tieline::manifest::SchemeChoice;
use tieline::plan::Operation;
use tieline::{Connector, Error};

use crate::docs::faces::Shown;
use crate::emit::Origin;
use crate::ir::Scheme;

use super::layout::Code;
use super::sign_in::{self, Source};
use super::uses::Uses;
use super::{Snippet, Snippets, docs, indented, literal};

/// What snippets find in place of the disk: nothing is read, and nothing written.
const DISK: &str = r#"
/// Stands in for the disk.
#[allow(dead_code, reason = "not all connectors have files")]
mod fs {
    pub(super) fn read(_: &str) -> std::io::Result<Vec<u8>> {
        Ok(b"These are example notes.\n".to_vec())
    }

    pub(super) fn write(_: &str, _: &[u8]) -> std::io::Result<()> {
        Ok(())
    }
}
"#;

/// The program: every snippet in a function of its own, and tests that run them. Its crate needs `tieline`, `tieline-mock`,
/// `serde_json` and `tokio` beside the client.
///
/// # Errors
/// `invalid_manifest` when the connector came from a compiled form that cannot be read.
pub fn program(connector: &Connector, origin: &Origin) -> Result<String, Error> {
    Snippets::of(connector)?.program(origin)
}

impl Snippets<'_> {
    /// As [`program`], for the client whose module this has.
    ///
    /// # Errors
    /// As for [`program`].
    pub fn program(&self, origin: &Origin) -> Result<String, Error> {
        self.program_with(origin, Vec::new())
    }

    /// The same with more calls, each with the operation's name. Those that examples make are there already.
    pub(super) fn program_with(&self, origin: &Origin, more: Vec<(String, Snippet)>) -> Result<String, Error> {
        let mut parts = Parts::default();
        for entity in self.connector.entities()? {
            for operation in entity.operations() {
                let about = operation.name();
                let mut snippets = self.examples(operation);
                for (_, snippet) in more.iter().filter(|(name, _)| *name == about) {
                    if !snippets.contains(snippet) {
                        snippets.push(snippet.clone());
                    }
                }
                for snippet in snippets {
                    let (about, connect) = (about.clone(), Some(connect_name(self.needed(operation))));
                    let name = parts.name(&about);
                    parts.calls.push(Function { name, about, connect, snippet });
                }
            }
        }
        for scheme in &self.client.schemes {
            if let Some(snippet) = self.sign_in(&scheme.scheme) {
                let about = format!("sign in: {}", scheme.scheme);
                let name = parts.name(&about);
                parts.connects.push(Function { name, about, connect: None, snippet });
            }
        }
        let mut text = self.head(origin);
        text.push_str(DISK);
        text.push_str(&self.environment());
        text.push_str(&self.connecting());
        text.push_str(&self.beginning()?);
        for function in parts.calls.iter().chain(&parts.connects) {
            text.push_str(&function.text(&self.client.module));
        }
        text.push_str(&run("every_call_works", &parts.calls));
        if !parts.connects.is_empty() {
            text.push_str(&run("every_way_to_sign_in_connects", &parts.connects));
        }
        Ok(text)
    }

    fn head(&self, origin: &Origin) -> String {
        let mut uses = Uses::default();
        uses.add(&self.root, &self.client.name);
        uses.add("std::error", "Error");
        uses.add("std::sync", "Arc");
        uses.add("tieline_mock", "Mock");
        uses.add("tieline_mock", "MockOptions");
        format!(
            "// {}\n\n//! The examples in Rust that the pages show, against the mock.\n\n\
             #![cfg_attr(rustfmt, rustfmt_skip)]\n#![allow(clippy::print_stdout, unused_variables, reason = \"examples\")]\n\n{}",
            origin.line(),
            uses.text()
        )
    }

    /// What snippets find in place of the environment.
    fn environment(&self) -> String {
        let mut arms = String::new();
        let mut seen = BTreeSet::new();
        for scheme in &self.client.schemes {
            for field in &scheme.fields {
                let name = tieline::catalog::sign_in::variable(self.connector.name(), &field.key);
                let value = sign_in::made_up_text(self.connector, scheme, field);
                if seen.insert(name.clone()) {
                    let (name, value) = (literal::text(&name), literal::text(&value));
                    arms.push_str(&format!("            {name} => Ok({value}.to_owned()),\n"));
                }
            }
        }
        if arms.is_empty() {
            return String::new();
        }
        format!(
            "\n/// Stands in for the environment.\nmod env {{\n    use std::env::VarError;\n\n    \
             pub(super) fn var(name: &str) -> Result<String, VarError> {{\n        match name {{\n{arms}            \
             _ => Err(VarError::NotPresent),\n        }}\n    }}\n}}\n"
        )
    }

    /// The way to sign in that an operation needs.
    fn needed(&self, operation: &Operation) -> Option<&Scheme> {
        match &operation.auth {
            Some(SchemeChoice::Named(name)) => self.client.schemes.iter().find(|scheme| scheme.scheme == *name),
            Some(SchemeChoice::None) | None => self.simplest(),
        }
    }

    /// A function for each way to sign in, which connects to a mock of its own.
    fn connecting(&self) -> String {
        let schemes: Vec<_> = self.client.schemes.iter().map(Some).collect();
        let ways = if schemes.is_empty() { vec![None] } else { schemes };
        let function = |scheme: Option<&Scheme>| {
            let mut uses = Uses::default();
            let name = &self.client.name;
            let given = sign_in::given(self.connector, &self.client, scheme, Source::MadeUp, &self.root, &mut uses);
            let begin = Code::call(format!("{name}::builder"), given).before("?");
            let transport = Code::call(".transport", vec![Code::word("Arc::new(mock)")]);
            let code = begin.then(transport).then(Code::call(".connect", vec![]));
            let code = code.then(Code::call(".map", vec![Code::word(format!("{name}::from"))]));
            let mock = format!("let mock = Mock::new({name}::connector()?, MockOptions::default());\n");
            let body = format!("{}{mock}{}\n", uses.text(), code.text());
            let body: String = body.lines().map(indented).collect();
            let function = connect_name(scheme);
            format!(
                "\n#[allow(dead_code, reason = \"a way that no call needs\")]\nfn {function}() -> Result<{name}, tieline::Error> {{\n{body}}}\n"
            )
        };
        ways.into_iter().map(function).collect()
    }

    /// A module with a whole program.
    fn beginning(&self) -> Result<String, Error> {
        let Some(operation) = self.first()? else { return Ok(String::new()) };
        let params = docs::example::required_params(self.connector, operation);
        let Some(start) = self.start(None, &Shown { operation, params: &params, files: &[] }) else {
            return Ok(String::new());
        };
        let whole: String = start.whole().lines().map(indented).collect();
        let about = "A whole program, which is compiled and not run: it would leave the machine.";
        let allow = "#[allow(dead_code, reason = \"compiled alone\")]";
        Ok(format!("\n/// {about}\n{allow}\nmod start {{\n{whole}}}\n"))
    }
}

fn connect_name(scheme: Option<&Scheme>) -> String {
    scheme.map_or_else(|| "connect".to_owned(), |scheme| format!("connect_{}", snake(&scheme.scheme)))
}

#[derive(Default)]
struct Parts {
    names: BTreeSet<String>,
    calls: Vec<Function>,
    connects: Vec<Function>,
}

impl Parts {
    /// A name for a function.
    fn name(&mut self, text: &str) -> String {
        let name = format!("example_{}", snake(text));
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        let free = std::iter::once(name.clone()).chain(numbered).find(|name| !self.names.contains(name));
        let free = free.unwrap_or(name);
        self.names.insert(free.clone());
        free
    }
}

fn snake(text: &str) -> String {
    let ascii: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
    heck::ToSnakeCase::to_snake_case(ascii.as_str())
}

/// A snippet in a function of its own.
struct Function {
    name: String,
    /// What it is called in a failure.
    about: String,
    /// The function that connects, where the snippet does not.
    connect: Option<String>,
    snippet: Snippet,
}

impl Function {
    fn text(&self, module: &str) -> String {
        let uses = self.snippet.uses.without("std").text();
        let connect =
            self.connect.as_ref().map(|connect| format!("let {module} = {connect}()?;\n")).unwrap_or_default();
        let body = format!("{uses}{connect}{}", self.snippet.text);
        let body: String = body.lines().map(indented).collect();
        format!("\nasync fn {}() -> Result<(), Box<dyn Error>> {{\n{body}    Ok(())\n}}\n", self.name)
    }
}

/// A test that runs functions and names those that fail.
fn run(name: &str, functions: &[Function]) -> String {
    let lines = functions
        .iter()
        .map(|Function { name, about, .. }| format!("        ({}, {name}().await),\n", literal::text(about)));
    let lines: String = lines.collect();
    format!(
        "\n#[tokio::test]\nasync fn {name}() {{\n    let outcomes = [\n{lines}    ];\n    \
         let failed = outcomes.iter().filter_map(|(name, outcome)| Some(format!(\"{{name}}: {{}}\", outcome.as_ref().err()?)));\n    \
         let failed: Vec<String> = failed.collect();\n    assert!(failed.is_empty(), \"{{}}\", failed.join(\"\\n\"));\n}}\n"
    )
}
