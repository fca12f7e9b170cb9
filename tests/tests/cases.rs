//! Every case, through every face. `CASE=name` runs those whose name contains it, `FACES=library` leaves the command line out, and
//! `UPDATE_CASES=1` rewrites what is expected.

#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tieline::Connector;
use tieline_tests::call::Call;
use tieline_tests::case::{Case, Manifest};
use tieline_tests::exchange::Exchange;
use tieline_tests::library::Outcome;
use tieline_tests::listen::listen;
use tieline_tests::script::Script;
use tieline_tests::{command_line, expectation, library, secrets};

/// The longest that the other faces, whose time is real, may have to wait.
const PATIENCE: Duration = Duration::from_millis(500);

#[test]
fn requests_are_what_the_cases_say() {
    each(Case::all("cases/request"), |case| {
        let (calls, connector) = (case.calls()?, case.connector()?);
        let (explained, log) = listen(|| library::explain(connector, &calls[0]));
        secrets::absent("the log", &log)?;
        secrets::absent("the explanation", &format!("{explained:?}"))?;
        match &explained {
            Ok(request) => {
                expectation::absent(case, "error.json")?;
                expectation::text(case, "request.http", request)?;
            }
            Err(error) => {
                expectation::absent(case, "request.http")?;
                expectation::json(case, "error.json", error)?;
            }
        }
        if library_alone() {
            return Ok(Played::LibraryAlone("FACES=library"));
        }
        if !calls[0].params.is_object() {
            return Ok(Played::LibraryAlone("the command line puts parameters together by name"));
        }
        let first_line =
            |request: &String| request.lines().find(|line| !line.starts_with('#')).unwrap_or_default().to_owned();
        match (explained.as_ref().map(first_line), command_line::explain(case, &calls[0])?) {
            (Ok(line), Ok(told)) if line == told => Ok(Played::Everywhere),
            (Err(error), Err(told)) if *error == told => Ok(Played::Everywhere),
            (library, told) => {
                Err(format!("tieline explain differs from the library\nlibrary: {library:?}\nexplain: {told:?}"))
            }
        }
    });
}

#[test]
fn answers_are_what_the_cases_say_through_every_face() {
    each(Case::all("cases/execute"), answers);
}

#[test]
fn the_built_in_connectors_answer_as_their_cases_say_through_every_face() {
    each(Case::all_of_connectors(), answers);
}

