//! Headers and cookies have names and values that can be sent.

use crate::auth::ApiKeyPlace;
use crate::body::Body;
use crate::manifest::Place;
use crate::notation::{Part, Template};
use crate::source::{Code, Diagnostic, Named, Span, Spanned};
use http::header::{HeaderName, HeaderValue};

use super::is_written;
use super::view::View;

/// Headers that the engine sets itself, or that frame the message.
const ENGINE: [&str; 6] = ["host", "content-length", "transfer-encoding", "connection", "upgrade", "te"];

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    let manifest = view.manifest;
    check_all(&manifest.headers, findings);
    if let Some(idempotency) = &manifest.idempotency {
        check_name(&idempotency.header, idempotency.header.span, findings);
    }
    for scheme in manifest.auth.values() {
        check_all(&scheme.headers, findings);
        if let Some(key) = &scheme.api_key {
            match key.place {
                ApiKeyPlace::Header => check_name(&key.name, key.name.span, findings),
                ApiKeyPlace::Cookie => check_cookie(&key.name, key.name.span, findings),
                ApiKeyPlace::Query => {}
            }
        }
        if let Some(oauth2) = &scheme.oauth2 {
            check_all(&oauth2.token.headers, findings);
            oauth2.header.iter().for_each(|header| check_name(header, scheme.span, findings));
        }
    }
    if let Some(content_type) = manifest.body.as_ref().and_then(|body| content_type(body)) {
        check_text(content_type, content_type.span, findings);
    }
    for action in manifest.entities.values().flat_map(|entity| entity.actions.values()) {
        check_all(&action.headers, findings);
        if let Some(idempotency) = &action.idempotency {
            check_name(&idempotency.header, idempotency.header.span, findings);
        }
        if let Some(content_type) = action.body.as_ref().and_then(|body| content_type(body)) {
            check_text(content_type, content_type.span, findings);
        }
    }
    for param in view.operations.iter().flat_map(|operation| operation.params.values()) {
        let span = param.merged.keys.name.as_ref().map_or(param.span, |name| name.span);
        match param.place {
            Place::Header => check_name(param.wire(), span, findings),
            Place::Cookie => check_cookie(param.wire(), span, findings),
            Place::Path | Place::Query | Place::Body | Place::Local => {}
        }
    }
}

fn content_type(body: &Body) -> Option<&Spanned<String>> {
    match body {
        Body::Json(json) => json.content_type.as_ref(),
        Body::Raw(raw) => raw.content_type.as_ref(),
        Body::Form(_) | Body::Multipart(_) | Body::Related(_) | Body::Graphql(_) => None,
    }
}

fn check_all(headers: &Named<Template>, findings: &mut Vec<Diagnostic>) {
    for (name, value) in headers {
        check_name(name, value.span, findings);
        for part in value.parts() {
            match part {
                Part::Text(text) => check_text(text, value.value.span, findings),
                Part::Name(_) => {}
            }
        }
    }
}

fn check_name(name: &str, span: Span, findings: &mut Vec<Diagnostic>) {
    if !is_written(span) {
        return;
    }
    if HeaderName::from_bytes(name.as_bytes()).is_err() {
        findings.push(Diagnostic::new(Code::InvalidValue, span, format!("`{name}` cannot be the name of a header")));
    } else if ENGINE.contains(&name.to_lowercase().as_str()) {
        findings.push(Diagnostic::new(Code::InvalidValue, span, format!("the engine sets the header `{name}` itself")));
    }
}

fn check_text(text: &str, span: Span, findings: &mut Vec<Diagnostic>) {
    if is_written(span) && HeaderValue::from_str(text).is_err() {
        let message = "a line break or another control character cannot stand in a header";
        findings.push(Diagnostic::new(Code::InvalidValue, span, message));
    }
}

fn check_cookie(name: &str, span: Span, findings: &mut Vec<Diagnostic>) {
    if is_written(span) && HeaderName::from_bytes(name.as_bytes()).is_err() {
        findings.push(Diagnostic::new(Code::InvalidValue, span, format!("`{name}` cannot be the name of a cookie")));
    }
}
