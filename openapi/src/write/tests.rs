//! That what is written is read back as it was, and reads well.

use proptest::prelude::*;
use tieline::yaml::{Map, Node, Value};

use super::to_yaml;
use crate::Note;
use crate::same::is_same_in_order;
use crate::tree::testing::{node, read};

fn written(node: &Node) -> String {
    let text = to_yaml(node, &[]);
    assert!(is_same_in_order(&read(&text), node), "{text}");
    text.strip_prefix(&format!("{}\n", super::MODELINE)).expect("the first line").to_owned()
}

/// Texts that mean something in YAML, more often than chance would have it.
fn text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "a",
        "word",
        " ",
        "  ",
        "\n",
        "\n\n",
        "\t",
        "\r",
        "\r\n",
        ": ",
        ":",
        " #",
        "#",
        "- ",
        "-",
        "---",
        "...",
        "? ",
        "?",
        "&x",
        "*x",
        "<<",
        "~",
        "null",
        "yes",
        "true",
        "1.10",
        "0x1f",
        "1e3",
        ".inf",
        "2026-03-11",
        "[",
        "]",
        "{",
        "}",
        ",",
        "'",
        "\"",
        "\\",
        "|",
        ">",
        "%",
        "@",
        "`",
        "!",
        "ä",
        "鳥",
        "🚀",
        "\0",
        "\u{7}",
        "\u{7f}",
        "\u{85}",
        "\u{a0}",
        "\u{2028}",
        "\u{2029}",
        "\u{feff}",
        "\u{fffe}",
        "\u{202e}",
        "some longer words of a sentence",
        "${token}",
        "=",
    ]);
    let piece_of = prop::collection::vec(pieces.clone(), 0..8).prop_map(|pieces| pieces.concat());
    let lines = prop::collection::vec(prop::collection::vec(pieces, 0..4).prop_map(|p| p.concat()), 0..6)
        .prop_map(|lines| lines.join("\n"));
    let long = ("[a-z,:# ]{100,300}", 0..3_usize).prop_map(|(text, breaks)| text + &"\n".repeat(breaks));
    let very_long = "[a-z]{1020,1030}";
    prop_oneof![6 => piece_of, 4 => lines, 2 => long, 1 => very_long, 2 => any::<String>(), 4 => "[a-z_]{1,8}"]
}

fn number() -> impl Strategy<Value = serde_json::Number> {
    let float = prop_oneof![
        prop::num::f64::NORMAL,
        prop::sample::select(vec![-0.0, 0.0, 1.0, 1e300, 1e16, 1e-7, f64::MAX, f64::MIN_POSITIVE])
    ];
    prop_oneof![
        any::<i64>().prop_map(serde_json::Number::from),
        any::<u64>().prop_map(serde_json::Number::from),
        Just(serde_json::Number::from(u64::MAX)),
        float.prop_map(|float| serde_json::Number::from_f64(float).expect("a finite number")),
    ]
}

fn any_tree() -> impl Strategy<Value = Node> {
    let leaf = prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::Bool),
        2 => number().prop_map(Value::Number),
        6 => text().prop_map(Value::Text),
    ];
    let key = prop_oneof![3 => text(), 1 => prop::sample::select(vec!["entities", "auth", "actions", "params"]).prop_map(str::to_owned)];
    leaf.prop_map(node).prop_recursive(6, 48, 6, move |inner| {
        let entry = (key.clone(), inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..6).prop_map(Value::List),
            prop::collection::vec(entry, 0..6).prop_map(|entries| Value::Map(map(entries))),
        ]
        .prop_map(node)
    })
}

fn map(entries: Vec<(String, Node)>) -> Map {
    entries.into_iter().map(|(key, value)| (key, value.into())).collect()
}

/// Notes at places in a tree and beside it.
fn any_notes() -> impl Strategy<Value = Vec<Note>> {
    let at = prop::collection::vec(prop_oneof![text(), "[0-3]"], 0..4);
    let note = (at, text()).prop_map(|(at, text)| Note { at, text });
    prop::collection::vec(note, 0..4)
}

