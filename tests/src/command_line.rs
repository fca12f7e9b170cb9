//! The command line: a case played by the built `tieline`, against a server on this machine.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value, json};

use crate::call::Call;
use crate::case::{Case, Manifest, here};
use crate::loopback::Loopback;
use crate::script::Script;
use crate::secrets;

/// `tieline execute`, once for each call.
///
/// # Errors
/// What the process did that it should not.
pub fn execute(case: &Case, calls: &[Call], script: &Arc<Script>, server: &str) -> Result<Vec<Value>, String> {
    let loopback = Loopback::start(script.clone(), server.to_owned());
    let folder = tempfile::tempdir().unwrap();
    let mut answers = Vec::new();
    let mut before = None;
    for call in calls {
        let mut command = tieline("execute", case, &calls[0], folder.path());
        command.args(["--base-url", loopback.url(), "--format", "json"]);
        say(&mut command, call, before.as_deref());
        let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
        keeps_secrets(&output)?;
        let answer = answer(&output)?;
        before = answer["next"].as_str().map(str::to_owned);
        answers.push(as_at(server, loopback.url(), &answer));
    }
    Ok(answers)
}

/// `tieline explain`: method and URL of what would be sent, or the error.
///
/// # Errors
/// What the process did that it should not.
pub fn explain(case: &Case, call: &Call) -> Result<Result<String, Value>, String> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = tieline("explain", case, call, folder.path());
    say(command.args(["--format", "json"]), call, None);
    let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    keeps_secrets(&output)?;
    let told = answer(&output)?;
    match (told["method"].as_str(), told["url"].as_str()) {
        (Some(method), Some(url)) => Ok(Ok(format!("{method} {url}"))),
        _ => Ok(Err(told)),
    }
}

