//! Markdown read as CommonMark and written again, with everything escaped that the page would understand otherwise.

use std::iter::Peekable;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::{code, escaped, fenced, guarded, safe_url};

/// Lists, quotations and emphasis nest so deep; what is deeper becomes text.
const DEPTH: usize = 8;

/// The Markdown as blocks.
pub(super) fn blocks(markdown: &str) -> String {
    let mut writer = Writer { events: Parser::new_ext(markdown, Options::empty()).peekable(), breaks: Breaks::Kept };
    writer.blocks(DEPTH).join("\n\n")
}

/// The Markdown as one line.
pub(super) fn line(markdown: &str) -> String {
    let mut writer = Writer { events: Parser::new_ext(markdown, Options::empty()).peekable(), breaks: Breaks::Spaces };
    let mut parts = Vec::new();
    while writer.events.peek().is_some() {
        match writer.events.peek() {
            Some(Event::Start(Tag::CodeBlock(_))) => {
                writer.events.next();
                let text = writer.rest().split_whitespace().collect::<Vec<_>>().join(" ");
                parts.extend((!text.is_empty()).then(|| code(&text)));
            }
            Some(event) if begins_block(event) => drop(writer.events.next()),
            Some(_) | None => parts.push(writer.inline(DEPTH)),
        }
    }
    parts.retain(|part| !part.is_empty());
    guarded(&parts.join(" "))
}

/// What a line break in the source becomes.
#[derive(Clone, Copy)]
enum Breaks {
    Kept,
    Spaces,
}

struct Writer<'a> {
    events: Peekable<Parser<'a>>,
    breaks: Breaks,
}

impl Writer<'_> {
    /// Blocks up to the end of what they stand in.
    fn blocks(&mut self, depth: usize) -> Vec<String> {
        let mut blocks = Vec::new();
        while let Some(event) = self.events.peek() {
            if !begins_block(event) {
                let paragraph = self.inline(depth);
                blocks.push(guarded(&paragraph));
                continue;
            }
            match self.events.next() {
                Some(Event::Start(tag)) => blocks.push(self.block(tag, depth)),
                Some(Event::End(_)) | None => break,
                Some(_) => {}
            }
        }
        blocks.retain(|block| !block.is_empty());
        blocks
    }

    fn block(&mut self, tag: Tag<'_>, depth: usize) -> String {
        let Some(depth) = depth.checked_sub(1) else { return guarded(&escaped(&self.rest())) };
        match tag {
            Tag::CodeBlock(kind) => {
                let language = match &kind {
                    CodeBlockKind::Fenced(info) => info.split_whitespace().next().unwrap_or_default(),
                    CodeBlockKind::Indented => "",
                };
                let is_plain = language.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '_'));
                let language = if is_plain { language.to_owned() } else { String::new() };
                fenced(&language, &self.rest())
            }
            Tag::HtmlBlock => guarded(&escaped(&self.rest().split_whitespace().collect::<Vec<_>>().join(" "))),
            Tag::Heading { .. } => self.heading(depth),
            Tag::List(first) => self.list(first, depth),
            Tag::BlockQuote(_) => {
                let quoted = self.blocks(depth).join("\n\n");
                quoted.lines().map(|line| format!("> {line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
            }
            _ => guarded(&self.inline_until_end(depth)),
        }
    }

    /// A heading would be one of the page: it becomes a line in bold type.
    fn heading(&mut self, depth: usize) -> String {
        let text = self.inline_until_end(depth);
        if text.is_empty() || text.contains("**") { text } else { format!("**{text}**") }
    }

    fn list(&mut self, first: Option<u64>, depth: usize) -> String {
        let mut items = Vec::new();
        let mut is_loose = false;
        while let Some(event) = self.events.next() {
            match event {
                Event::Start(Tag::Item) => {
                    is_loose |= matches!(self.events.peek(), Some(Event::Start(Tag::Paragraph)));
                    items.push(self.blocks(depth));
                }
                Event::End(TagEnd::List(_)) => break,
                _ => {}
            }
        }
        let between = if is_loose { "\n\n" } else { "\n" };
        let written = items.into_iter().enumerate().map(|(at, blocks)| {
            let marker = match first {
                Some(first) => format!("{}. ", first.saturating_add(at as u64)),
                None => "- ".to_owned(),
            };
            let indent = " ".repeat(marker.len());
            let text = blocks.join(between);
            let mut lines = text.lines();
            let head = format!("{marker}{}", lines.next().unwrap_or_default()).trim_end().to_owned();
            lines.fold(head, |all, line| format!("{all}\n{indent}{line}").trim_end().to_owned())
        });
        written.collect::<Vec<_>>().join(between)
    }

    /// What stands within a line, up to the next block or the end of what it stands in, which stays.
    fn inline(&mut self, depth: usize) -> String {
        let mut out = String::new();
        while let Some(event) = self.events.next_if(|event| !begins_block(event)) {
            self.piece(event, depth, &mut out);
        }
        out.trim().to_owned()
    }

    /// What stands within a line, up to the end of what it stands in, which is taken.
    fn inline_until_end(&mut self, depth: usize) -> String {
        let out = self.inline(depth);
        while self.events.peek().is_some_and(|event| !matches!(event, Event::End(_))) {
            self.events.next();
        }
        self.events.next();
        out
    }

    fn piece(&mut self, event: Event<'_>, depth: usize, out: &mut String) {
        match event {
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                out.push_str(&escaped(&text.replace('\n', " ")));
            }
            Event::Code(text) => out.push_str(&code(&text)),
            Event::SoftBreak => out.push_str(match self.breaks {
                Breaks::Kept => "\n",
                Breaks::Spaces => " ",
            }),
            Event::HardBreak => out.push_str(match self.breaks {
                Breaks::Kept => "\\\n",
                Breaks::Spaces => " ",
            }),
            Event::Start(tag) => {
                let text = match depth.checked_sub(1) {
                    Some(depth) => self.inline_until_end(depth),
                    None => escaped(&self.rest()),
                };
                out.push_str(&marked(&tag, text));
            }
            _ => {}
        }
    }

    /// The text up to the end of what it stands in, which is taken.
    fn rest(&mut self) -> String {
        let mut text = String::new();
        let mut open = 1_usize;
        for event in self.events.by_ref() {
            match event {
                Event::Start(_) => open += 1,
                Event::End(_) => open -= 1,
                Event::Text(piece) | Event::Code(piece) | Event::Html(piece) | Event::InlineHtml(piece) => {
                    text.push_str(&piece);
                }
                Event::SoftBreak | Event::HardBreak => text.push(' '),
                _ => {}
            }
            if open == 0 {
                break;
            }
        }
        text
    }
}

fn marked(tag: &Tag<'_>, text: String) -> String {
    match tag {
        _ if text.is_empty() => text,
        Tag::Emphasis => format!("*{text}*"),
        Tag::Strong => format!("**{text}**"),
        Tag::Link { dest_url, .. } => match safe_url(dest_url) {
            Some(url) => format!("[{text}]({url})"),
            None => text,
        },
        _ => text,
    }
}

fn begins_block(event: &Event<'_>) -> bool {
    match event {
        Event::Start(tag) => !matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Link { .. } | Tag::Image { .. }),
        Event::End(_) | Event::Rule => true,
        _ => false,
    }
}
