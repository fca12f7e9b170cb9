//! Examples fit what they are examples of: their parameters the action, their answers the records.

mod effort;

use std::collections::BTreeMap;

use crate::check::is_enough;
use crate::language::nearest;
use crate::manifest::{Example, Manifest};
use crate::notation::{JsonPath, Step};
use crate::plan::{Answer, Connector, Operation};
use crate::schema::Schema;
use crate::source::{Code, Diagnostic, Span};
use crate::yaml::{Map, Node, Value};

use effort::Effort;

/// How many steps of a validator all examples may take together. What is more than that is not looked at.
const MOST_STEPS: usize = 500_000;
/// How many misfits of one value are reported.
const MOST_MISFITS: usize = 5;

/// Looks at every example of a manifest without errors, as it was compiled.
pub(crate) fn check_examples(manifest: &Manifest, connector: &Connector, findings: &mut Vec<Diagnostic>) {
    let mut examples =
        Examples { connector, effort: Effort::of(connector, MOST_STEPS), schemas: BTreeMap::new(), findings };
    for (entity, noun) in &manifest.entities {
        for (action, written) in &noun.actions {
            let Ok(operation) = connector.operation(entity, action) else { continue };
            if written.examples.iter().try_for_each(|example| examples.check(operation, example)).is_none() {
                return;
            }
        }
    }
}

struct Examples<'a, 'f> {
    connector: &'a Connector,
    effort: Effort<'a>,
    /// By their text.
    schemas: BTreeMap<String, Schema>,
    findings: &'f mut Vec<Diagnostic>,
}

impl Examples<'_, '_> {
    /// `None` when no more examples are worth looking at.
    fn check(&mut self, operation: &Operation, example: &Example) -> Option<()> {
        if is_enough(self.findings) {
            return None;
        }
        if let Some(params) = &example.params {
            match &params.value {
                Value::Map(given) => self.check_params(operation, given, params.span)?,
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => {
                    self.report(params.span, format!("parameters are a mapping, not {}", params.describe()), None);
                }
            }
        }
        match &example.answer {
            Some(answer) => self.check_answer(operation, answer),
            None => Some(()),
        }
    }

    /// The action takes every parameter that is given, and nothing that it needs is missing.
    fn check_params(&mut self, operation: &Operation, given: &Map, span: Span) -> Option<()> {
        for (name, entry) in given {
            match operation.param(name).filter(|param| !param.hidden) {
                Some(param) if param.file => {}
                Some(param) => self.check_fit(&param.schema, &entry.value, name)?,
                None if operation.takes_other(name) => {}
                None => {
                    let known = operation.params.iter().filter(|param| !param.hidden).map(|param| param.name.as_str());
                    let near = operation.meant(name).map(|param| param.name.as_str()).or_else(|| nearest(name, known));
                    let help = near.map(|near| format!("did you mean `{near}`?"));
                    self.report(entry.span, format!("`{}` has no parameter `{name}`", operation.name()), help);
                }
            }
        }
        for param in operation.params.iter().filter(|param| param.required && param.fill.is_none() && !param.hidden) {
            if !given.contains_key(&param.name) {
                self.report(span, format!("`{}` needs the parameter `{}`", operation.name(), param.name), None);
            }
        }
        Some(())
    }

    /// The answer has records where the action looks for them, and they fit their schema. Those that an action reshapes or wraps
    /// are not compared: their schema is about what comes out.
    fn check_answer(&mut self, operation: &Operation, answer: &Node) -> Option<()> {
        let records = match records(operation, answer) {
            Ok(records) => records,
            Err(why) => {
                self.report(answer.span, why, None);
                return Some(());
            }
        };
        let schema = operation.record.as_ref().filter(|_| operation.transform.is_empty());
        let is_as_it_comes = |record: &&Node| matches!(record.value, Value::Map(_)) || operation.wrap_scalars.is_none();
        let records = records.into_iter().filter(|record| record.value != Value::Null).filter(is_as_it_comes);
        schema
            .into_iter()
            .flat_map(|schema| records.clone().map(move |record| (schema, record)))
            .try_for_each(|(schema, record)| self.check_fit(schema, record, "record"))
    }

