//! A guide that is followed to the letter: its files are written, its commands run, and what they print is what it shows.
//!
//! The first line of a fenced block says what becomes of it:
//!
//! | block | what is done |
//! |---|---|
//! | `yaml file=PATH`, `json file=PATH`, … | the file is written |
//! | `yaml into=PATH` | its sections (what stands under a key at the margin) take the place of those in the file, or are added |
//! | `yaml at=PATH` | takes the place of the one line of the file that its first line repeats |
//! | `sh` | the commands are run and succeed; with `sh fails`, the last one does not |
//! | `sh serves` | the command is started, and ends with the guide |
//! | `text` or `json`, after commands | is what they printed; `…` stands for what is left out |
//! | `http` | is for people only |

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::command_line::binary;

/// Stands for what is left out.
const LEFT_OUT: &str = "…";
/// The ports that guides write; free ones take their places.
const PORTS: [&str; 2] = ["8080", "8400"];

/// Follows a guide in a folder of its own.
///
/// # Errors
/// The first block that is not as the guide says, with the number of its line.
pub fn follow(markdown: &str) -> Result<(), String> {
    let mut reader = Follower::new();
    blocks(markdown)
        .iter()
        .try_for_each(|block| reader.take(block).map_err(|why| format!("line {}: {why}", block.line)))
}

/// A fenced block.
pub struct Block {
    /// The line it begins on, from 1.
    pub line: usize,
    /// What stands behind the fence.
    pub info: String,
    /// What is in it.
    pub text: String,
}

/// The fenced blocks of a text, in order.
pub fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut is_open = false;
    for (number, line) in (1..).zip(markdown.lines()) {
        match (line.strip_prefix("```"), is_open) {
            (Some(info), false) => {
                blocks.push(Block { line: number, info: info.to_owned(), text: String::new() });
                is_open = true;
            }
            (Some(_), true) => is_open = false,
            (None, true) => {
                let _ = blocks.last_mut().map(|block| writeln!(block.text, "{line}"));
            }
            (None, false) => {}
        }
    }
    blocks
}

/// Somebody who does what the guide says.
struct Follower {
    folder: tempfile::TempDir,
    /// Ports on which nothing listened, in the places of [`PORTS`].
    ports: [String; 2],
    /// What the commands before printed, until something else comes.
    printed: Option<String>,
    serving: Vec<Child>,
}

impl Follower {
    fn new() -> Self {
        let free = PORTS.map(|_| TcpListener::bind(("127.0.0.1", 0)).unwrap());
        let ports = free.map(|listener| listener.local_addr().unwrap().port().to_string());
        Self { folder: tempfile::tempdir().unwrap(), ports, printed: None, serving: Vec::new() }
    }

