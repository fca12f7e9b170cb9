//! `tieline execute`: one call, and its result.

use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;

use clap::Args;
use futures_util::stream::{self, Stream, StreamExt as _};
use serde_json::json;
use tieline::execute::{Data, Download, Page};
use tieline::plan::{Answer, Operation};
use tieline::{Call, Connection, Envelope, Error, ErrorKind};

use crate::args::{CallArgs, Format};
use crate::connect::{Destination, Identity, connect};
use crate::params::{self, Given};
use crate::progress::Progress;
use crate::stop::{Stop, invalid};
use crate::target::Target;
use crate::text::plain_bytes;
use crate::{connector, output, runtime};

/// The largest JSON that is set in lines for a terminal.
const LARGEST_SHOWN: usize = 64 << 20;

/// The call to make.
#[derive(Args)]
#[command(after_help = "Examples:
  tieline execute notion users list --mock
  tieline execute notion users list --all --format table --fields id,name
  tieline execute notion pages get --param page_id=0a1b… --credentials @notion.json
  tieline execute notion pages create --params @page.json
  tieline execute notion file_uploads send --param file_upload_id=0a1b… --param file=@photo.png
  tieline execute ./my-api/connector.yaml items list --format jsonl --all > items.jsonl

Exit codes: 0 it worked; 1 the API, the network or the machine failed; 2 the credentials do not do;
3 there is no such thing; 4 the input is wrong.")]
pub(crate) struct ExecuteArgs {
    #[command(flatten)]
    pub call: CallArgs,
    /// How to print the result; json when left out
    #[arg(long, value_enum, help_heading = "Output")]
    pub format: Option<Format>,
    /// Write the result (or the downloaded file) there instead of to stdout
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
}

/// Makes the call.
pub(crate) fn run(args: &ExecuteArgs) -> Result<(), Stop> {
    let connector = Arc::new(connector::find(&args.call.connector)?);
    let operation = connector.operation(&args.call.entity, &args.call.action)?;
    let given = params::read(&connector, operation, &args.call)?;
    let (destination, identity) = match args.call.mock {
        true => (Destination::Mock, Identity::MadeUp),
        false => (Destination::Network, Identity::Users),
    };
    runtime::run(async {
        let connection = connect(&connector, &args.call.connection, destination, identity)?;
        let call = call(&connection, &args.call, given);
        match way(operation, args) {
            Way::File => {
                // A file that cannot be written is better known before the call.
                let target = Target::open(args.output.as_deref())?;
                file(target, call.download().await?, args.output.as_deref()).await
            }
            Way::Lines => lines(call, args).await,
            Way::Whole => whole(call, args, operation).await,
        }
    })
}

/// The call that the options describe.
pub(crate) fn call(connection: &Connection, args: &CallArgs, given: Given) -> Call {
    let mut call = given.onto(connection.call(&args.entity, &args.action)).fields(&args.fields).validated();
    if args.all {
        call = call.all();
    }
    if let Some(pages) = args.max_pages {
        call = call.max_pages(pages);
    }
    if let Some(records) = args.max_records {
        call = call.max_records(records);
    }
    if let Some(next) = &args.next {
        call = call.next(next);
    }
    call
}

/// How a result is passed on.
enum Way {
    /// As the file that it is, while it arrives.
    File,
    /// Record by record, while they arrive.
    Lines,
    /// As one envelope.
    Whole,
}

fn way(operation: &Operation, args: &ExecuteArgs) -> Way {
    match (&operation.answer, args.format) {
        (Answer::File(_), None) => Way::File,
        (Answer::File(_), Some(_)) if args.output.is_some() => Way::File,
        (Answer::List(_) | Answer::One(_), Some(Format::Jsonl)) if walks(operation, &args.call) => Way::Lines,
        (Answer::File(_) | Answer::List(_) | Answer::One(_), _) => Way::Whole,
    }
}

/// Whether more than one page is wanted of what has pages.
fn walks(operation: &Operation, args: &CallArgs) -> bool {
    operation.has_pages() && (args.all || args.max_pages.is_some() || args.max_records.is_some())
}

async fn whole(call: Call, args: &ExecuteArgs, operation: &Operation) -> Result<(), Stop> {
    // A file that cannot be written is better known before the call.
    let mut target = Target::open(args.output.as_deref())?;
    let result = match walks(operation, &args.call) {
        true => all_pages(call).await,
        false => call.execute().await,
    };
    let (format, fields) = (args.format.unwrap_or(Format::Json), &args.call.fields);
    match result {
        Ok(envelope) => {
            output::envelope(&mut target, format, fields, &envelope)?;
            target.finish()
        }
        Err(error) => {
            output::so_far(&mut target, format, fields, &error)?;
            Err(broken_off(target, error))
        }
    }
}

/// Ends what was written before it could be whole, and says where that is.
fn broken_off(target: Target, error: Error) -> Stop {
    let kept = match target.finish_in_part() {
        Ok(kept) => kept,
        Err(stop) => return stop,
    };
    let Some(path) = kept else { return error.into() };
    let help = error.help().map(|help| format!("{help}; ")).unwrap_or_default();
    error.with_help(format!("{help}what had come is in {}", path.display())).into()
}

