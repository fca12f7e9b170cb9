//! Documents that want to cost more than they weigh.

use std::time::{Duration, Instant};

use super::{found, read};
use crate::source::{Code, Source};
use crate::yaml::{Limits, parse};

/// Reading a text ends quickly, without a tree, and says why.
fn is_stopped(text: &str, message: &str) {
    let began = Instant::now();
    let (tree, findings) = read(text);
    assert!(tree.is_none(), "{message}");
    let limits: Vec<&str> =
        findings.iter().filter(|finding| finding.code == Code::Limit).map(|finding| finding.message.as_str()).collect();
    assert_eq!(limits, [message]);
    assert!(began.elapsed() < Duration::from_secs(20), "{message}: took {:?}", began.elapsed());
}

const TOO_DEEP: &str = "the document nests more than 128 levels deep";
const TOO_MANY: &str = "the document has more than 1000000 nodes once aliases are expanded";
const TOO_LONG: &str = "the document has more than 33554432 bytes of text once aliases are expanded";

#[test]
fn billion_laughs() {
    let mut text = String::from("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for level in 1..20 {
        let aliases = vec![format!("*a{}", level - 1); 9].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    is_stopped(&text, TOO_MANY);
}

#[test]
fn many_aliases_of_a_long_scalar() {
    is_stopped(&format!("a: &a {}\nb: [{}]\n", "x".repeat(200_000), "*a, ".repeat(20_000)), TOO_LONG);
}

#[test]
fn many_merges_of_a_large_mapping() {
    let keys: String = (0..10_000).map(|key| format!("k{key}: 1, ")).collect();
    is_stopped(&format!("a: &a {{ {keys} }}\nb:\n{}", "- <<: *a\n".repeat(10_000)), TOO_MANY);
}

#[test]
fn deep_nesting() {
    is_stopped(&"- ".repeat(50_000), TOO_DEEP);
    is_stopped(&"[".repeat(50_000), TOO_DEEP);
    is_stopped(&"{a: ".repeat(50_000), TOO_DEEP);
    is_stopped(&format!("{}{}", "[{a: ".repeat(65), "}]".repeat(65)), TOO_DEEP);
    is_stopped(&format!("{}{}{}", "- ".repeat(65), "[".repeat(65), "]".repeat(65)), TOO_DEEP);
}

#[test]
fn deep_nesting_by_aliases() {
    let mut text = String::from("- &a0 [x]\n");
    for level in 1..1000 {
        text.push_str(&format!("- &a{level} [*a{}]\n", level - 1));
    }
    is_stopped(&text, TOO_DEEP);
}

#[test]
fn an_anchor_on_every_level() {
    let opened: String = (0..120).map(|level| format!("&a{level} [")).collect();
    is_stopped(&format!("{opened}{}{}", "x, ".repeat(100_000), "]".repeat(120)), TOO_MANY);
}

#[test]
fn the_deepest_allowed_tree_is_read() {
    let text = format!("{}x{}", "[".repeat(128), "]".repeat(128));
    assert_eq!(found(&text), [""; 0]);
}

#[test]
fn self_reference() {
    assert_eq!(found("&a [*a]"), ["invalid-value 1:5 `*a` stands inside the value it names"]);
    assert_eq!(found("&a { b: *a }"), ["invalid-value 1:9 `*a` stands inside the value it names"]);
    assert_eq!(found("&a { <<: *a }").len(), 2);
    assert_eq!(found("[*b, &b 1]"), ["unknown-reference 1:2 there is no anchor `&b` before `*b`"]);
}

#[test]
fn endless_findings() {
    is_stopped(&"a: 1\n".repeat(100_000), "there are too many problems; the rest is not read");
    let (_, findings) = read(&format!("{0}: 1\n{0}: 2\n", "k".repeat(1000)));
    assert!(findings.iter().all(|finding| finding.message.len() < 200));
}

#[test]
fn limits_are_the_callers() {
    let stops_at = |limits: Limits| {
        let mut findings = Vec::new();
        let tree = parse(&Source::new("t", "[a, [b, {c: dd}]]"), limits, &mut findings);
        assert_eq!(tree.is_none(), !findings.is_empty());
        findings.first().map(|finding| finding.message.clone())
    };
    let limits = Limits { bytes: 17, depth: 3, nodes: 7, scalar_bytes: 5 };
    assert_eq!(stops_at(limits), None);
    assert!(stops_at(Limits { bytes: 16, ..limits }).is_some_and(|message| message.contains("17 bytes")));
    assert!(stops_at(Limits { depth: 2, ..limits }).is_some_and(|message| message.contains("2 levels")));
    assert!(stops_at(Limits { nodes: 6, ..limits }).is_some_and(|message| message.contains("6 nodes")));
    assert!(stops_at(Limits { scalar_bytes: 4, ..limits }).is_some_and(|message| message.contains("4 bytes")));
}
