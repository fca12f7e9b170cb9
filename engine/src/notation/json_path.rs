//! `$.a.b[0][*]`: where something stands in a response. The part of RFC 9535 that names places, without filters.

use std::fmt;
use std::str::FromStr;

use super::notation;

/// A path into a JSON document. Read from the document's bytes by `extract`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct JsonPath {
    steps: Vec<Step>,
}

/// One step of a [`JsonPath`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The member of an object.
    Key(String),
    /// The element of a list, from 0.
    Index(usize),
    /// Every element of a list, every value of an object.
    All,
}

/// The longest path that is read, in characters.
const MAX_LENGTH: usize = 1024;

impl JsonPath {
    /// `$`: the whole document.
    pub fn root() -> Self {
        Self::default()
    }

    /// The steps from the root.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The path that goes on to this member.
    #[must_use]
    pub fn member(mut self, name: &str) -> Self {
        self.steps.push(Step::Key(name.to_owned()));
        self
    }

    /// Whether it can find more than one place.
    pub fn is_plural(&self) -> bool {
        self.steps.contains(&Step::All)
    }
}

impl From<&[Step]> for JsonPath {
    fn from(steps: &[Step]) -> Self {
        Self { steps: steps.to_vec() }
    }
}

impl FromStr for JsonPath {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        within_limit(text.len())?;
        let mut rest = text
            .strip_prefix('$')
            .ok_or_else(|| format!("a path starts with `$`: `$.{}`", text.trim_start_matches('.')))?;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let (step, after) = step(rest).ok_or_else(|| {
                format!("cannot read `{rest}` in `{text}`; a path is made of `.name`, `['name']`, `[0]` and `[*]`")
            })?;
            steps.push(step);
            rest = after;
        }
        readable_again(Self { steps })
    }
}

/// A path has no more characters than these.
pub(super) fn within_limit(length: usize) -> Result<(), String> {
    let message = || format!("a path of {length} characters; {MAX_LENGTH} is the limit");
    (length <= MAX_LENGTH).then_some(()).ok_or_else(message)
}

/// The path, if it can be read again as it is written: names that need quotes make it longer than it was.
pub(super) fn readable_again<P: fmt::Display>(path: P) -> Result<P, String> {
    within_limit(path.to_string().len()).map(|()| path).map_err(|why| format!("written out, it is {why}"))
}

/// The step that a text begins with, and what comes after it.
pub(super) fn step(text: &str) -> Option<(Step, &str)> {
    if let Some(rest) = text.strip_prefix('.') {
        if let Some(rest) = rest.strip_prefix('*') {
            return Some((Step::All, rest));
        }
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let name = &rest[..end];
        let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '@' | '$'));
        return plain.then(|| (Step::Key(name.to_owned()), &rest[end..]));
    }
    let rest = text.strip_prefix('[')?;
    if let Some(rest) = rest.strip_prefix("*]") {
        return Some((Step::All, rest));
    }
    if let Some(quote) = rest.chars().next().filter(|c| matches!(c, '\'' | '"')) {
        let (name, rest) = rest[1..].split_once(quote)?;
        return Some((Step::Key(name.to_owned()), rest.strip_prefix(']')?));
    }
    let (index, rest) = rest.split_once(']')?;
    Some((Step::Index(index.parse().ok()?), rest))
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        self.steps.iter().try_for_each(|step| step.fmt(f))
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(name) if !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_') => {
                write!(f, ".{name}")
            }
            Self::Key(name) if name.contains('\'') => write!(f, "[\"{name}\"]"),
            Self::Key(name) => write!(f, "['{name}']"),
            Self::Index(index) => write!(f, "[{index}]"),
            Self::All => f.write_str("[*]"),
        }
    }
}

notation!(JsonPath, "path", BadExpression);

#[cfg(test)]
mod tests {
    use super::{JsonPath, Step};

    #[test]
    fn reads_names_indices_and_all() {
        let path: JsonPath = "$.data['a.b'][0][*].x".parse().unwrap();
        let key = |name: &str| Step::Key(name.into());
        assert_eq!(path.steps(), [key("data"), key("a.b"), Step::Index(0), Step::All, key("x")]);
        assert_eq!(path.to_string(), "$.data['a.b'][0][*].x");
        for bad in ["results", "$..a", "$.a[?(@.b)]", "$[", "$.a[-1]", "$.", "$['a'"] {
            assert!(bad.parse::<JsonPath>().is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_read_can_be_written_and_read_again() {
        for (name, most) in [("a", 511), ("a$", 170)] {
            let path = |steps: usize| format!("${}", format!(".{name}").repeat(steps));
            let longest: JsonPath = path(most).parse().unwrap();
            assert_eq!(longest.to_string().parse(), Ok(longest));
            assert!(path(most + 1).parse::<JsonPath>().is_err(), "{name}");
        }
    }
}
