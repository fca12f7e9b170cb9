//! Every command that takes a manifest takes an OpenAPI document, in YAML and in JSON.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::Place;
use serde_json::{Value, json};
use tieline::Source;
use tieline::yaml::{Limits, parse};

const DOCUMENT: &str = include_str!("documents/shop.yaml");

/// The names of a document, and of the same one in JSON.
const DOCUMENTS: [&str; 2] = ["shop.yaml", "shop.json"];

/// A folder with both.
fn place() -> Place {
    let place = Place::new();
    place.write("shop.yaml", DOCUMENT);
    let tree = parse(&Source::new("shop.yaml", DOCUMENT), Limits::default(), &mut Vec::new()).unwrap();
    place.write("shop.json", format!("{:#}", tree.to_json()));
    place
}

#[test]
fn check_takes_a_document() {
    let place = place();
    for document in DOCUMENTS {
        let run = place.run(&["check", document, "--deny-warnings"]);
        assert_eq!((run.code, run.stdout), (0, format!("{document}: no findings\n")));
    }
    place.write(
        "shop.yaml",
        DOCUMENT
            .replace("listOrders\n", "listOrders\n      parameters: 1\n")
            .replace("schemas/Order\"", "schemas/Ordr\""),
    );
    let findings = place.run(&["check", "shop.yaml", "--format", "json"]);
    let findings: Value = serde_json::from_str(&findings.stdout).unwrap();
    assert!(!findings.as_array().unwrap().is_empty());
    for finding in findings.as_array().unwrap() {
        assert_eq!(finding["file"], "shop.yaml", "{finding}");
    }
}

#[test]
fn a_folder_is_checked_for_manifests_only() {
    let place = place();
    std::fs::remove_file(place.path("notes.yaml")).unwrap();
    let error = place.run(&["check", "."]).error(4, "invalid_input");
    assert!(error["help"].as_str().unwrap().contains("an OpenAPI document is checked when it is named"), "{error}");
}

#[test]
fn describe_shows_what_the_document_calls_things() {
    let place = place();
    for document in DOCUMENTS {
        let whole = place.run(&["describe", document]).stdout;
        for piece in ["Corner Shop API (shop 1.2.3)\n", "TIELINE_SHOP_API_KEY", "  orders      list, create, get\n"] {
            assert!(whole.contains(piece), "{piece} in {whole}");
        }
        assert!(place.run(&["describe", document, "gift_cards"]).stdout.starts_with("Corner Shop API: Gift Cards\n"));
        let list = place.run(&["describe", document, "orders", "list"]).stdout;
        assert!(list.contains("operation id  listOrders\n"), "{list}");
        assert!(
            list.contains("page_size  integer  How many on a page (`page[size]` in the API, at most 50)\n"),
            "{list}"
        );
        let json = place.run(&["describe", document, "--format", "json"]).json();
        assert_eq!(json["entities"][1]["title"], "Gift Cards");
        assert_eq!(json["operations"][0]["operation_id"], "listOrders");
        let param = &json["operations"][0]["params"][0];
        assert_eq!((&param["name"], &param["wire"]), (&json!("page_size"), &json!("page[size]")));
    }
}

