//! The commands that talk to a server, as a user runs them: with a server and the vendors' APIs on this machine.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;
mod end;
mod login;
mod options;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use common::{Place, Run, SECRET, Server, token};
use serde_json::{Value, json};

/// A token that the mock of Notion takes. It must never be seen again.
const NOTION: &str = r#"{"token":"ntn_hunter2hunter2"}"#;

/// A server with the connectors `notion` and `notes`, and a user's own folders.
struct Hosted {
    place: Place,
    url: String,
    /// The client's id and secret.
    client: (String, String),
    _server: Server,
    _apis: [Server; 2],
}

impl Hosted {
    fn new() -> Self {
        Self::with_faults(&[])
    }

    /// `faults` are options of the mock of Notion.
    fn with_faults(faults: &[&str]) -> Self {
        let place = Place::new();
        let notes = place.mock(&[]);
        let notion = mock(&place, &[&["mock", "notion"], faults].concat());
        let mut command = place.command(&["serve", "--listen", "127.0.0.1:0", "--connector", "notes.yaml"]);
        command.arg("--base-url").arg(format!("notes={},notion={}", notes.url, notion.url));
        let log = fs::File::create(place.path("serve.log")).unwrap();
        let mut server = guarded(user(&place, &mut command).stdout(Stdio::piped()).stderr(log).spawn().unwrap());
        let mut lines = BufReader::new(server.child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let first = lines.find(|line| line.contains("serves at")).unwrap();
        let word = |line: &str, at: usize| line.split_whitespace().nth(at).unwrap().to_owned();
        let client = (word(&lines.next().unwrap(), 2), word(&lines.next().unwrap(), 2));
        // Who no longer reads must not stop it.
        std::thread::spawn(move || lines.for_each(drop));
        Self { place, url: word(&first, 3), client, _server: server, _apis: [notes, notion] }
    }

    /// The same, logged in and with a connector.
    fn with(name: &str, credentials: &str) -> Self {
        let hosted = Self::new();
        hosted.run(&["login"]).json();
        hosted.run(&["connectors", "create", "--name", name, "--credentials", credentials]).json();
        hosted
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = self.place.command(args);
        user(&self.place, &mut command);
        command
    }

    fn run(&self, args: &[&str]) -> Run {
        self.checked(Run::of(self.command(args).output().unwrap()))
    }

    fn run_under(&self, variables: &[(&str, &str)], args: &[&str]) -> Run {
        self.checked(Run::of(self.command(args).envs(variables.iter().copied()).output().unwrap()))
    }

    /// A run that shows nobody's secret.
    fn checked(&self, run: Run) -> Run {
        for secret in [self.client.1.as_str(), "hunter2"] {
            assert!(!run.stdout.contains(secret) && !run.stderr.contains(secret), "a secret was shown: {run:?}");
        }
        run
    }

    /// `connectors …` with one JSON object.
    fn connectors(&self, command: &str, json: &Value) -> Run {
        self.run(&["connectors", command, "--json", &json.to_string()])
    }
}

impl Drop for Hosted {
    fn drop(&mut self) {
        let log = fs::read_to_string(self.place.path("serve.log")).unwrap_or_default();
        assert!(std::thread::panicking() || !log.contains("hunter2"), "the server's log shows a secret: {log}");
    }
}

/// A user whose folders are in the place.
fn user<'a>(place: &Place, command: &'a mut Command) -> &'a mut Command {
    command.env("HOME", place.path("home")).env("XDG_CONFIG_HOME", place.path("config"));
    command.env("XDG_DATA_HOME", place.path("data"))
}

/// A process that ends with the test, however that ends.
fn guarded(child: Child) -> Server {
    Server { child, url: String::new(), example: String::new() }
}