/// Through which faces a case was played.
enum Played {
    Everywhere,
    /// Why the others cannot play it.
    LibraryAlone(&'static str),
}

fn answers(case: &Case) -> Result<Played, String> {
    let (connector, calls, exchanges) = (case.connector()?, case.calls()?, case.exchanges()?);
    let server = server(&connector, &calls[0]);
    let script = Arc::new(Script::new(exchanges.clone(), server.as_deref()));
    let (outcome, log) = listen(|| in_paused_time(library::execute(connector.clone(), &calls, script.clone())));
    no_faults(&script)?;
    secrets::absent("the log", &log)?;
    secrets::absent("what the library gives", &outcome.printed)?;
    secrets::absent("what the library gives as JSON", &Value::from(outcome.answers.clone()).to_string())?;
    expected(case, &outcome)?;
    same_as_a_stream(&connector, &calls, &exchanges, &outcome)?;
    if library_alone() {
        return Ok(Played::LibraryAlone("FACES=library"));
    }
    let server = match playable(server, &connector, &calls, &exchanges, outcome.took) {
        Ok(server) => server,
        Err(reason) => return Ok(Played::LibraryAlone(reason)),
    };
    for (face, run) in [("execute", command_line::execute as Run), ("batch", command_line::batch)] {
        if face == "batch" && !calls.iter().all(Call::stands_alone) {
            continue;
        }
        let script = Arc::new(Script::new(exchanges.clone(), None));
        let answers = run(case, &calls, &script, &server).map_err(|error| format!("tieline {face}: {error}"))?;
        no_faults(&script).map_err(|fault| format!("tieline {face}: {fault}\n{}", Value::from(answers.clone())))?;
        for (answer, expected) in answers.iter().zip(&outcome.answers) {
            if answer != expected {
                return Err(format!(
                    "tieline {face} differs from the library\nlibrary: {expected:#}\n{face}: {answer:#}"
                ));
            }
        }
    }
    Ok(Played::Everywhere)
}

/// The records of a whole list, one by one, are those of its envelope.
fn same_as_a_stream(
    connector: &Arc<Connector>,
    calls: &[Call],
    exchanges: &[Exchange],
    outcome: &Outcome,
) -> Result<(), String> {
    let ([call], [answer]) = (calls, outcome.answers.as_slice()) else { return Ok(()) };
    if !call.all {
        return Ok(());
    }
    let script = Arc::new(Script::new(exchanges.to_vec(), server(connector, call).as_deref()));
    let records = in_paused_time(library::records(connector.clone(), calls, script.clone()));
    no_faults(&script).map_err(|fault| format!("as a stream: {fault}"))?;
    let Some((records, error)) = records else { return Ok(()) };
    let told = error.as_ref().map(tieline::Error::to_json).unwrap_or_default();
    let same_records = answer.get("data").map_or(records.is_empty(), |data| *data == Value::Array(records.clone()));
    let same_error = told["error"] == answer["error"] && (error.is_none() || told["next"] == answer["next"]);
    if same_records && same_error {
        return Ok(());
    }
    Err(format!("as a stream it differs: {} {told}", Value::from(records)))
}

/// Whether the command line is left out.
fn library_alone() -> bool {
    std::env::var("FACES").is_ok_and(|faces| faces == "library")
}

type Run = fn(&Case, &[Call], &Arc<Script>, &str) -> Result<Vec<Value>, String>;

fn expected(case: &Case, outcome: &Outcome) -> Result<(), String> {
    match outcome.answers.as_slice() {
        [error] if error.get("error").is_some() => {
            expectation::absent(case, "envelope.json")?;
            expectation::json(case, "error.json", error)?;
        }
        [envelope] => {
            expectation::absent(case, "error.json")?;
            expectation::json(case, "envelope.json", envelope)?;
        }
        several => {
            expectation::absent(case, "error.json")?;
            expectation::json(case, "envelope.json", &several.into())?;
        }
    }
    match (case.file("tokens.json"), &outcome.tokens) {
        (Some(_), Some(tokens)) => expectation::json(case, "tokens.json", tokens),
        (Some(_), None) => Err("tokens.json is there, but the token store is empty".to_owned()),
        (None, _) => Ok(()),
    }
}

/// Where a case can be played to another process, or why it cannot be.
fn playable(
    server: Option<String>,
    connector: &Connector,
    calls: &[Call],
    exchanges: &[Exchange],
    took: Duration,
) -> Result<String, &'static str> {
    let server = server
        .filter(|server| server.starts_with("https://"))
        .ok_or("the server is no https origin that the call decides")?;
    let fails = |exchange: &Exchange| exchange.failure.is_some() || exchange.delay > 0.0;
    let unsaid = |call: &Call| {
        call.range.is_some()
            || call.deadline.is_some()
            || call.max_response_bytes.is_some()
            || call.token_store.is_some()
            || call.allow_http
    };
    if exchanges.iter().any(fails) {
        return Err("a server cannot fail like this");
    }
    if exchanges.iter().any(|exchange| exchange.request.origin.as_ref().is_some_and(|origin| *origin != server)) {
        return Err("it needs a second server");
    }
    let names_plain_http = |exchange: &Exchange| {
        exchange.response.iter().any(|answer| answer.headers.values().any(|value| value.contains("http://")))
    };
    if exchanges.iter().any(names_plain_http) {
        return Err("the server on this machine speaks plain http itself");
    }
    if calls.iter().any(unsaid) {
        return Err("the command line has no flag for it");
    }
    if calls.len() > 1 && connector.head().auth.values().any(|scheme| scheme.oauth2.is_some()) {
        return Err("two processes do not share a connection");
    }
    if took > PATIENCE {
        return Err("it would really have to wait");
    }
    Ok(server)
}

/// The origin of the server, when no token decides it.
fn server(connector: &Connector, call: &Call) -> Option<String> {
    let value = |name: &str| {
        let name = name.strip_prefix("config.")?;
        let given = call.config.get(name).or(connector.head().config.get(name)?.default.as_ref());
        Some(given?.as_str()?.to_owned())
    };
    let url = connector.head().server.render(value).ok()?;
    Some(url::Url::parse(&url).ok()?.origin().ascii_serialization())
}

fn no_faults(script: &Script) -> Result<(), String> {
    let faults = script.faults();
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

fn in_paused_time<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap().block_on(future)
}

/// Runs every case, and tells of all that fail.
fn each(cases: Vec<Case>, run: impl Fn(&Case) -> Result<Played, String>) {
    assert!(!cases.is_empty(), "there are no cases");
    let wanted = std::env::var("CASE").unwrap_or_default();
    let mut failed = Vec::new();
    let mut ran = 0;
    for case in cases.iter().filter(|case| case.name().contains(&wanted)) {
        ran += 1;
        let unread = || match case.unread().as_slice() {
            [] => Ok(()),
            files => Err(format!("nobody reads {}", files.join(", "))),
        };
        let played = run(case).and_then(|played| unread().map(|()| played));
        if let Ok(Played::LibraryAlone(reason)) = &played {
            println!("{}: through the library alone ({reason})", case.name());
        }
        if let Err(fault) = played {
            let of = match case.manifest() {
                Manifest::Own => String::new(),
                Manifest::BuiltIn(connector) => format!("{connector}/"),
            };
            failed.push(format!("── {of}{}\n{fault}\n", case.name()));
        }
    }
    println!("{ran} cases");
    if !failed.is_empty() {
        panic!("{} of {ran} cases failed\n{}", failed.len(), failed.join("\n"));
    }
}
