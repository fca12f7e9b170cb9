//! `tieline import`: a manifest from a document, and one brought up to date with it.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::Place;

/// The document of the first import.
fn document() -> String {
    String::from_utf8(Place::new().read("notes.yaml")).unwrap()
}

/// A folder with the document in it, imported into `api/notes.yaml`.
fn imported() -> Place {
    let place = Place::new();
    place.write("document.yaml", document());
    let run = place.run(&["import", "document.yaml", "--out", "api/notes.yaml"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "api/notes.yaml\n"), "{run:?}");
    place
}

fn text(place: &Place, name: &str) -> String {
    String::from_utf8(place.read(name)).unwrap()
}

/// Replaces a piece of a file, which must be there once.
fn edit(place: &Place, name: &str, old: &str, new: &str) {
    let before = text(place, name);
    assert_eq!(before.matches(old).count(), 1, "{old} in\n{before}");
    place.write(name, before.replace(old, new));
}

#[test]
fn the_manifest_goes_to_stdout_and_the_summary_to_stderr() {
    let place = Place::new();
    place.write("document.yaml", document());
    let run = place.run(&["import", "document.yaml"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.starts_with("# yaml-language-server: $schema=manifest.schema.json\ntieline: 1\n"), "{run:?}");
    assert_eq!(run.stderr, "notes: 2 entities, 6 operations, 3 ways to sign in\n");
    place.write("again.yaml", &run.stdout);
    assert_eq!(place.run(&["describe", "again.yaml"]).code, 0);
    let mut names = place.names();
    names.retain(|name| name != "again.yaml");
    assert_eq!(names, ["document.yaml", "notes.yaml"]);
}

#[test]
fn a_file_is_written_with_what_a_later_update_and_an_editor_need() {
    let place = imported();
    let manifest = text(&place, "api/notes.yaml");
    assert!(manifest.starts_with("# yaml-language-server: $schema=manifest.schema.json\n"), "{manifest}");
    let base = text(&place, "api/notes.import.yaml");
    assert!(
        base.starts_with("# What `tieline import` wrote last; `--update` compares with it. Do not edit.\ntieline: 1\n")
    );
    assert!(text(&place, "api/manifest.schema.json").contains("$schema"));
    assert_eq!(place.run(&["check", "api/notes.yaml", "--deny-warnings"]).code, 0);
}

#[test]
fn a_file_that_is_there_is_replaced_only_by_force() {
    let place = imported();
    place.write("api/notes.yaml", "# mine\n");
    let run = place.run(&["import", "document.yaml", "--out", "api/notes.yaml"]);
    assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{run:?}");
    assert!(run.stderr.contains("api/notes.yaml is there already") && run.stderr.contains("--force"), "{run:?}");
    assert_eq!(text(&place, "api/notes.yaml"), "# mine\n");
    assert_eq!(place.run(&["import", "document.yaml", "--out", "api/notes.yaml", "--force"]).code, 0);
    assert!(text(&place, "api/notes.yaml").contains("tieline: 1"));
}

#[test]
fn what_cannot_be_used_is_not_written() {
    let place = Place::new();
    place.write("document.yaml", document().replace("summary: Notes and their files.", "sumary: Notes"));
    let run = place.run(&["import", "document.yaml", "--out", "new.yaml"]);
    assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{run:?}");
    assert!(run.stderr.contains("did you mean `summary`?"), "{run:?}");
    assert_eq!(place.names(), ["document.yaml", "notes.yaml"]);
}

#[test]
fn an_update_follows_the_document_and_keeps_what_was_edited() {
    let place = imported();
    edit(&place, "api/notes.yaml", "title: Notes\n", "title: My notes # mine\n");
    edit(&place, "api/notes.yaml", "maxLength: 100", "maxLength: 50");
    edit(&place, "document.yaml", "maxLength: 100", "maxLength: 80");
    edit(&place, "document.yaml", "      pinned: { type: boolean }\n", "      color: { type: string }\n");
    edit(&place, "document.yaml", "summary: What people wrote down.", "summary: All that people wrote down.");
    let before = text(&place, "api/notes.yaml");

    let args = ["import", "document.yaml", "--update", "api/notes.yaml"];
    let tried = place.run(&[&args[..], &["--dry-run"]].concat());
    assert_eq!((tried.code, tried.stderr.as_str()), (0, ""), "{tried:?}");
    assert_eq!(text(&place, "api/notes.yaml"), before);
    let expected = "\
Breaks callers (1):
  Note.pinned: is gone

Other changes (1):
  Note.color: is new

Conflicts (1): you and the document changed the same value differently
  entities.notes.actions.create.params.text.maxLength: `50` stays, the document has `80`

Edited by you, and kept (1):
  title

";
    assert_eq!(tried.stdout, format!("{expected}api/notes.yaml: was not written\n"));

    let run = place.run(&args);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (0, &*format!("{expected}api/notes.yaml: is up to date now\n")),
        "{run:?}"
    );
    let after = text(&place, "api/notes.yaml");
    assert!(
        after.contains("title: My notes # mine\n") && after.contains("summary: All that people wrote down.\n"),
        "{after}"
    );
    assert!(
        after.contains("maxLength: 50") && after.contains("color:") && !after.contains("pinned: { type: boolean }\n  "),
        "{after}"
    );

    // What was a conflict is an edit like others from now on.
    let again = place.run(&[&args[..], &["--format", "json"]].concat()).json();
    assert_eq!(again["changes"], serde_json::json!([]));
    assert_eq!(again["conflicts"], serde_json::json!([]));
    let kept =
        serde_json::json!([["title"], ["entities", "notes", "actions", "create", "params", "text", "maxLength"]]);
    assert_eq!(again["kept"], kept);
    assert_eq!(text(&place, "api/notes.yaml"), after);
}

