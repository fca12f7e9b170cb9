//! Lists of several pages: put together within bounds; one that breaks off keeps what came.

use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tieline::execute::Data;
use tieline::{Call, Envelope, Error};

/// How many bytes of records one call gives out, and no more than a page beyond; `next` goes on from there.
const MOST_BYTES: usize = 32 << 20;

/// The pages of a list.
pub(super) struct Listed {
    pub envelope: Envelope,
    /// Why there are not as many as were asked for.
    pub warning: Option<Value>,
}

/// Takes pages until there are as many records as the call says, or as many bytes as one call may have.
///
/// # Errors
/// Those of the first page. Where a later one fails, what came is given out, and where the list goes on.
pub(super) async fn listed(call: Call) -> Result<Listed, Error> {
    let mut pages = call.pages();
    let (mut records, mut bytes, mut meta, mut next) = (Vec::new(), 0, Default::default(), None);
    let mut warning = None;
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => {
                bytes += page.records.iter().map(|record| record.as_bytes().len()).sum::<usize>();
                records.extend(page.records);
                (meta, next) = (page.meta, page.next);
                if bytes > MOST_BYTES {
                    break;
                }
            }
            Err(error) if records.is_empty() => return Err(error),
            Err(error) => {
                next = error.next().map(str::to_owned);
                warning = Some(json!({ "kind": error.kind().as_str(), "message": error.message() }));
                break;
            }
        }
    }
    Ok(Listed { envelope: Envelope { data: Data::Records(records), meta, next: Some(next) }, warning })
}