    /// A value fits a schema.
    fn check_fit(&mut self, schema: &serde_json::Value, node: &Node, name: &str) -> Option<()> {
        let value = node.to_json();
        self.effort.hold(&value, schema)?;
        let key = schema.to_string();
        if !self.schemas.contains_key(&key) {
            let Ok(document) = Schema::document(schema, |name| self.connector.schema(name)) else { return Some(()) };
            self.effort.spend(size(&document))?;
            let Ok(compiled) = Schema::compile(document) else { return Some(()) };
            self.schemas.insert(key.clone(), compiled);
        }
        let misfits = self.schemas.get(&key).map(|schema| schema.misfits(&value)).unwrap_or_default();
        for (place, at, message) in misfits.into_iter().take(MOST_MISFITS) {
            let span = node.nearest(place.as_str()).span;
            self.report(span, format!("`{name}{at}` does not fit its schema: {message}"), None);
        }
        Some(())
    }

    fn report(&mut self, span: Span, message: String, help: Option<String>) {
        let mut found = Diagnostic::new(Code::Suspicious, span, format!("in an example, {message}"));
        found.help = help;
        self.findings.push(found);
    }
}

/// The records of an answer.
fn records<'n>(operation: &Operation, answer: &'n Node) -> Result<Vec<&'n Node>, String> {
    match &operation.answer {
        Answer::File(_) => Ok(Vec::new()),
        Answer::One(path) => match at(answer, path.steps()).first() {
            Some(record) => Ok(vec![record]),
            None => Err(format!("the answer has no record at `{path}`")),
        },
        Answer::List(path) => list(answer, path).or_else(|why| {
            let is_single = at(answer, path.steps()).is_empty() && matches!(answer.value, Value::Map(_));
            if operation.may_be_single && is_single { Ok(vec![answer]) } else { Err(why) }
        }),
    }
}

fn list<'n>(answer: &'n Node, path: &JsonPath) -> Result<Vec<&'n Node>, String> {
    let found = at(answer, path.steps());
    // A list that the path goes through may be empty.
    let certain = path.steps().iter().position(|step| *step == Step::All).unwrap_or(path.steps().len());
    if at(answer, &path.steps()[..certain]).is_empty() {
        return Err(format!("the answer has no list at `{path}`"));
    }
    let mut records = Vec::new();
    for node in found {
        match &node.value {
            Value::List(items) => records.extend(items),
            Value::Null => {}
            Value::Map(_) | Value::Bool(_) | Value::Number(_) | Value::Text(_) if path.is_plural() => {
                records.push(node)
            }
            Value::Map(_) | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {
                return Err(format!("`{path}` of the answer is {}, not a list", node.describe()));
            }
        }
    }
    Ok(records)
}

/// What the steps of a path lead to.
fn at<'n>(node: &'n Node, steps: &[Step]) -> Vec<&'n Node> {
    steps.iter().fold(vec![node], |found, step| found.into_iter().flat_map(|node| through(node, step)).collect())
}

fn through<'n>(node: &'n Node, step: &Step) -> Vec<&'n Node> {
    match (step, &node.value) {
        (Step::Key(key), _) => node.get(key).into_iter().collect(),
        (Step::Index(index), Value::List(items)) => items.get(*index).into_iter().collect(),
        (Step::All, Value::List(items)) => items.iter().collect(),
        (Step::All, Value::Map(members)) => members.values().map(|entry| &entry.value).collect(),
        (Step::Index(_) | Step::All, _) => Vec::new(),
    }
}

fn size(schema: &serde_json::Value) -> usize {
    match schema {
        serde_json::Value::Array(items) => items.iter().map(size).sum::<usize>() + 1,
        serde_json::Value::Object(members) => members.values().map(size).sum::<usize>() + 1,
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::String(_) => 1,
    }
}
