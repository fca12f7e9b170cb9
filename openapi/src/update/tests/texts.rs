//! Texts before and after.

use super::updated;

/// Makes a text that nobody edited, but for its looks, mean what a document says; it must say the same in the end.
#[track_caller]
fn becomes(own: &str, theirs: &str, expected: &str) {
    let text = updated(Some(own), own, theirs).text;
    assert_eq!(text, expected, "\n--- found\n{text}\n--- expected\n{expected}");
}

#[test]
fn a_text_that_is_up_to_date_stays_as_it_is() {
    let own = "# head\n\n'a' :   1 # one\nb: { c : [ 1,2 ],\n  d: \"x\" }\n\n\n# tail\n";
    becomes(own, "{ a: 1, b: { d: x, c: [1, 2] } }", own);
}

#[test]
fn values_change_in_their_place() {
    becomes(
        "a: 1 # one\nb:  two  # 2\nc: |\n  three\n  lines\nd: [x]\ne:\n  - y # z\n# f\nf: { g: 'h', i: j } # k\n",
        "{ a: 10, b: [20], c: 30, d: { x: y }, e: [z], f: { g: 40, i: j } }",
        "a: 10 # one\nb: [20]  # 2\nc: 30\nd: { x: y }\ne: [z] # z\n# f\nf: { g: 40, i: j } # k\n",
    );
}

#[test]
fn a_value_that_takes_lines_has_its_comments_above() {
    becomes(
        "a:\n  b: 1 # one\nc: # two\n  # three\n  d: x\n",
        "{ a: { b: \"x\\ny\" }, c: [ { e: 1, f: { g: { h: { i: 1 } } } } ] }",
        "a:\n  # one\n  b: |-\n    x\n    y\n# two\n# three\nc:\n  - e: 1\n    f: { g: { h: { i: 1 } } }\n",
    );
}

#[test]
fn lines_go_with_the_comment_above_them() {
    becomes(
        "# head\n\n# about a\na: 1\n\n# about b,\n# which goes\nb:\n  c: 1\n\n  # inside\n  d: 2 # two\n\n# about e\ne: 3\n",
        "{ a: 1, e: 3 }",
        "# head\n\n# about a\na: 1\n\n# about e\ne: 3\n",
    );
    becomes("a: 1\n# about b\nb: 2 # two\n", "{ a: 1 }", "a: 1\n");
    becomes("# head\n\na: 1\nb: 2", "{ b: 2 }", "# head\n\nb: 2\n");
    becomes("a:\n  # of a\n\n  # about b\n  b: 1\n  c: 2\n", "{ a: { c: 2 } }", "a:\n  # of a\n\n  c: 2\n");
    becomes("a: |\n  x\n  # content\nb: 1\n", "{ a: \"x\\n# content\\n\" }", "a: |\n  x\n  # content\n");
}

#[test]
fn new_lines_come_where_the_document_has_them() {
    becomes("a: 1\nc: 3\n", "{ a: 1, b: 2, c: 3, d: { e: [1] } }", "a: 1\nb: 2\nc: 3\nd: { e: [1] }\n");
    becomes("a:\n    b: 1", "{ a: { b: 1, c: 2 }, d: 3 }", "a:\n    b: 1\n    c: 2\n\nd: 3\n");
    becomes("x:\n  # about b\n  b: 1\n", "{ x: { a: 0, b: 1 } }", "x:\n  a: 0\n  # about b\n  b: 1\n");
    becomes("# head\na: 1\n", "{ z: 0, a: 1 }", "# head\na: 1\n\nz: 0\n");
    becomes(
        "a:\n  b: 1\n  # more of a\nc: 1\n",
        "{ a: { b: 1 }, b: 0, c: 1 }",
        "a:\n  b: 1\n  # more of a\nb: 0\nc: 1\n",
    );
    becomes(
        "entities:\n  a:\n    summary: x\n\n  c:\n    summary: y\n\nschemas: {}\n",
        "{ entities: { a: { summary: x }, b: { summary: z }, c: { summary: y }, d: {} }, schemas: { S: { type: object } } }",
        "entities:\n  a:\n    summary: x\n\n  b:\n    summary: z\n\n  c:\n    summary: y\n\n  d: {}\n\nschemas:\n  S: { type: object }\n",
    );
    becomes(
        "entities:\n  a: {}\nschemas: {}\n",
        "{ entities: { a: {}, b: {} }, schemas: {} }",
        "entities:\n  a: {}\n\n  b: {}\nschemas: {}\n",
    );
}

#[test]
fn mappings_are_emptied_and_filled() {
    becomes(
        "a:\n  b: 1\nc: { d: 1 }\ne: {}\nf:\ng: null # g\n",
        "{ a: {}, c: {}, e: { x: 1 }, f: { y: 2 }, g: { z: 3 } }",
        "a: {}\nc: {}\ne: { x: 1 }\nf: { y: 2 }\ng: { z: 3 } # g\n",
    );
}

#[test]
fn braces_keep_their_looks() {
    becomes(
        "a: {b: 1,c : 2}\n",
        "{ a: { b: 1, x: [1, 2], c: 3, y: \"a, b\" } }",
        "a: {b: 1,x: [1, 2],c : 3,y: \"a, b\"}\n",
    );
    becomes("a: { b: 1, c: 2, d: 3 }\n", "{ a: { c: 2 } }", "a: { c: 2 }\n");
    becomes("a: { b: 1, c: { d: 2, e: 3 }, f }\n", "{ a: { c: { e: 4 }, f: 5 } }", "a: { c: { e: 4 }, f: 5 }\n");
    becomes(
        "a: {\n  b: 1, # one\n  # about c\n  c: 2,\n  d: 3 # three\n}\n",
        "{ a: { b: 1, x: 0, d: 3 } }",
        "a: {\n  b: 1,\n  x: 0, # one\n  d: 3 # three\n}\n",
    );
    becomes("a: {\n  b: 1, # one\n  c: 2 }\n", "{ a: { b: 1 } }", "a: {\n  b: 1, # one\n }\n");
}

