//! What a server says about a failure, as the error that a local call would end with.

use std::time::Duration;

use serde::Deserialize;
use tieline::{Error, ErrorKind, Problem};

/// The body of a failure, as far as it is told.
#[derive(Deserialize)]
struct Body {
    kind: String,
    message: String,
    request_id: Option<String>,
    help: Option<String>,
    #[serde(default)]
    errors: Vec<FieldError>,
    vendor: Option<Vendor>,
    retry_after: Option<u64>,
    setup_url: Option<String>,
    next: Option<String>,
}

#[derive(Deserialize)]
struct FieldError {
    field: Option<String>,
    message: String,
}

#[derive(Deserialize)]
struct Vendor {
    status: Option<u16>,
    code: Option<String>,
}

/// The error of a call: what the server said about it, where it said something, and else what the engine found.
pub(super) fn told(error: Error, body: Option<&[u8]>, server: &str, secret: &str) -> Error {
    let Some(body) = body.and_then(|body| serde_json::from_slice::<Body>(body).ok()) else {
        return unanswered(error, server);
    };
    let hidden = |text: &str| if secret.len() < 4 { text.to_owned() } else { text.replace(secret, "[secret]") };
    let (kind, is_ours) = match kind(&body.kind) {
        Kind::Engine(kind) => (kind, false),
        Kind::Server(kind) => (kind, true),
        Kind::Unknown => (error.kind(), true),
    };
    let vendor = body.vendor.as_ref();
    let mut told = Error::new(kind, hidden(&body.message))
        .with_code(vendor.and_then(|vendor| vendor.code.clone()))
        .with_request_id(body.request_id.clone())
        .with_retry_after(body.retry_after.map(Duration::from_secs))
        .with_next(body.next.clone());
    // A mistake that the server's engine found is one that the engine here would have found before anything was sent.
    let status = vendor.map_or_else(|| error.status().filter(|_| is_ours), |vendor| vendor.status);
    if let Some(status) = status {
        told = told.with_status(status);
    }
    if let Some(help) = help(&body, kind) {
        told = told.with_help(hidden(&help));
    }
    let problem = |one: FieldError| Some(Problem { at: one.field?, message: hidden(&one.message) });
    told.with_problems(body.errors.into_iter().filter_map(problem).collect())
}

/// Whose word a kind of failure is.
enum Kind {
    /// One of the engine's.
    Engine(ErrorKind),
    /// The server's own word for it.
    Server(ErrorKind),
    /// That of a newer server.
    Unknown,
}

fn kind(text: &str) -> Kind {
    if let Some(kind) = ErrorKind::ALL.iter().find(|kind| kind.as_str() == text) {
        return Kind::Engine(*kind);
    }
    match text {
        "unauthenticated" | "code_refused" => Kind::Server(ErrorKind::Unauthorized),
        // It is the vendor that wants somebody to sign in.
        "reauthorize" => Kind::Engine(ErrorKind::Unauthorized),
        "too_many_requests" => Kind::Server(ErrorKind::RateLimited),
        "internal" => Kind::Server(ErrorKind::Unavailable),
        "organization_required" => Kind::Server(ErrorKind::InvalidInput),
        "not_exposed" => Kind::Server(ErrorKind::Forbidden),
        "conflict" | "not_offered" | "method_not_allowed" => Kind::Server(ErrorKind::Rejected),
        _ => Kind::Unknown,
    }
}

/// What to do about it, with commands where the server speaks of its API.
fn help(body: &Body, kind: ErrorKind) -> Option<String> {
    if let Some(url) = &body.setup_url {
        return Some(format!("open {url} in a browser; it works once"));
    }
    let said = body.help.clone();
    match (body.kind.as_str(), kind) {
        ("unauthenticated", _) => {
            Some("log in anew: `tieline login --client-id ID`; `tieline keys client` makes a client".to_owned())
        }
        ("reauthorize", _) => Some("`tieline connectors update` without new values opens a page for it".to_owned()),
        (_, ErrorKind::Credentials) if body.vendor.is_none() => {
            let how = "give them with --credentials @file; `tieline describe` names them";
            Some(said.map_or_else(|| how.to_owned(), |said| format!("{said}; {how}")))
        }
        _ if is_about_organization(body) => Some(
            "`tieline organizations list` shows those of this client, `tieline organizations use` chooses one"
                .to_owned(),
        ),
        _ => said,
    }
}

/// Whether the server wants to know, or does not like, which organization is meant: it speaks of a header then.
fn is_about_organization(body: &Body) -> bool {
    [Some(&body.message), body.help.as_ref()].into_iter().flatten().any(|text| text.contains("X-Organization-Id"))
}

