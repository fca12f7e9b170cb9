//! `execute` and `explain`, against the mock inside the process.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Place, SECRET, token};
use serde_json::json;

#[test]
fn a_list_is_an_envelope_in_one_line() {
    let run = Place::new().run(&["execute", "notes.yaml", "notes", "list", "--mock", "--param", "limit=2"]);
    let json = run.json();
    assert_eq!(json["data"].as_array().unwrap().len(), 2);
    assert!(json["next"].is_string() && json["meta"]["next"].is_string(), "{json}");
    assert_eq!(run.stdout.lines().count(), 1);
}

#[test]
fn next_goes_on_and_all_takes_everything() {
    let place = Place::new();
    let list = ["execute", "notes.yaml", "notes", "list", "--mock", "-p", "limit=2"];
    let ids = |json: &serde_json::Value| -> Vec<String> {
        json["data"].as_array().unwrap().iter().map(|note| note["id"].as_str().unwrap().to_owned()).collect()
    };
    let all = ids(&place.run(&[&list[..], &["--all"]].concat()).json());
    assert!(all.len() > 4, "{all:?}");
    let first = place.run(&list).json();
    let second = place.run(&[&list[..], &["--next", first["next"].as_str().unwrap()]].concat()).json();
    assert_eq!([ids(&first), ids(&second)].concat(), all[..4]);

    let capped = place.run(&[&list[..], &["--max-records", "3"]].concat()).json();
    assert_eq!(ids(&capped), all[..3]);
    assert!(capped["next"].is_string(), "{capped}");
    let rest = place.run(&[&list[..], &["--all", "--next", capped["next"].as_str().unwrap()]].concat()).json();
    assert_eq!(ids(&rest), all[3..]);
    assert_eq!(ids(&place.run(&[&list[..], &["--max-pages", "2"]].concat()).json()), all[..4]);

    let lines = place.run(&[&list[..], &["--all", "--format", "jsonl"]].concat()).lines();
    assert_eq!(lines.iter().map(|note| note["id"].as_str().unwrap()).collect::<Vec<_>>(), all);
}

#[test]
fn fields_and_tables() {
    let place = Place::new();
    let list = ["execute", "notes.yaml", "notes", "list", "--mock", "--fields", "id,text"];
    let json = place.run(&list).json();
    for note in json["data"].as_array().unwrap() {
        assert_eq!(note.as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "text"]);
    }
    let table = place.run(&[&list[..], &["--format", "table"]].concat());
    assert_eq!(table.code, 0, "{table:?}");
    let header: Vec<&str> = table.stdout.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(header, ["ID", "TEXT"]);
    assert_eq!(table.stdout.lines().count(), 1 + json["data"].as_array().unwrap().len());
}

#[test]
fn the_result_goes_to_the_file_that_output_names() {
    let place = Place::new();
    let run = place.run(&["execute", "notes.yaml", "notes", "list", "--mock", "--output", "notes.json"]);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""));
    let json: serde_json::Value = serde_json::from_slice(&place.read("notes.json")).unwrap();
    assert!(json["data"].is_array());

    let refused = ["execute", "notes.yaml", "notes", "get", "--mock", "--output", "other.json"];
    place.run(&refused).error(4, "invalid_input");
    assert_eq!(place.names(), ["notes.json", "notes.yaml"], "a failed call leaves nothing behind");
    place.run(&[&list_to("no/such/folder.json")[..]].concat()).error(4, "invalid_input");
    place.run(&list_to(".")).error(4, "invalid_input");
}

fn list_to(output: &str) -> [&str; 7] {
    ["execute", "notes.yaml", "notes", "list", "--mock", "--output", output]
}

#[test]
fn a_download_is_a_stream_a_file_or_base64() {
    let place = Place::new();
    let download = ["execute", "notes.yaml", "files", "download", "--mock", "--param", "file_id=1"];
    let piped = place.command(&download).output().unwrap();
    assert!(piped.status.success() && !piped.stdout.is_empty(), "{piped:?}");

    let told = place.run(&[&download[..], &["--output", "a.bin"]].concat()).json();
    assert_eq!(place.read("a.bin"), piped.stdout);
    assert_eq!(told["data"]["file"], "a.bin");
    assert_eq!(told["data"]["bytes"], piped.stdout.len());
    assert_eq!(place.names(), ["a.bin", "notes.yaml"]);

    let json = place.run(&[&download[..], &["--format", "json"]].concat()).json();
    assert_eq!(json["data"]["bytes"], piped.stdout.len());
    assert!(json["data"]["content"].is_string() && json["data"]["encoding"].is_string(), "{json}");
}

