//! Generated files are what the code makes now, and what they promise holds.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::fs;
use std::path::Path;

use serde_json::Value;
use tieline::language::{KeyDoc, Object as _, ObjectDoc, Section, sections};
use tieline::manifest::Manifest;
use tieline::yaml::{self, Limits, Node};
use tieline::{Connector, Source};
use tieline_codegen::Change;
use tieline_tests::generated::{Generated, project, root};

/// The command that writes generated files.
const COMMAND: &str = "UPDATE_GENERATED=1 cargo test -p tieline-tests --test drift";

#[test]
fn generated_files_are_what_the_code_makes() {
    for generated in Generated::all() {
        let place = generated.place();
        if update() {
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(&place, &generated.text).unwrap();
        }
        let written = fs::read_to_string(&place).unwrap_or_default();
        assert!(written == generated.text, "{} is not what the code makes now; run: {COMMAND}", generated.path);
    }
}

/// A manifest that changed shows here, and nowhere else: every other test uses what was generated.
#[test]
fn what_comes_of_the_manifests_is_what_the_generator_makes() {
    let (project, root) = (project(), root());
    let changes = if update() { project.tree().write(&root) } else { project.tree().changes(&root) }.unwrap();
    let differing: Vec<_> = changes.iter().map(Change::path).collect();
    assert!(
        update() || differing.is_empty(),
        "these files are not what the generator makes of the manifests now:\n  {}\nrun: cargo run -- generate",
        differing.join("\n  ")
    );
}

fn update() -> bool {
    std::env::var_os("UPDATE_GENERATED").is_some_and(|value| value == "1")
}

#[test]
fn every_key_has_an_example_that_can_be_read() {
    let mut wrong = Vec::new();
    for object in objects() {
        for key in object.keys {
            if let Err(why) = example(key).and_then(|node| reads(key, &node)) {
                wrong.push(format!("`{}` of {}: {why}", key.name, object.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_whole_manifest_in_the_introduction_can_be_used() {
    let page = page();
    let (_, rest) = page.split_once("```yaml\n").unwrap();
    let (text, _) = rest.split_once("```").unwrap();
    match Connector::check(&Source::new("docs/manifest.md", text), Limits::default()) {
        Ok((_, warnings)) => assert!(warnings.is_empty(), "{warnings}"),
        Err(found) => panic!("{found}"),
    }
}

#[test]
fn every_link_in_the_page_leads_to_a_heading() {
    let page = page();
    let anchor = |heading: &str| heading.to_lowercase().replace('.', "").replace(' ', "-");
    let headings: Vec<_> = page
        .lines()
        .filter(|line| line.starts_with("##"))
        .map(|line| anchor(line.trim_start_matches('#').trim()))
        .collect();
    let links = page.split("](#").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    let broken: Vec<_> = links.filter(|link| headings.iter().filter(|heading| heading == link).count() != 1).collect();
    assert!(broken.is_empty(), "{broken:?} are not one heading of {headings:?}");
}

fn page() -> String {
    Generated::all().into_iter().find(|generated| generated.path == "docs/manifest.md").unwrap().text
}

/// The value in a key's example.
fn example(key: &KeyDoc) -> Result<Node, String> {
    let doc: Vec<_> = key.doc.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    let doc = doc.join("\n");
    let (_, rest) = doc.split_once("```yaml\n").ok_or("no example in a fenced `yaml` block")?;
    let (text, _) = rest.split_once("```").ok_or("the example does not end")?;
    let mut findings = Vec::new();
    let node = yaml::parse(&Source::new("example", text), Limits::default(), &mut findings);
    match node.as_ref().map(|node| (node.to_json().as_object().map(serde_json::Map::len), node.get(key.name))) {
        Some((Some(1), Some(value))) if findings.is_empty() => Ok(value.clone()),
        _ => Err(format!("the example is not this key alone: {text}{findings:?}")),
    }
}

fn reads(key: &KeyDoc, node: &Node) -> Result<(), String> {
    let mut findings = Vec::new();
    let was_read = (key.read)(node, &mut findings);
    if was_read && findings.is_empty() { Ok(()) } else { Err(format!("{findings:?}")) }
}

#[test]
fn every_part_of_the_language_says_what_it_is() {
    for section in sections(Manifest::DOC) {
        let (name, doc) = match section {
            Section::Object(object) => (object.name, object.doc),
            Section::Kinds(kinds) => (kinds.name, kinds.doc),
            Section::Choice(choice) => (choice.name, choice.doc),
        };
        assert!(doc.trim().ends_with(['.', ':']) || doc.contains("```"), "{name}: {doc}");
    }
}

fn objects() -> Vec<&'static ObjectDoc> {
    let of_kinds = |section: Section| match section {
        Section::Object(object) => vec![object],
        Section::Kinds(kinds) => kinds.kinds.iter().map(|(_, object)| *object).collect(),
        Section::Choice(_) => Vec::new(),
    };
    sections(Manifest::DOC).into_iter().flat_map(of_kinds).collect()
}

#[test]
fn the_schema_accepts_what_the_engine_accepts() {
    let schema = schema();
    for (name, manifest) in manifests() {
        let problems: Vec<_> =
            schema.iter_errors(&manifest).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(problems.is_empty(), "{name}: {problems:#?}");
    }
}

#[test]
fn the_schema_refuses_what_the_engine_refuses() {
    let schema = schema();
    let (_, good) = manifests().into_iter().next().unwrap();
    let entity = good["entities"].as_object().unwrap().keys().next().unwrap().clone();
    let action = good["entities"][&entity]["actions"].as_object().unwrap().keys().next().unwrap().clone();
    let operation = format!("/entities/{entity}/actions/{action}");
    let cases = [
        (String::new(), "paginaton", serde_json::json!({})),
        (operation.clone(), "retries", serde_json::json!(3)),
        (operation.clone(), "effect", serde_json::json!("reads")),
        (operation.clone(), "paginate", serde_json::json!({ "kind": "curser" })),
        (operation, "params", serde_json::json!({ "q": { "type": "string", "minLenght": 1 } })),
        (String::new(), "schemas", serde_json::json!({ "A": { "properties": { "a": { "typ": "string" } } } })),
        (String::new(), "tieline", serde_json::json!("1")),
    ];
    for (at, key, value) in cases {
        let mut bad = good.clone();
        bad.pointer_mut(&at).unwrap()[key] = value;
        assert!(!schema.is_valid(&bad), "{at} takes `{key}`");
        assert!(Connector::load(&Source::new("bad", bad.to_string())).is_err(), "{at} takes `{key}` in the engine");
    }
}

/// The schema as the code makes it: the file may be being written.
fn schema() -> jsonschema::Validator {
    let all = Generated::all();
    let made = all.iter().find(|one| one.path.ends_with("manifest.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&made.text).unwrap();
    jsonschema::options().offline().build(&schema).unwrap_or_else(|error| panic!("{error}"))
}

/// The manifests of the built-in connectors.
fn manifests() -> Vec<(String, Value)> {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
    let folders = fs::read_dir(specs).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = folders
        .filter_map(|folder| {
            let text = fs::read_to_string(folder.join("connector.yaml")).ok()?;
            let node = yaml::parse(&Source::new("connector.yaml", text), Limits::default(), &mut Vec::new());
            Some((folder.display().to_string(), node.unwrap().to_json()))
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(!found.is_empty(), "no manifests under specs/");
    found
}
