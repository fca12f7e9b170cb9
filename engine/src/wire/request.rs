//! A request, before and after it is signed.

use std::borrow::Cow;

use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, Method};
use url::{Url, form_urlencoded};

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

impl Request {
    /// The request as people read it: a line with method and URL, the headers, an empty line, and the body. Files stand as
    /// `<file name, 12 bytes>`, sensitive headers as `[secret]`.
    pub fn to_http(&self) -> String {
        let mut text = format!("{} {}\n", self.method, self.url);
        for (name, value) in &self.headers {
            let value = if value.is_sensitive() { SECRET.into() } else { String::from_utf8_lossy(value.as_bytes()) };
            text.push_str(&format!("{name}: {value}\n"));
        }
        if !self.body.is_none() {
            text.push('\n');
            text.push_str(&self.body.to_text());
        }
        text
    }
}

/// What stands in place of a secret wherever a request is shown.
const SECRET: &str = "[secret]";

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
    /// The names of the query parameters that hold secrets.
    secret_query: Vec<String>,
    /// Whether the body holds secrets.
    secret_body: bool,
}

impl SignedRequest {
    /// A GET without any headers, which nobody signs: for what is public.
    pub fn unsigned(url: Url) -> Self {
        let request = Request { method: Method::GET, url, headers: HeaderMap::new(), body: Body::default() };
        Self::new(request, Trust::Declared)
    }

    /// A request that is signed already, in its body or in headers that are marked as sensitive: of a protocol beside the
    /// manifest's, for the same network.
    pub fn signed(request: Request) -> Self {
        Self { secret_body: true, ..Self::new(request, Trust::Declared) }
    }

    /// Starts from a request without credentials.
    pub(crate) fn new(request: Request, trust: Trust) -> Self {
        Self { request, trust, secret_query: Vec::new(), secret_body: false }
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
        self.secret_query.push(name.to_owned());
    }

    /// Puts a body that holds secrets in place.
    pub(crate) fn set_secret_body(&mut self, body: Body) {
        self.request.body = body;
        self.secret_body = true;
    }

    /// The request with `[secret]` wherever a secret stands.
    pub(crate) fn without_secrets(&self) -> Request {
        let mut request = self.request.clone();
        for value in request.headers.values_mut().filter(|value| value.is_sensitive()) {
            *value = HeaderValue::from_static(SECRET);
        }
        if let Some(query) = request.url.query().filter(|_| !self.secret_query.is_empty()) {
            let shown: Vec<_> = query.split('&').map(|pair| self.shown(pair)).collect();
            request.url.set_query(Some(&shown.join("&")));
        }
        if self.secret_body {
            request.body = Body::bytes(SECRET);
        }
        request
    }

    /// A pair of the query as it is written, or with `[secret]` as its value.
    fn shown<'p>(&self, pair: &'p str) -> Cow<'p, str> {
        let name = form_urlencoded::parse(pair.as_bytes()).next().map(|(name, _)| name);
        let is_secret = name.is_some_and(|name| self.secret_query.iter().any(|secret| *secret == name));
        let written = pair.split_once('=').map_or(pair, |(name, _)| name);
        if is_secret { format!("{written}=%5Bsecret%5D").into() } else { pair.into() }
    }

    /// Where it goes, which may show a secret in its query.
    pub(crate) fn url(&self) -> &Url {
        &self.request.url
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

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue, Method};

    use super::{Request, SignedRequest, Trust};
    use crate::wire::{Body, Segment, Upload};

    fn request(body: Body) -> Request {
        let mut headers = HeaderMap::new();
        headers.insert("x-b", HeaderValue::from_static("1"));
        headers.insert("x-a", HeaderValue::from_static("2"));
        Request { method: Method::POST, url: "https://example.com/x?a=1".parse().unwrap(), headers, body }
    }

    #[test]
    fn is_read_like_http() {
        let head = "POST https://example.com/x?a=1\nx-b: 1\nx-a: 2\n";
        assert_eq!(request(Body::default()).to_http(), head);
        let named = Segment::Upload(Upload::bytes("secret file").filename("a.txt"));
        let stream = Segment::Upload(Upload::stream(None, || unreachable!("printing opens nothing")));
        let parts =
            Body::segments(vec![Segment::Bytes("--b\r\n\r\n".into()), named, stream, Segment::Bytes("\r\n".into())]);
        assert_eq!(request(parts).to_http(), format!("{head}\n--b\n\n<file a.txt, 11 bytes><file>\n"));
        assert_eq!(request(Body::bytes(vec![0xff_u8, 0])).to_http(), format!("{head}\n<2 bytes>"));
    }

    #[test]
    fn secrets_are_not_shown() {
        let mut signed = SignedRequest::new(request(Body::default()), Trust::Declared);
        signed.set_secret_header(HeaderName::from_static("authorization"), HeaderValue::from_static("Bearer hush"));
        signed.add_secret_cookie("session=hush").unwrap();
        signed.add_secret_query("key", "hush");
        signed.set_secret_body(Body::bytes("hush"));
        let shown = signed.without_secrets().to_http();
        assert_eq!(
            shown,
            "POST https://example.com/x?a=1&key=%5Bsecret%5D\nx-b: 1\nx-a: 2\nauthorization: [secret]\ncookie: [secret]\n\n[secret]"
        );
        assert!(!format!("{signed:?}").contains("hush"));
        let mut whole = request(Body::bytes("hush"));
        let mut value = HeaderValue::from_static("Basic hush");
        value.set_sensitive(true);
        whole.headers.insert("authorization", value);
        assert!(!SignedRequest::signed(whole).without_secrets().to_http().contains("hush"));
        signed.request.url.set_query(Some("b=(a:%20c)&a%20key=hush&a+key&c=hush"));
        signed.secret_query = vec!["a key".to_owned()];
        let shown = signed.without_secrets().url;
        let expected = "b=(a:%20c)&a%20key=%5Bsecret%5D&a+key=%5Bsecret%5D&c=hush";
        assert_eq!(shown.query(), Some(expected), "what is no secret stays as it is written");
        signed.request.url.set_query(Some("key=hush"));
        let (request, _) = signed.open();
        assert!(request.url.as_str().ends_with("key=hush") && !request.to_http().contains("Bearer hush"));
    }
}
