//! Whether to send again, and when.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use http::header::RETRY_AFTER;
use serde_json::Value;

use crate::connect::Clock;
use crate::extract::Document;
use crate::manifest::{Retry, WaitUnit};

const BASE_DELAY: Duration = Duration::from_millis(500);
const MAX_DELAY: Duration = Duration::from_secs(60);
/// A number of seconds from which on nobody means a wait.
const LONGEST_ASKED: f64 = 1e9;

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

    /// How long the API asks to wait: a number of what the rules say, or a date (RFC 9110 section 10.2.3).
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
        let Ok(number) = text.parse::<f64>() else {
            return httpdate::parse_http_date(text).ok().map(|date| date.duration_since(now).unwrap_or_default());
        };
        let seconds = match self.retry_after_in.unwrap_or(WaitUnit::Seconds) {
            WaitUnit::Seconds => number,
            WaitUnit::Milliseconds => number / 1e3,
            WaitUnit::UnixTimestamp => {
                let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
                if number < now.as_secs_f64() { 0.0 } else { number - now.as_secs_f64() }
            }
        };
        (0.0..LONGEST_ASKED).contains(&seconds).then(|| Duration::from_secs_f64(seconds))
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

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use bytes::Bytes;
    use http::HeaderMap;
    use http::header::{HeaderValue, RETRY_AFTER};

    use crate::extract::Document;
    use crate::manifest::{Retry, WaitUnit};

    #[test]
    fn the_api_says_how_long_to_wait() {
        let now = UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        let millis = |millis| Some(Duration::from_millis(millis));
        let date = "Sun, 09 Sep 2001 01:46:45 GMT";
        for (unit, said, expected) in [
            (None, "3", millis(3_000)),
            (None, " 0.5 ", millis(500)),
            (None, "-1", None),
            (None, "1e9", None),
            (None, "NaN", None),
            (None, "soon", None),
            (None, date, millis(5_000)),
            (None, "Sun, 09 Sep 2001 01:46:35 GMT", millis(0)),
            (Some(WaitUnit::Seconds), "3", millis(3_000)),
            (Some(WaitUnit::Milliseconds), "250", millis(250)),
            (Some(WaitUnit::Milliseconds), "-250", None),
            (Some(WaitUnit::Milliseconds), date, millis(5_000)),
            (Some(WaitUnit::UnixTimestamp), "1000000007", millis(7_000)),
            (Some(WaitUnit::UnixTimestamp), "1000000000", millis(0)),
            (Some(WaitUnit::UnixTimestamp), "999999990", millis(0)),
            (Some(WaitUnit::UnixTimestamp), "-inf", millis(0)),
            (Some(WaitUnit::UnixTimestamp), "NaN", None),
            (Some(WaitUnit::UnixTimestamp), "inf", None),
            (Some(WaitUnit::UnixTimestamp), "1000000007000", None),
            (Some(WaitUnit::UnixTimestamp), date, millis(5_000)),
        ] {
            let rules = Retry { retry_after_in: unit, ..Retry::default() };
            let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_str(said).unwrap())]);
            let asked = rules.asked_delay(&headers, &Document::new(&headers, &Bytes::new()), now);
            assert_eq!(asked, expected, "{said} in {unit:?}");
        }
        let rules = Retry { retry_after_in: Some(WaitUnit::UnixTimestamp), ..Retry::default() };
        let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static("5"))]);
        let before_1970 = UNIX_EPOCH - Duration::from_secs(10);
        let asked = rules.asked_delay(&headers, &Document::new(&headers, &Bytes::new()), before_1970);
        assert_eq!(asked, Some(Duration::from_secs(5)), "a clock that has jumped");
    }
}
