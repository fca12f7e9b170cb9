//! HTTP over the network, with reqwest and rustls.

use std::error::Error as _;
use std::sync::OnceLock;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use http::header::{ACCEPT_ENCODING, CONTENT_LENGTH, RANGE};
use http::{HeaderValue, Method};
use reqwest::{Client, NoProxy, Proxy, redirect};
use rustls::pki_types::CertificateDer;
use url::{Position, Url};

use crate::wire::{Request, Response, ResponseBody, SignedRequest, Trust};

use super::address::{self, NotPublic, PublicResolver, Reach};
use super::{Transport, TransportError, TransportFailure, tls};

/// How the HTTP client reaches the network. The engine reads no environment: a face that obeys `HTTPS_PROXY` and the like puts them here.
#[derive(Clone, Debug, Default)]
pub struct HttpOptions {
    /// Proxy for `https` URLs.
    pub https_proxy: Option<String>,
    /// Proxy for `http` URLs.
    pub http_proxy: Option<String>,
    /// Hosts that are reached without a proxy, separated by commas.
    pub no_proxy: Option<String>,
    /// Certificates (PEM) to trust instead of the built-in roots.
    pub root_certificates: Option<Vec<u8>>,
    /// Sent as `User-Agent` where the manifest sets none; `tieline/<version>` when left out.
    pub user_agent: Option<String>,
    /// Which addresses may be called; the proxies may be anywhere.
    pub reach: Reach,
}

/// How long a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// HTTP over the network. Holds a pool of connections: make one and share it. Nothing is set up before the first request.
pub struct HttpTransport {
    proxies: Vec<Proxy>,
    /// The hosts of the proxies.
    proxy_hosts: Vec<String>,
    root_certificates: Option<Vec<CertificateDer<'static>>>,
    user_agent: HeaderValue,
    reach: Reach,
    /// For URLs that may lead anywhere.
    open: OnceLock<Result<Client, TransportError>>,
    /// For URLs that may lead to public addresses alone.
    guarded: OnceLock<Result<Client, TransportError>>,
}

impl HttpTransport {
    /// A client.
    ///
    /// # Errors
    /// When a proxy or certificate cannot be used.
    pub fn new(options: &HttpOptions) -> Result<Self, TransportError> {
        let mut transport = Self {
            proxies: Vec::new(),
            proxy_hosts: Vec::new(),
            root_certificates: options
                .root_certificates
                .as_deref()
                .map(tls::certificates)
                .transpose()
                .map_err(refused)?,
            user_agent: user_agent(options.user_agent.as_deref())?,
            reach: options.reach,
            open: OnceLock::new(),
            guarded: OnceLock::new(),
        };
        let exceptions = options.no_proxy.as_deref().and_then(NoProxy::from_string);
        for (scheme, proxy) in [("https", &options.https_proxy), ("http", &options.http_proxy)] {
            let Some(proxy) = proxy.as_deref().filter(|proxy| !proxy.is_empty()) else { continue };
            let url = proxy_url(scheme, proxy)?;
            transport.proxy_hosts.extend(url.host_str().map(str::to_owned));
            let made = if scheme == "https" { Proxy::https(url) } else { Proxy::http(url) };
            let made = made.map_err(|_| unusable_proxy(scheme))?;
            transport.proxies.push(made.no_proxy(exceptions.clone()));
        }
        Ok(transport)
    }

    /// The client for URLs of this origin, made when it is first needed.
    fn client(&self, trust: Trust) -> Result<&Client, TransportError> {
        let (cell, resolver) = if self.reach.is_public_only(trust) {
            (&self.guarded, Some(PublicResolver { proxies: self.proxy_hosts.clone() }))
        } else {
            (&self.open, None)
        };
        cell.get_or_init(|| self.make(resolver)).as_ref().map_err(Clone::clone)
    }

    fn make(&self, resolver: Option<PublicResolver>) -> Result<Client, TransportError> {
        let tls = tls::client(self.root_certificates.as_deref()).map_err(refused)?;
        let mut builder = Client::builder()
            .tls_backend_preconfigured(tls)
            .no_proxy()
            .redirect(redirect::Policy::none())
            .referer(false)
            .connect_timeout(CONNECT_TIMEOUT)
            .user_agent(self.user_agent.clone());
        if let Some(resolver) = resolver {
            builder = builder.dns_resolver(resolver);
        }
        let with_proxies = self.proxies.iter().cloned().fold(builder, reqwest::ClientBuilder::proxy);
        with_proxies.build().map_err(|error| refused(format!("the HTTP client cannot be set up: {}", cause(&error))))
    }

