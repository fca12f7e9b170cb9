//! The HTTP transport against servers on this machine that write bytes by hand.

use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::{HeaderMap, HeaderValue, Method};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::{HttpOptions, HttpTransport};
use crate::transport::{Reach, Transport as _, TransportError, TransportFailure, tls};
use crate::wire::{Body, Request, Response, Segment, SignedRequest, Trust, Upload};

fn transport(options: HttpOptions) -> HttpTransport {
    HttpTransport::new(&options).unwrap()
}

fn get(url: &str) -> Request {
    Request { method: Method::GET, url: url.parse().unwrap(), headers: HeaderMap::new(), body: Body::default() }
}

async fn send(transport: &HttpTransport, request: Request) -> Result<Response, TransportError> {
    transport.send(SignedRequest::new(request, Trust::Declared)).await
}

async fn text(response: Response) -> Result<String, TransportError> {
    Ok(String::from_utf8(response.body.collect(1 << 20).await?.unwrap().to_vec()).unwrap())
}

/// Reads a request up to `end`.
async fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut read = Vec::new();
    while !read.ends_with(end.as_bytes()) {
        read.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(read).unwrap()
}

/// A server for one connection: reads a request up to `end`, writes `answer`, closes. Gives its address and what it read.
async fn server(end: &'static str, answer: impl Into<Vec<u8>>) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, answer) = (listener.local_addr().unwrap().to_string(), answer.into());
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let request = read_until(&mut stream, end).await;
        stream.write_all(&answer).await.unwrap();
        request
    });
    (address, task)
}

#[tokio::test]
async fn a_request_arrives_as_it_was_built() {
    let (address, server) = server("hello", "HTTP/1.1 201 Created\r\nX-Id: 7\r\nContent-Length: 2\r\n\r\nok").await;
    let mut request = get(&format!("http://{address}/a%2Fb?q=1+2"));
    request.method = Method::POST;
    request.headers.insert("x-own", HeaderValue::from_static("v"));
    request.body = Body::bytes("hello");
    let response = send(&transport(HttpOptions::default()), request).await.unwrap();
    assert_eq!((response.status.as_u16(), response.headers["x-id"].to_str().unwrap()), (201, "7"));
    assert_eq!(text(response).await.unwrap(), "ok");
    let request = server.await.unwrap();
    assert!(request.starts_with("POST /a%2Fb?q=1+2 HTTP/1.1\r\n"), "{request}");
    for line in ["x-own: v", "content-length: 5", concat!("user-agent: tieline/", env!("CARGO_PKG_VERSION"))] {
        assert!(request.contains(&format!("{line}\r\n")), "{line} in {request}");
    }
    assert!(!request.contains("transfer-encoding"), "{request}");
}

#[tokio::test]
async fn an_empty_post_says_its_length_and_a_part_is_not_compressed() {
    let (address, server) = server("\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n").await;
    let mut request = get(&format!("http://{address}/"));
    request.method = Method::POST;
    request.headers.insert("range", HeaderValue::from_static("bytes=0-9"));
    send(&transport(HttpOptions { user_agent: Some("own/1".into()), ..Default::default() }), request).await.unwrap();
    let request = server.await.unwrap();
    for line in ["content-length: 0", "accept-encoding: identity", "user-agent: own/1"] {
        assert!(request.contains(&format!("{line}\r\n")), "{line} in {request}");
    }
}

#[tokio::test]
async fn files_are_streamed() {
    let chunks = || stream::iter(["ab", "cd"]).map(|chunk| Ok(Bytes::from(chunk))).boxed();
    for (length, expected) in [(Some(4), "content-length: 6\r\n"), (None, "transfer-encoding: chunked\r\n")] {
        let end = if length.is_some() { "(abcd)" } else { "0\r\n\r\n" };
        let (address, server) = server(end, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
        let mut request = get(&format!("http://{address}/"));
        request.method = Method::PUT;
        let file = Segment::Upload(Upload::stream(length, chunks));
        request.body = Body::segments(vec![Segment::Bytes("(".into()), file, Segment::Bytes(")".into())]);
        send(&transport(HttpOptions::default()), request).await.unwrap();
        let request = server.await.unwrap();
        assert!(request.contains(expected), "{request}");
    }
}

#[tokio::test]
async fn an_answer_is_read_as_it_arrives() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (go_on, wait) = tokio::sync::oneshot::channel::<()>();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_until(&mut stream, "\r\n\r\n").await;
        stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n").await.unwrap();
        wait.await.unwrap();
        stream.write_all(b"3\r\ntwo\r\n0\r\n\r\n").await.unwrap();
    });
    let response = send(&transport(HttpOptions::default()), get(&format!("http://{address}/"))).await.unwrap();
    let mut body = response.body.into_stream();
    assert_eq!(body.next().await.unwrap().unwrap(), "one", "before the second part was sent");
    go_on.send(()).unwrap();
    assert_eq!(body.next().await.unwrap().unwrap(), "two");
    assert!(body.next().await.is_none());
}

