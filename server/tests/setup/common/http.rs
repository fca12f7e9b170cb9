//! A client that follows nothing and keeps nothing, so that tests see each answer as it came.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::Url;

/// An answer as it came.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    /// The text of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Where it leads.
    #[track_caller]
    pub(crate) fn location(&self) -> String {
        let location = self.header("location").map(str::to_owned);
        location.unwrap_or_else(|| panic!("{} leads nowhere: {}", self.status, self.body))
    }

    /// Where a page sends the browser by itself.
    #[track_caller]
    pub(crate) fn leads_to(&self) -> String {
        assert_eq!(self.status, 200, "{}", self.body);
        self.between("http-equiv=\"refresh\" content=\"0;url=", "\"").replace("&amp;", "&")
    }

    /// All of it as one text.
    pub(crate) fn whole(&self) -> String {
        let headers = self.headers.iter().map(|(name, value)| format!("{name}: {value}\n"));
        format!("{}\n{}\n{}", self.status, headers.collect::<String>(), self.body)
    }

    /// What is between two texts of the body.
    #[track_caller]
    pub(crate) fn between(&self, before: &str, after: &str) -> &str {
        let found = self.body.split_once(before).and_then(|(_, rest)| rest.split_once(after));
        found.unwrap_or_else(|| panic!("no {before}…{after} in {}", self.body)).0
    }
}

/// Sends a request on a connection of its own.
pub(crate) async fn send(method: &str, url: &Url, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let (host, port) = (url.host_str().unwrap(), url.port_or_known_default().unwrap());
    let mut stream = TcpStream::connect((host, port)).await.unwrap();
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let mut head = format!("{method} {target} HTTP/1.1\r\nhost: {host}:{port}\r\nconnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() || method == "POST" {
        head.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut bytes = Vec::new();
    let (mut whole, mut chunk) = (None, vec![0; 1 << 16]);
    // Not every server closes the connection.
    while whole.is_none_or(|length| bytes.len() < length) {
        let read = tokio::time::timeout(Duration::from_secs(20), stream.read(&mut chunk)).await;
        let read = read.unwrap_or_else(|_| panic!("no answer to {method} {url}: {}", String::from_utf8_lossy(&bytes)));
        let read = read.unwrap();
        if read == 0 {
            break;
        }
        bytes.extend_from_slice(&chunk[..read]);
        whole = whole.or_else(|| length(&bytes, method == "HEAD"));
    }
    answer(&String::from_utf8(bytes).unwrap())
}

/// The length of an answer, once its head is there and says it.
fn length(bytes: &[u8], is_head: bool) -> Option<usize> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    if is_head {
        return Some(end);
    }
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"))?;
    Some(end + length.trim().parse::<usize>().ok()?)
}

fn answer(text: &str) -> Answer {
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text}"));
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers = lines.filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())).collect();
    Answer { status, headers, body: body.to_owned() }
}

/// Pairs as a form or a query.
pub(crate) fn pairs(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}
