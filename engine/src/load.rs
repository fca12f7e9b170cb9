//! From a text to a connector: read, check and compile it, and for whoever works on it hold its examples against it.

use crate::check::check;
use crate::examples::check_examples;
use crate::manifest::Manifest;
use crate::plan::{Connector, compile};
use crate::source::{Diagnostic, Diagnostics, Severity, Source};
use crate::yaml::{Limits, Node};

impl Connector {
    /// Loads a manifest to run it, with its warnings. Its examples are only kept: [`Connector::check`] looks at them.
    ///
    /// # Errors
    /// All findings, at least one of them an error.
    pub fn load(source: &Source) -> Result<(Self, Diagnostics), Diagnostics> {
        Self::load_within(source, Limits::default())
    }

    /// Loads a manifest within these limits, with its warnings.
    ///
    /// # Errors
    /// All findings, at least one of them an error.
    pub fn load_within(source: &Source, limits: Limits) -> Result<(Self, Diagnostics), Diagnostics> {
        written(source, limits, |_, _, _| {})
    }

    /// Loads a manifest that somebody made of another document, with its warnings: `tree` is the manifest, its places are those of
    /// the document in `source` that each part came from, and `findings` are those of the translation. A part that came from
    /// nowhere is shown at the place of what it stands in.
    ///
    /// # Errors
    /// All findings, at least one of them an error.
    pub fn from_tree(
        source: &Source,
        tree: &Node,
        findings: Vec<Diagnostic>,
    ) -> Result<(Self, Diagnostics), Diagnostics> {
        translated(source, tree, findings, |_, _, _| {})
    }

    /// Loads a manifest for whoever works on it: [`Connector::load`], with warnings of examples that do not fit what they are
    /// examples of. That may take longer than all the rest.
    ///
    /// # Errors
    /// All findings, at least one of them an error.
    pub fn check(source: &Source, limits: Limits) -> Result<(Self, Diagnostics), Diagnostics> {
        written(source, limits, check_examples)
    }

    /// [`Connector::from_tree`] for whoever works on the document, with warnings of examples as [`Connector::check`] gives them.
    ///
    /// # Errors
    /// All findings, at least one of them an error.
    pub fn check_tree(
        source: &Source,
        tree: &Node,
        findings: Vec<Diagnostic>,
    ) -> Result<(Self, Diagnostics), Diagnostics> {
        translated(source, tree, findings, check_examples)
    }
}

/// What else is looked at in a manifest without errors, as it was compiled.
type Look = fn(&Manifest, &Connector, &mut Vec<Diagnostic>);

fn written(source: &Source, limits: Limits, look: Look) -> Result<(Connector, Diagnostics), Diagnostics> {
    let mut findings = Vec::new();
    let manifest = Manifest::read(source, limits, &mut findings);
    finish(source, manifest, findings, look)
}

fn translated(
    source: &Source,
    tree: &Node,
    mut findings: Vec<Diagnostic>,
    look: Look,
) -> Result<(Connector, Diagnostics), Diagnostics> {
    let manifest = Manifest::from_tree(tree, &mut findings);
    finish(source, manifest, findings, look)
}

/// All that comes after reading: check, compile, and whatever else is to be looked at.
fn finish(
    source: &Source,
    manifest: Option<Manifest>,
    mut findings: Vec<Diagnostic>,
    look: Look,
) -> Result<(Connector, Diagnostics), Diagnostics> {
    let connector = manifest.and_then(|manifest| {
        check(&manifest, &mut findings);
        let connector = is_sound(&findings).then(|| compile(&manifest))?;
        look(&manifest, &connector, &mut findings);
        Some(connector)
    });
    let findings = Diagnostics::new(source.clone(), findings);
    connector.filter(|_| findings.errors() == 0).map(|connector| (connector, findings.clone())).ok_or(findings)
}

