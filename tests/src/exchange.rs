//! `exchanges.yaml`: what goes over the wire, request by request, each with its answer.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;
use tieline::transport::TransportFailure;

/// One request with its answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// The request.
    pub request: Request,
    /// The answer. Beside a `failure`, what arrives before the connection breaks.
    pub response: Option<Answer>,
    /// How no answer came, or not all of it.
    pub failure: Option<Failure>,
    /// Seconds until the answer comes.
    #[serde(default)]
    pub delay: f64,
    /// Seconds that pass between the answer before and this request; not looked at when left out.
    pub waited: Option<f64>,
    /// How many times it happens.
    #[serde(default = "once")]
    pub times: usize,
}

/// What a request looks like. What is not said about headers is not looked at; all else is compared.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The method.
    pub method: String,
    /// Path and query, as they stand in the URL.
    pub path: String,
    /// Scheme and host; the manifest's server when left out.
    pub origin: Option<String>,
    /// Headers. `null`: there is no such header. `{name}` stands for anything, the same every time.
    #[serde(default)]
    pub headers: IndexMap<String, Option<String>>,
    /// The body, as JSON.
    pub json: Option<Value>,
    /// The body, as text. `{boundary}` stands for the boundary of a multipart body; lines end as they should.
    pub body: Option<String>,
}

/// An answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Its headers.
    #[serde(default)]
    pub headers: IndexMap<String, String>,
    /// The body, as JSON. Its content type need not be said.
    pub json: Option<Value>,
    /// The body, as text.
    pub body: Option<String>,
    /// The body, as bytes in base64.
    pub base64: Option<String>,
}

/// Why no answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// No connection was made.
    Connect,
    /// The connection broke.
    Broken,
    /// No answer came in time.
    Timeout,
}

impl Exchange {
    /// The exchanges that an `exchanges.yaml` describes.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Vec<Self>, String> {
        let exchanges: Vec<Self> = serde_saphyr::from_str(text).map_err(|error| error.to_string())?;
        match exchanges.iter().position(|exchange| exchange.response.is_none() && exchange.failure.is_none()) {
            Some(at) => Err(format!("exchange {} has neither `response` nor `failure`", at + 1)),
            None => Ok(exchanges
                .iter()
                .flat_map(|exchange| std::iter::repeat_n(exchange.clone(), exchange.times))
                .collect()),
        }
    }

    /// How long the answer takes.
    pub fn delay(&self) -> Duration {
        Duration::from_secs_f64(self.delay)
    }
}

impl Answer {
    /// The body's bytes.
    pub fn bytes(&self) -> Bytes {
        match (&self.json, &self.body, &self.base64) {
            (Some(json), None, None) => json.to_string().into(),
            (None, Some(text), None) => text.clone().into(),
            (None, None, Some(base64)) => STANDARD.decode(base64).unwrap().into(),
            (None, None, None) => Bytes::new(),
            _ => panic!("an answer has only one of `json`, `body` and `base64`"),
        }
    }

    /// Its headers, with the content type of a JSON body.
    pub fn headers(&self) -> Vec<(&str, &str)> {
        let typed = self.headers.keys().any(|name| name.eq_ignore_ascii_case("content-type"));
        let json = (self.json.is_some() && !typed).then_some(("content-type", "application/json"));
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(json).collect()
    }
}

impl From<Failure> for TransportFailure {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Connect => Self::Connect,
            Failure::Broken => Self::Broken,
            Failure::Timeout => Self::Timeout,
        }
    }
}

fn once() -> usize {
    1
}
