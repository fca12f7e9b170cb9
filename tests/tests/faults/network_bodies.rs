//! Answers over a real connection that are no HTTP, no JSON, or far more than anybody asked for.

use std::io::Write as _;
use std::time::Duration;

use flate2::{Compress, Compression, FlushCompress};
use futures_util::StreamExt as _;
use tieline::ErrorKind;
use tieline::transport::{HttpOptions, HttpTransport, Transport as _};
use tieline::wire::SignedRequest;

use crate::raw_server::{Act, ITEMS, RawServer, connect, ok};

/// How much of a bomb is one piece, unpacked.
const PIECE: usize = 1 << 20;

/// The beginning of a bomb, and a piece that may follow as often as one likes.
struct Bomb {
    encoding: &'static str,
    begin: Vec<u8>,
    piece: Vec<u8>,
}

fn gzip() -> Bomb {
    let mut deflate = Compress::new(Compression::best(), false);
    let mut piece = Vec::with_capacity(PIECE);
    deflate.compress_vec(&[b' '; PIECE], &mut piece, FlushCompress::Full).unwrap();
    Bomb { encoding: "gzip", begin: vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff], piece }
}

fn brotli() -> Bomb {
    let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, 5, 22);
    let mut ends = Vec::new();
    for _ in 0..3 {
        encoder.write_all(&[b' '; PIECE]).unwrap();
        encoder.flush().unwrap();
        ends.push(encoder.get_ref().len());
    }
    let all = encoder.get_ref();
    Bomb { encoding: "br", begin: all[..ends[1]].to_vec(), piece: all[ends[1]..ends[2]].to_vec() }
}

impl Bomb {
    /// An answer that begins like this, with more pieces to follow.
    fn answer(&self, pieces: usize) -> Act {
        let head =
            format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: {}\r\n\r\n", self.encoding);
        Act::write([head.as_bytes(), &self.begin, &self.piece.repeat(pieces)].concat())
    }
}

#[tokio::test]
async fn a_bomb_ends_at_the_cap_of_what_is_unpacked() {
    for bomb in [gzip(), brotli()] {
        // On the wire it is far below the cap, which is one piece.
        let answer = bomb.answer(64);
        assert!(bomb.piece.len() * 64 < PIECE / 8, "{} has {} bytes a piece", bomb.encoding, bomb.piece.len());
        let server = RawServer::start(move |_| vec![Act::Read, answer.clone()]).await;
        let (connection, _) = connect(&server, "", |builder| builder);
        let error = connection.call("items", "list").execute().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge, "{}: {error}", bomb.encoding);
        assert_eq!(server.requests().len(), 1, "{}: it is not asked for again", bomb.encoding);
    }
}

#[tokio::test]
async fn a_bomb_is_unpacked_in_small_pieces() {
    for bomb in [gzip(), brotli()] {
        let acts = vec![Act::Read, bomb.answer(0), Act::WriteForEver(bomb.piece.clone())];
        let server = RawServer::start(move |_| acts.clone()).await;
        let transport = HttpTransport::new(&HttpOptions::default()).unwrap();
        let response = transport.send(SignedRequest::unsigned(server.url())).await.unwrap();
        let chunks: Vec<usize> =
            response.body.into_stream().take(1000).map(|chunk| chunk.unwrap().len()).collect().await;
        assert!(chunks.iter().all(|length| *length <= 64 << 10), "{}: {:?}", bomb.encoding, chunks.iter().max());
        assert!(chunks.iter().sum::<usize>() > PIECE, "{}", bomb.encoding);
        assert!(server.written() < 64 << 20, "{}", bomb.encoding);
    }
}

#[tokio::test]
async fn an_endless_body_ends_at_the_cap() {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    for (name, begin, piece) in [
        ("to the end of the connection", "\r\n", " ".repeat(8192)),
        ("in chunks", "Transfer-Encoding: chunked\r\n\r\n", format!("2000\r\n{}\r\n", " ".repeat(8192))),
        ("of a length that is too large", "Content-Length: 9000000000\r\n\r\n", " ".repeat(8192)),
    ] {
        let acts = vec![Act::Read, Act::write(format!("{head}{begin}")), Act::WriteForEver(piece.into_bytes())];
        let server = RawServer::start(move |_| acts.clone()).await;
        let (connection, _) = connect(&server, "", |builder| builder);
        let error = connection.call("items", "list").execute().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge, "{name}: {error}");
    }
}

