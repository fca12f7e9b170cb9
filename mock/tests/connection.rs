//! The mock as the other end of connections: in process, and over HTTP.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::sync::Arc;
use std::time::{Duration, Instant};

use common::{SHOP, connector, shop};
use serde_json::{Value, json};
use tieline::execute::Data;
use tieline::wire::Upload;
use tieline::{Connection, Credentials, ErrorKind};
use tieline_mock::{Mock, serve};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

fn connect(mock: Mock) -> Connection {
    let credentials = Credentials::none().with("token", "t");
    Connection::builder(connector(SHOP)).credentials(credentials).transport(Arc::new(mock)).connect().unwrap()
}

#[tokio::test]
async fn every_kind_of_pagination_is_followed_to_its_end() {
    let connection = connect(shop(""));
    for (entity, action, params) in [
        ("goods", "list", json!({ "limit": 3 })),
        ("orders", "by_offset", json!({})),
        ("orders", "by_offset", json!({ "take": 7 })),
        ("orders", "by_page", json!({ "per_page": 2 })),
        ("orders", "by_link", json!({ "per_page": 2 })),
        ("orders", "by_url", json!({})),
        ("parts", "list", json!({ "good_id": "g1" })),
    ] {
        let all = connection.call(entity, action).params(params).all().execute().await;
        let records: Vec<Value> = all.unwrap_or_else(|error| panic!("{entity}.{action}: {error:?}")).records().unwrap();
        assert_eq!(records.len(), 7, "{entity}.{action}");
    }
    let page = connection.execute("goods", "list", json!({ "limit": 3 })).await.unwrap();
    assert_eq!((page.records::<Value>().unwrap().len(), page.meta["total"].to_value()), (3, json!(7)));
    let next = page.next.flatten().unwrap();
    let page = connection.call("goods", "list").params(json!({ "limit": 3 })).next(next).execute().await.unwrap();
    assert_eq!(page.records::<Value>().unwrap().len(), 3);
}

#[tokio::test]
async fn what_was_created_can_be_read_until_it_is_deleted() {
    let connection = connect(shop(""));
    let made: Value = connection.execute("goods", "create", json!({ "name": "Lamp" })).await.unwrap().record().unwrap();
    let id = json!({ "good_id": made["id"] });
    let read: Value = connection.execute("goods", "get", id.clone()).await.unwrap().record().unwrap();
    assert_eq!(read["name"], "Lamp");
    connection.execute("goods", "delete", id.clone()).await.unwrap();
    let error = connection.execute("goods", "get", id).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::NotFound, Some("not_found")));
    assert!(error.request_id().is_some());
    let nothing = connection.execute("notes", "delete", json!({ "note_id": "n" })).await.unwrap();
    assert!(matches!(nothing.data, Data::Nothing));
}

#[tokio::test(start_paused = true)]
async fn faults_are_overcome_or_told() {
    let connection = connect(shop("429:2@3,503:1,drop:1,slow:2s"));
    let before = tokio::time::Instant::now();
    let page = connection.execute("goods", "list", json!({})).await;
    assert!(page.is_err_and(|error| error.kind() == ErrorKind::Unavailable), "four attempts, four faults");
    assert!(before.elapsed() >= Duration::from_secs(3 + 3 + 4 * 2), "{:?}", before.elapsed());
    assert!(connection.execute("goods", "list", json!({})).await.is_ok());

    let limited = connect(shop("429:4@0")).execute("goods", "list", json!({})).await.unwrap_err();
    assert_eq!(
        (limited.kind(), limited.status(), limited.code()),
        (ErrorKind::RateLimited, Some(429), Some("rate_limited"))
    );
    let broken = connect(shop("drop:1")).execute("forms", "send", json!({ "count": 1 })).await;
    assert!(broken.is_ok(), "an idempotency key makes it repeatable");
}

