//! What a request carries: one file a kind.

mod brackets;
mod default_fields;
mod form;
mod given;
mod graphql;
mod json;
mod multipart;
mod parts;
mod raw;
mod related;
mod selection;
#[cfg(test)]
mod tests;

use crate::error::Error;
use crate::language::{choices, kinds};
use crate::wire;

pub(crate) use brackets::{ListKeys, pairs, text};
pub use default_fields::DefaultFields;
pub use form::Form;
pub(crate) use given::{Content, Given, GivenParam, invalid};
pub use graphql::GraphQl;
pub use json::Json;
pub use multipart::Multipart;
pub use raw::RawBody;
pub use related::Related;

choices! {
    /// What a JSON or form body looks like when no parameter goes into it.
    pub enum EmptyBody as "empty body" {
        /// No body and no content type.
        Omit = "omit",
        /// An empty JSON object, `{}`.
        Object = "object",
    }
}

choices! {
    /// How a file is written that is given as a text. A file that is given as an object may say it itself.
    pub enum FileEncoding as "file encoding" {
        /// The text is the file.
        Text = "text",
        /// The text is the file's bytes in base64 (RFC 4648).
        Base64 = "base64",
    }
}

kinds! {
    /// What a request carries. Left out, parameters whose place is the body make a JSON object.
    pub enum Body as "body" {
        /// A JSON object of the body parameters, or one parameter as the whole.
        Json(Json) = "json",
        /// `application/x-www-form-urlencoded`, nested values in brackets: `a[b]=1&c[0]=2`.
        Form(Form) = "form",
        /// `multipart/form-data` (RFC 7578).
        Multipart(Multipart) = "multipart",
        /// `multipart/related` (RFC 2387): a JSON part and a file part.
        Related(Related) = "related",
        /// The bytes of one parameter.
        Raw(RawBody) = "raw",
        /// A GraphQL query with variables.
        Graphql(GraphQl) = "graphql",
    }
}

/// A body as it goes over the wire.
#[derive(Debug, Default)]
pub(crate) struct Encoded {
    /// Its content type; `None` without a body.
    pub content_type: Option<String>,
    /// The body.
    pub body: wire::Body,
}

impl Encoded {
    fn new(content_type: impl Into<String>, body: wire::Body) -> Self {
        Self { content_type: Some(content_type.into()), body }
    }
}

impl Body {
    /// Whether names that nobody declares go into it as they are.
    pub fn takes_others(&self) -> bool {
        match self {
            Self::Json(json) => json.others == Some(true),
            Self::Form(form) => form.others == Some(true),
            Self::Multipart(_) | Self::Related(_) | Self::Raw(_) | Self::Graphql(_) => false,
        }
    }

    /// How files are written that are given as texts.
    pub fn file_encoding(&self) -> FileEncoding {
        let said = match self {
            Self::Multipart(multipart) => multipart.encoding,
            Self::Related(related) => related.encoding,
            Self::Raw(raw) => raw.encoding,
            Self::Json(_) | Self::Form(_) | Self::Graphql(_) => None,
        };
        said.unwrap_or(FileEncoding::Text)
    }

    /// Writes the body parameters of a call.
    ///
    /// # Errors
    /// `invalid_input` for a value that this kind of body cannot hold.
    pub(crate) fn encode(&self, given: &Given<'_>) -> Result<Encoded, Error> {
        match self {
            Self::Json(json) => json.encode(given),
            Self::Form(form) => form.encode(given),
            Self::Multipart(multipart) => multipart.encode(given),
            Self::Related(related) => related.encode(given),
            Self::Raw(raw) => raw.encode(given),
            Self::Graphql(graphql) => graphql.encode(given),
        }
    }
}
