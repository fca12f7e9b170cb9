//! The pages of connectors: of small ones made for the purpose, word for word, and of all that is built in, by rules.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod checker;

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use tieline::auth::Scheme;
use tieline::{Connector, Source};
use tieline_codegen::docs::Snippets;
use tieline_codegen::docs::faces::Shown;
use tieline_codegen::{Tree, docs};

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn load(path: &str) -> Connector {
    let text = std::fs::read_to_string(here(path)).unwrap();
    let source = Source::new(path, text);
    match Connector::load(&source) {
        Ok((connector, _)) => connector,
        Err(findings) => panic!("{}", findings.render(false)),
    }
}

fn pages(paths: &[&str]) -> Tree {
    let connectors: Vec<Connector> = paths.iter().map(|path| load(path)).collect();
    let connectors: Vec<&Connector> = connectors.iter().collect();
    docs::pages(&docs::model(&connectors, &[]).unwrap()).unwrap()
}

fn page(pages: &Tree, path: &str) -> String {
    pages.files().find(|(name, _)| *name == path).map(|(_, text)| text.to_owned()).unwrap()
}

const OWN: [&str; 4] = [
    "tests/manifests/sign-in.yaml",
    "tests/manifests/shapes.yaml",
    "tests/manifests/answers.yaml",
    "tests/manifests/hostile.yaml",
];

const BUILT_IN: [&str; 2] = ["../specs/notion/connector.yaml", "../specs/chargebee/connector.yaml"];

#[test]
fn ways_to_sign_in() {
    insta::assert_snapshot!(page(&pages(&OWN[..1]), "sign-in/AUTH.md"));
}

#[test]
fn parameters_and_records() {
    insta::assert_snapshot!(page(&pages(&OWN[1..2]), "shapes/REFERENCE.md"));
}

#[test]
fn answers() {
    insta::assert_snapshot!(page(&pages(&OWN[2..3]), "answers/REFERENCE.md"));
}

#[test]
fn a_connector_without_sign_in() {
    let pages = pages(&OWN[2..3]);
    insta::assert_snapshot!(format!("{}\n\n{}", page(&pages, "answers/README.md"), page(&pages, "answers/AUTH.md")));
}

#[test]
fn hostile_texts_stay_where_they_are() {
    let pages = pages(&OWN[3..]);
    for (path, text) in pages.files() {
        insta::assert_snapshot!(path.replace(['/', '.'], "_"), text);
    }
}

#[test]
#[cfg(unix)]
fn hostile_values_are_one_word_for_the_shell() {
    let connector = load(OWN[3]);
    let model = docs::model(&[&connector], &[]).unwrap();
    let call = &model.connectors[0].start.as_ref().unwrap().call;
    let shell = format!("tieline() {{ printf '%s\\0' \"$@\"; }}\n{}", call.snippets["command_line"]);
    let output = std::process::Command::new("sh").args(["-c", &shell]).output().unwrap();
    let words = String::from_utf8(output.stdout).unwrap();
    let words: Vec<&str> = words.trim_end_matches('\0').split('\0').collect();
    assert_eq!(words[..5], ["execute", "hostile", "things", "get", "--params"]);
    let params: Map<String, Value> = serde_json::from_str(words[5]).unwrap();
    assert_eq!((params, words.len()), (call.params.clone(), 6));
}

#[test]
fn the_catalogue() {
    insta::assert_snapshot!(page(&pages(&OWN[..3]), "README.md"));
}

#[test]
fn the_model_as_json() {
    let connector = load(OWN[2]);
    let model = docs::model(&[&connector], &[]).unwrap();
    let mut json = serde_json::to_value(&model).unwrap();
    let connector = &mut json["connectors"][0];
    connector["entities"][0]["operations"].as_array_mut().unwrap().truncate(1);
    connector["entities"].as_array_mut().unwrap().truncate(1);
    insta::assert_json_snapshot!(json);
}

/// A face of Rust that shows what it is given.
struct Rust;

impl Snippets for Rust {
    fn start(&self, connector: &Connector, call: &Shown<'_>) -> Option<String> {
        Some(format!("// ``` begins {} with {}", connector.name(), call.operation.name()))
    }

    fn sign_in(
        &self,
        _: &Connector,
        name: &str,
        _: &Scheme,
        values: &Map<String, Value>,
        call: Option<&Shown<'_>>,
    ) -> Option<String> {
        let call = call.map(|call| call.operation.name());
        (name != "password").then(|| format!("sign_in::{name}({}); {call:?}", Value::Object(values.clone())))
    }

    fn call(&self, _: &Connector, call: &Shown<'_>) -> Option<String> {
        (call.operation.action != "ping")
            .then(|| format!("{}({:?}, {:?})", call.operation.name(), call.params, call.files))
    }
}

#[test]
fn a_face_has_its_section_on_every_page_where_it_has_something_to_show() {
    let connector = load(OWN[0]);
    let pages = docs::pages(&docs::model(&[&connector], &[("rust", &Rust)]).unwrap()).unwrap();
    assert_eq!(checker::problems(&pages), [""; 0]);
    let readme = page(&pages, "sign-in/README.md");
    assert!(readme.contains("### Rust\n"), "{readme}");
    assert!(readme.contains("features = [\"sign-in\"]"), "{readme}");
    assert!(readme.contains("````rust\n// ``` begins sign-in with items.list\n````\n"), "{readme}");
    let auth = page(&pages, "sign-in/AUTH.md");
    assert_eq!(auth.matches("**Rust.**").count(), 6, "one way has nothing to show");
    assert!(auth.contains("sign_in::key({\"api_key\":\"pk_your-api-key-us\"}); Some(\"items.list\")"), "{auth}");
    let reference = page(&pages, "sign-in/REFERENCE.md");
    assert!(
        reference.contains("tieline execute sign-in items list\n```\n\n```rust\nitems.list({}, [])\n```\n"),
        "{reference}"
    );
    assert_eq!(reference.matches("```rust").count(), 3, "{reference}");
}

#[test]
fn schemas_that_hold_themselves_many_times_make_small_pages() {
    let pages = pages(&["tests/manifests/bomb.yaml"]);
    assert_eq!(checker::problems(&pages), [""; 0]);
    let reference = page(&pages, "bomb/REFERENCE.md");
    assert!(reference.len() < 20_000, "{} bytes", reference.len());
}

#[test]
fn every_page_is_sound() {
    for paths in [&BUILT_IN[..], &OWN[..], &OWN[3..]] {
        let problems = checker::problems(&pages(paths));
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    }
}

#[test]
fn the_same_connectors_give_the_same_bytes_in_any_order() {
    let reversed: Vec<&str> = OWN.iter().rev().copied().collect();
    assert_eq!(pages(&OWN), pages(&reversed));
}
