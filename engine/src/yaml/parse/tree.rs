//! The tree while it is built: a stack of open collections instead of recursion, so that depth costs no stack.

use std::borrow::Cow;
use std::collections::HashMap;

use granit_parser::{ScalarStyle, Tag};

use crate::source::{Code, Diagnostic, Span};
use crate::yaml::{Node, Value};

use super::Limits;
use super::budget::{Budget, Cost};
use super::mapping::Mapping;
use super::scalar::{self, Refused, shortened};

/// After so many findings the rest is not worth reading.
const MOST_FINDINGS: usize = 1000;

/// Reading ended early; the finding that says why is reported.
#[derive(Debug)]
pub(super) struct Stopped;

/// The tree under construction.
pub(super) struct Tree<'s, 'f> {
    text: &'s str,
    budget: Budget,
    findings: &'f mut Vec<Diagnostic>,
    reported: usize,
    open: Vec<Open>,
    anchors: HashMap<usize, Anchored>,
    root: Option<Node>,
}

/// A list or mapping whose end is not reached yet.
struct Open {
    content: Content,
    anchor: usize,
    start: u32,
    end: u32,
    height: usize,
    spent_before: Cost,
}

enum Content {
    List(Vec<Node>),
    Map(Mapping),
}

/// What an anchor names, with what another copy of it costs.
struct Anchored {
    node: Node,
    cost: Cost,
    height: usize,
}

impl<'s, 'f> Tree<'s, 'f> {
    /// An empty tree of a text.
    pub(super) fn new(text: &'s str, limits: Limits, findings: &'f mut Vec<Diagnostic>) -> Self {
        let budget = Budget::new(limits);
        Self { text, budget, findings, reported: 0, open: Vec::new(), anchors: HashMap::new(), root: None }
    }

    /// The whole tree; a finding if there is none.
    pub(super) fn finish(self) -> Option<Node> {
        let nothing = |node: &Node| node.value == Value::Null && node.span.start == node.span.end;
        if self.root.as_ref().is_none_or(nothing) {
            self.findings.push(Diagnostic::new(Code::Syntax, Span::default(), "the document is empty"));
            return None;
        }
        self.root
    }

    /// Reports a finding and reads on, unless there are too many.
    pub(super) fn report(&mut self, finding: Diagnostic) -> Result<(), Stopped> {
        let span = finding.span;
        self.findings.push(finding);
        self.reported += 1;
        if self.reported < MOST_FINDINGS {
            return Ok(());
        }
        Err(self.stop(Diagnostic::new(Code::Limit, span, "there are too many problems; the rest is not read")))
    }

    /// Reports a finding and ends.
    pub(super) fn stop(&mut self, finding: Diagnostic) -> Stopped {
        self.findings.push(finding);
        Stopped
    }

    /// Adds a scalar, as a key or as a value.
    pub(super) fn scalar(
        &mut self,
        text: Cow<'s, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<(), Stopped> {
        let is_missing = style == ScalarStyle::Plain && span.start == span.end && tag.is_none();
        let text = if is_missing { Cow::Borrowed("null") } else { text };
        let cost = Cost::of_scalar(&text);
        self.within(span, |budget| budget.spend(cost))?;
        let span = self.without_trailing_space(span);
        if anchor == 0 && tag.is_none() && self.expects_key() {
            let is_merge = style == ScalarStyle::Plain && text == "<<";
            return self.key(text.into_owned(), span, is_merge);
        }
        let value = match scalar::resolve(text, style, tag) {
            Ok(value) => value,
            Err(refused) => self.refuse(refused, span)?,
        };
        let node = Node { value, span };
        self.remember(anchor, &node, cost, 0)?;
        self.place(node, span.end, 0)
    }

    /// Begins a list.
    pub(super) fn open_list(&mut self, anchor: usize, tag: Option<&Tag>, span: Span) -> Result<(), Stopped> {
        self.check_collection_tag(tag, "seq", span)?;
        self.open(Content::List(Vec::new()), anchor, self.with_first_dash(span))
    }

    /// Begins a mapping.
    pub(super) fn open_map(&mut self, anchor: usize, tag: Option<&Tag>, span: Span) -> Result<(), Stopped> {
        self.check_collection_tag(tag, "map", span)?;
        self.open(Content::Map(Mapping::default()), anchor, span)
    }

