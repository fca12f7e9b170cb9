//! The pages of a list, or records that are pages: one, all of them, or as a stream.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use futures_util::stream::{self, BoxStream, StreamExt as _};
use indexmap::IndexMap;

use crate::error::{Error, ErrorKind};
use crate::paginate::Next;
use crate::plan::Answer;

use super::call::Call;
use super::envelope::{Data, Envelope, Page};
use super::resume::{Resume, seal};
use super::road::Road;
use super::watched::Watched;

/// One page as an envelope.
pub(super) async fn one(road: Road) -> Result<Envelope, Error> {
    let mut walk = Walk::start(road)?;
    let page = walk.step().await?.unwrap_or_else(Page::empty);
    let data = match walk.road.operation.answer {
        Answer::One(_) => page.records.into_iter().next().map_or(Data::Nothing, Data::Record),
        Answer::List(_) | Answer::File(_) => Data::Records(page.records),
    };
    Ok(Envelope { data, meta: page.meta, next: Some(page.next) })
}

/// All pages in one envelope, up to the caller's caps: the meta of the last page, and where it stopped.
pub(super) async fn all(road: Road) -> Result<Envelope, Error> {
    let mut walk = Walk::start(road)?;
    let mut whole = Page::empty();
    loop {
        let page = match walk.step().await {
            Ok(Some(page)) => page,
            Ok(None) => break,
            Err(error) if walk.pages > 0 => return Err(error.after(whole)),
            Err(error) => return Err(error),
        };
        whole.records.extend(page.records);
        whole.meta = page.meta;
        whole.next = page.next;
    }
    Ok(Envelope { data: Data::Records(whole.records), meta: whole.meta, next: Some(whole.next) })
}

/// The pages as a stream. It ends after an error.
pub(super) fn stream(call: Call) -> BoxStream<'static, Result<Page, Error>> {
    stream::once(async move { Road::start(call).and_then(Walk::start) })
        .flat_map(|walk| match walk {
            Ok(walk) => stream::try_unfold(walk, |mut walk| async move {
                let page = Watched::start(&walk.road.call).run(Box::pin(walk.step())).await?;
                Ok(page.map(|page| (page, walk)))
            })
            .boxed(),
            Err(error) => stream::once(async move { Err(error) }).boxed(),
        })
        .boxed()
}

/// Where a walk through the pages stands.
struct Walk {
    road: Road,
    /// Where the next page is; `None` before the first.
    at: Option<Next>,
    /// How many records at the start of the next page were given out before.
    skip: usize,
    done: bool,
    pages: usize,
    records: usize,
    /// Digests of where it has been.
    seen: HashSet<u64>,
}

impl Walk {
    fn start(mut road: Road) -> Result<Self, Error> {
        road.ask_for_large_pages();
        let operation = &*road.operation;
        if !operation.has_pages() {
            let message = format!("`{}` does not answer in pages", operation.name());
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        let resumed = road.resumed()?;
        let seen = road.call.next.iter().map(|text| digest(text)).collect();
        let (at, skip) = resumed.map_or((None, 0), |resumed| (resumed.at, resumed.skip));
        Ok(Self { road, at, skip, done: false, pages: 0, records: 0, seen })
    }

    /// The next page, `None` after the last or at a cap. An error says where the list goes on; it holds a page that came and does
    /// not say what follows it.
    async fn step(&mut self) -> Result<Option<Page>, Error> {
        if self.done {
            return Ok(None);
        }
        let step = match self.road.page(self.at.as_ref()).await {
            Ok(step) => step,
            Err(error) if self.pages > 0 => return Err(error.with_next(Some(self.place()?))),
            Err(error) => return Err(error),
        };
        let mut page = step.page;
        // A page may be smaller than the one that was cut.
        let again = self.skip.min(page.records.len());
        page.records.drain(..again);
        let room = self.road.call.max_records.map_or(usize::MAX, |most| most - self.records);
        if page.records.len() > room {
            page.records.truncate(room);
            page.next = Some(seal(&self.road.operation, &Resume { at: self.at.clone(), skip: self.skip + room }));
            self.done = true;
            return Ok(Some(page));
        }
        self.at = match step.next {
            Ok(next) => next,
            Err(error) => return Err(error.after(page)),
        };
        self.skip -= again;
        match &self.at {
            Some(_) => {
                let place = self.place()?;
                if !self.seen.insert(digest(&place)) {
                    let circle = Error::new(ErrorKind::UnexpectedResponse, "the API names pages in a circle");
                    return Err(circle.after(page));
                }
                page.next = Some(place);
            }
            None => self.done = true,
        }
        self.records += page.records.len();
        self.pages += 1;
        self.done |= self.road.call.max_pages.is_some_and(|most| self.pages >= most);
        self.done |= self.road.call.max_records.is_some_and(|most| self.records >= most);
        Ok(Some(page))
    }

    /// Where the next page is, as callers keep it.
    fn place(&self) -> Result<String, Error> {
        Ok(seal(&self.road.operation, &Resume { at: self.at.clone(), skip: self.skip }))
    }
}

fn digest(sealed: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    sealed.hash(&mut hasher);
    hasher.finish()
}

impl Page {
    pub(super) fn empty() -> Self {
        Self { records: Vec::new(), meta: IndexMap::new(), next: None }
    }
}
