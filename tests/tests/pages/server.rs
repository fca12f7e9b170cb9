//! A server as a reader has one: `tieline serve` on this machine, over the mock of one connector, and the reader's own folders.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::thread;

use serde_json::{Map, Value};
use tieline_codegen::docs;
use tieline_mock::{Mock, MockOptions};
use tieline_tests::case::built_in;
use tieline_tests::command_line::binary;

/// Where pages say that the server is.
const SHOWN: &str = "http://127.0.0.1:8400";

/// What stands for the commands of the reader's machine: the server runs already, no browser opens, and of each request the status is
/// told.
const ON_A_SERVER: &str = r#"
tieline() {
  case "$1 $2" in
    "serve ") ;;
    "connectors create") "$TIELINE" "$@" --no-browser --wait 30 ;;
    *) "$TIELINE" "$@" ;;
  esac
}
curl() { command curl -sS --fail-with-body -w '%{stderr}HTTP %{http_code}\n' "$@"; }
"#;

/// A server with the mock of one connector behind it.
pub(crate) struct Server {
    folder: tempfile::TempDir,
    process: Child,
    url: String,
    mock: Mock,
    /// What somebody writes into the set-up page's form.
    form: Vec<String>,
    /// What requests carry.
    pub(crate) token: String,
    /// The connector that was made last.
    pub(crate) connector: String,
}

/// What commands printed.
pub(crate) struct Printed {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) worked: bool,
}

impl Server {
    pub(crate) fn start(name: &str) -> Self {
        let connector = built_in(name).unwrap();
        let mock = Mock::new(connector.clone(), MockOptions::default());
        let folder = tempfile::tempdir().unwrap();
        let log = fs::File::create(folder.path().join("serve.log")).unwrap();
        let mut command = Command::new(binary());
        command.args(["serve", "--listen", "127.0.0.1:0", "--base-url", &format!("{name}={}", play(mock.clone()))]);
        let mut server = Self {
            process: as_reader(&mut command, &folder).stdout(Stdio::piped()).stderr(log).spawn().unwrap(),
            folder,
            url: String::new(),
            mock,
            form: form(&connector),
            token: String::new(),
            connector: String::new(),
        };
        let mut lines = BufReader::new(server.process.stdout.take().unwrap()).lines().map_while(Result::ok);
        let first = lines.find(|line| line.contains("serves at")).expect("the server starts");
        first.split_whitespace().nth(3).unwrap().clone_into(&mut server.url);
        // Who no longer reads must not stop it.
        thread::spawn(move || lines.for_each(drop));
        fs::copy(server.path("data/tieline/client.json"), server.path("client.json")).unwrap();
        server
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The API behind it is as new: what an example destroys is there for the next.
    pub(crate) fn renew_api(&self) {
        self.mock.forget();
    }

    /// Runs what a page says, and is the person whom a set-up page waits for.
    pub(crate) fn run(&self, commands: &str) -> Printed {
        let mut command = Command::new("sh");
        command.arg("-ec").arg(format!("{ON_A_SERVER}{}", commands.replace(SHOWN, &self.url)));
        command.env("TIELINE", binary()).env("TOKEN", &self.token).env("CONNECTOR", &self.connector);
        let stdout = fs::File::create(self.path("stdout")).unwrap();
        as_reader(&mut command, &self.folder).stdout(stdout).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stderr = String::new();
        for line in BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok) {
            let told: Value = serde_json::from_str(&line).unwrap_or_default();
            match told["credentials_url"].as_str() {
                Some(page) => self.fill_in(page),
                None => stderr.push_str(&format!("{line}\n")),
            }
        }
        let worked = child.wait().unwrap().success();
        Printed { stdout: fs::read_to_string(self.path("stdout")).unwrap_or_default(), stderr, worked }
    }

    /// Does on the set-up page what a person would do.
    fn fill_in(&self, page: &str) {
        let origin = format!("Origin: {}", self.url);
        let form = location(&self.begin(page));
        let setup = format!("{}{form}", self.url);
        let mut args = vec!["-b", "cookies", "-H", &origin, &setup];
        args.extend(self.form.iter().flat_map(|field| ["--data-urlencode", field]));
        let done = self.curl(&args);
        assert_eq!(location(&done), format!("{form}/done"), "{done}");
    }

