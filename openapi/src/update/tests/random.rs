//! Any manifest, edited by hand and overtaken by its document, in any layout.

use proptest::prelude::*;
use tieline::source::Source;
use tieline::yaml::{Limits, Map, Node, Value, parse};

use super::read;
use crate::same::{is_same, is_same_in_order};
use crate::tree::testing::node;
use crate::update::{Outcome, merge::merge, update};
use crate::write::{key as flow_key, line};
use crate::{Note, Translation};

fn key() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "b", "c", "d", "e", "f", "b c", "~", "12", "entities", "x: y", "\"", "#"])
        .prop_map(str::to_owned)
}

fn leaf() -> impl Strategy<Value = Node> {
    let text = prop::sample::select(vec![
        "word",
        "two words",
        "a, b",
        "x\ny",
        "x\n# y\n",
        "x\n\n",
        "",
        "null",
        "a # b",
        "it's",
        "ends:",
    ]);
    let words = prop::collection::vec(prop::sample::select(vec!["one", "two", "a: b"]), 0..3);
    prop_oneof![
        Just(Value::Null),
        (0..4_u8).prop_map(|number| Value::Number(number.into())),
        text.prop_map(|text| Value::Text(text.to_owned())),
        words.prop_map(|words| Value::List(words.into_iter().map(|word| node(Value::Text(word.to_owned()))).collect())),
    ]
    .prop_map(node)
}

fn tree() -> impl Strategy<Value = Node> {
    leaf().prop_recursive(4, 40, 6, |inner| prop::collection::vec((key(), inner), 0..6).prop_map(mapping))
}

fn manifest() -> impl Strategy<Value = Node> {
    prop::collection::vec((key(), tree()), 1..7).prop_map(mapping)
}

fn mapping(entries: Vec<(String, Node)>) -> Node {
    node(Value::Map(entries.into_iter().map(|(key, value)| (key, value.into())).collect()))
}

/// Where something is done, and what: with a value, another value; else it is taken away.
type Edit = (Vec<usize>, String, Option<Node>);

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let way = prop::collection::vec(0..6_usize, 1..4);
    prop::collection::vec((way, key(), prop::option::weighted(0.7, tree())), 0..6)
}

fn edited(tree: &Node, edits: &[Edit]) -> Node {
    let mut tree = tree.clone();
    for (way, key, value) in edits {
        edit(&mut tree, way, key, value.as_ref());
    }
    tree
}

/// Goes a way down a tree and changes an entry there, or adds one.
fn edit(tree: &mut Node, way: &[usize], key: &str, value: Option<&Node>) {
    let Value::Map(map) = &mut tree.value else { return };
    let (step, rest) = way.split_first().expect("a way");
    let number = step % (map.len() + 1);
    if let Some((_, entry)) =
        map.get_index_mut(number).filter(|(_, entry)| !rest.is_empty() && matches!(entry.value.value, Value::Map(_)))
    {
        return edit(&mut entry.value, rest, key, value);
    }
    let is_there = number < map.len();
    match value {
        Some(value) if is_there => map[number] = value.clone().into(),
        Some(value) => drop(map.insert(key.to_owned(), value.clone().into())),
        None if is_there && map.len() > 1 => drop(map.shift_remove_index(number)),
        None => {}
    }
}

/// A comment in a text, by the keys that lead to what it is about.
struct Comment {
    text: String,
    about: Vec<String>,
    /// Whether it goes with a key; else it stands on its own in a mapping.
    is_of_key: bool,
}

/// Writes a tree in a layout that chance decides, with comments.
struct Layout<'r> {
    chances: std::iter::Cycle<std::slice::Iter<'r, u8>>,
    comments: Vec<Comment>,
    path: Vec<String>,
    /// Whether a text stands right before that keeps the free lines behind it.
    keeps_lines: bool,
}

