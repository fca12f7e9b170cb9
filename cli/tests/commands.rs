//! `list`, `describe`, `check`, `new`, `completions`, `man`, and what is said about a command line that is none.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::Place;
use serde_json::{Value, json};

#[test]
fn every_connector_that_is_listed_can_be_described() {
    let place = Place::new();
    let list = place.run(&["list", "--format", "json"]).json();
    let text = place.run(&["list"]);
    assert_eq!(text.code, 0, "{text:?}");
    for connector in list.as_array().unwrap() {
        let name = connector["name"].as_str().unwrap();
        assert!(text.stdout.contains(name), "{text:?}");
        let described = place.run(&["describe", name, "--format", "json"]).json();
        assert_eq!(described["summary"], connector["summary"]);
        assert!(!described["operations"].as_array().unwrap().is_empty());
    }
}

#[test]
fn a_connector_is_described_for_programs() {
    let place = Place::new();
    let json = place.run(&["describe", "notes.yaml", "--format", "json"]).json();
    assert_eq!((&json["name"], &json["version"]), (&json!("notes"), &json!("1.2.3")));
    let token = &json["auth"][0]["fields"][0];
    assert_eq!((&token["name"], &token["prefix"]), (&json!("token"), &json!(["key_", "secret_"])));
    assert_eq!((&token["required"], &token["secret"]), (&json!(true), &json!(true)));
    assert_eq!(json["config"][0]["default"], "eu");
    assert_eq!((&json["config"][1]["pattern"], &json["config"][1]["example"]), (&json!("[a-z]+"), &json!("design")));
    assert_eq!(json["questions"]["cannot"], json!(["Who read it?"]));
    assert_eq!(json["hints"]["when_to_use"], "For what people wrote down.");
    assert_eq!(json["extensions"]["x-one"], json!({ "secret": "content" }));
    assert_eq!(json["entities"][0]["relations"][0]["to"], "files");
    assert_eq!(json["entities"][0]["actions"], json!(["list", "get", "create", "delete"]));
    let operations = json["operations"].as_array().unwrap();
    assert_eq!(operations.len(), 6);
    for operation in operations {
        for key in ["entity", "action", "effect", "method", "path", "params", "paginated", "destructive", "internal"] {
            assert!(operation.get(key).is_some(), "{operation} has no {key}");
        }
    }
    let find = |action: &str| operations.iter().find(|operation| operation["action"] == action).unwrap();
    let list = find("list");
    assert_eq!((&list["effect"], &list["paginated"]), (&json!("read"), &json!(true)));
    let limit = param(list, "limit");
    assert_eq!((&limit["in"], &limit["type"], &limit["maximum"]), (&json!("query"), &json!("integer"), &json!(50)));
    let delete = find("delete");
    assert_eq!((&delete["method"], &delete["destructive"]), (&json!("DELETE"), &json!(true)));
    assert_eq!(delete["path"], "/notes/{note_id}");
    assert_eq!(param(delete, "note_id")["required"], true);
    let create = find("create");
    assert_eq!(param(create, "text")["maxLength"], 100);
    assert_eq!(param(create, "icon")["type"], json!(["object", "null"]));
    assert_eq!(param(create, "icon")["description"], "A picture");
    assert_eq!(param(find("upload"), "file")["file"], true);
}

fn param<'a>(operation: &'a Value, name: &str) -> &'a Value {
    operation["params"].as_array().unwrap().iter().find(|param| param["name"] == name).unwrap()
}

#[test]
fn a_description_can_be_narrowed() {
    let place = Place::new();
    let entity = place.run(&["describe", "notes.yaml", "files", "--format", "json"]).json();
    assert_eq!(entity["operations"].as_array().unwrap().len(), 2);
    assert_eq!(entity["entities"].as_array().unwrap().len(), 1);
    let action = place.run(&["describe", "notes.yaml", "notes", "get", "--format", "json"]).json();
    assert_eq!(action["operations"].as_array().unwrap().len(), 1);
    place.run(&["describe", "notes.yaml", "nots"]).error(3, "unknown_entity");
    place.run(&["describe", "notes.yaml", "notes", "gt"]).error(3, "unknown_action");
}