/// Nothing came that a server of Tieline would say.
fn unanswered(error: Error, server: &str) -> Error {
    match (error.kind(), error.status()) {
        (ErrorKind::Unavailable | ErrorKind::Timeout, None) => {
            // Which of its endpoints did not answer is of no interest.
            let why = error.message().split_once(": ").map_or(error.message(), |(_, why)| why);
            Error::new(error.kind(), format!("{server} does not answer: {why}"))
                .with_help("is it the right server, and does it run? `tieline serve` starts one")
        }
        (ErrorKind::Refused, None) => {
            error.with_help("use https, or allow it: `tieline login --allow-http`, or TIELINE_ALLOW_HTTP=1")
        }
        (kind, Some(status)) => {
            let is_refusal = matches!(status, 401 | 403);
            let kind = if error.is_grant_refused() && !is_refusal { ErrorKind::UnexpectedResponse } else { kind };
            Error::new(kind, format!("{server} does not answer as a server of Tieline does"))
                .with_status(status)
                .with_help("is it the right server?")
        }
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::{Value, json};

    use super::*;
    use crate::exit_code;

    fn of(status: u16, body: &Value) -> Error {
        let error = Error::new(ErrorKind::Rejected, "the API answered").with_status(status);
        told(error, Some(body.to_string().as_bytes()), "http://a.test", "hunter2hunter2")
    }

    #[test]
    fn a_vendors_refusal_is_what_a_local_call_would_end_with() {
        let body = json!({
            "kind": "unauthorized", "message": "API token is invalid.", "request_id": "r1", "status": 424,
            "errors": [{ "field": null, "message": "API token is invalid.", "error_code": "unauthorized" }],
            "vendor": { "status": 401, "code": "unauthorized", "request_id": "v1" },
        });
        assert_eq!(
            of(424, &body).to_json(),
            json!({ "error": { "kind": "unauthorized", "message": "API token is invalid.", "status": 401, "code": "unauthorized", "request_id": "r1" } })
        );
    }

    #[test]
    fn a_mistake_names_its_place_and_no_status() {
        let body = json!({
            "kind": "invalid_input", "message": "`page_size` must be at most 100", "help": "less", "request_id": "r",
            "errors": [{ "field": "page_size", "message": "must be at most 100" }],
        });
        let error = of(422, &body);
        assert_eq!((error.kind(), error.status(), error.help()), (ErrorKind::InvalidInput, None, Some("less")));
        assert_eq!(error.problems()[0].at, "page_size");
    }

    #[test]
    fn every_word_of_the_server_has_an_exit_code() {
        let code = |status, kind: &str| exit_code::of(of(status, &json!({ "kind": kind, "message": "m" })).kind());
        for (status, kind, expected) in [
            (401, "unauthenticated", exit_code::CREDENTIALS),
            (403, "forbidden", exit_code::CREDENTIALS),
            (424, "reauthorize", exit_code::CREDENTIALS),
            (424, "credentials", exit_code::CREDENTIALS),
            (404, "not_found", exit_code::NOT_FOUND),
            (409, "unknown_connector", exit_code::NOT_FOUND),
            (422, "unknown_entity", exit_code::NOT_FOUND),
            (422, "unknown_action", exit_code::NOT_FOUND),
            (422, "refused", exit_code::FAILURE),
            (422, "not_exposed", exit_code::CREDENTIALS),
            (400, "organization_required", exit_code::INPUT),
            (422, "invalid_input", exit_code::INPUT),
            (409, "conflict", exit_code::INPUT),
            (501, "not_offered", exit_code::INPUT),
            (429, "rate_limited", exit_code::FAILURE),
            (429, "too_many_requests", exit_code::FAILURE),
            (500, "internal", exit_code::FAILURE),
            (504, "timeout", exit_code::FAILURE),
        ] {
            assert_eq!(code(status, kind), expected, "{kind}");
        }
    }

    #[test]
    fn what_to_do_is_never_lost() {
        let body = json!({
            "kind": "reauthorize", "message": "somebody has to sign in anew", "help": "open setup_url",
            "setup_url": "http://a.test/setup/link/x", "retry_after": 3, "next": "n",
        });
        let error = of(424, &body);
        assert_eq!(error.help(), Some("open http://a.test/setup/link/x in a browser; it works once"));
        assert_eq!((error.retry_after(), error.next()), (Some(Duration::from_secs(3)), Some("n")));
        let body = json!({ "kind": "invalid_input", "message": "specify target organization", "help": "send X-Organization-Id" });
        assert!(of(400, &body).help().unwrap().contains("tieline organizations use"));
        let body = json!({ "kind": "invalid_input", "message": "hunter2hunter2 is no id" });
        assert_eq!(of(400, &body).message(), "[secret] is no id");
    }

    #[test]
    fn who_is_no_server_of_ours_is_named() {
        let error = told(Error::new(ErrorKind::NotFound, "m").with_status(404), Some(b"<html>"), "http://a.test", "");
        assert_eq!(error.message(), "http://a.test does not answer as a server of Tieline does");
        let error = Error::new(ErrorKind::Unavailable, "the token endpoint did not answer: connection refused");
        let error = told(error, None, "http://a.test", "");
        assert_eq!(error.message(), "http://a.test does not answer: connection refused");
    }
}
