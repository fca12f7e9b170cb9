//! Whole requests.

use serde_json::{Map, Value, json};
use url::Url;

use super::fixture::{args, head, operation};
use super::{Base, request, server};

fn built(head_json: Value, operation_json: Value, given: Value, rebind: Option<&str>) -> String {
    let (head, nothing) = (head(head_json), Map::new());
    let rebind = rebind.map(|url| Url::parse(url).unwrap());
    let base = Base { head: &head, config: &nothing, token: &nothing, rebind: rebind.as_ref() };
    let operation = operation(operation_json);
    request(&base, &server(&base, &operation).unwrap(), &operation, &args(given)).unwrap().to_http()
}

#[test]
fn a_request_has_a_place_for_every_parameter() {
    let operation = json!({
        "method": "PATCH",
        "path": [{ "text": "/items/" }, { "param": "id" }],
        "headers": { "X-Mode": "strict" },
        "params": {
            "item": { "wire": "id", "place": "path" }, "expand": { "style": "brackets" },
            "title": { "place": "body" }, "icon": { "place": "body" }, "absent": { "place": "body" },
        },
        "body": { "json": {} },
    });
    let given = json!({ "item": "a/b", "expand": ["owner"], "icon": null, "title": "T" });
    let expected = "PATCH https://api.example.com/v1/items/a%2Fb?expand%5B%5D=owner\n\
        x-mode: strict\ncontent-type: application/json\naccept: application/json\n\n{\"title\":\"T\",\"icon\":null}";
    assert_eq!(built(json!({}), operation.clone(), given.clone(), None), expected);
    let rebound = expected.replace("https://api.example.com", "http://localhost:9/mock");
    assert_eq!(built(json!({}), operation, given, Some("http://localhost:9/mock/")), rebound);
}

#[test]
fn an_operation_has_a_server_of_its_own() {
    let operation =
        json!({ "server": "https://files.example.com", "path": [{ "text": "/f" }], "answer": { "file": null } });
    assert_eq!(built(json!({}), operation, json!({}), None), "GET https://files.example.com/f\naccept: */*\n");
}
