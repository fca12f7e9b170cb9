//! Servers made of configuration values: a part of a host, a step of a path, and a whole origin. Each stays what it is in the template.

use std::sync::{Arc, LazyLock};

use percent_encoding::percent_decode_str;
use serde_json::Map;
use tieline::Connector;
use url::Url;

use crate::api::{Api, HOME, check_error, connector};
use crate::input::Parts;

static CONNECTOR: LazyLock<Arc<Connector>> = LazyLock::new(|| {
    connector(
        "
tieline: 1
name: fuzz
title: Fuzz
version: 1.0.0
summary: Things.
server: https://api.example.com
config: { host: { required: true, any_host: true }, step: { required: true }, origin: { required: true, any_host: true } }
entities:
  things:
    actions:
      host: { get: /end, server: 'https://x-${config.host}.example.com/v1' }
      path: { get: /end, server: 'https://api.example.com/a/${config.step}/v1' }
      origin: { get: /end, server: '${config.origin}/v1' }
",
    )
});

pub(crate) fn run(input: &[u8]) {
    let value = Parts::of(input).text().into_owned();
    if let Some(url) = asked("host", "host", &value) {
        assert!(url.host_str().is_some_and(|host| host.ends_with(".example.com")), "{url}");
        assert_eq!((url.port(), url.path()), (None, "/v1/end"));
    }
    if let Some(url) = asked("path", "step", &value) {
        assert_eq!(url.origin().ascii_serialization(), HOME);
        let inner = url.path().strip_prefix("/a/").and_then(|path| path.strip_suffix("v1/end"));
        let step = inner.expect("the path around it").trim_end_matches('/');
        // `.` is no step: URLs leave it out.
        if !value.split('/').any(|step| percent_decode_str(step).decode_utf8_lossy() == ".") {
            assert_eq!(percent_decode_str(step).decode_utf8_lossy(), value.trim_end_matches('/'));
        }
    }
    if let Some(url) = asked("origin", "origin", &value) {
        let given = Url::parse(&value).expect("a URL that was taken for an origin");
        assert_eq!((url.origin(), url.path()), (given.origin(), "/v1/end"));
    }
}

/// The URL that an action asks when this configuration value is given.
fn asked(action: &str, name: &str, value: &str) -> Option<Url> {
    let mut config = Map::from_iter(["host", "step", "origin"].map(|name| (name.to_owned(), "x".into())));
    config.insert(name.to_owned(), value.into());
    let connection = Api::answers([]).connect(CONNECTOR.clone(), config).expect("a connection");
    let explained = connection.call("things", action).explain().inspect_err(check_error).ok()?;
    let url = explained.request.url;
    assert!(matches!(url.scheme(), "http" | "https"), "{url}");
    assert!(url.username().is_empty() && url.password().is_none(), "{url}");
    assert!(url.query().is_none() && url.fragment().is_none(), "{url}");
    Some(url)
}
