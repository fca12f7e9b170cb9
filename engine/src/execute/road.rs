//! One call on its way: the operation, its arguments, and the steps that every kind of answer shares.

use std::borrow::Cow;
use std::sync::Arc;

use http::StatusCode;
use indexmap::IndexMap;
use serde_json::{Map, Value};
use url::Url;

use crate::args::{self, Args};
use crate::auth::{self, AccessToken, Scheme, Values};
use crate::body::invalid;
use crate::build::{self, Base};
use crate::connect::Inner;
use crate::error::{Error, ErrorKind};
use crate::extract::{self, Document, Scope};
use crate::manifest::SchemeChoice;
use crate::notation::{Lookup, is_same_origin};
use crate::observe::Subject;
use crate::paginate::{Held, Next, Pagination};
use crate::plan::{Answer, Operation};
use crate::raw::Raw;
use crate::wire::Request;

use super::call::{Call, Explanation};
use super::envelope::{Data, Envelope, Page};
use super::records::records;
use super::redact;
use super::resume::{Resume, unseal};
use super::send::{Answered, Sending, Want};

/// A call whose operation is found and whose arguments are bound.
pub(super) struct Road {
    pub call: Call,
    pub operation: Arc<Operation>,
    pub args: Args,
    /// Where the answer names a file, for an operation whose answer does.
    pub file_at: Option<Lookup>,
}

/// A page with where the list goes on, or why that cannot be said.
pub(super) struct Step {
    pub page: Page,
    pub next: Result<Option<Next>, Error>,
}

impl Road {
    /// Finds the operation and binds the arguments.
    pub(super) fn start(mut call: Call) -> Result<Self, Error> {
        let inner = call.connection.inner.clone();
        let operation = inner.connector.operation(&call.entity, &call.action)?.clone();
        let params = std::mem::take(&mut call.params);
        let uploads = std::mem::take(&mut call.uploads);
        let args = args::bind(&inner.connector, &operation, params, uploads, &inner.config, inner.clock.now())?;
        let file_at = match &operation.answer {
            Answer::File(place) => place.as_ref().map(|place| place.filled(|name| args.values.get(name).cloned())),
            Answer::List(_) | Answer::One(_) => None,
        };
        let file_at = file_at.transpose().map_err(|(name, why)| invalid(name, why))?;
        Ok(Self { call, operation, args, file_at })
    }

    /// Who wants all pages is served with few: as large as the API allows, and no larger than what is wanted, where that can be
    /// counted. A list that goes on keeps its size, or the number of a page would mean another one.
    pub(super) fn ask_for_large_pages(&mut self) {
        let size = self.operation.pagination.as_ref().and_then(Pagination::largest_page);
        let Some((name, most)) = size.filter(|_| self.call.all && self.call.next.is_none()) else { return };
        let wanted = self.call.max_records.filter(|_| self.operation.is_list());
        let wanted = wanted.map_or(most, |wanted| most.min(u32::try_from(wanted).unwrap_or(most)));
        self.args.values.entry(name.to_owned()).or_insert_with(|| wanted.max(1).into());
    }

    pub(super) fn inner(&self) -> &Inner {
        &self.call.connection.inner
    }

