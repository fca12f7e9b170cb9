//! A call's result as JSON, as lines of JSON, or as a table.

use std::borrow::Cow;

use serde_json::Value;
use tieline::execute::{Data, Page};
use tieline::{Envelope, Error, Raw};

use crate::args::Format;
use crate::stop::Stop;
use crate::table;
use crate::target::Target;
use crate::text::plain_json;

/// Writes an envelope.
///
/// # Errors
/// [`Stop::Closed`] when nobody reads stdout any more.
pub(crate) fn envelope(target: &mut Target, format: Format, fields: &[String], result: &Envelope) -> Result<(), Stop> {
    match format {
        Format::Json => json_text(target, &result.to_json()),
        Format::Jsonl => match &result.data {
            Data::Nothing => Ok(()),
            Data::Record(record) => line(target, record),
            Data::Records(records) => records.iter().try_for_each(|record| line(target, record)),
            Data::File(_) => target.write(format!("{}\n", data(result)).as_bytes()),
        },
        Format::Table => target.write(table::render(&data(result), fields).as_bytes()),
    }
}

/// Writes what had come of a list before it failed. As JSON it stands beside the error.
///
/// # Errors
/// [`Stop::Closed`] when nobody reads stdout any more.
pub(crate) fn so_far(target: &mut Target, format: Format, fields: &[String], error: &Error) -> Result<(), Stop> {
    let Some(Page { records, meta, next }) = error.so_far() else { return Ok(()) };
    match format {
        Format::Json => json_text(target, &error.to_answer()),
        Format::Jsonl | Format::Table => {
            envelope(target, format, fields, &Envelope { data: Data::Records(records), meta, next: Some(next) })
        }
    }
}

/// Writes one record as a line.
///
/// # Errors
/// [`Stop::Closed`] when nobody reads stdout any more.
pub(crate) fn line(target: &mut Target, record: &Raw) -> Result<(), Stop> {
    let line = in_one_line(record.as_bytes());
    if target.is_terminal() {
        target.write(plain_json(&String::from_utf8_lossy(&line)).as_bytes())?;
    } else {
        target.write(&line)?;
    }
    target.write(b"\n")
}

/// JSON without its line breaks. They stand between tokens, where a space does as well: within text they are escaped.
pub(crate) fn in_one_line(json: &[u8]) -> Cow<'_, [u8]> {
    let is_break = |byte: &u8| matches!(byte, b'\n' | b'\r');
    if !json.iter().any(is_break) {
        return Cow::Borrowed(json);
    }
    json.iter().map(|byte| if is_break(byte) { b' ' } else { *byte }).collect()
}

/// Writes JSON: in lines for a person, as it is for a program.
///
/// # Errors
/// [`Stop::Closed`] when nobody reads stdout any more.
pub(crate) fn json_text(target: &mut Target, json: &[u8]) -> Result<(), Stop> {
    if target.is_terminal() {
        let shown = serde_json::from_slice::<Value>(json).map(|value| format!("{value:#}"));
        let shown = shown.unwrap_or_else(|_| String::from_utf8_lossy(json).into_owned());
        target.write(plain_json(&shown).as_bytes())?;
    } else {
        target.write(json)?;
    }
    target.write(b"\n")
}

/// Writes a value as JSON to stdout.
///
/// # Errors
/// [`Stop::Closed`] when nobody reads it any more.
pub(crate) fn print_json(value: &Value) -> Result<(), Stop> {
    let mut stdout = Target::open(None)?;
    json_text(&mut stdout, value.to_string().as_bytes())?;
    stdout.finish()
}

/// Writes text to stdout.
///
/// # Errors
/// [`Stop::Closed`] when nobody reads it any more.
pub(crate) fn print_text(text: &str) -> Result<(), Stop> {
    let mut stdout = Target::open(None)?;
    stdout.write(text.as_bytes())?;
    stdout.finish()
}

fn data(result: &Envelope) -> Value {
    match &result.data {
        Data::Nothing => Value::Null,
        Data::Record(record) => record.to_value(),
        Data::Records(records) => records.iter().map(Raw::to_value).collect(),
        Data::File(_) => serde_json::from_slice::<Value>(&result.to_json())
            .ok()
            .and_then(|mut envelope| envelope.get_mut("data").map(Value::take))
            .unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_in_one_line_is_as_the_api_sent_it() {
        let record = b"{\r\n  \"id\": 12345678901234567890123,\n\t\"sum\": 1.50e2, \"text\": \"a\\nb\"\n}";
        let line = b"{    \"id\": 12345678901234567890123, \t\"sum\": 1.50e2, \"text\": \"a\\nb\" }";
        assert_eq!(in_one_line(record), &line[..]);
        assert!(matches!(in_one_line(line), Cow::Borrowed(same) if same == line));
    }
}
