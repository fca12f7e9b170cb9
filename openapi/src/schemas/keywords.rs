//! The keywords of schemas: OpenAPI 3.0's own become those of JSON Schema 2020-12, and what cannot be used is left out and said.

use tieline::notation::Pattern;
use tieline::source::Span;
use tieline::yaml::{Map, Node, Value};

use crate::context::Context;
use crate::same::distinct;
use crate::tree::{self, Mapping, boolean, items, list, scalar_text, text};

/// The types of JSON Schema.
const TYPES: [&str; 7] = ["string", "number", "integer", "boolean", "array", "object", "null"];
/// How many different regular expressions the schemas of a manifest may have.
const MOST_PATTERNS: usize = 200;

impl<'d> Context<'d> {
    /// Puts one keyword into a schema, as the manifest has it.
    pub(super) fn keyword(&mut self, key: &str, node: &'d Node, key_span: Span, all: &'d Map, schema: &mut Mapping) {
        if node.value == Value::Null && !matches!(key, "default" | "const" | "example") {
            return;
        }
        match key {
            "$ref" => match self.reference(node) {
                Some(reference) => schema.put(key, reference),
                None => self.findings.extend(node.as_text().is_none().then(|| not_a(node, "a reference is a text"))),
            },
            "allOf" if items(node).len() == 1 && !all.contains_key("$ref") => {
                self.only_part(&items(node)[0], all, schema)
            }
            "allOf" | "anyOf" | "oneOf" | "prefixItems" => {
                let parts: Vec<Node> = items(node).iter().map(|part| self.schema(part)).collect();
                schema.put_filled(key, list(parts, node.span));
            }
            "properties" | "patternProperties" | "dependentSchemas" => self.members(key, node, schema),
            "items" if matches!(node.value, Value::List(_)) => {
                let parts: Vec<Node> = items(node).iter().map(|part| self.schema(part)).collect();
                schema.put_filled("prefixItems", list(parts, node.span));
            }
            "items"
            | "additionalProperties"
            | "contains"
            | "not"
            | "if"
            | "then"
            | "else"
            | "propertyNames"
            | "unevaluatedItems"
            | "unevaluatedProperties"
            | "contentSchema" => schema.put(key, self.schema(node)),
            "type" => self.types(node, schema),
            "required" | "dependentRequired" => self.required(key, node, schema),
            "enum" => schema.put_filled(key, list(distinct(items(node)), node.span)),
            "pattern" => self.pattern(node, schema),
            "minimum" | "maximum" | "multipleOf" => self.number(key, node, schema),
            "exclusiveMinimum" | "exclusiveMaximum" if !matches!(node.value, Value::Bool(_)) => {
                self.number(key, node, schema)
            }
            // OpenAPI 3.0 says with them that the limit itself is out; `settle` sees to it.
            "exclusiveMinimum" | "exclusiveMaximum" | "nullable" => {}
            "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" | "minContains"
            | "maxContains" => self.count(key, node, schema),
            "description" | "title" | "format" | "contentMediaType" | "contentEncoding" => {
                let said = scalar_text(node).filter(|said| !said.trim().is_empty());
                schema.put_some(key, said.map(|said| text(said, node.span)));
            }
            "deprecated" | "readOnly" | "writeOnly" | "uniqueItems" => match node.value {
                Value::Bool(said) => schema.put(key, boolean(said, node.span)),
                _ => self.findings.push(not_a(node, &format!("`{key}` is `true` or `false`"))),
            },
            "default" | "const" => schema.put(key, node.clone()),
            "example" => {
                if !all.contains_key("examples") {
                    schema.put("examples", list(vec![node.clone()], node.span));
                }
            }
            "examples" => {
                let shown = match &node.value {
                    Value::List(shown) => shown.clone(),
                    _ => tree::members(node).filter_map(|(_, example)| example.get("value").cloned()).collect(),
                };
                schema.put_filled(key, list(shown, node.span));
            }
            // They say nothing about JSON, or are reached by reference.
            "xml" | "externalDocs" | "discriminator" | "$comment" | "$schema" | "$id" | "$anchor" | "$defs"
            | "definitions" | "$vocabulary" | "collectionFormat" => {}
            "$dynamicRef" | "$recursiveRef" => {
                self.warn(key_span, format!("`{key}` is not followed"), "any value is taken at this place");
            }
            "$dynamicAnchor" | "$recursiveAnchor" => {}
            "x-airbyte-entity-name" | "x-airbyte-ai-hints" => {}
            _ if key.starts_with("x-") => {
                if !holds_reference(node) {
                    schema.put(key, node.clone());
                }
            }
            _ => {
                let message = format!("`{key}` is no keyword of a schema");
                self.warn(key_span, message, "it is left out; something may be indented too far, or too little");
            }
        }
    }

