//! A request as the mock receives it, over HTTP or in process.

use bytes::Bytes;
use http::{HeaderMap, Method};
use percent_encoding::percent_decode_str;
use url::Url;

/// A request as the mock receives it.
#[derive(Clone, Debug)]
pub struct Received {
    /// The method.
    pub method: Method,
    /// The whole URL: links in answers lead to its origin.
    pub url: Url,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, all of it.
    pub body: Bytes,
}

impl Received {
    /// The text of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The segments of the path, decoded. What is badly encoded stays as readable as it can be.
    pub(crate) fn segments(&self) -> Vec<String> {
        self.url.path().split('/').skip(1).map(decoded).collect()
    }

    /// The query, decoded, in order.
    pub(crate) fn query(&self) -> Vec<(String, String)> {
        self.url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
    }

    /// The value of a cookie.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        let cookies = self.headers.get_all(http::header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        cookies
            .flat_map(|cookies| cookies.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='))
            .find_map(|(known, value)| (known == name).then_some(value))
    }

    /// The content type without its parameters, in lower case.
    pub(crate) fn content_type(&self) -> Option<String> {
        let whole = self.header("content-type")?;
        Some(whole.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
    }

    /// This URL with another query parameter in place of any of that name.
    pub(crate) fn url_with(&self, name: &str, value: &str) -> Url {
        let mut url = self.url.clone();
        let kept: Vec<_> = self.query().into_iter().filter(|(known, _)| known != name).collect();
        url.query_pairs_mut().clear().extend_pairs(kept).append_pair(name, value);
        url
    }

    /// Another path on the origin of this request.
    pub(crate) fn url_at(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(path);
        url.set_query(None);
        url.set_fragment(None);
        url
    }
}

/// A text without its percent-encoding.
pub(crate) fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
