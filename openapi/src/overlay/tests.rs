//! Overlays, what they make of documents, and what is found in them.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use tieline::source::{Diagnostics, Source, Span};
use tieline::yaml::{self, Limits, Node, parse};

use super::apply;

const DOCUMENT: &str = "\
openapi: 3.1.0
info: { title: Pets, version: '1' }
servers: [{ url: https://one.example, description: Dev }, { url: https://two.example }]
paths:
  /pets:
    get:
      tags: [a, b]
      x-traits: [paged]
      parameters: [{ name: filter, in: query }, { name: dummy, in: query }]
    post: {}
  /owners:
    get: { parameters: [{ name: dummy, in: query }] }
components:
";

fn changed(document: &str, overlay: &str, limits: Limits) -> (Node, Diagnostics) {
    let mut findings = Vec::new();
    let document = Source::new("specs/pets.yaml", document);
    let tree = parse(&document, limits, &mut findings).expect("a tree");
    let overlay = Source::new("overlay.yaml", overlay);
    let (source, tree) = apply(&document, tree, &overlay, limits, &mut findings);
    (tree, Diagnostics::new(source, findings))
}

fn with_actions(actions: &str) -> String {
    format!("overlay: 1.1.0\ninfo: {{ title: t, version: '1' }}\nactions:\n{actions}")
}

/// What actions in which nothing is wrong make of the document.
fn after(actions: &str) -> Value {
    let (tree, findings) = changed(DOCUMENT, &with_actions(actions), Limits::default());
    assert!(findings.is_empty(), "{findings}");
    tree.to_json()
}

fn found(overlay: &str) -> String {
    changed(DOCUMENT, overlay, Limits::default()).1.render(false)
}

#[test]
fn mappings_are_merged_and_lists_go_on() {
    let after = after(
        "
- target: $
  update:
    info: { title: Animals, x-new: { a: [1] } }
    paths:
      /pets: { get: { tags: [c], summary: all } }
      /new: { get: {} }
    components: { schemas: { Pet: {} } }
    servers:
- target: $.servers
  update: { url: https://three.example }
- target: $.paths['/pets'].get.tags
  update: d
- target: $.paths['/pets'].get.tags
  update: [e, f]
- target: $.info.version
  update: '2'
",
    );
    assert_eq!(after["info"], json!({ "title": "Animals", "version": "2", "x-new": { "a": [1] } }));
    assert_eq!(after["paths"]["/pets"]["get"]["tags"], json!(["a", "b", "c", "d", "e", "f"]));
    assert_eq!(after["paths"]["/pets"]["get"]["summary"], "all");
    assert_eq!(after["paths"]["/pets"]["post"], json!({}));
    assert_eq!(after["components"], json!({ "schemas": { "Pet": {} } }));
    let servers: Vec<_> = after["servers"].as_array().expect("a list").iter().map(|server| &server["url"]).collect();
    assert_eq!(servers, ["https://one.example", "https://two.example", "https://three.example"]);
    let keys = |value: &Value| value.as_object().expect("a mapping").keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&after), ["openapi", "info", "servers", "paths", "components"]);
    assert_eq!(keys(&after["paths"]), ["/pets", "/owners", "/new"]);
}

#[test]
fn an_action_may_be_about_many_places() {
    let after = after(
        "
- target: $.paths.*.get
  update: { x-safe: true }
- target: $.paths.*.get.parameters[?@.name=='filter' && @.in=='query']
  update: { schema: { type: string } }
- target: $.paths[?@.get['x-traits'][?@ == 'paged']].get
  update: { parameters: [{ name: top, in: query }] }
",
    );
    assert_eq!(
        (&after["paths"]["/pets"]["get"]["x-safe"], &after["paths"]["/owners"]["get"]["x-safe"]),
        (&json!(true), &json!(true))
    );
    let parameters = json!([
        { "name": "filter", "in": "query", "schema": { "type": "string" } },
        { "name": "dummy", "in": "query" },
        { "name": "top", "in": "query" },
    ]);
    assert_eq!(after["paths"]["/pets"]["get"]["parameters"], parameters);
    assert_eq!(after["paths"]["/owners"]["get"]["parameters"].as_array().map(Vec::len), Some(1));
}

#[test]
fn what_is_removed_is_gone_and_may_come_back() {
    let after = after(
        "
- target: $.paths.*.get.parameters[?@.name == 'dummy']
  remove: true
- target: $.servers[?( @.description == 'Dev' )]
  remove: true
- target: $.paths['/pets']['post', 'get'].tags[0, 0]
  remove: true
- { target: $.info, remove: true }
- { target: $, update: { info: { title: New } }, remove: false }
",
    );
    assert_eq!(after["paths"]["/pets"]["get"]["parameters"], json!([{ "name": "filter", "in": "query" }]));
    assert_eq!(after["paths"]["/owners"]["get"]["parameters"], json!([]));
    assert_eq!(after["servers"], json!([{ "url": "https://two.example" }]));
    assert_eq!(after["paths"]["/pets"]["get"]["tags"], json!(["b"]));
    assert_eq!(after["info"], json!({ "title": "New" }));
}

#[test]
fn a_part_can_be_copied_and_so_renamed() {
    let after = after(
        "
- { target: $.paths, update: { /animals: {} } }
- { target: \"$.paths['/animals']\", copy: \"$.paths['/pets']\" }
- { target: \"$.paths['/pets']\", remove: true }
- { target: \"$.paths['/owners'].get.parameters\", copy: \"$.paths['/animals'].get.parameters\" }
",
    );
    assert_eq!(after["paths"]["/pets"], Value::Null);
    assert_eq!(after["paths"]["/animals"]["get"]["tags"], json!(["a", "b"]));
    assert_eq!(after["paths"]["/owners"]["get"]["parameters"].as_array().map(Vec::len), Some(3));
}

#[test]
fn everything_keeps_the_place_where_it_was_written() {
    let overlay = with_actions(
        "- target: $.info\n  update: { title: 'Animals', x-new: { a: yes } }\n- { target: $.servers, remove: true }",
    );
    let (tree, findings) = changed(DOCUMENT, &overlay, Limits::default());
    let source = findings.source();
    let shown = |span: Span| {
        let place = source.place(span);
        let text = source.text().get(span.start as usize..span.end as usize).unwrap_or_default();
        format!("{}:{}:{} {text}", place.name, place.start.line, place.start.column)
    };
    let at = |keys: &[&str]| keys.iter().fold(&tree, |node, key| node.get(key).expect("a key"));
    assert_eq!(shown(at(&["info", "title"]).span), "overlay.yaml:5:20 'Animals'");
    assert_eq!(shown(at(&["info", "x-new", "a"]).span), "overlay.yaml:5:43 yes");
    assert_eq!(shown(at(&["info", "version"]).span), "specs/pets.yaml:2:31 '1'");
    assert_eq!(shown(at(&["paths", "/pets", "post"]).span), "specs/pets.yaml:10:11 {}");
}

#[test]
fn what_is_wrong_with_an_overlay_is_found_in_it() {
    insta::assert_snapshot!(
        "wrong",
        found(
            "
overlay: 2.0.0
info: { title: 1, verson: '1' }
extend: x
x-own: fine
actions:
- target: $.paths[
  updte: {}
- { update: {} }
- { target: $.x-a, remove: yes please }
- { target: \"$.paths['\\u0061'\", update: 1 }
- { target: '$[?@.a=1]', update: 1, copy: $ }
- { target: 1, remove: true }
- text
"
        )
    );
    insta::assert_snapshot!("empty", found("overlay: 1.0.0\ninfo: { title: t, version: '1' }\nactions: []\n"));
    insta::assert_snapshot!(
        "older",
        found("overlay: 1.0.3\ninfo: { title: t, version: '1' }\nactions: [{ target: $, copy: $.paths }]\n")
    );
    insta::assert_snapshot!("broken", found("overlay: [\n"));
    insta::assert_snapshot!("text", found("hello"));
}

#[test]
fn what_cannot_be_done_is_found_and_the_rest_is_done() {
    let overlay = "
overlay: 1.1.0
info: { title: t, version: '1' }
extends: ./owners.yaml
actions:
- { target: $.paths.*.put, remove: true }
- { target: $, remove: true }
- { target: '$.paths.*', update: { get: [] } }
- { target: $.info, update: { title: { a: b } } }
- { target: $.info, copy: $.nothing }
- { target: $.info, copy: $.paths.* }
- { target: $.info }
- { target: $.info, update: {}, remove: true }
- { target: $, update: { last: 1 } }
";
    let (tree, findings) = changed(DOCUMENT, overlay, Limits::default());
    assert_eq!(tree.get("last").map(Node::to_json), Some(json!(1)));
    assert_eq!(tree.get("info"), None);
    insta::assert_snapshot!("undone", findings.render(false));
}

#[test]
fn a_document_does_not_outgrow_its_limits() {
    let limits = Limits { nodes: 20_000, depth: 40, ..Limits::default() };
    let growing = [
        // Each of these would make the document many times as large.
        with_actions(&"- { target: $.paths, copy: $ }\n".repeat(40)),
        with_actions(&"- { target: '$..*', copy: $.paths }\n".repeat(40)),
        with_actions(&format!(
            "- {{ target: '$..*', update: {{ {} }} }}\n",
            (0..1000).map(|n| format!("k{n}: {{}}")).collect::<Vec<_>>().join(", ")
        )),
    ];
    for overlay in growing {
        let (tree, findings) = changed(DOCUMENT, &overlay, limits);
        assert!(
            findings.iter().any(|finding| finding.code.as_str() == "limit" || finding.code.as_str() == "wrong-type"),
            "{findings}"
        );
        let cost = crate::cost::Cost::of(&tree);
        assert!(cost.depth <= 40 && cost.fits(&limits), "{cost:?}");
    }
    let (_, findings) = changed(DOCUMENT, &with_actions("- { target: $, copy: $ }\n"), Limits { nodes: 60, ..limits });
    assert!(findings.iter().any(|finding| finding.code.as_str() == "limit"), "{findings}");
}

/// Pieces of actions.
const TARGETS: &[&str] =
    &["$", "$.a", "$..*", "$.a.b[0]", "$.*", "$..[?@.b]", "$.a.b[::2]", "$.b", "$..b", "$['c','a']"];
const UPDATES: &[&str] =
    &["1", "text", "~", "{}", "[]", "{ a: { b: [1] } }", "[1, [2]]", "{ b: { b: ~ } }", "{ c: x }"];

fn action() -> impl Strategy<Value = String> {
    let change = prop_oneof![
        select(UPDATES).prop_map(|update| format!("update: {update}")),
        select(TARGETS).prop_map(|from| format!("copy: {from:?}")),
        Just("remove: true".to_owned()),
    ];
    (select(TARGETS), change).prop_map(|(target, change)| format!("- {{ target: {target:?}, {change} }}\n"))
}

proptest! {
    #[test]
    fn no_action_breaks_the_tree(actions in proptest::collection::vec(action(), 1..6), document in select(UPDATES)) {
        let limits = Limits { nodes: 5_000, depth: 30, ..Limits::default() };
        let (tree, findings) = changed(document, &with_actions(&actions.concat()), limits);
        let cost = crate::cost::Cost::of(&tree);
        prop_assert!(cost.depth <= 30 && cost.fits(&limits));
        prop_assert!(findings.iter().all(|finding| finding.span.end as usize <= findings.source().text().len()));
    }

    #[test]
    fn what_is_removed_is_what_was_selected(target in select(TARGETS), keep in select(TARGETS)) {
        let document = "{ a: { b: [{ b: 1 }, 2, 3, { a: { b: [] } }], c: 1 }, b: [[1], { b: 2 }], c: { a: ~ } }";
        prop_assume!(target != "$" && keep != "$");
        let overlay = with_actions(&format!("- {{ target: {target:?}, remove: true }}\n"));
        let (tree, _) = changed(document, &overlay, Limits::default());
        let before = parse(&Source::new("d", document), Limits::default(), &mut Vec::new()).expect("a tree");
        let gone: Vec<_> = super::select(&super::path::Query::read(target).expect("a path"), &before, &mut super::Steps::new(10_000))
            .expect("enough steps");
        prop_assert_eq!(tree.to_json(), without(&before, &gone, &mut Vec::new()));
    }
}

/// A tree without the nodes at these places, built anew.
fn without(node: &Node, gone: &[Vec<usize>], here: &mut Vec<usize>) -> Value {
    let mut child = |place: usize, node: &Node| {
        here.push(place);
        let kept = (!gone.contains(here)).then(|| without(node, gone, here));
        here.pop();
        kept
    };
    match &node.value {
        yaml::Value::List(list) => list.iter().enumerate().filter_map(|(place, node)| child(place, node)).collect(),
        yaml::Value::Map(map) => {
            let entries = map
                .iter()
                .enumerate()
                .filter_map(|(place, (key, entry))| Some((key.clone(), child(place, &entry.value)?)));
            Value::Object(entries.collect())
        }
        _ => node.to_json(),
    }
}