/// `tieline batch` with all the calls.
///
/// # Errors
/// What the process did that it should not.
pub fn batch(case: &Case, calls: &[Call], script: &Arc<Script>, server: &str) -> Result<Vec<Value>, String> {
    let loopback = Loopback::start(script.clone(), server.to_owned());
    let folder = tempfile::tempdir().unwrap();
    let mut command = tieline("batch", case, &calls[0], folder.path());
    command
        .args(["--base-url", loopback.url(), "--concurrency", "1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let mut lines = child.stdin.take().unwrap();
    for (id, call) in calls.iter().enumerate() {
        // A process that has refused the credentials may be gone already.
        let _ = writeln!(lines, "{}", line(id, call));
    }
    drop(lines);
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    keeps_secrets(&output)?;
    if !output.status.success() {
        let error = answer(&output)?;
        return Ok(calls.iter().map(|_| as_at(server, loopback.url(), &error)).collect());
    }
    let text = String::from_utf8(output.stdout).map_err(|error| error.to_string())?;
    let mut answers = vec![Value::Null; calls.len()];
    for line in text.lines() {
        let mut answer: Map<String, Value> = serde_json::from_str(line).map_err(|error| format!("{error}: {line}"))?;
        let id =
            answer.shift_remove("id").and_then(|id| id.as_u64()).ok_or_else(|| format!("without its id: {line}"))?;
        answers[usize::try_from(id).unwrap()] = as_at(server, loopback.url(), &Value::Object(answer));
    }
    Ok(answers)
}

/// The command with what it needs to make the connection.
fn tieline(name: &str, case: &Case, call: &Call, folder: &Path) -> Command {
    let mut command = Command::new(binary());
    // Every line of every level, of the libraries too: none of them may show a secret.
    command.env_clear().env("TIELINE_LOG", "trace").arg(name);
    match case.manifest() {
        Manifest::Own => command.arg(case.manifest_path()),
        Manifest::BuiltIn(name) => command.arg(name),
    };
    if let Some(credentials) = &call.credentials {
        command.args(["--credentials", &credentials.to_string()]);
        command.arg("--token-store").arg(folder.join("tokens.json"));
    }
    if let Some(scheme) = &call.auth {
        command.args(["--auth", scheme]);
    }
    if !call.config.is_empty() {
        command.args(["--config", &Value::Object(call.config.clone()).to_string()]);
    }
    command
}

/// Says which call it is.
fn say(command: &mut Command, call: &Call, before: Option<&str>) {
    command.args([&call.entity, &call.action, "--params", &call.params.to_string()]);
    if call.all {
        command.arg("--all");
    }
    if let Some(pages) = call.max_pages {
        command.args(["--max-pages", &pages.to_string()]);
    }
    if let Some(records) = call.max_records {
        command.args(["--max-records", &records.to_string()]);
    }
    if let Some(next) = call.goes_on_at(before) {
        command.args(["--next", &next]);
    }
    if !call.fields.is_empty() {
        command.args(["--fields", &call.fields.join(",")]);
    }
}

/// A line of `tieline batch`.
fn line(id: usize, call: &Call) -> Value {
    json!({
        "id": id, "entity": call.entity, "action": call.action, "params": call.params, "fields": call.fields,
        "all": call.all, "max_pages": call.max_pages, "max_records": call.max_records,
        "next": call.goes_on_at(None),
    })
}

/// Nothing that a process prints shows a secret.
fn keeps_secrets(output: &Output) -> Result<(), String> {
    secrets::absent("stdout", &String::from_utf8_lossy(&output.stdout))?;
    secrets::absent("stderr", &String::from_utf8_lossy(&output.stderr))
}

/// The envelope on stdout, or the error on stderr with the exit code that belongs to it.
fn answer(output: &Output) -> Result<Value, String> {
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    // Where a list broke off, stdout has what came beside the error. Otherwise the error is the last line of stderr, below the log.
    let last = stderr.trim_end().lines().next_back().unwrap_or_default();
    let told = if output.status.success() || !stdout.is_empty() { &*stdout } else { last };
    let answer: Value = serde_json::from_str(told)
        .map_err(|error| format!("{error} ({})\nstdout: {stdout}\nstderr: {stderr}", output.status))?;
    let on_stderr: Option<Value> = serde_json::from_str(last).ok();
    if !output.status.success() && on_stderr.is_none_or(|told| told["error"] != answer["error"]) {
        return Err(format!("stderr does not tell the error of {answer}: {stderr}"));
    }
    let expected = answer["error"]["kind"].as_str().map_or(0, exit_code);
    match output.status.code() {
        Some(code) if code == expected => Ok(answer),
        code => Err(format!("expected exit code {expected}, found {code:?} with {answer}")),
    }
}

/// The exit code that a kind of error has.
fn exit_code(kind: &str) -> i32 {
    match kind {
        "credentials" | "unauthorized" | "forbidden" => 2,
        "unknown_connector" | "unknown_entity" | "unknown_action" | "not_found" => 3,
        "invalid_input" | "invalid_manifest" | "rejected" => 4,
        _ => 1,
    }
}

/// The answer as if the server had been the manifest's own.
fn as_at(server: &str, loopback: &str, answer: &Value) -> Value {
    match answer {
        Value::String(text) => unsealed(server, loopback, text).unwrap_or_else(|| moved(server, loopback, text)).into(),
        Value::Array(items) => items.iter().map(|item| as_at(server, loopback, item)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), as_at(server, loopback, value))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => answer.clone(),
    }
}

fn moved(server: &str, loopback: &str, text: &str) -> String {
    let host = |url: &str| url.split_once("://").map_or(String::new(), |(_, host)| host.to_owned());
    text.replace(loopback, server).replace(&host(loopback), &host(server))
}

/// A `next` that holds a URL, with the URL moved.
fn unsealed(server: &str, loopback: &str, text: &str) -> Option<String> {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
    let inside = String::from_utf8(BASE64.decode(text).ok()?).ok()?;
    inside.contains(loopback).then(|| BASE64.encode(moved(server, loopback, &inside)))
}

/// The built `tieline`: the one that `TIELINE_BIN` names, else built here once.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| std::env::var_os("TIELINE_BIN").map_or_else(build, PathBuf::from))
}

fn build() -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    // What says that a test of this package runs would have `ring`, and all that stands on it, built anew.
    let of_this_test = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(of_this_test)) {
        cargo.env_remove(name);
    }
    let output = cargo
        .args(["build", "--quiet", "--package", "tieline-cli", "--bin", "tieline", "--message-format", "json"])
        .arg("--target-dir")
        .arg(target_folder())
        .current_dir(here(".."))
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(output.status.success(), "the command line cannot be built");
    let built = String::from_utf8(output.stdout).unwrap();
    let messages = built.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut executables = messages.filter_map(|message| message["executable"].as_str().map(PathBuf::from));
    executables.next_back().expect("cargo says where the binary is")
}

/// The folder `target`, above the test that runs.
pub fn target_folder() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file()).unwrap().to_owned()
}
