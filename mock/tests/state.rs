//! What was created, changed and deleted is remembered.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{send, send_with, shop};
use serde_json::{Value, json};

#[test]
fn a_record_lives_from_create_to_delete() {
    let mock = shop("");
    let made = send(&mock, "POST", "/v2/goods", json!({ "name": "Lamp", "price": { "amount": 5 }, "color": "red" }));
    assert_eq!((made.status, &made.body["name"], &made.body["color"]), (200, &json!("Lamp"), &json!("red")));
    assert_eq!(made.body["price"]["amount"], 5);
    assert!(made.body["price"]["currency"].is_string(), "what the schema requires is kept: {}", made.body);
    let id = made.body["id"].as_str().unwrap();
    let path = format!("/v2/goods/{id}");

    let without_request_id = |mut body: Value| {
        body.as_object_mut().unwrap().remove("request_id");
        body
    };
    let read = send(&mock, "GET", &path.replace('-', ""), Value::Null);
    assert_eq!(without_request_id(read.body), without_request_id(made.body.clone()), "a UUID is known without hyphens");

    let changed = send(&mock, "PATCH", &path, json!({ "name": "Lantern" }));
    assert_eq!(changed.body["name"], "Lantern");
    assert_eq!(send(&mock, "GET", &path, Value::Null).body["color"], "red");

    let last = send(&mock, "GET", "/v2/goods?limit=5", Value::Null).body["next"].clone();
    let page = send(&mock, "GET", &format!("/v2/goods?limit=5&after={}", last.as_str().unwrap()), Value::Null).body;
    assert_eq!(page["items"].as_array().unwrap().len(), 3, "seven made up, one created");
    assert_eq!(page["items"][2]["name"], "Lantern");

    assert_eq!(send(&mock, "DELETE", &path, Value::Null).status, 200);
    for method in ["GET", "PATCH", "DELETE"] {
        let gone = send(&mock, method, &path, Value::Null);
        assert_eq!((gone.status, &gone.body["error"]["code"]), (404, &json!("not_found")), "{method}");
        assert!(gone.body["error"]["message"].as_str().unwrap().contains(id) && gone.body["request_id"].is_string());
    }
    let page = send(&mock, "GET", &format!("/v2/goods?limit=5&after={}", last.as_str().unwrap()), Value::Null).body;
    assert_eq!(page["items"].as_array().unwrap().len(), 2);
}

#[test]
fn a_made_up_record_is_the_same_in_the_list_and_alone() {
    let mock = shop("");
    let list = send(&mock, "GET", "/v2/goods", Value::Null).body;
    let mut first = list["items"][0].clone();
    let path = format!("/v2/goods/{}", first["id"].as_str().unwrap());
    let mut read = send(&mock, "GET", &path, Value::Null).body;
    for record in [&mut first, &mut read] {
        record.as_object_mut().unwrap().remove("request_id");
    }
    assert_eq!(first, read);
    assert_eq!(send(&mock, "PATCH", &path, json!({ "name": "Changed" })).status, 200);
    assert_eq!(send(&mock, "GET", "/v2/goods", Value::Null).body["items"][0]["name"], "Changed");
    assert_eq!(send(&mock, "DELETE", &path, Value::Null).status, 200);
    let after = send(&mock, "GET", "/v2/goods", Value::Null).body;
    assert_ne!(after["items"][0]["id"], first["id"]);
    let again = send(&shop(""), "GET", "/v2/goods", Value::Null).body;
    assert_eq!(again["items"], list["items"], "another mock makes up the same");
}