#[tokio::test]
async fn redirects_are_answers_and_compressed_bodies_are_read() {
    let (address, _server) =
        server("\r\n\r\n", "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n").await;
    let response = send(&transport(HttpOptions::default()), get(&format!("http://{address}/"))).await.unwrap();
    assert_eq!((response.status.as_u16(), response.headers["location"].to_str().unwrap()), (302, "/elsewhere"));

    // "compressed" as `gzip -n` writes it, stored.
    let mut gzip = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 10, 0, 0xf5, 0xff];
    gzip.extend(b"compressed");
    gzip.extend(crc32(b"compressed").to_le_bytes());
    gzip.extend(10_u32.to_le_bytes());
    let mut answer =
        format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", gzip.len()).into_bytes();
    answer.extend(&gzip);
    let (address, server) = self::server("\r\n\r\n", answer).await;
    let response = send(&transport(HttpOptions::default()), get(&format!("http://{address}/"))).await.unwrap();
    assert_eq!(text(response).await.unwrap(), "compressed");
    let request = server.await.unwrap();
    let accepted = request.lines().find(|line| line.starts_with("accept-encoding:")).unwrap();
    assert!(accepted.contains("gzip") && accepted.contains("br"), "{accepted}");
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: u8| {
        (0..8).fold(crc ^ u32::from(byte), |c, _| (c >> 1) ^ (0xedb8_8320 & (c & 1).wrapping_neg()))
    };
    !bytes.bytes().map(Result::unwrap).fold(u32::MAX, step)
}

#[tokio::test]
async fn failures_say_what_broke_and_where() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string();
    let (mid_body, _a) = server("\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf").await;
    let (no_answer, _b) = server("\r\n\r\n", "").await;
    let (no_tls, _c) = server("\n", "HTTP/1.1 400 Bad Request\r\n\r\n").await;
    use TransportFailure::{Broken, Connect, Refused};
    for (url, failure, message) in [
        (format!("http://{closed}/?key=hush"), Connect, format!("no connection to {closed}: connection refused")),
        (format!("http://{mid_body}/?key=hush"), Broken, format!("the exchange with {mid_body} broke off: ")),
        (format!("http://{no_answer}/?key=hush"), Broken, format!("the exchange with {no_answer} broke off: ")),
        (
            "http://nowhere.invalid/?key=hush".to_owned(),
            Connect,
            "no connection to nowhere.invalid: its name has no address".to_owned(),
        ),
        (format!("https://{closed}/?key=hush"), Connect, format!("no connection to {closed}: connection refused")),
        ("ftp://example.com/?key=hush".to_owned(), Refused, "the request to example.com cannot be sent: ".to_owned()),
    ] {
        let transport = transport(HttpOptions::default());
        let error = match send(&transport, get(&url)).await {
            Ok(response) => text(response).await.unwrap_err(),
            Err(error) => error,
        };
        assert_eq!(error.failure, failure, "{url}: {error}");
        assert!(error.message.starts_with(&message) && !error.message.contains("hush"), "{url}: {error}");
    }
    let transport = transport(HttpOptions::default());
    let request = send(&transport, get(&format!("https://{no_tls}/")));
    let error = tokio::time::timeout(Duration::from_secs(5), request).await;
    assert!(matches!(error, Err(_) | Ok(Err(TransportError { failure: Connect, .. }))), "plain text is no TLS");
}

