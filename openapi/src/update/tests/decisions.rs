//! What is decided about each value.

use super::{read, updated};
use crate::same::is_same_in_order;
use crate::update::Outcome;

/// The decisions as lines.
fn decided(base: Option<&str>, own: &str, theirs: &str) -> Vec<String> {
    let shown = |value: Option<String>| value.unwrap_or_else(|| "nothing".to_owned());
    let decisions = updated(base, own, theirs).decisions.into_iter().map(|decision| {
        let what = match decision.outcome {
            Outcome::Added => "added".to_owned(),
            Outcome::Replaced => "replaced".to_owned(),
            Outcome::Removed => "removed".to_owned(),
            Outcome::Kept => "kept".to_owned(),
            Outcome::Conflict { own, theirs } => format!("{} or {}", shown(own), shown(theirs)),
        };
        format!("{}: {what}", decision.at.join("."))
    });
    decisions.collect()
}

#[test]
fn each_value_goes_its_own_way() {
    let base = "{ a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1, l: [1, 2], m: { x: 1, y: 1 }, n: { x: 1 } }";
    let own =
        "{ a: 1, b: 2, c: 2, d: 1, e: 2, l: [1, 3], m: { x: 2, y: 1, own: 1 }, n: 1, mine: 1, both: 1, same: [1] }";
    let theirs = "{ a: 2, b: 1, c: 3, f: 1, g: 2, l: [1, 2], m: { y: 2, x: 1, new: 1 }, n: { x: 2 }, both: 2, same: [1], new: { a: 1 } }";
    assert_eq!(
        decided(Some(base), own, theirs),
        [
            "a: replaced",
            "b: kept",
            "c: 2 or 3",
            "d: removed",
            "e: 2 or nothing",
            "l: kept",
            "m.x: kept",
            "m.y: replaced",
            "m.new: added",
            "n: 1 or { x: 2 }",
            "both: 1 or 2",
            "f: kept",
            "g: nothing or 2",
            "new: added",
        ]
    );
    let expected = "{ a: 2, b: 2, c: 2, e: 2, l: [1, 3], m: { x: 2, new: 1, y: 2, own: 1 }, n: 1, mine: 1, both: 1, same: [1], new: { a: 1 } }";
    assert!(is_same_in_order(&read(&updated(Some(base), own, theirs).text), &read(expected)));
}

#[test]
fn without_a_base_all_that_is_there_stays() {
    let (own, theirs) = ("{ a: 1, b: { x: 1, mine: 1 } }", "{ a: 2, b: { x: 1, new: 1 }, c: 1 }");
    assert_eq!(decided(None, own, theirs), ["a: 1 or 2", "b.new: added", "c: added"]);
    let expected = read("{ a: 1, b: { x: 1, new: 1, mine: 1 }, c: 1 }");
    assert!(is_same_in_order(&read(&updated(None, own, theirs).text), &expected));
}

#[test]
fn a_manifest_that_cannot_be_read_is_said() {
    let theirs = crate::Translation { manifest: read("a: 1"), notes: Vec::new() };
    let findings = crate::update::update(None, &tieline::Source::new("own.yaml", "a: b: c"), &theirs).err();
    assert!(findings.is_some_and(|findings| findings.errors() > 0));
}
