//! From a checked manifest to a connector: references followed, places and defaults decided.

use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;
use serde_json::{Value, json};

use crate::body::{Body, EmptyBody, FileEncoding, Json};
use crate::manifest::{self, Action, Effect, ErrorRules, Manifest, PaginationChoice, Place, Retry, SchemaRef};
use crate::notation::{JsonPath, Lookup, Millis};
use crate::paginate::{Pagination, ParamPlace};
use crate::source::{Named, Spanned};
use crate::yaml::Node;

use super::{Answer, Connector, Entity, Example, Head, Lazy, Method, Operation, Param, PathPart};

/// The longest one attempt may take when the manifest does not say.
const TIMEOUT: Millis = Millis::new(60_000);

/// Compiles a manifest in which [`crate::check`] found no error.
pub(crate) fn compile(manifest: &Manifest) -> Connector {
    Connector {
        head: head(manifest),
        entities: manifest
            .entities
            .iter()
            .map(|(name, written)| (name.clone(), Lazy::ready(entity(manifest, name, written))))
            .collect(),
        schemas: manifest.schemas.iter().map(|(name, schema)| (name.clone(), Lazy::ready(schema.to_json()))).collect(),
    }
}

fn head(manifest: &Manifest) -> Head {
    Head {
        name: manifest.name.value.clone(),
        title: manifest.title.clone(),
        id: manifest.id.as_ref().map(|id| id.value.clone()),
        version: manifest.version.value.clone(),
        summary: manifest.summary.clone(),
        description: manifest.description.clone(),
        links: manifest.links.clone(),
        questions: manifest.questions.clone(),
        hints: manifest.hints.clone(),
        server: manifest.server.value.clone(),
        config: without_places(&manifest.config),
        headers: alone(&manifest.headers),
        query: alone(&manifest.query),
        auth: without_places(&manifest.auth),
        errors: manifest.errors.as_ref().map_or_else(ErrorRules::usual, |errors| errors.value.clone()),
        limits: manifest.limits.iter().map(|limit| limit.value.clone()).collect(),
        retry: manifest.retry.as_ref().map_or_else(Retry::default, |retry| retry.value.clone()),
        timeout: manifest.timeout.unwrap_or(TIMEOUT),
        idempotency: manifest.idempotency.clone(),
        check: manifest
            .check
            .as_ref()
            .and_then(|check| check.0.operation.split_once('.'))
            .map(|(e, a)| (e.to_owned(), a.to_owned())),
        check_params: manifest.check.as_ref().map(|check| without_places(&check.0.params)).unwrap_or_default(),
        extensions: without_places(&manifest.extensions),
    }
}

fn entity(manifest: &Manifest, name: &str, written: &manifest::Entity) -> Entity {
    let operation = |(action, described): (&String, &Spanned<Action>)| {
        (action.clone(), Arc::new(operation(manifest, (name, written), (action, described))))
    };
    Entity {
        name: name.to_owned(),
        title: written.title.clone().unwrap_or_else(|| title(name)),
        summary: written.summary.clone(),
        description: written.description.clone(),
        hints: written.hints.clone(),
        key: written.key.clone().unwrap_or_else(|| JsonPath::root().member("id")),
        relations: written.relations.iter().map(|relation| relation.value.clone()).collect(),
        record: written.record.as_deref().map(record),
        operations: written.actions.iter().map(operation).collect(),
        extensions: without_places(&written.extensions),
    }
}