#[tokio::test]
async fn a_file_that_cannot_be_read_breaks_the_exchange() {
    let (address, _server) = server("never", "").await;
    let broken = || stream::iter([Err(std::io::Error::other("the disk is gone"))]).boxed();
    let mut request = get(&format!("http://{address}/"));
    request.method = Method::PUT;
    request.body = Body::segments(vec![Segment::Upload(Upload::stream(Some(3), broken))]);
    let error = send(&transport(HttpOptions::default()), request).await.err().unwrap();
    assert_eq!(error.failure, TransportFailure::Broken);
    assert!(error.message.ends_with("broke off: the disk is gone"), "{error}");
}

#[tokio::test]
async fn urls_from_answers_lead_to_public_addresses_alone() {
    let guarded = transport(HttpOptions::default());
    let respond = || server("\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let (address, _server) = respond().await;
    let port = address.rsplit(':').next().unwrap();
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "[::1]", "2130706433"] {
        let request = SignedRequest::new(get(&format!("http://{host}:{port}/?key=hush")), Trust::Response);
        let error = guarded.send(request).await.err().unwrap();
        assert_eq!(error.failure, TransportFailure::Refused, "{host}");
        assert!(error.message.contains("which is not called because its address is private"), "{error}");
        assert!(!error.message.contains("hush"), "{error}");
    }
    let open = transport(HttpOptions { reach: Reach::Anywhere, ..Default::default() });
    assert!(open.send(SignedRequest::new(get(&format!("http://{address}/")), Trust::Response)).await.is_ok());
}

#[tokio::test]
async fn where_only_public_addresses_are_called_declared_urls_lead_to_no_other() {
    let guarded = transport(HttpOptions { reach: Reach::PublicOnly, ..Default::default() });
    let (address, _server) = server("\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let port = address.rsplit(':').next().unwrap();
    for host in ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "10.0.0.1"] {
        let error = send(&guarded, get(&format!("http://{host}:{port}/?key=hush"))).await.err().unwrap();
        let message = format!("{host}:{port} is not called because its address is private");
        assert_eq!((error.failure, error.message), (TransportFailure::Refused, message));
    }
    // `localhost` is refused by name, so the client is asked directly what it makes of one that resolves to a private address.
    let client = guarded.client(Trust::Declared).unwrap();
    let error = client.get(format!("http://localhost:{port}/")).send().await.unwrap_err();
    let error = super::failed("localhost", Trust::Declared, &error);
    assert_eq!(error.message, "localhost is not called because its address is private");
    let error = guarded.send(SignedRequest::new(get(&format!("http://{address}/")), Trust::Response)).await;
    assert!(error.err().unwrap().message.starts_with("a URL from an answer leads to 127.0.0.1"));
    // Nothing of it has arrived: the one connection is still there to be taken.
    assert!(send(&transport(HttpOptions::default()), get(&format!("http://{address}/"))).await.is_ok());
}

