//! Actions: one operation of the document as a manifest says it.

use std::collections::BTreeSet;

use tieline::manifest::Place;
use tieline::notation::Expression;
use tieline::source::{Code, Diagnostic};
use tieline::yaml::Node;

use crate::answer::{Answer, Kind, said_meta, words_of};
use crate::assemble::Built;
use crate::body::body_param;
use crate::config::{Config, described};
use crate::context::Context;
use crate::dialect::scoping::Scope;
use crate::dialect::{fills, info, kept};
use crate::infer::naming::Name;
use crate::names::mixed;
use crate::operation::Operation;
use crate::param::Param;
use crate::same::is_same;
use crate::schemas::Shape;
use crate::server::IsSaid;
use crate::tree::{Mapping, boolean, is_true, list, members, scalar_text, text};

/// Makes the action of an operation.
pub(crate) fn build<'d>(
    context: &mut Context<'d>,
    config: &mut Config,
    scopes: &[Scope<'d>],
    (operation, answer, name): (Operation<'d>, Answer<'d>, Name),
    auth: Option<Node>,
) -> Built<'d> {
    let mut params = context.params(&operation);
    let body = context.body(&operation, &mut params);
    params.extend(body.params);
    no_files_as_text(&body.keys, &mut params);
    params.extend(choosing(&answer, &params));
    fill_from_config(context, config, scopes, &mut params);
    let pages = context.pages(&operation, &answer, &params, body.keys.as_ref());
    let at = |key: &'static str| {
        ["entities".to_owned(), name.entity.clone(), "actions".to_owned(), name.action.clone(), key.to_owned()]
    };
    let mut notes: Vec<([String; 5], String)> = Vec::new();
    notes.extend(body.note.map(|why| (at(if body.keys.is_some() { "body" } else { "params" }), why)));
    notes.extend(answer.note.clone().map(|why| (at(place_of_answer(&answer.kind)), why)));
    let mut paginate = None;
    if let Some(pages) = pages {
        params.extend(pages.added);
        notes.extend(pages.why.map(|why| (at("paginate"), why)));
        paginate = Some(pages.paginate);
    }

    let span = operation.node.span;
    let mut action = Mapping::at(span);
    action.text(operation.method, renamed_path(&operation, &params), operation.path_span);
    let (summary, description) = words_of(&operation);
    action.put_some("summary", summary.map(|said| text(one_line(said), span)));
    action.put_some("description", description.map(|said| text(said.trim(), span)));
    action.put_some("hints", info::hints(operation.node));
    if let Some((effect, why)) = effect(&operation) {
        action.text("effect", effect, span);
        notes.extend(why.map(|why| (at("effect"), why)));
    }
    if is_true(operation.node, "deprecated") {
        action.put("deprecated", boolean(true, span));
    }
    action.put_some("operation_id", operation.node.get("operationId").filter(|id| id.as_text().is_some()).cloned());
    action.put_some("auth", auth);
    action.put_some("server", server(context, config, &operation));
    let mut query = Mapping::at(operation.path_span);
    for (name, value) in &operation.query {
        query.text(name, value.replace("${", "$${"), operation.path_span);
    }
    action.put_filled("query", query.node());
    if params
        .iter()
        .any(|param| param.place == Place::Header && param.wire.eq_ignore_ascii_case("x-restli-protocol-version"))
    {
        action.text("query_encoding", "rest_li", span);
    }
    let written = params.iter().map(|param| (param, written(param, operation.method)));
    let mut keys = Mapping::at(span);
    written.for_each(|(param, node)| keys.put(param.name.clone(), node));
    action.put_filled("params", keys.node());
    action.put_some("body", body.keys);
    put_answer(context, &operation, &answer, &mut action);
    action.put_some("paginate", paginate);
    put_expressions(context, &operation, &mut action);
    action.put_some("errors", payload_errors(&operation, &answer));
    let mut extensions = Mapping::at(span);
    kept::keep(operation.node, kept::OF_OPERATIONS, &mut extensions);
    action.put_filled("extensions", extensions.node());

    for param in params.iter() {
        if let Some(why) = param.note {
            context.note(&["entities", &name.entity, "actions", &name.action, "params", &param.name], why);
        }
    }
    for (at, why) in notes {
        let at: Vec<&str> = at.iter().map(String::as_str).collect();
        context.note(&at, why);
    }
    let needs_nothing = params
        .iter()
        .all(|param| !(param.keys.has("required") || param.place == Place::Path) || param.keys.has("fill"));
    Built { operation, answer, name, params, needs_nothing, action: action.node() }
}

