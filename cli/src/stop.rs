//! What ends a command before it is done, and how it is told: as JSON to programs, in words to people.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;

use tieline::source::Severity;
use tieline::{Diagnostics, Error, ErrorKind, Problem};

use crate::exit_code;
use crate::text::plain;

/// Why a command ended before it was done.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Nobody reads stdout any more. No reason to complain.
    Closed,
    /// Something failed.
    Failed(Error),
    /// The manifest given in place of a connector's name cannot be used.
    Manifest(Box<Diagnostics>),
    /// The document given to `import` cannot be made a manifest.
    Document(Box<Diagnostics>),
    /// `check` found something, and has shown it.
    Found,
}

/// Who reads stderr.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// A person.
    Person,
    /// A program.
    Program,
}

impl Reader {
    /// A person when stderr is a terminal.
    pub(crate) fn of_stderr() -> Self {
        if io::stderr().is_terminal() { Self::Person } else { Self::Program }
    }
}

impl Stop {
    /// The exit code of the process.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Closed => exit_code::SUCCESS,
            Self::Failed(error) => exit_code::of(error.kind()),
            Self::Manifest(_) | Self::Document(_) | Self::Found => exit_code::INPUT,
        }
    }

    /// Tells it on stderr.
    pub(crate) fn report(&self, reader: Reader) {
        let found = |findings: &Diagnostics, what| match reader {
            Reader::Person => format!("{}\n{}", findings.render(colored()), in_words(&unusable(findings, what))),
            Reader::Program => format!("{}\n", unusable(findings, what).to_json()),
        };
        let text = match (self, reader) {
            (Self::Closed | Self::Found, _) => return,
            (Self::Failed(error), Reader::Person) => in_words(error),
            (Self::Failed(error), Reader::Program) => format!("{}\n", error.to_json()),
            (Self::Manifest(findings), _) => found(findings, "used as a connector"),
            (Self::Document(findings), _) => found(findings, "imported"),
        };
        // There is nobody left to tell when stderr fails too.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// A failure of stdout.
impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Error::new(ErrorKind::Unavailable, format!("the result cannot be written: {error}")).into(),
        }
    }
}

/// Something on the command line that cannot be used.
pub(crate) fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidInput, message)
}

/// A file named on the command line that cannot be read.
pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Error {
    invalid(format!("{} cannot be read: {error}", path.display()))
}

/// Whether stderr shows colours.
pub(crate) fn colored() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

fn unusable(findings: &Diagnostics, what: &str) -> Error {
    let name = findings.source().name();
    let problems = findings.iter().filter(|finding| finding.severity() == Severity::Error).map(|finding| {
        let place = findings.source().place(finding.span);
        let at = format!("{}:{}:{}", place.name, place.start.line, place.start.column);
        let help = finding.help.as_deref().map(|help| format!("; {help}")).unwrap_or_default();
        Problem { at, message: format!("{}{help}", finding.message) }
    });
    Error::new(ErrorKind::InvalidManifest, format!("{name} cannot be {what}")).with_problems(problems.collect())
}

/// An error as a person reads it. What an API says may hold anything: control characters are shown as spaces.
fn in_words(error: &Error) -> String {
    let (bold, red, end) = if colored() { ("\x1b[1m", "\x1b[1;31m", "\x1b[0m") } else { ("", "", "") };
    let mut text = format!("{red}error:{end} {bold}{}{end}\n", plain(error.message()));
    // A manifest's findings stand above, each with its place; a problem that is the whole error is said.
    let is_said = |problem: &Problem| {
        let Problem { at, message } = problem;
        error.kind() == ErrorKind::InvalidManifest
            || message == error.message()
            || format!("{at}: {message}") == error.message()
    };
    for problem in error.problems().iter().filter(|problem| !is_said(problem)) {
        let _ = match problem.at.as_str() {
            "" => writeln!(text, "  {}", plain(&problem.message)),
            at => writeln!(text, "  {bold}{}{end}: {}", plain(at), plain(&problem.message)),
        };
    }
    let facts = [
        error.status().map(|status| format!("status {status}")),
        error.code().map(|code| format!("code {}", plain(code))),
        error.request_id().map(|id| format!("request id {}", plain(id))),
        error.retry_after().map(|wait| format!("retry after {} s", wait.as_secs_f64().ceil())),
    ];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    if !facts.is_empty() {
        let _ = writeln!(text, "  ({})", facts.join(", "));
    }
    if let Some(next) = error.next() {
        let _ = writeln!(text, "{bold}help:{end} the same call goes on there with --next {}", plain(next));
    }
    if let Some(help) = error.help() {
        let _ = writeln!(text, "{bold}help:{end} {}", plain(help));
    }
    if error.kind() == ErrorKind::Credentials && error.help().is_none_or(|help| !help.contains("--credentials")) {
        let how = "give credentials with --credentials @file or in the environment; `tieline describe` names them";
        let _ = writeln!(text, "{bold}help:{end} {how}");
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_error_reads_as_sentences() {
        let error = Error::new(ErrorKind::Rejected, "Notion said: no\u{1b}[2J")
            .with_status(400)
            .with_code(Some("validation_error".to_owned()))
            .with_retry_after(Some(Duration::from_millis(1500)))
            .with_problems(vec![Problem { at: "page_size".to_owned(), message: "must be at most 100".to_owned() }])
            .with_next(Some("n\u{1b}[2J".to_owned()))
            .with_help("`tieline describe` shows the parameters");
        assert_eq!(
            in_words(&error),
            "error: Notion said: no [2J\n  page_size: must be at most 100\n  \
             (status 400, code validation_error, retry after 2 s)\n\
             help: the same call goes on there with --next n [2J\nhelp: `tieline describe` shows the parameters\n"
        );
    }

    #[test]
    fn a_closed_pipe_is_no_failure() {
        let stop = Stop::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!(stop.exit_code(), exit_code::SUCCESS);
        assert_eq!(Stop::from(io::Error::from(io::ErrorKind::StorageFull)).exit_code(), exit_code::FAILURE);
    }
}
