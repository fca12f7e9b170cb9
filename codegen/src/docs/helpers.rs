//! What templates can do beside printing: code, links, code blocks, JSON, shell words, and the sections of the faces.
//!
//! `{{x}}` prints plain text, escaped for Markdown; `{{{x}}}` prints what the model says is Markdown already.

use handlebars::{
    Context, Handlebars, Helper, HelperDef, HelperResult, Output, RenderContext, RenderErrorReason, Renderable,
    StringOutput,
};
use serde_json::{Value, json};

use super::command_line::{self, quoted};
use super::faces::{FACES, Origin};
use super::json::{laid_out, spaced};
use super::markdown::{clean, code, escaped, fenced, guarded, safe_url};

/// An answer with more lines than this is folded.
const MOST_LINES: usize = 12;

/// Registers all of them.
pub(super) fn register(templates: &mut Handlebars<'_>) {
    templates.register_escape_fn(|text| guarded(&escaped(&clean(text))));
    let simple: [(&str, Make); 12] = [
        ("code", |given| code(&clean(&text(given, 0)))),
        ("link", |given| link(&text(given, 0), &text(given, 1))),
        ("codes", codes),
        ("count", |given| given.first().and_then(|list| list.as_array()).map_or(0, Vec::len).to_string()),
        ("sentences", sentences),
        ("meaning", |given| meaning(given.first().unwrap_or(&&Value::Null))),
        ("explain", |given| explain(&text(given, 0))),
        ("yes_no", |given| if given.first() == Some(&&Value::Bool(true)) { "Yes" } else { "No" }.to_owned()),
        ("shell", |given| quoted(&text(given, 0))),
        ("json_block", |given| fenced("json", &laid_out(given.first().unwrap_or(&&Value::Null)))),
        ("answer", |given| answer(given.first().unwrap_or(&&Value::Null))),
        ("batch_line", |given| batch_line(given.first().unwrap_or(&&Value::Null))),
    ];
    for (name, make) in simple {
        templates.register_helper(name, Box::new(Simple(make)));
    }
    templates.register_helper("fence", Box::new(Fence));
    templates.register_helper("is", Box::new(Is));
    templates.register_helper("faces", Box::new(Faces));
}

/// What a helper prints for its parameters.
type Make = fn(&[&Value]) -> String;

/// A helper that prints what a function makes of its parameters.
struct Simple(Make);

impl HelperDef for Simple {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        if registry.strict_mode() && helper.params().iter().any(|param| param.is_value_missing()) {
            return Err(RenderErrorReason::MissingVariable(Some(helper.name().to_owned())).into());
        }
        let given: Vec<&Value> = helper.params().iter().map(|param| param.value()).collect();
        Ok(out.write(&(self.0)(&given))?)
    }
}

fn text(given: &[&Value], at: usize) -> String {
    match given.get(at) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

/// A link to a page of somebody else; only its text where the address is not one of http, https or mailto.
fn link(title: &str, url: &str) -> String {
    let title = guarded(&escaped(&clean(title)));
    match safe_url(url) {
        Some(url) => format!("[{title}]({url})"),
        None => title,
    }
}

/// Texts as code, with commas.
fn codes(given: &[&Value]) -> String {
    let texts = given.first().and_then(|texts| texts.as_array()).into_iter().flatten();
    let texts = texts.map(|one| code(&clean(one.as_str().unwrap_or_default())));
    texts.collect::<Vec<_>>().join(", ")
}

/// Markdown sentences, one after the other.
fn sentences(given: &[&Value]) -> String {
    let lists = given.iter().flat_map(|given| match given {
        Value::Array(items) => items.iter().collect::<Vec<_>>(),
        other => vec![*other],
    });
    lists.filter_map(Value::as_str).filter(|sentence| !sentence.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What a row says beside name and type.
fn meaning(row: &Value) -> String {
    let deprecated = if row["deprecated"] == true { "**Deprecated.**" } else { "" };
    let rest = sentences(&[&row["description"], &row["rules"]]);
    let condition = match (row["condition"].as_str(), rest.as_str()) {
        (Some(condition), "") => format!("{condition}."),
        (Some(condition), _) => format!("{condition}:"),
        (None, _) => String::new(),
    };
    sentences(&[&deprecated.into(), &condition.into(), &rest.into()])
}

/// The command that shows what another would send.
fn explain(command: &str) -> String {
    let command = command.strip_suffix(command_line::OUTPUT).unwrap_or(command);
    command.replacen("tieline execute", "tieline explain", 1)
}

/// The records of an answer; many lines are folded.
fn answer(data: &Value) -> String {
    let text = laid_out(data);
    let block = fenced("json", &text);
    if text.lines().count() <= MOST_LINES {
        return block;
    }
    format!("<details>\n<summary>Show the answer</summary>\n\n{block}\n\n</details>")
}

/// A call as a line for `tieline batch`, as a word of a shell.
fn batch_line(call: &Value) -> String {
    let mut line = json!({ "id": 1, "entity": call["entity"], "action": call["action"] });
    if call["params"].as_object().is_some_and(|params| !params.is_empty()) {
        line["params"] = call["params"].clone();
    }
    quoted(&spaced(&line))
}

/// `{{#fence "sh"}}…{{/fence}}`: a code block that nothing inside it can end.
struct Fence;

impl HelperDef for Fence {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        rendering: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let mut inner = StringOutput::new();
        if let Some(template) = helper.template() {
            template.render(registry, context, rendering, &mut inner)?;
        }
        let inner = inner.into_string().map_err(RenderErrorReason::from)?;
        let language = helper.param(0).and_then(|param| param.value().as_str()).unwrap_or_default();
        out.write(&fenced(language, inner.trim_matches('\n')))?;
        Ok(out.write("\n")?)
    }
}

/// `{{#is kind "list"}}…{{/is}}`: printed when both are the same.
struct Is;

impl HelperDef for Is {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        rendering: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let values: Vec<_> = helper.params().iter().map(|param| param.value()).collect();
        let is_same = matches!(values.as_slice(), [one, other] if one == other);
        match if is_same { helper.template() } else { helper.inverse() } {
            Some(template) => template.render(registry, context, rendering, out),
            None => Ok(()),
        }
    }
}

/// `{{faces "call" this}}`: the sections of all faces, from a part of the model.
struct Faces;

impl HelperDef for Faces {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let section = helper.param(0).and_then(|param| param.value().as_str()).unwrap_or_default();
        let Some(part) = helper.param(1).map(|param| param.value()) else { return Ok(()) };
        let mut sections = Vec::new();
        for face in FACES {
            let snippet = part["snippets"].get(face.name);
            if face.origin == Origin::Snippets && snippet.is_none() {
                continue;
            }
            let mut part = part.clone();
            part["snippet"] = snippet.cloned().unwrap_or_default();
            let text = registry.render(&face.template(section), &part)?;
            sections.push(text.trim().to_owned());
        }
        sections.retain(|text| !text.is_empty());
        Ok(out.write(&sections.join("\n\n"))?)
    }
}
