//! How bytes are cut into what a target wants.

use std::borrow::Cow;

use serde_json::Value;
use tieline::yaml::Limits;

/// What a text of a few kilobytes may become: aliases must not make every input as large as may be.
pub(crate) const LIMITS: Limits = Limits { bytes: 1 << 16, depth: 128, nodes: 20_000, scalar_bytes: 1 << 20 };

/// What stands between the parts of an input.
const BETWEEN: &[u8] = b"\n--\n";

/// The text of an input. What is not UTF-8 becomes U+FFFD.
pub(crate) fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// The parts of an input, which lines with `--` separate; behind the last there are empty ones.
pub(crate) struct Parts<'a>(Option<&'a [u8]>);

impl<'a> Parts<'a> {
    pub(crate) fn of(input: &'a [u8]) -> Self {
        Self(Some(input))
    }

    pub(crate) fn next(&mut self) -> &'a [u8] {
        self.left().unwrap_or_default()
    }

    pub(crate) fn text(&mut self) -> Cow<'a, str> {
        text(self.next())
    }

    /// A value: JSON, or else text.
    pub(crate) fn value(&mut self) -> Value {
        let bytes = self.next();
        serde_json::from_slice(bytes).unwrap_or_else(|_| text(bytes).into())
    }

    /// The next part, if there is one.
    pub(crate) fn left(&mut self) -> Option<&'a [u8]> {
        let input = self.0.take()?;
        let (part, rest) = match input.windows(BETWEEN.len()).position(|window| window == BETWEEN) {
            Some(at) => (&input[..at], Some(&input[at + BETWEEN.len()..])),
            None => (input, None),
        };
        self.0 = rest;
        Some(part)
    }
}
