//! Markdown of a manifest as HTML that can do nothing: no markup of its own, no images, no links but those of the web.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::page::{escaped, is_shown};

/// The HTML of a text.
pub(super) fn html(text: &str) -> String {
    let mut links = Vec::new();
    let text: String = text.chars().filter(|c| is_shown(*c)).collect();
    let events = Parser::new(&text).filter_map(move |event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        Event::Start(Tag::Link { dest_url, .. }) => {
            let is_web = dest_url.starts_with("https://");
            links.push(is_web);
            let link = format!("<a href=\"{}\" target=\"_blank\" rel=\"noopener noreferrer\">", escaped(&dest_url));
            is_web.then(|| Event::InlineHtml(link.into()))
        }
        Event::End(TagEnd::Link) => links.pop().unwrap_or(false).then(|| Event::InlineHtml("</a>".into())),
        // Its text stays.
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        // The headings of the page are its own.
        Event::Start(Tag::Heading { .. }) => Some(Event::Start(Tag::Paragraph)),
        Event::End(TagEnd::Heading(_)) => Some(Event::End(TagEnd::Paragraph)),
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
            html("1. *a* `b`\n2. [c](https://example.com/?a=1&b=2)\n\n# d"),
            "<ol>\n<li><em>a</em> <code>b</code></li>\n<li><a href=\"https://example.com/?a=1&amp;b=2\" target=\"_blank\" \
             rel=\"noopener noreferrer\">c</a></li>\n</ol>\n<p>d</p>\n"
        );
        for hostile in [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)>",
            "<div>\n\n[a](javascript:alert(1))\n</div>",
            "[a](data:text/html,b)",
            "[a](http://example.com/)",
            "![a](https://example.com/x.png)",
            "![a ![b](c)](https://example.com/x.png)",
            "[a]\n\n[a]: javascript:alert(1)",
            "<javascript:alert(1)>",
        ] {
            let html = html(hostile);
            let has = |what: &str| html.contains(what);
            assert!(!has("<script") && !has("<img") && !has("<a") && !has("<div"), "{html}");
        }
        let quoted = html("[a](<https://example.com/\" onmouseover=\"b>)");
        assert!(!quoted.contains("\" onmouseover"), "{quoted}");
    }
}
