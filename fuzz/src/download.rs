//! Files: a name to be written, then the answers. The name of a file is never a path, and the next range goes on where this one ends.

use std::sync::{Arc, LazyLock};

use http::HeaderValue;
use http::header::{CONTENT_DISPOSITION, CONTENT_RANGE};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tieline::Connector;
use tieline::execute::Download;

use crate::api::{Answer, Api, HOME, SECRET_HEADER, at_once, check_error, connector};
use crate::input::{Parts, text};

static CONNECTOR: LazyLock<Arc<Connector>> = LazyLock::new(|| {
    connector(
        "
tieline: 1
name: fuzz
title: Fuzz
version: 1.0.0
summary: Things.
server: https://api.example.com/v1
auth: { key: { api_key: { in: header, name: X-Key, value: '${key}' }, fields: { key: { secret: true } } } }
retry: { attempts: 1 }
entities:
  files:
    actions:
      get: { get: /file, download: {} }
      named: { get: /named, download: { url: '$.file' } }
",
    )
});

pub(crate) fn run(input: &[u8]) {
    let mut parts = Parts::of(input);
    let name = parts.text();
    let answers = Answer::read_all(&mut parts);
    check_written(&name);
    for action in ["get", "named"] {
        let ranges: Vec<_> = answers.iter().filter_map(|answer| answer.headers.get(CONTENT_RANGE)).collect();
        if let Some(download) = call(action, answers.clone()) {
            check(&download, &ranges);
        }
    }
}

/// A name in both forms of RFC 6266 is read back, without folders.
fn check_written(name: &str) {
    let encoded = utf8_percent_encode(name, NON_ALPHANUMERIC);
    let value = format!("attachment; filename=\"other.txt\"; filename*=UTF-8''{encoded}");
    let Ok(header) = HeaderValue::from_bytes(value.as_bytes()) else { return };
    let mut answer = Answer::of("x");
    answer.headers.insert(CONTENT_DISPOSITION, header);
    let download = call("get", vec![answer]).expect("a file");
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default().replace(is_unseen, "");
    let expected = Some(last).filter(|last| !matches!(last.as_str(), "" | "." | ".."));
    assert_eq!(download.filename, expected);
}

fn call(action: &str, answers: Vec<Answer>) -> Option<Download> {
    let api = Api::answers(answers);
    let connection = api.connect(CONNECTOR.clone(), Default::default()).expect("a connection");
    let download = at_once(connection.call("files", action).range("bytes=0-9").download());
    for request in api.asked() {
        let at_home = request.url.origin().ascii_serialization() == HOME;
        assert!(at_home || !request.headers.contains_key(SECRET_HEADER), "a credential went to {}", request.url);
        assert_eq!(request.url.scheme(), "https", "{}", request.url);
    }
    download.inspect_err(check_error).ok()
}

fn check(download: &Download, ranges: &[&HeaderValue]) {
    if let Some(name) = &download.filename {
        let is_name = !name.is_empty() && !matches!(name.as_str(), "." | "..");
        assert!(is_name && !name.contains(['/', '\\']) && !name.contains(is_unseen), "{name:?}");
    }
    let Some(next) = &download.next_range else { return };
    let (first, last) = next.strip_prefix("bytes=").and_then(|range| range.split_once('-')).expect("a range");
    let (first, last): (u64, u64) = (first.parse().expect("a number"), last.parse().expect("a number"));
    assert!(first <= last, "{next}");
    let goes_on = |range: &&HeaderValue| text(range.as_bytes()).contains(&format!("-{}/", first - 1));
    let is_odd = |range: &&HeaderValue| text(range.as_bytes()).contains(['+', '0']);
    assert!(ranges.iter().any(|range| goes_on(range) || is_odd(range)), "{next} after {ranges:?}");
}

/// Characters that nobody sees, or that change the direction of text: a name has none.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
