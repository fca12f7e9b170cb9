//! A manifest as the rules look at it: every operation with its parameters, bases and entities taken into account.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use crate::auth::{Extract, Scheme};
use crate::body::Body;
use crate::manifest::{self, Action, Entity, Manifest, PaginationChoice, Place, Schema, SchemaRef};
use crate::notation::Fill;
use crate::paginate::{Pagination, PaginationParam, ParamPlace};
use crate::source::{Span, Spanned};

use super::cost::MOST_BASES;

/// A manifest with its operations.
pub(super) struct View<'m> {
    pub(super) manifest: &'m Manifest,
    pub(super) operations: Vec<Operation<'m>>,
    /// The names of secret credential fields.
    pub(super) secrets: BTreeSet<&'m str>,
    /// The values that are taken out of token responses, by name: each way to sign in may have one of its own.
    pub(super) extracts: BTreeMap<&'m str, Vec<(&'m Scheme, &'m Spanned<Extract>)>>,
}

/// An action whose method and path are written.
pub(super) struct Operation<'m> {
    pub(super) entity: &'m str,
    pub(super) action: &'m str,
    pub(super) written: &'m Spanned<Action>,
    pub(super) method: &'static str,
    pub(super) path: &'m Spanned<String>,
    pub(super) params: IndexMap<&'m str, Param<'m>>,
    pub(super) pagination: Option<&'m Pagination>,
    /// Its own body, or the manifest's when parameters go there.
    pub(super) body: Option<&'m Spanned<Body>>,
}

/// A parameter of an operation.
pub(super) struct Param<'m> {
    pub(super) name: &'m str,
    /// Where its key stands.
    pub(super) span: Span,
    /// With what it takes over from the parameters it starts from.
    pub(super) merged: manifest::Param,
    pub(super) place: Place,
}

impl<'m> View<'m> {
    /// Looks at a manifest.
    pub(super) fn of(manifest: &'m Manifest) -> Self {
        let actions = manifest.entities.iter().flat_map(|(name, entity)| {
            entity.actions.iter().map(move |(action, written)| (name.as_str(), entity, action.as_str(), written))
        });
        let operations = actions
            .filter_map(|(entity, noun, action, written)| operation(manifest, (entity, noun), (action, written)))
            .collect();
        let fields = manifest.auth.values().flat_map(|scheme| &scheme.fields);
        let secrets = fields.filter(|(_, field)| field.is_secret()).map(|(name, _)| name.as_str()).collect();
        let mut extracts: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for scheme in manifest.auth.values() {
            for (name, extract) in scheme.oauth2.iter().flat_map(|oauth2| &oauth2.extract) {
                extracts.entry(name.as_str()).or_default().push((&scheme.value, extract));
            }
        }
        Self { manifest, operations, secrets, extracts }
    }

    /// What the connection check is given.
    pub(super) fn check_params(&self) -> impl Iterator<Item = (&'m String, &'m Spanned<Fill>)> + use<'m> {
        self.manifest.check.iter().flat_map(|check| &check.0.params)
    }

    /// Every parameter as it is written, wherever it is.
    pub(super) fn written_params(&self) -> impl Iterator<Item = (&'m String, &'m Spanned<manifest::Param>)> + use<'m> {
        let entities = self.manifest.entities.values();
        let of_entities = entities
            .flat_map(|entity| entity.params.iter().chain(entity.actions.values().flat_map(|a| a.params.iter())));
        self.manifest.params.iter().chain(of_entities)
    }

    /// Every record schema as it is written, wherever it is.
    pub(super) fn records(&self) -> impl Iterator<Item = &'m Spanned<SchemaRef>> + use<'m> {
        let entities = self.manifest.entities.values();
        entities.flat_map(|entity| entity.record.iter().chain(entity.actions.values().flat_map(|a| a.record.iter())))
    }

    /// Every schema as it is written, wherever it is.
    pub(super) fn schemas(&self) -> impl Iterator<Item = &'m Schema> + use<'m> {
        let inline = self.records().filter_map(|record| match &record.value {
            SchemaRef::Name(_) => None,
            SchemaRef::Inline(schema) => Some(schema),
        });
        let params = self.written_params().map(|(_, param)| &param.schema);
        self.manifest.schemas.values().map(|schema| &schema.value).chain(params).chain(inline)
    }
}

