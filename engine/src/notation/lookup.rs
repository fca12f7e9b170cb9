//! `$.path`, `@header.Name`, `@link.rel`: what can be read from a response.

use std::fmt;
use std::str::FromStr;

use super::{JsonPath, notation};

/// A place in a response: in its body, a header, or the target of a `Link` header (RFC 8288).
#[derive(Clone, PartialEq, Eq)]
pub enum Lookup {
    /// In the JSON body.
    Body(JsonPath),
    /// The value of a header.
    Header(String),
    /// The target of the link with this relation.
    Link(String),
}

impl Lookup {
    /// The path of a place in the body.
    pub(crate) fn in_body(&self) -> Option<&JsonPath> {
        match self {
            Self::Body(path) => Some(path),
            Self::Header(_) | Self::Link(_) => None,
        }
    }
}

impl FromStr for Lookup {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named =
            |name: &str| if name.is_empty() { Err(format!("`{text}` names nothing")) } else { Ok(name.to_owned()) };
        if let Some(name) = text.strip_prefix("@header.") {
            named(name).map(Self::Header)
        } else if let Some(rel) = text.strip_prefix("@link.") {
            named(rel).map(Self::Link)
        } else if text.starts_with('@') {
            Err(format!("`{text}`: write `@header.Name`, `@link.rel` or a path that starts with `$`"))
        } else {
            text.parse().map(Self::Body)
        }
    }
}

impl fmt::Display for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body(path) => path.fmt(f),
            Self::Header(name) => write!(f, "@header.{name}"),
            Self::Link(rel) => write!(f, "@link.{rel}"),
        }
    }
}

notation!(Lookup, "lookup", BadExpression);
