//! Calls whose parameters and records have types.

use std::fmt::Debug;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::execute::{self, Call, Data, Envelope};
use crate::raw::Raw;

use super::{Extra, Stream};

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// The records.
    pub data: Vec<T>,
    /// What is about them, by the names that the manifest declares.
    pub meta: Extra,
    /// Goes on from here; `None` at the end.
    pub next: Option<String>,
}

/// One record, with what is about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer<T> {
    /// The record.
    pub data: T,
    /// What is about it, by the names that the manifest declares.
    pub meta: Extra,
}

/// An operation with its types.
pub trait Operation {
    /// The entity's name.
    const ENTITY: &'static str;
    /// The action's name.
    const ACTION: &'static str;
    /// Its parameters, but for files.
    type Params: Debug + Serialize + DeserializeOwned;
    /// Its records.
    type Record: Debug + Serialize + DeserializeOwned;
}

/// Something to be done with each operation of a generated client, such as a check of its types.
pub trait EachOperation {
    /// Does it with this one.
    fn operation<O: Operation>(&mut self);
}

/// Reads and writes a list: `list!(Builder, ParamsType, RecordType, "entity", "action")`.
#[doc(hidden)]
#[macro_export]
macro_rules! __list {
    ($builder:ident, $params:ty, $record:ty, $entity:literal, $action:literal) => {
        $crate::__call!($builder, $params, $record, $entity, $action);

        impl $builder {
            /// Goes on where `next` of an earlier page says.
            pub fn next(mut self, next: impl Into<String>) -> Self {
                self.call = self.call.next(next);
                self
            }

            /// No more pages than this, for [`Self::all`], [`Self::pages`] and [`Self::records`].
            pub fn max_pages(mut self, pages: usize) -> Self {
                self.call = self.call.max_pages(pages);
                self
            }

            /// No more records than this, for [`Self::all`], [`Self::pages`] and [`Self::records`].
            pub fn max_records(mut self, records: usize) -> Self {
                self.call = self.call.max_records(records);
                self
            }

            /// Makes the call: one page.
            ///
            /// # Errors
            /// See [`tieline::ErrorKind`]($crate::ErrorKind).
            pub async fn send(self) -> ::core::result::Result<$crate::typed::Page<$record>, $crate::Error> {
                $crate::typed::expanded::list(self.call, &self.params).await
            }

            /// Makes as many calls as there are pages: all records.
            ///
            /// # Errors
            /// See [`tieline::ErrorKind`]($crate::ErrorKind).
            pub async fn all(self) -> ::core::result::Result<Vec<$record>, $crate::Error> {
                $crate::typed::expanded::all(self.call, &self.params).await
            }

            /// The pages, each asked for when the one before is taken.
            pub fn pages(self) -> $crate::typed::Stream<$crate::typed::Page<$record>> {
                $crate::typed::expanded::pages(self.call, &self.params)
            }

            /// The records, page by page.
            pub fn records(self) -> $crate::typed::Stream<$record> {
                $crate::typed::expanded::records(self.call, &self.params)
            }
        }
    };
}

/// A call that answers with one record: `one!(Builder, ParamsType, RecordType, "entity", "action")`; with `with meta` at the end, it
/// gives what is about the record too, with `or nothing` an `Option`.
#[doc(hidden)]
#[macro_export]
macro_rules! __one {
    ($builder:ident, $params:ty, $record:ty, $entity:literal, $action:literal) => {
        $crate::__call!($builder, $params, $record, $entity, $action);

        impl $builder {
            /// Makes the call.
            ///
            /// # Errors
            /// See [`tieline::ErrorKind`]($crate::ErrorKind).
            pub async fn send(self) -> ::core::result::Result<$record, $crate::Error> {
                $crate::typed::expanded::record(self.call, &self.params).await
            }
        }
    };
    ($builder:ident, $params:ty, $record:ty, $entity:literal, $action:literal, or nothing) => {
        $crate::__call!($builder, $params, $record, $entity, $action);

        impl $builder {
            /// Makes the call. `None` when the API answers with nothing.
            ///
            /// # Errors
            /// See [`tieline::ErrorKind`]($crate::ErrorKind).
            pub async fn send(self) -> ::core::result::Result<::core::option::Option<$record>, $crate::Error> {
                $crate::typed::expanded::record_or_nothing(self.call, &self.params).await
            }
        }
    };
    ($builder:ident, $params:ty, $record:ty, $entity:literal, $action:literal, with meta) => {
        $crate::__call!($builder, $params, $record, $entity, $action);

        impl $builder {
            /// Makes the call.
            ///
            /// # Errors
            /// See [`tieline::ErrorKind`]($crate::ErrorKind).
            pub async fn send(self) -> ::core::result::Result<$crate::typed::Answer<$record>, $crate::Error> {
                $crate::typed::expanded::answer(self.call, &self.params).await
            }
        }
    };
}

