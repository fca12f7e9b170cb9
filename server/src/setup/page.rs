//! How pages are made: from templates that escape what they are given, with headers that let a page do nothing else.

use std::sync::LazyLock;

use axum::response::{Html, IntoResponse as _, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use handlebars::Handlebars;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, SET_COOKIE};
use http::{HeaderValue, StatusCode};
use ring::digest::{SHA256, digest};
use serde::Serialize;
use serde_json::json;
use url::Url;
use uuid::Uuid;

const STYLE: &str = include_str!("templates/style.css");

static TEMPLATES: LazyLock<Handlebars<'static>> = LazyLock::new(|| {
    let mut templates = Handlebars::new();
    templates.set_strict_mode(true);
    templates.register_escape_fn(escaped);
    for (name, text) in [
        ("frame", include_str!("templates/frame.hbs")),
        ("welcome", include_str!("templates/welcome.hbs")),
        ("choose", include_str!("templates/choose.hbs")),
        ("form", include_str!("templates/form.hbs")),
        ("error", include_str!("templates/error.hbs")),
        ("steps", include_str!("templates/steps.hbs")),
        ("field", include_str!("templates/field.hbs")),
        ("leave", include_str!("templates/leave.hbs")),
        ("login", include_str!("templates/login.hbs")),
        ("back", include_str!("templates/back.hbs")),
        ("busy", include_str!("templates/busy.hbs")),
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

/// Nothing from elsewhere, no script, no frame around it; one style, which is known by its digest.
static POLICY: LazyLock<Option<HeaderValue>> = LazyLock::new(|| {
    let style = BASE64_STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; img-src data:; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).ok()
});

/// A text as HTML, in an element or a quoted attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c if is_shown(c) => html.push(c),
            _ => {}
        }
    }
    html
}

/// Whether a character of somebody else's text is shown: not what turns the text around it, or cannot be seen.
pub(super) fn is_shown(c: char) -> bool {
    let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !turns && (!c.is_control() || matches!(c, '\n' | '\t'))
}

/// A page of a template.
pub(super) fn page(status: StatusCode, template: &str, title: &str, content: &impl Serialize) -> Response {
    let rendered = TEMPLATES
        .render(template, content)
        .and_then(|body| TEMPLATES.render("frame", &json!({ "title": title, "style": STYLE, "body": body })));
    let mut response = match (rendered, &*POLICY) {
        (Ok(html), Some(policy)) => {
            let mut response = (status, Html(html)).into_response();
            response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy.clone());
            response
        }
        (rendered, _) => {
            let error = rendered.err();
            tracing::error!(?error, template, "a page cannot be rendered");
            (StatusCode::INTERNAL_SERVER_ERROR, "The server failed.").into_response()
        }
    };
    let headers = response.headers_mut();
    // Nothing goes to other sites; with `no-referrer`, a browser would not even tell this one where a form comes from.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Chromium keeps pages whole to go back to, also those that must not be stored, with what was typed into them: until a cookie
    // changes. Nothing reads this one.
    let turned = format!("tieline-page={}; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600", Uuid::new_v4().simple());
    if let Ok(turned) = HeaderValue::from_str(&turned) {
        headers.insert(SET_COOKIE, turned);
    }
    response
}

/// The page from which somebody goes on to a page elsewhere, and after that to the site `back`, or here again.
///
/// It is no redirect: the policy of these pages lets a form lead to this server alone.
pub(super) fn leave(title: &str, heading: &str, url: &Url, back: Option<&str>) -> Response {
    let content = json!({ "heading": heading, "url": url.as_str(), "host": url.host_str(), "back": back });
    page(StatusCode::OK, "leave", title, &content)
}

#[cfg(test)]
mod tests {
    use super::{POLICY, STYLE, TEMPLATES, escaped};

    #[test]
    fn every_template_is_there_and_every_page_has_a_policy() {
        for name in [
            "frame", "welcome", "choose", "form", "error", "steps", "field", "leave", "login", "back", "busy", "done",
            "notice",
        ] {
            assert!(TEMPLATES.has_template(name), "{name}");
        }
        assert!(POLICY.is_some());
        // It stands in the page as it is: its digest is that of these very bytes.
        assert!(!STYLE.contains("</") && !STYLE.contains('\r'));
    }

    #[test]
    fn a_text_stays_in_its_place() {
        assert_eq!(escaped("<a b='\"&\u{202e}\u{0}\n"), "&lt;a b=&#39;&quot;&amp;\n");
    }
}
