//! Where a list goes on, as the opaque text that callers keep.

#[cfg(test)]
mod tests;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};
use crate::paginate::Next;
use crate::plan::Operation;

/// The longest text that is read, in bytes.
const MAX_LENGTH: usize = 64 * 1024;
/// Changes with the form of the text.
const VERSION: u8 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed {
    v: u8,
    op: String,
    next: Option<Next>,
    #[serde(default, skip_serializing_if = "is_zero")]
    skip: usize,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// Where a caller goes on: a page, and how many of its records were given out already because a cap cut it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Resume {
    /// The page; `None` is the first.
    pub at: Option<Next>,
    /// How many of its records come no more.
    pub skip: usize,
}

/// The opaque text that goes on from here. It names the operation, so that it cannot be used with another.
pub(super) fn seal(operation: &Operation, resume: &Resume) -> String {
    let sealed = Sealed { v: VERSION, op: operation.name(), next: resume.at.clone(), skip: resume.skip };
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&sealed).unwrap_or_default())
}

/// Reads such a text. It comes from the caller, who may have changed it: it can hold nothing but a position in the list.
/// Where the API names next pages by URL, that is any URL on the server's own origin: a face that lets callers use some
/// operations only must not take such a text from them unseen.
///
/// # Errors
/// `invalid_input` when it is none, or belongs to another operation.
pub(super) fn unseal(operation: &Operation, text: &str) -> Result<Resume, Error> {
    if text.len() > MAX_LENGTH {
        return Err(refused(format!("`next` has {} bytes; {MAX_LENGTH} is the limit", text.len())));
    }
    let sealed = URL_SAFE_NO_PAD.decode(text).ok().and_then(|json| serde_json::from_slice::<Sealed>(&json).ok());
    let Some(Sealed { v: VERSION, op, next, skip }) = sealed else {
        return Err(refused("`next` cannot be read"));
    };
    let name = operation.name();
    if op != name {
        return Err(refused(format!("`next` belongs to `{op}`, not to `{name}`")));
    }
    match &operation.pagination {
        Some(pagination) if next.as_ref().is_none_or(|next| pagination.can_go_on(next)) => {
            Ok(Resume { at: next, skip })
        }
        None if next.is_none() => Ok(Resume { at: None, skip }),
        Some(_) | None => Err(refused(format!("`next` does not fit how `{name}` goes on"))),
    }
}

fn refused(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidInput, message).with_help(
        "pass the `next` of this operation's last answer unchanged, or leave it out to start at the beginning",
    )
}