    /// Ends the innermost list or mapping.
    pub(super) fn close(&mut self, closing: Span) -> Result<(), Stopped> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let is_bracket = closing.start < closing.end;
        let end = if is_bracket { closing.end } else { open.end };
        let value = match open.content {
            Content::List(list) => Value::List(list),
            Content::Map(mapping) => Value::Map(mapping.finish()),
        };
        let node = Node { value, span: Span { start: open.start, end } };
        let height = open.height + 1;
        let cost = self.budget.spent() - open.spent_before;
        self.remember(open.anchor, &node, cost, height)?;
        self.place(node, end, height)
    }

    /// Puts a copy of what an anchor names, once it is known that the copy is not too much.
    pub(super) fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Stopped> {
        let Some(target) = self.anchors.get(&anchor) else {
            let message = format!("`{}` stands inside the value it names", self.shown(span));
            self.report(Diagnostic::new(Code::InvalidValue, span, message))?;
            return self.place(Node { value: Value::Null, span }, span.end, 0);
        };
        let (cost, height) = (target.cost, target.height);
        let levels = self.open.len() + height;
        self.within(span, |budget| budget.check_depth(levels).and_then(|()| budget.spend(cost)))?;
        match self.anchors.get(&anchor).map(|target| target.node.clone()) {
            Some(copy) => self.place(copy, span.end, height),
            None => Ok(()),
        }
    }

    /// Reports an alias whose anchor does not exist.
    pub(super) fn unknown_alias(&mut self, name: &str, span: Span) -> Result<(), Stopped> {
        let message = format!("there is no anchor `&{0}` before `*{0}`", shortened(name));
        self.report(Diagnostic::new(Code::UnknownReference, span, message))?;
        self.place(Node { value: Value::Null, span }, span.end, 0)
    }

    fn open(&mut self, content: Content, anchor: usize, span: Span) -> Result<(), Stopped> {
        let spent_before = self.budget.spent();
        let levels = self.open.len() + 1;
        self.within(span, |budget| budget.check_depth(levels).and_then(|()| budget.spend(Cost::COLLECTION)))?;
        self.open.push(Open { content, anchor, start: span.start, end: span.end, height: 0, spent_before });
        Ok(())
    }

    /// Puts a finished node where it belongs: in the innermost open collection, or at the root.
    fn place(&mut self, node: Node, end: u32, height: usize) -> Result<(), Stopped> {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.end = open.end.max(end);
        open.height = open.height.max(height);
        let finding = match &mut open.content {
            Content::List(list) => {
                list.push(node);
                None
            }
            Content::Map(mapping) => mapping.accept(node),
        };
        finding.map_or(Ok(()), |finding| self.report(finding))
    }

    /// Whether a scalar would be a key now.
    fn expects_key(&self) -> bool {
        matches!(self.open.last(), Some(Open { content: Content::Map(mapping), .. }) if mapping.expects_key())
    }

    fn key(&mut self, key: String, span: Span, is_merge: bool) -> Result<(), Stopped> {
        let Some(open) = self.open.last_mut() else { return Ok(()) };
        open.end = open.end.max(span.end);
        let finding = match &mut open.content {
            Content::List(_) => None,
            Content::Map(mapping) if is_merge => mapping.merge_key(span),
            Content::Map(mapping) => mapping.key(key, span),
        };
        finding.map_or(Ok(()), |finding| self.report(finding))
    }

    /// Keeps a copy of a node for the aliases of its anchor.
    fn remember(&mut self, anchor: usize, node: &Node, cost: Cost, height: usize) -> Result<(), Stopped> {
        if anchor == 0 {
            return Ok(());
        }
        self.within(node.span, |budget| budget.keep(cost))?;
        self.anchors.insert(anchor, Anchored { node: node.clone(), cost, height });
        Ok(())
    }

    /// Counts something, and stops if it passes a limit.
    fn within(&mut self, span: Span, count: impl FnOnce(&mut Budget) -> Result<(), String>) -> Result<(), Stopped> {
        count(&mut self.budget).map_err(|message| self.stop(Diagnostic::new(Code::Limit, span, message)))
    }

    /// Reports why a scalar has no value, and lets it be nothing.
    fn refuse(&mut self, refused: Refused, span: Span) -> Result<Value, Stopped> {
        self.report(Diagnostic::new(refused.code, span, refused.message))?;
        Ok(Value::Null)
    }

    fn check_collection_tag(&mut self, tag: Option<&Tag>, kind: &str, span: Span) -> Result<(), Stopped> {
        let Some(tag) = tag.filter(|tag| !scalar::is_unspecific(tag) && !tag.is_yaml_core_schema_tag(kind)) else {
            return Ok(());
        };
        let finding = if tag.is_custom() {
            let refused = scalar::unknown_tag(tag);
            Diagnostic::new(refused.code, span, refused.message)
        } else {
            let collection = if kind == "map" { "a mapping" } else { "a list" };
            Diagnostic::new(Code::WrongType, span, format!("`{}` stands before {collection}", tag.original()))
        };
        self.report(finding)
    }

    /// A block scalar ends with its last line break; its span ends with its last letter.
    fn without_trailing_space(&self, span: Span) -> Span {
        let written = self.written(span).trim_ascii_end();
        span.part(0, written.len())
    }

    /// The parser lets a list that is not indented begin after its first dash; its span begins with the dash.
    fn with_first_dash(&self, span: Span) -> Span {
        let is_block = span.start == span.end;
        let (before, after) = self.text.split_at_checked(span.start as usize).unwrap_or_default();
        match before.trim_ascii_end().strip_suffix('-') {
            Some(before) if is_block && !after.starts_with('-') => Span::new(before.len(), span.end as usize),
            _ => span,
        }
    }

    fn shown(&self, span: Span) -> Cow<'s, str> {
        shortened(self.written(span))
    }

    fn written(&self, span: Span) -> &'s str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }
}
