//! The parameters that stand in a body, by the kind of the body.

use serde_json::{Map, Value};
use tieline::body::{Body, GraphQl, Related};
use tieline::notation::Part;
use tieline::plan::Operation;

use crate::received::Received;

use super::brackets::nested;
use super::multipart::{self, parts};
use super::{Given, ReceivedUpload};

/// Reads the body's parameters into what is given.
pub(super) fn read(operation: &Operation, request: &Received, given: &mut Given) {
    let Some(body) = &operation.body else { return };
    let content_type = request.content_type().unwrap_or_default();
    match body {
        Body::Json(json) => {
            let wanted = json.content_type.as_ref().map_or("application/json", |wanted| wanted.as_str());
            let Some(mut value) = json_of(request, wanted, given) else { return };
            if json.wrap_in_list == Some(true)
                && let Value::Array(items) = &mut value
                && !items.is_empty()
            {
                value = items.swap_remove(0);
            }
            match &json.param {
                Some(param) => drop(given.values.insert(param.value.clone(), value)),
                None => members(operation, value, given),
            }
        }
        Body::Form(_) => {
            let known = ["", "application/x-www-form-urlencoded"];
            if known.contains(&content_type.as_str()) || request.body.is_empty() {
                members(operation, Value::Object(form(&request.body)), given);
            } else {
                given.add_problem("body", format!("is `{content_type}`; a form is expected"));
            }
        }
        Body::Multipart(_) => match parts_of(request, given) {
            Some(parts) => form_parts(operation, parts, given),
            None => given.add_problem("body", "multipart/form-data is expected"),
        },
        Body::Related(related) => match parts_of(request, given) {
            Some(parts) => related_parts(operation, parts, related, given),
            None => {
                if let Some(value) = json_of(request, "application/json", given) {
                    members(operation, value, given);
                }
            }
        },
        Body::Raw(raw) if !request.body.is_empty() => {
            given.add_upload(&raw.param, None, request.content_type(), request.body.len());
        }
        Body::Raw(_) => {}
        Body::Graphql(graphql) => {
            if let Some(value) = json_of(request, "application/json", given) {
                variables(graphql, &value, given);
            }
        }
    }
}

/// The body as JSON; `None` when it is empty or none, which is a problem.
fn json_of(request: &Received, wanted: &str, given: &mut Given) -> Option<Value> {
    if request.body.is_empty() {
        return None;
    }
    let content_type = request.content_type().unwrap_or_default();
    if !content_type.is_empty() && content_type != wanted && !content_type.ends_with("json") {
        given.add_problem("body", format!("is `{content_type}`; `{wanted}` is expected"));
        return None;
    }
    let read = serde_json::from_slice(&request.body);
    read.map_err(|error| given.add_problem("body", format!("is not JSON: {error}"))).ok()
}

/// Takes the members of an object as parameters, by their names on the wire.
fn members(operation: &Operation, value: Value, given: &mut Given) {
    let Value::Object(members) = value else {
        return given.add_problem("body", "must be an object");
    };
    for (wire, value) in members {
        given.add_body(operation, &wire, value);
    }
}

/// The fields of a form.
pub(crate) fn form(body: &[u8]) -> Map<String, Value> {
    nested(url::form_urlencoded::parse(body).map(|(name, value)| (name.into_owned(), Value::from(value.into_owned()))))
}

fn parts_of(request: &Received, given: &mut Given) -> Option<Vec<multipart::Part>> {
    let content_type = request
        .header("content-type")
        .filter(|_| request.content_type().is_some_and(|content_type| content_type.starts_with("multipart/")))?;
    let read = parts(content_type, &request.body);
    Some(read.map_err(|message| given.add_problem("body", message)).unwrap_or_default())
}

/// The parts of a form: files, JSON, and text in brackets.
fn form_parts(operation: &Operation, parts: Vec<multipart::Part>, given: &mut Given) {
    let mut fields = Vec::new();
    for part in parts {
        let name = part.name.unwrap_or_default();
        let is_json = part.content_type.as_deref().is_some_and(|kind| kind.starts_with("application/json"));
        if part.filename.is_some() || operation.params.iter().any(|param| param.file && param.wire == name) {
            given.add_upload(&name, part.filename, part.content_type, part.content.len());
        } else if is_json {
            match serde_json::from_slice(&part.content) {
                Ok(value) => fields.push((name, value)),
                Err(error) => given.add_problem(&name, format!("is not JSON: {error}")),
            }
        } else {
            fields.push((name, String::from_utf8_lossy(&part.content).into_owned().into()));
        }
    }
    members(operation, Value::Object(nested(fields)), given);
}

/// A JSON part, then the file.
fn related_parts(operation: &Operation, parts: Vec<multipart::Part>, related: &Related, given: &mut Given) {
    let mut parts = parts.into_iter();
    if let Some(first) = parts.next() {
        match serde_json::from_slice(&first.content) {
            Ok(value) => members(operation, value, given),
            Err(error) => given.add_problem("body", format!("its first part is not JSON: {error}")),
        }
    }
    if let Some(part) = parts.next() {
        if let (Some(param), Some(content_type)) = (&related.content_type, &part.content_type) {
            given.values.insert(param.value.clone(), content_type.as_str().into());
        }
        given.add_upload(&related.file, part.filename, part.content_type, part.content.len());
    }
}

/// The variables of a GraphQL query, back to the parameters that they were made from.
fn variables(graphql: &GraphQl, body: &Value, given: &mut Given) {
    if body.get("query").and_then(Value::as_str).is_none_or(str::is_empty) {
        given.add_problem("query", "is required");
    }
    let Some(variables) = body.get("variables").and_then(Value::as_object) else { return };
    for (variable, value) in variables {
        match graphql.variables.get(variable).map(|template| template.parts()) {
            Some([Part::Name(param)]) => drop(given.values.insert(param.clone(), value.clone())),
            Some(_) => {}
            None => drop(given.values.insert(variable.clone(), value.clone())),
        }
    }
}

impl Given {
    fn add_body(&mut self, operation: &Operation, wire: &str, value: Value) {
        let in_body =
            |param: &&tieline::plan::Param| param.wire == wire && param.place == tieline::manifest::Place::Body;
        match operation.params.iter().find(in_body) {
            Some(param) => drop(self.values.insert(param.name.clone(), value)),
            None if operation.takes_other(wire) => drop(self.others.insert(wire.to_owned(), value)),
            None => self.unknown.push(wire.to_owned()),
        }
    }

    fn add_upload(&mut self, param: &str, filename: Option<String>, content_type: Option<String>, size: usize) {
        self.uploads.push(ReceivedUpload { param: param.to_owned(), filename, content_type, size });
    }
}
