//! `tieline batch`: calls as JSON lines on stdin, answers as JSON lines on stdout, in the order they finish.

use std::num::NonZero;
use std::sync::Arc;

use clap::Args;
use futures_util::StreamExt as _;
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tieline::{Call, Connection, Error, ErrorKind};
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, BufReader};

use crate::args::ConnectionArgs;
use crate::connect::{Destination, Identity, connect};
use crate::output::in_one_line;
use crate::stop::{Stop, invalid};
use crate::target::Target;
use crate::{connector, runtime};

/// A longer line is answered with an error, and not kept.
const LONGEST_LINE: usize = 16 << 20;

/// The calls to make.
#[derive(Args)]
#[command(after_help = r#"Each line is one call; its answer carries the same id:
  {"id": 1, "entity": "users", "action": "list", "params": {"page_size": 10}}
  {"id":1,"data":[…],"meta":{…},"next":null}
`all`, `max_pages`, `max_records`, `next` and `fields` are as the options of execute; `range` asks for a part of a file.
A line that fails is answered with {"id": …, "error": {…}}; the others go on. Where pages had come before one that fails,
the answer has them too, and `next` goes on there: {"id": …, "data": […], "meta": {…}, "next": "…", "error": {…}}.

Examples:
  tieline batch notion --concurrency 8 < calls.jsonl > answers.jsonl"#)]
pub(crate) struct BatchArgs {
    /// A built-in connector, or the path of a manifest or OpenAPI document
    pub connector: String,
    /// How many calls are made at the same time
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub concurrency: u16,
    /// Call a mock of the API, made from the manifest, inside this process. Needs no credentials
    #[arg(long, help_heading = "Connection")]
    pub mock: bool,
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

/// Makes the calls.
pub(crate) fn run(args: &BatchArgs) -> Result<(), Stop> {
    let connector = Arc::new(connector::find(&args.connector)?);
    let (destination, identity) = match args.mock {
        true => (Destination::Mock, Identity::MadeUp),
        false => (Destination::Network, Identity::Users),
    };
    runtime::run(async {
        let connection = connect(&connector, &args.connection, destination, identity)?;
        let lines = lines(BufReader::new(tokio::io::stdin()), LONGEST_LINE);
        let mut answers =
            std::pin::pin!(lines.map(|line| answer(&connection, line)).buffer_unordered(args.concurrency.into()));
        let mut target = Target::open(None)?;
        while let Some(answer) = answers.next().await {
            target.write(&answer?)?;
            target.flush()?;
        }
        target.finish()
    })
}

/// One line of stdin.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    /// Its text.
    Text(Vec<u8>),
    /// It was longer than is kept.
    TooLong,
}

/// The lines of a stream, without those that are blank.
fn lines(input: impl AsyncBufRead + Unpin, longest: usize) -> impl Stream<Item = std::io::Result<Line>> {
    stream::try_unfold(input, move |mut input| async move {
        loop {
            match next_line(&mut input, longest).await? {
                Some(Line::Text(text)) if text.trim_ascii().is_empty() => {}
                Some(line) => return Ok(Some((line, input))),
                None => return Ok(None),
            }
        }
    })
}

async fn next_line(input: &mut (impl AsyncBufRead + Unpin), longest: usize) -> std::io::Result<Option<Line>> {
    let mut text = Vec::new();
    let mut is_too_long = false;
    loop {
        let buffer = input.fill_buf().await?;
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let (piece, used) = match end {
            Some(end) => (&buffer[..end], end + 1),
            None => (buffer, buffer.len()),
        };
        is_too_long |= text.len() + piece.len() > longest;
        if is_too_long {
            text = Vec::new();
        } else {
            text.extend_from_slice(piece);
        }
        let is_over = end.is_some() || (used == 0 && (is_too_long || !text.is_empty()));
        if !is_over && used == 0 {
            return Ok(None);
        }
        input.consume(used);
        if is_over {
            return Ok(Some(if is_too_long { Line::TooLong } else { Line::Text(text) }));
        }
    }
}

