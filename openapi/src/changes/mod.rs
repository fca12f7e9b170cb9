//! What changed between two connectors, as their callers see it.

mod found;
mod head;
mod operations;
mod schemas;
#[cfg(test)]
mod tests;
mod types;
mod view;
mod words;

use tieline::{Connector, Error};

use found::Found;
use schemas::Comparison;

/// Something that is not the same in two connectors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What changed: `users.list`, `users.list page_size`, `auth token`, `config region`, or a member of a record, `User.email`.
    pub place: String,
    /// Whether a call, or a program that reads the records, may work no longer.
    pub breaks: bool,
    /// What is different, as a sentence about the place without a full stop: `must be given now`.
    pub text: String,
}

/// What changed from one connector to another: first what breaks callers, then the rest, each by place.
///
/// A caller gives parameters, configuration and credentials, and reads records. So a parameter that takes less breaks callers, and a
/// record that may hold more does. What only the API sees (another path, another name on the wire) is listed and breaks nobody.
///
/// # Errors
/// `invalid_manifest` when one of them is in compiled form and cannot be read.
pub fn changes(before: &Connector, after: &Connector) -> Result<Vec<Change>, Error> {
    let mut found = Found::default();
    head::compare(before.head(), after.head(), &mut found);
    let mut schemas = Comparison::of(before, after)?;
    operations::compare(&before.entities()?, &after.entities()?, &mut schemas, &mut found);
    schemas.run(&mut found);
    Ok(found.sorted())
}