fn operation(
    manifest: &Manifest,
    (noun, entity): (&str, &manifest::Entity),
    (verb, action): (&str, &Action),
) -> Operation {
    let (method, path) = method_and_path(action);
    let path = path_parts(path);
    let effect = action.effect.unwrap_or(match method {
        Method::Get => Effect::Read,
        Method::Post => Effect::Create,
        Method::Put | Method::Patch => Effect::Update,
        Method::Delete => Effect::Delete,
    });
    let pagination = pagination(manifest, action);
    let mut params: Vec<_> = entity
        .params
        .iter()
        .filter(|(name, _)| !action.params.contains_key(*name))
        .chain(&action.params)
        .map(|(name, written)| param(manifest, name, written, method, &path))
        .collect();
    if let Some(pagination) = &pagination {
        let mut added = pagination_params(pagination, method);
        added.retain(|added| params.iter().all(|declared| declared.name != added.name));
        params.extend(added);
    }
    let has_body = params.iter().any(|param| param.place == Place::Body)
        || matches!(method, Method::Post | Method::Put | Method::Patch);
    let body = match &action.body {
        Some(body) => Some(body.value.clone()),
        None => has_body.then(|| usual_body(manifest)),
    };
    let is_base64 = body.as_ref().is_some_and(|body| body.file_encoding() == FileEncoding::Base64);
    for file in params.iter_mut().filter(|param| param.file) {
        file.base64 = is_base64;
    }
    Operation {
        entity: noun.to_owned(),
        action: verb.to_owned(),
        summary: action.summary.clone(),
        description: action.description.clone(),
        hints: action.hints.clone(),
        effect,
        repeatable: action
            .repeatable
            .unwrap_or(effect == Effect::Read || matches!(method, Method::Get | Method::Put | Method::Delete)),
        destructive: action.destructive.unwrap_or(effect == Effect::Delete),
        internal: action.internal == Some(true),
        deprecated: action.deprecated == Some(true),
        beta: action.beta == Some(true),
        auth: action.auth.as_ref().map(|auth| auth.value.clone()),
        method,
        server: action.server.as_ref().map(|server| server.value.clone()),
        path,
        headers: alone(&action.headers),
        query: alone(&action.query),
        query_encoding: action.query_encoding.or(manifest.query_encoding),
        body,
        params,
        empty_body: action.empty_body.or(manifest.empty_body).unwrap_or(EmptyBody::Omit),
        answer: match (&action.download, &action.records) {
            (Some(download), _) => Answer::File(download.url.as_ref().map(|url| url.value.clone())),
            (None, Some(records)) => Answer::List(records.value.clone()),
            (None, None) => Answer::One(action.record_at.as_deref().cloned().unwrap_or_default()),
        },
        may_be_single: action.may_be_single == Some(true),
        may_be_missing: action.may_be_missing.or(manifest.may_be_missing) == Some(true),
        record: action.record.as_ref().or(entity.record.as_ref()).map(|schema| record(schema)),
        meta: meta(action, pagination.as_ref()),
        pagination,
        filter: action.filter.as_deref().cloned(),
        transform: alone(&action.transform),
        wrap_scalars: action.wrap_scalars.as_ref().or(manifest.wrap_scalars.as_ref()).cloned(),
        errors: action.errors.as_deref().cloned(),
        limits: action.limits.iter().map(|limit| limit.value.clone()).collect(),
        retry: action.retry.as_deref().cloned(),
        timeout: action.timeout,
        idempotency: action.idempotency.clone(),
        examples: action.examples.iter().map(example).collect(),
        operation_id: action.operation_id.clone(),
        extensions: without_places(&action.extensions),
        validators: OnceLock::new(),
    }
}

/// The body of an action that says nothing about it.
fn usual_body(manifest: &Manifest) -> Body {
    match &manifest.body {
        Some(body) => body.value.clone(),
        None => Body::Json(Json { param: None, wrap_in_list: None, content_type: None, others: None }),
    }
}

fn method_and_path(action: &Action) -> (Method, &str) {
    let methods = [
        (Method::Get, &action.get),
        (Method::Post, &action.post),
        (Method::Put, &action.put),
        (Method::Patch, &action.patch),
        (Method::Delete, &action.delete),
    ];
    let named = methods.into_iter().find_map(|(method, path)| path.as_ref().map(|path| (method, path.as_str())));
    named.unwrap_or((Method::Get, "/"))
}