    /// `allOf` with a single part says what the part says.
    fn only_part(&mut self, part: &'d Node, all: &'d Map, schema: &mut Mapping) {
        let translated = self.schema(part);
        let is_own = |key: &str| all.contains_key(key) && !is_annotation(key);
        let clashes = tree::members(&translated).any(|(key, _)| is_own(key) || schema.has(key) && !is_annotation(key));
        if clashes {
            let span = part.span;
            return schema.put("allOf", list(vec![translated], span));
        }
        for (key, value) in tree::members(&translated).filter(|(key, _)| !all.contains_key(*key)) {
            schema.put(key, value.clone());
        }
    }

    fn members(&mut self, key: &str, node: &'d Node, schema: &mut Mapping) {
        let Value::Map(map) = &node.value else {
            return self.findings.push(not_a(node, &format!("`{key}` is a mapping")));
        };
        let mut members = Mapping::at(node.span);
        for (name, entry) in map {
            if key == "patternProperties" && name.parse::<Pattern>().is_err() {
                self.warn(entry.span, format!("the regular expression `{name}` cannot be used"), "it is left out");
                continue;
            }
            let member = self.schema(&entry.value);
            members.put(name.clone(), member);
        }
        schema.put(key, members.node());
    }

    fn types(&mut self, node: &'d Node, schema: &mut Mapping) {
        let given: Vec<&Node> = match &node.value {
            Value::List(types) => types.iter().collect(),
            _ => vec![node],
        };
        let mut types = Vec::new();
        for one in given {
            match one.as_text() {
                Some(name) if TYPES.contains(&name) => types.push(one.clone()),
                Some("file") => {
                    types.push(text("string", one.span));
                    schema.text("format", "binary", one.span);
                }
                _ if one.value == Value::Null => types.push(text("null", one.span)),
                Some(name) => {
                    let help =
                        format!("known are {}; any value is taken", TYPES.map(|name| format!("`{name}`")).join(", "));
                    self.warn(one.span, format!("`{name}` is no type"), help);
                }
                None => self.findings.push(not_a(one, "a type is a text")),
            }
        }
        let types = distinct(&types);
        match types.as_slice() {
            [] => {}
            [one] => schema.put("type", one.clone()),
            _ => schema.put("type", list(types, node.span)),
        }
    }

    fn required(&mut self, key: &str, node: &'d Node, schema: &mut Mapping) {
        match &node.value {
            Value::List(names) if key == "required" => {
                let names: Vec<Node> = names.iter().filter(|name| name.as_text().is_some()).cloned().collect();
                schema.put_filled(key, list(distinct(&names), node.span));
            }
            Value::Map(_) if key == "dependentRequired" => schema.put(key, node.clone()),
            // An old way to say it, beside a member instead of beside `properties`.
            Value::Bool(_) => {}
            _ => self.findings.push(not_a(node, &format!("`{key}` is a list of names"))),
        }
    }

    fn pattern(&mut self, node: &'d Node, schema: &mut Mapping) {
        let Some(pattern) = node.as_text().filter(|pattern| !pattern.is_empty()) else { return };
        if pattern.parse::<Pattern>().is_err() {
            let message = format!("the regular expression `{}` cannot be used", shortened(pattern));
            return self.warn(
                node.span,
                message,
                "values are not held against it; look-around and back-references are not available",
            );
        }
        let patterns = &mut self.schemas.patterns;
        if patterns.len() < MOST_PATTERNS || patterns.contains(pattern) {
            patterns.insert(pattern.to_owned());
            schema.put("pattern", node.clone());
        } else if !std::mem::replace(&mut self.schemas.lacks_patterns, true) {
            let message = format!("the schemas have more than {MOST_PATTERNS} different regular expressions");
            self.warn(node.span, message, "values are not held against this one and those that follow");
        }
    }

