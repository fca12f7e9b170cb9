//! Pages of a list, for every kind of pagination.

use http::StatusCode;
use serde_json::Value;
use tieline::notation::{JsonPath, Lookup};
use tieline::paginate::Pagination;
use tieline::plan::Operation;
use uuid::Uuid;

use crate::draft::{Draft, find};
use crate::failure::Failure;
use crate::given::{FROM, Given};
use crate::play::text_of;
use crate::received::Received;
use crate::sample::Seed;

/// How many records a page holds when neither the request nor the manifest says it.
const USUAL_SIZE: usize = 100;

/// Which part of a list is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Page {
    pub(crate) from: usize,
    pub(crate) size: usize,
}

impl Page {
    /// The one page of something that is a record, and could have more of them.
    pub(crate) fn only() -> Self {
        Self { from: 0, size: 1 }
    }

    /// Reads which page a request asks for.
    ///
    /// # Errors
    /// 400 for a cursor that the mock did not hand out for this list.
    pub(crate) fn read(operation: &Operation, given: &Given, request: &Received, list: Seed) -> Result<Self, Failure> {
        let Some(pagination) = &operation.pagination else { return Ok(Self { from: 0, size: usize::MAX }) };
        let size = size(pagination, given);
        let number = |name: &str| given.values.get(name).and_then(Value::as_u64);
        let from = match pagination {
            // Which record it names is seen once the records are there.
            Pagination::Cursor(cursor) if cursor.last.is_some() => 0,
            Pagination::Cursor(cursor) => match given.values.get(&cursor.cursor.value) {
                None | Some(Value::Null) => 0,
                Some(value) => opened(value, list).ok_or_else(|| foreign(&cursor.cursor))?,
            },
            Pagination::Offset(offset) => {
                let start = offset.start.unwrap_or(0);
                number(&offset.offset).unwrap_or(start).saturating_sub(start) as usize
            }
            Pagination::Page(page) => {
                let start = page.start.unwrap_or(1);
                (number(&page.page).unwrap_or(start).saturating_sub(start) as usize).saturating_mul(size)
            }
            Pagination::Link(_) | Pagination::NextUrl(_) => {
                let query = request.query();
                query.iter().find(|(name, _)| name == FROM).and_then(|(_, from)| from.parse().ok()).unwrap_or(0)
            }
        };
        Ok(Self { from, size })
    }

    /// The page after the record that the request names, where a list goes on so; the first one when it names none.
    ///
    /// # Errors
    /// 400 for a record that is not in the list.
    pub(crate) fn after_record(self, operation: &Operation, given: &Given, records: &[Value]) -> Result<Self, Failure> {
        let Some((cursor, last)) = by_record(operation) else { return Ok(self) };
        let Some(wanted) = given.values.get(cursor).filter(|value| !value.is_null()) else { return Ok(self) };
        let is_named = |record: &Value| find(record, last.steps()).is_some_and(|key| text_of(key) == text_of(wanted));
        let position = records.iter().position(is_named).ok_or_else(|| foreign(cursor))?;
        Ok(Self { from: position + 1, ..self })
    }

    /// Where the next page begins, if there is one.
    fn next(self, total: usize) -> Option<usize> {
        self.from.checked_add(self.size).filter(|next| *next < total)
    }

    /// Says in an answer how the list goes on.
    pub(crate) fn describe(
        self,
        operation: &Operation,
        request: &Received,
        total: usize,
        list: Seed,
        draft: &mut Draft,
    ) {
        let Some(pagination) = &operation.pagination else { return };
        let next = self.next(total);
        let next_url = next.map(|from| request.url_with(FROM, &from.to_string()).to_string());
        let mut put = |lookup: Option<&Lookup>, value: Value| {
            if let Some(lookup) = lookup {
                draft.put(lookup, value);
            }
        };
        match pagination {
            Pagination::Cursor(cursor) => {
                put(cursor.next.as_deref(), next.map_or(Value::Null, |from| sealed(from, list)));
                put(cursor.more.as_deref(), next.is_some().into());
            }
            Pagination::Offset(offset) => {
                put(offset.total.as_deref(), total.into());
                put(offset.more.as_deref(), next.is_some().into());
            }
            Pagination::Page(page) => {
                put(page.total_pages.as_deref(), total.div_ceil(self.size).into());
                put(page.more.as_deref(), next.is_some().into());
            }
            Pagination::Link(link) => {
                let rel = Lookup::Link(link.rel.clone().unwrap_or_else(|| "next".to_owned()));
                put(Some(&rel), next_url.into());
            }
            Pagination::NextUrl(url) => put(Some(&url.next), next_url.into()),
        }
    }
}

