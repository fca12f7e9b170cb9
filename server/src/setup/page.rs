//! How pages are made: from templates that escape what they are given, with headers that let a page do nothing else.

use std::sync::LazyLock;

use axum::response::{Html, IntoResponse as _, Response};
use handlebars::Handlebars;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, HeaderName, REFERRER_POLICY, SET_COOKIE,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::json;

use crate::service::Service;
use crate::store::StoreError;

/// The cookie that binds a set-up to a browser.
const COOKIE_NAME: &str = "tieline_setup";

/// Nothing from elsewhere, no script, no frame around it.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

static TEMPLATES: LazyLock<Handlebars<'static>> = LazyLock::new(|| {
    let mut templates = Handlebars::new();
    templates.set_strict_mode(true);
    for (name, text) in [
        ("frame", include_str!("templates/frame.hbs")),
        ("welcome", include_str!("templates/welcome.hbs")),
        ("choose", include_str!("templates/choose.hbs")),
        ("form", include_str!("templates/form.hbs")),
        ("leave", include_str!("templates/leave.hbs")),
        ("done", include_str!("templates/done.hbs")),
        ("notice", include_str!("templates/notice.hbs")),
    ] {
        // A test renders each.
        if let Err(error) = templates.register_template_string(name, text) {
            tracing::error!(%error, name, "a template cannot be read");
        }
    }
    templates
});

/// A page that says one thing, and why nothing can be done here.
#[derive(Clone, Copy, Debug)]
pub(super) enum Notice {
    /// The link has been used, or is too old.
    LinkUsed,
    /// No set-up belongs to this browser.
    NotYours,
    /// The request did not come from one of these pages.
    Foreign,
    /// The server failed.
    Failed,
}

impl Notice {
    fn texts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::LinkUsed => (
                StatusCode::GONE,
                "This link no longer works",
                "A set-up link works once, and for a quarter of an hour. Ask for a new one where you got this one: on the command \
                 line, run the same command again.",
            ),
            Self::NotYours => (
                StatusCode::GONE,
                "There is nothing to set up here",
                "No set-up that goes on belongs to this browser. It may have ended, or taken more than a quarter of an hour, or it \
                 was begun in another browser. Ask for a new link where you got the last one.",
            ),
            Self::Foreign => (
                StatusCode::FORBIDDEN,
                "This request came from elsewhere",
                "A form of these pages has been sent from another site. Nothing has changed.",
            ),
            Self::Failed => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "The server failed",
                "Nothing has changed. Try again; if that does not help, its operator finds the reason in the log.",
            ),
        }
    }
}

/// A page of a template.
pub(super) fn page(status: StatusCode, template: &str, title: &str, content: &impl Serialize) -> Response {
    let rendered = TEMPLATES
        .render(template, content)
        .and_then(|body| TEMPLATES.render("frame", &json!({ "title": title, "body": body })));
    let html = match rendered {
        Ok(html) => html,
        Err(error) => {
            tracing::error!(%error, template, "a page cannot be rendered");
            return (StatusCode::INTERNAL_SERVER_ERROR, "The server failed.").into_response();
        }
    };
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A page that says one thing.
pub(super) fn notice(notice: Notice) -> Response {
    let (status, title, text) = notice.texts();
    page(status, "notice", title, &json!({ "title": title, "text": text }))
}

/// The page of a server that failed.
pub(super) fn failed(error: StoreError) -> Response {
    tracing::error!(%error, "the store failed");
    notice(Notice::Failed)
}

/// The style of all pages.
pub(super) async fn style() -> Response {
    let headers = [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "public, max-age=3600")];
    (headers, include_str!("templates/style.css")).into_response()
}

/// The cookie that binds a set-up to this browser. It comes back from the vendor's page with a top-level navigation, so it is `Lax`.
pub(super) fn cookie(service: &Service, browser: &str) -> (HeaderName, String) {
    let secure = if service.public_url.scheme() == "https" { "; Secure" } else { "" };
    (SET_COOKIE, format!("{COOKIE_NAME}={browser}; Path=/; HttpOnly; SameSite=Lax; Max-Age=900{secure}"))
}

/// What the cookie of a browser says.
pub(super) fn browser(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE_NAME).map(|(_, value)| value.to_owned())
}

/// Whether a form was sent by one of these pages: a browser says where a form comes from.
pub(super) fn is_own(service: &Service, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => site == "same-origin" || site == "none",
        (None, Some(origin)) => origin == service.public_url.origin().ascii_serialization(),
        (None, None) => false,
    }
}