impl Operation<'_> {
    /// `entity.action`.
    pub(super) fn name(&self) -> String {
        format!("{}.{}", self.entity, self.action)
    }

    /// The parameter that callers know by this name.
    pub(super) fn param(&self, name: &str) -> Option<&Param<'_>> {
        self.params.get(name)
    }

    /// The parameters that pagination adds to those that are declared.
    pub(super) fn added(&self) -> impl Iterator<Item = PaginationParam> {
        let named = self.pagination.map(Pagination::params).unwrap_or_default();
        named.into_iter().filter(|param| !self.params.contains_key(param.name.as_str()))
    }

    /// Whether callers know a parameter by this name, one that pagination adds among them.
    pub(super) fn has_param(&self, name: &str) -> bool {
        self.params.contains_key(name) || self.added().any(|added| added.name == name)
    }

    /// Where the parameters go that pagination adds.
    pub(super) fn place_of_added(&self) -> Place {
        match self.pagination.and_then(|pagination| pagination.paging().place) {
            Some(ParamPlace::Query) => Place::Query,
            Some(ParamPlace::Body) => Place::Body,
            None => usual_place(self.method),
        }
    }
}

impl Param<'_> {
    /// Its name on the wire.
    pub(super) fn wire(&self) -> &str {
        self.merged.keys.name.as_ref().map_or(self.name, |name| name.as_str())
    }

    /// Whether callers cannot give it.
    pub(super) fn is_hidden(&self) -> bool {
        self.merged.keys.hidden == Some(true)
    }

    /// Whether callers have to give it.
    pub(super) fn must_be_given(&self) -> bool {
        let keys = &self.merged.keys;
        (keys.required == Some(true) || self.place == Place::Path) && keys.fill.is_none()
    }

    /// Whether it is a file.
    pub(super) fn is_file(&self) -> bool {
        self.merged.schema.node.get("format").and_then(|format| format.as_text()) == Some("binary")
    }
}

fn operation<'m>(
    manifest: &'m Manifest,
    (entity, noun): (&'m str, &'m Entity),
    (action, written): (&'m str, &'m Spanned<Action>),
) -> Option<Operation<'m>> {
    let (method, path) = method_and_path(written)?;
    let in_path: BTreeSet<_> = path_names(path).collect();
    let inherited = noun.params.iter().filter(|(name, _)| !written.params.contains_key(*name));
    let params: IndexMap<_, _> = inherited
        .chain(&written.params)
        .map(|(name, param)| {
            let merged = merged(manifest, param);
            let inferred = if in_path.contains(name.as_str()) { Place::Path } else { usual_place(method) };
            let place = merged.keys.place.as_ref().map_or(inferred, |place| place.value);
            (name.as_str(), Param { name, span: param.span, merged, place })
        })
        .collect();
    let pagination = match written.paginate.as_ref().map(|choice| &choice.value) {
        Some(PaginationChoice::Named(name)) => manifest.pagination.get(name).map(|named| &named.value),
        Some(PaginationChoice::Inline(pagination)) => Some(&**pagination),
        Some(PaginationChoice::None) | None => None,
    };
    let has_body = params.values().any(|param| param.place == Place::Body);
    let body = written.body.as_ref().or(manifest.body.as_ref().filter(|_| has_body));
    Some(Operation { entity, action, written, method, path, params, pagination, body })
}

fn method_and_path(action: &Action) -> Option<(&'static str, &Spanned<String>)> {
    let methods = [
        ("GET", &action.get),
        ("POST", &action.post),
        ("PUT", &action.put),
        ("PATCH", &action.patch),
        ("DELETE", &action.delete),
    ];
    methods.into_iter().find_map(|(method, path)| Some((method, path.as_ref()?)))
}

fn merged(manifest: &Manifest, written: &manifest::Param) -> manifest::Param {
    let mut merged = written.clone();
    let mut base = written.base.as_ref();
    for _ in 0..MOST_BASES {
        let Some(from) = base.and_then(|name| manifest.params.get(&name.value)) else { break };
        merged = merged.or(from);
        base = from.base.as_ref();
    }
    merged
}

/// The names in braces in a path.
pub(super) fn path_names(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}

fn usual_place(method: &str) -> Place {
    if matches!(method, "GET" | "DELETE") { Place::Query } else { Place::Body }
}
