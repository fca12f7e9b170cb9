//! What holds for many actions at once: errors, rate limits, retries, and what is said about the whole.

use crate::language::{choices, object};
use crate::notation::{Condition, JsonPath, Lookup, Millis};
use crate::source::Spanned;

object! {
    /// How errors look.
    pub struct ErrorRules as "error rules" {
        /// Where the error's code stands.
        /// ```yaml
        /// code: $.error.code
        /// ```
        pub code: Option<Spanned<Lookup>>,
        /// Where the message stands; the first that is found.
        /// ```yaml
        /// message: [$.error.message, $.message]
        /// ```
        pub message: Lookups,
        /// Where the id of the request stands, in errors and in good answers.
        /// ```yaml
        /// request_id: "@header.X-Request-Id"
        /// ```
        pub request_id: Option<Spanned<Lookup>>,
        /// An answer with status 2xx is an error all the same when one of these holds.
        /// ```yaml
        /// failed_if: [{ at: $.ok, equals: false }]
        /// ```
        pub failed_if: Vec<Condition>,
    }
}

impl ErrorRules {
    /// Where most APIs put the message, for a manifest that says nothing.
    pub(crate) fn usual() -> Self {
        let path = |names: &[&str]| names.iter().fold(JsonPath::root(), |path, name| path.member(name));
        let body = |names: &[&str]| Spanned::from(Lookup::Body(path(names)));
        let message = [
            body(&["message"]),
            body(&["error", "message"]),
            body(&["error_description"]),
            body(&["error"]),
            body(&["detail"]),
        ];
        Self { code: None, message: Lookups(message.into()), request_id: None, failed_if: Vec::new() }
    }
}

/// One lookup, or several of which the first that finds something counts.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Lookups(pub Vec<Spanned<Lookup>>);

impl crate::language::Decode for Lookups {
    fn shape() -> crate::language::Shape {
        let one = Spanned::<Lookup>::shape();
        crate::language::Shape::OneOf(vec![one.clone(), crate::language::Shape::List(Box::new(one))])
    }

    fn decode(node: &crate::yaml::Node, findings: &mut Vec<crate::source::Diagnostic>) -> Option<Self> {
        match node.as_text() {
            Some(_) => Spanned::decode(node, findings).map(|one| Self(vec![one])),
            None => Vec::decode(node, findings).map(Self),
        }
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

object! {
    /// A rate limit that the API publishes and the engine keeps.
    pub struct RateLimit as "rate limit" {
        /// How many requests.
        /// ```yaml
        /// requests: 180
        /// ```
        pub requests: Spanned<u32>,
        /// In which time.
        /// ```yaml
        /// per: 60s
        /// ```
        pub per: Spanned<Millis>,
        /// What the limit is about, for people.
        /// ```yaml
        /// description: Average of three requests a second per connection
        /// ```
        pub description: Option<String>,
    }
}

object! {
    /// What is sent again. Connections that break and time-outs count like the statuses in `when_repeatable`.
    pub struct Retry as "retry rules" {
        /// How many attempts in all; 4 when left out.
        /// ```yaml
        /// attempts: 3
        /// ```
        pub attempts: Option<u32>,
        /// Statuses after which any request is sent again: the API did nothing. 429 and 529 when left out.
        /// ```yaml
        /// always: [429]
        /// ```
        pub always: Option<Vec<u16>>,
        /// Statuses after which a request is sent again only when it may be repeated. 500, 502, 503 and 504 when left out.
        /// ```yaml
        /// when_repeatable: [500, 503]
        /// ```
        pub when_repeatable: Option<Vec<u16>>,
        /// Not sent again when one of these holds for the answer.
        /// ```yaml
        /// never_if: [{ at: $.reason, equals: blocked }]
        /// ```
        pub never_if: Vec<Condition>,
        /// The first delay, before jitter; it doubles each time. 500 ms when left out.
        /// ```yaml
        /// base_delay: 1s
        /// ```
        pub base_delay: Option<Millis>,
        /// The longest delay; 60 s when left out. A longer `Retry-After` ends the call with `rate_limited`.
        /// ```yaml
        /// max_delay: 30s
        /// ```
        pub max_delay: Option<Millis>,
        /// Where the answer says how long to wait; the `Retry-After` header when left out.
        /// ```yaml
        /// retry_after: "@header.X-RateLimit-Reset-After"
        /// ```
        pub retry_after: Option<Spanned<Lookup>>,
        /// What the number there means; `seconds` when left out. A date (RFC 9110) is always read as one. What lies in the past is no wait.
        /// ```yaml
        /// retry_after_in: unix_timestamp
        /// ```
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub retry_after_in: Option<WaitUnit>,
    }
}

choices! {
    /// What a number means that says how long to wait.
    pub enum WaitUnit as "unit of a wait" {
        /// So many seconds from now.
        Seconds = "seconds",
        /// So many milliseconds from now.
        Milliseconds = "milliseconds",
        /// Until this time, in seconds since 1970, as `X-RateLimit-Reset` often says it.
        UnixTimestamp = "unix_timestamp",
    }
}

impl Retry {
    /// How many attempts in all.
    pub fn most_attempts(&self) -> u32 {
        self.attempts.unwrap_or(4).max(1)
    }

    /// The statuses after which any request is sent again.
    pub fn always(&self) -> &[u16] {
        self.always.as_deref().unwrap_or(&[429, 529])
    }

    /// The statuses after which a request is sent again only when it may be repeated.
    pub fn when_repeatable(&self) -> &[u16] {
        self.when_repeatable.as_deref().unwrap_or(&[500, 502, 503, 504])
    }
}

impl Default for Retry {
    /// The engine's own rules.
    fn default() -> Self {
        Self {
            attempts: None,
            always: None,
            when_repeatable: None,
            never_if: Vec::new(),
            base_delay: None,
            max_delay: None,
            retry_after: None,
            retry_after_in: None,
        }
    }
}

object! {
    /// The header by which the API knows a request that was sent before. Every POST, PUT and PATCH that does more than read carries it,
    /// whatever `repeatable` says, and a request that carries it may be repeated.
    pub struct Idempotency as "idempotency" {
        /// The header; the engine puts a random UUID there, the same for every attempt.
        /// ```yaml
        /// header: Idempotency-Key
        /// ```
        pub header: Spanned<String>,
    }
}

object! {
    /// A page of the vendor.
    pub struct VendorLink as "link" {
        /// What it is.
        /// ```yaml
        /// title: API reference
        /// ```
        pub title: String,
        /// Where it is.
        /// ```yaml
        /// url: https://example.com/api
        /// ```
        pub url: Spanned<String>,
        /// What kind of page it is, in a word of the author's choice.
        /// ```yaml
        /// kind: api_reference
        /// ```
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub kind: Option<String>,
    }
}

object! {
    /// Questions that the connector can answer, and some that it cannot.
    pub struct Questions as "questions" {
        /// It can answer these.
        /// ```yaml
        /// can: [Which pages changed this week?]
        /// ```
        pub can: Vec<String>,
        /// It cannot answer these.
        /// ```yaml
        /// cannot: [Who viewed this page?]
        /// ```
        pub cannot: Vec<String>,
    }
}
