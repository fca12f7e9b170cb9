//! What a request carries: one file a kind.

mod form;
mod graphql;
mod json;
mod multipart;
mod raw;
mod related;

use crate::language::{choices, kinds};

pub use form::Form;
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
