//! What generated code stands on: values that are true to the JSON they came from, and calls that have types.
//!
//! People meet [`Field`], [`Extra`], [`Number`], [`Written`], [`Secret`], [`Page`], [`Stream`] and [`Answer`]. The macros are for the generator
//! (`tieline generate rust`): each reads and writes one generated type, straight from and to JSON text.

mod call;
mod choice;
mod extra;
mod field;
mod kind;
mod number;
mod object;
mod one_of;
mod secret;
mod stream;
#[cfg(test)]
mod tests;
mod written;

pub use call::{Answer, EachOperation, Operation, Page};
pub use extra::Extra;
pub use field::Field;
pub use number::Number;
pub use secret::Secret;
pub use stream::Stream;
pub use written::{Date, Timestamp, Url, Uuid, Written};

#[doc(hidden)]
pub use crate::__any_of as any_of;
#[doc(hidden)]
pub use crate::__choice as choice;
#[doc(hidden)]
pub use crate::__download as download;
#[doc(hidden)]
pub use crate::__kind as kind;
#[doc(hidden)]
pub use crate::__list as list;
#[doc(hidden)]
pub use crate::__nothing as nothing;
#[doc(hidden)]
pub use crate::__object as object;
#[doc(hidden)]
pub use crate::__one as one;
#[doc(hidden)]
pub use crate::__one_of as one_of;
#[doc(hidden)]
pub use indexmap::IndexMap;
#[doc(hidden)]
pub use serde;
#[doc(hidden)]
pub use serde_json::{Map, Value};

/// What the macros call. Nobody else should.
#[doc(hidden)]
pub mod expanded {
    pub use super::call::{
        all, answer, explain, file, list, nothing, pages, record, record_or_nothing, records, stream,
    };
    pub use super::kind::{Kind, KindDraft, Rest};
    pub use super::object::{Key, Members, read_constant, read_field, read_optional, read_required, required, within};
    pub use super::one_of::{Attempts, OneOf, read_one_of};
    pub use serde_json::Result as JsonResult;
}