#[test]
fn a_connector_is_described_for_people() {
    let place = Place::new();
    let text = |args: &[&str]| {
        let run = place.run(&[&["describe", "notes.yaml"], args].concat());
        assert_eq!(run.code, 0, "{run:?}");
        run.stdout
    };
    let whole = text(&[]);
    for part in [
        "Notes (notes 1.2.3)",
        "TIELINE_NOTES_TOKEN",
        "starts with `key_` or `secret_`",
        "  only for actions that name it: client (Client)\n",
        "  region  TIELINE_NOTES_REGION  Where the notes are kept; is `eu` or `us`; default eu\n",
        "  team    TIELINE_NOTES_TEAM    Whose notes; matches `[a-z]+`; such as `design`; optional;\n                                extensions x-team\n",
        "\nHas extensions x-one, x-two [2J (--format json shows them).\n",
        "\n    Has extensions x-scheme (--format json shows them).\n",
        "  the data is  live\n",
        "  it answers   What did I write?\n               Which notes are on top?\n  it does not  Who read it?\n",
        "  when         For what people wrote down.\n",
    ] {
        assert!(whole.contains(part), "no {part} in\n{whole}");
    }
    assert!(whole.contains("notes  list, get, create, delete"), "{whole}");
    assert!(whole.contains("tieline execute notes.yaml notes list --mock"), "{whole}");
    let entity = text(&["notes"]);
    assert!(entity.contains("delete  DELETE /notes/{note_id}"), "{entity}");
    assert!(entity.contains("\nRELATIONS\n  files  $.file_id  many to one  What hangs on it.\n"), "{entity}");
    assert!(entity.contains("\nHas extensions x-entity (--format json shows them).\n"), "{entity}");
    assert!(entity.contains("\nHINTS\n  people say  memo, note\n"), "{entity}");
    let action = text(&["notes", "create"]);
    assert!(action.contains("text      string, required  What to write down (at most 100 characters)"), "{action}");
    assert!(action.contains("\noperation id  createNote\n"), "{action}");
    assert!(action.contains("\nHas extensions x-action (--format json shows them).\n"), "{action}");
    assert!(!whole.contains("content"), "names are enough\n{whole}");
    let icon = "  icon      object|null       A picture\n    .emoji  string, required  One character (at most 1 character)\n    \
                .tint   object            Its colour\n";
    assert!(action.contains(icon), "{action}");
    assert!(!action.contains(".red"), "only one level down\n{action}");
    assert!(action.contains("  when  To keep a thought.\n"), "{action}");
    assert!(action.contains("tieline execute notes.yaml notes create --param text=…"), "{action}");
    assert!(whole.lines().chain(entity.lines()).chain(action.lines()).all(|line| line.chars().count() <= 100));
}

#[test]
fn a_connector_is_described_for_agents() {
    let place = Place::new();
    let read = |args: &[&str]| {
        let text = place.run(&[&["describe", "notes.yaml", "--for-agent"], args].concat());
        assert_eq!(text.code, 0, "{text:?}");
        let json = place.run(&[&["describe", "notes.yaml", "--for-agent", "--format", "json"], args].concat()).json();
        (text.stdout, json)
    };
    let (index, json) = read(&[]);
    assert!(index.contains("\nnotes: list get create+ delete!\n"), "{index}");
    assert!(index.ends_with("\nNext: tieline describe notes.yaml ENTITY [ACTION] --for-agent\n"), "{index}");
    assert_eq!(
        json["entities"][0]["actions"][3],
        json!({ "action": "delete", "effect": "delete", "destructive": true })
    );
    let (entity, json) = read(&["notes"]);
    assert!(entity.contains("\ndelete(note_id) [delete, destructive]"), "{entity}");
    assert!(entity.ends_with("\nNext: tieline describe notes.yaml notes ACTION --for-agent\n"), "{entity}");
    assert_eq!(json["actions"][1]["required"], json!(["note_id"]));
    let (action, json) = read(&["notes", "create"]);
    assert!(action.ends_with("\nNext: tieline execute notes.yaml notes create --params JSON\n"), "{action}");
    assert_eq!((&json["params"]["type"], &json["params"]["required"]), (&json!("object"), &json!(["text"])));
    // The call that is shown can be made.
    let call = &json["examples"][0]["call"];
    let params = call["params"].to_string();
    place.run(&["execute", "notes.yaml", "notes", "create", "--params", &params, "--mock"]).json();
    let (list, _) = read(&["notes", "list"]);
    assert!(list.ends_with(" notes list --params JSON [--next NEXT]\n"), "{list}");
    let manifest = String::from_utf8(place.read("notes.yaml")).unwrap();
    let delete = "delete: /notes/{note_id}\n";
    place.write("notes.yaml", manifest.replace(delete, &format!("{delete}        internal: true\n")));
    let refused = place.run(&["describe", "notes.yaml", "notes", "delete", "--for-agent"]).error(1, "refused");
    assert_eq!(refused["message"], "`notes.delete` is not for agents");
}

const SCHEMA: &[u8] = include_bytes!("../../specs/manifest.schema.json");

