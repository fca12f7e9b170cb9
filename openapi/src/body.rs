//! Request bodies: the parameters that go into them, and how they are written.

use std::collections::BTreeSet;

use tieline::manifest::Place;
use tieline::source::Span;
use tieline::yaml::{Node, Value};

use crate::answer::is_json;
use crate::context::Context;
use crate::dialect::graphql;
use crate::names::{apart, mixed};
use crate::operation::Operation;
use crate::param::Param;
use crate::schemas::{Seen, Shape};
use crate::tree::{Mapping, boolean, is_true, items, members, text, text_of};

/// What a request carries.
#[derive(Clone, Debug, Default)]
pub(crate) struct Body<'d> {
    /// The parameters that go into it.
    pub params: Vec<Param<'d>>,
    /// The action's `body`, where it is not the usual JSON object.
    pub keys: Option<Node>,
    /// What was inferred.
    pub note: Option<String>,
}

/// How deep a file is looked for in lists and alternatives.
const MOST_PARTS: usize = 4;
/// The name of a parameter that is a whole body.
const WHOLE: &str = "body";
/// The name of a parameter that is a file and the whole body.
const FILE: &str = "content";

impl<'d> Context<'d> {
    /// What a request of an operation carries. `before` are its other parameters.
    pub(crate) fn body(&mut self, operation: &Operation<'d>, before: &mut [Param<'d>]) -> Body<'d> {
        let Some(node) = operation.node.get("requestBody") else { return Body::default() };
        let Some(node) = self.resolve(node) else { return Body::default() };
        if let Some(said) = node.get("x-airbyte-body-type") {
            return graphql::body(self, operation, node, said, before);
        }
        let content: Vec<(&'d str, &'d Node)> = node.get("content").into_iter().flat_map(members).collect();
        let Some((media_type, media)) = chosen(&content) else { return Body::default() };
        let is_required = is_true(node, "required");
        let mut body = match Kind::of(media_type) {
            Kind::Json => self.json(operation, node, media_type, media, is_required),
            Kind::Form => self.form(operation, media, is_required),
            Kind::Multipart => self.multipart(operation, media, is_required),
            Kind::Related => self.related(operation, media, is_required),
            Kind::Raw => self.raw(node, media_type, is_required),
        };
        if content.len() > 1 {
            let others =
                content.iter().map(|(name, _)| *name).filter(|name| *name != media_type).collect::<Vec<_>>().join(", ");
            body.note.get_or_insert_with(|| format!("sent as {media_type}; {others} would do too"));
        }
        self.tell_apart(&mut body, before);
        body
    }

    /// A body parameter that is called like another has another name.
    fn tell_apart(&mut self, body: &mut Body<'d>, before: &[Param<'d>]) {
        let mut taken: BTreeSet<String> = before.iter().map(|param| param.name.clone()).collect();
        for param in &mut body.params {
            if !taken.insert(param.name.clone()) {
                let name = format!("{}_in_body", param.name);
                rename(body.keys.as_mut(), &param.name, &name);
                param.name = name;
                taken.insert(param.name.clone());
            }
        }
    }

    fn json(
        &mut self,
        operation: &Operation<'d>,
        node: &'d Node,
        media_type: &str,
        media: &'d Node,
        is_required: bool,
    ) -> Body<'d> {
        let mut keys = Mapping::at(media.span);
        let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if !matches!(essence.as_str(), "application/json" | "*/*" | "application/*" | "text/json") {
            keys.text("content_type", essence, media.span);
        }
        let schema = media.get("schema");
        let shape = schema.map_or(Shape::Unknown, |schema| self.document.shape(schema));
        let element = schema
            .filter(|_| shape == Shape::List && operation.is_named())
            .and_then(|schema| self.document.elements(schema));
        if let Some(element) = element.filter(|element| !self.document.properties(element).is_empty()) {
            keys.put("wrap_in_list", boolean(true, element.span));
            let params = self.members_of(operation, element, is_required);
            return Body { params, keys: Some(kind("json", keys)), note: None };
        }
        let schema_node = schema.filter(|schema| shape == Shape::Object && !self.has_alternatives(schema));
        let Some(schema) = schema_node else {
            if shape == Shape::Unknown && schema.is_none_or(|schema| members(schema).next().is_none()) && !is_required {
                return Body::default();
            }
            return self.whole(operation, node, schema, keys, is_required);
        };
        let (named, others) = (self.document.properties(schema), self.takes_others(schema));
        if named.is_empty() && !operation.is_named() {
            return self.whole(operation, node, Some(schema), keys, is_required);
        }
        if others || named.is_empty() {
            keys.put("others", boolean(true, schema.span));
        }
        let params = self.members_of(operation, schema, is_required);
        let keys = if keys.is_empty() { None } else { Some(kind("json", keys)) };
        Body { params, keys, note: None }
    }

    /// A body that is one parameter.
    fn whole(
        &mut self,
        operation: &Operation<'d>,
        node: &'d Node,
        schema: Option<&'d Node>,
        mut keys: Mapping,
        is_required: bool,
    ) -> Body<'d> {
        let span = schema.map_or(node.span, |schema| schema.span);
        let mut described =
            self.described(schema, span, &format!("{}_body", operation.text("operationId").unwrap_or("request")));
        if let Some(said) = node.get("description").filter(|said| said.as_text().is_some()) {
            described.put("description", said.clone());
        }
        if is_required {
            described.put("required", boolean(true, span));
        }
        keys.text("param", WHOLE, span);
        let shape = schema.map_or(Shape::Unknown, |schema| self.document.shape(schema));
        let param = body_param(WHOLE, described, schema, shape, span);
        let note = Some(format!("the whole body is `{WHOLE}`, because it is no object with members of its own"));
        Body { params: vec![param], keys: Some(kind("json", keys)), note }
    }

    fn form(&mut self, operation: &Operation<'d>, media: &'d Node, is_required: bool) -> Body<'d> {
        let mut params =
            media.get("schema").map(|schema| self.members_of(operation, schema, is_required)).unwrap_or_default();
        // The order of a form is seen: in the peer's dialect, what has a default comes first.
        params.sort_by_key(|param| !param.keys.has("fill"));
        Body { params, keys: Some(kind("form", Mapping::at(media.span))), note: None }
    }

    fn multipart(&mut self, operation: &Operation<'d>, media: &'d Node, is_required: bool) -> Body<'d> {
        let mut params =
            media.get("schema").map(|schema| self.members_of(operation, schema, is_required)).unwrap_or_default();
        for param in &mut params {
            let encoded = media.get("encoding").and_then(|encoding| encoding.get(&param.wire));
            let as_json = encoded.and_then(|encoded| text_of(encoded, "contentType")).is_some_and(is_json);
            let is_file = encoded
                .and_then(|encoded| text_of(encoded, "contentType"))
                .is_some_and(|types| !is_json(types) && !types.starts_with("text/"));
            if as_json {
                param.keys.text("style", "json", param.span);
            } else if is_file && param.shape == Shape::Text {
                param.keys.text("format", "binary", param.span);
            }
            self.make_file(param);
        }
        Body { params, keys: Some(kind("multipart", Mapping::at(media.span))), note: None }
    }

    /// What is a file, or a list of them, is one file here.
    fn make_file(&mut self, param: &mut Param<'d>) {
        let is_untyped = param.shape == Shape::Unknown && matches!(param.wire.as_str(), "file" | "files");
        if !is_untyped && !param.schema.is_some_and(|schema| self.is_file(schema, MOST_PARTS, &mut Seen::default())) {
            return;
        }
        let mut keys = Mapping::at(param.span);
        keys.text("type", "string", param.span);
        keys.text("format", "binary", param.span);
        for key in ["description", "required"] {
            keys.put_some(key, param.keys.get(key).cloned());
        }
        param.keys = keys;
        if param.shape == Shape::List {
            param.note = Some("one file can be sent, where the document has several");
        }
        param.shape = Shape::Text;
    }

    /// Whether a schema is for a file, for several, or for one among other things.
    fn is_file(&self, schema: &'d Node, deep: usize, seen: &mut Seen) -> bool {
        let Some(deeper) = deep.checked_sub(1).filter(|_| seen.is_new(self.peek(schema))) else { return false };
        let said = |keyword| self.document.said(schema, keyword).and_then(Node::as_text);
        let alternatives = ["anyOf", "oneOf", "allOf"].into_iter().filter_map(|keyword| self.peek(schema).get(keyword));
        said("format") == Some("binary")
            || said("contentMediaType").is_some_and(|media_type| media_type == "application/octet-stream")
            || self.document.elements(schema).is_some_and(|element| self.is_file(element, deeper, seen))
            || alternatives.flat_map(items).any(|part| self.is_file(part, deeper, seen))
    }

    /// A JSON part and a file part. The peer's dialect names the member that is the file, in base64.
    fn related(&mut self, operation: &Operation<'d>, media: &'d Node, is_required: bool) -> Body<'d> {
        let mut params =
            media.get("schema").map(|schema| self.members_of(operation, schema, is_required)).unwrap_or_default();
        let said = operation.text("x-airbyte-upload-file-param");
        let file = said.map(|name| mixed(name, "param")).or_else(|| {
            params
                .iter()
                .find(|param| param.keys.get("format").and_then(Node::as_text) == Some("binary"))
                .map(|param| param.name.clone())
        });
        let Some(file) = file else {
            return Body { params, keys: None, note: Some("sent as JSON, because nothing in it is a file".to_owned()) };
        };
        let mut keys = Mapping::at(media.span);
        keys.text("file", &file, media.span);
        if said.is_some() {
            keys.text("encoding", "base64", media.span);
            if params.iter().any(|param| param.name == "file_mime_type") {
                keys.text("content_type", "file_mime_type", media.span);
            }
        }
        if let Some(param) = params.iter_mut().find(|param| param.name == file) {
            param.keys.text("type", "string", param.span);
            param.keys.text("format", "binary", param.span);
            param.shape = Shape::Text;
        }
        Body { params, keys: Some(kind("related", keys)), note: None }
    }

    fn raw(&mut self, node: &'d Node, media_type: &str, is_required: bool) -> Body<'d> {
        let span = node.span;
        let mut keys = Mapping::at(span);
        keys.text("type", "string", span);
        keys.text("format", "binary", span);
        keys.put_some("description", node.get("description").filter(|said| said.as_text().is_some()).cloned());
        if is_required {
            keys.put("required", boolean(true, span));
        }
        let mut body = Mapping::at(span);
        body.text("param", FILE, span);
        if !media_type.contains('*') && media_type != "application/octet-stream" {
            body.text("content_type", media_type, span);
        }
        let param = body_param(FILE, keys, None, Shape::Text, span);
        Body { params: vec![param], keys: Some(kind("raw", body)), note: None }
    }

    /// A parameter for each member of an object.
    pub(crate) fn members_of(
        &mut self,
        operation: &Operation<'d>,
        schema: &'d Node,
        is_required: bool,
    ) -> Vec<Param<'d>> {
        let required = self.document.required(schema);
        let mut params: Vec<Param<'d>> = Vec::new();
        for (wire, member) in self.document.properties(schema) {
            let is_read_only =
                self.document.said(member, "readOnly").is_some_and(|said| said.value == Value::Bool(true));
            if is_read_only && !operation.is_named() {
                continue;
            }
            let mut keys = self.described(
                Some(member),
                member.span,
                &format!("{}_{wire}", operation.text("operationId").unwrap_or("body")),
            );
            keys.take("readOnly");
            keys.take("writeOnly");
            let shape = self.document.shape(member);
            let probe = keys.take("x-airbyte-probe-default");
            let mut param = Param { probe, ..body_param(wire, keys, Some(member), shape, member.span) };
            if let Some(default) = self.document.said(member, "default").filter(|default| default.value != Value::Null)
            {
                self.default(&mut param, default, operation.is_named());
            }
            if is_required && required.contains(wire) && !param.keys.has("fill") {
                param.keys.put("required", boolean(true, member.span));
            }
            self.allow_null_if_spoken_of(&mut param);
            params.push(param);
        }
        let names = apart(&params.iter().map(|param| param.wire.as_str()).collect::<Vec<_>>(), "param");
        params.iter_mut().zip(names).for_each(|(param, name)| param.name = name);
        params
    }

    /// Whether objects may have members that the schema does not name, because it says so.
    fn takes_others(&self, schema: &'d Node) -> bool {
        let said = self.document.said(schema, "additionalProperties");
        said.is_some_and(|said| matches!(said.value, Value::Bool(true) | Value::Map(_)))
    }

    /// Whether which members there are depends on a choice.
    fn has_alternatives(&self, schema: &'d Node) -> bool {
        let resolved = self.peek(schema);
        let own =
            ["oneOf", "anyOf"].into_iter().any(|key| resolved.get(key).is_some_and(|parts| items(parts).len() > 1));
        own && self.document.properties(schema).is_empty()
    }
}