#[tokio::test]
async fn a_token_says_where_an_api_is_that_may_be_anywhere() {
    for (server, extract) in [
        ("${token.site}/api", "{ from: $.where.site, any_host: true }"),
        ("https://${token.site}.example.com/api", "{ from: $.where.site, pattern: '[a-z]{3}[0-9]' }"),
        ("https://${token.site}/api", "{ from: $.where.site, any_host: true }"),
    ] {
        let text = format!(
            "tieline: 1
name: anywhere
title: Anywhere
version: 0.1.0
summary: An API that may be anywhere.
server: {server}
auth:
  machine:
    fields: {{ client_id: {{}}, client_secret: {{ secret: true }} }}
    oauth2:
      grant: client_credentials
      token: {{ url: \"https://login.example.com/token\" }}
      extract: {{ site: {extract} }}
entities:
  things: {{ actions: {{ get: {{ get: /thing, record: {{ type: object, properties: {{ id: {{ const: a }} }} }} }} }} }}
"
        );
        let connector = connector(&text);
        let credentials = Credentials::none().with("client_id", "id").with("client_secret", "secret");
        let mock = Arc::new(Mock::new(connector.clone(), Default::default()));
        let connection = Connection::builder(connector).credentials(credentials).transport(mock).connect().unwrap();
        let thing = connection.execute("things", "get", json!({})).await;
        assert_eq!(thing.unwrap_or_else(|error| panic!("{server}: {error}")).record::<Value>().unwrap()["id"], "a");
    }
}

#[tokio::test]
async fn tokens_are_renewed() {
    let credentials = Credentials::none()
        .with("client_id", "id")
        .with("client_secret", "secret")
        .with("access_token", "old")
        .with("refresh_token", "first");
    let builder = Connection::builder(connector(SHOP)).credentials(credentials).scheme("oauth");
    let connection = builder.transport(Arc::new(shop("401:1"))).connect().unwrap();
    connection.execute("goods", "list", json!({})).await.unwrap();

    let machine = Credentials::none().with("app_id", "id").with("app_secret", "secret");
    let builder = Connection::builder(connector(SHOP)).credentials(machine).scheme("machine");
    let connection = builder.transport(Arc::new(shop(""))).connect().unwrap();
    connection.execute("goods", "list", json!({})).await.unwrap();
}

#[tokio::test]
async fn files_go_up_and_come_down() {
    let mock = shop("");
    let connection = connect(mock.clone());
    let file = Upload::bytes("hello").filename("a.txt").content_type("text/plain");
    let sent = connection.call("files", "upload").params(json!({ "tags": [1, 2] })).upload("file", file);
    let sent: Value = sent.execute().await.unwrap().record().unwrap();
    assert_eq!(
        (&sent["filename"], &sent["content_length"], &sent["tags"]),
        (&json!("a.txt"), &json!(5), &json!([1, 2]))
    );
    assert_eq!(mock.uploads()[0].content_type.as_deref(), Some("text/plain"));

    for action in ["download", "fetch"] {
        let call = connection.call("files", action).params(json!({ "file_id": "f1" }));
        let Data::File(whole) = call.clone().execute().await.unwrap().data else { panic!("{action} is no file") };
        assert_eq!(whole.content.len(), 100_000);
        let Data::File(part) = call.range("bytes=0-49151").execute().await.unwrap().data else { panic!("{action}") };
        assert_eq!((part.content.len(), part.next_range.as_deref()), (49_152, Some("bytes=49152-98303")), "{action}");
    }
}

/// Sends text to a server and reads until it closes the connection.
async fn converse(address: std::net::SocketAddr, text: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn it_is_served_over_http_until_told_to_stop() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(serve(listener, shop("drop:1,slow:30ms"), async { drop(stopped.await) }));
    let get = |target: &str| {
        format!(
            "GET {target} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer t\r\nShop-Version: 1\r\nConnection: close\r\n\r\n"
        )
    };
    let started = Instant::now();
    assert_eq!(converse(address, &get("/v2/goods")).await, "", "the connection breaks");
    let answer = converse(address, &get("/v2/orders/links?per_page=2")).await;
    assert!(started.elapsed() >= Duration::from_millis(60));
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    let link = format!("link: <http://{address}/v2/orders/links?per_page=2&mock_from=2>; rel=\"next\"\r\n");
    assert!(answer.contains(&link), "{answer}");
    let body: Value = serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    assert_eq!(body.as_array().unwrap().len(), 2);

    let large =
        format!("POST /v2/goods HTTP/1.1\r\nHost: {address}\r\nContent-Length: 99999999\r\nConnection: close\r\n\r\n");
    assert!(converse(address, &large).await.starts_with("HTTP/1.1 413 "));
    for odd in [
        "GET / HTTP/1.1\r\n\r\n",
        "GET /%zz%00 HTTP/1.1\r\nHost: a b\r\n\r\n",
        "nonsense\r\n\r\n",
        "GET http://x/y HTTP/1.1\r\nConnection: close\r\n\r\n",
    ] {
        let text = odd.replacen("\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1);
        assert!(converse(address, &text).await.starts_with("HTTP/1.1 4"), "{odd:?}");
    }

    let connection = Connection::builder(connector(SHOP)).credentials(Credentials::none().with("token", "t"));
    let connection = connection.base_url(format!("http://{address}").parse().unwrap()).connect().unwrap();
    for action in ["by_offset", "by_link", "by_url"] {
        let all = connection.call("orders", action).all().execute().await.unwrap();
        assert_eq!(all.records::<Value>().unwrap().len(), 7, "{action}");
    }
    let file = connection.execute("files", "fetch", json!({ "file_id": "f1" })).await.unwrap();
    assert!(matches!(file.data, Data::File(file) if file.content.len() == 100_000));

    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}
