//! Parameters: from what a document says of one to what a manifest says.

use std::collections::{BTreeMap, BTreeSet};

use tieline::manifest::Place;
use tieline::source::Span;
use tieline::yaml::{Node, Value};

use crate::context::Context;
use crate::dialect::fills;
use crate::names::{apart, mixed};
use crate::operation::Operation;
use crate::same::distinct;
use crate::schemas::{Shape, let_null};
use crate::tree::{Mapping, boolean, is_true, list, members, scalar_text, text, text_of};

/// A parameter of an operation.
#[derive(Clone, Debug)]
pub(crate) struct Param<'d> {
    /// What callers call it.
    pub name: String,
    /// What the API calls it.
    pub wire: String,
    /// Where it goes.
    pub place: Place,
    /// Its keys and its schema.
    pub keys: Mapping,
    /// Its schema in the document, where it has one.
    pub schema: Option<&'d Node>,
    /// The shape of its values.
    pub shape: Shape,
    /// What the peer's dialect sends for it when a connection is tried.
    pub probe: Option<Node>,
    /// What was inferred about it.
    pub note: Option<&'static str>,
    /// The place in the document.
    pub span: Span,
}

/// Headers that parameters cannot set (OpenAPI 3.1, "Parameter Object").
const OF_THE_MESSAGE: [&str; 3] = ["accept", "content-type", "authorization"];

impl<'d> Context<'d> {
    /// The parameters of an operation that do not go into the body.
    pub(crate) fn params(&mut self, operation: &Operation<'d>) -> Vec<Param<'d>> {
        let mut params: Vec<Param<'d>> = Vec::new();
        for node in operation.params.iter().copied() {
            params.extend(self.param(operation, node));
        }
        let in_path = params.iter().filter(|param| param.place == Place::Path).map(|param| param.wire.clone());
        let mut declared: BTreeSet<String> = in_path.collect();
        for name in operation.path_names() {
            if declared.insert(name.to_owned()) {
                let message = format!("the path `{}` names `{name}`, and no parameter is called so", operation.path);
                self.warn(operation.path_span, message, "a text is taken");
                params.push(undeclared(name, operation.path_span));
            }
        }
        tell_apart(&mut params, operation);
        params
    }

    fn param(&mut self, operation: &Operation<'d>, node: &'d Node) -> Option<Param<'d>> {
        let name = node.get("name").and_then(scalar_text).filter(|name| !name.is_empty());
        let place = match text_of(node, "in") {
            Some("path") => Place::Path,
            Some("query") => Place::Query,
            Some("header") => Place::Header,
            Some("cookie") => Place::Cookie,
            Some("querystring") => {
                self.warn(
                    node.span,
                    "a parameter that is the whole query is left out",
                    "declare the parameters one by one",
                );
                return None;
            }
            _ => {
                self.warn(node.span, "a parameter needs `in`", "`path`, `query`, `header` or `cookie`; it is left out");
                return None;
            }
        };
        let Some(wire) = name else {
            self.warn(node.span, "a parameter needs `name`", "it is left out");
            return None;
        };
        let is_framing = place == Place::Header && OF_THE_MESSAGE.contains(&wire.to_ascii_lowercase().as_str());
        if is_framing && !operation.is_named() {
            return None;
        }
        if place == Place::Path && !operation.path_names().any(|named| named == wire) {
            self.warn(node.span, format!("the path `{}` does not name `{wire}`", operation.path), "it is left out");
            return None;
        }
        let content = node.get("content").into_iter().flat_map(members).next().map(|(_, media)| media);
        let schema = node.get("schema").or_else(|| content.and_then(|media| media.get("schema")));
        let mut keys =
            self.described(schema, node.span, &format!("{}_{wire}", operation.text("operationId").unwrap_or("params")));
        self.say(&mut keys, node);
        let shape = schema.map_or(Shape::Unknown, |schema| self.document.shape(schema));
        let mut param = Param {
            name: mixed(&wire, "param"),
            wire,
            place,
            keys,
            schema,
            shape,
            probe: None,
            note: None,
            span: node.span,
        };
        self.style(&mut param, node, content.is_some());
        self.requirement(operation, &mut param, node);
        Some(param)
    }

