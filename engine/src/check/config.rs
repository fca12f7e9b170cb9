//! A configuration value without which no request can be made must be given, or has a default.

use std::collections::BTreeMap;

use crate::manifest::{ConfigValue, Place};
use crate::notation::{Fill, Template};
use crate::source::{Code, Diagnostic, Spanned};

use super::sites::{Becomes, sites};
use super::view::View;

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    let sites = sites(view);
    let urls = sites.iter().filter(|site| matches!(site.becomes, Becomes::Server | Becomes::Url));
    let params = view.operations.iter().flat_map(|operation| operation.params.values());
    let never_given = params.filter(|param| param.place == Place::Path && param.is_hidden());
    let fills = never_given.filter_map(|param| match &param.merged.keys.fill.as_ref()?.value {
        Fill::Template(template) => Some(template),
        Fill::Value(_) | Fill::Expression(_) => None,
    });
    let mut needed = BTreeMap::new();
    needed.extend(fills.flat_map(config_names).map(|name| (name, "path")));
    needed.extend(urls.flat_map(|site| config_names(site.template)).map(|name| (name, "URL")));
    for (name, part) in needed {
        let value = view.manifest.config.get(name);
        let may_be_absent = |value: &&Spanned<ConfigValue>| {
            value.required != Some(true) && value.default.is_none() && value.part_of.is_none() && value.fill.is_none()
        };
        if let Some(value) = value.filter(may_be_absent) {
            let message = format!("`{name}` is part of a {part}, but need not be given");
            let found = Diagnostic::new(Code::Suspicious, value.span, message);
            findings.push(found.help("give it `required: true` or a `default`"));
        }
    }
}

fn config_names(template: &Template) -> impl Iterator<Item = &str> {
    template.names().filter_map(|name| name.strip_prefix("config."))
}