fn is_sound(findings: &[Diagnostic]) -> bool {
    findings.iter().all(|finding| finding.severity() != Severity::Error)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use crate::plan::Connector;
    use crate::source::{Code, Diagnostic, Diagnostics, Source, Span};
    use crate::yaml::{Limits, Map, Node, Value, parse};

    const MANIFEST: &str = r#"
tieline: 1
name: example
title: Example
version: 0.1.0
summary: An example.
server: https://${config.site}.example.com
config: { site: { required: true, pattern: "[a-z]+" } }
entities:
  users:
    actions:
      get: { get: "/users/{id}", params: { id: { type: string } }, examples: [{ params: { id: "1" } }] }
"#;

    fn source(text: &str) -> Source {
        Source::new("document.yaml", text)
    }

    fn tree(text: &str) -> Node {
        parse(&source(text), Limits::default(), &mut Vec::new()).unwrap()
    }

    fn findings(loaded: Result<(Connector, Diagnostics), Diagnostics>) -> Diagnostics {
        loaded.map_or_else(|findings| findings, |(_, warnings)| warnings)
    }

    /// The tree as somebody makes it who thinks of no places.
    fn from_nowhere(node: &Node) -> Node {
        let value = match &node.value {
            Value::List(items) => Value::List(items.iter().map(from_nowhere).collect()),
            Value::Map(map) => {
                let entry = |(key, entry): (&String, &crate::source::Spanned<Node>)| {
                    (key.clone(), from_nowhere(&entry.value).into())
                };
                Value::Map(map.iter().map(entry).collect::<Map>())
            }
            other => other.clone(),
        };
        Node { value, span: Span::default() }
    }

    #[test]
    fn a_tree_is_loaded_as_its_text_is() {
        let loaded = Connector::check(&source(MANIFEST), Limits::default()).unwrap();
        for tree in [tree(MANIFEST), from_nowhere(&tree(MANIFEST))] {
            let translated = Connector::check_tree(&source("another text"), &tree, Vec::new()).unwrap();
            assert_eq!(translated.0.to_compiled().unwrap(), loaded.0.to_compiled().unwrap());
            assert!(translated.1.is_empty() && loaded.1.is_empty());
        }
    }

    #[test]
    fn whoever_checks_a_manifest_sees_its_examples_and_whoever_runs_it_does_not() {
        let text = MANIFEST.replace(r#"params: { id: "1" }"#, "params: { id: 1, other: 2 }");
        let (source, tree) = (source(&text), tree(&text));
        let run = [Connector::load(&source), Connector::from_tree(&source, &tree, Vec::new())];
        assert_eq!(run.map(|loaded| loaded.unwrap().1.warnings()), [0, 0]);
        let limits = Limits::default();
        let checked = [Connector::check(&source, limits), Connector::check_tree(&source, &tree, Vec::new())];
        assert_eq!(checked.map(|loaded| loaded.unwrap().1.warnings()), [2, 2]);
    }

    #[test]
    fn findings_of_the_translation_are_told_too() {
        let found = |code| vec![Diagnostic::new(code, Span::new(2, 4), "the document is odd")];
        let (_, warnings) =
            Connector::from_tree(&source("another text"), &tree(MANIFEST), found(Code::Suspicious)).unwrap();
        assert_eq!(warnings.warnings(), 1);
        let refused = Connector::from_tree(&source("another text"), &tree(MANIFEST), found(Code::Conflict));
        assert_eq!(refused.unwrap_err().to_string().lines().next(), Some("error[conflict]: the document is odd"));
    }

    /// What is missing has a stand-in without a place, at which rules do not look: what has none must not be taken for one.
    #[test]
    fn what_came_from_nowhere_is_checked_like_the_rest() {
        let mistakes = [
            ("name: example", "name: Not A Name"),
            ("version: 0.1.0", "version: new"),
            (r#", pattern: "[a-z]+""#, ""),
            ("https://${config.site}.example.com", "//example.com"),
            ("entities:", "check: users.got\nentities:"),
            ("entities:", "limits: [{ requests: 0, per: 0s }]\nentities:"),
            ("entities:", "headers: { Host: x }\nentities:"),
            ("entities:", "auth: { none: { fields: {}, bearer: x } }\nentities:"),
            ("/users/{id}", "users/{id}"),
            ("get: { get:", "got: { auth: other, paginate: other, get:"),
            ("get: { get:", "got: { body: { kind: raw, param: other }, record: Other, post:"),
        ];
        for (right, wrong) in mistakes {
            let text = MANIFEST.replacen(right, wrong, 1);
            let said = |found: &Diagnostics| {
                let mut said = found.iter().fold(String::new(), |mut said, finding| {
                    let _ = writeln!(said, "{} {}", finding.code.as_str(), finding.message);
                    said
                });
                // Places decide the order.
                let mut lines: Vec<_> = said.lines().collect();
                lines.sort_unstable();
                said = lines.join("\n");
                said
            };
            let (written, tree) = (findings(Connector::load(&source(&text))), tree(&text));
            assert!(written.errors() > 0, "{wrong}");
            let nowhere = findings(Connector::from_tree(&source(&text), &from_nowhere(&tree), Vec::new()));
            assert_eq!(said(&nowhere), said(&written), "{wrong}");
        }
    }

    #[test]
    fn what_came_from_nowhere_stands_where_its_surroundings_do() {
        let mut manifest = tree(MANIFEST);
        let Value::Map(keys) = &mut manifest.value else { panic!() };
        let name = keys.get_mut("name").unwrap();
        name.value = Node { value: Value::Text("Not A Name".to_owned()), span: Span::default() };
        let found = findings(Connector::from_tree(&source(MANIFEST), &manifest, Vec::new()));
        let span = found.iter().next().unwrap().span;
        assert_eq!(MANIFEST.get(span.start as usize..span.end as usize), Some("name"));
    }
}