#[test]
fn what_to_type_next_is_configured_where_that_is_needed() {
    let place = Place::new();
    let manifest = String::from_utf8(place.read("notes.yaml")).unwrap();
    place.write("notes.yaml", manifest.replace("default: eu, enum", "required: true, enum"));
    let run = place.run(&["describe", "notes.yaml", "notes", "list"]);
    let list = "tieline execute notes.yaml notes list";
    assert!(run.stdout.ends_with(&format!("  {list} --config '{{\"region\":\"eu\"}}'\n  {list} --mock\n")), "{run:?}");
}

#[test]
fn a_new_manifest_passes_the_check_and_works() {
    let place = Place::new();
    let made = place.run(&["new", "my-api"]);
    assert_eq!((made.code, made.stdout.as_str()), (0, "my-api/connector.yaml\n"), "{made:?}");
    let checked = place.run(&["check", "--deny-warnings", "my-api"]);
    assert_eq!((checked.code, checked.stdout.as_str()), (0, "my-api/connector.yaml: no findings\n"), "{checked:?}");
    let list = place.run(&["execute", "my-api", "items", "list", "--mock"]).json();
    assert!(!list["data"].as_array().unwrap().is_empty());
    place.run(&["execute", "my-api", "items", "create", "--mock", "--param", "name=x"]).json();

    let before = place.read("my-api/connector.yaml");
    let again = place.run(&["new", "my-api"]).error(4, "invalid_input");
    assert!(again["message"].as_str().unwrap().contains("is there already"), "{again}");
    assert_eq!(place.read("my-api/connector.yaml"), before);
    assert_eq!(place.read("my-api/manifest.schema.json"), SCHEMA);
    assert!(before.starts_with(b"# yaml-language-server: $schema=manifest.schema.json\n"));
    place.write("manifest.schema.json", "{}");
    assert_eq!(place.run(&["new", "third", "--out", "third/connector.yaml"]).code, 0);
    assert!(
        place.read("third/connector.yaml").starts_with(b"# yaml-language-server: $schema=../manifest.schema.json\n")
    );
    assert!(!place.path("third/manifest.schema.json").exists(), "the one above is used");

    assert_eq!(place.run(&["new", "other", "--out", "deep/er/other.yaml"]).code, 0);
    assert_eq!(place.run(&["check", "deep/er/other.yaml", "my-api"]).code, 0);
    place.run(&["new", "../evil"]).error(4, "invalid_input");
}

#[test]
fn check_shows_all_findings_in_three_ways() {
    let place = Place::new();
    let bad = "tieline: 1\nname: bad\ntitle: Bad\nversion: 1.0.0\nsumary: typo\nserver: https://x.example\n";
    place.write("bad.yaml", bad);
    let text = place.run(&["check", "bad.yaml"]);
    assert_eq!(text.code, 4, "{text:?}");
    assert!(text.stdout.contains("bad.yaml:5:1") && text.stdout.contains("`summary`"), "{text:?}");
    assert_eq!(text.stderr, "", "the findings are the result");

    let json = place.run(&["check", "bad.yaml", "notes.yaml", "--format", "json"]);
    assert_eq!(json.code, 4);
    let findings: Value = serde_json::from_str(&json.stdout).unwrap();
    assert!(findings.as_array().unwrap().iter().any(|finding| finding["code"] == "unknown-key"), "{findings}");
    assert!(findings.as_array().unwrap().iter().all(|finding| finding["file"] == "bad.yaml"), "{findings}");
    let sarif = place.run(&["check", "bad.yaml", "--format", "sarif"]);
    let sarif: Value = serde_json::from_str(&sarif.stdout).unwrap();
    assert_eq!(sarif["version"], "2.1.0");

    let both = place.run(&["check", "bad.yaml", "notes.yaml"]);
    assert!(both.stdout.contains("2 files, 1 without findings"), "{both:?}");
    place.run(&["check", "nothing.yaml"]).error(4, "invalid_input");
    place.write("binary.yaml", [0xff, 0xfe, 0x00]);
    place.run(&["check", "binary.yaml"]).error(4, "invalid_manifest");
}

#[test]
fn check_explains_a_code() {
    let place = Place::new();
    let run = place.run(&["-v", "check", "--explain", "unknown-key"]);
    assert!(run.code == 0 && run.stdout.starts_with("# unknown-key\n"), "{run:?}");
    assert!(run.stdout.contains("error[unknown-key]: unknown key `sumary` in an action"), "{run:?}");
    place.write("bad.yaml", "tieline: 1\n");
    let run = place.run(&["check", "bad.yaml"]);
    assert!(run.stdout.ends_with("\nMore about a kind of finding: tieline check --explain missing-key\n"), "{run:?}");
    let error = place.run(&["check", "--explain", "unknwon-key"]).error(4, "invalid_input");
    assert_eq!(error["help"], "did you mean `unknown-key`?");
    place.run(&["check", "bad.yaml", "--explain", "unknown-key"]).error(4, "invalid_input");
    place.run(&["check"]).error(4, "invalid_input");
}

