//! What an agent reads about a small connector, with everything in it that must not be shown.

use serde_json::json;

use crate::catalog::Subject;
use crate::error::ErrorKind;
use crate::plan::Connector;
use crate::source::Source;

const MANIFEST: &str = r##"
tieline: 1
name: example
title: "Example\nEntities: none"
version: 0.1.0
summary: An API.
server: https://api.example.com
hints: { summary: "Who lives where", search_strategy: "Begin with `people.list`.", freshness: live }
config: { site: { default: main } }
auth: { key: { fields: { token: { secret: true } }, bearer: "${token}" } }
pagination: { cursor: { kind: cursor, cursor: after, next: $.next, meta: { total: $.total } } }
entities:
  people:
    summary: Who there is
    description: |
      Not the dead.

      Not the unborn.
    hints: { summary: Names and addresses., when_to_use: To find people., search_strategy: Look first., trigger_phrases: [who is], freshness: static }
    relations: [{ to: houses, from: $.house_id }, { to: houses, from: $.id, key: $.owner.id, cardinality: one_to_many }]
    record: Person
    actions:
      list: { get: /people, summary: Lists them., records: $.people, paginate: cursor, params: { name: { type: string } } }
      create:
        post: /people
        summary: Adds one
        description: "Once.\n\nParameters: {}"
        beta: true
        params:
          site: { type: string, fill: "${config.site}", hidden: true }
          region: { type: string, required: true, fill: "${config.site}" }
          old: { type: string, deprecated: true }
          name: { type: string, required: true, minLength: 1, examples: [Ada] }
          age: { type: integer, required: true, minimum: 18 }
      remove: { delete: "/people/{id}", summary: Takes one away., deprecated: true, params: { id: { type: string } } }
      merge: { post: /people/merge, destructive: true, examples: [{ title: Two of them, params: {} }, { params: { } }, { params: { } }] }
      photo: { get: "/people/{id}/photo", download: {}, params: { id: { type: string } } }
      rotate: { post: /people/rotate, internal: true }
  keys:
    actions: { rotate: { post: /keys/rotate, internal: true } }
  houses:
    actions: { get: { get: "/houses/{id}", params: { id: { type: string } } } }
schemas:
  Person:
    type: object
    properties: { id: { type: string }, name: { type: string }, nick: { type: string, deprecated: true } }
"##;

fn connector() -> Connector {
    match Connector::load(&Source::new("example.yaml", MANIFEST)) {
        Ok((connector, _)) => connector,
        Err(findings) => panic!("{}", findings.render(false)),
    }
}

fn text(entity: Option<&str>, action: Option<&str>) -> String {
    let connector = connector();
    Subject::find(&connector, entity, action).unwrap().for_agent(&connector).unwrap().to_string()
}

#[test]
fn the_index_has_every_action_with_what_it_may_do() {
    let expected = "Example Entities: none: Who lives where.\n\
        Begin with `people.list`.\n\
        Data: live\n\
        Entities and their actions (+ changes data, ! can destroy):\n\
        people: list create+ merge! photo\n\
        houses: get\n";
    assert_eq!(text(None, None), expected);
}

#[test]
fn an_entity_has_a_line_for_each_action() {
    let expected = "example people: Who there is. Not the dead. Not the unborn.\n\
        For: Names and addresses.\n\
        When: To find people.\n\
        To find: Look first.\n\
        Data: static\n\
        Actions (parameters with ? may be left out):\n\
        list(name?, after?) [read] Lists them.\n\
        create(name, age, region?) [create, beta] Adds one\n\
        remove(id) [delete, destructive, deprecated] Takes one away.\n\
        merge() [create, destructive]\n\
        photo(id) [read]\n\
        Relations: house_id -> houses; id -> houses.owner.id\n";
    assert_eq!(text(Some("people"), None), expected);
}

#[test]
fn an_action_has_a_schema_a_call_and_its_answer() {
    let text = text(Some("people"), Some("create"));
    let lines: Vec<_> = text.lines().collect();
    let [about, parameters, call, answer] = lines.as_slice() else { panic!("{text}") };
    assert_eq!(*about, "example people create [create, beta]: Adds one. Once. Parameters: {}.");
    let parameters: serde_json::Value = serde_json::from_str(parameters.strip_prefix("Parameters: ").unwrap()).unwrap();
    let properties = json!({
        "region": { "type": "string" },
        "name": { "type": "string", "minLength": 1, "examples": ["Ada"] },
        "age": { "type": "integer", "minimum": 18 },
    });
    assert_eq!(parameters, json!({ "type": "object", "properties": properties, "required": ["name", "age"] }));
    assert_eq!(*call, r#"Call: {"entity":"people","action":"create","params":{"name":"Ada","age":18}}"#);
    assert_eq!(*answer, "Answer: `data` is one Person: id, name");
}

#[test]
fn calls_and_answers_are_of_every_kind() {
    let list = text(Some("people"), Some("list"));
    let answer = "Answer: `data` is a list of Person: id, name; `meta`: total; there is more if `next` is not null: repeat the call with it";
    assert!(list.contains(answer), "{list}");
    assert!(text(Some("people"), Some("photo")).contains("Answer: `data` is a file: "));
    let merge = text(Some("people"), Some("merge"));
    assert_eq!(merge.matches("\nCall").count(), 2, "{merge}");
    assert!(merge.contains("Call (Two of them): {"), "{merge}");
}

#[test]
fn the_same_is_there_as_data() {
    let connector = connector();
    let json =
        |entity, action| Subject::find(&connector, entity, action).unwrap().for_agent(&connector).unwrap().to_json();
    let index = json(None, None);
    assert_eq!(
        index["entities"][0]["actions"][2],
        json!({ "action": "merge", "effect": "create", "destructive": true })
    );
    assert_eq!(index["entities"][1]["entity"], "houses");
    let create = &json(Some("people"), None)["actions"][1];
    assert_eq!((&create["required"], &create["optional"]), (&json!(["name", "age"]), &json!(["region"])));
    assert_eq!((&index["freshness"], &json(Some("people"), None)["freshness"]), (&json!("live"), &json!("static")));
    let list = json(Some("people"), Some("list"));
    assert_eq!(list.get("freshness"), None);
    let answer =
        json!({ "kind": "list", "paginated": true, "record": "Person", "fields": ["id", "name"], "meta": ["total"] });
    assert_eq!(list["answer"], answer);
    assert_eq!(list["examples"][0]["call"]["params"], json!({}));
}

#[test]
fn what_is_not_for_agents_is_refused() {
    let connector = connector();
    for (entity, action, name) in [
        ("people", Some("rotate"), "`people.rotate`"),
        ("keys", None, "`keys`"),
        ("keys", Some("rotate"), "`keys.rotate`"),
    ] {
        let error = Subject::find(&connector, Some(entity), action).unwrap().for_agent(&connector).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert!(error.to_string().contains(&format!("{name} is not for agents")), "{error}");
    }
}
