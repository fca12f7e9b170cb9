//! `${name}` in a text: substitution, nothing more.

use std::fmt;
use std::str::FromStr;

use super::notation;

/// A text with `${name}` in it. `$${` stands for a literal `${`. A substituted value is never read again as a template.
#[derive(Clone, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

/// A piece of a [`Template`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Text as it is.
    Text(String),
    /// The value of a name.
    Name(String),
}

/// The longest template that is read, in bytes.
const MAX_LENGTH: usize = 8 * 1024;

impl Template {
    /// A template without names.
    pub fn literal(text: impl Into<String>) -> Self {
        Self { parts: vec![Part::Text(text.into())] }
    }

    /// Its pieces, in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The names it substitutes.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Name(name) => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }

    /// The text with every name replaced; `Err` is the first name that `value` does not know.
    pub fn render<V: AsRef<str>>(&self, mut value: impl FnMut(&str) -> Option<V>) -> Result<String, &str> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(literal) => text.push_str(literal),
                Part::Name(name) => text.push_str(value(name).ok_or(name.as_str())?.as_ref()),
            }
        }
        Ok(text)
    }
}

impl FromStr for Template {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.len() > MAX_LENGTH {
            return Err(format!("a template of {} bytes; {MAX_LENGTH} is the limit", text.len()));
        }
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("${") {
            if rest[..at].ends_with('$') {
                literal.push_str(&rest[..at - 1]);
                literal.push_str("${");
                rest = &rest[at + 2..];
                continue;
            }
            literal.push_str(&rest[..at]);
            let end = rest[at..].find('}').ok_or("`${` without a closing `}`; write `$${` for a literal `${`")?;
            let name = rest[at + 2..at + end].trim();
            if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')) {
                return Err(format!("`${{{name}}}` is not a name; letters, digits, `_`, `-` and `.` make one"));
            }
            if !literal.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut literal)));
            }
            parts.push(Part::Name(name.to_owned()));
            rest = &rest[at + end + 1..];
        }
        literal.push_str(rest);
        if !literal.is_empty() || parts.is_empty() {
            parts.push(Part::Text(literal));
        }
        Ok(Self { parts })
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            match part {
                Part::Text(text) => f.write_str(&text.replace("${", "$${"))?,
                Part::Name(name) => write!(f, "${{{name}}}")?,
            }
        }
        Ok(())
    }
}

notation!(Template, "template", BadExpression);

#[cfg(test)]
mod tests {
    use super::Template;

    fn render(text: &str) -> Result<String, String> {
        let template: Template = text.parse()?;
        template.render(|name| (name == "token").then_some("a${token}b")).map_err(str::to_owned)
    }

    #[test]
    fn substitutes_once() {
        assert_eq!(render("Bearer ${token}!"), Ok("Bearer a${token}b!".into()));
        assert_eq!(render("$${token} $5"), Ok("${token} $5".into()));
        assert_eq!(render("${other}"), Err("other".into()));
        assert!(render(&"x".repeat(8 * 1024)).is_ok() && render(&"x".repeat(8 * 1024 + 1)).is_err());
        assert!(render("${to").is_err() && render("${a b}").is_err() && render("${}").is_err());
    }

    proptest::proptest! {
        #[test]
        fn prints_what_it_read(text in "[a-z$ {}.]{0,20}") {
            if let Ok(template) = text.parse::<Template>() {
                proptest::prop_assert_eq!(template.to_string().parse::<Template>(), Ok(template));
            }
        }
    }
}