    /// The keys of a parameter with this schema; one that cannot be said beside them gets a name.
    pub(crate) fn described(&mut self, schema: Option<&'d Node>, span: Span, name: &str) -> Mapping {
        let mut keys = Mapping::at(span);
        let Some(schema) = schema else { return keys };
        let translated = self.schema(schema);
        let needs_name = translated.get("required").is_some();
        let translated = if needs_name { self.named_schema(name, translated) } else { translated };
        for (key, value) in members(&translated) {
            keys.put(key, value.clone());
        }
        keys
    }

    /// What the parameter itself says for people.
    fn say(&self, keys: &mut Mapping, node: &'d Node) {
        if let Some(description) =
            node.get("description").filter(|said| said.as_text().is_some_and(|said| !said.trim().is_empty()))
        {
            keys.put("description", description.clone());
        }
        if is_true(node, "deprecated") {
            keys.put("deprecated", boolean(true, node.span));
        }
        if !keys.has("examples") {
            let several = node
                .get("examples")
                .into_iter()
                .flat_map(members)
                .filter_map(|(_, example)| self.peek(example).get("value"));
            let shape = keys.get("type").and_then(Node::as_text).map(str::to_owned);
            let shown = node.get("example").into_iter().chain(several);
            let examples: Vec<Node> = shown.filter_map(|example| as_typed(example, shape.as_deref())).collect();
            keys.put_filled("examples", list(distinct(&examples), node.span));
        }
    }

    /// How a list or object is written (OpenAPI 3.1, "Style Values").
    fn style(&mut self, param: &mut Param<'d>, node: &'d Node, is_json: bool) {
        let span = param.span;
        if is_json {
            return param.keys.text("style", "json", span);
        }
        let explode = node.get("explode").map(|explode| explode.value == Value::Bool(true));
        let said = text_of(node, "style");
        match (param.place, said) {
            (Place::Query, Some("spaceDelimited")) => param.keys.text("style", "space", span),
            (Place::Query, Some("pipeDelimited")) => param.keys.text("style", "pipe", span),
            (Place::Query, Some("deepObject")) => return param.keys.text("style", "deep_object", span),
            (Place::Query, None | Some("form")) => match param.shape {
                Shape::Object if explode != Some(false) => {
                    return param.keys.text(
                        "style",
                        if param.schema.is_some_and(|schema| self.is_open(schema)) && said.is_none() {
                            "deep_object"
                        } else {
                            "form"
                        },
                        span,
                    );
                }
                Shape::List if self.holds_objects(param.schema) => return param.keys.text("style", "json", span),
                _ => {}
            },
            (Place::Path, Some(style @ ("label" | "matrix"))) => {
                self.warn(node.span, format!("the style `{style}` cannot be written"), "the value is written as it is");
            }
            (_, _) => {}
        }
        let is_nested = matches!(param.shape, Shape::List | Shape::Object);
        let usual = param.place == Place::Query && matches!(said, None | Some("form"));
        match explode {
            Some(false) if is_nested && usual => param.keys.put("explode", boolean(false, span)),
            Some(true) if is_nested && !usual => param.keys.put("explode", boolean(true, span)),
            _ => {}
        }
    }

    /// Whether an object has members that nobody names.
    fn is_open(&self, schema: &'d Node) -> bool {
        self.document.properties(schema).is_empty()
    }

    fn holds_objects(&self, schema: Option<&'d Node>) -> bool {
        let element = schema.and_then(|schema| self.document.elements(schema));
        element.is_some_and(|element| matches!(self.document.shape(element), Shape::Object | Shape::List))
    }

    /// Whether it must be given, and what is sent where it is not.
    fn requirement(&mut self, operation: &Operation<'d>, param: &mut Param<'d>, node: &'d Node) {
        let is_required = is_true(node, "required") || param.place == Place::Path;
        let always = param.place == Place::Header && operation.is_named()
            || operation.said_action() == Some("download") && param.place == Place::Query;
        let default = param
            .schema
            .and_then(|schema| self.document.said(schema, "default"))
            .filter(|default| default.value != Value::Null);
        let probe = param.schema.and_then(|schema| schema.get("x-airbyte-probe-default"));
        if let Some(default) = default.filter(|_| param.place != Place::Path) {
            self.default(param, default, is_required || always);
        }
        param.probe = probe.cloned().or(param.probe.take());
        param.keys.take("x-airbyte-probe-default");
        if let Some(injection) = node.get("x-airbyte-param-config-inject")
            && let Some(fill) = fills::injected(injection, param.keys.get("fill"))
        {
            param.keys.put("fill", fill);
        }
        let never_missing = param.keys.has("fill") && !fills::reads_config(param.keys.get("fill"));
        if is_required && param.place != Place::Path && !never_missing {
            param.keys.put("required", boolean(true, node.span));
        }
    }

