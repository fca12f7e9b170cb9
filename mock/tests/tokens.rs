//! Token endpoints hand out and renew tokens.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Answer, send_with, shop};
use serde_json::{Value, json};
use tieline_mock::Mock;

/// `id:secret`.
const CLIENT: (&str, &str) = ("authorization", "Basic aWQ6c2VjcmV0");

fn renew(mock: &Mock, refresh_token: &str) -> Answer {
    let body = json!({ "grant_type": "refresh_token", "refresh_token": refresh_token });
    send_with(mock, "POST", "/v2/oauth/token", &[CLIENT], body)
}

#[test]
fn refresh_tokens_rotate() {
    let mock = shop("");
    let first = renew(&mock, "given by the user");
    assert_eq!((first.status, &first.body["life"]["seconds"]), (200, &json!(3600)));
    let (access, refresh) =
        (first.body["access_token"].as_str().unwrap(), first.body["refresh_token"].as_str().unwrap());
    let second = renew(&mock, refresh);
    assert_eq!(second.status, 200);
    assert_ne!(second.body["access_token"], first.body["access_token"]);
    let again = renew(&mock, refresh);
    assert_eq!((again.status, &again.body["error"]["code"]), (400, &json!("invalid_grant")));
    let bearer = format!("Bearer {access}");
    let headers = [("authorization", bearer.as_str()), ("shop-version", "1")];
    assert_eq!(send_with(&mock, "GET", "/v2/goods", &headers, Value::Null).status, 200);
}

#[test]
fn the_client_must_say_who_it_is() {
    let mock = shop("");
    let code = json!({ "grant_type": "authorization_code", "code": "c" });
    let nobody = send_with(&mock, "POST", "/v2/oauth/token", &[], code.clone());
    assert_eq!((nobody.status, &nobody.body["error"]["code"]), (401, &json!("invalid_client")));
    assert_eq!(send_with(&mock, "POST", "/v2/oauth/token", &[CLIENT], code).status, 200);
    for (body, error) in [
        (json!({ "grant_type": "password" }), "unsupported_grant_type"),
        (json!({ "grant_type": "authorization_code" }), "invalid_request"),
        (json!({}), "invalid_request"),
        (json!("grant_type=refresh_token&refresh_token=r"), "invalid_request"),
    ] {
        let answer = send_with(&mock, "POST", "/v2/oauth/token", &[CLIENT], body);
        assert_eq!((answer.status, answer.body["error_description"].is_string()), (400, true));
        assert_eq!(answer.body["error"]["code"], error);
    }
}

#[test]
fn machines_get_tokens_with_a_form() {
    let mock = shop("");
    let send = |body: &str| {
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        send_with(&mock, "POST", "/v2/machine/token", &headers, body.into())
    };
    let granted = send("grant_type=client_credentials&client_id=a&client_secret=b");
    assert_eq!(granted.status, 200);
    assert!(granted.body["access_token"].is_string() && granted.body.get("refresh_token").is_none());
    assert_eq!(send("grant_type=client_credentials&client_id=a").status, 401);
}
