//! How calls fail: what each kind of error means, to which calls it can happen, and what is sent again by itself.

use tieline::{Connector, ErrorKind};

use crate::docs::markdown::Inline;
use crate::docs::model::{Entity, ErrorMeaning};

/// The kinds of error that can happen to some operations of a connector, and among them those that can happen to every one.
pub(super) struct Shared {
    some: Vec<String>,
    every: Vec<String>,
}

/// Finds the errors that all operations share, and gives each operation those that are its own.
pub(super) fn set_own(entities: &mut [Entity]) -> Shared {
    let all: Vec<&Vec<String>> =
        entities.iter().flat_map(|entity| &entity.operations).map(|operation| &operation.errors).collect();
    let kinds = || ErrorKind::ALL.iter().map(|kind| kind.as_str().to_owned());
    let some: Vec<_> = kinds().filter(|kind| all.iter().any(|errors| errors.contains(kind))).collect();
    let every: Vec<_> = kinds().filter(|kind| all.iter().all(|errors| errors.contains(kind))).collect();
    for operation in entities.iter_mut().flat_map(|entity| &mut entity.operations) {
        operation.own_errors = operation.errors.iter().filter(|kind| !every.contains(kind)).cloned().collect();
    }
    Shared { some, every }
}

/// What each kind of error means.
pub(super) fn meanings(shared: &Shared) -> Vec<ErrorMeaning> {
    let meaning = |kind: &ErrorKind| {
        let name = kind.as_str().to_owned();
        let outside = match kind {
            ErrorKind::InvalidManifest
            | ErrorKind::UnknownConnector
            | ErrorKind::UnknownEntity
            | ErrorKind::UnknownAction => Some("before a call"),
            ErrorKind::Cancelled => Some("when you end it"),
            ErrorKind::InvalidInput
            | ErrorKind::Credentials
            | ErrorKind::Unauthorized
            | ErrorKind::Forbidden
            | ErrorKind::NotFound
            | ErrorKind::Rejected
            | ErrorKind::RateLimited
            | ErrorKind::Unavailable
            | ErrorKind::Timeout
            | ErrorKind::UnexpectedResponse
            | ErrorKind::TooLarge
            | ErrorKind::Refused => None,
        };
        let inside = || {
            let some = shared.some.contains(&name).then_some("to some calls");
            if shared.every.contains(&name) { Some("to every call") } else { some }
        };
        let when = outside.or_else(inside)?;
        Some(ErrorMeaning { kind: name, text: kind.meaning().to_owned(), when: Inline::text(when) })
    };
    ErrorKind::ALL.iter().filter_map(meaning).collect()
}

/// What is sent again by itself.
pub(super) fn retries(connector: &Connector) -> Vec<Inline> {
    let retry = &connector.head().retry;
    let statuses = |statuses: &[u16]| statuses.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
    let mut sentences = Vec::new();
    if retry.most_attempts() == 1 {
        return vec![Inline::of("No request is sent again by itself.")];
    }
    if !retry.always().is_empty() {
        sentences.push(format!("After status {}, any request is sent again.", statuses(retry.always())));
    }
    let broken = "after a broken connection or a time-out";
    sentences.push(match retry.when_repeatable() {
        [] => format!("Requests that may be repeated are sent again {broken}."),
        several => format!(
            "Requests that may be repeated are sent again after status {} too, and {broken}.",
            statuses(several)
        ),
    });
    sentences.push(format!(
        "There are {} attempts at most, with pauses that grow or are as long as the API asks for.",
        retry.most_attempts()
    ));
    sentences.into_iter().map(Inline::of).collect()
}
