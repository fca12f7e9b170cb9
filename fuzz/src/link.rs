//! The `Link` header: a relation, a title, a target, and the header's value as it is.

use std::sync::{Arc, LazyLock};

use http::HeaderValue;
use http::header::LINK;
use tieline::Connector;
use tieline::execute::Envelope;

use crate::api::{Answer, Api, at_once, connector};
use crate::input::Parts;

static CONNECTOR: LazyLock<Arc<Connector>> = LazyLock::new(|| {
    connector(
        "
tieline: 1
name: fuzz
title: Fuzz
version: 1.0.0
summary: Things.
server: https://api.example.com/v1
entities:
  things:
    actions:
      list:
        get: /things
        records: $
        paginate: none
        meta: { next: '@link.next', up: '@link.up', header: '@header.Link' }
",
    )
});

pub(crate) fn run(input: &[u8]) {
    let mut parts = Parts::of(input);
    let (relation, title, target, raw) = (parts.text(), parts.text(), parts.text(), parts.next());
    check_written(&relation, &title, &target);
    check_raw(raw);
}

/// What is written as RFC 8288 has it is read back.
fn check_written(relation: &str, title: &str, target: &str) {
    let is_target = |c: char| c.is_ascii_graphic() && c != '>';
    let relation: String = relation.chars().filter(char::is_ascii_alphanumeric).collect();
    let target: String = target.chars().filter(|c| is_target(*c)).collect();
    let title = title.replace(|c: char| c.is_control(), " ").replace('\\', "\\\\").replace('"', "\\\"");
    let other = format!("<{target}/other>; title=\"{title}\"; rel=\"x{relation} first\"");
    let value = format!("{other},<{target}>; title=\"{title}\" ;REL=\"{relation} up\" , {other}");
    let Some(envelope) = HeaderValue::from_bytes(value.as_bytes()).ok().map(asked) else { return };
    assert_eq!(envelope.meta["up"].to_value(), target.as_str(), "{value}");
    let next = &envelope.meta["next"];
    assert_eq!(!next.is_null(), relation.eq_ignore_ascii_case("next"), "{value}");
}

/// The target that is found is a piece of the header.
fn check_raw(value: &[u8]) {
    let Ok(header) = HeaderValue::from_bytes(value) else { return };
    let envelope = asked(header);
    for name in ["next", "up"] {
        if let Some(target) = envelope.meta[name].to_value().as_str() {
            let value = String::from_utf8_lossy(value);
            assert!(value.contains(&format!("<{target}>")) || value.contains(target), "{target}");
        }
    }
}

fn asked(header: HeaderValue) -> Envelope {
    let mut answer = Answer::of("[]");
    answer.headers.insert(LINK, header);
    let connection = Api::answers([answer]).connect(CONNECTOR.clone(), Default::default()).expect("a connection");
    at_once(connection.execute("things", "list", Default::default())).expect("an empty list")
}
