//! A secret from stdin: one line, which a terminal does not show while it is typed.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};

use tieline::Error;

use crate::stop::invalid;

/// A longer line is no secret of a client.
const LONGEST: u64 = 4096;

/// Reads one line of stdin.
///
/// # Errors
/// `invalid_input` when there is none.
pub(crate) fn read(what: &str) -> Result<String, Error> {
    let is_typed = io::stdin().is_terminal();
    let line = {
        let _hidden = is_typed.then(|| {
            // Who does not see the question still can answer it.
            let _ = write!(io::stderr(), "{what}: ").and_then(|()| io::stderr().flush());
            Hidden::begin()
        });
        let mut line = String::new();
        let read = io::stdin().lock().take(LONGEST).read_line(&mut line);
        read.map(|_| line).map_err(|error| invalid(format!("stdin cannot be read: {error}")))
    };
    if is_typed {
        let _ = writeln!(io::stderr());
    }
    Ok(line?.trim().to_owned())
}

/// A terminal that shows nothing of what is typed, until this is dropped.
struct Hidden {
    #[cfg(unix)]
    before: Option<rustix::termios::Termios>,
}

impl Hidden {
    #[cfg(unix)]
    fn begin() -> Self {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let before = tcgetattr(io::stdin()).ok();
        if let Some(mut modes) = before.clone() {
            modes.local_modes.remove(LocalModes::ECHO);
            // A terminal that cannot hide it shows it.
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, &modes);
        }
        Self { before }
    }

    #[cfg(not(unix))]
    fn begin() -> Self {
        Self {}
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(before) = &self.before {
            let _ = rustix::termios::tcsetattr(io::stdin(), rustix::termios::OptionalActions::Now, before);
        }
    }
}
