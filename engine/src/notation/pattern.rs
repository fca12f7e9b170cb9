//! Regular expressions with a bounded cost.

use std::fmt;
use std::str::FromStr;

use super::notation;

/// A regular expression in the syntax of the `regex` crate, which matches in linear time; compiled size is limited.
#[derive(Clone)]
pub struct Pattern {
    text: String,
    whole: regex::Regex,
}

/// The largest compiled size, in bytes: a manifest may have some hundreds of them.
pub(crate) const MAX_COMPILED: usize = 1 << 19;

impl Pattern {
    /// Whether the text matches from its first to its last character.
    pub fn is_full_match(&self, text: &str) -> bool {
        self.whole.is_match(text)
    }
}

impl FromStr for Pattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        regex::RegexBuilder::new(text).size_limit(MAX_COMPILED).build().map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => format!("the regular expression `{text}` is too costly"),
            other => format!(
                "not a regular expression: {}",
                other.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ")
            ),
        })?;
        let whole = regex::RegexBuilder::new(&format!("^(?:{text})$")).size_limit(MAX_COMPILED).build();
        let whole = whole.map_err(|_| format!("`{text}` is not a regular expression that can stand inside another"))?;
        Ok(Self { text: text.to_owned(), whole })
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

notation!(Pattern, "regular expression", BadExpression);

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn costs_little() {
        for text in ["[a-z0-9-]+", r"\w{1,8}", r"https://[\p{L}\p{N}.-]+\.example\.com", r"\d{1,64}", "[0-9a-f]{32}"] {
            assert!(text.parse::<Pattern>().is_ok(), "{text}");
        }
        for text in [r"\w{1000}", "((a{100}){100}){100}"] {
            assert!(text.parse::<Pattern>().is_err_and(|why| why.contains("too costly")), "{text}");
        }
    }
}