/// Parameters that only say where in an answer the URL of a file stands.
fn choosing<'d>(answer: &Answer<'d>, params: &[Param<'d>]) -> Vec<Param<'d>> {
    let Kind::File(Some(url)) = &answer.kind else { return Vec::new() };
    let unknown = in_braces(url).into_iter().filter(|name| params.iter().all(|param| param.wire != *name));
    unknown
        .map(|name| {
            let mut keys = Mapping::at(answer.span);
            keys.put("type", list(vec![text("integer", answer.span), text("string", answer.span)], answer.span));
            keys.text("description", format!("Which file is meant, in `{url}` of the answer"), answer.span);
            keys.put("required", boolean(true, answer.span));
            Param { place: Place::Local, ..body_param(&name, keys, None, Shape::Unknown, answer.span) }
        })
        .collect()
}

/// The names in braces in a text.
fn in_braces(text: &str) -> Vec<String> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name.to_owned()).collect()
}

/// What is binary and goes where no file can is a text.
fn no_files_as_text(body: &Option<Node>, params: &mut [Param<'_>]) {
    let kind = body.as_ref().and_then(|body| body.get("kind")).and_then(Node::as_text);
    let carries_files = matches!(kind, Some("multipart" | "related" | "raw"));
    for param in params.iter_mut().filter(|param| !(carries_files && param.place == Place::Body)) {
        if param.keys.get("format").and_then(Node::as_text) == Some("binary") {
            param.keys.take("format");
            param.note = Some("binary, as text: no file can stand here");
        }
    }
}

/// Scoping of the peer's dialect, and the declaration of every configuration value that a fill reads.
fn fill_from_config<'d>(
    context: &mut Context<'d>,
    config: &mut Config,
    scopes: &[Scope<'d>],
    params: &mut [Param<'d>],
) {
    let said = context.document.root.get("info").and_then(described);
    for scope in scopes {
        for param in params.iter_mut().filter(|param| param.wire == scope.param) {
            config.need(&scope.key, said, scope.span);
            let fill = scope.fill(context, config.holds_list(&scope.key), param.keys.get("fill"));
            if let Some(fill) = fill {
                param.keys.put("fill", fill);
            }
        }
    }
    for param in params.iter() {
        let fills = [param.keys.get("fill"), param.probe.as_ref()].into_iter().flatten();
        for (name, span) in fills.flat_map(fills::config_names) {
            config.need(&name, said, span);
        }
    }
}

/// The path with the names that its parameters have in the manifest.
fn renamed_path(operation: &Operation<'_>, params: &[Param<'_>]) -> String {
    let in_path = || params.iter().filter(|param| param.place == Place::Path);
    in_braces_become(&operation.path, |wire| {
        in_path().find(|param| param.wire == wire).map_or_else(|| wire.to_owned(), |param| param.name.clone())
    })
}

/// A text in which the names in braces have become others, each once.
fn in_braces_become(text: &str, name: impl Fn(&str) -> String) -> String {
    let mut parts = text.split('{');
    let mut written = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('}') {
            Some((old, after)) => written.push_str(&format!("{{{}}}{after}", name(old))),
            None => written.push_str(&format!("{{{part}")),
        }
    }
    written
}

/// A parameter as the manifest has it: its place only where it is not the usual one.
fn written(param: &Param<'_>, method: &str) -> Node {
    let usual = if matches!(method, "get" | "delete") { Place::Query } else { Place::Body };
    let mut written = Mapping::at(param.span);
    if param.place != Place::Path && param.place != usual {
        written.text("in", param.place.as_str(), param.span);
    }
    if param.place != Place::Path && param.name != param.wire {
        written.text("name", &param.wire, param.span);
    }
    for key in ["required", "hidden", "style", "explode"] {
        let is_meaningless = param.place == Place::Path && key == "required";
        written.put_some(key, param.keys.get(key).filter(|_| !is_meaningless).cloned());
    }
    for (key, value) in param.keys.iter() {
        if !written.has(key) && !matches!(key.as_str(), "required" | "fill") {
            written.put(key.clone(), value.clone());
        }
    }
    written.put_some("fill", param.keys.get("fill").cloned());
    written.node()
}

fn place_of_answer(kind: &Kind) -> &'static str {
    match kind {
        Kind::List(_) => "records",
        Kind::One(_) => "record_at",
        Kind::File(_) => "download",
    }
}

fn put_answer<'d>(context: &mut Context<'d>, operation: &Operation<'d>, answer: &Answer<'d>, action: &mut Mapping) {
    let span = answer.span;
    match &answer.kind {
        Kind::List(path) => action.text("records", path, span),
        Kind::One(path) if path != "$" => action.text("record_at", path, span),
        Kind::One(_) => {}
        Kind::File(url) => {
            let mut download = Mapping::at(span);
            if let Some(url) = url {
                download.text("url", in_braces_become(url, |name| mixed(name, "param")), span);
            }
            return action.put("download", download.node());
        }
    }
    if let Some(record) = answer.record {
        let schema = record_schema(context, record);
        action.put("record", schema);
    } else {
        // What is not described is not the entity's record.
        let mut record = Mapping::at(span);
        if answer.says_nothing {
            record.text("type", "null", span);
        }
        action.put("record", record.node());
    }
    let mut meta = Mapping::at(span);
    for (name, lookup) in said_meta(operation) {
        meta.put(name, lookup.clone());
    }
    action.put_filled("meta", meta.node());
}