    async fn answer(&self, request: Request, trust: Trust) -> Result<Response, TransportError> {
        let host = host(&request.url);
        if self.reach.is_public_only(trust) {
            address::check(&request.url, &self.proxy_hosts).map_err(|error| not_called(&host, trust, &error))?;
        }
        let client = self.client(trust)?;
        let mut answer = client.execute(prepared(request)).await.map_err(|error| failed(&host, trust, &error))?;
        Ok(Response {
            status: answer.status(),
            headers: std::mem::take(answer.headers_mut()),
            body: ResponseBody::Stream(
                answer.bytes_stream().map(move |chunk| chunk.map_err(|error| failed(&host, trust, &error))).boxed(),
            ),
        })
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: SignedRequest) -> BoxFuture<'_, Result<Response, TransportError>> {
        let (request, trust) = request.open();
        Box::pin(self.answer(request, trust))
    }
}

impl std::fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpTransport").field("proxy_hosts", &self.proxy_hosts).finish_non_exhaustive()
    }
}

/// The request as reqwest takes it: a body of known length is announced, any other is sent in chunks.
fn prepared(request: Request) -> reqwest::Request {
    let Request { method, url, mut headers, body } = request;
    let expects_a_body = matches!(method, Method::POST | Method::PUT | Method::PATCH);
    if let Some(length) = body.length().filter(|_| expects_a_body || !body.is_none()) {
        headers.insert(CONTENT_LENGTH, length.into());
    }
    // A part of a compressed file could not be read.
    if headers.contains_key(RANGE) && !headers.contains_key(ACCEPT_ENCODING) {
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    }
    let mut prepared = reqwest::Request::new(method, url);
    *prepared.headers_mut() = headers;
    *prepared.body_mut() = match body.as_bytes() {
        Some(bytes) => Some(bytes.clone().into()),
        None if body.is_none() => None,
        None => Some(reqwest::Body::wrap_stream(body.open())),
    };
    prepared
}

fn user_agent(text: Option<&str>) -> Result<HeaderValue, TransportError> {
    HeaderValue::from_str(text.unwrap_or(concat!("tieline/", env!("CARGO_PKG_VERSION"))))
        .map_err(|_| refused("the user agent cannot stand in a header".to_owned()))
}

/// The URL of a proxy; `host:port` alone means plain HTTP to it.
fn proxy_url(scheme: &str, proxy: &str) -> Result<Url, TransportError> {
    let text = if proxy.contains("://") { proxy.to_owned() } else { format!("http://{proxy}") };
    let url = Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.ok_or_else(|| unusable_proxy(scheme))
}

fn unusable_proxy(scheme: &str) -> TransportError {
    refused(format!("the proxy for {scheme} URLs cannot be used: it must look like `http://proxy.example.com:3128`"))
}

fn refused(message: String) -> TransportError {
    TransportError { failure: TransportFailure::Refused, message }
}

fn not_called(host: &str, trust: Trust, error: &NotPublic) -> TransportError {
    refused(match trust {
        Trust::Declared => format!("{host} is not called because {error}"),
        Trust::Response => format!("a URL from an answer leads to {host}, which is not called because {error}"),
    })
}

fn host(url: &Url) -> String {
    url[Position::BeforeHost..Position::AfterPort].to_owned()
}

/// What a failure of reqwest means. Says the host and never the URL, whose query may hold a secret.
fn failed(host: &str, trust: Trust, error: &reqwest::Error) -> TransportError {
    if let Some(not_public) = sources(error).find_map(|source| source.downcast_ref::<NotPublic>()) {
        return not_called(host, trust, not_public);
    }
    let (failure, message) = if error.is_connect() {
        let cause = match (error.is_timeout(), error.is_dns()) {
            (true, _) => format!("it did not answer within {} s", CONNECT_TIMEOUT.as_secs()),
            (false, true) => "its name has no address".to_owned(),
            (false, false) => cause(error),
        };
        (TransportFailure::Connect, format!("no connection to {host}: {cause}"))
    } else if error.is_timeout() {
        (TransportFailure::Timeout, format!("{host} did not answer in time"))
    } else if error.is_builder() {
        (TransportFailure::Refused, format!("the request to {host} cannot be sent: {}", cause(error)))
    } else {
        (TransportFailure::Broken, format!("the exchange with {host} broke off: {}", cause(error)))
    };
    TransportError { failure, message }
}

fn sources(error: &reqwest::Error) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    std::iter::successors(error.source(), |&error| error.source())
}

/// The sentence of the deepest error, which is the one that says something.
fn cause(error: &reqwest::Error) -> String {
    let text = sources(error).last().map_or_else(|| "no reason is known".to_owned(), ToString::to_string);
    let text = text.split(" (os error").next().unwrap_or_default();
    let (first, rest) = text.split_at(text.chars().next().map_or(0, char::len_utf8));
    let is_acronym = rest.starts_with(|second: char| second.is_uppercase());
    if is_acronym { text.to_owned() } else { format!("{}{rest}", first.to_lowercase()) }
}

#[cfg(test)]
mod tests;
