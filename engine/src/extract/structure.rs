//! The structure of a JSON text: its brackets and commas down to some depth. What lies deeper is skipped, 64 bytes at a time.
//!
//! What is skipped is not read: its text ends where it should, its brackets are as many, its texts are closed, and that is all.
//! Whoever reads it finds the rest. On answers with short members, a reader that looks at each token is about five times as slow.

use std::borrow::Cow;

use serde::de::IgnoredAny;
use wide::u8x16;

/// The deepest nesting that is read: what `serde_json` reads, so that whoever parses a record later can.
pub(super) const MAX_DEPTH: usize = 127;
/// The most brackets and commas that are kept of one text.
const MOST_MARKS: usize = 6_000_000;
/// How many there are room for at first.
const USUAL_MARKS: usize = 32;
/// How many bytes are looked at together.
const BLOCK: usize = 64;

/// Why a text has no structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// It is not JSON.
    NotJson,
    /// It is nested deeper than [`MAX_DEPTH`].
    TooDeep,
    /// It has more parts than anybody wants of one answer.
    TooMany,
}

/// The brackets and commas of a text, in its order: those inside of at most `depth` containers, and the brackets of the
/// containers that stand there.
#[derive(Debug)]
pub(super) struct Structure<'t> {
    text: &'t str,
    depth: usize,
    marks: Vec<Mark>,
}

/// A bracket or a comma.
#[derive(Clone, Copy, Debug)]
struct Mark {
    at: u32,
    /// For an opening bracket: which mark closes it.
    end: u32,
}

/// A value in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'s, 't> {
    /// The value, without white space around it.
    pub(super) text: &'t str,
    /// Its structure, where it is known.
    known: Option<Known<'s, 't>>,
}

/// A container whose parts are known, because it stands no deeper than the structure does.
#[derive(Clone, Copy, Debug)]
struct Known<'s, 't> {
    structure: &'s Structure<'t>,
    /// The mark of its opening bracket.
    open: usize,
    /// How many containers one is in, inside of it.
    level: usize,
}

impl<'t> Structure<'t> {
    /// Scans a text.
    pub(super) fn new(text: &'t str, depth: usize) -> Result<Self, Flaw> {
        let (marks, open) = (Vec::with_capacity(USUAL_MARKS), Vec::with_capacity(depth.min(MAX_DEPTH) + 1));
        let mut scan = Scan { depth, marks, open, nested: 0, in_text: 0, escapes: false };
        if u32::try_from(text.len()).is_err() {
            return Err(Flaw::TooMany);
        }
        let (blocks, rest) = text.as_bytes().as_chunks::<BLOCK>();
        for (number, block) in blocks.iter().enumerate() {
            scan.block(block, number * BLOCK)?;
        }
        let mut last = [b' '; BLOCK];
        last[..rest.len()].copy_from_slice(rest);
        scan.block(&last, blocks.len() * BLOCK)?;
        let is_closed = scan.nested == 0 && scan.in_text == 0;
        is_closed.then_some(Self { text, depth, marks: scan.marks }).ok_or(Flaw::NotJson)
    }

    /// Down to how many containers around it a part is known.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// The value that the text holds.
    pub(super) fn root(&self) -> Result<Part<'_, 't>, Flaw> {
        let container = (!self.marks.is_empty() && self.byte(0) != b',').then_some(0);
        let is_whole = container.is_none_or(|open| self.end(open) + 1 == self.marks.len());
        let root = self.part(0, self.text.len(), container, 1);
        root.filter(|_| is_whole && (container.is_some() || self.marks.is_empty())).ok_or(Flaw::NotJson)
    }

    fn at(&self, mark: usize) -> usize {
        self.marks[mark].at as usize
    }

    fn end(&self, mark: usize) -> usize {
        self.marks[mark].end as usize
    }

    fn byte(&self, mark: usize) -> u8 {
        self.text.as_bytes()[self.at(mark)]
    }

    /// The one value between two places, `None` when there is none, or more than one: a container, or something without parts.
    fn part(&self, from: usize, to: usize, container: Option<usize>, level: usize) -> Option<Part<'_, 't>> {
        let text = trimmed(self.text.get(from..to)?);
        match container {
            Some(open) => {
                let length = self.at(self.end(open)) + 1 - self.at(open);
                let known = (level <= self.depth).then_some(Known { structure: self, open, level });
                (length == text.len() && is_pair(text)).then_some(Part { text, known })
            }
            None => serde_json::from_str::<IgnoredAny>(text).is_ok().then_some(Part { text, known: None }),
        }
    }
}