/// A call whose answer has no schema: `nothing!(Builder, ParamsType, "entity", "action")`.
#[doc(hidden)]
#[macro_export]
macro_rules! __nothing {
    ($builder:ident, $params:ty, $entity:literal, $action:literal) => {
        $crate::__call!($builder, $params, $crate::typed::Value, $entity, $action);

        impl $builder {
            /// Makes the call. What it answers has no schema, and may be nothing (null).
            ///
            /// # Errors
            /// See [`tieline::ErrorKind`]($crate::ErrorKind).
            pub async fn send(self) -> ::core::result::Result<$crate::typed::Value, $crate::Error> {
                $crate::typed::expanded::nothing(self.call, &self.params).await
            }
        }
    };
}

/// A call that answers with a file: `download!(Builder, ParamsType, "entity", "action")`.
#[doc(hidden)]
#[macro_export]
macro_rules! __download {
    ($builder:ident, $params:ty, $entity:literal, $action:literal) => {
        $crate::__call!($builder, $params, $crate::typed::Value, $entity, $action);

        impl $builder {
            /// The part of the file to download, as a `Range` header (RFC 9110 section 14.2): `bytes=0-49151`.
            pub fn range(mut self, range: impl Into<String>) -> Self {
                self.call = self.call.range(range);
                self
            }

            /// Makes the call: the whole file, in memory.
            ///
            /// # Errors
            /// See [`tieline::ErrorKind`]($crate::ErrorKind).
            pub async fn send(self) -> ::core::result::Result<$crate::execute::FileContent, $crate::Error> {
                $crate::typed::expanded::file(self.call, &self.params).await
            }

            /// Makes the call: the file as it arrives.
            ///
            /// # Errors
            /// See [`tieline::ErrorKind`]($crate::ErrorKind).
            pub async fn stream(self) -> ::core::result::Result<$crate::execute::Download, $crate::Error> {
                $crate::typed::expanded::stream(self.call, &self.params).await
            }
        }
    };
}

/// What every call has.
#[doc(hidden)]
#[macro_export]
macro_rules! __call {
    ($builder:ident, $params:ty, $record:ty, $entity:literal, $action:literal) => {
        impl $builder {
            /// The longest the call may take over all its attempts, per page.
            pub fn deadline(mut self, deadline: ::core::time::Duration) -> Self {
                self.call = self.call.deadline(deadline);
                self
            }

            /// What the call would send, without sending.
            ///
            /// # Errors
            /// Those that are found before anything is sent.
            pub fn explain(self) -> ::core::result::Result<$crate::execute::Explanation, $crate::Error> {
                $crate::typed::expanded::explain(self.call, &self.params)
            }
        }

        impl $crate::typed::Operation for $builder {
            const ENTITY: &'static str = $entity;
            const ACTION: &'static str = $action;
            type Params = $params;
            type Record = $record;
        }
    };
}

/// The call with its parameters.
fn with_params(call: Call, params: &impl Serialize) -> Result<Call, Error> {
    let params = serde_json::to_value(params).map_err(|error| {
        Error::new(ErrorKind::InvalidInput, format!("the parameters cannot be written as JSON: {error}"))
    })?;
    Ok(call.params(params))
}

