//! How far long work has come, on stderr when that is a terminal.

use std::borrow::Cow;
use std::io::{self, IsTerminal as _};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// How far long work has come.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// For pages of records.
    pub(crate) fn of_pages() -> Self {
        Self::shown(ProgressBar::new_spinner(), "{spinner} {msg} {elapsed}")
    }

    /// For bytes of a file whose length may be known.
    pub(crate) fn of_bytes(length: Option<u64>) -> Self {
        match length {
            Some(length) => Self::shown(
                ProgressBar::new(length),
                "{spinner} {bytes} of {total_bytes} {wide_bar} {binary_bytes_per_sec} {eta}",
            ),
            None => Self::shown(ProgressBar::new_spinner(), "{spinner} {bytes} {binary_bytes_per_sec}"),
        }
    }

    fn shown(bar: ProgressBar, template: &str) -> Self {
        if !io::stderr().is_terminal() {
            return Self { bar: ProgressBar::hidden() };
        }
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bar }
    }

    /// Says what there is so far.
    pub(crate) fn say(&self, message: impl Into<Cow<'static, str>>) {
        self.bar.set_message(message);
    }

    /// More bytes have come.
    pub(crate) fn add(&self, bytes: usize) {
        self.bar.inc(bytes as u64);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