#[test]
fn a_file_is_sent_with_its_name_and_type() {
    let place = Place::new();
    place.write("photo.png", b"not really");
    let upload = ["execute", "notes.yaml", "files", "upload", "--mock", "--param", "file=@photo.png"];
    assert!(place.run(&upload).json()["data"]["id"].is_string());
    let explained = place.run(&["explain", "notes.yaml", "files", "upload", "--mock", "--param", "file=@photo.png"]);
    assert!(explained.stdout.contains(r#"filename="photo.png""#), "{explained:?}");
    assert!(explained.stdout.contains("Content-Type: image/png"), "{explained:?}");
    assert!(explained.stdout.contains("[photo.png, 10 bytes]"), "{explained:?}");
    let missing = place.run(&["execute", "notes.yaml", "files", "upload", "--mock", "--param", "file=@nothing.png"]);
    let error = missing.error(4, "invalid_input");
    assert_eq!(error["problems"][0]["at"], "file");
    assert!(error["problems"][0]["message"].as_str().unwrap().starts_with("nothing.png cannot be read"), "{error}");
}

#[test]
fn parameters_come_as_json_from_a_file_from_stdin_and_one_by_one() {
    let place = Place::new();
    place.write("note.json", r#"{"text": "from a file", "pinned": true}"#);
    let body = |args: &[&str], stdin: &[u8]| {
        let explain = ["explain", "notes.yaml", "notes", "create", "--mock", "--format", "json"];
        place.run_with(&[&explain, args].concat(), stdin).json()["body"].clone()
    };
    assert_eq!(body(&["--params", r#"{"text":"a"}"#], b""), json!({"text": "a"}));
    assert_eq!(body(&["--params", "@note.json"], b""), json!({"text": "from a file", "pinned": true}));
    assert_eq!(body(&["--params", "-"], br#"{"text":"b"}"#), json!({"text": "b"}));
    let single = ["--params", "@note.json", "--param", "text=007", "-p", "pinned=false", "-p", "icon=null"];
    assert_eq!(body(&single, b""), json!({"text": "007", "pinned": false, "icon": null}));
    let list = ["explain", "notes.yaml", "notes", "list", "--mock", "-p", "tags=a b", "-p", "tags=c"];
    let run = place.run(&list);
    assert!(run.stdout.contains("tags=a+b") || run.stdout.contains("tags=a%20b"), "{run:?}");
    assert!(run.stdout.contains("tags=c"), "{run:?}");
}

#[test]
fn members_of_an_object_are_given_one_by_one() {
    let place = Place::new();
    let explain = ["explain", "notes.yaml", "notes", "create", "--mock", "-p", "text=a"];
    let run = |args: &[&str]| place.run(&[&explain[..], &["--format", "json"], args].concat());
    let icon = run(&["-p", "icon.emoji=!", "-p", "icon[tint].red=7"]).json()["body"]["icon"].clone();
    assert_eq!(icon, json!({ "emoji": "!", "tint": { "red": 7 } }));
    let merged = run(&["--params", r#"{"icon":{"emoji":"?","tint":{"red":1}}}"#, "-p", "icon.emoji=7"]).json();
    assert_eq!(merged["body"]["icon"], json!({ "emoji": "7", "tint": { "red": 1 } }));

    for text in ["icon=!", "icon=5"] {
        let problem = run(&["-p", text]).error(4, "invalid_input")["problems"][0].clone();
        let expected = "must be a JSON object; write --param icon.emoji=value (known members: `emoji`, `tint`)";
        assert_eq!(problem, json!({ "at": "icon", "message": expected }));
    }
    let error = run(&["-p", "icon.equals=x"]).error(4, "invalid_input");
    assert_eq!(error.get("help"), None, "the other parameters do not matter: {error}");
    assert!(error["problems"].to_string().contains("unknown property; known: `emoji`, `tint`"), "{error}");
    let error = run(&["-p", "icno.emoji=x"]).error(4, "invalid_input");
    assert!(error["problems"][0]["message"].as_str().unwrap().contains("`icon`"), "{error}");
    for twice in [["icon.emoji=a", "icon.emoji=b"], ["icon.emoji=a", "icon={}"]] {
        run(&["-p", twice[0], "-p", twice[1]]).error(4, "invalid_input");
    }
}

#[test]
fn explain_shows_everything_but_secrets() {
    let run = Place::new().run(&["explain", "notes.yaml", "notes", "list", "--credentials", &token()]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.starts_with("GET https://api.example.com/v1/notes\n"), "{run:?}");
    assert!(run.stdout.contains("\nauthorization: [secret]\n"), "{run:?}");
    let run = Place::new().run(&[
        "explain",
        "notes.yaml",
        "notes",
        "list",
        "--credentials",
        &token(),
        "--config",
        r#"{"region":"us"}"#,
        "--base-url",
        "http://127.0.0.1:9",
        "--format",
        "json",
    ]);
    let json = run.json();
    assert_eq!(json["url"], "http://127.0.0.1:9/v1/notes");
    assert_eq!((&json["headers"]["x-region"], &json["auth"]), (&json!("us"), &json!("token")));
    assert_eq!(json["headers"]["authorization"], "[secret]");
}

#[test]
fn explain_needs_no_credentials() {
    let place = Place::new();
    let explain = ["explain", "notes.yaml", "notes", "list"];
    let run = place.run(&explain);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("\nauthorization: [secret]\n"), "{run:?}");
    assert_eq!(run.stderr, "no credentials were given: secrets stand where `token` would put them\n");
    let named = place.run(&[&explain[..], &["--auth", "oauth", "--format", "json"]].concat());
    assert!(named.stdout.contains(r#""auth":"oauth""#) && named.stderr.contains("`oauth`"), "{named:?}");
    place.run(&[&explain[..], &["--credentials", "{}"]].concat()).error(2, "credentials");
    place.run(&[&explain[..], &["--auth", "oath"]].concat()).error(2, "credentials");
    assert_eq!(place.run(&[&explain[..], &["--credentials", &token()]].concat()).stderr, "");

    assert_eq!(place.run(&["new", "acme"]).code, 0);
    let new = place.run(&["explain", "./acme/connector.yaml", "items", "list"]);
    assert!(new.code == 0 && new.stdout.starts_with("GET https://api.example.com/v1/items\n"), "{new:?}");
}

#[test]
fn explain_shows_what_is_made_for_each_call_and_what_comes_after_it() {
    let place = Place::new();
    let manifest = String::from_utf8(place.read("notes.yaml")).unwrap();
    let manifest = manifest.replace("check: notes.list", "check: notes.list\nidempotency: { header: X-Once }");
    place.write("notes.yaml", manifest.replace("download: {}", "download: { url: $.file.url }"));
    let explain = |args: &[&str]| place.run(&[&["explain", "notes.yaml"], args, &["--mock"]].concat());
    let create = explain(&["notes", "create", "-p", "text=a"]);
    assert!(create.stdout.contains("\nx-once: [new for each call]\n"), "{create:?}");
    let create = explain(&["notes", "create", "-p", "text=a", "--format", "json"]).json();
    assert_eq!(create["headers"]["x-once"], "[new for each call]");
    let list = explain(&["notes", "list", "--format", "json"]).json();
    assert_eq!((list["headers"].get("x-once"), list.get("then")), (None, None), "a list may be repeated without");

    let download = explain(&["files", "download", "-p", "file_id=1"]);
    assert!(
        download.stdout.ends_with("\nthen GET the file from the URL at `$.file.url` of the answer\n"),
        "{download:?}"
    );
    let download = explain(&["files", "download", "-p", "file_id=1", "--format", "json"]).json();
    assert_eq!(download["then"], json!({ "method": "GET", "url_at": "$.file.url" }));
}

/// `notes.yaml` with required configuration: one value in the host, one beside it.
fn configured() -> Place {
    let place = Place::new();
    let manifest = String::from_utf8(place.read("notes.yaml")).unwrap();
    let manifest = manifest.replace("https://api.example.com/v1", "https://${config.site}.example.com/v1");
    let site = "config:\n  site: { required: true, pattern: '[a-z]+-[a-z]+', example: acme-test }\n";
    let manifest = manifest.replace("config:\n", site).replace("default: eu, enum", "required: true, enum");
    place.write("notes.yaml", manifest);
    place
}

#[test]
fn configuration_comes_from_an_option_or_the_environment_and_is_asked_for() {
    let place = configured();
    let explain = ["explain", "notes.yaml", "notes", "list", "--credentials", &token(), "--format", "json"];
    let error = place.run(&explain).error(4, "invalid_input");
    let help = error["help"].as_str().unwrap();
    assert!(help.contains(r#"--config '{"site":"acme-test","region":"eu"}'"#), "{help}");
    assert!(help.ends_with("or set TIELINE_NOTES_SITE, TIELINE_NOTES_REGION"), "{help}");
    let explained = |config: &[&str], variables: &[(&str, &str)]| -> serde_json::Value {
        let output = place.command(&[&explain[..], config].concat()).envs(variables.iter().copied()).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let both = [("TIELINE_NOTES_SITE", "my-site"), ("TIELINE_NOTES_REGION", "us")];
    let from_environment = explained(&[], &both);
    assert_eq!(from_environment["url"], "https://my-site.example.com/v1/notes");
    assert_eq!(from_environment["headers"]["x-region"], "us");
    let mixed = explained(&["--config", r#"{"region":"eu"}"#], &both);
    assert_eq!((&mixed["url"], &mixed["headers"]["x-region"]), (&from_environment["url"], &json!("eu")));
}

#[test]
fn with_a_base_url_the_host_needs_no_configuration() {
    let place = configured();
    let explain = ["explain", "notes.yaml", "notes", "list", "--credentials", &token(), "--format", "json"];
    let here = [&explain[..], &["--base-url", "http://127.0.0.1:9"]].concat();
    let error = place.run(&here).error(4, "invalid_input");
    assert_eq!(error["problems"], json!([{ "at": "region", "message": "is required" }]), "it is sent in a header");
    let json = place.run(&[&here[..], &["--config", r#"{"region":"us"}"#]].concat()).json();
    assert_eq!((&json["url"], &json["headers"]["x-region"]), (&json!("http://127.0.0.1:9/v1/notes"), &json!("us")));
}

#[test]
fn credentials_come_from_an_option_a_file_or_the_environment() {
    let place = Place::new();
    let explain = ["explain", "notes.yaml", "notes", "list", "--format", "json"];
    place.write("c.json", token());
    let from_file = place.run(&[&explain[..], &["--credentials", "@c.json"]].concat());
    assert_eq!(from_file.json()["auth"], "token");
    let from_environment = place.command(&explain).env("TIELINE_NOTES_TOKEN", SECRET).output().unwrap();
    assert!(from_environment.status.success(), "{from_environment:?}");
    let oauth = r#"{"client_id":"c","client_secret":"s","access_token":"a"}"#;
    assert_eq!(place.run(&[&explain[..], &["--credentials", oauth]].concat()).json()["auth"], "oauth");

    place.run(&["execute", "notes.yaml", "notes", "list"]).error(2, "credentials");
    place.run(&[&explain[..], &["--credentials", "@nowhere.json"]].concat()).error(2, "credentials");
    let broken = format!(r#"{{"token": {SECRET}}}"#);
    place.run(&[&explain[..], &["--credentials", &broken]].concat()).error(2, "credentials");
    place.run(&[&explain[..], &["--credentials", &token(), "--auth", "oath"]].concat()).error(2, "credentials");
    let unknown = format!(r#"{{"tokn":"{SECRET}"}}"#);
    place.run(&[&explain[..], &["--credentials", &unknown]].concat()).error(2, "credentials");
}

#[test]
fn a_wrong_token_is_refused_before_any_request() {
    let place = Place::new();
    let run = place.run(&["execute", "notes.yaml", "notes", "list", "--credentials", r#"{"token":"abc"}"#]);
    let error = run.error(2, "credentials");
    assert_eq!(error["message"], "token must start with `key_` or `secret_`");
    let batch = place.run(&["batch", "notes.yaml", "--credentials", r#"{"token":"abc"}"#]);
    assert_eq!(batch.error(2, "credentials")["message"], "token must start with `key_` or `secret_`");
}

#[test]
fn exit_codes_say_what_kind_of_failure_it_was() {
    let place = Place::new();
    let run = |args: &[&str]| place.run(&[&["execute"], args].concat());
    let error = run(&["nots.yaml", "notes", "list"]).error(4, "invalid_input");
    assert!(error["message"].as_str().unwrap().starts_with("nots.yaml cannot be read"), "{error}");
    run(&["nots", "notes", "list"]).error(3, "unknown_connector");
    let error = run(&["notes.yaml", "note", "list", "--mock"]).error(3, "unknown_entity");
    assert_eq!(error["help"], "did you mean `notes`?");
    run(&["notes.yaml", "notes", "lst", "--mock"]).error(3, "unknown_action");
    run(&["notes.yaml", "notes", "get", "--mock"]).error(4, "invalid_input");
    let error = run(&["notes.yaml", "notes", "list", "--mock", "-p", "limt=3"]).error(4, "invalid_input");
    assert!(error["problems"][0]["message"].as_str().unwrap().contains("`limit`"), "{error}");
    run(&["notes.yaml", "notes", "list", "--mock", "-p", "limit"]).error(4, "invalid_input");
    run(&["notes.yaml", "notes", "list", "--mock", "--config", r#"{"region":"mars"}"#]).error(4, "invalid_input");
    run(&["notes.yaml", "notes", "list", "--mock", "--nonsense"]).error(4, "invalid_input");
    run(&["notes.yaml", "notes", "list", "--mock", "--max-pages", "0"]).error(4, "invalid_input");
    let closed = ["notes.yaml", "notes", "list", "--credentials", &token(), "--base-url", "http://127.0.0.1:9"];
    run(&closed).error(1, "unavailable");
    let plain = ["notes.yaml", "notes", "list", "--credentials", &token(), "--base-url", "http://api.example.net"];
    run(&plain).error(1, "refused");
}

#[test]
fn a_manifest_with_errors_is_told_with_its_places() {
    let place = Place::new();
    place.write(
        "bad.yaml",
        "tieline: 1\nname: bad\ntitle: Bad\nversion: 1.0.0\nsumary: typo\nserver: https://x.example\n",
    );
    let error = place.run(&["execute", "bad.yaml", "a", "b"]).error(4, "invalid_manifest");
    let at: Vec<&str> = error["problems"].as_array().unwrap().iter().map(|p| p["at"].as_str().unwrap()).collect();
    assert!(at.contains(&"bad.yaml:5:1"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_failure() {
    use std::io::Read as _;
    use std::process::Stdio;
    let place = Place::new();
    // Far more lines than a pipe holds.
    let calls = r#"{"entity":"notes","action":"list"}"#.to_owned() + "\n";
    place.write("calls.jsonl", calls.repeat(5000));
    let mut child = place
        .command(&["batch", "notes.yaml", "--mock"])
        .stdin(std::fs::File::open(place.path("calls.jsonl")).unwrap())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}

#[test]
fn the_tokens_of_a_mock_or_of_another_server_never_reach_the_users_file() {
    let place = Place::new();
    place.write(
        "notes.yaml",
        r#"
tieline: 1
name: notes
title: Notes
version: 1.2.3
summary: Notes.
server: https://api.example.com
auth:
  oauth:
    fields:
      client_id: { description: Id of the client }
      client_secret: { description: Its secret, secret: true }
      access_token: { description: Access token, secret: true, required: false }
      refresh_token: { description: Renews the access token, secret: true }
    oauth2:
      authorize: { url: "https://api.example.com/oauth/authorize" }
      token: { url: "https://api.example.com/oauth/token" }
entities:
  notes:
    summary: What people wrote down.
    actions: { list: { get: /notes, summary: Lists them., records: $.notes } }
"#,
    );
    let given = format!(r#"{{"client_id":"c","client_secret":"s","refresh_token":"{SECRET}"}}"#);
    place.write("c.json", &given);
    let list = ["execute", "notes.yaml", "notes", "list", "--credentials", "@c.json"];
    let server = place.mock(&[]);
    for other in [&["--mock"][..], &["--mock", "--token-store", "tokens.json"], &["--base-url", &server.url]] {
        place.run(&[&list[..], other].concat()).json();
        assert_eq!(place.read("c.json"), given.as_bytes(), "{other:?}");
        assert_eq!(place.names(), ["c.json", "notes.yaml"], "{other:?}");
    }
    // To this one the refresh token is new.
    let server = place.mock(&[]);
    place.run(&[&list[..], &["--base-url", &server.url, "--token-store", "tokens.json"]].concat()).json();
    assert_eq!(place.read("c.json"), given.as_bytes());
    assert!(place.names().contains(&"tokens.json".to_owned()));
}
