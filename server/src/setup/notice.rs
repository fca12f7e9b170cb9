//! Pages that say one thing: why a request ends here, and what can be done.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;

use crate::store::StoreError;

use super::page::{escaped, page};

/// Why a request ends here.
#[derive(Clone, Copy, Debug)]
pub(super) enum Notice {
    /// There is no such link.
    NoLink,
    /// The link has been used, by another browser.
    LinkUsed,
    /// The link is too old.
    LinkExpired,
    /// The browser gives no cookie back.
    NoCookies,
    /// No such set-up is bound to this browser.
    NotYours,
    /// The set-up took too long.
    Expired,
    /// A vendor's answer that nobody waits for.
    NoSuchSignIn,
    /// A vendor's answer to a sign-in that another browser began.
    OtherBrowser,
    /// No program waits for somebody to log in.
    NoProgram,
    /// Nobody waits for what a provider answered to a sign-in.
    SignInLost,
    /// The provider says that somebody did not sign in.
    SignInDenied,
    /// The provider is not there, or its answer does not count.
    SignInFailed,
    /// Somebody has signed in who may not log in.
    NotAllowed,
    /// The request did not come from one of these pages.
    Foreign,
    /// The server failed.
    Failed,
}

/// What to do where a link no longer helps.
const NEW_LINK: &str =
    "Ask for a new link where you got this one. If it came from a command line, run the same command again.";

impl Notice {
    fn texts(self) -> (StatusCode, &'static str, &'static str, &'static str) {
        match self {
            Self::NoLink => (
                StatusCode::NOT_FOUND,
                "This link is not complete",
                "There is no such set-up link. A part of it may have been lost when it was copied.",
                NEW_LINK,
            ),
            Self::LinkUsed => (
                StatusCode::GONE,
                "This link has been used",
                "A set-up link works once, in one browser, and this one was opened in another.",
                NEW_LINK,
            ),
            Self::LinkExpired => (
                StatusCode::GONE,
                "This link has expired",
                "A set-up link works for 15 minutes, so that nobody else can use it later.",
                NEW_LINK,
            ),
            Self::NoCookies => (
                StatusCode::BAD_REQUEST,
                "Cookies are needed for this",
                "Your browser did not keep the cookie that ties this set-up to you. It is needed for these pages alone, and nothing \
                 is tracked with it.",
                "Allow cookies for this site, then open the link again. It still works.",
            ),
            Self::NotYours => (
                StatusCode::NOT_FOUND,
                "There is nothing to set up here",
                "No set-up on this page belongs to this browser. It may have been opened in another one, or have ended a while ago.",
                NEW_LINK,
            ),
            Self::Expired => (
                StatusCode::GONE,
                "This took too long",
                "A set-up has to be finished within half an hour. Nothing has been connected, and nothing that you entered was kept.",
                NEW_LINK,
            ),
            Self::NoSuchSignIn => (
                StatusCode::BAD_REQUEST,
                "Nobody waits for this answer",
                "The answer does not belong to a sign-in that goes on here. It has been answered already, or a newer one was begun. \
                 Nothing has been connected with it.",
                "Go back to the set-up page and sign in again. If you did not start a sign-in, somebody may have sent you here to make \
                 you use their account: close this page.",
            ),
            Self::OtherBrowser => (
                StatusCode::FORBIDDEN,
                "This sign-in began in another browser",
                "An answer is taken only in the browser that the sign-in began in. Nothing has been connected.",
                "Go back to that browser and sign in again there. If you did not start a sign-in, close this page.",
            ),
            Self::NoProgram => (
                StatusCode::BAD_REQUEST,
                "This link is not complete",
                "This page is opened by a command line that waits on your own computer, and the address does not say where.",
                "Run `tieline login` again, and use the address that it shows as it is.",
            ),
            Self::SignInLost => (
                StatusCode::BAD_REQUEST,
                "Nobody waits for this answer",
                "The sign-in has ended already, took more than ten minutes, or began in another browser. Nobody has been logged in with it.",
                "Run `tieline login` again. If you did not run it yourself, somebody may have sent you here: close this page.",
            ),
            Self::SignInDenied => (
                StatusCode::FORBIDDEN,
                "You did not sign in",
                "The sign-in was broken off, or refused, where you were sent. Nobody has been logged in.",
                "Run `tieline login` again, and agree there. If you are refused, ask whoever runs that service for access.",
            ),
            Self::SignInFailed => (
                StatusCode::BAD_GATEWAY,
                "The sign-in does not work",
                "The service where you sign in cannot be reached, or gave an answer that does not count. Nobody has been logged in.",
                "Run `tieline login` again in a minute. If that does not help, tell whoever runs this server: its log says why. A code \
                 from them (`tieline keys login-code`) works meanwhile.",
            ),
            Self::NotAllowed => (
                StatusCode::FORBIDDEN,
                "This account may not log in here",
                "You have signed in, but the account's e-mail address is not verified, or not among those that may use this server.",
                "Sign in with another account, or ask whoever runs this server for access: to allow your address, or for a code.",
            ),
            Self::Foreign => (
                StatusCode::FORBIDDEN,
                "This request came from elsewhere",
                "Another site has sent a form to this server in your name. It was refused, and nothing has changed.",
                "If you were setting something up, go back to that page and try again.",
            ),
            Self::Failed => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "The server failed",
                "That is no fault of yours, and nothing has been connected.",
                "Try again in a minute. If that does not help, tell whoever runs this server: its log says why.",
            ),
        }
    }
}

impl IntoResponse for Notice {
    fn into_response(self) -> Response {
        let (status, title, text, help) = self.texts();
        let content = json!({ "title": title, "text": with_code(text), "help": with_code(help) });
        page(status, "notice", title, &content)
    }
}

/// A text as HTML, in which what stands between backticks is what somebody types.
fn with_code(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let part = |(number, part): (usize, &str)| match number % 2 {
        0 => escaped(part),
        _ => format!("<code>{}</code>", escaped(part)),
    };
    parts.map(part).collect()
}

/// What ends a request.
#[derive(Debug)]
pub(super) enum Stop {
    /// This is said.
    Notice(Notice),
    /// The store failed.
    Store(StoreError),
}

impl From<Notice> for Stop {
    fn from(notice: Notice) -> Self {
        Self::Notice(notice)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl IntoResponse for Stop {
    fn into_response(self) -> Response {
        match self {
            Self::Notice(notice) => notice.into_response(),
            Self::Store(error) => {
                tracing::error!(%error, "the store failed");
                Notice::Failed.into_response()
            }
        }
    }
}

/// The page without a set-up.
pub(super) async fn nothing_here() -> Notice {
    Notice::NotYours
}
