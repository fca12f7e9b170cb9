//! Whether to send again, and when.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::RETRY_AFTER;
use serde_json::Value;

use crate::connect::Clock;
use crate::extract::Document;
use crate::manifest::Retry;

const BASE_DELAY: Duration = Duration::from_millis(500);
const MAX_DELAY: Duration = Duration::from_secs(60);

impl Retry {
    /// Whether an answer with this status may be followed by another attempt.
    pub(super) fn wants(&self, status: u16, repeatable: Repeatable) -> bool {
        (repeatable != Repeatable::Done && self.always().contains(&status))
            || (repeatable == Repeatable::Yes && self.when_repeatable().contains(&status))
    }

    /// The longest wait between attempts.
    pub(super) fn longest_delay(&self) -> Duration {
        self.max_delay.map_or(MAX_DELAY, |delay| delay.duration())
    }

    /// The wait before the next attempt: exponential, with full jitter.
    pub(super) fn delay(&self, attempt: u32, clock: &dyn Clock) -> Duration {
        let base = self.base_delay.map_or(BASE_DELAY, |delay| delay.duration());
        let ceiling = base.saturating_mul(2_u32.saturating_pow(attempt - 1)).min(self.longest_delay());
        let share = (clock.random() >> 11) as f64 / (1_u64 << 53) as f64;
        ceiling.mul_f64(share)
    }

    /// How long the API asks to wait: seconds, or a date (RFC 9110 section 10.2.3).
    pub(super) fn asked_delay(
        &self,
        headers: &HeaderMap,
        document: &Document<'_>,
        now: SystemTime,
    ) -> Option<Duration> {
        let text = match &self.retry_after {
            Some(lookup) => match document.lookup(lookup)? {
                Value::String(text) => text,
                Value::Number(number) => number.to_string(),
                Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
            },
            None => headers.get(RETRY_AFTER)?.to_str().ok()?.to_owned(),
        };
        let text = text.trim();
        match text.parse::<f64>() {
            Ok(seconds) if seconds.is_finite() && (0.0..1e9).contains(&seconds) => {
                Some(Duration::from_secs_f64(seconds))
            }
            Ok(_) => None,
            Err(_) => httpdate::parse_http_date(text).ok().map(|date| date.duration_since(now).unwrap_or_default()),
        }
    }
}

/// Whether a request may be sent twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeatable {
    Yes,
    No,
    /// It may not, and the API has done what was asked: not even an answer that says "try again" makes it go out again.
    Done,
}

impl Repeatable {
    /// The same once the API has done what was asked.
    pub(super) fn once_done(self) -> Self {
        match self {
            Self::Yes => Self::Yes,
            Self::No | Self::Done => Self::Done,
        }
    }
}