impl Layout<'_> {
    fn chance(&mut self, of: u8) -> bool {
        self.chances.next().is_some_and(|chance| chance % of == 0)
    }

    fn comment(&mut self, is_of_key: bool) -> String {
        let text = format!("# comment {}.", self.comments.len());
        self.comments.push(Comment { text: text.clone(), about: self.path.clone(), is_of_key });
        text
    }

    fn block(&mut self, map: &Map, indent: usize) -> String {
        let spaces = " ".repeat(indent);
        let mut text = String::new();
        for (key, value) in map {
            if self.chance(5) && !self.keeps_lines {
                text += &format!("\n{spaces}{}\n\n", self.comment(false));
            }
            self.keeps_lines = false;
            self.path.push(key.clone());
            if self.chance(3) {
                text += &format!("{spaces}{}\n", self.comment(true));
            }
            text += &format!("{spaces}{}{}", flow_key(key), self.value(value, indent));
            self.path.pop();
        }
        text
    }

    fn value(&mut self, value: &Node, indent: usize) -> String {
        let behind = if self.chance(4) { format!("  {}", self.comment(true)) } else { String::new() };
        let step = if self.chance(3) { 4 } else { 2 };
        match &value.value {
            Value::Map(map) if !map.is_empty() && !self.chance(3) => {
                format!("{behind}\n{}", self.block(map, indent + step))
            }
            Value::Map(map) if !map.is_empty() => format!(" {}{behind}\n", self.braces(map, indent + step)),
            Value::List(items) if !items.is_empty() && self.chance(2) => {
                let items: Vec<String> =
                    items.iter().map(|item| format!("{}- {}\n", " ".repeat(indent + step), line(item))).collect();
                format!("{behind}\n{}", items.concat())
            }
            Value::Text(text) if text.starts_with("x\n") => {
                let lines: Vec<String> =
                    text.trim_end().split('\n').map(|line| format!("{}{line}\n", " ".repeat(indent + step))).collect();
                let (chomping, more) = match text.len() - text.trim_end().len() {
                    0 => ("-", ""),
                    1 => ("", ""),
                    _ => ("+", "\n"),
                };
                self.keeps_lines = chomping == "+";
                format!(" |{chomping}{behind}\n{}{more}", lines.concat())
            }
            Value::Null if self.chance(2) => format!("{behind}\n"),
            _ => format!(" {}{behind}\n", line(value)),
        }
    }

    fn braces(&mut self, map: &Map, indent: usize) -> String {
        let is_tall = self.chance(2);
        let mut text = String::from("{");
        for (number, (key, value)) in map.iter().enumerate() {
            self.path.push(key.clone());
            text += &if is_tall { format!("\n{}", " ".repeat(indent)) } else { " ".to_owned() };
            if is_tall && self.chance(4) {
                text += &format!("{}\n{}", self.comment(true), " ".repeat(indent));
            }
            let inner = match &value.value.value {
                Value::Map(map) if !map.is_empty() => self.braces(map, indent + 2),
                _ => line(value),
            };
            text += &format!("{} {inner}", flow_key(key));
            text += if number + 1 < map.len() { "," } else { "" };
            if is_tall && self.chance(4) {
                text += &format!(" {}", self.comment(true));
            }
            self.path.pop();
        }
        text + &if is_tall { format!("\n{}}}", " ".repeat(indent)) } else { " }".to_owned() }
    }
}

fn starts_with(path: &[String], prefix: &[String]) -> bool {
    path.len() >= prefix.len() && path.iter().zip(prefix).all(|(one, other)| one == other)
}

