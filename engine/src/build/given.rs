//! The arguments of a call, as a body is written from them.

use crate::args::Args;
use crate::body::{Content, Given, GivenParam};
use crate::manifest::{Place, Style};
use crate::plan::{Operation, Param};

pub(super) fn given<'a>(operation: &'a Operation, args: &'a Args) -> Given<'a> {
    let given = |param: &'a Param| {
        let value = || args.values.get(&param.name).map(Content::Value);
        Some(GivenParam {
            name: &param.name,
            wire: &param.wire,
            in_body: param.place == Place::Body,
            file: param.file,
            as_json: param.style == Some(Style::Json),
            content: args.uploads.get(&param.name).map(Content::File).or_else(value)?,
        })
    };
    let params = operation.params.iter().filter_map(given).collect();
    Given { params, others: &args.others, empty_body: operation.empty_body }
}
