//! What the replay accepts, and what it says about the rest.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Value, json};

use super::{Exchange, Replay};
use crate::transport::{Transport as _, TransportError, TransportFailure};
use crate::wire::{Body, Request, Response, SignedRequest, Trust};

fn signed(method: Method, path: &str, body: Body) -> SignedRequest {
    let url = format!("https://api.example.com{path}").parse().unwrap();
    let mut request = SignedRequest::new(Request { method, url, headers: HeaderMap::new(), body }, Trust::Declared);
    request.set_secret_header(HeaderName::from_static("authorization"), HeaderValue::from_static("Bearer hush"));
    request
}

async fn get(replay: &Replay, path: &str) -> Result<Response, TransportError> {
    replay.send(signed(Method::GET, path, Body::default())).await
}

async fn json(response: Response) -> Result<Value, TransportError> {
    Ok(serde_json::from_slice(&response.body.collect(1 << 20).await?.unwrap()).unwrap())
}

fn read(exchange: Value) -> Exchange {
    serde_json::from_value(exchange).unwrap()
}

#[tokio::test]
async fn answers_come_in_their_order() {
    let replay = Replay::new([
        Exchange::new("GET", "/a?x=1&y=2&x=0").answer(201, json!({ "n": 1 })).answer_header("X-Id", "7"),
        Exchange::new("GET", "https://api.example.com/b"),
        Exchange::new("POST", "/c").header("Authorization", "Bearer hush").json(json!({ "a": null })),
        read(
            json!({ "request": { "method": "GET", "path": "/d", "headers": { "authorization": "[secret]", "x": null } }, "response": { "body": "text" } }),
        ),
    ]);
    let response = get(&replay, "/a?y=2&x=1&x=0").await.unwrap();
    assert_eq!((response.status.as_u16(), response.headers["x-id"].to_str().unwrap()), (201, "7"));
    assert_eq!(response.headers["content-type"], "application/json");
    assert_eq!(json(response).await.unwrap(), json!({ "n": 1 }));
    assert_eq!(get(&replay, "/b").await.unwrap().status.as_u16(), 200);
    assert_eq!(replay.remaining(), ["POST /c", "GET /d"]);
    replay.send(signed(Method::POST, "/c", Body::bytes("{ \"a\": null }"))).await.unwrap();
    let response = get(&replay, "/d").await.unwrap();
    assert_eq!(response.body.collect(9).await.unwrap().unwrap(), "text");
    assert!(replay.remaining().is_empty());
    let sent: Vec<String> = replay.sent().iter().map(Request::to_http).collect();
    assert_eq!(sent[2], "POST https://api.example.com/c\nauthorization: [secret]\n\n{ \"a\": null }");
    assert!(!format!("{replay:?}").contains("hush"));
}

#[tokio::test]
async fn a_difference_is_named_and_no_secret_shown() {
    let at = "the replay got `GET https://api.example.com/a?b=1`: ";
    for (exchange, message) in [
        (Exchange::new("GET", "/a"), "expected `GET /a`"),
        (Exchange::new("GET", "/a?b=2"), "expected `GET /a?b=2`"),
        (Exchange::new("PUT", "/a?b=1"), "expected `PUT /a?b=1`"),
        (Exchange::new("GET", "https://other.example.com/a?b=1"), "expected `GET https://other.example.com/a?b=1`"),
        (
            Exchange::new("GET", "/a?b=1").header("authorization", "Bearer other"),
            "the header `authorization` was expected to be another one; it is `[secret]`",
        ),
        (
            Exchange::new("GET", "/a?b=1").without_header("authorization"),
            "the header `authorization` was expected to be not there; it is `[secret]`",
        ),
        (
            Exchange::new("GET", "/a?b=1").header("x", "1"),
            "the header `x` was expected to be another one; it is not there",
        ),
        (Exchange::new("GET", "/a?b=1").json(json!({})), "expected the body `{}`; it is ``"),
        (
            read(json!({ "request": { "method": "GET", "path": "/a?b=1", "body": "x" } })),
            "expected the body `x`; it is ``",
        ),
    ] {
        let replay = Replay::new([exchange]);
        let error = get(&replay, "/a?b=1").await.err().unwrap();
        assert_eq!((error.failure, error.message), (TransportFailure::Refused, format!("{at}{message}")));
        assert_eq!((replay.remaining().len(), replay.sent().len()), (1, 1), "what was expected is still expected");
    }
    let error = get(&Replay::default(), "/a?b=1").await.err().unwrap();
    assert_eq!(error.message, format!("{at}nothing more was expected"));
}

#[tokio::test]
async fn a_secret_in_the_query_may_be_written_or_not() {
    for path in ["/a?key=hush", "/a?key=[secret]"] {
        let mut request = signed(Method::GET, "/a", Body::default());
        request.add_secret_query("key", "hush");
        assert!(Replay::new([Exchange::new("GET", path)]).send(request).await.is_ok());
    }
}

#[tokio::test(start_paused = true)]
async fn failures_and_delays_are_injected() {
    let kinds = [
        ("connect", TransportFailure::Connect),
        ("broken", TransportFailure::Broken),
        ("timeout", TransportFailure::Timeout),
    ];
    for (name, failure) in kinds {
        let request = json!({ "method": "GET", "path": "/a" });
        let replay = Replay::new([read(json!({ "request": request, "fail": name, "delay": "3s" }))]);
        let start = tokio::time::Instant::now();
        assert_eq!(get(&replay, "/a").await.err().unwrap().failure, failure);
        assert_eq!(start.elapsed(), Duration::from_secs(3));
    }
    let replay = Replay::new([Exchange::new("GET", "/a").answer(200, json!([1])).fail(TransportFailure::Broken)]);
    let response = get(&replay, "/a").await.unwrap();
    assert_eq!(response.body.collect(99).await.unwrap_err().failure, TransportFailure::Broken);
}

#[tokio::test]
async fn an_answer_that_is_none_is_named() {
    let replay = Replay::new([Exchange::new("GET", "/a").answer(99, json!(null))]);
    assert_eq!(get(&replay, "/a").await.err().unwrap().message, "the replay cannot answer: 99 is no status");
    let replay = Replay::new([Exchange::new("GET", "/a").answer_header("a b", "")]);
    assert_eq!(get(&replay, "/a").await.err().unwrap().message, "the replay cannot answer: `a b` is no header");
}