/// The parameter that names the record after which a list goes on, and where a record names itself for it.
pub(crate) fn by_record(operation: &Operation) -> Option<(&str, &JsonPath)> {
    match operation.pagination.as_ref()? {
        Pagination::Cursor(cursor) => Some((cursor.cursor.as_str(), cursor.last.as_deref()?)),
        Pagination::Offset(_) | Pagination::Page(_) | Pagination::Link(_) | Pagination::NextUrl(_) => None,
    }
}

fn foreign(cursor: &str) -> Failure {
    Failure::new(StatusCode::BAD_REQUEST, format!("`{cursor}`: the cursor does not belong to this list"))
}

/// The names of the parameters that say which page is asked for.
pub(crate) fn params(pagination: &Pagination) -> Vec<&str> {
    let (which, size) = match pagination {
        Pagination::Cursor(kind) => (Some(&kind.cursor), &kind.size),
        Pagination::Offset(kind) => (Some(&kind.offset), &kind.size),
        Pagination::Page(kind) => (Some(&kind.page), &kind.size),
        Pagination::Link(kind) => (None, &kind.size),
        Pagination::NextUrl(kind) => (None, &kind.size),
    };
    which.into_iter().chain(size).map(|name| name.value.as_str()).collect()
}

/// How many records a page holds: what is asked for, within what is allowed.
fn size(pagination: &Pagination, given: &Given) -> usize {
    let Some(size) = pagination.paging().size else { return USUAL_SIZE };
    let asked = given.values.get(&size.name.value).and_then(Value::as_u64);
    let most = size.most.map_or(usize::MAX, |most| most as usize);
    let usual = size.usual.or(size.most).map_or(USUAL_SIZE, |size| size as usize);
    asked.map_or(usual, |asked| asked as usize).clamp(1, most.max(1))
}

/// A cursor: a UUID that holds where to go on, and which list it is for.
fn sealed(from: usize, list: Seed) -> Value {
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&list.bits().to_be_bytes()[..6]);
    bytes[12..].copy_from_slice(&u32::try_from(from).unwrap_or(u32::MAX).to_be_bytes());
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string().into()
}

/// Where a cursor goes on, when it is one for this list.
fn opened(cursor: &Value, list: Seed) -> Option<usize> {
    let bytes = Uuid::parse_str(cursor.as_str()?).ok()?.into_bytes();
    let from = u32::from_be_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]);
    (sealed(from as usize, list) == Uuid::from_bytes(bytes).to_string()).then_some(from as usize)
}

#[cfg(test)]
mod tests {
    use super::{Page, Seed, opened, sealed};

    #[test]
    fn a_cursor_belongs_to_its_list() {
        let list = Seed::new(1).and("users.list");
        for from in [0, 3, 250, 1_000_000] {
            assert_eq!(opened(&sealed(from, list), list), Some(from));
        }
        assert_eq!(opened(&sealed(3, list), Seed::new(2)), None);
        for other in ["", "3", "00000000-0000-4000-8000-000000000003"] {
            assert_eq!(opened(&other.into(), list), None, "{other}");
        }
    }

    #[test]
    fn the_last_page_has_no_next() {
        let page = |from, size| Page { from, size };
        assert_eq!(page(0, 3).next(7), Some(3));
        assert_eq!(page(6, 3).next(7), None);
        assert_eq!(page(4, 3).next(7), None);
        assert_eq!(page(0, usize::MAX).next(7), None);
        assert_eq!(page(usize::MAX, 3).next(7), None);
    }
}