    /// What is observed.
    fn subject(&self) -> Subject<'_> {
        let Operation { entity, action, .. } = &*self.operation;
        Subject { connector: self.inner().connector.name(), entity, action }
    }

    /// What expressions over records can look at.
    fn scope(&self) -> Scope<'_> {
        Scope { config: &self.inner().config, now: self.inner().clock.now() }
    }

    /// Where the caller says that the list goes on.
    pub(super) fn resumed(&self) -> Result<Option<Resume>, Error> {
        self.call.next.as_deref().map(|text| unseal(&self.operation, text)).transpose()
    }

    /// The one record of an answer, or nothing.
    pub(super) async fn record(self) -> Result<Envelope, Error> {
        let (_, answered) = self.send(None, &self.args).await?;
        self.read_record(&answered).map_err(|error| self.without_secrets(error, answered.token.as_deref()))
    }

    fn read_record(&self, answered: &Answered) -> Result<Envelope, Error> {
        let document = Document::new(&answered.headers, &answered.body).expecting(self.operation.meta.values());
        if document.is_empty() {
            return Ok(Envelope { data: Data::Nothing, meta: IndexMap::new(), next: None });
        }
        if self.call.validated {
            document.validate()?;
        }
        let record = records(&self.operation, &document, self.scope())?.kept.into_iter().next();
        let data = record.map_or(Data::Nothing, |record| Data::Record(self.selected(record)));
        Ok(Envelope { data, meta: extract::meta(&self.operation.meta, &document)?, next: None })
    }

    /// One page of a list.
    pub(super) async fn page(&self, from: Option<&Next>) -> Result<Step, Error> {
        let args = self.args_from(from);
        let (url, answered) = self.send(from, &args).await?;
        let step = self.read_page(&args, &url, &answered);
        let redacted = |error| self.without_secrets(error, answered.token.as_deref());
        step.map(|step| Step { next: step.next.map_err(redacted), ..step }).map_err(redacted)
    }

    fn read_page(&self, args: &Args, url: &Url, answered: &Answered) -> Result<Step, Error> {
        let operation = &*self.operation;
        if answered.status == StatusCode::NO_CONTENT {
            return Ok(Step { page: Page::empty(), next: Ok(None) });
        }
        let asked = operation.pagination.iter().flat_map(Pagination::lookups).chain(operation.meta.values());
        let document = Document::new(&answered.headers, &answered.body).expecting(asked);
        if !operation.is_list() && document.is_empty() {
            return Ok(Step { page: Page::empty(), next: Ok(None) });
        }
        if self.call.validated {
            document.validate()?;
        }
        let records = records(operation, &document, self.scope())?;
        self.subject().paged(records.found);
        let held = Held { count: operation.is_list().then_some(records.found), last: records.last.as_ref() };
        let next = match &operation.pagination {
            Some(pagination) => pagination.next(&args.values, &document, held),
            None => Ok(None),
        };
        let next = next.and_then(|next| next.map(|next| self.seen_from(url, next)).transpose());
        let records = records.kept.into_iter().map(|record| self.selected(record)).collect();
        let meta = extract::meta(&operation.meta, &document)?;
        Ok(Step { page: Page { records, meta, next: None }, next })
    }

    /// Builds the request of a page (the first one without `from`) and sends it; the answer comes with the URL that was asked.
    async fn send(&self, from: Option<&Next>, args: &Args) -> Result<(Url, Answered), Error> {
        let sending = self.sending().await?;
        let request = self.request(from, args, &sending.base(), &sending.server);
        let mut request = request.map_err(|error| self.without_secrets(error, None))?;
        let answered = sending.send(&mut request, Want::Whole).await?;
        Ok((request.url, answered))
    }

    /// How this call's requests are sent.
    pub(super) async fn sending(&self) -> Result<Sending<'_>, Error> {
        Sending::start(self.inner(), &self.operation, self.scheme()?, self.call.deadline).await
    }

    /// The request of a page, without secrets.
    pub(super) fn request(
        &self,
        from: Option<&Next>,
        args: &Args,
        base: &Base<'_>,
        server: &Url,
    ) -> Result<Request, Error> {
        let mut request = build::request(base, server, &self.operation, args)?;
        if let Some(Next::Url(url)) = from {
            request.url = self.url_from_answer(base, &request.url, url)?;
        }
        Ok(request)
    }

    /// Where the list goes on as the page sees it that was at this URL: a whole URL, without the secrets that the API may have
    /// written into it. Whether it may be followed is seen when somebody follows it.
    fn seen_from(&self, page: &Url, next: Next) -> Result<Next, Error> {
        let Next::Url(url) = next else { return Ok(next) };
        let mut url = page.join(&url).map_err(unusable)?;
        if let Some((_, scheme)) = self.scheme()? {
            auth::without_secrets(&mut url, scheme);
        }
        Ok(Next::Url(url.into()))
    }

    /// A URL that an answer named for the next page: on the server's own origin, or refused.
    fn url_from_answer(&self, base: &Base<'_>, asked: &Url, url: &str) -> Result<Url, Error> {
        let mut url = asked.join(url).map_err(unusable)?;
        if is_same_origin(&build::server(&Base { rebind: None, ..*base }, &self.operation)?, &url) {
            url = build::rebound(url, base.rebind);
        }
        if !is_same_origin(&url, asked) {
            let message =
                format!("the API named a next page on another origin ({})", url.origin().ascii_serialization());
            return Err(Error::new(ErrorKind::Refused, message));
        }
        if let Some((_, scheme)) = self.scheme()? {
            auth::without_secrets(&mut url, scheme);
        }
        Ok(url)
    }

    /// The caller's arguments with those of the page.
    fn args_from(&self, from: Option<&Next>) -> Cow<'_, Args> {
        let mut args = Cow::Borrowed(&self.args);
        let pagination = self.operation.pagination.as_ref();
        let first = pagination.map(|pagination| pagination.first(&args.values)).unwrap_or_default();
        if !first.is_empty() {
            args.to_mut().values.extend(first);
        }
        if let Some(Next::Params(params)) = from {
            args.to_mut().values.extend(params.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
        args
    }

    /// The way to sign in that the operation needs, with its name.
    fn scheme(&self) -> Result<Option<(&str, &Scheme)>, Error> {
        let operation = &self.operation;
        let schemes = &self.inner().connector.head().auth;
        let name = match &operation.auth {
            Some(SchemeChoice::None) => None,
            Some(SchemeChoice::Named(name)) => Some(name.as_str()),
            None => self.inner().scheme.as_deref(),
        };
        let Some((name, scheme)) = name.and_then(|name| Some((name, schemes.get(name)?))) else { return Ok(None) };
        if operation.auth.is_none() && scheme.limited == Some(true) {
            let others =
                schemes.iter().filter(|(_, other)| other.limited != Some(true)).map(|(name, _)| format!("`{name}`"));
            let help = format!("give the credentials of {}", others.collect::<Vec<_>>().join(" or "));
            let message = format!("`{}` cannot be called when signed in by `{name}`", operation.name());
            return Err(Error::new(ErrorKind::Credentials, message).with_help(help));
        }
        Ok(Some((name, scheme)))
    }

    /// The error without the caller's secrets, which the API may have repeated.
    fn without_secrets(&self, error: Error, token: Option<&AccessToken>) -> Error {
        let scheme = self.scheme().ok().flatten().map(|(_, scheme)| scheme);
        redact::without_secrets(self.inner(), scheme, token, error)
    }

    fn selected(&self, record: Raw) -> Raw {
        if self.call.fields.is_empty() { record } else { extract::select(&record, &self.call.fields) }
    }

    /// Values of a token response that nobody has asked for.
    fn assumed(&self, scheme: &Scheme) -> Result<Map<String, Value>, Error> {
        let Some(oauth2) = &scheme.oauth2 else { return Ok(Map::new()) };
        let inner = self.inner();
        let values = Values { config: Some(&inner.config), ..Values::of(scheme, &inner.credentials) };
        auth::assumed(oauth2, &values)
    }

    /// What would be sent.
    pub(super) fn explain(&self) -> Result<Explanation, Error> {
        let from = self.resumed()?.and_then(|resumed| resumed.at);
        let inner = self.inner();
        let scheme = self.scheme()?;
        let token = scheme.map(|(_, scheme)| self.assumed(scheme)).transpose()?.unwrap_or_default();
        let (base, server) = (inner.base(&token), inner.server(&token, &self.operation)?);
        let request = self.request(from.as_ref(), &self.args_from(from.as_ref()), &base, &server)?;
        let generated = self.operation.idempotency_key(base.head).map(|idempotency| idempotency.header.value.clone());
        let generated = generated.filter(|name| !request.headers.contains_key(name.as_str()));
        Ok(Explanation {
            request,
            generated: generated.into_iter().collect(),
            scheme: scheme.map(|(name, _)| name.to_owned()),
            secrets: scheme
                .map(|(_, scheme)| auth::secret_places(scheme, &inner.credentials, &inner.config))
                .unwrap_or_default(),
            file_at: self.file_at.clone(),
        })
    }
}

fn unusable(_: url::ParseError) -> Error {
    Error::new(ErrorKind::UnexpectedResponse, "the API named a next page that is not a URL")
}
