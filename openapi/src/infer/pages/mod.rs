//! How a list goes on.
//!
//! What an answer says about the next page, in `meta` of the peer's dialect or by the names of its members, is matched with what the
//! parameters are called: a `Link` header, the URL of the next page, a cursor with the parameter that carries it, an id to go on after,
//! the number of a page, or how many records to skip, in this order.

mod params;
mod signals;

use tieline::manifest::Place;
use tieline::source::Span;
use tieline::yaml::Node;

use crate::answer::{Answer, Kind, said_meta, says_no_pages};
use crate::context::Context;
use crate::names::plain;
use crate::operation::Operation;
use crate::param::Param;
use crate::schemas::Shape;
use crate::tree::{Mapping, number, text, whole};

use params::Role;
use signals::{Says, Signal, Signals};

/// How a list goes on, and from what that was inferred.
pub(crate) struct Pages<'d> {
    /// The action's `paginate`: a kind with its keys, or `none`.
    pub paginate: Node,
    /// A parameter that the document does not declare and that carries the cursor.
    pub added: Option<Param<'d>>,
    /// From what it was inferred; nothing where the document says it.
    pub why: Option<String>,
}

impl<'d> Context<'d> {
    /// How the list of an operation goes on; `None` where nothing needs to be said.
    pub(crate) fn pages(
        &mut self,
        operation: &Operation<'d>,
        answer: &Answer<'d>,
        params: &[Param<'d>],
        body: Option<&Node>,
    ) -> Option<Pages<'d>> {
        let is_list = matches!(answer.kind, Kind::List(_));
        let may_page = is_list || matches!(operation.said_action(), Some("list" | "search"));
        if !may_page || matches!(answer.kind, Kind::File(_)) {
            return None;
        }
        if says_no_pages(operation) {
            return is_list.then(|| Pages { paginate: text("none", answer.span), added: None, why: None });
        }
        let signals = Signals::of(&self.document, answer, &said_meta(operation));
        let has_id = answer.record.is_none_or(|record| {
            let members = self.document.properties(record);
            members.is_empty() || members.iter().any(|(name, _)| *name == "id")
        });
        let said = signals.said();
        let finding = Finding { operation, params, signals: &signals, is_list, has_id, body, span: answer.span };
        let of_said = Finding { signals: &said, ..finding };
        // What the document points at comes before what only has a telling name.
        let found = of_said
            .link(false)
            .or_else(|| of_said.next_url())
            .or_else(|| of_said.cursor())
            .or_else(|| of_said.next_page());
        let found = found
            .or_else(|| finding.link(answer.has_links))
            .or_else(|| finding.next_url())
            .or_else(|| finding.cursor());
        let found = found.or_else(|| finding.last()).or_else(|| finding.page()).or_else(|| finding.offset());
        let found = found.or_else(|| finding.unreachable());
        match found {
            Some(pages) => Some(pages),
            None if is_list => {
                let why = operation.said_action().is_none().then(|| "nothing in it speaks of pages".to_owned());
                Some(Pages { paginate: text("none", answer.span), added: None, why })
            }
            None => None,
        }
    }
}

/// What is known when the kind is looked for.
#[derive(Clone, Copy)]
struct Finding<'c, 'd> {
    operation: &'c Operation<'d>,
    params: &'c [Param<'d>],
    signals: &'c Signals,
    is_list: bool,
    /// Whether records have an id, or may have one.
    has_id: bool,
    /// The action's `body`.
    body: Option<&'c Node>,
    span: Span,
}

