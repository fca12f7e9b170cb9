//! What is defined is used.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::manifest::{PaginationChoice, Schema, SchemaRef};
use crate::notation::Fill;
use crate::source::{Code, Diagnostic, Spanned, values};

use super::sites::sites;
use super::view::View;

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    let manifest = view.manifest;
    report("parameter", &manifest.params, &used_params(view), findings);
    report("pagination", &manifest.pagination, &used_pagination(view), findings);
    report("schema", &manifest.schemas, &used_schemas(view), findings);
    if let Some(used) = used_config(view) {
        report("configuration value", &manifest.config, &used, findings);
    }
}

fn report<T>(
    noun: &str,
    defined: &IndexMap<String, Spanned<T>>,
    used: &BTreeSet<&str>,
    findings: &mut Vec<Diagnostic>,
) {
    for (name, value) in defined.iter().filter(|(name, _)| !used.contains(name.as_str())) {
        findings.push(Diagnostic::new(Code::Unused, value.span, format!("nothing uses the {noun} `{name}`")));
    }
}

/// Parameters that those of actions and entities start from, directly or by others.
fn used_params<'m>(view: &View<'m>) -> BTreeSet<&'m str> {
    let manifest = view.manifest;
    let mut used = BTreeSet::new();
    let of_entities = manifest.entities.values().flat_map(|entity| {
        entity.params.values().chain(entity.actions.values().flat_map(|action| action.params.values()))
    });
    for param in of_entities {
        let mut base = param.base.as_ref();
        while let Some(name) = base.filter(|name| used.insert(name.as_str())) {
            base = manifest.params.get(&name.value).and_then(|param| param.base.as_ref());
        }
    }
    used
}

fn used_pagination<'m>(view: &View<'m>) -> BTreeSet<&'m str> {
    let actions = view.manifest.entities.values().flat_map(|entity| entity.actions.values());
    actions
        .filter_map(|action| match &action.paginate.as_ref()?.value {
            PaginationChoice::Named(name) => Some(name.as_str()),
            PaginationChoice::None | PaginationChoice::Inline(_) => None,
        })
        .collect()
}

/// Schemas that can be reached from a record or a parameter.
fn used_schemas<'m>(view: &View<'m>) -> BTreeSet<&'m str> {
    let schemas = &view.manifest.schemas;
    let names = |schema: &'m Schema| {
        schema.references().into_iter().filter_map(|(target, _)| target.strip_prefix("#/schemas/"))
    };
    let records = view.records().flat_map(|record| match &record.value {
        SchemaRef::Name(name) => vec![name.as_str()],
        SchemaRef::Inline(schema) => names(schema).collect(),
    });
    let params = view.written_params().flat_map(|(_, param)| names(&param.schema));
    let mut waiting: Vec<&str> = records.chain(params).collect();
    let mut used = BTreeSet::new();
    while let Some(name) = waiting.pop() {
        if used.insert(name) {
            waiting.extend(schemas.get(name).into_iter().flat_map(|schema| names(&schema.value)));
        }
    }
    used
}

/// Configuration values that a template or expression names; `None` when an expression reads them all.
fn used_config<'m>(view: &View<'m>) -> Option<BTreeSet<&'m str>> {
    let config = &view.manifest.config;
    let mut names: Vec<String> = Vec::new();
    for site in sites(view) {
        names.extend(site.template.names().map(str::to_owned));
    }
    for action in view.manifest.entities.values().flat_map(|entity| entity.actions.values()) {
        let expressions = action.filter.iter().chain(values(&action.transform));
        names.extend(expressions.flat_map(|expression| expression.names()));
    }
    names.extend(config.values().filter_map(|value| value.fill.as_ref()).flat_map(|fill| fill.names()));
    let fills = view.written_params().filter_map(|(_, param)| param.keys.fill.as_ref());
    for fill in fills.chain(view.check_params().map(|(_, fill)| fill)) {
        match &fill.value {
            Fill::Expression(expression) => names.extend(expression.names()),
            Fill::Value(_) | Fill::Template(_) => {}
        }
    }
    let read: BTreeSet<_> = names.iter().filter_map(|name| name.strip_prefix("config.")?.split('.').next()).collect();
    let reads_all = names.iter().any(|name| name == "config");
    (!reads_all).then(|| config.keys().map(String::as_str).filter(|name| read.contains(name)).collect())
}