/// One page.
pub async fn list<T: DeserializeOwned>(call: Call, params: &impl Serialize) -> Result<Page<T>, Error> {
    read(page(with_params(call, params)?.execute().await?))
}

/// The records of all pages.
pub async fn all<T: DeserializeOwned>(call: Call, params: &impl Serialize) -> Result<Vec<T>, Error> {
    let whole: Page<T> = read(page(with_params(call.all(), params)?.execute().await?))?;
    Ok(whole.data)
}

/// The pages, as a stream.
pub fn pages<T: DeserializeOwned + Send + 'static>(call: Call, params: &impl Serialize) -> Stream<Page<T>> {
    match with_params(call, params) {
        Ok(call) => call.pages().map(move |page| page.and_then(read)).boxed().into(),
        Err(error) => stream::once(async { Err(error) }).boxed().into(),
    }
}

/// The records, as a stream.
pub fn records<T: DeserializeOwned + Send + 'static>(call: Call, params: &impl Serialize) -> Stream<T> {
    pages(call, params).map_ok(|page| stream::iter(page.data.into_iter().map(Ok))).try_flatten().boxed().into()
}

/// The records of an envelope as a page.
fn page(Envelope { data, meta, next }: Envelope) -> execute::Page {
    let records = match data {
        Data::Records(records) => records,
        Data::Record(record) => vec![record],
        Data::Nothing | Data::File(_) => Vec::new(),
    };
    execute::Page { records, meta, next: next.flatten() }
}

/// A page with records of this type. Where they are of another, the error has what came.
fn read<T: DeserializeOwned>(page: execute::Page) -> Result<Page<T>, Error> {
    let data: Result<_, Error> = page.records.iter().map(execute::read_record).collect();
    match data {
        Ok(data) => Ok(Page { data, meta: page.meta.into(), next: page.next }),
        Err(error) => Err(error.with_next(page.next.clone()).after(page)),
    }
}

/// One record.
pub async fn record<T: DeserializeOwned>(call: Call, params: &impl Serialize) -> Result<T, Error> {
    with_params(call, params)?.execute().await?.record()
}

/// One record, or nothing.
pub async fn record_or_nothing<T: DeserializeOwned>(call: Call, params: &impl Serialize) -> Result<Option<T>, Error> {
    let envelope = with_params(call, params)?.execute().await?;
    match &envelope.data {
        Data::Nothing => Ok(None),
        Data::Record(_) | Data::Records(_) | Data::File(_) => envelope.record(),
    }
}

/// One record, with what is about it.
pub async fn answer<T: DeserializeOwned>(call: Call, params: &impl Serialize) -> Result<Answer<T>, Error> {
    let envelope = with_params(call, params)?.execute().await?;
    Ok(Answer { data: envelope.record()?, meta: envelope.meta.into() })
}

/// An answer without a schema, or none.
pub async fn nothing(call: Call, params: &impl Serialize) -> Result<Value, Error> {
    match with_params(call, params)?.execute().await?.data {
        Data::Nothing | Data::File(_) => Ok(Value::Null),
        Data::Record(raw) => Ok(raw.to_value()),
        Data::Records(records) => Ok(records.iter().map(Raw::to_value).collect()),
    }
}

/// A file, whole.
pub async fn file(call: Call, params: &impl Serialize) -> Result<execute::FileContent, Error> {
    match with_params(call, params)?.execute().await?.data {
        Data::File(file) => Ok(file),
        Data::Nothing | Data::Record(_) | Data::Records(_) => {
            Err(Error::new(ErrorKind::UnexpectedResponse, "the answer is not a file"))
        }
    }
}

/// A file, as it arrives.
pub async fn stream(call: Call, params: &impl Serialize) -> Result<execute::Download, Error> {
    with_params(call, params)?.download().await
}

/// What the call would send.
pub fn explain(call: Call, params: &impl Serialize) -> Result<execute::Explanation, Error> {
    with_params(call, params)?.explain()
}
