//! Mappings with a key a line: lines that go, lines that come, values that change.

use std::collections::HashMap;

use tieline::yaml::{Map, Node, Value};

use crate::same::is_same;
use crate::write::{Notes, WIDTH, Writer, is_apart};

use super::edits::{Edits, Lines};
use super::entries::{Entry, Form, entries, is_flow, range};
use super::inline::Inline;
use super::patch::Paths;

/// Finds the edits that make a text mean another tree.
pub(super) struct Editing<'a> {
    text: &'a str,
    lines: Lines<'a>,
    /// Whether its lines end as those of Windows do.
    has_returns: bool,
    inline: Inline<'a>,
    notes: &'a Notes<'a>,
    /// Values that are written anew.
    anew: &'a Paths,
    path: Vec<&'a str>,
    pub(super) edits: Edits,
    /// Values whose text is not understood.
    pub(super) stuck: Vec<Vec<String>>,
}

/// An entry whose place is known.
struct Line<'a> {
    entry: Entry<'a>,
    /// Where its lines begin, with the comment right above its key.
    lead: usize,
    /// Where its own line begins.
    start: usize,
    colon: usize,
    end: usize,
    /// Where the next line begins.
    next: usize,
}

impl<'a> Editing<'a> {
    /// Of this text.
    pub(super) fn new(text: &'a str, notes: &'a Notes<'a>, anew: &'a Paths) -> Self {
        Self {
            text,
            lines: Lines(text),
            has_returns: text.contains("\r\n"),
            inline: Inline::new(text, anew),
            notes,
            anew,
            path: Vec::new(),
            edits: Edits::default(),
            stuck: Vec::new(),
        }
    }

    /// Looks for what has to change in the whole.
    pub(super) fn root(&mut self, own: &'a Node, wanted: &'a Node) {
        match (&own.value, &wanted.value) {
            (Value::Map(map), Value::Map(wanted_map)) if !is_flow(self.text, own) && !wanted_map.is_empty() => {
                self.mapping(own, map, wanted_map, self.lines.start(0));
            }
            _ => {
                let text = self.inline.value(own, wanted, &mut self.path);
                self.edits.put(range(own.span), text);
            }
        }
    }

    /// Looks for what has to change in a mapping whose lines begin after a place.
    fn mapping(&mut self, own: &'a Node, map: &'a Map, wanted: &'a Map, begins: usize) {
        let Some(written) = self.placed(entries(self.text, own, map), begins) else {
            return self.stuck.push(self.path.iter().map(|key| (*key).to_owned()).collect());
        };
        let numbers: HashMap<&str, usize> =
            written.iter().enumerate().map(|(number, line)| (line.entry.key, number)).collect();
        let mut before: Option<usize> = None;
        for (key, value) in wanted {
            self.path.push(key);
            match numbers.get(key.as_str()).copied() {
                Some(number) => {
                    self.value(&written[number], value);
                    before = Some(number);
                }
                None if map.get(key).is_some_and(|merged| is_same(merged, value)) => {}
                None => self.insert(key, value, &written, before),
            }
            self.path.pop();
        }
        let is_kept = |line: &&Line<'a>| wanted.contains_key(line.entry.key);
        for (number, line) in written.iter().enumerate().filter(|(_, line)| !is_kept(line)) {
            let before = number.checked_sub(1).map(|before| &written[before]);
            self.remove(line, before.filter(is_kept), written.get(number + 1));
        }
    }