/// The schema of a record: its name where it has one.
fn record_schema<'d>(context: &mut Context<'d>, record: &'d Node) -> Node {
    let alone = members(record).all(|(key, _)| matches!(key, "$ref" | "description" | "title"));
    if let Some(reference) = record.get("$ref").filter(|_| alone)
        && let Some(name) = reference.as_text().and_then(|target| context.schema_name(target, reference.span))
    {
        return text(name, reference.span);
    }
    context.schema(record)
}

/// `x-airbyte-record-filter` and `x-airbyte-record-transform`.
fn put_expressions<'d>(context: &mut Context<'d>, operation: &Operation<'d>, action: &mut Mapping) {
    let mut checked = |node: &'d Node, said: String| match said.parse::<Expression>() {
        Ok(_) => Some(text(said, node.span)),
        Err(why) => {
            let message = format!("`{said}` cannot be computed: {why}");
            context.findings.push(Diagnostic::new(Code::BadExpression, node.span, message));
            None
        }
    };
    if let Some(filter) = operation.node.get("x-airbyte-record-filter") {
        action.put_some("filter", filter.as_text().and_then(|said| checked(filter, as_truth(said))));
    }
    let fields = operation.node.get("x-airbyte-record-transform");
    let mut transform = Mapping::at(fields.map_or(operation.node.span, |fields| fields.span));
    for (name, value) in fields.into_iter().flat_map(members) {
        let expression = scalar_text(value).and_then(|said| checked(value, as_text(&said)));
        transform.put_some(name, expression);
    }
    action.put_filled("transform", transform.node());
}

/// The peer takes texts such as `false` and `none` for a no, whatever they come from; what compares says yes or no by itself.
fn as_truth(filter: &str) -> String {
    let code = filter.trim().strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")).map(str::trim);
    let compares = |code: &str| {
        code.starts_with("not ")
            || [" == ", " != ", " in ", " is ", " < ", " > ", " <= ", " >= "].iter().any(|sign| code.contains(sign))
    };
    match code.filter(|code| !code.contains("{{") && !compares(code)) {
        Some(code) => {
            format!("{{{{ ({code}) | string | trim not in ['False', 'false', '0', 'None', 'none', 'null', ''] }}}}")
        }
        None => filter.to_owned(),
    }
}

/// An expression alone keeps its type, and the peer's results are always texts.
fn as_text(template: &str) -> String {
    match template.trim().strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")) {
        Some(code) if !code.contains("{{") => format!("{{{{ ({}) | string }}}}", code.trim()),
        _ if template.contains("{{") => template.to_owned(),
        _ => format!("{{{{ {} }}}}", fills::quoted(template)),
    }
}

/// GraphQL mutations that report what went wrong inside their payload.
fn payload_errors(operation: &Operation<'_>, answer: &Answer<'_>) -> Option<Node> {
    let body = operation.node.get("requestBody")?.get("x-airbyte-body-type")?;
    let query = body.get("query")?.as_text()?;
    let asks = |word: &str| query.split(|c: char| !c.is_alphanumeric()).any(|token| token == word);
    let field = ["userErrors", "customerUserErrors", "mediaUserErrors"].into_iter().find(|field| asks(field))?;
    let span = answer.span;
    let mut condition = Mapping::at(span);
    condition.text("at", format!("$.data[*].{field}"), span);
    condition.put("present", boolean(true, span));
    let mut rules = Mapping::at(span);
    let messages = [format!("$.data[*].{field}[0].message"), "$.errors[0].message".to_owned()];
    rules.put("message", list(messages.into_iter().map(|path| text(path, span)).collect(), span));
    rules.put("failed_if", list(vec![condition.node()], span));
    Some(rules.node())
}

/// What it does to the API's data, where the method does not say it.
fn effect(operation: &Operation<'_>) -> Option<(&'static str, Option<String>)> {
    let usual = match operation.method {
        "get" => "read",
        "post" => "create",
        "delete" => "delete",
        _ => "update",
    };
    let said = match operation.said_action() {
        Some("list" | "get" | "search" | "download") => Some("read"),
        Some("create") => Some("create"),
        Some("update") => Some("update"),
        Some("delete") => Some("delete"),
        _ => None,
    };
    if let Some(said) = said {
        return (said != usual).then_some((said, None));
    }
    operation.only_asks().then(|| ("read", Some("its name says that it only asks".to_owned())))
}

/// The server, where it is not as for all. A path that is a whole URL leads to a server of its own.
fn server<'d>(context: &mut Context<'d>, config: &mut Config, operation: &Operation<'d>) -> Option<Node> {
    if let Some(origin) = &operation.origin {
        return Some(text(origin.replace("${", "$${"), operation.path_span));
    }
    let own = operation.servers.filter(|own| {
        let all = context.document.root.get("servers");
        all.is_none_or(|all| !is_same(all, own))
    });
    context.server(own, config, &BTreeSet::new(), IsSaid::ByDialect)
}

fn one_line(said: &str) -> String {
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}
