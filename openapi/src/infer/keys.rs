//! An API key that a document declares as a header parameter of its operations, and not as a way to sign in.

use crate::context::Context;
use crate::operation::Operation;
use crate::sign_in::{Secret, SignIn, fields};
use crate::tree::{Mapping, text_of};

/// Headers that carry keys, however they are spelt.
const KEYS: [&str; 8] =
    ["x-api-key", "api-key", "apikey", "x-auth-token", "x-access-token", "x-api-token", "x-auth-key", "authorization"];

impl<'d> Context<'d> {
    /// The way to sign in that a header parameter of most operations stands for, where the document declares no other; the
    /// header, which is no parameter then.
    pub(crate) fn key_in_header(&mut self, sign_in: &mut SignIn, operations: &[&Operation<'d>]) -> Option<String> {
        if !sign_in.ways.is_empty() {
            return None;
        }
        for key in KEYS {
            let named = |operation: &&&Operation<'d>| operation.params.iter().any(|param| is_header(param, key));
            let having = operations.iter().filter(named).count();
            if having * 2 <= operations.len() {
                continue;
            }
            let param = operations.iter().flat_map(|operation| &operation.params).find(|param| is_header(param, key));
            let Some((param, name)) = param.and_then(|param| Some((*param, text_of(param, "name")?))) else { continue };
            let mut way = Mapping::at(param.span);
            way.put_some("description", param.get("description").filter(|said| said.as_text().is_some()).cloned());
            way.put("fields", fields(param, &[("api_key", Secret::Yes)]));
            let mut place = Mapping::at(param.span);
            place.text("in", "header", param.span);
            place.text("name", name, param.span);
            place.text("value", "${api_key}", param.span);
            way.put("api_key", place.node());
            sign_in.ways.insert("api_key".to_owned(), way);
            self.note(
                &["auth", "api_key"],
                format!("`{name}` is a header of {having} of {} operations", operations.len()),
            );
            return Some(name.to_owned());
        }
        None
    }
}

/// Whether a parameter is this header.
pub(crate) fn is_header(param: &tieline::yaml::Node, name: &str) -> bool {
    text_of(param, "in") == Some("header") && text_of(param, "name").is_some_and(|own| own.eq_ignore_ascii_case(name))
}