#[test]
fn what_is_made_under_a_path_stays_under_it() {
    let mock = shop("");
    let made = send(&mock, "POST", "/v2/goods/g1/parts", json!({ "parts": [{ "label": "A" }, { "label": "B" }] }));
    let labels: Vec<_> = made.body.as_array().unwrap().iter().map(|part| part["label"].clone()).collect();
    assert_eq!(labels, ["A", "B"]);
    let parts = |good: &str| send(&mock, "GET", &format!("/v2/goods/{good}/parts"), Value::Null).body;
    assert_eq!(parts("g1").as_array().unwrap().len(), 9);
    assert_eq!(parts("g2").as_array().unwrap().len(), 7);
    assert!(parts("g2").as_array().unwrap().iter().all(|part| part["good_id"] == "g2"));
    let id = made.body[1]["id"].as_i64().unwrap();
    assert_eq!(send(&mock, "GET", &format!("/v2/goods/g1/parts/{id}"), Value::Null).body["label"], "B");
    assert_eq!(send(&mock, "GET", "/v2/goods/g1/parts/77", Value::Null).body["id"], 77, "any id is known");
}

#[test]
fn deleting_answers_with_a_record_or_with_nothing() {
    let mock = shop("");
    let cancelled = send(&mock, "DELETE", "/v2/orders/5", Value::Null);
    assert_eq!((cancelled.status, cancelled.body), (200, json!({ "cancelled": true })));
    assert_eq!(send(&mock, "GET", "/v2/orders/5", Value::Null).status, 404);
    assert_eq!(send(&mock, "GET", "/v2/orders/6", Value::Null).body["number"], 6);
    let nothing = send(&mock, "DELETE", "/v2/notes/n1", Value::Null);
    assert_eq!((nothing.status, nothing.bytes.len()), (204, 0));
    assert_eq!(send(&mock, "GET", "/v2/notes/n1", Value::Null).status, 404);
}

#[test]
fn examples_are_answered() {
    let mock = shop("");
    assert_eq!(send(&mock, "GET", "/v2/notes/n2", Value::Null).body["text"], "Second");
    let other = send(&mock, "GET", "/v2/notes/n9", Value::Null).body;
    assert_eq!((&other["id"], &other["text"]), (&json!("n9"), &json!("First")));
    let list = send(&mock, "GET", "/v2/notes", Value::Null).body;
    assert_eq!((&list["kind"], &list["notes"][0]["text"]), (&json!("list"), &json!("First")));
    assert_eq!(list["notes"].as_array().unwrap().len(), 7);
    let made = send(&mock, "POST", "/v2/notes", json!({ "text": "Mine" })).body;
    assert_eq!(made["text"], "Mine");
    let path = format!("/v2/notes/{}", made["id"].as_str().unwrap());
    assert_eq!(send(&mock, "GET", &path, Value::Null).body["text"], "Mine");
}

#[test]
fn a_repeated_request_creates_once() {
    let mock = shop("");
    let headers = [("authorization", "Bearer t"), ("shop-version", "1"), ("idempotency-key", "k1")];
    let make = || send_with(&mock, "POST", "/v2/goods", &headers, json!({ "name": "Lamp" })).body["id"].clone();
    assert_eq!(make(), make());
    let total = send(&mock, "GET", "/v2/goods", Value::Null);
    assert_eq!(total.body["more"], true);
    assert_ne!(make(), send(&mock, "POST", "/v2/goods", json!({ "name": "Lamp" })).body["id"]);
}

#[test]
fn a_mock_that_forgets_is_as_new() {
    let mock = shop("429:1");
    assert_eq!(send(&mock, "GET", "/v2/goods", Value::Null).status, 429);
    let before = send(&mock, "GET", "/v2/goods", Value::Null).body["items"].clone();
    let path = format!("/v2/goods/{}", before[0]["id"].as_str().unwrap());
    assert_eq!(send(&mock, "DELETE", &path, Value::Null).status, 200);
    send(&mock, "POST", "/v2/goods", json!({ "name": "Lamp" }));
    assert_ne!(send(&mock, "GET", "/v2/goods", Value::Null).body["items"], before);
    mock.forget();
    assert_eq!(send(&mock, "GET", "/v2/goods", Value::Null).body["items"], before);
    assert_eq!(send(&mock, "GET", &path, Value::Null).status, 200);
}
