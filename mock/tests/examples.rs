//! What examples show, and what is created next to them, fits together.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{connector, send};
use serde_json::{Value, json};
use tieline_mock::{Mock, MockOptions};

/// People with examples everywhere; who makes one may choose the id.
const CLUB: &str = r#"
tieline: 1
name: club
title: Club
version: 0.1.0
summary: Members of a club that does not exist.
server: https://shop.example.com/v2
pagination:
  pages: { kind: offset, offset: skip, size: take, default_size: 2, total: $.total, more: $.more }
entities:
  people:
    record: Person
    actions:
      list:
        get: /people
        records: $.list[*].person
        paginate: pages
        meta: { count: $.count }
        params: { role: { type: string }, active: { type: boolean }, tags: { type: string }, word: { type: string } }
        examples:
          - answer:
              list:
                - person: &mara { id: mara, name: Mara, email: mara@club.example, role: cook, level: 3, active: true, created: 1767603600, deleted: false }
                - person: { id: ola, name: Ola, email: ola@club.example, role: guard, level: 5, active: false, created: 1767603600, deleted: false }
              count: 2
      get:
        get: "/people/{person_id}"
        record_at: $.person
        params: { person_id: { type: string } }
        examples: [{ params: { person_id: mara }, answer: { person: *mara } }]
      create:
        post: /people
        record_at: $.person
        params: { id: { type: string }, name: { type: string }, email: { type: string }, nick: { type: string } }
        examples: [{ params: { name: Mara }, answer: { person: *mara } }]
      put:
        put: "/people/{person_id}"
        effect: create
        record_at: $.person
        params: { person_id: { type: string }, name: { type: string } }
      retire:
        post: "/people/{person_id}/retire"
        effect: update
        record_at: $.person
        params: { person_id: { type: string }, fully: { type: boolean } }
        examples: [{ params: { person_id: mara, fully: true }, answer: { person: { <<: *mara, active: false } } }]
      delete:
        delete: "/people/{person_id}"
        record_at: $.person
        params: { person_id: { type: string } }
        examples: [{ params: { person_id: mara }, answer: { person: { <<: *mara, deleted: true } } }]
      card:
        post: "/people/{person_id}/card"
        effect: read
        download: { url: $.card.url }
        params: { person_id: { type: string } }
        examples: [{ params: { person_id: mara }, answer: { card: { url: "https://files.example.net/card-1.pdf?s=1", till: 5 } } }]
      badge: { get: "/people/{person_id}/badge", download: { url: $.url }, params: { person_id: { type: string } } }
      export: { get: /people/all.csv, download: {} }
  teams:
    record: Team
    actions:
      list: { get: "/clubs/{club}/teams", records: $.teams, params: { club: { type: string } } }
      get: { get: "/teams/{team_id}", params: { team_id: { type: string } } }
schemas:
  Person:
    type: object
    required: [id, role]
    properties:
      id: { type: string }
      name: { type: string }
      nick: { type: [string, "null"] }
      email: { type: string }
      role: { type: string }
      level: { type: integer }
      active: { type: boolean }
      tags: { type: array, items: { type: string } }
      created: { type: integer }
      deleted: { type: boolean }
  Team: { type: object, required: [id, club], properties: { id: { type: string }, club: { type: string } } }
"#;

fn club() -> Mock {
    Mock::new(connector(CLUB), MockOptions::default())
}

fn person(mock: &Mock, method: &str, path: &str, body: Value) -> Value {
    let answer = send(mock, method, path, body);
    assert_eq!(answer.status, 200, "{method} {path}: {}", answer.body);
    answer.body["person"].clone()
}

fn listed(mock: &Mock, query: &str) -> (Vec<Value>, Value) {
    let answer = send(mock, "GET", &format!("/v2/people?{query}"), Value::Null);
    assert_eq!(answer.status, 200, "{query}: {}", answer.body);
    let people = answer.body["list"].as_array().unwrap().iter().map(|entry| entry["person"].clone()).collect();
    (people, answer.body)
}

