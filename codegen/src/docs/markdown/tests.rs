//! Hostile and ordinary texts as Markdown.

use super::{Block, Inline, code, escaped, fenced, safe_url};

#[test]
fn plain_text_is_escaped() {
    for (text, expected) in [
        ("snake_case stays", "snake_case stays"),
        ("_lone_ *star*", r"\_lone\_ \*star\*"),
        ("a | b", r"a \| b"),
        ("<b>", "&lt;b>"),
        ("&lt; AT&T & co", "&amp;lt; AT&T & co"),
        ("[x](y) ![z](q)", r"\[x\](y) !\[z\](q)"),
        ("$x$ ~~no~~ `c` \\", r"\$x\$ \~\~no\~\~ \`c\` \\"),
        ("# no", r"\# no"),
        ("- no", r"\- no"),
        ("12. no", r"12\. no"),
        ("2026-03-11", "2026-03-11"),
        ("a\n\n# b\t\u{1b}[2J", "a  # b  \\[2J"),
        ("e\u{202e}vil", "evil"),
    ] {
        assert_eq!(Inline::text(text).as_str(), expected, "{text:?}");
    }
}

#[test]
fn markdown_of_a_manifest_becomes_one_line() {
    for (text, expected) in [
        ("Sent as `X-Trace`, **always**.", "Sent as `X-Trace`, **always**."),
        ("one\ntwo\n\nthree", "one two three"),
        ("# Heading\n- a\n- b", "Heading a b"),
        ("```sh\nls | wc\n```", "<code>ls &#124; wc</code>"),
        ("~~~", ""),
        ("[good](https://example.com/a b)", r"\[good\](https://example.com/a b)"),
        ("[good](<https://example.com/a|b>)", "[good](https://example.com/a%7Cb)"),
        ("[bad](javascript:alert(1)) [rel](../x) [here](#y)", "bad rel here"),
        ("[ref]\n\n[ref]: javascript:x", "ref"),
        ("![alt](https://example.com/x.png)", "alt"),
        ("Use <id> and <!-- not --> <https://example.com>", {
            "Use &lt;id> and &lt;!-- not --> [https://example.com](https://example.com)"
        }),
        ("- 1\\. a", r"1\. a"),
        ("`a|b`", "<code>a&#124;b</code>"),
        ("`` ` ``", "`` ` ``"),
        ("not `closed", r"not \`closed"),
    ] {
        assert_eq!(Inline::markdown(text).map_or(String::new(), |line| line.as_str().to_owned()), expected, "{text:?}");
    }
}

#[test]
fn markdown_of_a_manifest_keeps_its_blocks_and_makes_none_of_the_page() {
    for (text, expected) in [
        ("a\nb\n\nc", "a\nb\n\nc"),
        ("1. a\n2. b\n   - c\n\nd", "1. a\n2. b\n   - c\n\nd"),
        ("# H\n\ntext", "**H**\n\ntext"),
        ("H\n===\n\nH\n---\n\n---", "**H**\n\n**H**"),
        ("```rust\nnever closed", "```rust\nnever closed\n```"),
        ("````\n```\n````", "````\n```\n````"),
        ("```a b{c}\nx\n```", "```a\nx\n```"),
        ("    indented <b>", "```\nindented <b>\n```"),
        ("<div>\n\n**b**\n\n</div>", "&lt;div>\n\n**b**\n\n&lt;/div>"),
        ("<details><b>", "&lt;details>&lt;b>"),
        ("> a\n> # b", "> a\n>\n> **b**"),
        ("| a |\n|---|", "\\| a \\|\n\\|---\\|"),
        ("a\\\nb", "a\\\nb"),
        ("\\# a\n\\- b\n1\\. c", "\\# a\n\\- b\n1\\. c"),
        ("[x]: https://example.com", ""),
        ("<!-- a", "&lt;!-- a"),
    ] {
        assert_eq!(
            Block::markdown(text).map_or(String::new(), |block| block.as_str().to_owned()),
            expected,
            "{text:?}"
        );
    }
}

#[test]
fn what_is_nested_without_end_does_not_exhaust_the_stack() {
    for text in
        ["> ".repeat(5_000), "- ".repeat(5_000), "*a ".repeat(20_000), "[".repeat(20_000), "**a *b ".repeat(5_000)]
    {
        let text = format!("{text}x");
        assert!(Block::markdown(&text).is_some());
        assert!(Inline::markdown(&text).is_some());
    }
}

#[test]
fn code_ends_only_at_its_end() {
    for (text, expected) in [
        ("a", "`a`"),
        ("`", "`` ` ``"),
        ("a``b", "```a``b```"),
        ("", "`\"\"`"),
        ("  ", "`\"  \"`"),
        ("a|`b", "<code>a&#124;&#96;b</code>"),
        ("\\|", "<code>&#92;&#124;</code>"),
    ] {
        assert_eq!(code(text), expected, "{text:?}");
    }
    assert_eq!(fenced("sh", "a\n```\nb\n"), "````sh\na\n```\nb\n````");
}

#[test]
fn links_lead_to_the_web_or_nowhere() {
    assert_eq!(safe_url("HTTPS://example.com/(a) b").as_deref(), Some("HTTPS://example.com/%28a%29%20b"));
    assert_eq!(safe_url("mailto:a@example.com").as_deref(), Some("mailto:a@example.com"));
    for url in
        ["javascript:alert(1)", "data:text/html,x", "//example.com", "/a", "#a", "", "htt\u{0}ps://x", "vbscript:x"]
    {
        assert_eq!(safe_url(url), None, "{url}");
    }
    assert_eq!(escaped("https://example.com/a_b"), "https://example.com/a_b");
}