fn at<'t>(tree: &'t Node, path: &[String]) -> Option<&'t Node> {
    path.iter().try_fold(tree, |node, key| node.get(key))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn the_text_means_what_was_merged_and_no_comment_is_lost(
        base in manifest(),
        by_hand in edits(),
        by_document in edits(),
        chances in prop::collection::vec(any::<u8>(), 1..200),
    ) {
        let (own, theirs) = (edited(&base, &by_hand), edited(&base, &by_document));
        let Value::Map(map) = &own.value else { return Ok(()) };
        let mut layout = Layout { chances: chances.iter().cycle(), comments: Vec::new(), path: Vec::new(), keeps_lines: false };
        let text = layout.block(map, 0);
        prop_assert!(is_same_in_order(&read(&text), &own), "{text}");

        let source = Source::new("own.yaml", text.as_str());
        let merged = merge(Some(&base), &own, &theirs);
        let translation = Translation { manifest: theirs.clone(), notes: Vec::new() };
        let updated = update(Some(&base), &source, &translation).expect("a manifest that can be read");
        prop_assert!(is_same_in_order(&read(&updated.text), &merged.tree), "{text}\n---\n{}", updated.text);
        prop_assert_eq!(&updated.decisions, &merged.decisions);

        for comment in &layout.comments {
            let about = comment.about.as_slice();
            let is_gone = updated.decisions.iter().any(|decision| match decision.outcome {
                Outcome::Removed => starts_with(about, &decision.at),
                Outcome::Replaced => starts_with(about, &decision.at) && (about.len() > decision.at.len() || !comment.is_of_key),
                Outcome::Added | Outcome::Kept | Outcome::Conflict { .. } => false,
            });
            let was_emptied = (0..=about.len()).any(|length| {
                let is_inside = length < about.len() || !comment.is_of_key;
                is_inside && at(&merged.tree, &about[..length]).is_some_and(|node| matches!(&node.value, Value::Map(map) if map.is_empty()))
            });
            let is_there = updated.text.contains(&comment.text);
            prop_assert!(is_there || is_gone || was_emptied, "{} about {:?}\n{text}\n---\n{}", comment.text, about, updated.text);
        }

        // A document that has not changed changes nothing, and one that nobody edited is followed.
        let same = Translation { manifest: base.clone(), notes: Vec::new() };
        prop_assert_eq!(&update(Some(&base), &source, &same).expect("a manifest").text, &text);
        let followed = update(Some(&own), &source, &translation).expect("a manifest").text;
        prop_assert!(is_same(&read(&followed), &theirs), "{text}\n---\n{followed}");
    }
}

/// Texts made of what means something in YAML, some of them mappings.
fn yaml_like() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "a",
        "b: ",
        "c: 1\n",
        "d:\n",
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
        "*x\n",
        "<<: *x\n",
        "!!str ",
        "|\n  text\n",
        "|+\n  text\n\n",
        ">-\n  a\n  b\n",
        "'q'",
        "\"q\": ",
        "# c\n",
        " # c",
        "---\n",
        "\t",
        "\r\n",
        "ä",
        "\u{feff}",
        "e: { f: 1, g: *x }\n",
        "h: &x { i: 1 }\n",
        "j:\n  k: 1\n  l: &x\n    m: 2\n",
        "~",
        "\r",
    ]);
    prop::collection::vec(pieces, 0..16).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn any_text_that_can_be_read_can_be_updated(text in yaml_like(), edits in edits(), manifest in manifest()) {
        let source = Source::new("own.yaml", text.as_str());
        let mut findings = Vec::new();
        let Some(own) = parse(&source, Limits::default(), &mut findings).filter(|_| findings.is_empty()) else { return Ok(()) };
        for theirs in [edited(&own, &edits), manifest] {
            let translation = Translation { manifest: theirs.clone(), notes: Vec::new() };
            let updated = update(Some(&own), &source, &translation).expect("a text that can be read").text;
            prop_assert!(is_same(&read(&updated), &theirs), "{text}\n---\n{updated}");
        }
    }
}

#[test]
fn notes_about_what_is_new_come_with_it() {
    let note = |at: &[&str]| Note {
        at: at.iter().map(|key| (*key).to_owned()).collect(),
        text: format!("About {}", at.join(".")),
    };
    let notes = vec![note(&["a"]), note(&["b"]), note(&["b", "c"]), note(&["d", "e"]), note(&["f", "g"])];
    let theirs = Translation { manifest: read("{ a: 1, b: { c: 1 }, d: { x: 1, e: 1 }, f: { g: 2 } }"), notes };
    let own = Source::new("own.yaml", "a: 1\nd: { x: 1 }\nf: { g: 1 }\n");
    let updated = update(Some(&read("{ f: { g: 1 }}")), &own, &theirs).expect("a manifest");
    let expected =
        "a: 1\n# About b\nb:\n  # About b.c\n  c: 1\nd:\n  x: 1\n  # About d.e\n  e: 1\nf:\n  # About f.g\n  g: 2\n";
    assert_eq!(updated.text, expected, "{}", updated.text);
}