fn mock(place: &Place, args: &[&str]) -> Server {
    let mut server = guarded(place.command(args).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(server.child.stderr.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    first.split_whitespace().find(|word| word.starts_with("http://")).unwrap().clone_into(&mut server.url);
    std::thread::spawn(move || lines.for_each(drop));
    server
}

#[test]
fn the_four_commands_of_the_page_work() {
    let hosted = Hosted::new();
    hosted.run(&["connectors", "list"]).error(2, "unauthorized");

    let saved = hosted.run(&["login"]).json();
    assert_eq!((&saved["status"], &saved["server"]), (&json!("saved"), &json!(hosted.url)));
    hosted.place.write("notion.json", NOTION);
    let create = ["connectors", "create", "--json", r#"{"workspace": "default", "name": "notion"}"#];
    // A browser would open here: there is none, and a file does as well.
    let begun = hosted.run(&[&create[..], &["--wait", "0"]].concat());
    assert_eq!(begun.code, 1, "{begun:?}");
    let made = hosted
        .connectors("create", &json!({ "workspace": "default", "name": "notion", "credentials": "@notion.json" }));
    let id = made.json()["id"].clone();

    let which = json!({ "workspace": "default", "name": "notion" });
    let described = hosted.connectors("describe", &which).json();
    assert_eq!((&described["id"], &described["status"]), (&id, &json!("ready")));
    let entities = described["schema"]["result"]["entities"].as_array().unwrap();
    assert!(entities.iter().any(|entity| entity["name"] == "users"));

    let call = json!({ "workspace": "default", "name": "notion", "entity": "users", "action": "list", "params": {} });
    let answer = hosted.connectors("execute", &call).json();
    assert_eq!(answer["status"], "success");
    assert!(answer["result"][0]["id"].is_string() && answer["connector_metadata"].is_object(), "{answer}");
    assert_eq!(answer["execution_metadata"]["connector_instance_id"], format!("source_id:{}", id.as_str().unwrap()));

    // Options say the same.
    let options = ["connectors", "execute", "--name", "NOTION", "--entity", "users", "--action", "list"];
    let same = hosted.run(&options).json();
    assert_eq!(same["result"], answer["result"]);
    let part =
        hosted.run(&[&options[..], &["--select-fields", "id", "--max-records", "1", "--output", "out.json"]].concat());
    assert_eq!((part.code, part.stdout.as_str()), (0, ""), "{part:?}");
    let part: Value = serde_json::from_slice(&hosted.place.read("out.json")).unwrap();
    assert_eq!(part["result"], json!([{ "id": answer["result"][0]["id"] }]));
    let rest = hosted
        .run(&[&options[..], &["--next", part["next"].as_str().unwrap(), "--params", r#"{"page_size":1}"#]].concat());
    assert_eq!(rest.json()["result"][0], answer["result"][1]);

    // Each run is looked through for secrets.
    let logged = hosted.run(&[&options[..], &["-vv"]].concat());
    assert!(logged.stderr.contains("/execute"), "{logged:?}");
    let checked = hosted.connectors("check", &which).json();
    assert_eq!(checked["status"], "succeeded");
    let list = hosted.run(&["connectors", "list"]).json();
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
}

#[test]
fn what_is_wrong_is_told_as_the_local_commands_do() {
    let hosted = Hosted::with("notion", NOTION);
    let execute = |entity: &str, action: &str, params: Value| {
        hosted.connectors("execute", &json!({ "name": "notion", "entity": entity, "action": action, "params": params }))
    };
    let error = execute("usrs", "list", json!({})).error(3, "unknown_entity");
    assert_eq!(error["help"], "did you mean `users`?");
    assert!(error["request_id"].is_string() && error.get("status").is_none(), "{error}");
    execute("users", "lst", json!({})).error(3, "unknown_action");
    let error = execute("users", "list", json!({ "page_size": 1000 })).error(4, "invalid_input");
    assert_eq!(error["problems"][0], json!({ "at": "page_size", "message": "must be at most 100" }));

    let error = hosted.connectors("describe", &json!({ "name": "notoin" })).error(3, "unknown_connector");
    assert_eq!(error["help"], "did you mean `Notion`?");
    hosted.connectors("describe", &json!({ "id": "00000000-0000-4000-8000-000000000000" })).error(3, "not_found");
    hosted.connectors("describe", &json!({ "id": "notion" })).error(3, "unknown_connector");
    hosted.connectors("describe", &json!({ "id": "1", "name": "notion" })).error(4, "invalid_input");
    hosted.connectors("describe", &json!({})).error(4, "invalid_input");
    hosted.connectors("list", &json!({ "workspace": "team" })).error(3, "not_found");
    let error = hosted.connectors("execute", &json!({ "nmae": "notion", "all": "hunter2" })).error(4, "invalid_input");
    assert_eq!(error["problems"][0]["message"], "unknown key; did you mean `name`?");
    assert_eq!(error["problems"][1]["message"], "must be a boolean");
    hosted.run(&["connectors", "list", "--workspace", "a", "--json", "{}"]).error(4, "invalid_input");

    let create = |name: &str, credentials: &Value| {
        hosted.connectors("create", &json!({ "name": name, "credentials": credentials }))
    };
    let error = create("notoin", &json!({ "token": "ntn_hunter2hunter2" })).error(3, "unknown_connector");
    assert_eq!(error["help"], "did you mean `notion`?");
    create("notion", &json!({ "tokn": "hunter2hunter2" })).error(2, "credentials");
    create("notion", &json!({ "token": "hunter2hunter2" })).error(2, "credentials");
    create("notion", &json!("@nowhere.json")).error(2, "credentials");
    create("notion", &json!("hunter2")).error(2, "credentials");

    hosted
        .connectors(
            "create",
            &json!({ "name": "notion", "called": "Team wiki", "credentials": { "token": "ntn_hunter2hunter2" } }),
        )
        .json();
    // The one that is called so, also when there are others of its kind; not when there are two.
    assert_eq!(hosted.connectors("describe", &json!({ "name": "notion" })).json()["name"], "Notion");
    create("notion", &json!({ "token": "ntn_hunter2hunter2" })).json();
    let error = hosted.connectors("describe", &json!({ "name": "notion" })).error(4, "invalid_input");
    assert_eq!((&error["code"], error["problems"].as_array().unwrap().len()), (&json!("ambiguous"), 3), "{error}");
    let one = hosted.connectors("describe", &json!({ "name": "team wiki" })).json();
    assert_eq!(one["name"], "Team wiki");

    let nowhere = [
        ("TIELINE_SERVER", "http://127.0.0.1:9"),
        ("TIELINE_CLIENT_ID", "c"),
        ("TIELINE_CLIENT_SECRET", "hunter2hunter2"),
    ];
    let error = hosted.run_under(&nowhere, &["connectors", "list"]).error(1, "unavailable");
    assert!(error["message"].as_str().unwrap().starts_with("http://127.0.0.1:9 does not answer"), "{error}");
    hosted.run_under(&nowhere[..1], &["connectors", "list"]).error(2, "unauthorized");
}

#[test]
fn what_the_vendor_refuses_ends_as_a_local_call_does() {
    let hosted = Hosted::with_faults(&["--fail", "401:2,429:1@120,404:1"]);
    hosted.run(&["login"]).json();
    let create = ["connectors", "create", "--name", "notion", "--credentials", NOTION];
    let error = hosted.run(&create).error(2, "unauthorized");
    assert_eq!(error["status"], 401, "{error}");
    hosted.run(&[&create[..], &["--no-check"]].concat()).json();
    let failed = hosted.run(&["connectors", "check", "--name", "notion"]);
    assert_eq!(failed.code, 2, "{failed:?}");
    let outcome: Value = serde_json::from_str(&failed.stdout).unwrap();
    assert_eq!(outcome["status"], "failed");
    let execute = ["connectors", "execute", "--name", "notion", "--entity", "users", "--action", "list"];
    let error = hosted.run(&execute).error(1, "rate_limited");
    assert_eq!((&error["status"], &error["retry_after"]), (&json!(429), &json!(120)), "{error}");
    assert_eq!(hosted.run(&execute).error(3, "not_found")["status"], 404);
}

#[test]
fn a_connector_is_changed_and_deleted() {
    let hosted = Hosted::with("notion", NOTION);
    let change = json!({ "name": "notion", "called": "Team wiki", "entities": ["users:read", "pages"] });
    assert_eq!(hosted.connectors("update", &change).json()["name"], "Team wiki");
    let described = hosted.connectors("describe", &json!({ "name": "team wiki" })).json();
    assert_eq!(
        described["entities"],
        json!([{ "entity": "pages", "modes": null }, { "entity": "users", "modes": ["read"] }])
    );
    let wrong = hosted.run(&["connectors", "update", "--name", "notion", "--credentials", r#"{"token":"hunter2"}"#]);
    wrong.error(2, "credentials");
    hosted.place.write("new.json", r#"{"token":"ntn_hunter2hunter3"}"#);
    hosted.run(&["connectors", "update", "--name", "notion", "--credentials", "@new.json", "--entities", ""]).json();
    assert_eq!(hosted.connectors("describe", &json!({ "name": "notion" })).json()["entities"], Value::Null);

    let delete = ["connectors", "delete", "--json", r#"{"name":"notion"}"#];
    hosted.run(&delete).error(4, "invalid_input");
    let deleted = hosted.run(&[&delete[..], &["--yes"]].concat()).json();
    assert_eq!((&deleted["name"], &deleted["status"]), (&json!("Team wiki"), &json!("deleted")));
    hosted.run(&[&delete[..], &["--yes"]].concat()).error(3, "unknown_connector");
}

#[test]
fn a_download_is_the_file() {
    let hosted = Hosted::with("notes", &token());
    let download = [
        "connectors",
        "execute",
        "--name",
        "notes",
        "--entity",
        "files",
        "--action",
        "download",
        "--params",
        r#"{"file_id":"1"}"#,
    ];
    let local = ["execute", "notes.yaml", "files", "download", "--param", "file_id=1", "--mock"];
    assert_eq!(hosted.run(&download).stdout, hosted.place.run(&local).stdout);
    let told = hosted.run(&[&download[..], &["--output", "file.bin"]].concat()).json();
    assert_eq!(told["data"]["file"], "file.bin");
    assert_eq!(hosted.place.read("file.bin").len() as u64, told["data"]["bytes"].as_u64().unwrap());
}

#[test]
fn a_set_up_page_is_waited_for() {
    let hosted = Hosted::new();
    hosted.run(&["login"]).json();
    let create = ["connectors", "create", "--name", "notes", "--called", "My notes", "--no-browser"];
    let late = hosted.run(&[&create[..], &["--wait", "1"]].concat());
    assert_eq!((late.code, late.stdout.as_str()), (1, ""), "{late:?}");
    let told: Vec<Value> = late.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let page = told[0]["credentials_url"].as_str().unwrap();
    assert!(page.starts_with(&hosted.url), "{page}");
    assert_eq!(told[1]["error"]["kind"], "timeout");
    assert!(told[1]["error"]["help"].as_str().unwrap().contains(page), "{late:?}");
    let error = hosted.run(&["connectors", "create", "--name", "notoin", "--no-browser"]).error(3, "unknown_connector");
    assert_eq!(error["help"], "did you mean `notion`?");
    hosted.run(&[&create[..], &["--config", "{}"]].concat()).error(4, "invalid_input");

    let made = through_page(&hosted, &create);
    assert_eq!((&made["name"], &made["status"]), (&json!("My notes"), &json!("ready")));
    let renewed = through_page(&hosted, &["connectors", "update", "--name", "notes", "--no-browser"]);
    assert_eq!(renewed["id"], made["id"]);
}

/// Runs a command that waits for its page, and does there what a person would do.
fn through_page(hosted: &Hosted, args: &[&str]) -> Value {
    let mut child = hosted.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stderr.as_mut().unwrap()).read_line(&mut line).unwrap();
    let told: Value = serde_json::from_str(&line).unwrap();
    let page = told["credentials_url"].as_str().unwrap().strip_prefix(&hosted.url).unwrap();
    let shown = send(&hosted.url, "GET", page, "", "");
    let cookie = shown.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    let cookie = cookie.split(';').next().unwrap();
    let begun = post(&hosted.url, page, cookie, "");
    let form = begun.lines().find_map(|line| line.strip_prefix("location: ")).unwrap();
    let done = post(&hosted.url, form, cookie, &format!("auth=token&form.name=My+notes&credentials.token={SECRET}"));
    let shown = |at: &str| send(&hosted.url, "GET", at, cookie, "");
    let at = done.lines().find_map(|line| line.strip_prefix("location: ")).unwrap();
    assert_eq!(at, format!("{form}/done"), "{}", shown(at));
    hosted.checked(Run::of(child.wait_with_output().unwrap())).json()
}

fn post(server: &str, path: &str, cookie: &str, form: &str) -> String {
    send(server, "POST", path, cookie, form)
}

fn send(server: &str, method: &str, path: &str, cookie: &str, form: &str) -> String {
    let host = server.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: {server}\r\nCookie: {cookie}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
