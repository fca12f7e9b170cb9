//! Texts that want to cost more than they weigh, of so many nodes: what each takes grows with its nodes and no faster.

use std::fmt::Write as _;
use std::fs;

use crate::bounded;

/// How large the texts are. The limit is a million nodes.
const NODES: usize = 30_000;
/// What each node may take while a manifest is loaded, in bytes.
const OF_A_MANIFEST: usize = 700;
/// What each node may take while a document is translated and loaded, in bytes.
const OF_A_DOCUMENT: usize = 1_800;

const HEAD: &str = "tieline: 1\nname: hostile\ntitle: A\nsummary: s\nversion: 0.1.0\nserver: https://api.example.com\n";
const ENTITY: &str = "entities: { u: { actions: { list: { get: /u } } } }\n";

fn many(count: usize, each: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, index| {
        let _ = write!(text, "{}, ", each(index));
        text
    })
}

fn of_an_action(keys: &str) -> String {
    format!("{HEAD}entities: {{ u: {{ actions: {{ a: {{ get: /, {keys} }} }} }} }}\n")
}

#[test]
fn a_manifest_takes_memory_in_proportion_to_its_nodes() {
    let folder = tempfile::tempdir().unwrap();
    let rest = |rest: String| format!("{HEAD}{ENTITY}{rest}\n");
    for (name, text) in [
        ("mappings", rest(format!("extensions: {{ x-a: [{}] }}", many(NODES / 3, |_| "{a: 1}".to_owned())))),
        ("lists", rest(format!("extensions: {{ x-a: [{}] }}", many(NODES, |_| "[]".to_owned())))),
        ("anchors", rest(format!("extensions: {{ x-a: [{}] }}", many(NODES / 2, |n| format!("&a{n} []"))))),
        ("config", rest(format!("config: {{ {} }}", many(NODES / 2, |n| format!("c{n}: {{}}"))))),
        ("pagination", rest(format!("pagination: {{ {} }}", many(NODES / 4, |n| format!("c{n}: {{kind: link}}"))))),
        ("schemas", rest(format!("schemas: {{ {} }}", many(NODES / 2, |n| format!("S{n}: {{}}"))))),
        ("headers", rest(format!("headers: {{ {} }}", many(NODES / 2, |n| format!("x{n}: a"))))),
        ("messages", rest(format!("errors: {{ message: [{}] }}", many(NODES, |_| "$.a".to_owned())))),
        ("parameters", of_an_action(&format!("params: {{ {} }}", many(NODES / 2, |n| format!("p{n}: {{}}"))))),
        ("examples", of_an_action(&format!("examples: [{}]", many(NODES, |_| "{}".to_owned())))),
        ("lists without pages", {
            let action = |n| format!("a{n}: {{get: /a{n}, records: $}}");
            format!("{HEAD}entities: {{ u: {{ actions: {{ {} }} }} }}\n", many(NODES / 6, action))
        }),
    ] {
        let path = folder.path().join("hostile.yaml");
        fs::write(&path, text).unwrap();
        let output =
            bounded(folder.path(), NODES * OF_A_MANIFEST / 1024, &["check", "hostile.yaml", "--format", "json"]);
        // Whatever a rule finds at every node, nobody reads more than a few of.
        assert!(output.stdout.len() < 1 << 20, "{name}: {} bytes of findings", output.stdout.len());
    }
}

#[test]
fn a_document_takes_memory_in_proportion_to_its_nodes() {
    let folder = tempfile::tempdir().unwrap();
    let head =
        r#""openapi":"3.1.0","info":{"title":"L","version":"1.0.0"},"servers":[{"url":"https://api.example.com"}]"#;
    let list = |count: usize, each: &dyn Fn(usize) -> String| (0..count).map(each).collect::<Vec<_>>().join(",");
    let of_schema = |schema: String| {
        let content = r##"{"application/json":{"schema":{"$ref":"#/components/schemas/S"}}}"##;
        format!(
            r#"{{{head},"paths":{{"/a":{{"get":{{"responses":{{"200":{{"description":"","content":{content}}}}}}},"post":{{"requestBody":{{"content":{content}}},"responses":{{}}}}}}}},"components":{{"schemas":{{"S":{schema}}}}}}}"#
        )
    };
    let of_paths = |paths: String| format!(r#"{{{head},"paths":{{{paths}}}}}"#);
    let ones = |n: usize| format!(r#"{{"a":{n}}}"#);
    let parameter = |n: usize| format!(r#"{{"name":"p{n}","in":"query"}}"#);
    for text in [
        of_schema(format!(
            r#"{{"properties":{{{}}}}}"#,
            list(NODES / 4, &|n| format!(r#""k{n}":{{"type":"string"}}"#))
        )),
        of_schema(format!(r#"{{"allOf":[{}]}}"#, list(NODES / 3, &|_| r#"{"type":"object"}"#.to_owned()))),
        of_schema(format!(r#"{{"enum":[{}]}}"#, list(NODES, &|n| n.to_string()))),
        of_schema(format!(r#"{{"x-a":[{}]}}"#, list(NODES / 3, &ones))),
        of_schema(format!(
            r##"{{"properties":{{{}}}}}"##,
            list(NODES / 4, &|n| format!(r##""k{n}":{{"$ref":"#/components/schemas/S"}}"##))
        )),
        of_paths(list(NODES / 6, &|n| format!(r#""/p{n}":{{"get":{{"responses":{{}}}}}}"#))),
        of_paths(format!(r#""/a":{{"get":{{"parameters":[{}],"responses":{{}}}}}}"#, list(NODES / 5, &parameter))),
        of_paths(format!(r#""/{}":{{"get":{{"responses":{{}}}}}}"#, list(NODES / 5, &|n| format!("{{p{n}}}")))),
    ] {
        fs::write(folder.path().join("hostile.json"), text).unwrap();
        let output =
            bounded(folder.path(), NODES * OF_A_DOCUMENT / 1024, &["check", "hostile.json", "--format", "json"]);
        assert!(output.stdout.len() < 1 << 20, "{} bytes of findings", output.stdout.len());
    }
}

#[test]
fn a_text_without_end_is_not_read_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["check", "describe"] {
        let output = bounded(folder.path(), 128 << 10, &[command, "/dev/zero"]);
        assert_eq!(output.status.code(), Some(4));
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(stderr.contains("is larger than the 33554432 bytes that are read"), "{stderr}");
    }
}