#[test]
fn check_finds_every_manifest_in_a_folder() {
    let place = Place::new();
    for folder in ["specs", "specs/deep/er", "specs/.hidden", "specs/target", "empty"] {
        std::fs::create_dir_all(place.path(folder)).unwrap();
    }
    let error = place.run(&["check", "empty"]).error(4, "invalid_input");
    assert_eq!(error["message"], "empty holds no connector.yaml, and no folder below it does");
    for name in ["specs/connector.yaml", "specs/deep/er/connector.yaml"] {
        place.write(name, place.read("notes.yaml"));
    }
    for name in ["specs/.hidden/connector.yaml", "specs/target/connector.yaml", "specs/deep/other.yaml"] {
        place.write(name, "no manifest");
    }
    let both = place.run(&["check", "specs", "--deny-warnings"]);
    assert_eq!((both.code, both.stdout.as_str()), (0, "2 files, 2 without findings: 0 errors and 0 warnings in all\n"));
    place.write("specs/deep/er/connector.yaml", "no manifest");
    let run = place.run(&["check", "specs"]);
    assert!(run.code == 4 && run.stdout.contains("specs/deep/er/connector.yaml:1:1"), "{run:?}");
}

#[test]
fn warnings_fail_only_when_they_are_denied() {
    let place = Place::new();
    let manifest = String::from_utf8(place.read("notes.yaml")).unwrap();
    let warned = format!("{manifest}  Forgotten: {{ type: object }}\n");
    place.write("warned.yaml", warned);
    let run = place.run(&["check", "warned.yaml"]);
    assert!(run.code == 0 && run.stdout.contains("1 warning"), "{run:?}");
    assert_eq!(place.run(&["check", "warned.yaml", "--deny-warnings"]).code, 4);
}

#[test]
fn every_shell_has_completions() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = place.run(&["completions", shell]);
        assert!(run.code == 0 && run.stdout.contains("describe"), "{shell}: {run:?}");
    }
    let zsh = place.run(&["completions", "zsh"]).stdout;
    assert!(zsh.contains(r#":{_alternative "connectors:connector:("#) && !zsh.contains("notion)'"), "{zsh}");
}

#[test]
fn bash_completes_commands_connectors_and_values() {
    let place = Place::new();
    place.write("tieline.bash", place.run(&["completions", "bash"]).stdout);
    for (words, expected) in [
        ("tieline desc", "describe"),
        ("tieline execute not", "notion"),
        ("tieline execute notion users list --form", "--format"),
        ("tieline check --explain unknown-k", "unknown-key"),
    ] {
        let script = format!(
            "source tieline.bash; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n\
             _tieline tieline \"${{COMP_WORDS[-1]}}\" \"${{COMP_WORDS[-2]}}\"; echo \"${{COMPREPLY[*]}}\""
        );
        let mut bash = std::process::Command::new("bash");
        let output = bash.args(["--norc", "-c", &script]).current_dir(place.path("")).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(said.trim(), expected, "{words}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn the_man_page_has_every_command_and_what_no_option_says() {
    let run = Place::new().run(&["man"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(run.stdout.matches(".TH ").count(), 1, "one page: {run:?}");
    for heading in ["NAME", "SYNOPSIS", "\"TIELINE EXECUTE\"", "\"TIELINE MAN\"", "ENVIRONMENT", "EXIT STATUS"] {
        assert_eq!(run.stdout.matches(&format!("\n.SH {heading}\n")).count(), 1, "{heading}: {run:?}");
    }
    let (kept, filled) = (run.stdout.matches("\n.nf\n").count(), run.stdout.matches("\n.fi\n").count());
    assert!(kept > 5 && kept == filled, "{kept} examples begin, {filled} end");
    assert!(!run.stdout.contains("EXTRA"), "{run:?}");
}

#[test]
fn a_command_line_that_is_none_is_explained() {
    let place = Place::new();
    let help = place.run(&["--help"]);
    assert!(help.code == 0 && help.stdout.contains("tieline execute notion users list --mock"), "{help:?}");
    assert_eq!(place.run(&["--version"]).stdout, format!("tieline {}\n", env!("CARGO_PKG_VERSION")));
    let nothing = place.run(&[]);
    assert!(nothing.code == 4 && nothing.stdout.is_empty() && nothing.stderr.contains("Usage"), "{nothing:?}");
    let error = place.run(&["descrbe", "notes.yaml"]).error(4, "invalid_input");
    assert_eq!(error["help"], "did you mean `describe`?");
    place.run(&["execute", "notes.yaml"]).error(4, "invalid_input");
}
