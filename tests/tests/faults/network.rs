//! What only a real connection shows: resets, stalls, connections that are kept, redirects.

use std::time::Duration;

use serde_json::{Value, json};
use tieline::transport::{HttpOptions, HttpTransport, Reach, Transport as _, TransportFailure};
use tieline::wire::SignedRequest;
use tieline::{Connection, Credentials, Envelope, Error, ErrorKind};
use tokio::net::TcpListener;

use crate::raw_server::{Act, ITEMS, RawServer, connect, ok};
use crate::stage::connector;

async fn list(connection: &Connection) -> Result<Envelope, Error> {
    connection.call("items", "list").execute().await
}

async fn create(connection: &Connection) -> Result<Envelope, Error> {
    connection.call("items", "create").params(json!({ "name": "x" })).execute().await
}

/// Where a connection is reset, as what the server does with it.
fn resets() -> Vec<(&'static str, Vec<Act>)> {
    let write = |text: &str| vec![Act::Read, Act::write(text), Act::Reset];
    vec![
        ("before the request is read", vec![Act::ReadOne, Act::Reset]),
        ("before the headers", vec![Act::Read, Act::Reset]),
        ("closed before the headers", vec![Act::Read]),
        ("in the status line", write("HTTP/1.1 20")),
        ("in the headers", write("HTTP/1.1 200 OK\r\nContent-Type: applica")),
        ("after the headers", write("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n")),
        ("in the body", write("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"items\": ")),
        ("in a chunk", write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{\"items\": ")),
        ("between two chunks", write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n")),
    ]
}

#[tokio::test]
async fn a_reset_is_tried_again_for_a_read_and_never_for_a_create() {
    for (name, acts) in resets() {
        let script = move |number| if number < 2 { acts.clone() } else { vec![Act::Read, Act::Write(ok(ITEMS))] };
        let server = RawServer::start(script.clone()).await;
        let (connection, _) = connect(&server, "retry: { attempts: 3 }", |builder| builder);
        assert!(list(&connection).await.is_ok(), "{name}");

        let server = RawServer::start(script).await;
        let (connection, _) = connect(&server, "retry: { attempts: 3 }", |builder| builder);
        let error = create(&connection).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{name}: {error}");
        assert!(server.requests().len() <= 1, "{name}: {:?}", server.requests());
    }
}

#[tokio::test]
async fn a_refused_connection_is_told_as_one() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let builder = Connection::builder(connector("retry: { attempts: 1 }"));
    let connection = builder.base_url(format!("http://127.0.0.1:{port}/").parse().unwrap()).connect().unwrap();
    let error = list(&connection).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.message().starts_with("the API cannot be reached: no connection to 127.0.0.1"), "{error}");
}

#[tokio::test]
async fn a_create_on_a_kept_connection_that_breaks_is_sent_once() {
    let acts = vec![Act::Read, Act::Write(ok(ITEMS)), Act::Read, Act::Reset];
    let server =
        RawServer::start(move |number| if number == 0 { acts.clone() } else { vec![Act::Read, Act::Write(ok("{}"))] })
            .await;
    let (connection, _) = connect(&server, "", |builder| builder);
    list(&connection).await.unwrap();
    assert_eq!(create(&connection).await.unwrap_err().kind(), ErrorKind::Unavailable);
    let requests = server.requests();
    assert!(requests.len() == 2 && requests[1].starts_with("post /items"), "{requests:?}");
}

#[tokio::test]
async fn an_answer_that_nobody_asked_for_is_nobodys() {
    let evil = r#"{"items": [{"id": "evil"}], "next": null}"#;
    let two_at_once = [ok(ITEMS), ok(evil)].concat();
    let acts = vec![Act::Read, Act::Write(two_at_once), Act::Read, Act::Hold];
    let server =
        RawServer::start(move |number| if number == 0 { acts.clone() } else { vec![Act::Read, Act::Write(ok(ITEMS))] })
            .await;
    let (connection, _) = connect(&server, "", |builder| builder);
    for _ in 0..2 {
        let records: Vec<Value> = list(&connection).await.unwrap().records().unwrap();
        assert_eq!(records, [json!({ "id": 1 })]);
    }
}

/// Where a server stops, as what it does before.
fn stalls() -> Vec<(&'static str, Vec<Act>)> {
    let after = |text: &str| vec![Act::Read, Act::write(text), Act::Hold];
    vec![
        ("before the request is read", vec![Act::Hold]),
        ("before the headers", vec![Act::Read, Act::Hold]),
        ("in the headers", after("HTTP/1.1 200 OK\r\nContent-")),
        ("after the headers", after("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n")),
        ("in the body", after("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"items\":")),
        ("in a chunk", after("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{")),
        ("in the body of an error", after("HTTP/1.1 400 Bad Request\r\nContent-Length: 20\r\n\r\n{")),
        ("after saying that it goes on", after("HTTP/1.1 100 Continue\r\n\r\n")),
    ]
}

#[tokio::test]
async fn a_stall_ends_with_its_attempt_and_the_connection_is_closed() {
    for (name, acts) in stalls() {
        let server = RawServer::start(move |_| acts.clone()).await;
        let (connection, clock) = connect(&server, "retry: { attempts: 1 }", |builder| builder);
        let call = tokio::spawn(async move { list(&connection).await });
        server.holds().await;
        // The time-out of one attempt, as the manifest says.
        clock.pass(Duration::from_secs(20));
        assert_eq!(call.await.unwrap().unwrap_err().kind(), ErrorKind::Timeout, "{name}");
        server.is_left().await;
    }
}

