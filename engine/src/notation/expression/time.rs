//! Time in expressions. A time is a number: seconds since 1970-01-01 in UTC. So is a length of time, and the two can be added.

use std::collections::BTreeMap;
use std::time::SystemTime;

use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use jiff::{Span, SpanRelativeTo, Timestamp, Zoned};
use minijinja::value::{Value, from_args};
use minijinja::{Error, ErrorKind};

use super::environment::unknown_method;

/// The functions that need to know what time it is.
pub(super) fn functions(now: SystemTime) -> Result<Value, String> {
    let now = Timestamp::try_from(now).map_err(|error| error.to_string())?.to_zoned(TimeZone::UTC);
    let [at, of_day, today] = [now.clone(), now.clone(), now];
    let at = move |offset: Option<String>| moved(&at, offset.as_deref());
    let functions = BTreeMap::from([
        ("now", Value::from_function(at.clone())),
        ("now_utc", Value::from_function(at)),
        ("today_utc", Value::from_function(move || midnight(&today).map(|day| day.timestamp().as_second()))),
        (
            "day_delta",
            Value::from_function(move |days: i64, format: Option<String>| {
                let span = Span::new().try_days(days).map_err(misfit)?;
                formatted(
                    &of_day.checked_add(span).map_err(misfit)?,
                    format.as_deref().unwrap_or("%Y-%m-%dT%H:%M:%S.%f%z"),
                )
            }),
        ),
    ]);
    Ok(Value::from(functions))
}

/// `now('-P1M')`: in whole months too, which have no fixed length.
fn moved(now: &Zoned, offset: Option<&str>) -> Result<i64, Error> {
    let span: Span = offset.unwrap_or("PT0S").parse().map_err(misfit)?;
    now.checked_add(span).map(|moved| moved.timestamp().as_second()).map_err(misfit)
}

fn midnight(now: &Zoned) -> Result<Zoned, Error> {
    now.start_of_day().map_err(misfit)
}

/// `duration('P1DT2H')`: in seconds. Days have 24 hours and weeks 7 days.
pub(super) fn duration(text: String) -> Result<i64, Error> {
    let span: Span = text.parse().map_err(misfit)?;
    if span.get_years() != 0 || span.get_months() != 0 {
        let message = format!("`{text}`: months and years have no fixed length; write `now('-{text}')`");
        return Err(Error::new(ErrorKind::InvalidOperation, message));
    }
    span.to_duration(SpanRelativeTo::days_are_24_hours()).map(|duration| duration.as_secs()).map_err(misfit)
}

/// The methods of times.
pub(super) fn method(seconds: i64, method: &str, args: &[Value]) -> Result<Value, Error> {
    let time = || Timestamp::from_second(seconds).map(|time| time.to_zoned(TimeZone::UTC)).map_err(misfit);
    match method {
        "strftime" => {
            let (format,): (&str,) = from_args(args)?;
            formatted(&time()?, format).map(Value::from)
        }
        "isoformat" => {
            from_args::<()>(args).and_then(|()| formatted(&time()?, "%Y-%m-%dT%H:%M:%S%:z")).map(Value::from)
        }
        "timestamp" => from_args::<()>(args).map(|()| Value::from(seconds)),
        _ => Err(unknown_method(&Value::from(seconds), method)),
    }
}

/// The longest format that is read, in bytes.
const MAX_FORMAT: usize = 200;

/// A time in a format of C's `strftime`, with `%f` as Python has it: six digits.
fn formatted(time: &Zoned, format: &str) -> Result<String, Error> {
    if format.len() > MAX_FORMAT {
        let message = format!("a time format of {} bytes; {MAX_FORMAT} is the limit", format.len());
        return Err(Error::new(ErrorKind::InvalidOperation, message));
    }
    let format = format.split("%%").map(|part| part.replace("%f", "%6f")).collect::<Vec<_>>().join("%%");
    strtime::format(format, time).map_err(misfit)
}

fn misfit(error: jiff::Error) -> Error {
    Error::new(ErrorKind::InvalidOperation, error.to_string())
}
