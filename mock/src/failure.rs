//! A failed request, in the shape that the manifest gives errors.

use http::StatusCode;
use serde_json::{Map, Value};
use tieline::manifest::ErrorRules;

use crate::draft::Draft;

/// Why a request is answered with an error.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    /// The answer: code, message and request id stand where the manifest looks them up.
    pub(crate) fn draft(&self, rules: &ErrorRules, request_id: &str) -> Draft {
        let mut draft = Draft::json(Value::Object(Map::new()));
        draft.status = self.status;
        for condition in &rules.failed_if {
            let wanted = condition.equals.clone();
            draft.put(&condition.at, wanted.unwrap_or(Value::Bool(condition.present == Some(true))));
        }
        if let Some(code) = &rules.code {
            draft.put(code, code_of(self.status).into());
        }
        if let Some(message) = rules.message.0.first() {
            draft.put(message, self.message.as_str().into());
        }
        if let Some(place) = &rules.request_id {
            draft.put(place, request_id.into());
        }
        if draft.body == Some(Value::Object(Map::new())) {
            draft.body = Some(serde_json::json!({ "message": self.message }));
        }
        draft
    }
}

/// The code that goes with a status.
pub(crate) fn code_of(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 | 422 => "validation_error",
        401 => "unauthorized",
        403 => "forbidden",
        404 | 410 => "not_found",
        409 => "conflict",
        413 => "too_large",
        416 => "range_not_satisfiable",
        429 | 529 => "rate_limited",
        500 => "internal_error",
        502..=504 => "unavailable",
        _ => "error",
    }
}
