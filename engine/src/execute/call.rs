//! A call, described step by step.

use std::time::Duration;

use futures_util::stream::{self, BoxStream, StreamExt as _};
use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::connect::Connection;
use crate::error::{Error, ErrorKind};
use crate::raw::Raw;
use crate::wire::{Request, ResponseBody, Upload};

use super::envelope::{Envelope, Page};

/// A call that has not been made yet.
#[derive(Clone)]
pub struct Call {
    pub(super) connection: Connection,
    pub(super) entity: String,
    pub(super) action: String,
    pub(super) params: Value,
    pub(super) uploads: IndexMap<String, Upload>,
    pub(super) all: bool,
    pub(super) max_pages: Option<usize>,
    pub(super) max_records: Option<usize>,
    pub(super) next: Option<String>,
    pub(super) fields: Vec<String>,
    pub(super) deadline: Option<Duration>,
    pub(super) range: Option<String>,
}

/// A file on its way.
pub struct Download {
    /// The content type.
    pub content_type: Option<String>,
    /// The length in bytes, where it is known.
    pub length: Option<u64>,
    /// The name that the API gives it, without any folder.
    pub filename: Option<String>,
    /// Its bytes.
    pub body: ResponseBody,
}

/// What a call would send.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The request, without secrets.
    pub request: Request,
    /// The way to sign in that would be used.
    pub scheme: Option<String>,
    /// The headers, query parameters and cookies that would carry secrets, each as `(place, name)`.
    pub secrets: Vec<(&'static str, String)>,
}

impl Call {
    pub(crate) fn new(connection: Connection, entity: &str, action: &str) -> Self {
        Self {
            connection,
            entity: entity.to_owned(),
            action: action.to_owned(),
            params: Value::Object(Map::new()),
            uploads: IndexMap::new(),
            all: false,
            max_pages: None,
            max_records: None,
            next: None,
            fields: Vec::new(),
            deadline: None,
            range: None,
        }
    }

    /// The parameters: a JSON object.
    #[must_use]
    pub fn params(mut self, params: Value) -> Self {
        self.params = params;
        self
    }

    /// A file for a parameter with `format: binary`; it is read as it is sent.
    #[must_use]
    pub fn upload(mut self, param: impl Into<String>, upload: Upload) -> Self {
        self.uploads.insert(param.into(), upload);
        self
    }

    /// All pages of a list, in one envelope.
    #[must_use]
    pub fn all(mut self) -> Self {
        self.all = true;
        self
    }

    /// No more pages than this; implies [`Call::all`].
    #[must_use]
    pub fn max_pages(mut self, pages: usize) -> Self {
        self.max_pages = Some(pages);
        self.all()
    }

    /// No more records than this; implies [`Call::all`].
    #[must_use]
    pub fn max_records(mut self, records: usize) -> Self {
        self.max_records = Some(records);
        self.all()
    }

    /// Goes on where an envelope's `next` says.
    #[must_use]
    pub fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }

    /// Keeps only these fields of each record (`id`, `owner.name`).
    #[must_use]
    pub fn fields(mut self, fields: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.fields = fields.into_iter().map(Into::into).collect();
        self
    }

    /// The longest the call may take over all its attempts, per page.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// The part of a file to download, as a `Range` header (RFC 9110 section 14.2): `bytes=0-49151`.
    #[must_use]
    pub fn range(mut self, range: impl Into<String>) -> Self {
        self.range = Some(range.into());
        self
    }

    /// Makes the call. A file comes whole, within the connection's `max_response_bytes`.
    ///
    /// # Errors
    /// See [`ErrorKind`].
    pub async fn execute(self) -> Result<Envelope, Error> {
        Err(Error::new(ErrorKind::Cancelled, "not built"))
    }

    /// The pages of a list, each asked for when the one before is taken.
    pub fn pages(self) -> BoxStream<'static, Result<Page, Error>> {
        stream::empty().boxed()
    }

    /// The records of a list, page by page.
    pub fn records(self) -> BoxStream<'static, Result<Raw, Error>> {
        stream::empty().boxed()
    }

    /// A file, as it arrives.
    ///
    /// # Errors
    /// See [`ErrorKind`]; `invalid_input` when the operation does not answer with a file.
    pub async fn download(self) -> Result<Download, Error> {
        Err(Error::new(ErrorKind::Cancelled, "not built"))
    }

    /// What the call would send, without sending.
    ///
    /// # Errors
    /// Those that are found before anything is sent.
    pub fn explain(self) -> Result<Explanation, Error> {
        Err(Error::new(ErrorKind::Cancelled, "not built"))
    }
}
