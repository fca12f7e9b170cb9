//! `tieline import`: a manifest from an OpenAPI document, and one brought up to date with it.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::Place;

const DOCUMENT: &str = include_str!("documents/shop.yaml");
const UPDATE: [&str; 4] = ["import", "shop.yaml", "--update", "api/shop.yaml"];

/// A folder with the document in it.
fn place() -> Place {
    let place = Place::new();
    place.write("shop.yaml", DOCUMENT);
    place
}

/// A folder with the document in it, imported into `api/shop.yaml`.
fn imported() -> Place {
    let place = place();
    let run = place.run(&["import", "shop.yaml", "--out", "api/shop.yaml"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "api/shop.yaml\n"), "{run:?}");
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

/// What is said about something that cannot be imported. Findings are shown where they stand, in a log too.
fn refused(place: &Place, args: &[&str]) -> String {
    let run = place.run(args);
    assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{run:?}");
    run.stderr
}

#[test]
fn the_manifest_goes_to_stdout_and_the_summary_to_stderr() {
    let place = place();
    let run = place.run(&["import", "shop.yaml"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.starts_with("# yaml-language-server: $schema=manifest.schema.json\ntieline: 1\n"), "{run:?}");
    for piece in [
        "name: shop\n",
        "page_size: { name: \"page[size]\", type: integer, maximum: 50, description: How many on a page }",
        "        # the list of the answer is `orders`: it is called like the path\n        records: $.orders\n",
        "\n# entities are called as their operations' tags",
    ] {
        assert!(run.stdout.contains(piece), "{piece} in {run:?}");
    }
    let summary = "shop: 2 entities, 4 operations, 1 way to sign in\n";
    assert_eq!(run.stderr, format!("{summary}6 things were inferred; each is a comment in the manifest\n"));
    assert_eq!(place.names(), ["notes.yaml", "shop.yaml"]);
    place.write("manifest.yaml", &run.stdout);
    assert_eq!(place.run(&["check", "manifest.yaml", "--deny-warnings"]).code, 0);
}

#[test]
fn a_manifest_and_its_document_are_the_same_connector() {
    let place = imported();
    let described = |path: &str| place.run(&["describe", path, "--format", "json"]).json();
    assert_eq!(described("shop.yaml"), described("api/shop.yaml"));
}

#[test]
fn a_file_is_written_with_what_a_later_update_and_an_editor_need() {
    let place = imported();
    let manifest = text(&place, "api/shop.yaml");
    assert!(manifest.starts_with("# yaml-language-server: $schema=manifest.schema.json\n"), "{manifest}");
    let base = text(&place, "api/shop.import.yaml");
    assert!(
        base.starts_with("# What `tieline import` wrote last; `--update` compares with it. Do not edit.\ntieline: 1\n")
    );
    assert!(text(&place, "api/manifest.schema.json").contains("$schema"));
    assert_eq!(place.run(&["check", "api/shop.yaml", "--deny-warnings"]).code, 0);
}

#[test]
fn a_file_that_is_there_is_replaced_only_by_force() {
    let place = imported();
    place.write("api/shop.yaml", "# mine\n");
    let args = ["import", "shop.yaml", "--out", "api/shop.yaml"];
    let said = refused(&place, &args);
    assert!(said.contains("api/shop.yaml is there already") && said.contains("--force"), "{said}");
    assert_eq!(text(&place, "api/shop.yaml"), "# mine\n");
    assert_eq!(place.run(&[&args[..], &["--force"]].concat()).code, 0);
    assert!(text(&place, "api/shop.yaml").contains("tieline: 1"));
}

#[test]
fn what_cannot_be_used_is_told_with_its_place_and_not_written() {
    let place = place();
    for (document, at, message) in [
        ("openapi: 3.1.0\ninfo: { title: Shop }\n", "bad.yaml:1:1", "the document has no operation that can be called"),
        ("swagger: \"2.0\"\n", "bad.yaml:1:10", "a Swagger 2.0 document cannot be read"),
        ("openapi: 4.0.0\n", "bad.yaml:1:10", "4.0.0"),
        ("a: 1\n", "bad.yaml:1:1", "this is no OpenAPI document"),
        ("openapi: [\n", "bad.yaml:", ""),
    ] {
        place.write("bad.yaml", document);
        let said = refused(&place, &["import", "bad.yaml", "--out", "new.yaml"]);
        assert!(said.contains(message) && said.contains(&format!("--> {at}")), "{document}: {said}");
        assert!(said.ends_with("error: bad.yaml cannot be imported\n"), "{said}");
    }
    let said = refused(&place, &["import", "gone.yaml", "--out", "new.yaml"]);
    assert!(said.contains("gone.yaml cannot be read"), "{said}");
    assert_eq!(place.names(), ["bad.yaml", "notes.yaml", "shop.yaml"]);
}

#[test]
fn a_manifest_is_no_document() {
    let said = refused(&place(), &["import", "notes.yaml"]);
    assert!(said.contains("this is a manifest, and no OpenAPI document"), "{said}");
    assert!(said.contains("= help: it can be used as it is\n"), "{said}");
}

#[test]
fn warnings_have_places_in_the_document() {
    let place = place();
    edit(&place, "shop.yaml", "https://api.shop.example/v1", "http://api.shop.example/v1");
    let run = place.run(&["import", "shop.yaml", "--out", "api/shop.yaml"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stderr.contains("plain `http`") && run.stderr.contains("--> shop.yaml:7:"), "{run:?}");
}

#[test]
fn an_update_follows_the_document_and_keeps_what_was_edited() {
    let place = imported();
    edit(&place, "api/shop.yaml", "title: Corner Shop API\n", "title: My shop # mine\n");
    edit(&place, "api/shop.yaml", "maxLength: 100", "maxLength: 50");
    edit(&place, "shop.yaml", "maxLength: 100", "maxLength: 80");
    edit(&place, "shop.yaml", "        gift: { type: boolean }\n", "        color: { type: string }\n");
    edit(&place, "shop.yaml", "description: What people ordered.", "description: All that people ordered.");
    let before = text(&place, "api/shop.yaml");

    let tried = place.run(&[&UPDATE[..], &["--dry-run"]].concat());
    assert_eq!((tried.code, tried.stderr.as_str()), (0, ""), "{tried:?}");
    assert_eq!(text(&place, "api/shop.yaml"), before);
    let expected = "\
Breaks callers (1):
  Order.gift: is gone

Other changes (1):
  Order.color: is new

Conflicts (1): you and the document changed the same value differently
  entities.orders.actions.create.params.item.maxLength: `50` stays, the document has `80`

Edited by you, and kept (1):
  title

";
    assert_eq!(tried.stdout, format!("{expected}api/shop.yaml: was not written\n"));

    let run = place.run(&UPDATE);
    assert_eq!((run.code, run.stdout), (0, format!("{expected}api/shop.yaml: is up to date now\n")));
    let after = text(&place, "api/shop.yaml");
    for piece in ["title: My shop # mine\n", "summary: All that people ordered.\n", "maxLength: 50", "color:"] {
        assert!(after.contains(piece), "{piece} in {after}");
    }

    // What was a conflict is an edit like others from now on.
    let again = place.run(&[&UPDATE[..], &["--format", "json"]].concat()).json();
    assert_eq!((&again["changes"], &again["conflicts"]), (&serde_json::json!([]), &serde_json::json!([])));
    let kept =
        serde_json::json!([["title"], ["entities", "orders", "actions", "create", "params", "item", "maxLength"]]);
    assert_eq!(again["kept"], kept);
    assert_eq!(text(&place, "api/shop.yaml"), after);
}

#[test]
fn without_what_was_imported_last_all_that_is_there_stays() {
    let place = imported();
    std::fs::remove_file(place.path("api/shop.import.yaml")).unwrap();
    edit(&place, "shop.yaml", "title: Corner Shop API\n", "title: Corner Shops\n");
    edit(&place, "shop.yaml", "        gift: { type: boolean }\n", "        color: { type: string }\n");
    let run = place.run(&UPDATE);
    assert_eq!(run.code, 0, "{run:?}");
    let heading = ": without api/shop.import.yaml nobody can tell your edits from the document's\n";
    let difference = "  title: `Corner Shop API` stays, the document has `Corner Shops`\n";
    assert!(run.stdout.contains(heading) && run.stdout.contains(difference), "{run:?}");
    let after = text(&place, "api/shop.yaml");
    assert!(after.contains("title: Corner Shop API\n") && after.contains("color:") && after.contains("gift:"));
    assert!(text(&place, "api/shop.import.yaml").contains("title: Corner Shops\n"));
}

#[test]
fn an_update_that_would_break_the_manifest_is_not_written() {
    let place = imported();
    edit(&place, "api/shop.yaml", "        get: /orders/{orderId}\n", "        get: /orders/{orderId}/{part}\n");
    let before = text(&place, "api/shop.yaml");
    assert!(refused(&place, &UPDATE).ends_with("error: api/shop.yaml cannot be used as a connector\n"));
    edit(&place, "api/shop.yaml", "/{part}\n", "\n");
    edit(&place, "api/shop.yaml", "records: $.orders\n", "records: $.orders\n        record: Order\n");
    edit(&place, "shop.yaml", "    Order:\n", "    Purchase:\n");
    let document = text(&place, "shop.yaml").replace("schemas/Order", "schemas/Purchase");
    place.write("shop.yaml", document);
    assert!(refused(&place, &UPDATE).contains("api/shop.yaml as it would be cannot be used as a connector\n"));
    let after = text(&place, "api/shop.yaml");
    assert_eq!(after.replace("        record: Order\n", ""), before.replace("/{part}\n", "\n"));
}

#[test]
fn a_broken_base_is_told_and_a_folder_is_its_manifest() {
    let place = imported();
    std::fs::rename(place.path("api/shop.yaml"), place.path("api/connector.yaml")).unwrap();
    place.write("api/connector.import.yaml", "a: b: c\n");
    let said = refused(&place, &["import", "shop.yaml", "--update", "api"]);
    assert!(said.contains("api/connector.import.yaml:1 cannot be read"), "{said}");
    std::fs::remove_file(place.path("api/connector.import.yaml")).unwrap();
    let run = place.run(&["import", "shop.yaml", "--update", "api"]);
    let expected = (0, "api/connector.yaml: the document has nothing new for it\n");
    assert_eq!((run.code, run.stdout.as_str()), expected, "{run:?}");
    assert!(place.path("api/connector.import.yaml").is_file());
}