/// The pages of a list, until the user gives up: then an error that says where it goes on.
fn pages(call: Call) -> impl Stream<Item = Result<Page, Error>> {
    stream::unfold((call.pages(), None), |(mut pages, next)| async move {
        let page = tokio::select! {
            biased;
            page = pages.next() => page?,
            () = runtime::interrupted() => Err(runtime::cancelled().with_next(next)),
        };
        let next = page.as_ref().ok().and_then(|page| page.next.clone());
        Some((page, (pages, next)))
    })
}

/// All records, and the meta of the last page.
async fn all_pages(call: Call) -> Result<Envelope, Error> {
    let progress = Progress::of_pages();
    let mut pages = pin!(pages(call));
    let mut records = Vec::new();
    let mut last = None;
    for number in 1.. {
        let page = match (pages.next().await, last.take()) {
            (Some(Ok(page)), _) => page,
            (Some(Err(error)), Some((meta, next))) => return Err(error.after(Page { records, meta, next })),
            (Some(Err(error)), None) => return Err(error),
            (None, end) => {
                last = end;
                break;
            }
        };
        records.extend(page.records);
        progress.say(format!("{} records in {number} pages", records.len()));
        last = Some((page.meta, page.next));
    }
    let (meta, next) = last.unwrap_or_default();
    Ok(Envelope { data: Data::Records(records), meta, next: Some(next) })
}

async fn lines(call: Call, args: &ExecuteArgs) -> Result<(), Stop> {
    let mut target = Target::open(args.output.as_deref())?;
    let progress = Progress::of_pages();
    let mut pages = pin!(pages(call));
    let mut records = 0;
    for number in 1.. {
        let page = match pages.next().await {
            Some(Ok(page)) => page,
            Some(Err(error)) => {
                output::so_far(&mut target, Format::Jsonl, &args.call.fields, &error)?;
                return Err(broken_off(target, error));
            }
            None => break,
        };
        for record in &page.records {
            output::line(&mut target, record)?;
        }
        target.flush()?;
        records += page.records.len();
        progress.say(format!("{records} records in {number} pages"));
    }
    target.finish()
}

/// Passes a file on as it arrives. It goes where `--output` says: no name that the API gives decides about a path.
pub(crate) async fn file(target: Target, download: Download, output: Option<&Path>) -> Result<(), Stop> {
    let content_type = download.content_type.clone();
    let is_text = content_type.as_deref().is_some_and(|name| name.starts_with("text/") || name.contains("json"));
    if target.is_terminal() && !is_text {
        let kind = content_type.as_deref().unwrap_or("of unknown type");
        let error = invalid(format!("the file ({kind}) is not for a terminal"));
        return Err(error.with_help("write it to a file with --output FILE, or into a pipe").into());
    }
    let (target, bytes) = poured(target, download).await?;
    target.finish()?;
    match output {
        None => Ok(()),
        Some(path) => {
            let file = json!({ "file": path.display().to_string(), "bytes": bytes, "content_type": content_type });
            output::print_json(&json!({ "data": file, "meta": {} }))
        }
    }
}

/// Passes JSON on as it arrives; to a person in lines, once it is all there.
pub(crate) async fn json(mut target: Target, download: Download) -> Result<(), Stop> {
    if target.is_terminal() {
        let whole = download.body.collect(LARGEST_SHOWN).await;
        let whole = whole.map_err(|error| Error::new(ErrorKind::Unavailable, error.message))?;
        let whole = whole.ok_or_else(|| {
            let message = format!("the answer is larger than {} MiB", LARGEST_SHOWN >> 20);
            Error::new(ErrorKind::TooLarge, message).with_help("write it to a file with --output FILE, or into a pipe")
        })?;
        output::json_text(&mut target, &whole)?;
        return target.finish();
    }
    let (mut target, _) = poured(target, download).await?;
    target.write(b"\n")?;
    target.finish()
}

/// Writes what comes while it arrives; gives how much it was.
async fn poured(mut target: Target, download: Download) -> Result<(Target, u64), Stop> {
    let Download { length, body, .. } = download;
    let progress = Progress::of_bytes(length);
    let mut stream = body.into_stream();
    let mut bytes: u64 = 0;
    while let Some(chunk) = stream.next().await {
        let chunk = match chunk {
            Ok(chunk) => chunk,
            Err(error) => return Err(broken_off(target, Error::new(ErrorKind::Unavailable, error.message))),
        };
        if target.is_terminal() {
            target.write(&plain_bytes(&chunk))?;
        } else {
            target.write(&chunk)?;
        }
        bytes += chunk.len() as u64;
        progress.add(chunk.len());
    }
    drop(progress);
    match length.filter(|expected| *expected != bytes) {
        Some(expected) => {
            let message = format!("the download ended after {bytes} of {expected} bytes");
            Err(broken_off(target, Error::new(ErrorKind::Unavailable, message)))
        }
        None => Ok((target, bytes)),
    }
}
