//! What texts become: scalars, keys, tags, merges and spans.

use serde_json::json;

use super::{found, json, read, scalars, slice};

#[test]
fn plain_scalars_follow_the_core_schema() {
    let cases = [
        ("[no, y, on, Off, NO]", json!(["no", "y", "on", "Off", "NO"])),
        ("[true, True, FALSE, tRUE]", json!([true, true, false, "tRUE"])),
        ("[null, ~, Null, NULL, nULL]", json!([null, null, null, null, "nULL"])),
        ("a:\nb: { c: }", json!({ "a": null, "b": { "c": null } })),
        ("[0, -1, +2, 0x1f, 0o17, 0xfg, 0o8, 0x, -0x1]", json!([0, -1, 2, 31, 15, "0xfg", "0o8", "0x", "-0x1"])),
        ("[1.5, 1., .5, 1e3, -1.5E-2, 1_000, 1.2.3]", json!([1.5, 1.0, 0.5, 1000.0, -0.015, "1_000", "1.2.3"])),
        ("[0755, -007, 01.5, 0.5, 0e1, 00]", json!(["0755", "-007", "01.5", 0.5, 0.0, "00"])),
        ("[., +, -1e, e1, 1e+, 2026-03-11, 12:30]", json!([".", "+", "-1e", "e1", "1e+", "2026-03-11", "12:30"])),
        ("[18446744073709551615, -9223372036854775808]", json!([u64::MAX, i64::MIN])),
        ("[18446744073709551616, 0x10000000000000000]", json!([18446744073709551616.0, 18446744073709551616.0])),
        ("['1', \"true\", 'null', '']", json!(["1", "true", "null", ""])),
    ];
    for (text, expected) in cases {
        assert_eq!(json(text), expected, "{text}");
    }
}

#[test]
fn numbers_that_json_does_not_have_are_findings() {
    assert_eq!(found("a: -.inf"), ["invalid-value 1:4 `-.inf` is not a number that JSON has"]);
    assert_eq!(found("a: .NaN"), ["invalid-value 1:4 `.NaN` is not a number that JSON has"]);
    assert_eq!(found("a: 1e999"), ["invalid-value 1:4 the number `1e999` is too large"]);
}

#[test]
fn keys_are_text_as_written() {
    assert_eq!(
        json("200: a\n0x1: b\ntrue: c\nnull: d\n1.10: e"),
        json!({
            "200": "a", "0x1": "b", "true": "c", "null": "d", "1.10": "e",
        })
    );
    assert_eq!(json("- &k key\n- *k : 1"), json!(["key", { "key": 1 }]));
    assert_eq!(json(": v"), json!({ "null": "v" }));
    assert_eq!(found("? [a, b]\n: x\nc: 1"), ["wrong-type 1:3 a key must be text, not a list"]);
    assert_eq!(found("{ {a: 1}: x }"), ["wrong-type 1:3 a key must be text, not a mapping"]);
}

#[test]
fn of_duplicate_keys_the_first_wins() {
    let (tree, _) = read("a: 1\nb: 2\na: { c: 3 }\n");
    assert_eq!(tree.expect("a tree").to_json(), json!({ "a": 1, "b": 2 }));
    assert_eq!(found("a: 1\na: 2"), ["duplicate-key 2:1 the key `a` stands here for the second time"]);
    assert_eq!(found("200: 1\n\"200\": 2"), ["duplicate-key 2:1 the key `200` stands here for the second time"]);
}

#[test]
fn merges_are_expanded_and_explicit_keys_win() {
    let base = "x: &x { a: 1, b: 2 }\ny: &y { b: 3, c: 4 }\n";
    let merged = |text: &str| json(&format!("{base}{text}"))["z"].clone();
    assert_eq!(merged("z: { <<: *x, b: 9 }"), json!({ "b": 9, "a": 1 }));
    assert_eq!(merged("z: { b: 9, <<: *x }"), json!({ "b": 9, "a": 1 }));
    assert_eq!(merged("z: { <<: [*y, *x] }"), json!({ "b": 3, "c": 4, "a": 1 }));
    assert_eq!(merged("z: { \"<<\": 1 }"), json!({ "<<": 1 }));
    assert_eq!(found("<<: 3"), ["wrong-type 1:5 `<<` merges a mapping or a list of mappings, not a number"]);
    assert_eq!(found("{ <<: {}, <<: {} }"), ["duplicate-key 1:11 the key `<<` stands here for the second time"]);
}