#[tokio::test]
async fn a_proxy_may_be_anywhere() {
    for host in ["127.0.0.1", "localhost"] {
        let (proxy, _server) = server("\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
        let proxy = proxy.replace("127.0.0.1", host);
        let http_proxy = Some(format!("http://{proxy}"));
        let guarded = transport(HttpOptions { http_proxy, reach: Reach::PublicOnly, ..Default::default() });
        let error = send(&guarded, get(&format!("http://{proxy}/"))).await.err().unwrap();
        assert_eq!(error.failure, TransportFailure::Refused, "the proxy itself is no API");
        let error = send(&guarded, get("http://10.0.0.1/")).await.err().unwrap();
        assert_eq!(error.failure, TransportFailure::Refused, "an address is seen without a name");
        assert!(send(&guarded, get("http://api.example.org.invalid:1/x")).await.is_ok(), "{host}");
    }
}

#[tokio::test]
async fn a_name_that_resolves_to_a_private_address_is_refused() {
    // `localhost` is refused by name, so the resolver is asked directly.
    use crate::transport::address::{NotPublic, PublicResolver};
    use reqwest::dns::Resolve as _;
    let resolver = PublicResolver { proxies: vec![] };
    let error = resolver.resolve("localhost".parse().unwrap()).await.err().unwrap();
    assert!(error.downcast_ref::<NotPublic>().is_some(), "{error}");
    let resolver = PublicResolver { proxies: vec!["LocalHost".to_owned()] };
    assert!(resolver.resolve("localhost".parse().unwrap()).await.unwrap().count() > 0, "a proxy may be anywhere");
    let client =
        reqwest::Client::builder().no_proxy().tls_backend_preconfigured(crate::transport::tls::client(None).unwrap());
    let client = client.dns_resolver(PublicResolver { proxies: vec![] }).build().unwrap();
    let error = client.get("http://localhost:1/").send().await.unwrap_err();
    let error = super::failed("localhost", Trust::Declared, &error);
    assert_eq!(error.failure, TransportFailure::Refused, "{error}");
    assert_eq!(error.message, "localhost is not called because its address is private");
}

#[tokio::test]
async fn proxies_are_used_but_for_the_exceptions() {
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    let (proxy, server) = server("\r\n\r\n", answer).await;
    let options = HttpOptions {
        http_proxy: Some(format!("http://user:pass@{proxy}")),
        no_proxy: Some("direct.invalid, .example.org".into()),
        ..Default::default()
    };
    let transport = transport(options);
    let error = send(&transport, get("http://direct.invalid/")).await.err().unwrap();
    assert_eq!(error.failure, TransportFailure::Connect, "an exception does not go to the proxy");
    let error = send(&transport, get("http://api.example.org.invalid:1/x")).await;
    assert!(error.is_ok(), "any other name does");
    let request = server.await.unwrap();
    assert!(request.starts_with("GET http://api.example.org.invalid:1/x HTTP/1.1\r\n"), "{request}");
    assert!(request.to_lowercase().contains("proxy-authorization: basic dxnlcjpwyxnz\r\n"), "{request}");
    assert!(!format!("{transport:?}").contains("pass"));
}

#[test]
fn settings_that_cannot_be_used_are_named() {
    for (options, message) in [
        (
            HttpOptions { https_proxy: Some("socks5://u:hush@x".into()), ..Default::default() },
            "the proxy for https URLs cannot be used",
        ),
        (
            HttpOptions { http_proxy: Some("http://u:hush@".into()), ..Default::default() },
            "the proxy for http URLs cannot be used",
        ),
        (HttpOptions { root_certificates: Some(b"x".to_vec()), ..Default::default() }, "the root certificates hold no"),
        (
            HttpOptions { user_agent: Some("a\nb".into()), ..Default::default() },
            "the user agent cannot stand in a header",
        ),
    ] {
        let error = HttpTransport::new(&options).unwrap_err();
        assert!(error.message.starts_with(message) && !error.message.contains("hush"), "{error}");
    }
    assert!(HttpTransport::new(&HttpOptions { https_proxy: Some(String::new()), ..Default::default() }).is_ok());
}

/// A certificate for this machine that nobody signed, and its key: `openssl req -x509 -newkey ec … -addext
/// subjectAltName=DNS:localhost,IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE`. It protects nothing.
const LOCALHOST: &[u8] = include_bytes!("localhost.pem");

/// A server that speaks TLS on one connection and answers with a word.
fn tls_server() -> u16 {
    let certificates = tls::certificates(LOCALHOST).unwrap();
    let key = PrivateKeyDer::from_pem_slice(LOCALHOST).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut session = rustls::ServerConnection::new(Arc::new(config)).unwrap();
        let mut stream = rustls::Stream::new(&mut session, &mut socket);
        let mut request = [0; 1024];
        if stream.read(&mut request).is_ok() {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecure").unwrap();
        }
    });
    port
}

#[tokio::test]
async fn certificates_are_checked_against_the_roots_that_are_given() {
    let own = transport(HttpOptions { root_certificates: Some(LOCALHOST.to_vec()), ..Default::default() });
    for host in ["localhost", "127.0.0.1"] {
        let response = send(&own, get(&format!("https://{host}:{}/", tls_server()))).await.unwrap();
        assert_eq!(text(response).await.unwrap(), "secure");
    }
    let port = tls_server();
    let error =
        send(&transport(HttpOptions::default()), get(&format!("https://localhost:{port}/"))).await.err().unwrap();
    assert_eq!(error.failure, TransportFailure::Connect);
    let message = format!("no connection to localhost:{port}: invalid peer certificate: UnknownIssuer");
    assert_eq!(error.message, message);
}