/// Gives each note a place that is in the tree, where it can.
fn placed(tree: &Node, notes: Vec<Note>) -> Vec<Note> {
    notes
        .into_iter()
        .map(|note| {
            let mut at = Vec::new();
            let mut node = tree;
            for (step, key) in note.at.iter().enumerate() {
                let next = match &node.value {
                    Value::Map(map) => map
                        .get_index((key.len() + step) % map.len().max(1))
                        .map(|(key, entry)| (key.clone(), &entry.value)),
                    Value::List(items) => items
                        .iter()
                        .enumerate()
                        .nth(key.len() % items.len().max(1))
                        .map(|(at, item)| (at.to_string(), item)),
                    _ => None,
                };
                let Some((key, inner)) = next else { break };
                at.push(key);
                node = inner;
            }
            Note { at, ..note }
        })
        .collect()
}

#[test]
fn what_is_small_stands_in_a_line_and_what_is_large_below_its_key() {
    let expected = r##"tieline: 1
name: library
version: 0.1.0
summary: Books of a city library, and who has them.
description: |
  The first line.

    An indented one.
links:
  - { title: API reference, url: "https://example.com/api" }

server: https://${config.tenant}.example.com/v1
headers: { Api-Version: "${config.api_version}" }

auth:
  token:
    fields: { token: { description: "From *Settings*, then *API*", secret: true, prefix: [lib_] } }
    bearer: ${token}

pagination:
  cursor: { kind: cursor, cursor: after, next: $.next, size: limit, max_size: 50 }
errors: { code: $.code, message: $.message }
check: books.list

entities:
  books:
    record: Book
    actions:
      list:
        get: /books
        records: $.books
        params:
          author: { type: string, description: Only books by this author }
          genre:
            type: string
            description: >-
              Only books of this genre; a genre that the library does not know is an error, and one that has been given
              up stands for the one that took its place.
            enum: [biography, children, classics, comics, cookery, crime, drama, essays, fantasy, history, horror,
              humour, memoir, music, nature, philosophy, poetry, politics, reference, religion, romance, science]
        examples:
          - answer: { books: [ { id: "1", title: Emma } ] }

  loans:
    actions:
      delete: {}

schemas:
  Book:
    type: object
    required: [id]
    properties:
      id: { type: string, pattern: ^\d+$, examples: ["1.10", "2026-03-11", "no", on time] }
      title: { anyOf: [ { type: string }, { type: "null" } ] }
      shelf:
        anyOf:
          - $ref: "#/schemas/Shelf"
          - type: object
            properties: { row: { type: integer }, place: { type: integer }, storey_or_floor: { type: integer } }
"##;
    let text = written(&read(expected));
    assert_eq!(text, expected);
}

#[test]
fn a_scalar_has_quotes_where_it_would_be_something_else() {
    for (text, block, in_flow) in [
        ("plain words", "plain words", "plain words"),
        ("a, b", "a, b", "\"a, b\""),
        ("/users/{id}", "/users/{id}", "\"/users/{id}\""),
        ("https://example.com", "https://example.com", "\"https://example.com\""),
        ("", "\"\"", "\"\""),
        ("~", "\"~\"", "\"~\""),
        ("No", "\"No\"", "\"No\""),
        ("1.10", "\"1.10\"", "\"1.10\""),
        ("0.1.0", "0.1.0", "0.1.0"),
        ("+1e3", "\"+1e3\"", "\"+1e3\""),
        ("12:30", "\"12:30\"", "\"12:30\""),
        (".NaN", "\".NaN\"", "\".NaN\""),
        ("0xff", "\"0xff\"", "\"0xff\""),
        ("2026-03-11T09:30:00Z", "\"2026-03-11T09:30:00Z\"", "\"2026-03-11T09:30:00Z\""),
        ("7c1e9a34-2f60", "7c1e9a34-2f60", "7c1e9a34-2f60"),
        ("a: b", "\"a: b\"", "\"a: b\""),
        ("a #b", "\"a #b\"", "\"a #b\""),
        ("a#b", "a#b", "a#b"),
        ("- a", "\"- a\"", "\"- a\""),
        ("...", "\"...\"", "\"...\""),
        ("<<", "\"<<\"", "\"<<\""),
        ("say \"hi\", it's \\d", "say \"hi\", it's \\d", "'say \"hi\", it''s \\d'"),
        (
            "\"\u{7}\t\u{85}\u{2028}\u{feff}\u{202e}",
            r#""\"\u0007\t\u0085\u2028\ufeff\u202e""#,
            r#""\"\u0007\t\u0085\u2028\ufeff\u202e""#,
        ),
    ] {
        let value = node(Value::Text(text.to_owned()));
        assert_eq!(written(&node(Value::Map(map(vec![("k".to_owned(), value.clone())])))), format!("k: {block}\n"));
        assert_eq!(super::flow::line(&value), in_flow);
    }
}