#[test]
fn tags_of_the_core_schema_decide() {
    assert_eq!(
        json("[!!str 12, ! 12, !!int '12', !!float 1, !!bool 'true', !!null '', !!str ]"),
        json!(["12", "12", 12, 1.0, true, null, "",])
    );
    assert_eq!(json("a: !!map { b: !!seq [] }"), json!({ "a": { "b": [] } }));
    assert_eq!(json("!<tag:yaml.org,2002:str> 1"), json!("1"));
    assert_eq!(found("!!int 1.5"), ["invalid-value 1:7 `1.5` is not a value that `!!int` can have"]);
    assert_eq!(found("!!map [1]"), ["wrong-type 1:7 `!!map` stands before a list"]);
    assert_eq!(found("!!seq x"), ["wrong-type 1:7 `!!seq` stands before a scalar"]);
    assert_eq!(found("!env HOME"), ["invalid-value 1:6 the tag `!env` is not known here"]);
    assert_eq!(found("!!binary aGk="), ["invalid-value 1:10 the tag `!!binary` is not known here"]);
}

#[test]
fn one_document_with_something_in_it() {
    assert_eq!(json("--- \na: 1\n...\n"), json!({ "a": 1 }));
    assert_eq!(json("null"), json!(null));
    assert_eq!(found("a: 1\n---\nb: 2"), ["syntax 2:1 a second document begins here"]);
    for empty in ["", "  \n", "# nothing\n", "---\n", "...\n", "\u{feff}"] {
        assert_eq!(found(empty), ["syntax 1:1 the document is empty"], "{empty:?}");
        assert!(read(empty).0.is_none());
    }
}

#[test]
fn json_documents_are_read() {
    let text = "{\r\n\t\"a\":\t[1,\t2e3],\n\t\"b\\/\": \"\\ud83d\\ude00\\u0000\\b\", \"c\":{\"d\":[]},\"e\":[{}]}\n";
    assert_eq!(json(text), serde_json::from_str::<serde_json::Value>(text).expect("JSON"));
    assert_eq!(found(r#"{"a": "\ud83d"}"#), ["syntax 1:7 this text has half of a surrogate pair"]);
}

#[test]
fn control_characters_are_findings() {
    assert_eq!(found("a: b\0c: d"), ["syntax 1:5 the character U+0000 cannot stand here"]);
    assert_eq!(found("\0"), ["syntax 1:1 the character U+0000 cannot stand here"]);
    assert_eq!(found("{\"a\": \"\u{7f}\"}"), ["syntax 1:8 the character U+007F cannot stand here"]);
}

#[test]
fn mistakes_are_named() {
    assert_eq!(found("a: b: c"), ["syntax 1:5 a `:` with a value cannot stand here"]);
    assert_eq!(found("a: @b"), ["syntax 1:4 `@` cannot stand here"]);
    assert_eq!(found("a: {b"), ["syntax 1:4 this `{` is not closed"]);
    assert_eq!(found("a: [b}"), ["syntax 1:4 `[` is closed by `}`"]);
    assert_eq!(found("a: \"b"), ["syntax 1:4 this quote is not closed"]);
    assert_eq!(found("a: \"\\q\""), ["syntax 1:4 this text has an escape that does not exist"]);
    assert_eq!(found("!e!x 1"), ["syntax 1:1 undeclared tag handle"]);
}

#[test]
fn spans_cover_what_is_written() {
    let text =
        "\u{feff}größe: ä b # ü\n'k': \"q\\u00e4\"\nl:\n- 1\n- { x: .5, y: }\nt: |\n  one\n  two\n\nf: >-\n  鳥\n";
    let (tree, findings) = read(text);
    assert!(findings.is_empty(), "{findings}");
    let tree = tree.expect("a tree");
    let written: Vec<&str> = scalars(&tree, text).into_iter().map(|(_, written)| written).collect();
    assert_eq!(written, ["ä b", "\"q\\u00e4\"", "1", ".5", "", "one\n  two", "鳥"]);
    assert_eq!(slice(&tree, text), text.trim_start_matches('\u{feff}').trim_end());
    assert_eq!(tree.get("l").map(|list| slice(list, text)), Some("- 1\n- { x: .5, y: }"));
    let indented = "l:\n  - a: 1\n    b: 2\n\n# end\n";
    let (tree, _) = read(indented);
    let tree = tree.expect("a tree");
    assert_eq!(slice(tree.nearest("/l"), indented), "- a: 1\n    b: 2");
    assert_eq!(slice(tree.nearest("/l/0"), indented), "a: 1\n    b: 2");
}

#[test]
fn an_alias_keeps_the_span_of_its_anchor() {
    let text = "a: &a [x]\nb: *a\nc: { d: *a }\n";
    let (tree, _) = read(text);
    let tree = tree.expect("a tree");
    assert_eq!(tree.to_json(), json!({ "a": ["x"], "b": ["x"], "c": { "d": ["x"] } }));
    assert_eq!(tree.nearest("/b").span, tree.nearest("/a").span);
    assert_eq!(slice(tree.nearest("/c"), text), "{ d: *a }");
    assert_eq!(slice(&tree, text), text.trim_end());
}
