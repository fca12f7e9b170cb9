//! Markdown of a manifest as HTML that can do nothing: no markup of its own, no links but those of the web.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

/// The HTML of a text.
pub(super) fn html(text: &str) -> String {
    let mut dropped = Vec::new();
    let events = Parser::new(text).filter_map(move |event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        Event::Start(tag) => {
            let is_harmless = match &tag {
                Tag::Link { dest_url, .. } => dest_url.starts_with("https://"),
                Tag::Image { .. } => false,
                _ => true,
            };
            if matches!(tag, Tag::Link { .. } | Tag::Image { .. }) {
                dropped.push(!is_harmless);
            }
            is_harmless.then_some(Event::Start(tag))
        }
        Event::End(end @ (TagEnd::Link | TagEnd::Image)) => (!dropped.pop().unwrap_or(true)).then_some(Event::End(end)),
        other => Some(other),
    });
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, events);
    html
}

#[cfg(test)]
mod tests {
    use super::html;

    #[test]
    fn nothing_but_text_and_links_to_the_web_comes_through() {
        assert_eq!(
            html("1. *a* `b`\n2. [c](https://example.com/)"),
            "<ol>\n<li><em>a</em> <code>b</code></li>\n<li><a href=\"https://example.com/\">c</a></li>\n</ol>\n"
        );
        for hostile in [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)>",
            "[a](javascript:alert(1))",
            "![a](https://example.com/x.png)",
        ] {
            let html = html(hostile);
            assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("href"), "{html}");
        }
    }
}
