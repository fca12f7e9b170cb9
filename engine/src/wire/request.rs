//! A request, before and after it is signed.

use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, Method};
use url::Url;

use super::Body;

/// A request as it is built: it holds no secret, can be printed, kept and sent again.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The URL.
    pub url: Url,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
}

/// Where a request's URL comes from, for a transport that limits which addresses may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// From the manifest and the caller's configuration.
    Declared,
    /// From an answer of the API: only public addresses should be called.
    Response,
}

/// A request with the caller's credentials in it. It cannot be printed or cloned; a transport opens it to send it.
pub struct SignedRequest {
    request: Request,
    trust: Trust,
}

impl SignedRequest {
    /// Starts from a request without credentials.
    pub(crate) fn new(request: Request, trust: Trust) -> Self {
        Self { request, trust }
    }

    /// Sets a header that holds a secret.
    pub(crate) fn set_secret_header(&mut self, name: HeaderName, mut value: HeaderValue) {
        value.set_sensitive(true);
        self.request.headers.insert(name, value);
    }

    /// Adds a cookie that holds a secret to those that are there.
    pub(crate) fn add_secret_cookie(&mut self, cookie: &str) -> Result<(), http::header::InvalidHeaderValue> {
        let before = self.request.headers.get(http::header::COOKIE).and_then(|value| value.to_str().ok());
        let cookies = before.map_or_else(|| cookie.to_owned(), |before| format!("{before}; {cookie}"));
        self.set_secret_header(http::header::COOKIE, HeaderValue::from_str(&cookies)?);
        Ok(())
    }

    /// Adds a query parameter that holds a secret.
    pub(crate) fn add_secret_query(&mut self, name: &str, value: &str) {
        self.request.url.query_pairs_mut().append_pair(name, value);
    }

    /// Puts a body that holds secrets in place.
    pub(crate) fn set_secret_body(&mut self, body: Body) {
        self.request.body = body;
    }

    /// What a transport sends, and how far it may trust the URL.
    pub fn open(self) -> (Request, Trust) {
        (self.request, self.trust)
    }
}

impl std::fmt::Debug for SignedRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignedRequest(…)")
    }
}
