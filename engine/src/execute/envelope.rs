//! What a call gives back: data, and what is about the data.

use bytes::Bytes;
use indexmap::IndexMap;
use serde::de::DeserializeOwned;

use crate::error::{Error, ErrorKind};
use crate::raw::Raw;

/// `data` and `meta` of a call.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// The records.
    pub data: Data,
    /// What is about them, by the names that the manifest declares.
    pub meta: IndexMap<String, Raw>,
    /// For a list: `Some(Some(text))` goes on from here with [`crate::Call::next`], `Some(None)` is its end. `None`: not a list.
    pub next: Option<Option<String>>,
}

/// The data of an [`Envelope`].
#[derive(Clone, Debug)]
pub enum Data {
    /// The answer had no body.
    Nothing,
    /// One record.
    Record(Raw),
    /// The records of a list.
    Records(Vec<Raw>),
    /// A file, or a part of one.
    File(FileContent),
}

/// A file, or a part of one.
#[derive(Clone, Debug)]
pub struct FileContent {
    /// The bytes.
    pub content: Bytes,
    /// The content type.
    pub content_type: Option<String>,
    /// The `Range` header that goes on from here, when there is more.
    pub next_range: Option<String>,
}

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Page {
    /// The records.
    pub records: Vec<Raw>,
    /// What is about them.
    pub meta: IndexMap<String, Raw>,
    /// Goes on from here; `None` at the end.
    pub next: Option<String>,
}

impl Envelope {
    /// The record as a type of the caller's, straight from the response's bytes.
    ///
    /// # Errors
    /// `unexpected_response` when it is no single record or does not fit the type.
    pub fn record<T: DeserializeOwned>(&self) -> Result<T, Error> {
        match &self.data {
            Data::Record(raw) => read(raw),
            Data::Nothing | Data::Records(_) | Data::File(_) => {
                Err(Error::new(ErrorKind::UnexpectedResponse, "the answer is not one record"))
            }
        }
    }

    /// The records as a type of the caller's, straight from the response's bytes.
    ///
    /// # Errors
    /// `unexpected_response` when a record does not fit the type.
    pub fn records<T: DeserializeOwned>(&self) -> Result<Vec<T>, Error> {
        match &self.data {
            Data::Records(records) => records.iter().map(read).collect(),
            Data::Record(raw) => read(raw).map(|record| vec![record]),
            Data::Nothing | Data::File(_) => Ok(Vec::new()),
        }
    }

    /// The envelope as every face gives it out: `{ "data": …, "meta": {…}, "next": … }`. Records are copied once, as they came.
    pub fn to_json(&self) -> Vec<u8> {
        Vec::new()
    }
}

fn read<T: DeserializeOwned>(raw: &Raw) -> Result<T, Error> {
    raw.read().map_err(|error| {
        Error::new(ErrorKind::UnexpectedResponse, format!("a record is not what was expected: {error}"))
    })
}