/// What kind of body a media type asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Json,
    Form,
    Multipart,
    Related,
    Raw,
}

impl Kind {
    fn of(media_type: &str) -> Self {
        let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "application/x-www-form-urlencoded" => Self::Form,
            "multipart/form-data" | "multipart/mixed" => Self::Multipart,
            "multipart/related" => Self::Related,
            _ if is_json(&essence) => Self::Json,
            _ => Self::Raw,
        }
    }

    /// The likeliest to hold everything comes first.
    fn rank(self) -> usize {
        match self {
            Self::Json => 0,
            Self::Form => 1,
            Self::Multipart => 2,
            Self::Related => 3,
            Self::Raw => 4,
        }
    }
}

fn chosen<'d>(content: &[(&'d str, &'d Node)]) -> Option<(&'d str, &'d Node)> {
    content.iter().copied().min_by_key(|(media_type, _)| Kind::of(media_type).rank())
}

/// A parameter that goes into the body.
pub(crate) fn body_param<'d>(
    wire: &str,
    keys: Mapping,
    schema: Option<&'d Node>,
    shape: Shape,
    span: Span,
) -> Param<'d> {
    Param {
        name: mixed(wire, "param"),
        wire: wire.to_owned(),
        place: Place::Body,
        keys,
        schema,
        shape,
        probe: None,
        note: None,
        span,
    }
}

/// `kind: …` and what belongs to it.
pub(crate) fn kind(name: &str, keys: Mapping) -> Node {
    let whole = keys.node();
    let mut body = Mapping::at(whole.span);
    body.text("kind", name, whole.span);
    for (key, value) in members(&whole) {
        body.put(key, value.clone());
    }
    body.node()
}

/// What a body says of a parameter follows its name.
fn rename(body: Option<&mut Node>, from: &str, to: &str) {
    let Some(Value::Map(map)) = body.map(|body| &mut body.value) else { return };
    for key in ["param", "file", "content_type", "fields"] {
        if let Some(entry) = map.get_mut(key)
            && entry.value.as_text() == Some(from)
        {
            entry.value = text(to, entry.value.span);
        }
    }
}
