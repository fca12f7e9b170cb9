//! Recorded traffic of a real API, sent through the engine and read into the types of the generated client: the file that `TIELINE_RECORDINGS` names, one exchange a line, with
//! `method`, `path`, `query`, `notion_version`, `content_type`, `request`, `status`, `response` and `test`.

#![expect(clippy::unwrap_used, reason = "tests")]

mod recorded;

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use http::Method;
use serde_json::{Map, Value, json};
use tieline::plan::{Answer, Operation};
use tieline::wire::Request;
use tieline::{Connection, Connector, Credentials, ErrorKind};
use tieline_tests::case::built_in;
use tieline_tests::clock::TestClock;
use tieline_tests::round_trip;

use recorded::{Found, Part, Recorded, Recorder, find, params, parts};

/// Requests that the API does not have, and why they were recorded.
const NOT_OF_THE_API: &[(&str, &str, &str)] =
    &[("GET", "/v1/invalid", "a path that the tests of an SDK made up, to see an error")];

#[test]
fn recorded_exchanges_go_through_the_engine() {
    let Some(file) = std::env::var_os("TIELINE_RECORDINGS") else {
        println!("did not run: TIELINE_RECORDINGS names no file");
        return;
    };
    let connector = built_in("notion").unwrap();
    let lines = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut tally = Tally::default();
    for (number, line) in lines.lines().enumerate() {
        let recorded: Recorded =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("line {}: {error}", number + 1));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        match runtime.block_on(run(&connector, &recorded)) {
            Ok(came_to) => tally.count(came_to),
            Err(fault) => {
                tally.faults.push(format!("line {}: {} {}: {fault}", number + 1, recorded.method, recorded.path))
            }
        }
    }
    println!("{tally}");
    assert!(tally.faults.is_empty(), "{} exchanges differ\n{}", tally.faults.len(), tally.faults.join("\n"));
    assert!(tally.passed > 0, "the file holds no exchange");
}

/// What a recorded exchange came to.
enum CameTo {
    /// Request and answer are as recorded, for this operation.
    Passed(String),
    /// The engine refused before sending what the API turned down with 400.
    Refused,
    /// It is no request that the API has.
    NotOfTheApi,
}

async fn run(connector: &Arc<Connector>, recorded: &Recorded) -> Result<CameTo, String> {
    let Some(Found { operation, in_path }) = find(connector, &recorded.method, &recorded.path)? else {
        let listed =
            NOT_OF_THE_API.iter().any(|(method, path, _)| *method == recorded.method && *path == recorded.path);
        return if listed { Ok(CameTo::NotOfTheApi) } else { Err("no operation has this path".to_owned()) };
    };
    let transport = Arc::new(Recorder::new(recorded));
    let connection = Connection::builder(connector.clone())
        .credentials(credentials(operation))
        .config(Map::from_iter([("api_version".to_owned(), json!(recorded.notion_version))]))
        .transport(transport.clone())
        .clock(Arc::new(TestClock::new()))
        .connect()
        .map_err(|error| error.to_string())?;
    let params = params(operation, in_path, recorded)?;
    let result = connection.execute(&operation.entity, &operation.action, params).await;
    let Some((request, body)) = transport.taken() else {
        let error = result.err().map(|error| error.to_json().to_string()).unwrap_or_default();
        return if recorded.status == 400 { Ok(CameTo::Refused) } else { Err(format!("not sent: {error}")) };
    };
    same_request(recorded, &request, &body)?;
    match result {
        Ok(envelope) if recorded.is_success() => {
            let envelope: Value = serde_json::from_slice(&envelope.to_json()).unwrap();
            same_answer(operation, recorded, &envelope)?;
            for record in envelope["data"].as_array().unwrap_or(&vec![envelope["data"].clone()]) {
                round_trip::record(connector.name(), operation, record.to_string().as_bytes())?;
            }
        }
        Err(error) if !recorded.is_success() => same_error(recorded, &error)?,
        Ok(_) => return Err(format!("status {} came back as a success", recorded.status)),
        Err(error) => return Err(format!("status {} came back as {error:?}", recorded.status)),
    }
    Ok(CameTo::Passed(operation.name()))
}

/// Credentials that an operation can be called with. Some want the client's own.
fn credentials(operation: &Operation) -> Credentials {
    match &operation.auth {
        None => Credentials::none().with("token", "ntn_0"),
        Some(_) => Credentials::none().with("client_id", "c").with("client_secret", "s").with("access_token", "a"),
    }
}