impl<'d> Finding<'_, 'd> {
    fn link(&self, has_links: bool) -> Option<Pages<'d>> {
        let said = self.signals.find(Says::Link);
        if said.is_none() && !(has_links && self.is_list) {
            return None;
        }
        let why = "the answer has a `Link` header".to_owned();
        // Some APIs link to a next page always, and say beside the link that nothing is there.
        let mut until = Mapping::at(self.span);
        until.text("results", "false", self.span);
        let until = self.operation.is_named().then(|| ("until", until.node()));
        Some(self.pages("link", until.into_iter().collect(), why))
    }

    fn next_url(&self) -> Option<Pages<'d>> {
        let next = self.signals.find(Says::NextUrl)?;
        let why = format!("`{}` names the URL of the next page", next.lookup);
        Some(self.pages("next_url", vec![("next", text(&next.lookup, self.span))], why))
    }

    /// A cursor in the answer, with the parameter that carries it.
    fn cursor(&self) -> Option<Pages<'d>> {
        let (next, param) = self.signals.all(Says::Cursor).find_map(|next| Some((next, self.carrier(next)?)))?;
        let why = format!("`{}` of the answer goes into `{}`", next.lookup, param.name);
        let mut keys = vec![("cursor", text(&param.name, self.span)), ("next", text(&next.lookup, self.span))];
        keys.extend(self.more());
        Some(self.pages("cursor", keys, why))
    }

    /// The parameter that carries a cursor.
    fn carrier(&self, next: &Signal) -> Option<&Param<'d>> {
        let wanted = plain(&next.name);
        let without_next = wanted.strip_prefix("next").unwrap_or(&wanted).to_owned();
        // The number of a page is no place for a text.
        let is_number = |shape| matches!(shape, Shape::Whole | Shape::Number);
        let can = |param: &&Param<'d>| {
            !matches!(param.place, Place::Path | Place::Header | Place::Cookie)
                && (!is_number(param.shape) || is_number(next.shape))
        };
        let named =
            |name: &str| self.params.iter().filter(can).find(|param| !name.is_empty() && plain(&param.wire) == name);
        named(&wanted).or_else(|| named(&without_next)).or_else(|| {
            let mut cursors = self.params.iter().filter(can).filter(|param| params::role(param) == Some(Role::Cursor));
            cursors.next()
        })
    }

    /// An API that goes on after the id of the last record.
    fn last(&self) -> Option<Pages<'d>> {
        if !self.is_list || !self.has_id {
            return None;
        }
        let param = self.params.iter().find(|param| params::role(param) == Some(Role::AfterId))?;
        let why = format!("`{}` takes the id of the last record", param.name);
        let keys = [("cursor", text(&param.name, self.span)), ("last", text("$.id", self.span))];
        Some(self.pages("cursor", keys.into_iter().chain(self.more()).collect(), why))
    }

    fn page(&self) -> Option<Pages<'d>> {
        let param = self.params.iter().find(|param| params::role(param) == Some(Role::Page))?;
        let total = self.signals.find(Says::TotalPages).map(|total| ("total_pages", text(&total.lookup, self.span)));
        let more = self.more();
        if !self.is_list && total.is_none() && more.is_none() {
            return None;
        }
        let start = params::starts_at_zero(param).then(|| ("start", number(0, self.span)));
        let why = format!("`{}` takes the number of the page", param.name);
        let keys = [("page", text(&param.name, self.span))].into_iter().chain(start).chain(total).chain(more);
        Some(self.pages("page", keys.collect(), why))
    }

    fn offset(&self) -> Option<Pages<'d>> {
        let param = self.params.iter().find(|param| params::role(param) == Some(Role::Offset))?;
        let total = self.signals.find(Says::Total).map(|total| ("total", text(&total.lookup, self.span)));
        let more = self.more();
        if !self.is_list {
            return None;
        }
        let start = param.keys.get("minimum").or_else(|| param.keys.get("default")).and_then(whole);
        let start = start.filter(|first| *first == 1).map(|first| ("start", number(first, self.span)));
        let why = format!("`{}` says how many records to skip", param.name);
        let keys = [("offset", text(&param.name, self.span))].into_iter().chain(start).chain(total).chain(more);
        Some(self.pages("offset", keys.collect(), why))
    }

    /// A text that is only called the next page, and that no declared parameter carries.
    fn next_page(&self) -> Option<Pages<'d>> {
        let next = self.signals.all(Says::Cursor).find(|next| is_next_page(next) && next.shape == Shape::Text)?;
        Some(self.url(next))
    }

    fn url(&self, next: &Signal) -> Pages<'d> {
        let why =
            format!("`{}` is taken for the URL of the next page, because no parameter could carry it", next.lookup);
        self.pages("next_url", vec![("next", text(&next.lookup, self.span))], why)
    }

    /// A cursor that no declared parameter carries: a URL, if it is only called the next page; else it goes into a parameter that is
    /// called like it, beside the others.
    fn unreachable(&self) -> Option<Pages<'d>> {
        let next = self.signals.all(Says::Cursor).find(|next| next.is_said)?;
        if is_next_page(next) && next.shape == Shape::Unknown {
            return Some(self.url(next));
        }
        let last = next.lookup.rsplit('.').next().unwrap_or(&next.name);
        let wire = params::carrying(last);
        let is_whole = self.body.is_some_and(|body| body.get("param").is_some());
        let is_in_body = matches!(self.operation.method, "post" | "put" | "patch") && !is_whole;
        let mut keys = Mapping::at(self.span);
        keys.text("type", "string", self.span);
        keys.text("description", "Where the list goes on, from an earlier answer", self.span);
        let mut param = crate::body::body_param(&wire, keys, None, Shape::Text, self.span);
        param.place = if is_in_body { Place::Body } else { Place::Query };
        let why = format!("`{}` of the answer goes into `{wire}`, which the document does not declare", next.lookup);
        let mut keys = vec![("cursor", text(&param.name, self.span)), ("next", text(&next.lookup, self.span))];
        keys.extend(self.more());
        Some(Pages { added: Some(param), ..self.pages("cursor", keys, why) })
    }

    fn more(&self) -> Option<(&'static str, Node)> {
        self.signals.find(Says::More).map(|more| ("more", text(&more.lookup, self.span)))
    }

    fn pages(&self, kind: &str, keys: Vec<(&'static str, Node)>, why: String) -> Pages<'d> {
        let mut paginate = Mapping::at(self.span);
        paginate.text("kind", kind, self.span);
        for (key, value) in keys {
            paginate.put(key, value);
        }
        let size = self.params.iter().find(|param| params::role(param) == Some(Role::Size));
        if let Some(size) = size {
            paginate.text("size", &size.name, self.span);
            let most = size.keys.get("maximum").and_then(whole).filter(|most| (1..=u64::from(u32::MAX)).contains(most));
            paginate.put_some("max_size", most.map(|most| number(most, self.span)));
        }
        Pages { paginate: paginate.node(), added: None, why: Some(why) }
    }
}

/// Whether a place in an answer is only called the next page, without a word about what stands there.
fn is_next_page(signal: &Signal) -> bool {
    let last = signal.lookup.rsplit('.').next().unwrap_or(&signal.name);
    matches!(plain(last).as_str(), "next" | "nextpage")
}
