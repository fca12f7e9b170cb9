//! Schemas are JSON Schemas (2020-12), with regular expressions that match soon.

use std::collections::BTreeMap;

use jsonschema::draft202012;
use serde_json::json;

use crate::language::{comma_help, nearest, schema_keywords};
use crate::manifest::Schema;
use crate::notation::Pattern;
use crate::schema::{explain, options};
use crate::source::{Code, Diagnostic};
use crate::yaml::Node;

use super::is_enough;
use super::subschemas::{all, keywords};
use super::view::View;

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    let mut patterns = Patterns::default();
    for schema in view.schemas() {
        if is_enough(findings) {
            return;
        }
        check_valid(schema, findings);
        for part in all(&schema.node) {
            check_keywords(part, findings);
            patterns.check(part, findings);
        }
    }
}

/// It fits the schema of schemas.
fn check_valid(schema: &Schema, findings: &mut Vec<Diagnostic>) {
    let (written, meta) = (schema.to_json(), draft202012::meta::validator());
    if meta.is_valid(&written) {
        return;
    }
    for error in meta.iter_errors(&written) {
        for (place, message) in explain(&serde_json::Value::Null, &error) {
            let key = place.as_str().rsplit('/').next().unwrap_or_default();
            let subject = if key.is_empty() { "the schema".to_owned() } else { format!("`{key}`") };
            let span = schema.node.nearest(place.as_str()).span;
            findings.push(Diagnostic::new(
                Code::BadSchema,
                span,
                format!("not a JSON Schema: {subject} {}", verbal(&message)),
            ));
        }
    }
}

/// ``expected text`` after a subject.
fn verbal(message: &str) -> String {
    message.strip_prefix("expected ").map_or_else(|| message.to_owned(), |rest| format!("must be {rest}"))
}

/// It has no keyword that JSON Schema does not have.
fn check_keywords(schema: &Node, findings: &mut Vec<Diagnostic>) {
    let known = || schema_keywords().chain(["required"]);
    for (key, entry) in keywords(schema).into_iter().flatten() {
        if known().any(|known| known == key) || key.starts_with("x-") {
            continue;
        }
        let found = Diagnostic::new(Code::UnknownKey, entry.span, format!("unknown key `{key}` in a schema"));
        findings.push(match (key.as_str(), nearest(key, known())) {
            ("nullable", _) => found.help("write `type: [string, \"null\"]`, or `anyOf` with `type: \"null\"`"),
            ("$defs" | "definitions", _) => found.help("put it under the manifest's `schemas`"),
            ("$id" | "$anchor" | "$schema" | "$dynamicRef" | "$dynamicAnchor", _) => {
                found.help("leave it out; references have the form `#/schemas/Name`")
            }
            (_, Some(near)) => found.help(format!("did you mean `{near}`?")),
            (_, None) => {
                let comma = comma_help(entry);
                found
                    .help(format!("{comma}known are the keywords of JSON Schema 2020-12 and keys that start with `x-`"))
            }
        });
    }
}

/// How many different regular expressions the schemas may have: each takes time to compile.
const MOST_PATTERNS: usize = 200;

/// Regular expressions, each judged once.
#[derive(Default)]
struct Patterns(BTreeMap<String, Option<String>>);

impl Patterns {
    /// The regular expressions of a schema match in linear time.
    fn check(&mut self, schema: &Node, findings: &mut Vec<Diagnostic>) {
        let pattern = schema.get("pattern").and_then(|node| Some((node.as_text()?, node.span)));
        let names = schema.get("patternProperties").and_then(keywords).into_iter().flatten();
        for (text, span) in pattern.into_iter().chain(names.map(|(name, entry)| (name.as_str(), entry.span))) {
            if self.0.len() >= MOST_PATTERNS && !self.0.contains_key(text) {
                let message = format!("there are more than {MOST_PATTERNS} different regular expressions");
                return findings.push(Diagnostic::new(Code::Limit, span, message));
            }
            let problem = self.0.entry(text.to_owned()).or_insert_with(|| problem(text));
            findings
                .extend(problem.as_ref().map(|problem| Diagnostic::new(Code::BadExpression, span, problem.clone())));
        }
    }
}

fn problem(pattern: &str) -> Option<String> {
    if options().build(&json!({ "pattern": pattern })).is_ok() {
        return None;
    }
    let why = pattern.parse::<Pattern>().err();
    Some(why.unwrap_or_else(|| format!("the regular expression `{pattern}` cannot be read, or is too costly")))
}