    fn number(&mut self, key: &str, node: &'d Node, schema: &mut Mapping) {
        let number = match &node.value {
            Value::Number(_) => Some(node.clone()),
            Value::Text(text) => text
                .trim()
                .parse::<serde_json::Number>()
                .ok()
                .map(|number| Node { value: Value::Number(number), span: node.span }),
            _ => None,
        };
        match number {
            Some(number) => schema.put(key, number),
            None => self.findings.push(not_a(node, &format!("`{key}` is a number"))),
        }
    }

    fn count(&mut self, key: &str, node: &'d Node, schema: &mut Mapping) {
        let count = match &node.value {
            Value::Number(number) => number.as_u64(),
            Value::Text(text) => text.trim().parse().ok(),
            _ => None,
        };
        match count {
            Some(count) => schema.put(key, tree::number(count, node.span)),
            None => self.findings.push(not_a(node, &format!("`{key}` is a whole number that is not negative"))),
        }
    }
}

/// What OpenAPI 3.0 says with keywords that JSON Schema does not have: that null is allowed, and that a limit itself is not.
pub(super) fn settle(schema: &mut Mapping, all: &Map) {
    let is_true = |key: &str| all.get(key).is_some_and(|entry| entry.value.value == Value::Bool(true));
    for (exclusive, limit) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        if is_true(exclusive)
            && let Some(value) = schema.take(limit)
        {
            schema.put(exclusive, value);
        }
    }
    if is_true("nullable") {
        let_null(schema);
    }
}

/// Lets a schema take null as well.
pub(crate) fn let_null(schema: &mut Mapping) {
    let null = |span| text("null", span);
    if let Some(values) = schema.take("enum") {
        let mut with_null = items(&values).to_vec();
        if !with_null.iter().any(|value| value.value == Value::Null) {
            with_null.push(Node { value: Value::Null, span: values.span });
        }
        schema.put("enum", list(with_null, values.span));
    }
    if let Some(types) = schema.get("type").cloned() {
        let mut with_null = match &types.value {
            Value::List(types) => types.clone(),
            _ => vec![types.clone()],
        };
        if !with_null.iter().any(|one| one.as_text() == Some("null")) {
            with_null.push(null(types.span));
        }
        return schema.put("type", list(with_null, types.span));
    }
    let span = schema.clone().node().span;
    let (mut annotations, mut inner) = (Mapping::at(span), Mapping::at(span));
    for (key, value) in schema.iter() {
        let part = if is_annotation(key) || is_of_parameter(key, value) { &mut annotations } else { &mut inner };
        part.put(key.clone(), value.clone());
    }
    if inner.is_empty() {
        return;
    }
    let mut or_null = Mapping::at(span);
    or_null.put("type", null(span));
    annotations.put("anyOf", list(vec![inner.node(), or_null.node()], span));
    *schema = annotations;
}

/// Whether a key beside a schema is about the parameter.
fn is_of_parameter(key: &str, value: &Node) -> bool {
    matches!(key, "fill" | "hidden" | "style" | "explode") || key == "required" && matches!(value.value, Value::Bool(_))
}

/// Whether a keyword says something about a value, and not which values fit.
pub(crate) fn is_annotation(key: &str) -> bool {
    matches!(
        key,
        "description"
            | "title"
            | "default"
            | "example"
            | "examples"
            | "deprecated"
            | "readOnly"
            | "writeOnly"
            | "nullable"
    ) || key.starts_with("x-")
}

fn holds_reference(node: &Node) -> bool {
    tree::members(node).any(|(key, value)| key == "$ref" || holds_reference(value))
        || items(node).iter().any(holds_reference)
}

fn not_a(node: &Node, expected: &str) -> tieline::source::Diagnostic {
    let message = format!("{expected}; {} stands here", node.describe());
    tieline::source::Diagnostic::new(tieline::source::Code::Suspicious, node.span, message).help("it is left out")
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