fn ids(mock: &Mock, query: &str) -> Vec<String> {
    listed(mock, query).0.iter().map(|person| person["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_record_is_kept_under_the_id_that_its_maker_chose() {
    let mock = club();
    let made = person(&mock, "POST", "/v2/people", json!({ "id": "new-1", "name": "Zed" }));
    assert_eq!(person(&mock, "GET", "/v2/people/new-1", Value::Null), made);
    assert!(ids(&mock, "take=50").contains(&"new-1".to_owned()));
    person(&mock, "DELETE", "/v2/people/new-1", Value::Null);
    assert_eq!(send(&mock, "GET", "/v2/people/new-1", Value::Null).status, 404);
    assert!(!ids(&mock, "take=50").contains(&"new-1".to_owned()));
    person(&mock, "POST", "/v2/people", json!({ "id": "new-1", "name": "Again" }));
    assert_eq!(person(&mock, "GET", "/v2/people/new-1", Value::Null)["name"], "Again");

    let put = person(&mock, "PUT", "/v2/people/new-2", json!({ "name": "Put" }));
    assert_eq!((&put["id"], &put["name"]), (&json!("new-2"), &json!("Put")));
    assert_eq!(person(&mock, "GET", "/v2/people/new-2", Value::Null), put);
    person(&mock, "POST", "/v2/people", json!({ "id": "ola", "name": "Other" }));
    assert_eq!(ids(&mock, "take=50").iter().filter(|id| *id == "ola").count(), 1);
}

#[test]
fn what_a_list_shows_can_be_read_one_by_one() {
    let mock = club();
    let (people, _) = listed(&mock, "take=50");
    assert_eq!((people.len(), &people[1]["name"]), (7, &json!("Ola")));
    for listed in &people {
        let path = format!("/v2/people/{}", listed["id"].as_str().unwrap());
        assert_eq!(person(&mock, "GET", &path, Value::Null), *listed);
    }
    let other = person(&mock, "GET", "/v2/people/nobody", Value::Null);
    assert_eq!(other["id"], "nobody");
    assert!(other["name"] != "Mara" && other["email"] != "mara@club.example", "{other}");

    let teams = send(&mock, "GET", "/v2/clubs/c1/teams", Value::Null).body["teams"].clone();
    let id = teams[0]["id"].as_str().unwrap();
    assert_eq!(send(&mock, "GET", &format!("/v2/teams/{id}"), Value::Null).body, teams[0], "also from another path");
}

#[test]
fn a_new_record_has_what_was_sent_and_what_must_be_there() {
    let made = person(&club(), "POST", "/v2/people", json!({ "id": "z", "name": "Zed" }));
    let expected =
        json!({ "id": "z", "name": "Zed", "role": "cook", "active": true, "created": 1767603600, "deleted": false });
    assert_eq!(made, expected);
    let put = person(&club(), "PUT", "/v2/people/z", json!({ "name": "Zed" }));
    assert_eq!((&put["nick"], put.get("email"), put["role"].is_string()), (&Value::Null, None, true), "{put}");
}

#[test]
fn an_action_does_what_its_example_shows() {
    let mock = club();
    person(&mock, "POST", "/v2/people", json!({ "id": "z", "name": "Zed" }));
    let retire = |body: Value| person(&mock, "POST", "/v2/people/z/retire", body);
    assert_eq!(retire(json!({}))["active"], true, "the example is about another request");
    let retired = retire(json!({ "fully": true }));
    assert_eq!((&retired["name"], &retired["active"]), (&json!("Zed"), &json!(false)));
    assert_eq!(person(&mock, "GET", "/v2/people/z", Value::Null)["active"], false);
    let deleted = person(&mock, "DELETE", "/v2/people/z", Value::Null);
    assert_eq!((&deleted["id"], &deleted["name"], &deleted["deleted"]), (&json!("z"), &json!("Zed"), &json!(true)));
    let other = person(&mock, "DELETE", "/v2/people/mara", Value::Null);
    assert_eq!((&other["name"], &other["deleted"]), (&json!("Mara"), &json!(true)));
}

#[test]
fn a_list_is_filtered_by_parameters_named_like_properties() {
    let mock = club();
    for n in 0..3 {
        person(&mock, "POST", "/v2/people", json!({ "id": format!("cook-{n}") }));
    }
    assert_eq!(ids(&mock, "role=guard"), ["ola"]);
    let (_, first) = listed(&mock, "role=cook");
    assert_eq!((&first["total"], &first["count"], &first["more"]), (&json!(4), &json!(4), &json!(true)));
    let (_, last) = listed(&mock, "role=cook&skip=2");
    assert_eq!((last["list"].as_array().unwrap().len(), &last["more"]), (2, &json!(false)));
    assert_eq!(ids(&mock, "role=cook&active=true&take=50"), ["mara", "cook-0", "cook-1", "cook-2"]);
    let (none, body) = listed(&mock, "role=nobody");
    assert_eq!((none.len(), &body["total"], &body["more"]), (0, &json!(0), &json!(false)));
    assert_eq!(ids(&mock, "word=x&tags=y&take=50").len(), 10, "neither a property nor a scalar one");
}

#[test]
fn a_download_by_url_answers_the_example() {
    let mock = club();
    let body = send(&mock, "POST", "/v2/people/ola/card", Value::Null).body;
    let url = body["card"]["url"].as_str().unwrap().to_owned();
    assert_eq!(body, json!({ "card": { "url": url, "till": 5 } }));
    assert!(url.starts_with("https://shop.example.com/") && url.ends_with("/ola.pdf"), "{url}");
    let path = url.strip_prefix("https://shop.example.com").unwrap();
    let file = send(&mock, "GET", path, Value::Null);
    assert_eq!((file.status, file.headers["content-type"].to_str().unwrap()), (200, "application/pdf"));
    assert_eq!(file.bytes, send(&club(), "GET", path, Value::Null).bytes);

    let bare = send(&mock, "GET", "/v2/people/ola/badge", Value::Null).body;
    assert_eq!(bare.as_object().unwrap().keys().collect::<Vec<_>>(), ["url"], "{bare}");
    let csv = send(&mock, "GET", "/v2/people/all.csv", Value::Null);
    assert_eq!(csv.headers["content-type"], "text/csv");
    assert!(csv.headers["content-disposition"].to_str().unwrap().contains("people.csv") && csv.bytes.is_ascii());
}

/// Notes of several kinds, and one for kinds that nobody knows yet.
const NOTES: &str = r##"
tieline: 1
name: notes
title: Notes
version: 0.1.0
summary: Notes that do not exist.
server: https://notes.example.com
entities:
  notes:
    record: Note
    actions:
      change:
        post: "/notes/{note_id}"
        effect: update
        params:
          note_id: { type: string }
          task: { type: object, properties: { done: { type: boolean }, lines: { type: array, items: { type: object } } } }
        examples:
          - params: { note_id: n1 }
            answer: { id: n1, type: task, task: { done: false, lines: [] } }
schemas:
  Note:
    type: object
    required: [id]
    properties: { id: { type: string } }
    anyOf:
      - { required: [type, task], properties: { type: { const: task }, task: { $ref: "#/schemas/Task" } } }
      - { type: object }
  Task:
    type: object
    required: [done, lines]
    properties: { done: { type: boolean }, lines: { type: array, items: { $ref: "#/schemas/Line" } } }
  Line: { type: object, required: [text, plain], properties: { text: { type: string }, plain: { type: string } } }
"##;

#[test]
fn a_record_that_is_changed_stays_what_its_type_says() {
    let mock = Mock::new(connector(NOTES), MockOptions::default());
    let change = |task: Value| send(&mock, "POST", "/notes/n1", json!({ "task": task })).body;
    let done = change(json!({ "done": true }));
    assert_eq!((&done["type"], &done["task"]["done"]), (&json!("task"), &json!(true)));
    assert!(done["task"]["lines"].is_array(), "what is required and not given stays: {done}");
    let lines = change(json!({ "lines": [{ "text": "Buy milk" }] }));
    let line = &lines["task"]["lines"][0];
    assert!(line["text"] == "Buy milk" && line["plain"].is_string(), "what is required within is made up: {lines}");
}
