//! Where errors stand in the answers that say that something failed.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use tieline::source::Span;
use tieline::yaml::Node;

use crate::answer::is_json;
use crate::context::Context;
use crate::operation::Operation;
use crate::schemas::Shape;
use crate::tree::{Mapping, list, members, text};

/// Where a message may stand, the likeliest first.
const MESSAGES: [&[&str]; 12] = [
    &["message"],
    &["error", "message"],
    &["errors", "[0]", "message"],
    &["errors", "[0]", "detail"],
    &["error_description"],
    &["detail"],
    &["error"],
    &["title"],
    &["errorMessages", "[0]"],
    &["errors", "[0]"],
    &["msg"],
    &["description"],
];
/// Where a code may stand, the likeliest first.
const CODES: [&[&str]; 7] = [
    &["code"],
    &["error", "code"],
    &["error", "type"],
    &["errors", "[0]", "code"],
    &["error_code"],
    &["errorCode"],
    &["type"],
];

impl<'d> Context<'d> {
    /// The rules about errors that the commonest form of error answers in the document follows, and how many have it.
    pub(crate) fn errors(&mut self, operations: &[&Operation<'d>]) -> Option<(Node, String)> {
        let mut counted: IndexMap<(Vec<String>, Option<String>), (usize, Span)> = IndexMap::new();
        for operation in operations {
            for schema in self.error_schemas(operation) {
                let messages: Vec<String> =
                    MESSAGES.iter().filter_map(|steps| self.place(schema, steps)).take(3).collect();
                let code = CODES.iter().find_map(|steps| self.place(schema, steps));
                if !messages.is_empty() {
                    let entry = counted.entry((messages, code)).or_insert((0, schema.span));
                    entry.0 += 1;
                }
            }
        }
        let total: usize = counted.values().map(|(count, _)| count).sum();
        let ((messages, code), (count, span)) =
            // Of several that are as common, the first.
            counted.into_iter().rev().max_by_key(|(_, (count, _))| *count)?;
        let mut rules = Mapping::at(span);
        rules.put_some("code", code.map(|code| text(code, span)));
        match messages.as_slice() {
            [one] => rules.text("message", one, span),
            several => rules.put("message", list(several.iter().map(|one| text(one, span)).collect(), span)),
        }
        Some((rules.node(), format!("from the error answers: {count} of {total} look like this")))
    }

    fn error_schemas(&self, operation: &Operation<'d>) -> Vec<&'d Node> {
        let responses = operation.node.get("responses").into_iter().flat_map(members);
        let failed = responses.filter(|(code, _)| code.starts_with(['4', '5']) || *code == "default");
        failed
            .filter_map(|(_, response)| {
                let content = self.peek(response).get("content")?;
                members(content).find(|(name, _)| is_json(name))?.1.get("schema")
            })
            .collect()
    }

    /// The path of these steps, if a schema has text or a number there.
    fn place(&self, schema: &'d Node, steps: &[&str]) -> Option<String> {
        let mut at = schema;
        let mut path = "$".to_owned();
        for step in steps {
            at = match *step {
                "[0]" => self.document.elements(at)?,
                name => self.document.properties(at).into_iter().find(|(known, _)| *known == name)?.1,
            };
            path = if step.starts_with('[') { path + step } else { format!("{path}.{step}") };
        }
        matches!(self.document.shape(at), Shape::Text | Shape::Whole | Shape::Number).then_some(path)
    }

    /// The statuses after which the document says, with `Retry-After`, that a request may be sent again, beside the usual ones.
    pub(crate) fn retried_statuses(&self, operations: &[&Operation<'d>]) -> Option<Node> {
        let mut found: BTreeMap<u64, Span> = BTreeMap::new();
        for operation in operations {
            for (code, response) in operation.node.get("responses").into_iter().flat_map(members) {
                let response = self.peek(response);
                let headers = response.get("headers").into_iter().flat_map(members);
                let says = headers.into_iter().any(|(name, _)| name.eq_ignore_ascii_case("retry-after"));
                if let (true, Ok(status @ 400..=499)) = (says, code.parse()) {
                    found.entry(status).or_insert(response.span);
                }
            }
        }
        let (_, span) = found.iter().find(|(status, _)| !matches!(status, 429))?;
        let span = *span;
        found.entry(429).or_insert(span);
        found.entry(529).or_insert(span);
        Some(list(found.into_iter().map(|(status, span)| crate::tree::number(status, span)).collect(), span))
    }
}

/// The rules of the peer's dialect: `x-airbyte-response-error-check`, and where its client looks for a message.
pub(crate) fn said(info: &Node) -> Option<Node> {
    let check = info.get("x-airbyte-response-error-check")?;
    let field = check.get("field")?;
    let name = field.as_text()?;
    let mut condition = Mapping::at(check.span);
    condition.text("at", super::records::member("$", name), field.span);
    condition.put_some("equals", check.get("on_value").cloned());
    let mut messages = Vec::new();
    messages.extend(
        check
            .get("message_field")
            .and_then(|field| Some(text(super::records::member("$", field.as_text()?), field.span))),
    );
    messages.extend(usual_messages(check.span));
    let mut rules = Mapping::at(check.span);
    rules.put("message", list(messages, check.span));
    rules.put("failed_if", list(vec![condition.node()], check.span));
    Some(rules.node())
}

/// Where most APIs put their message.
pub(crate) fn usual_messages(span: Span) -> Vec<Node> {
    ["$.errors[0].message", "$.message", "$.error.message", "$.error_description", "$.error", "$.detail"]
        .map(|path| text(path, span))
        .into()
}
