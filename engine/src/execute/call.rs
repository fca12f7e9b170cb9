//! A call, described step by step.

use std::time::Duration;

use futures_util::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::connect::Connection;
use crate::error::Error;
use crate::notation::Lookup;
use crate::plan::Answer;
use crate::raw::Raw;
use crate::wire::{Request, Upload};

use super::download::{self, Download};
use super::envelope::{Envelope, Page};
use super::pages;
use super::road::Road;
use super::watched::Watched;

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
    pub(super) validated: bool,
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
    /// The headers that get a new value for each call: the one by which the API knows a request that was sent before.
    pub generated: Vec<String>,
    /// Where the answer names a file, whose URL is asked next.
    pub file_at: Option<Lookup>,
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
            validated: false,
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

    /// All pages of a list, in one envelope. Where each page is one record, a list of them.
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

    /// Gives out nothing of an answer that is not JSON all through: for whoever passes records on unread. Without it, what nobody asks
    /// for is skipped, and whoever reads a record finds what is wrong in it.
    #[must_use]
    pub fn validated(mut self) -> Self {
        self.validated = true;
        self
    }

    /// Makes the call. A file comes whole, within the connection's `max_response_bytes`.
    ///
    /// # Errors
    /// See [`crate::ErrorKind`]. Where some pages of a list had come, the error has them ([`Error::so_far`]), and says where the
    /// list goes on ([`Error::next`]).
    pub async fn execute(self) -> Result<Envelope, Error> {
        Watched::start(&self).run(Box::pin(self.answer())).await
    }

    async fn answer(self) -> Result<Envelope, Error> {
        let road = Road::start(self)?;
        let operation = &*road.operation;
        match operation.answer {
            Answer::List(_) | Answer::One(_) if !operation.has_pages() => road.record().await,
            Answer::List(_) | Answer::One(_) if road.call.all => pages::all(road).await,
            Answer::List(_) | Answer::One(_) => pages::one(road).await,
            Answer::File(_) => download::whole(road).await,
        }
    }

    /// The pages of a list, each asked for when the one before is taken. They end after an error, which says where the list goes on
    /// ([`Error::next`]).
    pub fn pages(self) -> BoxStream<'static, Result<Page, Error>> {
        pages::stream(self)
    }

    /// The records of a list, page by page.
    pub fn records(self) -> BoxStream<'static, Result<Raw, Error>> {
        let records = |page: Page| stream::iter(page.records.into_iter().map(Ok));
        self.pages().map_ok(records).try_flatten().boxed()
    }

    /// A file, as it arrives.
    ///
    /// # Errors
    /// See [`crate::ErrorKind`]; `invalid_input` when the operation does not answer with a file.
    pub async fn download(self) -> Result<Download, Error> {
        let start = async |call| {
            let road = Road::start(call)?;
            download::start(&road, &road.sending().await?).await
        };
        Watched::start(&self).run(Box::pin(start(self))).await
    }

    /// What the call would send, without sending.
    ///
    /// # Errors
    /// Those that are found before anything is sent.
    pub fn explain(self) -> Result<Explanation, Error> {
        Road::start(self)?.explain()
    }
}
