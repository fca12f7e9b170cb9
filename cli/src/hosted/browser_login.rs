//! Logging in through the browser: a page of the server takes an operator's code or a provider's sign-in, and the browser brings back to
//! this machine what becomes a client (RFC 8252 section 7.3, RFC 7636).

use std::io::Write as _;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use tieline::{Error, ErrorKind};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use super::browser;

/// How long somebody has to enter a code.
const PATIENCE: Duration = Duration::from_secs(600);
/// The longest head of a request that is read.
const LONGEST: usize = 8 << 10;
/// What the browser shows in the end.
const DONE: &str = "<!doctype html><meta charset=utf-8><meta name=color-scheme content=\"light dark\"><title>Logged in</title>\
    <body style=\"font:17px system-ui;margin:4rem auto;max-width:30rem;padding:0 1rem\"><h1>Logged in</h1><p>You can close this page.";

/// What the browser brought back.
pub(crate) struct Grant {
    /// What the server gave it.
    pub grant: String,
    /// What shows that it was asked for here.
    pub verifier: String,
}

/// Opens the server's page, and waits for what comes back.
///
/// # Errors
/// `timeout` when nothing comes, `unavailable` when this machine gives no port.
pub(crate) async fn grant(server: &Url, opens: bool) -> Result<Grant, Error> {
    let failed = |error: std::io::Error| {
        Error::new(ErrorKind::Unavailable, format!("nothing can be waited for on this machine: {error}"))
    };
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(failed)?;
    let redirect = format!("http://{}/", listener.local_addr().map_err(failed)?);
    let (verifier, state) = (random()?, random()?);
    let page = page(server, &redirect, &state, &verifier)?;
    let said =
        if opens && browser::open(&page) { "Log in on the page that opens" } else { "Open this page and log in" };
    // Whoever does not see it may still see the page.
    let _ = writeln!(
        std::io::stderr(),
        "{said}; where it asks for a code, the server's operator has one (`tieline keys login-code`):\n  {page}"
    );
    let waiting = async {
        loop {
            let (stream, _) = listener.accept().await.map_err(failed)?;
            if let Some(grant) = answer(stream, &state).await {
                return Ok(Grant { grant, verifier });
            }
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| {
        let error = Error::new(ErrorKind::Timeout, "nobody has logged in within ten minutes");
        Err(error.with_help("run it again; without a browser, give the code with --code"))
    })
}

fn page(server: &Url, redirect: &str, state: &str, verifier: &str) -> Result<Url, Error> {
    let text = format!("{}/login", server.as_str().trim_end_matches('/'));
    let mut page = Url::parse(&text).map_err(|error| Error::new(ErrorKind::InvalidInput, error.to_string()))?;
    let challenge = BASE64URL.encode(digest(&SHA256, verifier.as_bytes()));
    let mut query = page.query_pairs_mut();
    query.append_pair("redirect_uri", redirect).append_pair("state", state).append_pair("code_challenge", &challenge);
    drop(query);
    Ok(page)
}

/// Answers a request of the browser: the grant, when it brings one with this state.
async fn answer(mut stream: TcpStream, state: &str) -> Option<String> {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut part = [0; 1024];
        let read = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut part)).await.ok()?.ok()?;
        head.extend(part.get(..read).filter(|part| !part.is_empty())?);
        if head.len() > LONGEST {
            return None;
        }
    }
    let grant = brought(std::str::from_utf8(&head).ok()?, state);
    let (status, body) = match &grant {
        Some(_) => ("200 OK", DONE),
        None => ("404 Not Found", ""),
    };
    let headers = "Content-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close";
    let answer = format!("HTTP/1.1 {status}\r\n{headers}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    // The grant counts, whether the browser still reads or not.
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
    grant
}

/// What the first line of a request brings.
fn brought(head: &str, state: &str) -> Option<String> {
    let path = head.strip_prefix("GET ")?.split(' ').next()?;
    let url = Url::parse("http://127.0.0.1").ok()?.join(path).ok()?;
    let value = |wanted: &str| url.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned());
    let is_ours = value("state").as_deref() == Some(state);
    value("code").filter(|code| is_ours && !code.is_empty())
}

/// 43 characters that nobody can guess.
fn random() -> Result<String, Error> {
    let mut bytes = [0; 32];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| Error::new(ErrorKind::Unavailable, "the system gives no random bytes"))?;
    Ok(BASE64URL.encode(bytes))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn only_what_was_asked_for_is_taken() {
        let of = |path: &str| brought(&format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"), "s1");
        assert_eq!(of("/?code=c1&state=s1").as_deref(), Some("c1"));
        for path in
            ["/?code=c1&state=s2", "/?code=c1", "/?code=&state=s1", "/favicon.ico", "//evil.example/?code=c&state=s2"]
        {
            assert_eq!(of(path), None, "{path}");
        }
        assert_eq!(brought("POST /?code=c1&state=s1 HTTP/1.1\r\n", "s1"), None);
    }

    #[test]
    fn the_page_is_the_servers_and_holds_no_verifier() {
        let server = Url::parse("https://tieline.example.com/below/").unwrap();
        let page = page(&server, "http://127.0.0.1:1/", "s1", "v1").unwrap();
        assert!(
            page.as_str()
                .starts_with("https://tieline.example.com/below/login?redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2F&")
        );
        assert!(!page.as_str().contains("v1"));
    }
}