fn same_request(recorded: &Recorded, request: &Request, body: &[u8]) -> Result<(), String> {
    same("method", &recorded.method.parse::<Method>().unwrap(), &request.method)?;
    same("path", &recorded.path.as_str(), &request.url.path())?;
    same("version", &Some(recorded.notion_version.as_str()), &header(request, "notion-version").as_deref())?;
    same("query", &pairs(&recorded.query), &pairs(request.url.query().unwrap_or_default()))?;
    match &recorded.request {
        None => same("body", &"", &&*String::from_utf8_lossy(body)),
        Some(Value::Object(raw)) if raw.contains_key("__raw__") => {
            let expected = parts(recorded.content_type.as_deref(), raw["__raw__"].as_str().unwrap().as_bytes())?;
            same::<Vec<Part>>("parts", &expected, &parts(header(request, "content-type").as_deref(), body)?)
        }
        Some(expected) => {
            let found: Value = serde_json::from_slice(body).map_err(|error| format!("the body is no JSON: {error}"))?;
            same("body", expected, &found)
        }
    }
}

fn same_answer(operation: &Operation, recorded: &Recorded, envelope: &Value) -> Result<(), String> {
    let answer = &recorded.response;
    match &operation.answer {
        Answer::List(records) => {
            let records = at(answer, &records.to_string())?.cloned().unwrap_or_else(|| json!([answer]));
            same("data", &records, &envelope["data"])?;
            let more = answer["has_more"] == true;
            same("whether there is more", &more, &envelope["next"].is_string())?;
        }
        Answer::One(place) => {
            same("data", &at(answer, &place.to_string())?.unwrap_or(&Value::Null), &&envelope["data"])?
        }
        Answer::File(_) => return Err("a recording holds no files".to_owned()),
    }
    for (name, lookup) in &operation.meta {
        same(name, &at(answer, &lookup.to_string())?.unwrap_or(&Value::Null), &&envelope["meta"][name])?;
    }
    Ok(())
}

fn same_error(recorded: &Recorded, error: &tieline::Error) -> Result<(), String> {
    let kind = match recorded.status {
        401 => ErrorKind::Unauthorized,
        403 => ErrorKind::Forbidden,
        404 | 410 => ErrorKind::NotFound,
        429 | 529 => ErrorKind::RateLimited,
        400..=499 => ErrorKind::Rejected,
        _ => ErrorKind::Unavailable,
    };
    let said = |name: &str| recorded.response[name].as_str();
    same("kind", &kind, &error.kind())?;
    same("status", &Some(recorded.status), &error.status())?;
    same("code", &said("code"), &error.code())?;
    same("message", &said("message"), &Some(error.message()))?;
    same("request_id", &said("request_id"), &error.request_id())
}

/// What stands at a path made of members alone: `$.a.b`.
fn at<'a>(value: &'a Value, path: &str) -> Result<Option<&'a Value>, String> {
    let members =
        path.strip_prefix('$').filter(|path| !path.contains('[')).ok_or_else(|| format!("cannot follow {path}"))?;
    Ok(value.pointer(&members.replace('.', "/")))
}

fn pairs(query: &str) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    pairs.sort();
    pairs
}

fn header(request: &Request, name: &str) -> Option<String> {
    request.headers.get(name).map(|value| value.to_str().unwrap().to_owned())
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, expected: &T, found: &T) -> Result<(), String> {
    if expected == found { Ok(()) } else { Err(format!("{what}: expected {expected:?}, found {found:?}")) }
}

#[derive(Default)]
struct Tally {
    passed: usize,
    operations: BTreeMap<String, usize>,
    refused: usize,
    not_of_the_api: usize,
    faults: Vec<String>,
}

impl Tally {
    fn count(&mut self, came_to: CameTo) {
        match came_to {
            CameTo::Passed(operation) => {
                self.passed += 1;
                *self.operations.entry(operation).or_default() += 1;
            }
            CameTo::Refused => self.refused += 1,
            CameTo::NotOfTheApi => self.not_of_the_api += 1,
        }
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let all = self.passed + self.refused + self.not_of_the_api + self.faults.len();
        writeln!(f, "{all} recorded exchanges")?;
        writeln!(f, "{:5} as recorded, over {} operations", self.passed, self.operations.len())?;
        writeln!(f, "{:5} turned down with 400, and refused before sending", self.refused)?;
        for (method, path, why) in NOT_OF_THE_API {
            writeln!(f, "{:5} {method} {path}: {why}", self.not_of_the_api)?;
        }
        write!(f, "{:5} differ", self.faults.len())
    }
}
