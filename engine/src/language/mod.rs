//! How the manifest language is declared: one place per object gives its type, its decoding, its JSON Schema and its reference.
//!
//! `object!` declares a mapping with known keys, `kinds!` a mapping whose `kind` key picks one of several objects,
//! `choices!` a text out of a closed list. Each key's rustdoc is its documentation; a fenced `yaml` block in it is its example.

mod decode;
mod doc;
mod json_schema;
mod macros;
mod nearest;
mod reference;
mod schema_keywords;

pub use decode::{Decode, Object};
pub(crate) use decode::{
    Reading, comma_help, decode_map, end_excess, is_enough, unknown_key, with_article, wrong_type,
};
pub use doc::{ChoiceDoc, KeyDoc, KindsDoc, ObjectDoc, Shape};
pub use json_schema::json_schema;
pub(crate) use macros::{choices, kinds, object};
pub use nearest::nearest;
pub use reference::{Section, reference, sections};
pub use schema_keywords::Holds;
pub(crate) use schema_keywords::{SCHEMA_KEYWORDS, schema_keywords};
