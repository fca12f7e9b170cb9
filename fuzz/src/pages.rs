//! How a list goes on: which list, where the caller goes on, then the answers. Whatever they say, requests stay at home.

use std::sync::{Arc, LazyLock};

use tieline::execute::{Call, Envelope};
use tieline::wire::Request;
use tieline::{Connector, Error, ErrorKind};

use crate::api::{Answer, Api, HOME, SECRET, at_once, check_error, connector};
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
auth: { key: { api_key: { in: query, name: key, value: '${key}' }, fields: { key: { secret: true } } } }
retry: { attempts: 1 }
entities:
  things:
    actions:
      cursor: { get: /things, records: $.items, paginate: { kind: cursor, cursor: after, next: $.next, more: $.more, size: limit, max_size: 9 } }
      last: { get: /things, records: '$.items[*]', paginate: { kind: cursor, cursor: after, last: $.id, size: limit, default_size: 2 } }
      header: { get: /things, records: $, paginate: { kind: cursor, cursor: after, next: '@header.X-Next' } }
      body: { post: /things, effect: read, records: $.items, paginate: { kind: cursor, cursor: after, next: $.next } }
      offset: { get: /things, records: $.items, paginate: { kind: offset, offset: skip, total: $.total, size: limit, default_size: 2 } }
      page: { get: /things, records: $.items, paginate: { kind: page, page: page, total_pages: $.total, size: limit, default_size: 2 } }
      link: { get: /things, records: $, paginate: { kind: link, until: { results: 'false' } } }
      url: { get: /things, records: $.items, meta: { total: $.total }, paginate: { kind: next_url, next: $.next } }
",
    )
});

pub(crate) fn run(input: &[u8]) {
    let mut parts = Parts::of(input);
    let (action, next) = (parts.text(), parts.text());
    if CONNECTOR.operation("things", &action).is_err() {
        return;
    }
    let story = Story { action: &action, answers: Answer::read_all(&mut parts) };
    if !next.is_empty() {
        let _ = story.ask(|call| call.next(next));
    }
    story.go_on_after(story.ask(|call| call));
    story.go_on_after(story.ask(|call| call.max_pages(4).max_records(50)));
}

struct Story<'a> {
    action: &'a str,
    answers: Vec<Answer>,
}

impl Story<'_> {
    fn ask(&self, change: impl FnOnce(Call) -> Call) -> Result<Envelope, Error> {
        let api = Api::answers(self.answers.clone());
        let connection = api.connect(CONNECTOR.clone(), Default::default()).expect("a connection");
        let answered = at_once(change(connection.call("things", self.action)).execute());
        let asked = api.asked();
        // Each of four pages may be redirected five times.
        assert!(asked.len() <= 4 * 6, "{} requests", asked.len());
        for request in &asked {
            let origin = request.url.origin().ascii_serialization();
            let is_redirected = self.answers.iter().any(|answer| answer.headers.contains_key("location"));
            assert!(origin == HOME || is_redirected, "a page at {origin}");
            if origin != HOME {
                self.check_abroad(request);
            }
            assert!(self.goes_by_url() || is_redirected || request.url.path() == "/v1/things", "{}", request.url);
        }
        match &answered {
            Ok(envelope) => drop(serde_json::from_slice::<serde_json::Value>(&envelope.to_json())),
            Err(error) => check_error(error),
        }
        answered
    }

    /// Where a list goes on may not be followed, but it is never taken for something that the caller made up.
    fn go_on_after(&self, answered: Result<Envelope, Error>) {
        if let Ok(Some(Some(next))) = answered.map(|envelope| envelope.next)
            && let Err(error) = self.ask(|call| call.next(next))
        {
            assert_ne!(error.kind(), ErrorKind::InvalidInput, "{error}");
        }
    }

    /// Elsewhere nothing shows the credential but what an API that knows it has written into a host or a path itself.
    fn check_abroad(&self, request: &Request) {
        assert!(request.url.query_pairs().all(|(name, _)| name != "key"), "a key at {}", request.url);
        let written = request.to_http();
        let (_, below) = written.split_once('\n').unwrap_or_default();
        assert!(!below.contains(SECRET), "a credential at {}", request.url);
        assert!(!request.url.as_str().contains(SECRET) || self.names_the_secret(), "a credential at {}", request.url);
    }

    fn names_the_secret(&self) -> bool {
        let mut locations = self.answers.iter().filter_map(|answer| answer.headers.get("location"));
        locations.any(|location| text(location.as_bytes()).contains(SECRET))
    }

    /// Whether the answers say which URL is next.
    fn goes_by_url(&self) -> bool {
        matches!(self.action, "link" | "url")
    }
}
