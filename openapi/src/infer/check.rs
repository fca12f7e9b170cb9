//! The operation that shows whether a connection works.

use crate::answer::Kind;
use crate::assemble::Built;

/// Last parts of paths that answer with whoever asks.
const WHO: [&str; 8] = ["me", "self", "whoami", "user", "account", "profile", "viewer", "current"];

/// The operation, and why it was chosen: one that answers with whoever asks, or the first list, that needs nothing from the caller.
pub(crate) fn choose<'b, 'd>(all: &'b [Built<'d>]) -> Option<(&'b Built<'d>, String)> {
    let mut free = all.iter().filter(|built| built.operation.method == "get" && built.needs_nothing);
    let who = free.clone().find(|built| {
        let last = built.operation.path_words().last().unwrap_or_default().to_ascii_lowercase();
        matches!(built.answer.kind, Kind::One(_)) && WHO.contains(&last.as_str())
    });
    if let Some(built) = who {
        return Some((built, "it answers with whoever asks, and needs no parameters".to_owned()));
    }
    let list = free.find(|built| matches!(built.answer.kind, Kind::List(_)))?;
    Some((list, "the first list that needs no parameters".to_owned()))
}
