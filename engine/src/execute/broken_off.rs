//! A list that breaks off: an error keeps what had come before it.

use crate::error::{Came, Error};
use crate::raw::Raw;

use super::envelope::{Data, Envelope, Page};

impl Error {
    /// The records of a list that had come when a page of it failed and that were not given out in another way, with the meta
    /// of the last page; [`next`](Self::next) says where the list goes on. `None` where nothing had come.
    pub fn so_far(&self) -> Option<Page> {
        let came = self.came()?;
        let records = came.records.iter().cloned().map(Raw::from_json).collect();
        let meta = came.meta.iter().map(|(name, value)| (name.clone(), Raw::from_json(value.clone()))).collect();
        Some(Page { records, meta, next: self.next().map(str::to_owned) })
    }

    /// The error, with what had come of a list before it; where that page went on does not count.
    #[must_use]
    pub fn after(self, page: Page) -> Self {
        let later = self.came().cloned();
        let bytes = |raw: &Raw| raw.bytes().clone();
        let mut came = Came {
            records: page.records.iter().map(bytes).collect(),
            meta: page.meta.iter().map(|(name, value)| (name.clone(), bytes(value))).collect(),
        };
        if let Some(later) = later {
            came.records.extend(later.records);
            came.meta = later.meta;
        }
        self.with_came(came)
    }

    /// The error as every face gives it out: as [`to_json`](Self::to_json), and where a list broke off, beside what had come of
    /// it: `{ "data": […], "meta": {…}, "next": "…", "error": {…} }`.
    pub fn to_answer(&self) -> Vec<u8> {
        let error = self.to_json();
        let Some(Page { records, meta, next }) = self.so_far() else { return error.to_string().into_bytes() };
        let mut answer = Envelope { data: Data::Records(records), meta, next: Some(next) }.to_json();
        answer.pop();
        answer.extend(br#","error":"#);
        answer.extend(error["error"].to_string().as_bytes());
        answer.push(b'}');
        answer
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use indexmap::IndexMap;

    use crate::error::{Error, ErrorKind};
    use crate::execute::Page;
    use crate::raw::Raw;

    fn page(records: &[&'static str], number: &'static str) -> Page {
        let raw = |text: &'static str| Raw::from_json(Bytes::from_static(text.as_bytes()));
        let meta = IndexMap::from_iter([("page".to_owned(), raw(number))]);
        Page { records: records.iter().copied().map(raw).collect(), meta, next: Some("elsewhere".to_owned()) }
    }

    #[test]
    fn what_came_is_told_beside_the_error() {
        let error = Error::new(ErrorKind::Unavailable, "no");
        assert_eq!(error.to_answer(), error.to_json().to_string().into_bytes());
        let told = |error: &Error| String::from_utf8(error.to_answer()).unwrap();
        let last = error.clone().after(page(&["{ \"a\": 1.0 }"], "2"));
        let so_far =
            r#"{"data":[{ "a": 1.0 }],"meta":{"page":2},"next":null,"error":{"kind":"unavailable","message":"no"}}"#;
        assert_eq!(told(&last), so_far);
        let all = last.with_next(Some("n".to_owned())).after(page(&["1", "2"], "1"));
        let so_far =
            r#"{"data":[1,2,{ "a": 1.0 }],"meta":{"page":2},"next":"n","error":{"kind":"unavailable","message":"no"}}"#;
        assert_eq!(told(&all), so_far);
        assert_eq!(all.so_far().unwrap().next.as_deref(), Some("n"));
    }
}
