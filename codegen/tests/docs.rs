//! The pages of connectors: of small ones made for the purpose, word for word, and of all that is built in, by rules.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod checker;

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
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
    let described = &model.connectors[0];
    let call = &described.start.as_ref().unwrap().call;
    let json = |word: &str| serde_json::from_str::<Value>(word).unwrap();

    let local = words(&call.snippets["command_line"]);
    assert_eq!(local[..6], ["tieline", "execute", "hostile", "things", "get", "--params"]);
    assert_eq!((json(&local[6]), local.len()), (Value::Object(call.params.clone()), 7));

    let hosted = words(&call.snippets["hosted"]);
    assert_eq!(hosted[..4], ["tieline", "connectors", "execute", "--json"]);
    let body = json!({ "name": "hostile", "entity": "things", "action": "get", "params": call.params });
    assert_eq!((json(&hosted[4]), hosted.len()), (body, 5));

    let request = |snippet: &str, path: &str, body: Value| {
        let words = words(snippet);
        assert_eq!(words[..2], ["curl".to_owned(), format!("http://127.0.0.1:8400/api/v1/integrations/{path}")]);
        assert_eq!(words[2..6], ["-H", "Authorization: Bearer t", "-H", "Content-Type: application/json"]);
        assert_eq!((words[6].as_str(), json(&words[7]), words.len()), ("-d", body, 8));
    };
    let body = json!({ "entity": "things", "action": "get", "params": call.params });
    request(&call.snippets["hosted_request"], "connectors/c/execute", body);
    let way = &described.sign_in[0];
    assert!(way.example["token"].contains("'; rm -r x; echo '"), "{:?}", way.example);
    let body = json!({ "workspace_name": "default", "connector_type": "hostile", "credentials": way.example });
    request(&way.snippets["hosted_request"], "connectors", body);
}

/// The words of the one command that a text is for a shell.
#[cfg(unix)]
fn words(snippet: &str) -> Vec<String> {
    let say = "say() { printf '%s\\0' \"$@\"; }\ntieline() { say tieline \"$@\"; }\ncurl() { say curl \"$@\"; }\n";
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &format!("{say}{snippet}")]).env("TOKEN", "t").env("CONNECTOR", "c");
    let output = String::from_utf8(shell.output().unwrap().stdout).unwrap();
    output.trim_end_matches('\0').split('\0').map(str::to_owned).collect()
}

#[test]
fn an_action_that_is_not_for_hosted_callers_is_not_shown_to_them() {
    let text = std::fs::read_to_string(here(OWN[0])).unwrap();
    let text = text.replace("ping: { get: /ping,", "ping: { internal: true, get: /ping,");
    let (connector, _) = Connector::load(&Source::new("sign-in.yaml", text)).unwrap();
    let pages = docs::pages(&docs::model(&[&connector], &[]).unwrap()).unwrap();
    let reference = page(&pages, "sign-in/REFERENCE.md");
    assert!(reference.contains("tieline execute sign-in items ping\n"), "{reference}");
    assert_eq!(reference.matches("\"action\": \"ping\"").count(), 0, "{reference}");
    assert_eq!(reference.matches("<summary>Hosted</summary>").count(), 3, "{reference}");
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
    // An example stands there three times.
    assert!(reference.len() < 24_000, "{} bytes", reference.len());
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
