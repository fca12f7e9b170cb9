//! What holds for every text, every JSON value and every real specification.

use proptest::prelude::*;
use serde_json::Value;

use super::{read, scalars};
use crate::source::Span;
use crate::yaml::{self, Node};

/// Texts made of what means something in YAML, more often than chance would.
fn yaml_like() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "a",
        "b: ",
        "- ",
        "\n",
        "\n  ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        ": ",
        "? ",
        "&x ",
        "*x",
        "<<: ",
        "!!str ",
        "!t ",
        "|\n",
        ">-\n",
        "'",
        "\"",
        "\\u00e4",
        "\\ud83d",
        "#",
        " # c",
        "---\n",
        "...",
        "%YAML 1.2\n",
        "\t",
        "\r\n",
        "ä",
        "鳥",
        "\0",
        "\u{feff}",
        "0755",
        "1e9",
        "~",
        "\u{85}",
        "\u{2028}",
        "\u{7f}",
        "@",
        "`",
    ]);
    prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

/// Texts that may stand in quotes as they are: YAML wants other characters escaped, and `serde_json` does not do that.
fn printable() -> impl Strategy<Value = String> {
    let allowed = |c: char| !matches!(c, '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}');
    any::<String>().prop_map(move |text| text.chars().filter(|c| allowed(*c)).collect())
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        prop::num::f64::NORMAL.prop_map(Value::from),
        any::<f32>().prop_filter("finite", |n| n.is_finite()).prop_map(Value::from),
        printable().prop_map(Value::from),
        "[a-z0-9 :#,~<>.-]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec((printable(), inner), 0..8)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

fn check_json(value: &Value, text: &str) -> Result<(), TestCaseError> {
    let (tree, findings) = read(text);
    prop_assert!(findings.is_empty(), "{}", findings);
    prop_assert_eq!(tree.map(|tree| tree.to_json()), Some(value.clone()));
    Ok(())
}

/// Reading works out one way or the other, findings can be shown, and spans lie in the text.
fn check_any(text: &str) {
    let (tree, findings) = read(text);
    assert!(tree.is_some() || findings.errors() > 0, "{text:?}");
    assert!(findings.is_empty() != findings.render(false).contains("error"));
    if let Some(tree) = tree {
        scalars(&tree, text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics(text in any::<String>()) {
        check_any(&text);
    }

    #[test]
    fn no_yaml_like_text_panics(text in yaml_like()) {
        check_any(&text);
    }

    #[test]
    fn json_comes_back_the_same(value in any_json()) {
        check_json(&value, &serde_json::to_string(&value).expect("JSON"))?;
        check_json(&value, &serde_json::to_string_pretty(&value).expect("JSON"))?;
    }

    #[test]
    fn a_moved_tree_covers_the_same_text(value in any_json(), before in ".{0,20}") {
        let text = serde_json::to_string_pretty(&value).expect("JSON");
        let (tree, _) = read(&text);
        let tree = tree.expect("a tree");
        let mut moved = tree.clone();
        moved.move_by(before.len());
        prop_assert_eq!(spans(&moved), spans(&tree).into_iter().map(|span| span.moved(before.len())).collect::<Vec<_>>());
        let longer = format!("{before}{text}");
        prop_assert_eq!(scalars(&moved, &longer), scalars(&tree, &text));
    }
}

/// Every place in a tree.
fn spans(node: &Node) -> Vec<Span> {
    let below = match &node.value {
        yaml::Value::List(list) => list.iter().flat_map(spans).collect(),
        yaml::Value::Map(map) => map.values().flat_map(|e| std::iter::once(e.span).chain(spans(&e.value))).collect(),
        _ => Vec::new(),
    };
    std::iter::once(node.span).chain(below).collect()
}

#[test]
fn a_large_json_document_is_read() {
    let record = r#"{"id": 12345, "name": "größe \"x\"", "tags": ["a", "b"], "score": 1.25, "ok": true, "none": null}"#;
    let text = format!("[{}]", vec![record; 20_000].join(",\n"));
    let (tree, findings) = read(&text);
    assert!(findings.is_empty(), "{findings}");
    let expected: Value = serde_json::from_str(&text).expect("JSON");
    assert!(tree.expect("a tree").to_json() == expected);
}

/// Reads every specification in `TIELINE_SPECS_DIR`; says so if it is not set.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads the documents that it is given")]
fn real_specifications_are_read() {
    let Some(folder) = std::env::var_os("TIELINE_SPECS_DIR") else {
        eprintln!("real_specifications_are_read did not run: TIELINE_SPECS_DIR is not set");
        return;
    };
    let mut read_files = 0;
    for file in std::fs::read_dir(folder).expect("a folder") {
        let path = file.expect("a file").path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            let text = std::fs::read_to_string(&path).expect("text");
            let (tree, findings) = read(&text);
            assert!(findings.is_empty(), "{}\n{findings}", path.display());
            assert!(tree.expect("a tree").get("paths").is_some(), "{}", path.display());
            read_files += 1;
        }
    }
    assert!(read_files > 0, "there is no specification in TIELINE_SPECS_DIR");
}
