//! Rules that every page keeps: its links lead somewhere, its tables are tables, its code blocks end, and it holds no HTML but its own.

use std::collections::{HashMap, HashSet};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use tieline_codegen::{MARK, Tree};

/// The HTML that templates write themselves.
const OWN_HTML: [&str; 7] = [
    "<details>",
    "</details>",
    "<summary>Show the answer</summary>",
    "<summary>Hosted</summary>",
    "<code>",
    "</code>",
    "",
];

/// What is wrong with the pages.
pub(crate) fn problems(pages: &Tree) -> Vec<String> {
    let read: HashMap<&str, Page> = pages.files().map(|(path, text)| (path, Page::read(text))).collect();
    let mut problems = Vec::new();
    for (path, text) in pages.files() {
        let mut wrong = |what: String| problems.push(format!("{path}: {what}"));
        if !text.lines().next().is_some_and(|line| line.starts_with("<!-- ") && line.contains(MARK)) {
            wrong("does not begin with the mark".to_owned());
        }
        let page = &read[path];
        page.html.iter().for_each(|html| wrong(format!("holds HTML: {html}")));
        page.images.iter().for_each(|image| wrong(format!("holds an image: {image}")));
        for link in &page.links {
            if let Err(why) = leads_somewhere(path, link, &read) {
                wrong(format!("the link {link} {why}"));
            }
        }
        tables(text).into_iter().for_each(&mut wrong);
        if page.headings_of_first_level != 1 {
            wrong(format!("has {} headings of the first level", page.headings_of_first_level));
        }
        if page.fences != page.code_blocks {
            wrong(format!("has {} fences for {} code blocks", page.fences, page.code_blocks));
        }
    }
    problems
}

fn leads_somewhere(path: &str, link: &str, pages: &HashMap<&str, Page>) -> Result<(), String> {
    if ["http://", "https://", "mailto:"].iter().any(|scheme| link.starts_with(scheme)) {
        return Ok(());
    }
    let (file, anchor) = link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor)));
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let target = match (file, folder) {
        ("", _) => path.to_owned(),
        (file, "") => file.to_owned(),
        (file, folder) => format!("{folder}/{file}"),
    };
    let page = pages.get(target.as_str()).ok_or_else(|| format!("leads to {target}, which is not there"))?;
    match anchor {
        Some(anchor) if !page.anchors.contains(anchor) => Err(format!("has no heading in {target}")),
        Some(_) | None => Ok(()),
    }
}

/// Rows whose number of cells is not that of the head.
fn tables(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut head = None;
    let mut fence: Option<String> = None;
    for line in text.lines() {
        let ticks: String = line.trim_start().chars().take_while(|c| *c == '`').collect();
        let is_fence = ticks.len() >= 3;
        match &fence {
            Some(open) if is_fence && ticks.len() >= open.len() && line.trim() == ticks => fence = None,
            None if is_fence && !line.trim_start()[ticks.len()..].contains('`') => fence = Some(ticks),
            Some(_) | None => {}
        }
        if fence.is_some() || !line.starts_with('|') {
            head = None;
            continue;
        }
        let cells = line.replace("\\\\", "").replace("\\|", "").matches('|').count();
        match head {
            None => head = Some(cells),
            Some(head) if head != cells => wrong.push(format!("has a row of {cells} cells below {head}: {line}")),
            Some(_) => {}
        }
    }
    wrong.extend(fence.map(|_| "has a code block that does not end".to_owned()));
    wrong
}

/// A page as a reader of Markdown understands it.
struct Page {
    anchors: HashSet<String>,
    links: Vec<String>,
    images: Vec<String>,
    html: Vec<String>,
    headings_of_first_level: usize,
    code_blocks: usize,
    fences: usize,
}

impl Page {
    fn read(text: &str) -> Self {
        let mut page = Self {
            anchors: HashSet::new(),
            links: Vec::new(),
            images: Vec::new(),
            html: Vec::new(),
            headings_of_first_level: 0,
            code_blocks: 0,
            fences: 0,
        };
        let body = text.split_once('\n').map_or("", |(_, body)| body);
        let mut heading: Option<String> = None;
        for event in
            Parser::new_ext(body, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_MATH)
        {
            match event {
                Event::Start(Tag::Heading { level, .. }) => {
                    page.headings_of_first_level += usize::from(level == pulldown_cmark::HeadingLevel::H1);
                    heading = Some(String::new());
                }
                Event::End(TagEnd::Heading(_)) => page.add_anchor(&heading.take().unwrap_or_default()),
                Event::Text(text) | Event::Code(text) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&text);
                    }
                }
                Event::Start(Tag::Link { dest_url, .. }) => page.links.push(dest_url.into_string()),
                Event::Start(Tag::Image { dest_url, .. }) => page.images.push(dest_url.into_string()),
                Event::Start(Tag::Strikethrough) => page.html.push("(text struck through)".to_owned()),
                Event::InlineMath(math) | Event::DisplayMath(math) => page.html.push(format!("(mathematics) {math}")),
                Event::Html(html) | Event::InlineHtml(html) => {
                    let lines = html.lines().map(str::trim).filter(|line| !OWN_HTML.contains(line));
                    page.html.extend(lines.map(str::to_owned));
                }
                Event::Start(Tag::CodeBlock(_)) => page.code_blocks += 1,
                _ => {}
            }
        }
        // A code block begins and ends with a line of its own.
        let opening = |line: &str| line.trim_start_matches(['>', ' ']).starts_with("```");
        let mut open = 0;
        for line in body.lines().map(|line| line.trim_start_matches(['>', ' '])).filter(|line| opening(line)) {
            let ticks = line.chars().take_while(|c| *c == '`').count();
            if open == 0 && !line[ticks..].contains('`') {
                open = ticks;
                page.fences += 1;
            } else if ticks >= open && line.len() == ticks {
                open = 0;
            }
        }
        page
    }

    /// As GitHub makes it.
    fn add_anchor(&mut self, heading: &str) {
        let kept = heading.trim().to_lowercase();
        let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        let slug: String = kept.map(|c| if c == ' ' { '-' } else { c }).collect();
        let mut anchor = slug.clone();
        for number in 1.. {
            if self.anchors.insert(anchor) {
                break;
            }
            anchor = format!("{slug}-{number}");
        }
    }
}
