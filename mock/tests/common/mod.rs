//! A manifest with one of everything, and a client for mocks of it.
#![allow(dead_code, reason = "each test file uses a part")]

use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use serde_json::Value;
use tieline::{Connector, Source};
use tieline_mock::{Faults, Mock, MockOptions, Received};

/// A manifest with one of everything.
pub(crate) const SHOP: &str = include_str!("shop.yaml");

/// Loads a manifest.
pub(crate) fn connector(text: &str) -> Arc<Connector> {
    match Connector::load(&Source::new("connector.yaml", text)) {
        Ok((connector, _)) => Arc::new(connector),
        Err(findings) => panic!("{findings:?}"),
    }
}

/// The shop with these faults.
pub(crate) fn shop(faults: &str) -> Mock {
    static CONNECTOR: LazyLock<Arc<Connector>> = LazyLock::new(|| connector(SHOP));
    Mock::new(CONNECTOR.clone(), MockOptions { faults: Faults::parse(faults).unwrap(), ..MockOptions::default() })
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Its status.
    pub(crate) status: u16,
    /// Its headers.
    pub(crate) headers: http::HeaderMap,
    /// Its bytes.
    pub(crate) bytes: Bytes,
    /// Its JSON; null when it is none.
    pub(crate) body: Value,
}

/// Sends a request that is signed.
pub(crate) fn send(mock: &Mock, method: &str, path: &str, body: Value) -> Answer {
    send_with(mock, method, path, &[("authorization", "Bearer t"), ("shop-version", "1")], body)
}

/// Sends a request with these headers. A text is sent as it is, anything else but null as JSON.
pub(crate) fn send_with(mock: &Mock, method: &str, path: &str, headers: &[(&str, &str)], body: Value) -> Answer {
    let mut all = http::HeaderMap::new();
    let bytes = match &body {
        Value::Null => Bytes::new(),
        Value::String(text) => text.clone().into(),
        json => {
            all.insert("content-type", "application/json".parse().unwrap());
            json.to_string().into()
        }
    };
    for (name, value) in headers {
        all.insert(http::HeaderName::try_from(*name).unwrap(), value.parse().unwrap());
    }
    let url = format!("https://shop.example.com{path}").parse().unwrap();
    let received = Received { method: method.parse().unwrap(), url, headers: all, body: bytes };
    let (parts, bytes) = mock.answer(&received).unwrap().into_parts();
    let body = serde_json::from_slice(&bytes).unwrap_or_default();
    Answer { status: parts.status.as_u16(), headers: parts.headers, bytes, body }
}