    /// Agrees at the vendor's, as a user whose browser opens this address; gives where the browser is in the end.
    pub(crate) fn agree(&self, consent_url: &str) -> String {
        let leaving = self.begin(consent_url);
        let state = leaving.split(['?', ';', '&']).find_map(|pair| pair.strip_prefix("state="));
        let state = state.unwrap_or_else(|| panic!("no state in {leaving}"));
        let state = state.split(['"', '\'']).next().unwrap_or_default();
        let callback = format!("{}/oauth/callback?code=CODE&state={state}", self.url);
        location(&self.curl(&["-b", "cookies", &callback]))
    }

    /// Opens the link of a page, and goes on with its button.
    fn begin(&self, link: &str) -> String {
        let origin = format!("Origin: {}", self.url);
        self.curl(&["-c", "cookies", link]);
        self.curl(&["-X", "POST", "-b", "cookies", "-c", "cookies", "-H", &origin, link])
    }

    /// The head and body of an answer to somebody's browser.
    fn curl(&self, args: &[&str]) -> String {
        let mut command = Command::new("curl");
        let output = command.args(["-sS", "-i"]).args(args).current_dir(self.folder.path()).output().unwrap();
        said(output)
    }

    /// What a server says of a connector.
    pub(crate) fn connector(&self, id: &str) -> Value {
        let described = self.run(&format!("tieline connectors describe --id {id}"));
        serde_json::from_str(&described.stdout).unwrap_or_default()
    }

    /// Deletes all connectors, so that a name means one again.
    pub(crate) fn clear(&mut self) {
        let list: Value = serde_json::from_str(&self.run("tieline connectors list").stdout).unwrap();
        for connector in list["data"].as_array().unwrap() {
            let deleted = self.run(&format!("tieline connectors delete --yes --id {}", connector["id"]));
            assert!(deleted.worked, "{}", deleted.stderr);
        }
        self.connector.clear();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The command, run by somebody whose folders are in this one.
fn as_reader<'a>(command: &'a mut Command, folder: &tempfile::TempDir) -> &'a mut Command {
    // What is set for the command alone stays.
    let own: Vec<_> = command.get_envs().map(|(name, value)| (name.to_owned(), value.map(ToOwned::to_owned))).collect();
    command.env_clear().envs(own.into_iter().filter_map(|(name, value)| Some((name, value?))));
    let at = |name: &str| folder.path().join(name);
    command.env("HOME", at("home")).env("XDG_CONFIG_HOME", at("config")).env("XDG_DATA_HOME", at("data"));
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.current_dir(folder.path()).stdin(Stdio::null())
}

/// Plays an API for as long as the test runs; gives its URL.
fn play(mock: Mock) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            tieline_mock::serve(listener, mock, std::future::pending()).await.unwrap();
        });
    });
    url
}

/// The fields of the set-up page's form for the simplest way to sign in, with the values that pages show.
fn form(connector: &tieline::Connector) -> Vec<String> {
    let model = docs::model(&[connector], &[]).unwrap();
    let start = model.connectors[0].start.as_ref().unwrap();
    let way = model.connectors[0].sign_in.iter().find(|way| Some(&way.name) == start.sign_in.as_ref()).unwrap();
    let credentials = way.example.iter().map(|(name, value)| format!("credentials.{name}={value}"));
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let config: &Map<String, Value> = &start.config;
    let config = config.iter().map(|(name, value)| format!("config.{name}={}", text(value)));
    let head = [format!("auth={}", way.name), format!("form.name={}", start.title)];
    head.into_iter().chain(credentials).chain(config).collect()
}

fn said(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Where an answer sends a browser.
fn location(answer: &str) -> String {
    let line = answer.lines().find_map(|line| line.strip_prefix("location: "));
    line.unwrap_or_else(|| panic!("leads nowhere: {answer}")).trim().to_owned()
}
