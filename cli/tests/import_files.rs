//! `tieline import` of documents in several files, here and on the web, and with overlays.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use common::Place;

const DOCUMENT: &str = include_str!("documents/shop.yaml");
const ORDER: &str = "Order: { type: object, properties: { id: { type: string }, aisle: { type: integer } } }\n";

/// A folder with the document in `api`, in which the schema of an order is this.
fn with_order(schema: &str) -> Place {
    let place = Place::new();
    std::fs::create_dir(place.path("api")).unwrap();
    let at = DOCUMENT.find("    Order:\n").unwrap();
    place.write("api/openapi.yaml", format!("{}    Order: {schema}\n", &DOCUMENT[..at]));
    place
}

/// What is said about the one thing that is wrong.
fn refused(place: &Place, args: &[&str]) -> String {
    let run = place.run(args);
    assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{run:?}");
    let findings = run.stderr.matches("error[").count();
    assert!(
        findings == 1 || findings == 0 && run.stderr.matches("\"at\":").count() == 1,
        "one thing is wrong: {run:?}"
    );
    run.stderr
}

#[test]
fn the_files_of_a_document_are_read_in_its_folder() {
    let place = with_order("{ $ref: './schemas.yaml#/Order' }");
    let missing = refused(&place, &["import", "api/openapi.yaml"]);
    assert!(
        missing.contains("api/openapi.yaml:85:20") && missing.contains("`schemas.yaml` cannot be read"),
        "{missing}"
    );
    place.write("api/schemas.yaml", ORDER);
    let run = place.run(&["import", "api/openapi.yaml"]);
    assert!(run.code == 0 && run.stdout.contains("aisle: { type: integer }"), "{run:?}");
    let called = place.run(&["execute", "api/openapi.yaml", "orders", "list", "--mock", "--max-records", "1"]).json();
    assert!(called["data"][0]["aisle"].is_i64(), "{called}");
    place.write("api/schemas.yaml", ORDER.replace("integer", "intger"));
    let run = place.run(&["check", "api/openapi.yaml"]);
    assert!(run.stdout.contains("api/schemas.yaml:1:"), "the place is in the file: {run:?}");
}

#[test]
fn a_reference_out_of_the_folder_is_followed_only_if_that_is_allowed() {
    let place = with_order("{ $ref: '../schemas.yaml#/Order' }");
    place.write("schemas.yaml", ORDER);
    let why = refused(&place, &["import", "api/openapi.yaml"]);
    assert!(why.contains("leads out of the folder of the document"), "{why}");
    assert!(why.contains("= help: put the file into that folder, or follow it with --allow-outside\n"), "{why}");
    let why = refused(&place, &["describe", "api/openapi.yaml"]);
    assert!(why.contains("or make a manifest of it with `tieline import --allow-outside`"), "{why}");
    let run = place.run(&["import", "api/openapi.yaml", "--allow-outside"]);
    assert!(run.code == 0 && run.stdout.contains("aisle: { type: integer }"), "{run:?}");
}

#[test]
fn a_web_address_is_fetched_only_if_that_is_allowed() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/schemas.yaml", listener.local_addr().unwrap());
    let place = with_order(&format!("{{ $ref: '{url}#/Order' }}"));
    let why = refused(&place, &["import", "api/openapi.yaml"]);
    assert!(why.contains("is on another machine") && why.contains("or fetch it with --allow-remote"), "{why}");
    let why = refused(&place, &["explain", "api/openapi.yaml", "orders", "list"]);
    assert!(why.contains("or make a manifest of it with `tieline import --allow-remote`"), "{why}");

    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let length = stream.read(&mut request).unwrap();
        write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{ORDER}", ORDER.len())
            .unwrap();
        String::from_utf8_lossy(&request[..length]).into_owned()
    });
    let run = place.run(&["import", "api/openapi.yaml", "--allow-remote"]);
    assert!(run.code == 0 && run.stdout.contains("aisle: { type: integer }"), "{run:?}");
    let request = server.join().unwrap().to_lowercase();
    assert!(request.starts_with("get /schemas.yaml ") && !request.contains("authorization"), "{request}");

    // Nobody listens any more.
    let why = refused(&place, &["import", "api/openapi.yaml", "--allow-remote"]);
    assert!(why.contains("cannot be read") && why.contains("connection"), "{why}");
}

#[test]
fn overlays_are_applied_in_their_order() {
    let place = Place::new();
    place.write("shop.yaml", DOCUMENT);
    let overlay = |title: &str| {
        format!(
            "overlay: 1.0.0\ninfo: {{ title: Corrections, version: 1.0.0 }}\nactions:\n  - target: $.info\n    update: {{ title: {title} }}\n"
        )
    };
    place.write("one.yaml", overlay("One") + "  - target: $.paths['/gift-cards']\n    remove: true\n");
    place.write("two.yaml", overlay("Two"));
    let run = place.run(&["import", "shop.yaml", "--overlay", "one.yaml", "--overlay", "two.yaml"]);
    assert!(run.code == 0 && run.stdout.contains("title: Two\n") && !run.stdout.contains("gift-cards"), "{run:?}");
    assert!(run.stderr.starts_with("two: 1 entity, 3 operations, "), "{run:?}");
}

#[test]
fn what_is_wrong_in_an_overlay_is_told_with_its_place_there() {
    let place = Place::new();
    place.write("shop.yaml", DOCUMENT);
    let args = ["import", "shop.yaml", "--overlay", "wrong.yaml"];
    let head = "overlay: 1.0.0\ninfo: { title: Corrections, version: 1.0.0 }\nactions:\n";
    place.write("wrong.yaml", format!("{head}  - target: $.paths[\n    remove: true\n"));
    let why = refused(&place, &args);
    assert!(why.contains("--> wrong.yaml:4:"), "{why}");
    place.write("wrong.yaml", format!("{head}  - target: $.nothing\n    remove: true\n"));
    let run = place.run(&args);
    assert!(run.code == 0 && run.stderr.contains("--> wrong.yaml:4:13"), "{run:?}");
}