#[test]
fn a_text_of_several_lines_keeps_them() {
    for (text, expected) in [
        ("a\nb", "k: |-\n  a\n  b\n"),
        ("a\n\n  b  \n", "k: |\n  a\n\n    b  \n"),
        ("a\nb\n\n", "k: |+\n  a\n  b\n\n"),
        ("  a\nb\n", "k: |2\n    a\n  b\n"),
        ("a\r\nb", "k: \"a\\r\\nb\"\n"),
        ("a\n\tb", "k: \"a\\n\\tb\"\n"),
        ("\n", "k: \"\\n\"\n"),
        ("a\n  ", "k: \"a\\n  \"\n"),
    ] {
        let value = node(Value::Text(text.to_owned()));
        assert_eq!(written(&node(Value::Map(map(vec![("k".to_owned(), value)])))), expected);
    }
}

#[test]
fn a_note_stands_before_its_key_and_cannot_leave_its_comment() {
    let tree = read(
        "{ entities: { users: { actions: { list: { get: /users, records: $.data, params: { a: { in: query } } } } } }, links: [{ title: a, url: b }, { title: c, url: d }] }",
    );
    let note =
        |at: &[&str], text: &str| Note { at: at.iter().map(|key| (*key).to_owned()).collect(), text: text.to_owned() };
    let notes = [
        note(&[], "About the whole"),
        note(&["entities", "users"], "The tag `users`\nname: evil\r\u{85}name: worse\u{2028}\u{7}# more"),
        note(&["entities", "users", "actions", "list", "records"], &"The only list in the answer, ".repeat(6)),
        note(&["entities", "users", "actions", "list", "params", "a", "in"], "A guess"),
        note(&["entities", "users", "actions", "gone"], "Of what is not there"),
        note(&["links", "1", "url"], "A mapping that could have been in a line"),
        note(&["links", "0"], "An item"),
        note(&["links"], " \n "),
    ];
    let text = to_yaml(&tree, &notes);
    assert_eq!(
        text,
        r#"# yaml-language-server: $schema=manifest.schema.json
# About the whole

entities:
  # The tag `users` name: evil name: worse # more
  users:
    # Of what is not there
    actions:
      list:
        get: /users
        # The only list in the answer, The only list in the answer, The only list in the answer, The only list in the
        # answer, The only list in the answer, The only list in the answer,
        records: $.data
        params:
          a:
            # A guess
            in: query

links:
  # An item
  - { title: a, url: b }
  -
    title: c
    # A mapping that could have been in a line
    url: d
"#
    );
    assert!(is_same_in_order(&read(&text), &tree));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn every_tree_comes_back(tree in any_tree(), notes in any_notes()) {
        let text = to_yaml(&tree, &placed(&tree, notes.clone()));
        prop_assert!(is_same_in_order(&read(&text), &tree), "{text}\n{tree:?}");
        let text = to_yaml(&tree, &notes);
        prop_assert!(is_same_in_order(&read(&text), &tree), "{text}\n{tree:?}");
    }

    #[test]
    fn every_text_comes_back(text in text()) {
        let entry = node(Value::Map(map(vec![(text.clone(), node(Value::Text(text)))])));
        let tree = node(Value::List(vec![entry.clone(), node(Value::List(vec![entry]))]));
        let written = to_yaml(&tree, &[]);
        prop_assert!(is_same_in_order(&read(&written), &tree), "{written}");
    }

    #[test]
    fn every_node_has_a_line(tree in any_tree()) {
        let line = super::flow::line(&tree);
        prop_assert!(!line.contains('\n'));
        prop_assert!(is_same_in_order(&read(&line), &tree), "{line}");
    }
}