#[tokio::test]
async fn a_stall_ends_with_the_deadline_however_many_attempts_there_are() {
    for (name, acts) in stalls() {
        let server = RawServer::start(move |_| acts.clone()).await;
        let (connection, clock) = connect(&server, "retry: { attempts: 100 }", |builder| builder);
        let deadline = Duration::from_secs(50);
        let call = tokio::spawn(async move { connection.call("items", "list").deadline(deadline).execute().await });
        for seconds in [20, 20, 10] {
            server.holds().await;
            clock.pass(Duration::from_secs(seconds));
            server.is_left().await;
        }
        assert_eq!(call.await.unwrap().unwrap_err().kind(), ErrorKind::Timeout, "{name}");
    }
}

#[tokio::test]
async fn a_connection_that_is_never_made_ends_with_its_attempt() {
    let server = RawServer::start(|_| vec![Act::ReadOne, Act::Hold]).await;
    let secure = format!("https://127.0.0.1:{}/", server.url().port().unwrap()).parse().unwrap();
    let (connection, clock) = connect(&server, "retry: { attempts: 1 }", |builder| builder.base_url(secure));
    let call = tokio::spawn(async move { list(&connection).await });
    // It has begun to say hello, and is not answered.
    server.holds().await;
    clock.pass(Duration::from_secs(20));
    assert_eq!(call.await.unwrap().unwrap_err().kind(), ErrorKind::Timeout);
    server.is_left().await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_waited_for_no_longer_than_ten_seconds() {
    let server = RawServer::start(|_| vec![Act::ReadOne, Act::Hold]).await;
    let secure = format!("https://127.0.0.1:{}/", server.url().port().unwrap()).parse().unwrap();
    let transport = HttpTransport::new(&HttpOptions::default()).unwrap();
    let begun = tokio::time::Instant::now();
    let error = transport.send(SignedRequest::unsigned(secure)).await.err().unwrap();
    assert_eq!((error.failure, begun.elapsed().as_secs()), (TransportFailure::Connect, 10), "{error}");
}

#[tokio::test]
async fn a_caller_that_leaves_closes_its_connection() {
    for (_, acts) in stalls() {
        let server = RawServer::start(move |_| acts.clone()).await;
        let (connection, _) = connect(&server, "", |builder| builder);
        let call = tokio::spawn(async move { list(&connection).await });
        server.holds().await;
        call.abort();
        server.is_left().await;
    }
}

#[tokio::test]
async fn a_download_that_stalls_breaks_off() {
    use futures_util::StreamExt as _;
    let acts = vec![Act::Read, Act::write("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhalf"), Act::Hold];
    let server = RawServer::start(move |_| acts.clone()).await;
    let (connection, clock) = connect(&server, "", |builder| builder);
    let mut chunks = connection.call("items", "read").download().await.unwrap().body.into_stream();
    assert_eq!(chunks.next().await.unwrap().unwrap(), "half");
    let rest = tokio::spawn(async move { chunks.next().await });
    server.holds().await;
    // The wait for the next chunk begins when it is asked for.
    tokio::task::yield_now().await;
    clock.pass(Duration::from_secs(20));
    assert!(rest.await.unwrap().unwrap().is_err());
    server.is_left().await;
}

const TOKEN: &str = r#"
auth:
  token: { fields: { token: { description: Your token, secret: true } }, bearer: "${token}" }
"#;

fn to(url: &str) -> Vec<u8> {
    format!("HTTP/1.1 302 Found\r\nLocation: {url}\r\nContent-Length: 0\r\n\r\n").into_bytes()
}

#[tokio::test]
async fn a_redirect_to_another_origin_carries_no_credentials_and_leads_to_no_private_address() {
    let elsewhere = RawServer::start(|_| vec![Act::Read, Act::Write(ok(ITEMS))]).await;
    let there = elsewhere.url().join("items").unwrap().to_string();
    let server = RawServer::start(move |_| vec![Act::Read, Act::Write(to(&there))]).await;
    let token = Credentials::none().with("token", "hush-hush");
    let (connection, _) = connect(&server, TOKEN, |builder| builder.credentials(token.clone()));
    assert_eq!(list(&connection).await.unwrap_err().kind(), ErrorKind::Refused);
    assert!(elsewhere.requests().is_empty());

    let open = HttpOptions { reach: Reach::Anywhere, ..HttpOptions::default() };
    let transport = std::sync::Arc::new(HttpTransport::new(&open).unwrap());
    let (connection, _) = connect(&server, TOKEN, |builder| builder.credentials(token).transport(transport));
    assert!(list(&connection).await.is_ok());
    assert!(server.requests()[1].contains("authorization: bearer hush-hush"));
    let arrived = elsewhere.requests();
    assert!(arrived.len() == 1 && !arrived[0].contains("hush"), "{arrived:?}");
}

#[tokio::test]
async fn a_redirect_in_a_loop_ends() {
    let server = RawServer::start(|_| vec![Act::Read, Act::Write(to("/items"))]).await;
    let (connection, _) = connect(&server, "", |builder| builder);
    assert_eq!(list(&connection).await.unwrap_err().kind(), ErrorKind::UnexpectedResponse);
    assert_eq!(server.requests().len(), 6);
}
