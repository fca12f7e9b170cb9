//! JSON Schemas at work: compiled with all that they refer to, and what they find said for people.

mod compiled;
mod convert;
mod explain;
mod meant;

pub(crate) use compiled::{Schema, Validators, options};
pub(crate) use convert::type_of;
pub(crate) use explain::{explain, found_name};
