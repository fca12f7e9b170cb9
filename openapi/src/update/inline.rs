//! Mappings in braces: put together again from the pieces that stay and those that are new.

use std::collections::HashMap;

use tieline::yaml::{Map, Node, Value};

use crate::same::is_same;
use crate::write;

use super::entries::{Entry, Form, entries, is_flow, range};
use super::patch::Paths;

/// A text with mappings in braces.
#[derive(Clone, Copy)]
pub(super) struct Inline<'a> {
    text: &'a str,
    /// Values that are written anew.
    anew: &'a Paths,
}

impl<'a> Inline<'a> {
    /// Of this text.
    pub(super) fn new(text: &'a str, anew: &'a Paths) -> Self {
        Self { text, anew }
    }

    /// A value as it is written, with what is to be changed.
    pub(super) fn value(self, own: &'a Node, wanted: &'a Node, path: &mut Vec<&'a str>) -> String {
        match (&own.value, &wanted.value) {
            _ if self.anew.has(path) => self.line(wanted),
            _ if is_same(own, wanted) && !self.anew.touch(path) => self.slice(range(own.span)).to_owned(),
            (Value::Map(map), Value::Map(wanted))
                if is_flow(self.text, own) && !map.is_empty() && !wanted.is_empty() =>
            {
                self.mapping(own, map, wanted, path)
            }
            _ => self.line(wanted),
        }
    }

    fn mapping(self, own: &'a Node, map: &'a Map, wanted: &'a Map, path: &mut Vec<&'a str>) -> String {
        let written = entries(self.text, own, map);
        let ends: Vec<usize> = written.iter().map(|entry| entry.end.unwrap_or(entry.key_at.end)).collect();
        let all = range(own.span);
        let gaps = Gaps { text: self.text, written: &written, ends: &ends };
        let first = written.first().map_or(all.end.saturating_sub(1), |entry| entry.key_at.start);
        let mut text = String::new();
        let numbers: HashMap<&str, usize> =
            written.iter().enumerate().map(|(number, entry)| (entry.key, number)).collect();
        let mut before: Option<usize> = None;
        for (key, value) in wanted {
            let number = numbers.get(key.as_str()).copied();
            path.push(key);
            let piece = match number {
                Some(number) => Some(self.entry(&written[number], value, path)),
                None if map.get(key).is_some_and(|merged| is_same(merged, value)) => None,
                None => Some(format!("{} {}", self.key(key), self.line(value))),
            };
            path.pop();
            let Some(piece) = piece else { continue };
            if text.is_empty() {
                text.push_str(&gaps.before(self.slice(all.start..first), number));
            } else {
                text.push_str(&gaps.between(before, number));
            }
            text.push_str(&piece);
            before = number.or(before);
        }
        text.push_str(&gaps.lost_at_end(before));
        text + self.slice(ends.last().copied().unwrap_or(first)..all.end)
    }

    fn entry(self, entry: &Entry<'a>, wanted: &'a Node, path: &mut Vec<&'a str>) -> String {
        let key_to = |end: usize| self.slice(entry.key_at.start..end);
        let is_anew = self.anew.has(path);
        match (entry.form, entry.colon, entry.end) {
            (Form::Here, _, Some(_)) if !is_anew => {
                let gap = key_to(range(entry.value.span).start);
                format!("{gap}{}", self.value(entry.value, wanted, path))
            }
            (Form::Alias | Form::Missing, _, Some(end)) if !is_anew && is_same(entry.value, wanted) => {
                key_to(end).to_owned()
            }
            (_, Some(colon), _) => format!("{} {}", key_to(colon), self.line(wanted)),
            (_, None, _) => format!("{}: {}", key_to(entry.key_at.end), self.line(wanted)),
        }
    }

    /// A new value, as JSON in a document that is JSON.
    fn line(self, node: &Node) -> String {
        if self.is_json() { write::json_line(node) } else { write::line(node) }
    }

    fn key(self, key: &str) -> String {
        if self.is_json() { format!("{}:", write::json_text(key)) } else { write::key(key) }
    }

    fn is_json(self) -> bool {
        self.text.trim_start_matches('\u{feff}').trim_start().starts_with('{')
    }

    fn slice(self, range: std::ops::Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or_default()
    }
}

/// What stands between entries: a comma, white space and comments.
struct Gaps<'a, 'e> {
    text: &'a str,
    written: &'e [Entry<'a>],
    ends: &'e [usize],
}

impl<'a> Gaps<'a, '_> {
    /// What stands behind an entry, up to the next.
    fn behind(&self, number: usize) -> &'a str {
        let next = self.written.get(number + 1).map(|entry| entry.key_at.start);
        next.and_then(|next| self.text.get(self.ends[number]..next)).unwrap_or_default()
    }

    /// What is put before the first entry that stays: what stood before the first, or the comment that is about this one.
    fn before(&self, opening: &str, first: Option<usize>) -> String {
        let lead = first.and_then(|first| first.checked_sub(1)).map_or("", |before| lead(self.behind(before)));
        if lead.contains('#') { format!("{{{lead}") } else { opening.to_owned() }
    }

    /// What is put between the last entry that stays and the next: what stands there, as far as it is about them.
    fn between(&self, before: Option<usize>, after: Option<usize>) -> String {
        let (tail, lead) = match (before, after) {
            (Some(before), Some(after)) if after == before + 1 => return self.behind(before).to_owned(),
            (Some(before), Some(after)) => (tail(self.behind(before)), lead(self.behind(after - 1))),
            (None, Some(after)) if after > 0 => ("", lead(self.behind(after - 1))),
            (_, None) | (None, Some(_)) => return self.usual(),
        };
        if tail.contains('#') || lead.contains('#') {
            format!("{}{}", with_comma(tail), if lead.is_empty() { " " } else { lead })
        } else {
            self.usual()
        }
    }

    /// The comment behind the last entry that stays, when entries behind it go.
    fn lost_at_end(&self, last: Option<usize>) -> String {
        let tail = last.filter(|last| last + 1 < self.written.len()).map(|last| tail(self.behind(last)));
        tail.filter(|tail| tail.contains('#')).map(|tail| format!("{}\n", with_comma(tail))).unwrap_or_default()
    }

    /// What stands between entries where nothing in particular does.
    fn usual(&self) -> String {
        let plain = |number: &usize| {
            let gap = self.behind(*number);
            gap.trim() == "," && gap.starts_with(',')
        };
        (0..self.written.len()).find(plain).map_or(", ", |number| self.behind(number)).to_owned()
    }
}

/// The rest of an entry's line.
fn tail(gap: &str) -> &str {
    gap.split('\n').next().unwrap_or_default().trim_end()
}

/// The lines before an entry's line, and what stands before it there.
fn lead(gap: &str) -> &str {
    gap.find('\n').map_or("", |at| &gap[at..])
}

fn with_comma(tail: &str) -> String {
    let has_comma = tail.split('#').next().is_some_and(|before| before.contains(','));
    if has_comma { tail.to_owned() } else { format!(",{tail}") }
}
