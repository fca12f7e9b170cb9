//! What a manifest says about the whole: who it is, and what it reaches.

use std::collections::HashMap;

use tieline::source::Span;
use tieline::yaml::Node;

use crate::config::Config;
use crate::context::Context;
use crate::dialect::info as dialect;
use crate::names::{lower, plain, words};
use crate::tree::{Mapping, items, list, scalar_text, text, text_of};

/// The longest summary, in characters.
const LONGEST_SUMMARY: usize = 240;
/// How much of a paragraph is looked at for its first sentence, in characters.
const MOST_LOOKED_AT: usize = 4096;
/// The longest name.
const LONGEST_NAME: usize = 40;

/// Name, title, version, and what the connector reaches.
pub(crate) fn identity<'d>(context: &mut Context<'d>, root: &'d Node, info: &'d Node, manifest: &mut Mapping) {
    let span = info.span;
    let place = |key: &str| info.get(key).map_or(span, |node| node.span);
    let title = text_of(info, "title").map(str::trim).filter(|title| !title.is_empty()).unwrap_or("API");
    let name = match text_of(info, "x-airbyte-connector-name") {
        Some(name) => lower(name, "api"),
        None => named(title, host_label(root).as_deref()),
    };
    manifest.text("name", name, place("title"));
    let title = text_of(info, "x-airbyte-connector-display-name").unwrap_or(title);
    manifest.text("title", title, place("title"));
    let id = info.get("x-airbyte-connector-definition-id").filter(|id| id.as_text().is_some_and(|id| id.len() == 36));
    manifest.put_some("id", id.cloned());
    let said = info.get("version").and_then(scalar_text).unwrap_or_default();
    let version = semantic(&said);
    if version != said {
        context.note(&["version"], format!("the document says `{said}`"));
    }
    manifest.text("version", version, place("version"));
    let description = text_of(info, "description").map(str::trim).filter(|said| !said.is_empty());
    let summary = text_of(info, "summary").map(str::to_owned).or_else(|| description.map(first_sentence));
    let summary = summary.filter(|said| !said.trim().is_empty()).unwrap_or_else(|| title.to_owned());
    let is_all = description.is_none_or(|description| description == summary);
    manifest.text("summary", summary, place("description"));
    manifest.put_some("description", description.filter(|_| !is_all).map(|said| text(said, place("description"))));
    let mut links = dialect::links(info);
    links.extend(pages(root, info));
    manifest.put_filled("links", list(links, span));
    manifest.put_some("questions", dialect::questions(info));
}

/// Words of titles that say nothing about the API.
const GENERAL: [&str; 12] =
    ["api", "apis", "the", "rest", "openapi", "reference", "documentation", "docs", "spec", "specification", "of", "s"];

/// `Acme Billing API (v2)` → `acme_billing`. What the server's host is called is the name where the title has that in it, in whatever
/// spelling, or says nothing itself.
fn named(title: &str, host: Option<&str>) -> String {
    let without = title.split(['(', '|']).next().unwrap_or(title);
    let words = words(without);
    let kept: Vec<&str> = words.iter().map(String::as_str).filter(|word| !GENERAL.contains(word)).collect();
    if let Some(host) = host.filter(|host| kept.is_empty() || plain(title).contains(host)) {
        return lower(host, "api");
    }
    let mut name = String::new();
    for word in kept {
        if !name.is_empty() && name.len() + word.len() >= LONGEST_NAME {
            break;
        }
        name = if name.is_empty() { word.to_owned() } else { format!("{name}_{word}") };
    }
    lower(&name, "api").chars().take(LONGEST_NAME).collect()
}

/// What the host of the first server is called: `api.example.com` is `example`.
fn host_label(root: &Node) -> Option<String> {
    let server = root.get("servers").map(items).unwrap_or_default().first()?;
    let url = url::Url::parse(text_of(server, "url")?).ok()?;
    let labels: Vec<&str> = url.domain()?.split('.').collect();
    let end = labels.len().checked_sub(1).filter(|end| *end > 0)?;
    let is_second_level = end > 1 && matches!(labels[end - 1], "co" | "com" | "org" | "gov" | "ac" | "net");
    let label = labels[if is_second_level { end - 2 } else { end - 1 }];
    let label = plain(label);
    (label.len() > 2 && label.starts_with(|first: char| first.is_ascii_alphabetic())).then_some(label)
}

/// A version as Semantic Versioning has it: the first three numbers of what the document says.
fn semantic(said: &str) -> String {
    let is_number = |part: &str| part.parse::<u64>().is_ok_and(|number| number.to_string() == part);
    if said.split('.').count() == 3 && said.split('.').all(is_number) {
        return said.to_owned();
    }
    let mut numbers = said
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .filter_map(|part| part.parse::<u32>().ok());
    let mut next = || numbers.next().unwrap_or(0);
    let version = [next(), next(), next()];
    let version = if version == [0, 0, 0] { [1, 0, 0] } else { version };
    version.map(|number| number.to_string()).join(".")
}