#[test]
fn an_agent_reads_a_document() {
    let place = place();
    for document in DOCUMENTS {
        let index = place.run(&["describe", document, "--for-agent"]).stdout;
        assert!(index.contains("orders") && index.contains("gift_cards"), "{index}");
        let action = place.run(&["describe", document, "orders", "create", "--for-agent"]).stdout;
        assert!(action.contains(r#""required":["item"]"#), "{action}");
        assert!(action.ends_with(&format!("tieline execute {document} orders create --params JSON\n")), "{action}");
    }
}

#[test]
fn explain_shows_the_request_of_a_document() {
    let place = place();
    for document in DOCUMENTS {
        let run = place.run(&["explain", document, "orders", "list", "--param", "page_size=2"]);
        assert!(run.stdout.contains("GET https://api.shop.example/v1/orders?page%5Bsize%5D=2\n"), "{run:?}");
        assert!(run.stdout.contains("x-shop-key: [secret]\n"), "{run:?}");
    }
}

#[test]
fn a_document_is_called_on_its_mock() {
    let place = place();
    for document in DOCUMENTS {
        let all = place.run(&["execute", document, "orders", "list", "--mock", "--all"]).json();
        assert!(all["data"].as_array().unwrap().len() > 1, "{all}");
        assert_eq!(all["data"][0]["item"], "Milk");
        place.run(&["execute", document, "orders", "create", "--mock"]).error(4, "invalid_input");
        let call = "{\"id\":1,\"entity\":\"orders\",\"action\":\"create\",\"params\":{\"item\":\"Tea\"}}\n";
        let answers = place.run_with(&["batch", document, "--mock"], call.as_bytes()).lines();
        assert_eq!((&answers[0]["id"], &answers[0]["data"]["item"]), (&json!(1), &json!("Tea")));
    }
}

#[test]
fn plain_http_leads_nowhere_on_the_mock() {
    let place = place();
    place.write("shop.yaml", DOCUMENT.replace("https://api.shop", "http://api.shop"));
    let call = ["execute", "shop.yaml", "orders", "list"];
    assert_eq!(place.run(&[&call[..], &["--mock"]].concat()).code, 0);
    let credentials = format!("{{\"api_key\":\"{}\"}}", common::SECRET);
    place.run(&[&call[..], &["--credentials", &credentials]].concat()).error(1, "refused");
}

#[test]
fn a_document_is_served() {
    let place = place();
    for document in DOCUMENTS {
        std::fs::rename(place.path(document), place.path("notes.yaml")).unwrap();
        let server = place.mock(&[]);
        std::fs::rename(place.path("notes.yaml"), place.path(document)).unwrap();
        let credentials = format!("{{\"api_key\":\"{}\"}}", common::SECRET);
        let call = ["execute", document, "orders", "list", "--base-url", &server.url, "--credentials", &credentials];
        assert_eq!(place.run(&call).json()["data"][0]["item"], "Milk");
    }
}

#[test]
fn code_and_pages_are_generated_from_a_document() {
    let place = place();
    for document in DOCUMENTS {
        assert_eq!(place.run(&["generate", "rust", document, "--out", "client"]).code, 0);
        assert!(String::from_utf8(place.read("client/orders.rs")).unwrap().contains("pub fn list("));
        assert_eq!(place.run(&["generate", "docs", document, "--out", "pages"]).code, 0);
        let reference = String::from_utf8(place.read("pages/shop/REFERENCE.md")).unwrap();
        assert!(reference.contains("page_size"), "{reference}");
        // The second time there is nothing to do: YAML and JSON say the same.
        assert_eq!(place.run(&["generate", "rust", "shop.yaml", "--out", "client", "--check"]).code, 0);
    }
}

#[test]
fn what_a_document_says_at_length_can_be_read() {
    let place = place();
    let at_length = "listOrders\n      description: |-\n        There are\n        two kinds:\n\n        - big ones\n          and\n        - small ones";
    let document = DOCUMENT
        .replace("listOrders", at_length)
        .replace("{ type: string }, description: Where the page begins", "{ type: string, minLength: 9, maxLength: 9 }")
        .replace(
            "schema: { type: integer, maximum: 50 }",
            "schema: { type: array, minItems: 1, items: { type: string, enum: [a, b] } }",
        )
        .replace("[Gift Cards]", "[Größe]\n      operationId: listAll")
        .replace("  /gift-cards:", &format!("  /gift-cards/{}:", "long".repeat(15)));
    place.write("shop.yaml", document);
    let list = place.run(&["describe", "shop.yaml", "orders", "list"]).stdout;
    for piece in [
        "\nThere are two kinds:\n- big ones and\n- small ones\n",
        "(exactly 9 characters)",
        "(`page[size]` in the API, each a | b, at least 1 item)",
    ] {
        assert!(list.contains(piece), "{piece} in {list}");
    }
    let whole = place.run(&["describe", "shop.yaml"]).stdout;
    assert!(whole.contains("\n  gr_e (Größe)  list"), "{whole}");
    let entity = place.run(&["describe", "shop.yaml", "gr_e"]).stdout;
    let path = format!("GET /gift-cards/{}\n", "long".repeat(15));
    assert!(entity.contains(&path), "{entity}");
    assert!(entity.lines().any(|line| line.trim() == "All gift cards"), "what it does stands below: {entity}");
}