/// The pieces of `/users/{user_id}`.
fn path_parts(path: &str) -> Vec<PathPart> {
    let mut parts = Vec::new();
    let mut rest = path;
    while let Some((text, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        if !text.is_empty() {
            parts.push(PathPart::Text(text.to_owned()));
        }
        parts.push(PathPart::Param(name.to_owned()));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(PathPart::Text(rest.to_owned()));
    }
    parts
}

/// A parameter that starts from another takes over what it does not say itself.
fn inherited(manifest: &Manifest, written: &manifest::Param) -> manifest::Param {
    let mut merged = written.clone();
    let mut base = written.base.as_ref();
    for _ in 0..manifest.params.len() {
        let Some(from) = base.and_then(|name| manifest.params.get(&name.value)) else { break };
        merged = merged.or(from);
        base = from.base.as_ref();
    }
    merged
}

fn param(manifest: &Manifest, name: &str, written: &manifest::Param, method: Method, path: &[PathPart]) -> Param {
    let manifest::Param { keys, schema, .. } = inherited(manifest, written);
    let in_path = path.contains(&PathPart::Param(name.to_owned()));
    let place = keys.place.map_or_else(|| if in_path { Place::Path } else { usual_place(method) }, |place| place.value);
    let schema = schema.to_json();
    Param {
        name: name.to_owned(),
        wire: keys.name.map_or_else(|| name.to_owned(), |name| name.value),
        place,
        required: keys.required == Some(true) || place == Place::Path,
        style: keys.style,
        explode: keys.explode,
        fill: keys.fill.map(|fill| fill.value),
        hidden: keys.hidden == Some(true),
        percent_encoded: keys.percent_encoded == Some(true),
        file: schema.get("format").and_then(Value::as_str) == Some("binary"),
        base64: false,
        schema,
    }
}

fn usual_place(method: Method) -> Place {
    match method {
        Method::Get | Method::Delete => Place::Query,
        Method::Post | Method::Put | Method::Patch => Place::Body,
    }
}

fn pagination(manifest: &Manifest, action: &Action) -> Option<Pagination> {
    match action.paginate.as_deref()? {
        PaginationChoice::None => None,
        PaginationChoice::Named(name) => manifest.pagination.get(name).map(|pagination| pagination.value.clone()),
        PaginationChoice::Inline(pagination) => Some((**pagination).clone()),
    }
}

/// What pagination says about every list, and the action about its own.
fn meta(action: &Action, pagination: Option<&Pagination>) -> IndexMap<String, Lookup> {
    let mut meta = pagination.map(|pagination| without_places(pagination.paging().meta)).unwrap_or_default();
    meta.extend(without_places(&action.meta));
    meta
}

/// The parameters that pagination adds to an operation that does not declare them.
fn pagination_params(pagination: &Pagination, method: Method) -> Vec<Param> {
    let place = match pagination.paging().place {
        Some(ParamPlace::Query) => Place::Query,
        Some(ParamPlace::Body) => Place::Body,
        None => usual_place(method),
    };
    let param = |added: crate::paginate::PaginationParam| Param {
        wire: added.name.clone(),
        name: added.name,
        place,
        required: false,
        style: None,
        explode: None,
        fill: None,
        hidden: false,
        percent_encoded: false,
        file: false,
        base64: false,
        schema: added.schema,
    };
    pagination.params().into_iter().map(param).collect()
}

fn example(written: &manifest::Example) -> Example {
    Example {
        title: written.title.clone(),
        params: written.params.as_ref().map(Node::to_json),
        answer: written.answer.as_ref().map(Node::to_json),
    }
}

fn record(schema: &SchemaRef) -> Value {
    match schema {
        SchemaRef::Name(name) => json!({ "$ref": format!("#/schemas/{name}") }),
        SchemaRef::Inline(schema) => schema.to_json(),
    }
}

/// `data_sources` → `Data sources`.
fn title(name: &str) -> String {
    let spaced = name.replace(['_', '-'], " ");
    let mut letters = spaced.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Values without the places of their names and their own.
fn alone<T: Clone>(named: &Named<T>) -> IndexMap<String, T> {
    named.iter().map(|(name, entry)| (name.clone(), T::clone(entry))).collect()
}

fn without_places<T: Clone>(map: &IndexMap<String, Spanned<T>>) -> IndexMap<String, T> {
    map.iter().map(|(name, spanned)| (name.clone(), spanned.value.clone())).collect()
}
