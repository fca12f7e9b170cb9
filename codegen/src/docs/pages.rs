//! From the data model to Markdown pages, through the templates.

use handlebars::Handlebars;
use serde::Serialize;

use super::faces::FACES;
use super::helpers;
use super::model::{Catalogue, Connector};
use crate::tree::{MARK, Tree};

const TEMPLATES: [(&str, &str); 8] = [
    ("catalogue", include_str!("../../templates/catalogue.hbs")),
    ("readme", include_str!("../../templates/readme.hbs")),
    ("agent", include_str!("../../templates/agent.hbs")),
    ("auth", include_str!("../../templates/auth.hbs")),
    ("reference", include_str!("../../templates/reference.hbs")),
    ("operation", include_str!("../../templates/partials/operation.hbs")),
    ("hosted", include_str!("../../templates/partials/hosted.hbs")),
    ("sign_in", include_str!("../../templates/partials/sign_in.hbs")),
];

/// A template does not fit the data model.
#[derive(Debug, thiserror::Error)]
#[error("the page {page} cannot be made: {reason}")]
pub struct PageError {
    page: String,
    reason: String,
}

/// The pages: `README.md` of all connectors, and `<name>/README.md`, `<name>/AUTH.md`, `<name>/REFERENCE.md` and
/// `<name>/AGENT.md` of each.
///
/// # Errors
/// When a template does not fit the data model.
pub fn pages(catalogue: &Catalogue) -> Result<Tree, PageError> {
    let templates = templates()?;
    let mut tree = Tree::new();
    tree.add("README.md", page(&templates, "catalogue", "README.md", "specs/", catalogue)?);
    for connector in &catalogue.connectors {
        let Connector { name, .. } = connector;
        let source = format!("specs/{name}/connector.yaml");
        let value = serde_json::to_value(connector).map_err(|error| failed(name, &error))?;
        for (template, file) in
            [("readme", "README.md"), ("auth", "AUTH.md"), ("reference", "REFERENCE.md"), ("agent", "AGENT.md")]
        {
            let path = format!("{name}/{file}");
            let text = page(&templates, template, &path, &source, &value)?;
            tree.add(path, text);
        }
    }
    Ok(tree)
}

fn templates() -> Result<Handlebars<'static>, PageError> {
    let mut templates = Handlebars::new();
    templates.set_strict_mode(true);
    templates.set_prevent_indent(true);
    helpers::register(&mut templates);
    let faces = FACES.iter().flat_map(|face| face.templates.map(|(section, text)| (face.template(section), text)));
    for (name, text) in TEMPLATES.map(|(name, text)| (name.to_owned(), text)).into_iter().chain(faces) {
        templates.register_template_string(&name, text).map_err(|error| failed(&name, &error))?;
    }
    Ok(templates)
}

fn failed(page: &str, error: &dyn std::fmt::Display) -> PageError {
    PageError { page: page.to_owned(), reason: error.to_string() }
}

fn page(
    templates: &Handlebars<'_>,
    template: &str,
    path: &str,
    source: &str,
    data: &impl Serialize,
) -> Result<String, PageError> {
    let text = templates.render(template, data).map_err(|error| failed(path, &error))?;
    Ok(tidied(&format!("<!-- {MARK}` from {source}; do not edit. -->\n\n{text}")))
}

/// The page with single blank lines, and without spaces at the ends of lines; what stands in code blocks stays.
fn tidied(page: &str) -> String {
    let mut out = String::with_capacity(page.len());
    let mut fence: Option<&str> = None;
    let mut is_blank = true;
    for line in page.lines() {
        let ticks = fence_of(line);
        match (fence, ticks) {
            (Some(open), Some(ticks)) if ticks.len() >= open.len() && line.trim() == ticks => fence = None,
            (None, Some(ticks)) => fence = Some(ticks),
            (Some(_) | None, _) => {}
        }
        let line = if fence.is_some() && ticks.is_none() { line } else { line.trim_end() };
        if fence.is_none() && line.is_empty() {
            is_blank = true;
            continue;
        }
        if is_blank && !out.is_empty() {
            out.push('\n');
        }
        is_blank = false;
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// The backticks that a line begins with, when they are those of a code block.
fn fence_of(line: &str) -> Option<&str> {
    let line = line.trim_start_matches(['>', ' ']);
    let ticks = line.len() - line.trim_start_matches('`').len();
    (ticks >= 3 && !line[ticks..].contains('`')).then(|| &line[..ticks])
}
