//! Queries, segments and selectors, read from a text.

use std::ops::Range;

use super::{Query, Reach, Segment, Selector, Start, Wrong};

/// How deep brackets and parentheses may nest.
const MAX_DEPTH: usize = 32;
/// The integers that every reader of JSON has: up to 2⁵³ - 1.
const MAX_INTEGER: i64 = (1 << 53) - 1;

pub(super) fn whole(text: &str) -> Result<Query, Wrong> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    if !reader.eat("$") {
        let mut wrong = reader.wrong("a path begins with `$`");
        wrong.help = text.starts_with(char::is_alphabetic).then(|| format!("did you mean `$.{text}`?"));
        return Err(wrong);
    }
    let query = reader.query(Start::Root)?;
    if reader.rest().is_empty() { Ok(query) } else { Err(reader.not_understood()) }
}

/// A text, and how far it has been read.
pub(super) struct Reader<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    depth: usize,
}

impl<'t> Reader<'t> {
    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    pub(super) fn next(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn eat(&mut self, token: &str) -> bool {
        let is_next = self.rest().starts_with(token);
        self.at += if is_next { token.len() } else { 0 };
        is_next
    }

    pub(super) fn expect(&mut self, token: &str) -> Result<(), Wrong> {
        if self.eat(token) { Ok(()) } else { Err(self.wrong(format!("`{token}` is expected here"))) }
    }

    pub(super) fn space(&mut self) {
        self.while_next(|c| matches!(c, ' ' | '\t' | '\n' | '\r'));
    }

    /// Everything up to the first character that is not of a kind.
    pub(super) fn while_next(&mut self, is_wanted: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let taken = &rest[..rest.find(|c| !is_wanted(c)).unwrap_or(rest.len())];
        self.at += taken.len();
        taken
    }

    /// Something is wrong with the next character.
    pub(super) fn wrong(&self, message: impl Into<String>) -> Wrong {
        let at = self.at..self.at + self.next().map_or(0, char::len_utf8);
        self.wrong_at(at, message)
    }

    pub(super) fn wrong_at(&self, at: Range<usize>, message: impl Into<String>) -> Wrong {
        Wrong { at, message: message.into(), help: None }
    }

    fn not_understood(&self) -> Wrong {
        match self.next() {
            Some(' ' | '\t' | '\n' | '\r') => self.wrong("a path does not end with a space"),
            Some(_) => self.wrong("a path goes on with `.`, `..` or `[`"),
            None => self.wrong("the path ends too early"),
        }
    }

    /// Reads something in brackets or parentheses.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Wrong>) -> Result<T, Wrong> {
        if self.depth == MAX_DEPTH {
            return Err(self.wrong(format!("more than {MAX_DEPTH} brackets stand in each other")));
        }
        self.depth += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    /// The segments of a query that has just started.
    pub(super) fn query(&mut self, start: Start) -> Result<Query, Wrong> {
        let mut segments = Vec::new();
        loop {
            let end = self.at;
            self.space();
            match self.segment()? {
                Some(segment) => segments.push(segment),
                None => {
                    // What follows is not of the query, and so are the spaces before it.
                    self.at = end;
                    return Ok(Query { start, segments });
                }
            }
        }
    }

    fn segment(&mut self) -> Result<Option<Segment>, Wrong> {
        let reach = match self.next() {
            Some('[') => Reach::Near,
            Some('.') if self.eat("..") => Reach::Far,
            Some('.') if self.eat(".") => {
                let selectors = vec![self.short_selector()?];
                return Ok(Some(Segment { reach: Reach::Near, selectors }));
            }
            _ => return Ok(None),
        };
        let selectors = if self.eat("[") { self.nested(Self::selectors)? } else { vec![self.short_selector()?] };
        Ok(Some(Segment { reach, selectors }))
    }

    /// `*` or a name without quotes.
    fn short_selector(&mut self) -> Result<Selector, Wrong> {
        if self.eat("*") {
            return Ok(Selector::Every);
        }
        let start = self.at;
        let is_first = |c: char| c.is_ascii_alphabetic() || c == '_' || !c.is_ascii();
        if !self.next().is_some_and(is_first) {
            return Err(self.wrong("a name or `*` is expected here"));
        }
        let name = self.while_next(|c| is_first(c) || c.is_ascii_digit());
        if self.next() == Some('-') {
            let name_end = |c: char| c == '-' || is_first(c) || c.is_ascii_digit();
            self.while_next(name_end);
            let name = &self.text[start..self.at];
            let mut wrong = self.wrong_at(start..self.at, format!("`{name}` has a `-`, so it needs quotes"));
            wrong.help = Some(format!("write `['{name}']`"));
            return Err(wrong);
        }
        Ok(Selector::Name(name.to_owned()))
    }

    /// What stands in brackets, with the one that closes them.
    fn selectors(&mut self) -> Result<Vec<Selector>, Wrong> {
        let mut selectors = Vec::new();
        loop {
            self.space();
            selectors.push(self.selector()?);
            self.space();
            if self.eat("]") {
                return Ok(selectors);
            }
            if !self.eat(",") {
                return Err(self.wrong("`]` or `,` is expected here"));
            }
        }
    }

    fn selector(&mut self) -> Result<Selector, Wrong> {
        match self.next() {
            Some('\'' | '"') => Ok(Selector::Name(self.quoted()?)),
            Some('*') if self.eat("*") => Ok(Selector::Every),
            Some('?') if self.eat("?") => {
                self.space();
                Ok(Selector::Filter(self.condition()?))
            }
            Some('-' | ':' | '0'..='9') => self.index_or_slice(),
            _ => Err(self.wrong("a name in quotes, a number, `*` or `?` is expected here")),
        }
    }

    fn index_or_slice(&mut self) -> Result<Selector, Wrong> {
        let first = self.optional_integer()?;
        let after_first = self.at;
        self.space();
        if !self.eat(":") {
            self.at = after_first;
            return first.map(Selector::Index).ok_or_else(|| self.wrong("a number is expected here"));
        }
        self.space();
        let end = self.optional_integer()?;
        self.space();
        let mut step = None;
        if self.eat(":") {
            self.space();
            step = self.optional_integer()?;
        }
        Ok(Selector::Slice { start: first, end, step: step.unwrap_or(1) })
    }

    fn optional_integer(&mut self) -> Result<Option<i64>, Wrong> {
        let start = self.at;
        let is_negative = self.eat("-");
        let digits = self.while_next(|c| c.is_ascii_digit());
        let written = start..self.at;
        match (is_negative, digits) {
            (false, "") => return Ok(None),
            (true, "" | "0") => return Err(self.wrong_at(written, "a number is expected here")),
            (_, digits) if digits.len() > 1 && digits.starts_with('0') => {
                return Err(self.wrong_at(written, "a number has no `0` before it"));
            }
            _ => {}
        }
        match self.text[written.clone()].parse() {
            Ok(number) if (-MAX_INTEGER..=MAX_INTEGER).contains(&number) => Ok(Some(number)),
            _ => Err(self.wrong_at(written, format!("a number is at most {MAX_INTEGER}"))),
        }
    }
}