impl<'s, 't> Part<'s, 't> {
    /// The elements of a list, in order.
    pub(super) fn elements(self) -> impl Iterator<Item = Result<Self, Flaw>> {
        self.pieces().map(Piece::value)
    }

    /// The members of an object, in order.
    pub(super) fn members(self) -> impl Iterator<Item = Result<Member<'s, 't>, Flaw>> {
        self.pieces().map(|piece| {
            let (name, after) = name(&piece.within.text[piece.from..piece.to]).ok_or(Flaw::NotJson)?;
            Ok(Member { name, value: Piece { from: piece.to - after.len(), ..piece } })
        })
    }

    /// What stands between the brackets and commas of a container that is known; nothing in any other value.
    fn pieces(self) -> impl Iterator<Item = Piece<'s, 't>> {
        let mut rest =
            self.known.filter(|_| !self.is_hollow()).map(|known| (known.structure.at(known.open) + 1, known.open + 1));
        std::iter::from_fn(move || {
            let (Known { structure, open, level }, (from, mut mark)) = (self.known?, rest?);
            let (close, mut container) = (structure.end(open), None);
            while mark != close && structure.byte(mark) != b',' {
                container = Some(mark);
                mark = structure.end(mark) + 1;
            }
            let to = structure.at(mark);
            rest = (mark != close).then_some((to + 1, mark + 1));
            Some(Piece { within: structure, from, to, container, level: level + 1 })
        })
    }

    /// Whether it is a container without anything in it.
    pub(super) fn is_hollow(&self) -> bool {
        is_pair(self.text) && trimmed(&self.text[1..self.text.len() - 1]).is_empty()
    }
}

/// What stands between two commas.
#[derive(Clone, Copy)]
struct Piece<'s, 't> {
    within: &'s Structure<'t>,
    from: usize,
    to: usize,
    /// The last container in it.
    container: Option<usize>,
    /// How many containers one is in, inside of that.
    level: usize,
}

impl<'s, 't> Piece<'s, 't> {
    /// The one value that it is.
    fn value(self) -> Result<Part<'s, 't>, Flaw> {
        self.within.part(self.from, self.to, self.container, self.level).ok_or(Flaw::NotJson)
    }
}

/// A member of an object, whose value nobody has looked at.
pub(super) struct Member<'s, 't> {
    pub(super) name: Cow<'t, str>,
    value: Piece<'s, 't>,
}

impl<'s, 't> Member<'s, 't> {
    /// Its value.
    pub(super) fn value(&self) -> Result<Part<'s, 't>, Flaw> {
        self.value.value()
    }
}

/// The name that a member begins with, and what comes after its colon.
fn name(member: &str) -> Option<(Cow<'_, str>, &str)> {
    let member = trimmed_start(member);
    let inner = member.strip_prefix('"')?;
    let plain = inner.bytes().position(|byte| matches!(byte, b'"' | b'\\' | ..b' '))?;
    let is_plain = inner.as_bytes()[plain] == b'"';
    let end = if is_plain { plain } else { end_of_text(inner)? };
    let after = trimmed_start(&inner[end + 1..]).strip_prefix(':')?;
    let quoted = &member[..end + 2];
    let name = if is_plain { inner[..end].into() } else { serde_json::from_str::<String>(quoted).ok()?.into() };
    Some((name, after))
}

/// Where the quote stands that closes a text.
fn end_of_text(inner: &str) -> Option<usize> {
    let mut escaped = false;
    inner.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })
}

/// Without white space around it, as JSON has it (RFC 8259 section 2).
fn trimmed(text: &str) -> &str {
    let text = trimmed_start(text);
    let white = text.bytes().rev().take_while(is_white).count();
    &text[..text.len() - white]
}

fn trimmed_start(text: &str) -> &str {
    &text[text.bytes().take_while(is_white).count()..]
}

