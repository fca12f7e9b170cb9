//! What an operation answers with: a list, one record or a file, and where in the answer it stands.

use tieline::notation::JsonPath;
use tieline::source::Span;
use tieline::yaml::Node;

use crate::context::Context;
use crate::infer::records::{self, Found};
use crate::operation::Operation;
use crate::schemas::{Shape, within};
use crate::tree::{members, text_of};

/// What an operation answers with.
#[derive(Clone, Debug)]
pub(crate) struct Answer<'d> {
    /// What it is.
    pub kind: Kind,
    /// The schema of the whole answer.
    pub schema: Option<&'d Node>,
    /// The schema of a record.
    pub record: Option<&'d Node>,
    /// Whether its status says that there is nothing in it.
    pub says_nothing: bool,
    /// The place in the document.
    pub span: Span,
    /// What was inferred.
    pub note: Option<String>,
    /// Whether the answer declares a `Link` header.
    pub has_links: bool,
}

/// What an answer is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// A list of records at this place.
    List(String),
    /// One record at this place.
    One(String),
    /// A file: the answer itself, or what the URL at this place gives.
    File(Option<String>),
}

impl<'d> Context<'d> {
    /// What an operation answers with.
    pub(crate) fn answer(&mut self, operation: &Operation<'d>) -> Answer<'d> {
        let (code, response) = self.success(operation).unzip();
        let span = response.map_or(operation.node.span, |response| response.span);
        let content = response.and_then(|response| response.get("content"));
        let json = content.and_then(json_schema);
        let headers = response.and_then(|response| response.get("headers"));
        let mut answer = Answer {
            kind: Kind::One("$".to_owned()),
            schema: json.flatten(),
            record: json.flatten(),
            // Statuses that have no content (RFC 9110).
            says_nothing: matches!(code, Some("204" | "205")) && content.is_none(),
            span,
            note: None,
            has_links: headers.into_iter().flat_map(members).any(|(name, _)| name.eq_ignore_ascii_case("link")),
        };
        match operation.said_action() {
            Some("download") => answer.kind = Kind::File(self.file_url(operation)),
            Some(action) => self.said_answer(operation, action, &mut answer),
            None => self.inferred_answer(operation, content, json.is_some(), &mut answer),
        }
        answer
    }

    /// The first good response, resolved, with its status.
    fn success(&mut self, operation: &Operation<'d>) -> Option<(&'d str, &'d Node)> {
        let responses = operation.node.get("responses")?;
        let is_good = |code: &str| code.starts_with('2');
        let mut good: Vec<(&str, &'d Node)> = members(responses).filter(|(code, _)| is_good(code)).collect();
        good.sort_by_key(|(code, _)| *code);
        let usual = responses.get("default").map(|response| ("default", response));
        let (code, found) = good.first().copied().or(usual)?;
        Some((code, self.resolve(found)?))
    }

    /// Where the peer's dialect says that the file's URL stands.
    fn file_url(&self, operation: &Operation<'d>) -> Option<String> {
        let said = operation.text("x-airbyte-file-url")?;
        Some(match said.starts_with('[') {
            true => format!("${said}"),
            false => format!("$.{said}"),
        })
    }

    /// What the peer's dialect says.
    fn said_answer(&mut self, operation: &Operation<'d>, action: &str, answer: &mut Answer<'d>) {
        let is_list = matches!(action, "list" | "search");
        let extractor = operation.node.get("x-airbyte-record-extractor");
        let path = extractor.and_then(Node::as_text).unwrap_or("$").trim().to_owned();
        let Ok(parsed) = path.parse::<JsonPath>() else {
            let span = extractor.map_or(operation.node.span, |node| node.span);
            let message = format!("`{path}` is no path that can be read");
            let help = "a path is made of `.name`, `['name']`, `[0]` and `[*]`";
            self.findings
                .push(tieline::source::Diagnostic::new(tieline::source::Code::BadExpression, span, message).help(help));
            return;
        };
        let at = answer.schema.and_then(|schema| within(&self.document, schema, &parsed));
        let shape = at.map_or(Shape::Unknown, |at| self.document.shape(at));
        let is_root = parsed.steps().is_empty();
        let lists = is_list
            && match shape {
                Shape::List => true,
                Shape::Unknown => !is_root,
                _ => parsed.is_plural(),
            };
        if lists {
            answer.record = match shape {
                Shape::List => at.and_then(|at| self.document.elements(at)),
                _ => at,
            };
            answer.kind = Kind::List(path);
        } else {
            answer.record = at;
            answer.kind = Kind::One(path.replace("[*]", "[0]"));
        }
    }

    fn inferred_answer(
        &mut self,
        operation: &Operation<'d>,
        content: Option<&'d Node>,
        is_json: bool,
        answer: &mut Answer<'d>,
    ) {
        if let (Some(content), false) = (content.filter(|content| members(content).next().is_some()), is_json) {
            let types = members(content).map(|(name, _)| name).collect::<Vec<_>>().join(", ");
            answer.kind = Kind::File(None);
            answer.record = None;
            answer.schema = None;
            answer.note = Some(format!("a file, because it answers with {types}"));
            return;
        }
        let Some(schema) = answer.schema else { return };
        match records::find(&self.document, operation, schema) {
            Found::List { path, record, why } => {
                answer.kind = Kind::List(path);
                answer.record = record;
                answer.note = why;
            }
            Found::One { path, record, why } => {
                answer.kind = Kind::One(path);
                answer.record = Some(record);
                answer.note = why;
            }
        }
    }
}

/// The schema of a JSON answer; `None` where no answer is JSON, `Some(None)` where JSON has no schema.
fn json_schema(content: &Node) -> Option<Option<&Node>> {
    let (_, media) = members(content).find(|(name, _)| is_json(name))?;
    Some(media.get("schema"))
}

/// Whether a media type (or a range of them) is JSON.
pub(crate) fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    matches!(essence.as_str(), "application/json" | "text/json" | "*/*" | "application/*" | "json")
        || essence.ends_with("+json")
        || essence.ends_with("/json")
}

/// Whether an operation names pages it does not have: the peer's dialect says so.
pub(crate) fn says_no_pages(operation: &Operation<'_>) -> bool {
    operation.node.get("x-airbyte-no-pagination").is_some()
}

/// What the peer's dialect puts into `meta`: names with lookups.
pub(crate) fn said_meta<'d>(operation: &Operation<'d>) -> Vec<(&'d str, &'d Node)> {
    let said = operation.node.get("x-airbyte-meta-extractor");
    said.into_iter().flat_map(members).filter(|(_, lookup)| lookup.as_text().is_some()).collect()
}

/// The summary and the description of an operation.
pub(crate) fn words_of<'d>(operation: &Operation<'d>) -> (Option<&'d str>, Option<&'d str>) {
    let item = |key| text_of(operation.item, key);
    let summary = operation.text("summary").or_else(|| item("summary"));
    let description = operation.text("description").or_else(|| item("description"));
    (summary, description.filter(|description| Some(description.trim()) != summary.map(str::trim)))
}