#[test]
fn a_line_that_becomes_too_long_is_broken_up() {
    let long = "a description of some length that does not fit behind the rest of what stands there";
    becomes(
        "params:\n  a: { $ref: \"#/params/a\", minLength: 10 }\n",
        &format!("{{ params: {{ a: {{ $ref: \"#/params/a\", minLength: 10, description: {long} of it }} }} }}"),
        &format!("params:\n  a:\n    $ref: \"#/params/a\"\n    minLength: 10\n    description: {long} of it\n"),
    );
}

#[test]
fn json_stays_json() {
    becomes(
        "{\n  \"a\": 1,\n  \"b\": { \"c\": [true] }\n}\n",
        "{ a: 1, b: { c: [true], \"d e\": \"x\\u2028\" }, f: null }",
        "{\n  \"a\": 1,\n  \"b\": { \"c\": [true], \"d e\": \"x\\u2028\" },\n  \"f\": null\n}\n",
    );
}

#[test]
fn windows_line_breaks_and_a_byte_order_mark_stay() {
    becomes(
        "\u{feff}a: 1\r\nb:\r\n  c: 2\r\n",
        "{ a: 1, b: { c: \"x\\ny\\n\", d: 4 } }",
        "\u{feff}a: 1\r\nb:\r\n  c: |\r\n    x\r\n    y\r\n  d: 4\r\n",
    );
    becomes("\u{feff}# about a\na: 1\n", "{ a: 2 }", "\u{feff}# about a\na: 2\n");
}

#[test]
fn a_text_that_is_written_anew_keeps_its_first_line() {
    becomes(
        "# yaml-language-server: $schema=../m.json\n? a\n: 1\n",
        "{ a: 2 }",
        "# yaml-language-server: $schema=../m.json\na: 2\n",
    );
}

#[test]
fn comments_that_had_to_go_are_told() {
    let rewritten = |own: &str, theirs: &str| updated(Some(own), own, theirs).rewritten;
    assert!(rewritten("x:\n  a: 1 # one\n", "{ x: { a: 2 } }").is_empty());
    assert!(rewritten("x:\n  ? a\n  : \"#\"\n", "{ x: { a: 2 } }").is_empty());
    assert_eq!(rewritten("x:\n  ? a\n  : 1 # one\n  b: \"#\"\n", "{ x: { a: 2, b: \"#\" } }"), [["x"]]);
    assert_eq!(rewritten("? a\n: 1 # one\n", "{ a: 2 }"), [[""; 0]]);
}

#[test]
fn what_the_tree_does_not_show_is_written_out() {
    // The anchor's value changes, its alias does not.
    becomes(
        "a: &x { b: 1 }\nc: *x # see a\nd: 1 # d\n",
        "{ a: { b: 2 }, c: { b: 1 }, d: 1 }",
        "a: &x { b: 2 }\nc: { b: 1 } # see a\nd: 1 # d\n",
    );
    // The other way round.
    becomes("a: &x { b: 1 }\nc: *x # see a\n", "{ a: { b: 1 }, c: { b: 2 } }", "a: &x { b: 1 }\nc: { b: 2 } # see a\n");
    // The anchor goes, its alias stays.
    becomes("a: &x { b: 1 }\nc: *x\nd: 1 # d\n", "{ c: { b: 1 }, d: 1 }", "c: { b: 1 }\nd: 1 # d\n");
    // What is merged in changes, or goes.
    becomes(
        "a: &x { b: 1, c: 2 }\nd:\n  <<: *x\n  e: 3\n",
        "{ a: { b: 1, c: 2 }, d: { e: 3, b: 9, c: 2 } }",
        "a: &x { b: 1, c: 2 }\nd:\n  <<: *x\n  e: 3\n  b: 9\n",
    );
    becomes(
        "a: &x { b: 1, c: 2 }\nd:\n  <<: *x\n  e: 3\nf: 1 # f\n",
        "{ a: { b: 1, c: 2 }, d: { e: 3, c: 2 }, f: 1 }",
        "a: &x { b: 1, c: 2 }\nd: { e: 3, c: 2 }\nf: 1 # f\n",
    );
    // A text keeps empty lines that stand behind it.
    becomes("a: |+\n  x\n\nb: 1 # b\n", "{ a: \"x\\n\\n\", c: 2, b: 1 }", "a: |+\n  x\n\nc: 2\nb: 1 # b\n");
    // Keys and values in other forms.
    becomes(
        "? a\n: 1\nb: 2 # b\n",
        "{ a: 3, b: 2 }",
        "# yaml-language-server: $schema=manifest.schema.json\na: 3\n\nb: 2\n",
    );
    becomes("x: # x\n  ? a\n  : 1\nb: 2 # b\n", "{ x: { a: 3 }, b: 2 }", "# x\nx: { a: 3 }\nb: 2 # b\n");
    becomes("a: !!str 1\nb: { c: !!str 2 } # b\n", "{ a: 3, b: { c: 4 } }", "a: 3\nb: { c: 4 } # b\n");
}
