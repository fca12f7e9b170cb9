//! Calls to show: those of the manifest's examples, or one made up from the schemas.

use std::collections::HashMap;

use serde_json::{Map, Value};
use tieline::Connector;
use tieline::auth::Scheme;
use tieline::manifest::Effect;
use tieline::notation::{JsonPath, Step};
use tieline::plan::{Answer, Example, Operation};

use super::{Places, example};
use crate::docs::command_line::CommandLine;
use crate::docs::faces::{Shown, Snippets};
use crate::docs::hosted::Hosted;
use crate::docs::model::{Call, FileParam, OperationLink, Texts};

/// Records shorter than this are shown again, in characters of JSON.
const SHORT: usize = 160;

/// The name of a file to show.
const FILE: &str = "notes.txt";

/// Makes the calls of a connector.
pub(super) struct Calls<'a> {
    connector: &'a Connector,
    snippets: Vec<(&'a str, &'a dyn Snippets)>,
    places: &'a Places<'a>,
    shown: HashMap<String, OperationLink>,
}

impl<'a> Calls<'a> {
    pub(super) fn new(
        connector: &'a Connector,
        snippets: &[(&'a str, &'a dyn Snippets)],
        places: &'a Places<'a>,
    ) -> Self {
        let own: (&str, &dyn Snippets) = ("command_line", &CommandLine);
        let snippets = std::iter::once(own).chain(Hosted::ALL).chain(snippets.iter().copied()).collect();
        Self { connector, snippets, places, shown: HashMap::new() }
    }

    /// The connector.
    pub(super) fn connector(&self) -> &'a Connector {
        self.connector
    }

    /// Where everything stands.
    pub(super) fn places(&self) -> &'a Places<'a> {
        self.places
    }

    /// A call of an operation.
    pub(super) fn call(&self, operation: &Operation, example: Option<&Example>) -> Call {
        let given = example.and_then(|example| example.params.clone());
        let params = match given {
            Some(Value::Object(params)) => params,
            Some(_) | None if example.is_some() => Map::new(),
            Some(_) | None => example::required_params(self.connector, operation),
        };
        self.with_params(operation, params, example)
    }

    /// A call with these parameters.
    pub(super) fn with_params(
        &self,
        operation: &Operation,
        mut params: Map<String, Value>,
        example: Option<&Example>,
    ) -> Call {
        let is_file = |name: &str| operation.param(name).is_some_and(|param| param.file);
        let files: Vec<_> =
            params.keys().filter(|name| is_file(name)).map(|name| (name.clone(), FILE.to_owned())).collect();
        params.retain(|name, _| !is_file(name));
        let shown = Shown { operation, params: &params, files: &files };
        let snippets = self.texts(|maker| maker.call(self.connector, &shown));
        Call {
            title: example.and_then(|example| example.title.clone()),
            connector: self.connector.name().to_owned(),
            entity: operation.entity.clone(),
            action: operation.action.clone(),
            downloads: matches!(operation.answer, Answer::File(_)),
            data: example.and_then(|example| data(operation, example.answer.as_ref()?)),
            same_data_as: None,
            files: files.into_iter().map(|(name, file)| FileParam { name, file }).collect(),
            params,
            snippets,
        }
    }

    /// The calls that show an operation on the reference page: records that stand there already are not shown again.
    pub(super) fn of(&mut self, operation: &Operation) -> Vec<Call> {
        let mut calls: Vec<_> = operation.examples.iter().map(|example| self.call(operation, Some(example))).collect();
        if calls.is_empty() {
            calls.push(self.call(operation, None));
        }
        for call in &mut calls {
            let Some(data) = call.data.as_ref().map(Value::to_string).filter(|data| data.len() >= SHORT) else {
                continue;
            };
            let here = self.places.link(&operation.name());
            call.same_data_as = self.shown.get(&data).filter(|earlier| **earlier != here).cloned();
            self.shown.entry(data).or_insert(here);
        }
        calls
    }

    /// What each face shows for the beginning.
    pub(super) fn start_snippets(&self, operation: &Operation, call: &Call) -> Texts {
        let files = files(call);
        let shown = Shown { operation, params: &call.params, files: &files };
        self.texts(|maker| maker.start(self.connector, &shown))
    }

    /// What each face shows for a way to sign in.
    pub(super) fn sign_in_snippets(
        &self,
        name: &str,
        scheme: &Scheme,
        values: &Map<String, Value>,
        call: Option<(&Operation, &Call)>,
    ) -> Texts {
        let files = call.map(|(_, call)| files(call)).unwrap_or_default();
        let shown = call.map(|(operation, call)| Shown { operation, params: &call.params, files: &files });
        self.texts(|maker| maker.sign_in(self.connector, name, scheme, values, shown.as_ref()))
    }

    fn texts(&self, make: impl Fn(&dyn Snippets) -> Option<String>) -> Texts {
        self.snippets.iter().filter_map(|(face, maker)| Some(((*face).to_owned(), make(*maker)?))).collect()
    }
}

fn files(call: &Call) -> Vec<(String, String)> {
    call.files.iter().map(|file| (file.name.clone(), file.file.clone())).collect()
}

/// Whether it can be called as it is.
pub(super) fn is_easy(operation: &Operation) -> bool {
    operation.effect == Effect::Read && !operation.internal && operation.params.iter().all(|param| !param.required)
}

/// The records in an answer of the API. What is filtered or changed on the way is not shown as it came.
fn data(operation: &Operation, answer: &Value) -> Option<Value> {
    if operation.filter.is_some() || !operation.transform.is_empty() {
        return None;
    }
    let records = match &operation.answer {
        Answer::List(path) if path.is_plural() => {
            Some(at(answer, path).into_iter().cloned().collect::<Vec<_>>().into())
        }
        Answer::List(path) => match at(answer, path).first() {
            Some(Value::Array(records)) => Some(records.clone().into()),
            Some(_) | None if operation.may_be_single => Some(vec![answer.clone()].into()),
            Some(_) | None => None,
        },
        Answer::One(path) => at(answer, path).first().map(|record| (*record).clone()),
        Answer::File(_) => None,
    };
    match &operation.wrap_scalars {
        Some(name) => records.map(|records| wrapped(records, name)),
        None => records,
    }
}

/// What is no object as an object with its value under this name, in a list as alone.
fn wrapped(records: Value, name: &str) -> Value {
    let object = |value: Value| match value {
        Value::Null | Value::Object(_) => value,
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Value::Object(Map::from_iter([(name.to_owned(), value)]))
        }
    };
    match records {
        Value::Array(items) => items.into_iter().map(object).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => object(records),
    }
}

fn at<'v>(value: &'v Value, path: &JsonPath) -> Vec<&'v Value> {
    path.steps().iter().fold(vec![value], |found, step| {
        let next = |value: &'v Value| -> Vec<&'v Value> {
            match step {
                Step::Key(name) => value.get(name).into_iter().collect(),
                Step::Index(index) => value.get(index).into_iter().collect(),
                Step::All => match value {
                    Value::Array(items) => items.iter().collect(),
                    Value::Object(members) => members.values().collect(),
                    Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
                },
            }
        };
        found.into_iter().flat_map(next).collect()
    })
}