    /// A default is sent where the peer sends it; one that is computed is computed.
    pub(crate) fn default(&mut self, param: &mut Param<'d>, default: &'d Node, is_sent: bool) {
        let is_computed = default.as_text().is_some_and(|text| text.contains("{{"));
        if is_computed {
            param.keys.take("default");
            match fills::expression(default) {
                Ok(fill) if is_sent => param.keys.put("fill", fill),
                Ok(fill) => param.probe = Some(fill),
                Err(finding) if is_sent => self.findings.push(finding),
                // Nobody computes it: it may be a text that only looks like an expression.
                Err(_) => param.keys.put("default", default.clone()),
            }
        } else if is_sent {
            param.keys.put("fill", fills::literal(default, param.shape));
        }
    }

    /// Lets a parameter be null where its description speaks of null and its schema does not allow it.
    pub(crate) fn allow_null_if_spoken_of(&mut self, param: &mut Param<'d>) {
        let description = param.keys.get("description").and_then(Node::as_text).unwrap_or_default();
        let speaks = description.split(|c: char| !c.is_alphanumeric()).any(|word| word == "null");
        let allows = |types: &Node| match &types.value {
            Value::List(types) => types.iter().any(|one| one.as_text() == Some("null")),
            _ => types.as_text() == Some("null"),
        };
        let allowed = param.keys.get("type").is_none_or(allows) && !param.keys.has("$ref");
        if speaks && !allowed {
            let_null(&mut param.keys);
            param.note = Some("null is taken, because the description speaks of it");
        }
    }
}

/// No two parameters are called alike. In the peer's dialect, a name in several places stands for one value.
fn tell_apart(params: &mut [Param<'_>], operation: &Operation<'_>) {
    let mut firsts: BTreeMap<String, String> = BTreeMap::new();
    for param in params.iter_mut() {
        let span = param.span;
        let Some(name) = firsts.get(&param.wire).cloned() else {
            firsts.insert(param.wire.clone(), param.name.clone());
            continue;
        };
        param.name = format!("{name}_in_{}", param.place.as_str());
        if operation.is_named() {
            param.keys.put("hidden", boolean(true, span));
            param.keys.put("fill", fills::same_as(&name, span));
            param.keys.take("required");
        }
    }
    let names = {
        let texts: Vec<&str> = params
            .iter()
            .map(|param| if param.name == mixed(&param.wire, "param") { &param.wire } else { &param.name })
            .map(String::as_str)
            .collect();
        apart(&texts, "param")
    };
    params.iter_mut().zip(names).for_each(|(param, name)| param.name = name);
}

/// An example in the type of its parameter: documents write `"5"` and `"true"` too.
fn as_typed(example: &Node, kind: Option<&str>) -> Option<Node> {
    let said = example.as_text().map(str::trim);
    let value = match (kind, said) {
        (Some("integer" | "number"), Some(said)) => Value::Number(said.parse().ok()?),
        (Some("boolean"), Some(said)) => Value::Bool(said.parse().ok()?),
        (Some("string"), None) => Value::Text(scalar_text(example)?),
        (_, _) => example.value.clone(),
    };
    Some(Node { value, span: example.span })
}

/// A parameter that a path names and nothing declares.
fn undeclared<'d>(name: &str, span: Span) -> Param<'d> {
    let mut keys = Mapping::at(span);
    keys.put("type", text("string", span));
    Param {
        name: mixed(name, "param"),
        wire: name.to_owned(),
        place: Place::Path,
        keys,
        schema: None,
        shape: Shape::Text,
        probe: None,
        note: None,
        span,
    }
}
