//! What went wrong with a call: one error, with a kind that programs act on.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value, json};

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal,)+) => {
        /// What kind of failure it is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorKind { $($(#[doc = $doc])+ $name,)+ }

        impl ErrorKind {
            /// Every kind there is.
            pub const ALL: &[ErrorKind] = &[$(ErrorKind::$name,)+];

            /// The name in JSON.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// What it means, in a sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+).trim_ascii(),)+ }
            }
        }
    };
}

kinds! {
    /// The parameters do not fit; found before anything was sent.
    InvalidInput = "invalid_input",
    /// The manifest cannot be used.
    InvalidManifest = "invalid_manifest",
    /// There is no such connector.
    UnknownConnector = "unknown_connector",
    /// The connector has no such entity.
    UnknownEntity = "unknown_entity",
    /// The entity has no such action.
    UnknownAction = "unknown_action",
    /// Credentials are missing, malformed, or fit no way to sign in, or more than one.
    Credentials = "credentials",
    /// The API said 401, or a renewal failed.
    Unauthorized = "unauthorized",
    /// The API said 403.
    Forbidden = "forbidden",
    /// The API said 404 or 410.
    NotFound = "not_found",
    /// The API said another 4xx, or 2xx with an error inside.
    Rejected = "rejected",
    /// 429 or 529 after the retries that were allowed.
    RateLimited = "rate_limited",
    /// 5xx, or the network.
    Unavailable = "unavailable",
    /// No answer in time.
    Timeout = "timeout",
    /// The caller gave up.
    Cancelled = "cancelled",
    /// The answer is not what the manifest says.
    UnexpectedResponse = "unexpected_response",
    /// The answer is larger than allowed.
    TooLarge = "too_large",
    /// The engine will not do it: another origin, plain http, a private address.
    Refused = "refused",
}

/// One thing that is wrong with the input, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The parameter, or a path into it: `filter.property`.
    pub at: String,
    /// What is wrong.
    pub message: String,
}

/// A failed call. Never holds a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Error {
    repr: Box<Repr>,
}

#[derive(Clone, PartialEq, Eq)]
struct Repr {
    kind: ErrorKind,
    message: String,
    help: Option<String>,
    status: Option<u16>,
    code: Option<String>,
    request_id: Option<String>,
    retry_after: Option<Duration>,
    problems: Vec<Problem>,
    next: Option<String>,
    came: Option<Came>,
    grant_refused: bool,
}

/// What of a list had come when a page of it failed, as JSON.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Came {
    pub records: Vec<Bytes>,
    pub meta: Vec<(String, Bytes)>,
}

impl Error {
    /// An error of a kind, with a sentence.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            repr: Box::new(Repr {
                kind,
                message: message.into(),
                help: None,
                status: None,
                code: None,
                request_id: None,
                retry_after: None,
                problems: Vec::new(),
                next: None,
                came: None,
                grant_refused: false,
            }),
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.repr.help = Some(help.into());
        self
    }

    /// Adds the HTTP status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.repr.status = Some(status);
        self
    }

    /// Adds the API's code for it.
    #[must_use]
    pub fn with_code(mut self, code: Option<String>) -> Self {
        self.repr.code = code;
        self
    }

    /// Adds the API's id of the request.
    #[must_use]
    pub fn with_request_id(mut self, request_id: Option<String>) -> Self {
        self.repr.request_id = request_id;
        self
    }

    /// Adds how long to wait before trying again.
    #[must_use]
    pub fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        self.repr.retry_after = retry_after;
        self
    }

    /// Adds what is wrong with the input.
    #[must_use]
    pub fn with_problems(mut self, problems: Vec<Problem>) -> Self {
        self.repr.problems = problems;
        self
    }

    /// Adds where the list goes on, of which some pages had come.
    #[must_use]
    pub fn with_next(mut self, next: Option<String>) -> Self {
        self.repr.next = next;
        self
    }

    /// Adds what of a list had come.
    pub(crate) fn with_came(mut self, came: Came) -> Self {
        self.repr.came = Some(came);
        self
    }

    /// Says that it is the token endpoint that refused.
    pub(crate) fn with_grant_refused(mut self) -> Self {
        self.repr.grant_refused = true;
        self
    }

    /// The same error with its texts changed, to take out of them what must not be told.
    pub(crate) fn map_texts(mut self, change: impl Fn(&str) -> String) -> Self {
        let repr = &mut self.repr;
        repr.message = change(&repr.message);
        for text in [&mut repr.help, &mut repr.code, &mut repr.request_id].into_iter().flatten() {
            *text = change(text);
        }
        for problem in &mut repr.problems {
            problem.message = change(&problem.message);
        }
        self
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> ErrorKind {
        self.repr.kind
    }

    /// Whether the token endpoint refused to grant an access token, so that no call goes through until the user has signed in
    /// again, or the client's id and secret are put right. `false` for an API's own 401.
    pub fn is_grant_refused(&self) -> bool {
        self.repr.grant_refused
    }

    /// What happened, in a sentence.
    pub fn message(&self) -> &str {
        &self.repr.message
    }

    /// What to do about it.
    pub fn help(&self) -> Option<&str> {
        self.repr.help.as_deref()
    }

    /// The HTTP status, when an answer came.
    pub fn status(&self) -> Option<u16> {
        self.repr.status
    }

    /// The API's code for it.
    pub fn code(&self) -> Option<&str> {
        self.repr.code.as_deref()
    }

    /// The API's id of the request.
    pub fn request_id(&self) -> Option<&str> {
        self.repr.request_id.as_deref()
    }

    /// How long the API asks to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.repr.retry_after
    }

    /// What is wrong with the input, one by one.
    pub fn problems(&self) -> &[Problem] {
        &self.repr.problems
    }

    /// Where a list goes on of which some pages had come: [`crate::Call::next`] asks for the page that failed. `None` where none
    /// had come, and where the last one does not say how the list goes on.
    pub fn next(&self) -> Option<&str> {
        self.repr.next.as_deref()
    }

    /// What of a list had come.
    pub(crate) fn came(&self) -> Option<&Came> {
        self.repr.came.as_ref()
    }

    /// The error: `{ "error": { "kind", "message", … }, "next": "…" }`. What is not known is left out. What every face gives
    /// out is [`to_answer`](Self::to_answer), which has the records too that had come.
    pub fn to_json(&self) -> Value {
        let repr = &self.repr;
        let mut error = Map::new();
        error.insert("kind".into(), repr.kind.as_str().into());
        error.insert("message".into(), repr.message.as_str().into());
        let mut set = |key: &str, value: Option<Value>| value.map(|value| error.insert(key.into(), value));
        set("help", repr.help.as_deref().map(Value::from));
        set("status", repr.status.map(Value::from));
        set("code", repr.code.as_deref().map(Value::from));
        set("request_id", repr.request_id.as_deref().map(Value::from));
        set("retry_after", repr.retry_after.map(|wait| Value::from(wait.as_secs_f64().ceil() as u64)));
        set("problems", (!repr.problems.is_empty()).then(|| json!(repr.problems)));
        let mut whole = Map::from_iter([("error".to_owned(), Value::Object(error))]);
        if let Some(next) = &repr.next {
            whole.insert("next".into(), next.as_str().into());
        }
        whole.into()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_json())
    }
}

impl std::error::Error for Error {}