#[tokio::test]
async fn headers_without_end_are_an_error() {
    for (name, piece) in [
        ("a thousand headers", "X-More: of the same\r\n".repeat(1000) + "\r\n"),
        ("headers without end", "X-More: of the same\r\n".repeat(100)),
        ("a header without end", "x".repeat(1000)),
    ] {
        let acts = vec![Act::Read, Act::write("HTTP/1.1 200 OK\r\n"), Act::WriteForEver(piece.into_bytes())];
        let server = RawServer::start(move |_| acts.clone()).await;
        let (connection, _) = connect(&server, "retry: { attempts: 1 }", |builder| builder);
        let error = connection.call("items", "list").execute().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{name}: {error}");
    }
}

#[tokio::test]
async fn an_answer_that_only_says_to_go_on_ends_with_its_attempt() {
    let go_on = b"HTTP/1.1 100 Continue\r\n\r\n".repeat(100);
    let server = RawServer::start(move |_| vec![Act::Read, Act::WriteForEver(go_on.clone())]).await;
    let (connection, clock) = connect(&server, "retry: { attempts: 1 }", |builder| builder);
    let call = tokio::spawn(async move { connection.call("items", "list").execute().await });
    while server.written() < 1 << 20 {
        tokio::task::yield_now().await;
    }
    clock.pass(Duration::from_secs(20));
    assert_eq!(call.await.unwrap().unwrap_err().kind(), ErrorKind::Timeout);
}

/// Answers in which HTTP or JSON is wrong, and what comes of them.
fn wrong() -> Vec<(&'static str, Vec<u8>, Option<ErrorKind>)> {
    let head = "HTTP/1.1 200 OK\r\n";
    let answer = |headers: &str, body: &str| format!("{head}{headers}\r\n\r\n{body}").into_bytes();
    let length = ITEMS.len();
    let (unavailable, unexpected) = (Some(ErrorKind::Unavailable), Some(ErrorKind::UnexpectedResponse));
    vec![
        ("nothing", vec![], unavailable),
        ("another protocol", b"SSH-2.0-OpenSSH_9.6\r\n".to_vec(), unavailable),
        ("no status line", ITEMS.into(), unavailable),
        ("a status that is no number", b"HTTP/1.1 abc OK\r\n\r\n".to_vec(), unavailable),
        ("a header without a name", answer(": x", ""), unavailable),
        ("a null in a header", answer("X: a\0b", ""), unavailable),
        ("a body that is longer than announced", answer(&format!("Content-Length: {}", length - 5), ITEMS), unexpected),
        (
            "a body that is shorter than announced",
            answer(&format!("Content-Length: {}", length + 5), ITEMS),
            unavailable,
        ),
        ("a length that is no number", answer("Content-Length: many", ITEMS), unavailable),
        ("a negative length", answer("Content-Length: -1", ITEMS), unavailable),
        ("two lengths", answer(&format!("Content-Length: {length}\r\nContent-Length: 5"), ITEMS), unavailable),
        ("a chunk that is no number", answer("Transfer-Encoding: chunked", "xyz\r\n{}\r\n0\r\n\r\n"), unavailable),
        ("a chunk beyond all numbers", answer("Transfer-Encoding: chunked", "fffffffffffffffff\r\n{}"), unavailable),
        ("chunks without an end", answer("Transfer-Encoding: chunked", "2\r\n{}\r\n"), unavailable),
        (
            "a chunk that is longer than announced",
            answer("Transfer-Encoding: chunked", "1\r\n{}\r\n0\r\n\r\n"),
            unavailable,
        ),
        ("no gzip", answer(&format!("Content-Encoding: gzip\r\nContent-Length: {length}"), ITEMS), unavailable),
        ("no brotli", answer(&format!("Content-Encoding: br\r\nContent-Length: {length}"), ITEMS), unavailable),
        ("an encoding that nobody knows", answer("Content-Encoding: zip", ITEMS), None),
        ("truncated JSON", ok(&ITEMS[..20]), unexpected),
        ("trailing JSON", ok(&format!("{ITEMS}{ITEMS}")), unexpected),
        ("no length at all", answer("Connection: close", ITEMS), None),
        (
            "a length beside chunks",
            answer("Content-Length: 3\r\nTransfer-Encoding: chunked", "2\r\n{}\r\n0\r\n\r\n"),
            unexpected,
        ),
    ]
}

#[tokio::test]
async fn what_is_no_answer_is_an_error_and_never_half_of_one() {
    for (name, bytes, expected) in wrong() {
        let server = RawServer::start(move |_| vec![Act::Read, Act::Write(bytes.clone())]).await;
        let (connection, _) = connect(&server, "retry: { attempts: 1 }", |builder| builder);
        let result = connection.call("items", "list").execute().await;
        assert_eq!(result.as_ref().err().map(tieline::Error::kind), expected, "{name}: {result:?}");
    }
}
