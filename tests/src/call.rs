//! `call.json`: one call, or several that follow each other on one connection.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};
use tieline::Connection;

/// One call.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The entity.
    pub entity: String,
    /// The action.
    pub action: String,
    /// The parameters.
    #[serde(default = "no_params")]
    pub params: Value,
    /// All pages.
    #[serde(default)]
    pub all: bool,
    /// No more pages than this.
    pub max_pages: Option<usize>,
    /// No more records than this.
    pub max_records: Option<usize>,
    /// The fields that are kept.
    #[serde(default)]
    pub fields: Vec<String>,
    /// Where it goes on.
    pub next: Option<Next>,
    /// The part of a file that is wanted.
    pub range: Option<String>,
    /// Seconds that the call may take.
    pub deadline: Option<f64>,
    /// The user's values for a way to sign in. In a list of calls only the first says what the connection is made of.
    pub credentials: Option<Value>,
    /// The way to sign in.
    pub auth: Option<String>,
    /// Configuration values.
    #[serde(default)]
    pub config: Map<String, Value>,
    /// The access token that the token store holds at the start: `access_token`, `refresh_token`, `expires_at`.
    pub token_store: Option<Value>,
    /// The most bytes of an answer that are read.
    pub max_response_bytes: Option<usize>,
    /// Plain `http` may be used.
    #[serde(default)]
    pub allow_http: bool,
}

/// Where a call goes on.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Next {
    /// `true`: where the call before stopped.
    Before(bool),
    /// At this text.
    Text(String),
}

/// `call.json`.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    More(Vec<Call>),
    One(Box<Call>),
}

impl Call {
    /// The calls that a `call.json` describes.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Vec<Self>, String> {
        // Read twice, since an untagged enumeration does not say what is wrong.
        match serde_json::from_str::<OneOrMore>(text) {
            Ok(OneOrMore::More(calls)) => Ok(calls),
            Ok(OneOrMore::One(call)) => Ok(vec![*call]),
            Err(_) if text.trim_start().starts_with('[') => {
                serde_json::from_str::<Vec<Self>>(text).map_err(|error| error.to_string())
            }
            Err(_) => serde_json::from_str::<Self>(text).map(|call| vec![call]).map_err(|error| error.to_string()),
        }
    }

    /// The call on a connection. `before` is the `next` of the call before.
    pub fn on(&self, connection: &Connection, before: Option<&str>) -> tieline::Call {
        let mut call = connection.call(&self.entity, &self.action).params(self.params.clone());
        if self.all {
            call = call.all();
        }
        if let Some(pages) = self.max_pages {
            call = call.max_pages(pages);
        }
        if let Some(records) = self.max_records {
            call = call.max_records(records);
        }
        if let Some(next) = self.goes_on_at(before) {
            call = call.next(next);
        }
        if let Some(range) = &self.range {
            call = call.range(range);
        }
        if let Some(seconds) = self.deadline {
            call = call.deadline(Duration::from_secs_f64(seconds));
        }
        if self.fields.is_empty() { call } else { call.fields(&self.fields) }
    }

    /// Whether it is complete before any other call is answered, as the lines of `tieline batch` are.
    pub fn stands_alone(&self) -> bool {
        !matches!(self.next, Some(Next::Before(true)))
    }

    /// Where the call goes on.
    pub fn goes_on_at(&self, before: Option<&str>) -> Option<String> {
        match self.next.as_ref()? {
            Next::Before(true) => {
                Some(before.expect("the call before ended its list, so there is no `next`").to_owned())
            }
            Next::Before(false) => None,
            Next::Text(text) => Some(text.clone()),
        }
    }
}

fn no_params() -> Value {
    Value::Object(Map::new())
}
