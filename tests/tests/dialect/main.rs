//! What the nearest peer put on the wire and returned, for its own specifications, beside what Tieline does with the same calls: the folder that
//! `TIELINE_SPECS_DIR` names, with `recorded.jsonl`, a case a line. What differs on purpose stands in `tests/dialect-differences.yaml`.

#![expect(clippy::unwrap_used, reason = "tests")]

mod compare;
mod differences;
mod recorder;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value};
use tieline::{Connection, Connector, Credentials, ErrorKind, Source};
use tieline_openapi::Surroundings;
use tieline_tests::clock::TestClock;

use compare::Sent;
use differences::Differences;
use recorder::Recorder;

/// A call as it was recorded.
#[derive(Deserialize)]
pub(crate) struct Recorded {
    pub spec: String,
    pub entity: String,
    pub action: String,
    pub case: String,
    pub scheme: Option<String>,
    pub credentials: Value,
    pub config: Map<String, Value>,
    pub params: Value,
    pub valid: bool,
    pub token_request: Vec<Sent>,
    pub request: Vec<Sent>,
    pub response: Response,
    pub result: Option<Value>,
    pub error: Option<String>,
}

/// The answer that the call was given.
#[derive(Deserialize)]
pub(crate) struct Response {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub json: Value,
}

#[test]
fn recorded_calls_agree() {
    let Some(folder) = std::env::var_os("TIELINE_SPECS_DIR").map(PathBuf::from) else {
        println!("did not run: TIELINE_SPECS_DIR names no folder");
        return;
    };
    let file = folder.join("recorded.jsonl");
    let lines = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut connectors = BTreeMap::new();
    let mut differences = Differences::read();
    let (mut cases, mut refused, mut wrong) = (0, 0, Vec::new());
    for line in lines.lines() {
        let recorded: Recorded = serde_json::from_str(line).unwrap();
        let connector =
            connectors.entry(recorded.spec.clone()).or_insert_with(|| load(&folder, &recorded.spec)).clone();
        let Ok(connector) = connector else { continue };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        cases += 1;
        match runtime.block_on(play(&connector, &recorded)) {
            Ok(Came::Agreed) => {}
            Ok(Came::Refused) => refused += 1,
            Err(faults) => {
                let unexplained = differences.unexplained(&recorded, faults);
                let name = format!("{} {}.{} {}", recorded.spec, recorded.entity, recorded.action, recorded.case);
                wrong.extend(unexplained.into_iter().map(|fault| format!("{name}: {fault}")));
            }
        }
    }
    wrong.extend(connectors.values().filter_map(|loaded| loaded.as_ref().err().cloned()));
    println!("{cases} calls, {refused} refused that fit no schema, {} explained differences", differences.used());
    assert!(wrong.is_empty(), "{} differences\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(differences.unused(), Vec::<String>::new(), "these differences are no more: take them out");
    assert!(cases > 0, "the file holds no case");
}

fn load(folder: &Path, spec: &str) -> Result<Arc<Connector>, String> {
    let path = folder.join(format!("{spec}.yaml"));
    let text = fs::read_to_string(&path).unwrap();
    let loaded = tieline_openapi::load(&Source::new(path.display().to_string(), text), &Surroundings::default());
    loaded.map(|(connector, _)| Arc::new(connector)).map_err(|findings| findings.to_string())
}

/// What a call came to.
enum Came {
    /// It did the same.
    Agreed,
    /// It was refused before anything was sent, and its parameters do not fit the operation.
    Refused,
}

/// Makes a recorded call, and says what is different.
async fn play(connector: &Arc<Connector>, recorded: &Recorded) -> Result<Came, Vec<String>> {
    let recorder = Arc::new(Recorder::new(recorded));
    let mut builder = Connection::builder(connector.clone())
        .transport(recorder.clone())
        .clock(Arc::new(TestClock::new()))
        .config(recorded.config.clone())
        .credentials(
            Credentials::from_json(&recorded.credentials).map_err(|error| vec![format!("credentials: {error}")])?,
        );
    if let Some(scheme) = &recorded.scheme {
        builder = builder.scheme(scheme);
    }
    let connection = builder.connect().map_err(|error| vec![format!("connect: {}", error.to_json())])?;
    let outcome = connection.call(&recorded.entity, &recorded.action).params(recorded.params.clone()).execute().await;
    let mut faults = Vec::new();
    match (&outcome, &recorded.result) {
        (Err(error), _) if !recorded.valid && error.kind() == ErrorKind::InvalidInput => return Ok(Came::Refused),
        (Err(error), Some(_)) => faults.push(format!("error: {}", error.to_json())),
        (Err(error), None) if error.kind() == ErrorKind::UnexpectedResponse => {}
        (Err(error), None) => {
            faults.push(format!("error: {} where the peer says {:?}", error.to_json(), recorded.error))
        }
        (Ok(_), None) => faults.push(format!("error: none, where the peer says {:?}", recorded.error)),
        (Ok(envelope), Some(result)) => {
            let ours: Value = serde_json::from_slice(&envelope.to_json()).unwrap();
            faults.extend(compare::results(&ours, result));
        }
    }
    faults.extend(compare::all_sent("token request", &recorder.token_requests(), &recorded.token_request));
    faults.extend(compare::all_sent("request", &recorder.requests(), &recorded.request));
    if faults.is_empty() { Ok(Came::Agreed) } else { Err(faults) }
}