/// A call as it stands on a line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BatchCall<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    entity: String,
    action: String,
    #[serde(default)]
    params: Option<Value>,
    #[serde(default)]
    all: bool,
    #[serde(default)]
    max_pages: Option<NonZero<usize>>,
    #[serde(default)]
    max_records: Option<NonZero<usize>>,
    #[serde(default)]
    next: Option<String>,
    #[serde(default)]
    fields: Vec<String>,
    #[serde(default)]
    range: Option<String>,
}

impl BatchCall<'_> {
    /// The call that the line describes.
    fn on(self, connection: &Connection) -> Call {
        let params = self.params.unwrap_or_else(|| Value::Object(serde_json::Map::new()));
        let mut call = connection.call(&self.entity, &self.action).params(params).fields(self.fields).validated();
        if self.all {
            call = call.all();
        }
        if let Some(pages) = self.max_pages {
            call = call.max_pages(pages.get());
        }
        if let Some(records) = self.max_records {
            call = call.max_records(records.get());
        }
        if let Some(next) = self.next {
            call = call.next(next);
        }
        if let Some(range) = self.range {
            call = call.range(range);
        }
        call
    }
}

/// The answer to a line, as a line. It fails only when stdin does.
async fn answer(connection: &Connection, line: std::io::Result<Line>) -> Result<Vec<u8>, Stop> {
    let text = match line {
        Ok(Line::Text(text)) => text,
        Ok(Line::TooLong) => {
            let message = format!("the line is longer than {} MiB", LONGEST_LINE >> 20);
            return Ok(joined("null", &Error::new(ErrorKind::TooLarge, message).to_answer()));
        }
        Err(error) => return Err(invalid(format!("stdin cannot be read: {error}")).into()),
    };
    let call: BatchCall<'_> = match serde_json::from_slice(&text) {
        Ok(call) => call,
        Err(error) => {
            let error = invalid(format!("the line is no call: {error}"))
                .with_help(r#"write {"id": 1, "entity": "…", "action": "…", "params": {…}}"#);
            return Ok(joined(&id_of(&text), &error.to_answer()));
        }
    };
    let id = call.id.map_or("null", RawValue::get);
    let result = call.on(connection).execute().await;
    Ok(joined(id, &result.map_or_else(|error| error.to_answer(), |envelope| envelope.to_json())))
}

/// The id of a line that is no call, where it has one all the same.
fn id_of(line: &[u8]) -> String {
    let value: Option<Value> = serde_json::from_slice(line).ok();
    value.and_then(|value| value.get("id").map(Value::to_string)).unwrap_or_else(|| "null".to_owned())
}

/// The keys of a JSON object after an id, as one line.
fn joined(id: &str, object: &[u8]) -> Vec<u8> {
    let rest = object.strip_prefix(b"{").unwrap_or(object);
    let mut line = format!("{{\"id\":{id},").into_bytes();
    line.extend_from_slice(&in_one_line(rest));
    line.push(b'\n');
    line
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use futures_util::TryStreamExt as _;

    use super::*;

    async fn read(input: &'static [u8], capacity: usize, longest: usize) -> Vec<Line> {
        lines(BufReader::with_capacity(capacity, input), longest).try_collect().await.unwrap()
    }

    #[tokio::test]
    async fn lines_are_cut_at_line_breaks_and_blank_ones_left_out() {
        let text = |text: &str| Line::Text(text.as_bytes().to_vec());
        for capacity in [1, 3, 100] {
            assert_eq!(read(b"ab\n\n  \ncd", capacity, 10).await, [text("ab"), text("cd")]);
            assert_eq!(read(b"", capacity, 10).await, []);
            assert_eq!(
                read(b"0123456789\n01234567890\nab\n0123456789ab", capacity, 10).await,
                [text("0123456789"), Line::TooLong, text("ab"), Line::TooLong]
            );
        }
    }

    #[test]
    fn an_answer_is_one_line_with_the_id_in_front() {
        assert_eq!(joined("7", b"{\"data\":\n[1]}"), b"{\"id\":7,\"data\": [1]}\n");
        assert_eq!(id_of(b"{\"id\": \"a\", \"entity\": 1}"), "\"a\"");
        assert_eq!(id_of(b"{\"id\": 1"), "null");
    }
}
