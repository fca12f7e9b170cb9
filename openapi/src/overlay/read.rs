//! An overlay as it is written.

use tieline::language::nearest;
use tieline::source::{Code, Diagnostic, Span, Spanned};
use tieline::yaml::{Map, Node, Value};

use super::path::Query;

/// An overlay: what is changed in a document, in this order.
pub(super) struct Overlay<'n> {
    pub(super) extends: Option<Spanned<&'n str>>,
    pub(super) actions: Vec<Action<'n>>,
}

/// One change, and where it is made.
pub(super) struct Action<'n> {
    pub(super) target: Target<'n>,
    pub(super) change: Change<'n>,
}

/// A place, or several, in a document.
pub(super) struct Target<'n> {
    pub(super) query: Query,
    pub(super) text: &'n str,
    pub(super) span: Span,
}

/// What becomes of a place.
pub(super) enum Change<'n> {
    Remove,
    Update(&'n Node),
    Copy(Target<'n>),
    Nothing,
}

/// Reads an overlay, whose places are in a text. What is wrong is found; what can be read of the rest is.
struct Reader<'n, 'f> {
    text: &'n str,
    findings: &'f mut Vec<Diagnostic>,
}

impl<'n> Overlay<'n> {
    pub(super) fn read(node: &'n Node, text: &'n str, findings: &mut Vec<Diagnostic>) -> Option<Self> {
        Reader { text, findings }.overlay(node)
    }
}

impl<'n> Reader<'n, '_> {
    fn found(&mut self, code: Code, span: Span, message: impl Into<String>) {
        self.findings.push(Diagnostic::new(code, span, message));
    }

    fn overlay(&mut self, node: &'n Node) -> Option<Overlay<'n>> {
        let map =
            self.map(node, "an overlay", &["overlay", "info", "extends", "actions"], &["overlay", "info", "actions"])?;
        let version = map.get("overlay").and_then(|entry| self.version(&entry.value));
        if let Some(info) = map.get("info") {
            self.info(&info.value);
        }
        let extends = map.get("extends").and_then(|entry| self.text(&entry.value, "`extends`"));
        let actions = &map.get("actions")?.value;
        let Value::List(list) = &actions.value else {
            self.wrong_type(actions, "`actions`", "a list");
            return None;
        };
        if list.is_empty() {
            self.found(Code::InvalidValue, actions.span, "`actions` is empty, and an overlay has one at least");
        }
        // All that is wrong is found at once, so the actions of an unknown version are read as of the last known one.
        let version = version.unwrap_or(Version::V1_1);
        let actions = list.iter().filter_map(|node| self.action(node, version)).collect();
        Some(Overlay { extends, actions })
    }

    fn version(&mut self, node: &Node) -> Option<Version> {
        let version = match node.as_text().map(|text| text.split('.').collect::<Vec<_>>()).as_deref() {
            Some(["1", "0", patch]) if is_number(patch) => Some(Version::V1_0),
            Some(["1", "1", patch]) if is_number(patch) => Some(Version::V1_1),
            _ => None,
        };
        if version.is_none() {
            let message = "this version of overlays is not known";
            let finding = Diagnostic::new(Code::InvalidValue, node.span, message);
            self.findings.push(finding.help("write `overlay: 1.0.0` or `overlay: 1.1.0`"));
        }
        version
    }

    fn info(&mut self, node: &'n Node) {
        let Some(map) = self.map(node, "`info`", &["title", "version", "description"], &["title", "version"]) else {
            return;
        };
        for key in ["title", "version", "description"] {
            if let Some(entry) = map.get(key) {
                self.text(&entry.value, &format!("`{key}`"));
            }
        }
    }

    fn action(&mut self, node: &'n Node, version: Version) -> Option<Action<'n>> {
        let map = self.map(node, "an action", version.action_keys(), &["target"])?;
        if let Some(description) = map.get("description") {
            self.text(&description.value, "`description`");
        }
        let target = self.target(&map.get("target")?.value, "`target`");
        let change = self.change(map, node.span)?;
        Some(Action { target: target?, change })
    }

    fn change(&mut self, map: &'n Map, span: Span) -> Option<Change<'n>> {
        let is_removed = match map.get("remove").map(|entry| &entry.value) {
            None => false,
            Some(Node { value: Value::Bool(is_removed), .. }) => *is_removed,
            Some(other) => {
                self.wrong_type(other, "`remove`", "`true` or `false`");
                return None;
            }
        };
        let (update, copy) = (map.get("update"), map.get("copy"));
        match (is_removed, update, copy) {
            (true, None, None) => Some(Change::Remove),
            (true, Some(other), _) | (true, None, Some(other)) => {
                self.found(Code::Suspicious, other.span, "this changes nothing, as `remove` is `true`");
                Some(Change::Remove)
            }
            (false, Some(_), Some(copy)) => {
                self.found(Code::Conflict, copy.span, "an action has either `update` or `copy`");
                None
            }
            (false, Some(update), None) => Some(Change::Update(&update.value)),
            (false, None, Some(copy)) => self.target(&copy.value, "`copy`").map(Change::Copy),
            (false, None, None) => {
                self.found(Code::Suspicious, span, "this action neither updates nor removes anything");
                Some(Change::Nothing)
            }
        }
    }

    fn target(&mut self, node: &'n Node, what: &str) -> Option<Target<'n>> {
        let Spanned { value: text, span } = self.text(node, what)?;
        match Query::read(text) {
            Ok(query) => Some(Target { query, text, span }),
            Err(wrong) => {
                let place = self.place(span, text, wrong.at);
                let mut finding = Diagnostic::new(Code::BadExpression, place, wrong.message);
                finding.help = wrong.help;
                self.findings.push(finding);
                None
            }
        }
    }

    /// Where a part of a text stands, if the text is written as it is; else where the whole is.
    fn place(&self, span: Span, text: &str, part: std::ops::Range<usize>) -> Span {
        let written = self.text.get(span.start as usize..span.end as usize).unwrap_or_default();
        let unquoted = written.strip_prefix(['\'', '"']);
        if written.starts_with(text) {
            span.part(part.start, part.len())
        } else if unquoted.is_some_and(|written| written.starts_with(text)) {
            span.part(1 + part.start, part.len())
        } else {
            span
        }
    }

    /// A mapping that has these keys and no others, but for extensions.
    fn map(&mut self, node: &'n Node, what: &str, known: &[&str], required: &[&str]) -> Option<&'n Map> {
        let Value::Map(map) = &node.value else {
            self.wrong_type(node, what, "a mapping");
            return None;
        };
        for (key, entry) in map {
            if !known.contains(&key.as_str()) && !key.starts_with("x-") {
                let mut finding = Diagnostic::new(Code::UnknownKey, entry.span, format!("{what} has no key `{key}`"));
                finding.help = nearest(key, known.iter().copied()).map(|near| format!("did you mean `{near}`?"));
                self.findings.push(finding);
            }
        }
        for key in required.iter().filter(|key| !map.contains_key(**key)) {
            self.found(Code::MissingKey, node.span, format!("{what} needs the key `{key}`"));
        }
        Some(map)
    }

    fn text(&mut self, node: &'n Node, what: &str) -> Option<Spanned<&'n str>> {
        let text = node.as_text();
        if text.is_none() {
            self.wrong_type(node, what, "text");
        }
        text.map(|text| Spanned::new(text, node.span))
    }

    fn wrong_type(&mut self, node: &Node, what: &str, expected: &str) {
        self.found(Code::WrongType, node.span, format!("{what} is {expected}, not {}", node.describe()));
    }
}

/// The versions of the format that are known; the last number makes no difference.
#[derive(Clone, Copy)]
enum Version {
    V1_0,
    V1_1,
}

impl Version {
    fn action_keys(self) -> &'static [&'static str] {
        match self {
            Self::V1_0 => &["target", "description", "update", "remove"],
            Self::V1_1 => &["target", "description", "update", "remove", "copy"],
        }
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