/// The first sentence of a text, on one line, without Markdown headings.
pub(crate) fn first_sentence(text: &str) -> String {
    let paragraph = text
        .split("\n\n")
        .map(str::trim)
        .find(|part| !part.is_empty() && !part.starts_with(['#', '!', '<', '|', '`', '-', '*']));
    let line = without_links(start(paragraph.unwrap_or_default(), MOST_LOOKED_AT))
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let end = line
        .match_indices(['.', '!', '?'])
        .find(|(at, _)| line[at + 1..].is_empty() || line[at + 1..].starts_with(' '));
    let sentence = end.map_or(line.as_str(), |(at, _)| &line[..=at]);
    match start(sentence, LONGEST_SUMMARY) {
        cut if cut.len() < sentence.len() => format!("{}…", cut.trim_end()),
        whole => whole.to_owned(),
    }
}

/// The first characters of a text.
fn start(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(end, _)| &text[..end])
}

/// The words of `[words](address)`, and what is `**strong**` without its stars.
fn without_links(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        plain.push_str(before);
        let link = after.split_once("](").and_then(|(words, after)| Some((words, after.split_once(')')?.1)));
        match link.filter(|(words, _)| !words.contains(['[', '\n'])) {
            Some((words, after)) => {
                plain.push_str(words);
                rest = after;
            }
            None => {
                plain.push('[');
                rest = after;
            }
        }
    }
    (plain + rest).replace("**", "")
}

/// The vendor's pages that OpenAPI itself names.
fn pages(root: &Node, info: &Node) -> Vec<Node> {
    let docs = root.get("externalDocs");
    let page = |title: &str, url: Option<&Node>| {
        let url = url
            .filter(|url| url.as_text().is_some_and(|url| url.starts_with("https://") || url.starts_with("http://")))?;
        let mut page = Mapping::at(url.span);
        page.text("title", title, url.span);
        page.put("url", url.clone());
        Some(page.node())
    };
    let title = docs.and_then(|docs| text_of(docs, "description")).map_or("Documentation".to_owned(), first_sentence);
    let title = if title.is_empty() { "Documentation".to_owned() } else { title };
    [
        page(&title, docs.and_then(|docs| docs.get("url"))),
        page("Contact", info.get("contact").and_then(|contact| contact.get("url"))),
        page("Terms of service", info.get("termsOfService")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What the document says about its tags, by their names and by those of the entities that they stand for.
pub(crate) fn tags(root: &Node) -> HashMap<String, &Node> {
    let mut tags = HashMap::new();
    for tag in root.get("tags").map(items).unwrap_or_default() {
        for name in text_of(tag, "name").into_iter().flat_map(|name| [name.to_owned(), lower(name, "entity")]) {
            tags.entry(name).or_insert(tag);
        }
    }
    tags
}

/// The summary of something that has one, or a description.
pub(crate) fn summary_of(node: &Node) -> Option<Node> {
    let said = node.get("summary").or_else(|| node.get("description"))?;
    let sentence = first_sentence(said.as_text()?);
    (!sentence.is_empty()).then(|| text(sentence, said.span))
}

/// A server that the document does not name.
pub(crate) fn no_server(context: &mut Context<'_>, config: &mut Config, span: Span) -> Node {
    context.note(&["server"], "the document names no server");
    text(config.open("server", "Base URL of the API", span), span)
}

#[cfg(test)]
mod tests {
    use super::{first_sentence, named, semantic};

    #[test]
    fn versions_become_semantic() {
        for (said, expected) in [
            ("1.2.3", "1.2.3"),
            ("v1", "1.0.0"),
            ("2024-01-05", "2024.1.5"),
            ("1.0", "1.0.0"),
            ("", "1.0.0"),
            ("beta", "1.0.0"),
            ("1.2.3-beta", "1.2.3"),
            ("01.2.3", "1.2.3"),
        ] {
            assert_eq!(semantic(said), expected, "{said}");
        }
    }

    #[test]
    fn names_and_summaries_are_short() {
        assert_eq!(named("Acme Billing API (v2)", Some("example")), "acme_billing");
        assert_eq!(named("API", None), "api");
        assert_eq!(named("API Reference", Some("example")), "example");
        assert_eq!(named("BookHub v3 REST API", Some("bookhub")), "bookhub");
        assert_eq!(
            named("One two three four five six seven eight nine", None),
            "one_two_three_four_five_six_seven_eight"
        );
        assert_eq!(first_sentence("# Hello\n\nThis is v1.2 of\nit. More."), "This is v1.2 of it.");
        assert_eq!(first_sentence("See the [guide](https://a.example/b.c) of **us**. Now"), "See the guide of us.");
        assert_eq!(first_sentence(""), "");
    }
}