fn is_white(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn is_pair(container: &str) -> bool {
    let bytes = container.as_bytes();
    matches!((bytes.first(), bytes.last()), (Some(b'{'), Some(b'}')) | (Some(b'['), Some(b']')))
}

/// A scan on its way.
struct Scan {
    depth: usize,
    marks: Vec<Mark>,
    /// Which of the marks are brackets that are still open.
    open: Vec<u32>,
    /// How many containers are open.
    nested: usize,
    /// All ones within a text, otherwise zero.
    in_text: u64,
    /// Whether the last byte of the block before escapes the first of this one.
    escapes: bool,
}

impl Scan {
    fn block(&mut self, block: &[u8; BLOCK], start: usize) -> Result<(), Flaw> {
        let found = Found::in_block(block);
        let quotes = found.quotes & !self.escaped(found.backslashes);
        let outside = !self.texts(quotes);
        let (mut brackets, mut commas, mut done) = (found.brackets & outside, None, 0);
        loop {
            let next = brackets.trailing_zeros();
            if self.nested <= self.depth {
                let commas = *commas.get_or_insert_with(|| each(block, b',') & outside);
                for at in bits(commas & ones(next) & !ones(done)) {
                    self.mark(start + at)?;
                }
            }
            if brackets == 0 {
                return Ok(());
            }
            let at = next as usize;
            if matches!(block[at], b'[' | b'{') {
                self.opens(start + at)?
            } else {
                self.closes(start + at)?
            }
            brackets &= brackets - 1;
            done = next + 1;
        }
    }

    fn opens(&mut self, at: usize) -> Result<(), Flaw> {
        self.nested += 1;
        if self.nested > MAX_DEPTH {
            return Err(Flaw::TooDeep);
        }
        if self.nested <= self.depth + 1 {
            self.open.push(self.marks.len() as u32);
            self.mark(at)?;
        }
        Ok(())
    }

    fn closes(&mut self, at: usize) -> Result<(), Flaw> {
        if self.nested <= self.depth + 1 {
            let open = self.open.pop().ok_or(Flaw::NotJson)?;
            self.marks[open as usize].end = self.marks.len() as u32;
            self.mark(at)?;
        }
        self.nested = self.nested.checked_sub(1).ok_or(Flaw::NotJson)?;
        Ok(())
    }

    fn mark(&mut self, at: usize) -> Result<(), Flaw> {
        if self.marks.len() == MOST_MARKS {
            return Err(Flaw::TooMany);
        }
        self.marks.push(Mark { at: at as u32, end: 0 });
        Ok(())
    }

    /// Which bytes follow a backslash that is not itself escaped.
    fn escaped(&mut self, backslashes: u64) -> u64 {
        let mut escaped = u64::from(std::mem::take(&mut self.escapes));
        for at in bits(backslashes) {
            if escaped & (1 << at) == 0 {
                if at + 1 < BLOCK { escaped |= 1 << (at + 1) } else { self.escapes = true }
            }
        }
        escaped
    }

    /// Which bytes are within texts, their first quote included: the parity of the quotes up to each byte.
    fn texts(&mut self, quotes: u64) -> u64 {
        let parity = [1, 2, 4, 8, 16, 32].into_iter().fold(quotes, |parity, by| parity ^ (parity << by));
        let texts = parity ^ self.in_text;
        self.in_text = if texts >> (BLOCK - 1) == 1 { u64::MAX } else { 0 };
        texts
    }
}

/// Where some bytes stand in a block, a bit each.
struct Found {
    quotes: u64,
    backslashes: u64,
    brackets: u64,
}

impl Found {
    fn in_block(block: &[u8; BLOCK]) -> Self {
        let mut found = Self { quotes: 0, backslashes: 0, brackets: 0 };
        for (number, bytes) in block.as_chunks::<16>().0.iter().enumerate() {
            let bytes = u8x16::new(*bytes);
            let bit = |found: u8x16| u64::from(found.to_bitmask()) << (16 * number);
            let is = |byte: u8| bytes.simd_eq(u8x16::splat(byte));
            found.quotes |= bit(is(b'"'));
            found.backslashes |= bit(is(b'\\'));
            // `[` and `{`, and `]` and `}`, differ in one bit, which these have set.
            let lower = bytes | u8x16::splat(0x20);
            found.brackets |= bit(lower.simd_eq(u8x16::splat(b'{')) | lower.simd_eq(u8x16::splat(b'}')));
        }
        found
    }
}

/// Where a byte stands in a block.
fn each(block: &[u8; BLOCK], byte: u8) -> u64 {
    let chunks = block.as_chunks::<16>().0.iter().enumerate();
    chunks.fold(0, |found, (number, bytes)| {
        let here = u8x16::new(*bytes).simd_eq(u8x16::splat(byte)).to_bitmask();
        found | u64::from(here) << (16 * number)
    })
}

/// The positions of the bits that are set.
pub(super) fn bits(mut set: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = (set != 0).then_some(set.trailing_zeros() as usize)?;
        set &= set - 1;
        Some(at)
    })
}

/// As many ones, from the lowest bit.
fn ones(count: u32) -> u64 {
    1_u64.checked_shl(count).map_or(u64::MAX, |bit| bit - 1)
}
