//! A project of one's own, outside this repository: a client is generated into it, from a manifest whose texts and names are hostile.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tieline_tests::case::here;
use tieline_tests::command_line::{binary, target_folder};

/// What would be code, or the end of a comment, text or code block, if it got out of its place.
const HOSTILE: &[&str] = &[
    "\"; panic!(); //",
    "\"#; panic!(); //",
    "*/ panic!(); /*",
    "```\ncompile_error!();\n```\n",
    "#[doc] ] #![evil]",
    "\\u{22}\\ {}{{}}%s",
    "\u{202e}\u{2066}\u{2028}\u{85}\u{0}",
    "\r\nfn evil() {}",
    "[evil](`evil`) <script>",
    "",
    " ",
    "🦀",
];

/// Words of Rust, and names that generated code uses itself or that become the same name.
const NAMES: &[&str] = &[
    "type", "self", "Self", "super", "crate", "async", "fn", "extra", "kind", "new", "default", "Option", "String",
    "Vec", "a-b", "a_b", "aB", "A B", "1st", "_", "__", "send", "send_", "clone",
];

fn manifest() -> Value {
    let names = || NAMES.iter().chain(HOSTILE);
    let members: serde_json::Map<_, _> = names()
        .zip(HOSTILE.iter().cycle())
        .map(|(name, text)| ((*name).to_owned(), json!({ "type": ["string", "null"], "description": text })))
        .collect();
    let all = HOSTILE.concat();
    let schema = |title: &str| json!({ "type": "object", "title": title, "description": all, "properties": { "is": { "enum": HOSTILE } } });
    let kinds = names().map(|name| {
        json!({ "required": ["type"], "description": all, "properties": { "type": { "const": name }, "it": { "type": "string" } } })
    });
    let params: serde_json::Map<_, _> = NAMES
        .iter()
        .filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase()) && !name.contains('-'))
        .map(|name| ((*name).to_owned(), json!({ "type": "string", "description": all })))
        .chain([("all".to_owned(), json!({ "$ref": "#/schemas/All" }))])
        .collect();
    let action = |path: &str| {
        json!({
            "post": path, "summary": all, "description": all, "params": params,
            "record": { "$ref": "#/schemas/Thing" }
        })
    };
    json!({
        "tieline": 1, "name": "hostile", "title": all, "version": "0.1.0", "summary": all, "description": all,
        "server": "https://api.example.com",
        "auth": { "key": {
            "title": "Key\"; panic!()",
            "fields": { "type": { "title": all, "description": all } },
            "api_key": { "in": "header", "name": "X-Key", "value": "${type}" }
        } },
        "entities": {
            "types": { "title": all, "summary": all, "description": all, "actions": { "move": action("/move"), "new": action("/new") } },
            "self": { "summary": all, "actions": { "type": action("/type"), "send": action("/send") } }
        },
        "schemas": {
            "Thing": { "type": "object", "description": all, "properties": members },
            "Kinds": { "type": "object", "oneOf": kinds.collect::<Vec<_>>() },
            "Same": schema("Option"), "Other": schema("Option"), "Third": schema("\"; panic!(); //"),
            "All": { "type": "object", "description": all, "properties": {
                "thing": { "$ref": "#/schemas/Thing" },
                "kinds": { "type": "array", "items": { "$ref": "#/schemas/Kinds" } },
                "same": { "$ref": "#/schemas/Same" },
                "others": { "type": "array", "items": { "$ref": "#/schemas/Other" } },
                "third": { "$ref": "#/schemas/Third" }
            } }
        }
    })
}

/// Values that hold every name and every text, with some that no schema knows.
fn values() -> Value {
    let names = || NAMES.iter().chain(HOSTILE).chain(&["unknown\"; panic!()"]);
    let members: serde_json::Map<_, _> =
        names().zip(HOSTILE.iter().cycle()).map(|(name, text)| ((*name).to_owned(), json!(text))).collect();
    let kinds: Vec<_> = names().map(|name| json!({ "type": name, "it": name })).collect();
    let others: Vec<_> = names().map(|name| json!({ "is": name })).collect();
    json!({ "thing": members, "kinds": kinds, "same": { "is": HOSTILE[0] }, "others": others, "third": { "is": HOSTILE[1] } })
}

#[test]
fn a_generated_client_is_part_of_a_project_that_knows_only_the_engine() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let mut manifest = manifest();
    // An answer that holds every type.
    manifest["entities"]["types"]["actions"]["move"]["record"]["$ref"] = json!("#/schemas/All");
    write("hostile.yaml", &manifest.to_string());
    write("values.json", &values().to_string());
    write("src/main.rs", include_str!("program.rs"));
    let engine = here("../engine").canonicalize().unwrap();
    // With a profile that nobody else has, its engine takes the place of no other in the folder `target`.
    write(
        "Cargo.toml",
        &format!(
            "[package]\nname = \"outside\"\nedition = \"2024\"\n\n[dependencies]\ntieline = {{ path = {engine:?} }}\nserde_json = \"1\"\n\n\
             [workspace]\n\n[profile.dev]\ndebug = false\n\n[profile.dev.package.tieline]\ndebug = 1\n"
        ),
    );
    // The versions that are there already: nothing is downloaded, and little is built anew.
    fs::copy(here("../Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();

    let mut generate = Command::new(binary());
    run(generate.args(["generate", "rust", "hostile.yaml", "--out", "src/hostile"]), folder.path());
    run(generate.arg("--check"), folder.path());
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--offline", "--quiet"]).env("CARGO_TARGET_DIR", target_folder());
    let written = run(&mut cargo, folder.path());
    let (read_and_written, request) = written.split_once('\n').unwrap();
    assert_eq!(serde_json::from_str::<Value>(read_and_written).unwrap(), values());
    let body = request.trim_end().lines().next_back().unwrap();
    let sent = json!({ "type": HOSTILE[0], "extra": HOSTILE[1], "send_": HOSTILE[2] });
    assert_eq!(serde_json::from_str::<Value>(body).unwrap(), sent, "{request}");
}

/// Runs a command, and gives what it printed.
fn run(command: &mut Command, folder: &Path) -> String {
    let output = command.current_dir(folder).output().unwrap();
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}\n{out}\n{error}");
    out.into_owned()
}
