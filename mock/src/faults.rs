//! Faults to order: `429:3,500:1,slow:2s,drop:1`.

use std::collections::VecDeque;
use std::str::FromStr;
use std::time::Duration;

use http::StatusCode;
use tieline::notation::Millis;

/// What goes wrong, in the order in which it was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// How long every answer takes.
    pub delay: Duration,
    queue: VecDeque<(Fault, u32)>,
}

/// What goes wrong with one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is answered with a status, and told when to come again.
    Status(StatusCode, Option<u64>),
    /// The connection breaks.
    Drop,
}

/// What `Retry-After` says when nothing else was asked for, in seconds.
const RETRY_AFTER: u64 = 1;

impl Faults {
    /// Reads faults, separated by commas:
    ///
    /// - `429:3`: three requests are answered with this status; 429, 503 and 529 come with `Retry-After: 1`;
    /// - `429:3@0`: the same with `Retry-After: 0`;
    /// - `drop:1`: the connection of one request breaks;
    /// - `slow:2s`: every answer takes two seconds.
    ///
    /// # Errors
    /// A sentence that names the item that cannot be read.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut faults = Self::default();
        for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            let (what, how) = item.split_once(':').ok_or_else(|| {
                format!("`{item}` is not a fault; write `429:3`, `429:3@0`, `500:1`, `drop:1` or `slow:2s`")
            })?;
            match what {
                "slow" => faults.delay = how.parse::<Millis>().map_err(|why| format!("`{item}`: {why}"))?.duration(),
                "drop" => faults.queue.push_back((Fault::Drop, times(item, how)?)),
                status => {
                    let status = failing(item, status)?;
                    let (count, after) = match how.split_once('@') {
                        Some((count, after)) => (count, Some(seconds(item, after)?)),
                        None => (how, matches!(status.as_u16(), 429 | 503 | 529).then_some(RETRY_AFTER)),
                    };
                    faults.queue.push_back((Fault::Status(status, after), times(item, count)?));
                }
            }
        }
        Ok(faults)
    }

    /// What goes wrong with the next request.
    pub(crate) fn next(&mut self) -> Option<Fault> {
        let (fault, left) = self.queue.front_mut()?;
        let fault = *fault;
        *left -= 1;
        if *left == 0 {
            self.queue.pop_front();
        }
        Some(fault)
    }
}

impl FromStr for Faults {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::parse(text)
    }
}

fn failing(item: &str, status: &str) -> Result<StatusCode, String> {
    let known = status.parse().ok().and_then(|status| StatusCode::from_u16(status).ok());
    known
        .filter(|status| (400..600).contains(&status.as_u16()))
        .ok_or_else(|| format!("`{item}`: `{status}` is neither a status from 400 to 599 nor `slow` nor `drop`"))
}

fn times(item: &str, count: &str) -> Result<u32, String> {
    count
        .parse()
        .ok()
        .filter(|count| *count > 0)
        .ok_or_else(|| format!("`{item}`: `{count}` is not a number of requests"))
}

fn seconds(item: &str, text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("`{item}`: `{text}` is not a whole number of seconds"))
}

#[cfg(test)]
mod tests {
    use super::{Duration, Fault, Faults, StatusCode};

    #[test]
    fn faults_come_in_order_and_as_often_as_asked() {
        let mut faults = Faults::parse("429:2@0, 500:1,slow:2s,drop:1,429:1").unwrap();
        assert_eq!(faults.delay, Duration::from_secs(2));
        let limited = |after| Some(Fault::Status(StatusCode::TOO_MANY_REQUESTS, Some(after)));
        assert_eq!([faults.next(), faults.next()], [limited(0), limited(0)]);
        assert_eq!(faults.next(), Some(Fault::Status(StatusCode::INTERNAL_SERVER_ERROR, None)));
        assert_eq!(faults.next(), Some(Fault::Drop));
        assert_eq!([faults.next(), faults.next()], [limited(1), None]);
        assert_eq!(Faults::parse("").unwrap(), Faults::default());
    }

    #[test]
    fn errors_name_the_item() {
        for (text, part) in [
            ("429", "`429` is not a fault"),
            ("500:1,oops:2", "`oops` is neither"),
            ("200:1", "`200:1`"),
            ("429:x", "`x` is not a number"),
            ("429:0", "`429:0`"),
            ("429:1@soon", "`soon` is not a whole number"),
            ("slow:fast", "`slow:fast`"),
            ("drop:", "`drop:`"),
        ] {
            let error = Faults::parse(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