    fn take(&mut self, block: &Block) -> Result<(), String> {
        let printed = self.printed.take();
        let words: Vec<_> = block.info.split_whitespace().collect();
        match (words.as_slice(), printed) {
            (["sh"], _) => self.run(&block.text, Ending::Success),
            (["sh", "fails"], _) => self.run(&block.text, Ending::Failure),
            (["sh", "serves"], _) => self.serve(&block.text),
            (["text"], Some(printed)) => same_text(&block.text, &printed),
            (["json"], Some(printed)) => same_json(&block.text, &printed),
            (["http"], _) => Ok(()),
            ([_, place], _) => match place.split_once('=') {
                Some(("file", path)) => self.write(path, &block.text),
                Some(("into", path)) => self.write(path, &with_sections(&self.read(path)?, &block.text)),
                Some(("at", path)) => self.write(path, &with_lines(&self.read(path)?, &block.text)?),
                _ => Err(format!("nobody knows what to do with `{}`", block.info)),
            },
            _ => Err(format!("nobody knows what to do with `{}` here", block.info)),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> Result<String, String> {
        std::fs::read_to_string(self.path(name)).map_err(|error| format!("{name}: {error}"))
    }

    fn write(&self, name: &str, text: &str) -> Result<(), String> {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap_or(&path)).map_err(|error| error.to_string())?;
        std::fs::write(path, text).map_err(|error| error.to_string())
    }

    fn run(&mut self, commands: &str, ending: Ending) -> Result<(), String> {
        let output = self.shell(&format!("exec 2>&1\n{commands}")).output().map_err(|error| error.to_string())?;
        let printed = self.as_written(&String::from_utf8_lossy(&output.stdout));
        let ended = if output.status.success() { Ending::Success } else { Ending::Failure };
        if ended != ending {
            return Err(format!("{commands}should end with {ending:?}, and ends with {}:\n{printed}", output.status));
        }
        self.printed = Some(printed);
        Ok(())
    }

    /// Starts a server; it is ready when it says something.
    fn serve(&mut self, command: &str) -> Result<(), String> {
        let mut server = self.shell(&format!("exec 2>&1\nexec {command}"));
        let mut server = server.stdout(Stdio::piped()).spawn().map_err(|error| error.to_string())?;
        let mut says = BufReader::new(server.stdout.take().unwrap());
        self.serving.push(server);
        let mut line = String::new();
        says.read_line(&mut line).map_err(|error| error.to_string())?;
        std::thread::spawn(move || says.read_to_end(&mut Vec::new()));
        self.printed = Some(self.as_written(&line));
        Ok(())
    }

    /// What was printed, with the ports that the guide writes.
    fn as_written(&self, printed: &str) -> String {
        PORTS.iter().zip(&self.ports).fold(printed.to_owned(), |text, (written, free)| text.replace(free, written))
    }

    /// A shell in the folder, which finds `tieline` and what the system has, and knows no other environment.
    fn shell(&self, commands: &str) -> Command {
        let beside = binary().parent().unwrap_or(Path::new(".")).to_owned();
        let folders = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(std::iter::once(beside).chain(std::env::split_paths(&folders))).unwrap();
        let mut command = Command::new("sh");
        let free = PORTS.iter().zip(&self.ports);
        command.arg("-ec").arg(free.fold(commands.to_owned(), |text, (written, free)| text.replace(written, free)));
        command
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.folder.path())
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        for server in &mut self.serving {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

/// How commands end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Success,
    Failure,
}

/// A YAML text with sections of another in place of its own of the same name, or at its end.
fn with_sections(text: &str, others: &str) -> String {
    let mut all = sections(text);
    for (name, section) in sections(others) {
        match all.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = section,
            None => all.push((name, section)),
        }
    }
    all.into_iter().map(|(_, section)| section).collect()
}

/// What stands under each key at the margin, the key included.
fn sections(text: &str) -> Vec<(&str, String)> {
    let mut sections: Vec<(&str, String)> = Vec::new();
    for line in text.lines() {
        let name = line.split_once(':').map(|(name, _)| name).filter(|name| !name.starts_with([' ', '#']));
        if let Some(name) = name {
            sections.push((name, String::new()));
        }
        let _ = sections.last_mut().map(|(_, section)| writeln!(section, "{line}"));
    }
    sections
}

/// A text with lines of another in place of the one line with which they begin.
fn with_lines(text: &str, lines: &str) -> Result<String, String> {
    let first = lines.split_inclusive('\n').next().unwrap_or_default();
    match text.split_inclusive('\n').filter(|line| *line == first).count() {
        1 => Ok(text.split_inclusive('\n').map(|line| if line == first { lines } else { line }).collect()),
        count => Err(format!("{count} lines of the file are `{}`", first.trim())),
    }
}

/// A line `…` stands for any lines, and `…` in a line for anything in it.
fn same_text(expected: &str, printed: &str) -> Result<(), String> {
    let lines: Vec<_> = expected.lines().collect();
    let mut rest: Vec<_> = printed.lines().collect();
    let mut may_skip = false;
    for line in lines {
        if line.trim() == LEFT_OUT {
            may_skip = true;
            continue;
        }
        let at = rest.iter().position(|printed| same_line(line, printed));
        match at {
            Some(at) if at == 0 || may_skip => drop(rest.drain(..=at)),
            _ => return Err(format!("`{line}` does not stand there; what is printed is:\n{printed}")),
        }
        may_skip = false;
    }
    if rest.is_empty() || may_skip { Ok(()) } else { Err(format!("more is printed:\n{printed}")) }
}

fn same_line(expected: &str, printed: &str) -> bool {
    let (expected, printed) = (expected.trim_end(), printed.trim_end());
    match expected.split_once(LEFT_OUT) {
        None => expected == printed,
        Some((before, after)) => match printed.strip_prefix(before) {
            Some(rest) => {
                (0..=rest.len()).filter(|at| rest.is_char_boundary(*at)).any(|at| same_line(after, &rest[at..]))
            }
            None => false,
        },
    }
}

/// The JSON on each line. A text `…` stands for any value, and in a list for all that follows.
fn same_json(expected: &str, printed: &str) -> Result<(), String> {
    let values = |text: &str| -> Result<Vec<Value>, String> {
        let values = serde_json::Deserializer::from_str(text).into_iter();
        values.collect::<Result<_, _>>().map_err(|error| format!("{error} in:\n{text}"))
    };
    match same_list(&values(expected)?, &values(printed)?) {
        true => Ok(()),
        false => Err(format!("what is printed is:\n{printed}")),
    }
}

fn same_list(expected: &[Value], printed: &[Value]) -> bool {
    match (expected, printed) {
        ([Value::String(text)], _) if text == LEFT_OUT => true,
        ([], []) => true,
        ([first, expected @ ..], [other, printed @ ..]) => same_value(first, other) && same_list(expected, printed),
        ([], _) | (_, []) => false,
    }
}

fn same_value(expected: &Value, printed: &Value) -> bool {
    match (expected, printed) {
        (Value::String(text), _) if text == LEFT_OUT => true,
        (Value::Array(expected), Value::Array(printed)) => same_list(expected, printed),
        (Value::Object(expected), Value::Object(printed)) => {
            expected.keys().eq(printed.keys())
                && expected.values().zip(printed.values()).all(|(one, other)| same_value(one, other))
        }
        _ => expected == printed,
    }
}