#[test]
fn without_what_was_imported_last_all_that_is_there_stays() {
    let place = imported();
    std::fs::remove_file(place.path("api/notes.import.yaml")).unwrap();
    edit(&place, "document.yaml", "title: Notes\n", "title: All notes\n");
    edit(&place, "document.yaml", "      pinned: { type: boolean }\n", "      color: { type: string }\n");
    let run = place.run(&["import", "document.yaml", "--update", "api/notes.yaml"]);
    assert_eq!(run.code, 0, "{run:?}");
    let expected = "Differences (1): without api/notes.import.yaml nobody can tell your edits from the document's\n  title: `Notes` stays, the document has `All notes`\n";
    assert!(run.stdout.contains(expected), "{run:?}");
    let after = text(&place, "api/notes.yaml");
    assert!(after.contains("title: Notes\n") && after.contains("color:") && after.contains("pinned:"), "{after}");
    assert!(text(&place, "api/notes.import.yaml").contains("title: All notes\n"));
}

#[test]
fn an_update_that_would_break_the_manifest_is_not_written() {
    let place = imported();
    edit(&place, "api/notes.yaml", "        get: /notes/{note_id}\n", "        get: /notes/{note_id}/{part}\n");
    let run = place.run(&["import", "document.yaml", "--update", "api/notes.yaml"]);
    assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{run:?}");
    assert!(run.stderr.contains("api/notes.yaml cannot be used as a connector"), "{run:?}");
    edit(
        &place,
        "api/notes.yaml",
        "        get: /notes/{note_id}/{part}\n",
        "        get: /notes/{note_id}\n        summary: Mine.\n",
    );
    edit(
        &place,
        "document.yaml",
        "get: /notes/{note_id}\n        params: { note_id: { type: string, required: true, description: Id of the note } }\n",
        "get: /notes/{note_id}\n",
    );
    let before = text(&place, "api/notes.yaml");
    let run = place.run(&["import", "document.yaml", "--update", "api/notes.yaml"]);
    assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{run:?}");
    assert_eq!(text(&place, "api/notes.yaml"), before);
}

#[test]
fn a_broken_base_is_told_and_a_folder_is_its_manifest() {
    let place = imported();
    std::fs::rename(place.path("api/notes.yaml"), place.path("api/connector.yaml")).unwrap();
    place.write("api/connector.import.yaml", "a: b: c\n");
    let run = place.run(&["import", "document.yaml", "--update", "api"]);
    assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{run:?}");
    assert!(run.stderr.contains("api/connector.import.yaml:1 cannot be read"), "{run:?}");
    std::fs::remove_file(place.path("api/connector.import.yaml")).unwrap();
    let run = place.run(&["import", "document.yaml", "--update", "api"]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (0, "api/connector.yaml: the document has nothing new for it\n"),
        "{run:?}"
    );
    assert!(place.path("api/connector.import.yaml").is_file());
}
