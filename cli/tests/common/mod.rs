//! The built `tieline` in a folder of its own, with a small connector in it.

#![allow(clippy::unwrap_used, clippy::panic, dead_code, unreachable_pub, missing_docs)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// A secret that must never be seen again.
pub const SECRET: &str = "key_hunter2hunter2";

const MANIFEST: &str = r##"
tieline: 1
name: notes
title: Notes
version: 1.2.3
summary: Notes and their files.
server: https://api.example.com/v1
config:
  region: { default: eu, enum: [eu, us], description: Where the notes are kept }
  team: { pattern: "[a-z]+", example: design, description: Whose notes, extensions: { x-team: 1 } }
headers: { X-Region: "${config.region}", X-Team: "${config.team}" }
auth:
  token:
    title: Token
    fields:
      token: { description: API token, secret: true, prefix: [key_, secret_] }
    bearer: ${token}
    extensions: { x-scheme: 1 }
  oauth:
    title: OAuth
    fields:
      client_id: { description: Id of the client }
      client_secret: { description: Its secret, secret: true }
      access_token: { description: Access token, secret: true }
      refresh_token: { description: Renews the access token, secret: true, required: false }
    oauth2:
      authorize: { url: "https://api.example.com/oauth/authorize" }
      token: { url: "https://api.example.com/oauth/token", client: basic, body: json }
  client:
    title: Client
    limited: true
    fields: { client_id: {} , client_secret: { secret: true } }
    basic: { username: "${client_id}", password: "${client_secret}" }
questions: { can: [What did I write?, Which notes are on top?], cannot: [Who read it?] }
hints: { when_to_use: For what people wrote down., freshness: live }
extensions: { x-one: { secret: content }, "x-two\e[2J": 2 }
pagination:
  cursor: { kind: cursor, cursor: after, next: $.next, size: limit, max_size: 50 }
errors: { code: $.code, message: $.message }
check: notes.list
entities:
  notes:
    summary: What people wrote down.
    record: Note
    hints: { trigger_phrases: [memo, note] }
    extensions: { x-entity: 1 }
    relations: [{ to: files, from: $.file_id, description: What hangs on it. }]
    actions:
      list:
        get: /notes
        records: $.notes
        paginate: cursor
        meta: { next: $.next }
        params:
          tags: { type: array, items: { type: string }, description: Only with these tags }
      get:
        get: /notes/{note_id}
        params: { note_id: { type: string, required: true, description: Id of the note } }
      create:
        post: /notes
        hints: { when_to_use: To keep a thought. }
        operation_id: createNote
        extensions: { x-action: 1 }
        params:
          text: { type: string, required: true, maxLength: 100, description: What to write down }
          pinned: { type: boolean, description: Whether it stays on top }
          icon: { $ref: "#/schemas/Icon" }
      delete:
        delete: /notes/{note_id}
        params: { note_id: { type: string, required: true, description: Id of the note } }
  files:
    summary: What hangs on notes.
    actions:
      download:
        get: /files/{file_id}
        download: {}
        params: { file_id: { type: string, required: true, description: Id of the file } }
      upload:
        post: /files
        body: { kind: multipart }
        record: { type: object, properties: { id: { type: string } } }
        params:
          file: { type: string, format: binary, required: true, description: The file }
schemas:
  Icon:
    type: [object, "null"]
    description: A picture
    properties:
      emoji: { type: string, maxLength: 1, description: One character. }
      tint: { $ref: "#/schemas/Tint" }
    required: [emoji]
    additionalProperties: false
  Tint: { type: object, description: Its colour., properties: { red: { type: integer } } }
  Note:
    type: object
    properties:
      id: { type: string }
      text: { type: string }
      pinned: { type: boolean }
      file_id: { type: string }
"##;

/// A folder with the manifest `notes.yaml` in it.
pub struct Place {
    folder: tempfile::TempDir,
}

/// What a run gave.
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Place {
    pub fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        place.write("notes.yaml", MANIFEST);
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).unwrap();
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// The command, in the folder and with an empty environment.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tieline"));
        command.env_clear().current_dir(self.folder.path()).args(args).stdin(Stdio::null());
        command
    }

    pub fn run(&self, args: &[&str]) -> Run {
        Run::of(self.command(args).output().unwrap())
    }

    /// Runs it with lines on stdin.
    pub fn run_with(&self, args: &[&str], stdin: &[u8]) -> Run {
        let mut command = self.command(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let stdin = stdin.to_vec();
        let writer = std::thread::spawn(move || drop(input.write_all(&stdin)));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        Run::of(output)
    }

    /// Writes `api.yaml`: the manifest of an API that stands where this server does.
    pub fn move_api_to(&self, server: &Server) {
        self.write("api.yaml", MANIFEST.replace("https://api.example.com", &server.url));
    }

    /// `tieline mock` with the manifest, on a free port.
    pub fn mock(&self, args: &[&str]) -> Server {
        let mut child = self
            .command(&[&["mock", "notes.yaml"], args].concat())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let url = first.split_whitespace().find(|word| word.starts_with("http://"));
        let url = url.unwrap_or_else(|| panic!("no URL in {first}")).to_owned();
        let example = lines.next().unwrap().unwrap();
        Server { child, url, example }
    }
}

impl Run {
    pub fn of(output: Output) -> Self {
        let run = Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        };
        assert!(!run.stdout.contains(SECRET) && !run.stderr.contains(SECRET), "a secret was shown: {run:?}");
        assert!(!run.stderr.contains("panicked"), "{run:?}");
        run
    }

    /// The result as JSON; the run must have worked, and said nothing else.
    pub fn json(&self) -> Value {
        assert_eq!((self.code, self.stderr.as_str()), (0, ""), "{self:?}");
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The lines of the result, each as JSON.
    pub fn lines(&self) -> Vec<Value> {
        assert_eq!((self.code, self.stderr.as_str()), (0, ""), "{self:?}");
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The error; the run must have failed with this code and this kind, and given no result.
    pub fn error(&self, code: i32, kind: &str) -> Value {
        assert_eq!((self.code, self.stdout.as_str()), (code, ""), "{self:?}");
        let json: Value = serde_json::from_str(&self.stderr).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        assert_eq!(json["error"]["kind"], kind, "{json}");
        json["error"].clone()
    }
}

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit code {}\n--- stdout\n{}\n--- stderr\n{}", self.code, self.stdout, self.stderr)
    }
}

/// A mock that ends with the test.
pub struct Server {
    pub child: Child,
    pub url: String,
    pub example: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The credentials option with the secret in it.
pub fn token() -> String {
    format!(r#"{{"token":"{SECRET}"}}"#)
}