    /// The lines of entries; `None` when they do not stand one below the other.
    fn placed(&self, entries: Vec<Entry<'a>>, begins: usize) -> Option<Vec<Line<'a>>> {
        let mut written: Vec<Line<'a>> = Vec::new();
        for entry in entries {
            let (colon, end) = (entry.colon?, entry.end?);
            let start = self.lines.start(entry.key_at.start);
            let indent = self.text.get(start..entry.key_at.start)?;
            let floor = written.last().map_or(begins, |line| line.next);
            let is_below = written.last().is_none_or(|line| indent.len() == line.entry.key_at.start - line.start);
            let behind = self.text.get(end..self.lines.end(end))?;
            let is_alone = behind.trim_start().is_empty() || behind.trim_start().starts_with('#');
            if start < floor || !is_below || !is_alone || !indent.chars().all(|c| c == ' ') {
                return None;
            }
            let mut lead = start;
            while lead > floor && self.lines.comment(self.lines.start(lead - 1)) == Some(indent.len()) {
                lead = self.lines.start(lead - 1);
            }
            written.push(Line { entry, lead: lead.max(floor), start, colon, end, next: self.lines.next(end) });
        }
        (!written.is_empty()).then_some(written)
    }

    fn value(&mut self, line: &Line<'a>, wanted: &'a Node) {
        let own = line.entry.value;
        if is_same(own, wanted) && !self.anew.touch(&self.path) {
            return;
        }
        match (&own.value, &wanted.value, line.entry.form) {
            _ if self.anew.has(&self.path) => self.replace(line, wanted),
            (Value::Map(map), Value::Map(wanted_map), Form::Here) if !map.is_empty() && !wanted_map.is_empty() => {
                if is_flow(self.text, own) {
                    self.braces(line, wanted);
                } else {
                    self.mapping(own, map, wanted_map, self.lines.next(line.colon));
                }
            }
            _ => self.replace(line, wanted),
        }
    }

    /// Changes a mapping in braces; one that would be too long for its line then, or gets a note, is written anew.
    fn braces(&mut self, line: &Line<'a>, wanted: &'a Node) {
        let at = range(line.entry.value.span);
        let old = self.text.get(at.clone()).unwrap_or_default();
        let new = self.inline.value(line.entry.value, wanted, &mut self.path);
        if new == old {
            return;
        }
        let width = |end: usize, more: &str| self.text[line.start..end].chars().count() + more.chars().count();
        let is_too_long = width(at.start, &new) > WIDTH && width(at.end, "") <= WIDTH;
        let has_note = self.notes.at(&self.path).is_some_and(Notes::is_about_parts);
        if is_simple(old) && (is_too_long || has_note) {
            self.replace(line, wanted);
        } else {
            self.edits.put(at, new);
        }
    }

    /// Writes a value anew. Comments between it and its key, and behind it, stay: above the key where it takes several lines.
    fn replace(&mut self, line: &Line<'a>, wanted: &'a Node) {
        let prefix = &self.text[line.start..line.colon];
        let indent = line.entry.key_at.start - line.start;
        let mut writer = Writer::within(prefix, self.path.clone());
        writer.value(wanted, indent, self.notes.at(&self.path));
        let text = writer.finish();
        let text = text[prefix.len()..].strip_suffix('\n').unwrap_or(&text[prefix.len()..]);
        let mut comments = comments_in(self.between(line));
        let mut end = line.end;
        let line_end = self.lines.end(end);
        let behind = self.text[end..line_end].trim();
        if text.contains('\n') && !behind.is_empty() {
            comments.push(behind);
            end = line_end;
        }
        let spaces = " ".repeat(indent);
        let above: String = comments.iter().map(|comment| format!("{spaces}{comment}\n")).collect();
        self.put(line.start..line.start, &above);
        self.put(line.colon..end, text);
    }

    /// What stands between the colon of an entry and its value.
    fn between(&self, line: &Line<'a>) -> &'a str {
        match line.entry.form {
            Form::Here => self.text.get(line.colon..range(line.entry.value.span).start).unwrap_or_default(),
            Form::Missing | Form::Alias => "",
        }
    }

    /// Adds an entry behind another, or before the first.
    fn insert(&mut self, key: &'a str, value: &'a Node, written: &[Line<'a>], before: Option<usize>) {
        let first = &written[0];
        let indent = first.entry.key_at.start - first.start;
        let mut path = self.path.clone();
        path.pop();
        let mut writer = Writer::within("", path);
        writer.whole_entry(key, value, indent, self.notes.at(&self.path));
        let text = writer.finish();
        let free = if self.is_free(written, before, key) { "\n" } else { "" };
        match before {
            None => self.put(first.lead..first.lead, &format!("{text}{free}")),
            Some(number) => {
                let at = self.behind(&written[number], indent);
                self.put(at..at, &format!("{free}{text}"));
            }
        }
    }

    /// Where the lines of an entry end, with comments that are indented further than its key.
    fn behind(&self, line: &Line<'a>, indent: usize) -> usize {
        let mut at = line.next;
        while self.lines.comment(at).is_some_and(|comment| comment > indent) {
            at = self.lines.next(at);
        }
        at
    }

    /// Whether a free line stands between a new entry and the one before it, as it does between others.
    fn is_free(&self, written: &[Line<'a>], before: Option<usize>, key: &str) -> bool {
        let number = before.unwrap_or(0);
        let pair = match written {
            [_, _, ..] => written.get(number..number + 2).or_else(|| written.get(number.checked_sub(1)?..=number)),
            _ => None,
        };
        match pair {
            Some([one, other]) => {
                self.text[one.next..other.lead].split('\n').rev().skip(1).any(|line| line.trim().is_empty())
            }
            _ => is_apart(&self.path[..self.path.len() - 1], written[number].entry.key, key),
        }
    }

    /// Takes the lines of an entry away. Of free lines on both sides, those go too that lead to the next entry, or to the last.
    fn remove(&mut self, line: &Line<'a>, kept_before: Option<&Line<'a>>, after: Option<&Line<'a>>) {
        let (mut start, mut end) = (line.lead, line.next);
        let is_blank_before = |at: usize| at > 0 && self.lines.is_blank(self.lines.start(at - 1));
        if after.is_some() && (is_blank_before(start) || start == self.lines.start(0)) {
            while self.lines.is_blank(end) {
                end = self.lines.next(end);
            }
        } else if let Some(before) = kept_before.filter(|_| after.is_none()) {
            while start > before.next && is_blank_before(start) {
                start = self.lines.start(start - 1);
            }
        }
        self.put(start..end, "");
    }

    /// Puts a text in the place of a piece, with the line breaks that the whole has.
    fn put(&mut self, at: std::ops::Range<usize>, text: &str) {
        if at.is_empty() && text.is_empty() {
            return;
        }
        self.edits.put(at, if self.has_returns { text.replace('\n', "\r\n") } else { text.to_owned() });
    }
}

/// The comments in a text, as far as a line tells: a `#` within quotes may pass for one.
pub(super) fn comments_in(text: &str) -> Vec<&str> {
    let begins = |line: &str, at: usize| line[..at].chars().next_back().is_none_or(char::is_whitespace);
    let comment = |line: &str| line.match_indices('#').map(|(at, _)| at).find(|at| begins(line, *at));
    text.split('\n').filter_map(|line| comment(line).map(|at| line[at..].trim_end())).collect()
}

/// Whether a text is one line without comments, anchors and aliases.
fn is_simple(text: &str) -> bool {
    let begins = |at: usize| text[..at].ends_with([' ', '[', '{', ',']);
    let has_anchors = text.match_indices(['&', '*']).any(|(at, _)| begins(at));
    !text.contains('\n') && !has_anchors && comments_in(text).is_empty()
}
