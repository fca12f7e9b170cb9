//! Block style: a key a line, what is large below its key.

use tieline::yaml::{Map, Node, Value};

use super::WIDTH;
use super::flow::{self, LONGEST_KEY};
use super::layout::{is_apart, is_section};
use super::notes::Notes;
use super::scalar::{self, Context, one_line};

/// How far what is below a key is indented.
const STEP: usize = 2;
/// However far it is indented, text below a key is this wide.
const NARROWEST: usize = 40;
/// A list with longer items has each on a line of its own.
const SHORT_ITEM: usize = 40;

/// Writes trees in block style.
pub(crate) struct Writer<'t> {
    text: String,
    path: Vec<&'t str>,
    /// Whether something else will stand behind what is written: no text can keep the free lines behind it then.
    is_piece: bool,
}

impl<'t> Writer<'t> {
    /// Begins with this text.
    pub(crate) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), path: Vec::new(), is_piece: false }
    }

    /// Begins in the middle of a text, behind this piece of it, in the part of the manifest to which these keys lead.
    pub(crate) fn within(text: &str, path: Vec<&'t str>) -> Self {
        Self { text: text.to_owned(), path, is_piece: true }
    }

    /// What was written.
    pub(crate) fn finish(self) -> String {
        self.text
    }

    /// A whole tree.
    pub(crate) fn document(&mut self, root: &'t Node, notes: &Notes<'_>) {
        let begins = self.text.len();
        self.lines(&notes.lines(0), 0);
        match &root.value {
            Value::Map(map) if !map.is_empty() => {
                self.text.push_str(if self.text.len() > begins { "\n" } else { "" });
                self.map(map, 0, Some(notes));
            }
            Value::List(items) if !items.is_empty() => self.list(items, 0, Some(notes)),
            _ => {
                self.text.push_str(&flow::line(root));
                self.text.push('\n');
            }
        }
    }

    /// The entries of a mapping, the first one where the text stands.
    fn map(&mut self, map: &'t Map, indent: usize, notes: Option<&Notes<'_>>) {
        let mut before: Option<&str> = None;
        for (key, entry) in map {
            if let Some(before) = before {
                let is_free = self.text.ends_with("\n\n");
                self.text.push_str(if is_apart(&self.path, before, key) && !is_free { "\n" } else { "" });
            }
            let notes = notes.and_then(|notes| notes.under(key));
            if self.is_behind_dash() {
                self.entry(key, &entry.value, indent, notes);
            } else {
                self.whole_entry(key, &entry.value, indent, notes);
            }
            before = Some(key);
        }
    }

    /// A key with its value on lines of their own, below the notes about it.
    pub(crate) fn whole_entry(&mut self, key: &'t str, value: &'t Node, indent: usize, notes: Option<&Notes<'_>>) {
        self.lines(&notes.map(|notes| notes.lines(indent)).unwrap_or_default(), indent);
        self.indent(indent);
        self.entry(key, value, indent, notes);
    }

    /// A key with its value, beginning where the text stands.
    fn entry(&mut self, key: &'t str, value: &'t Node, indent: usize, notes: Option<&Notes<'_>>) {
        let written = one_line(key, Context::Block);
        if written.len() > LONGEST_KEY {
            self.text.push_str(&format!("? {written}\n"));
            self.indent(indent);
        } else {
            self.text.push_str(&written);
        }
        self.text.push(':');
        self.path.push(key);
        self.value(value, indent, notes);
        self.path.pop();
    }

    /// The items of a list, the first one where the text stands.
    fn list(&mut self, items: &'t [Node], indent: usize, notes: Option<&Notes<'_>>) {
        for (number, item) in items.iter().enumerate() {
            let notes = notes.and_then(|notes| notes.under(&number.to_string()));
            if !self.is_behind_dash() {
                self.lines(&notes.map(|notes| notes.lines(indent)).unwrap_or_default(), indent);
                self.indent(indent);
            }
            self.text.push('-');
            self.path.push("-");
            self.item(item, indent, notes);
            self.path.pop();
        }
    }

    /// An item behind its dash: a mapping or list that takes several lines begins right there.
    fn item(&mut self, item: &'t Node, indent: usize, notes: Option<&Notes<'_>>) {
        let begins_here = !notes.is_some_and(Notes::is_about_parts);
        let fits = self.in_line(item, notes).is_some();
        match &item.value {
            Value::Map(map) if begins_here && (!fits || has_one_scalar(map)) => {
                self.text.push(' ');
                self.map(map, indent + STEP, notes);
            }
            Value::List(items) if begins_here && !fits => {
                self.text.push(' ');
                self.list(items, indent + STEP, notes);
            }
            _ => self.value(item, indent, notes),
        }
    }

    /// A value behind its key or dash.
    pub(crate) fn value(&mut self, node: &'t Node, indent: usize, notes: Option<&Notes<'_>>) {
        if let Some(line) = self.in_line(node, notes) {
            self.text.push(' ');
            self.text.push_str(&line);
            self.text.push('\n');
            return;
        }
        match &node.value {
            Value::Map(map) => {
                self.text.push('\n');
                self.map(map, indent + STEP, notes);
            }
            Value::List(items) => match wrapped(items, indent + STEP, self.column()) {
                Some(wrapped) if !notes.is_some_and(Notes::is_about_parts) => self.text.push_str(&wrapped),
                Some(_) | None => {
                    self.text.push('\n');
                    self.list(items, indent + STEP, notes);
                }
            },
            Value::Text(text) => self.long_text(text, indent),
            // Every other scalar has one line.
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// What stands in the rest of the line, if the value fits there.
    fn in_line(&self, node: &Node, notes: Option<&Notes<'_>>) -> Option<String> {
        let room = WIDTH.saturating_sub(self.column() + 1);
        match &node.value {
            Value::Null | Value::Bool(_) | Value::Number(_) => Some(flow::line(node)),
            Value::Text(text) => {
                let line = (!text.contains('\n')).then(|| one_line(text, Context::Block))?;
                (line.len() <= room || line.chars().count() <= room).then(|| line.into_owned())
            }
            Value::List(items) if items.is_empty() => Some("[]".to_owned()),
            Value::Map(map) if map.is_empty() => Some("{}".to_owned()),
            Value::List(_) | Value::Map(_) => {
                let is_large = is_section(&self.path) || notes.is_some_and(Notes::is_about_parts);
                if is_large { None } else { flow::small(node, room) }
            }
        }
    }

    /// A text that does not fit in the rest of the line: below its key, or else in quotes.
    fn long_text(&mut self, text: &str, indent: usize) {
        let indent = indent + STEP;
        let below = scalar::below(text, WIDTH.saturating_sub(indent).max(NARROWEST));
        let Some((header, lines)) = below.filter(|(header, _)| !(self.is_piece && header.ends_with('+'))) else {
            self.text.push_str(&format!(" {}\n", one_line(text, Context::Block)));
            return;
        };
        self.text.push_str(&format!(" {header}\n"));
        self.lines(&lines, indent);
    }

    /// Lines at an indentation; empty ones stay empty.
    fn lines(&mut self, lines: &[impl AsRef<str>], indent: usize) {
        for line in lines.iter().map(AsRef::as_ref) {
            if !line.is_empty() {
                self.indent(indent);
                self.text.push_str(line);
            }
            self.text.push('\n');
        }
    }

    fn indent(&mut self, indent: usize) {
        self.text.extend(std::iter::repeat_n(' ', indent));
    }

    /// Whether the text stands right behind a dash, where the first entry or item begins.
    fn is_behind_dash(&self) -> bool {
        !self.text.is_empty() && !self.text.ends_with('\n')
    }

    fn column(&self) -> usize {
        let line = self.text.rfind('\n').map_or(0, |at| at + 1);
        self.text[line..].chars().count()
    }
}

/// Whether a mapping is like `{ $ref: … }`, which as an item needs no braces.
fn has_one_scalar(map: &Map) -> bool {
    map.len() == 1 && map.values().all(|entry| !matches!(entry.value.value, Value::List(_) | Value::Map(_)))
}

/// A list of short scalars in brackets over several lines; `None` for any other list.
fn wrapped(items: &[Node], indent: usize, column: usize) -> Option<String> {
    let mut text = String::from(" [");
    let mut width = column + text.len();
    for (number, item) in items.iter().enumerate() {
        let item = scalar::scalar(&item.value, Context::Flow)?;
        let length = item.chars().count();
        if length > SHORT_ITEM {
            return None;
        }
        if number > 0 {
            // The comma, and what follows: a space or the end.
            let is_full = width + length + 3 > WIDTH;
            text.push_str(if is_full { ",\n" } else { ", " });
            text.extend(std::iter::repeat_n(' ', if is_full { indent } else { 0 }));
            width = if is_full { indent } else { width + 2 };
        }
        text.push_str(&item);
        width += length;
    }
    text.push_str("]\n");
    Some(text)
}
