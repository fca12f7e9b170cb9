//! How a list goes on: one file a kind.

mod cursor;
mod link;
mod next;
mod next_url;
mod offset;
mod page;
mod paged;
mod param;
#[cfg(test)]
mod tests;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::error::Error;
use crate::extract::Document;
use crate::language::{choices, kinds};
use crate::notation::Lookup;

pub use cursor::Cursor;
pub use link::Link;
pub(crate) use next::{Held, Next};
use next::{is_followable, whole};
pub use next_url::NextUrl;
pub use offset::Offset;
pub use page::PageNumber;
use paged::paged;
pub use paged::{Paging, Size};
pub(crate) use param::PaginationParam;
use param::Role;

choices! {
    /// Where the parameters of pagination go.
    pub enum ParamPlace as "place of pagination parameters" {
        /// The query of the URL.
        Query = "query",
        /// The body.
        Body = "body",
    }
}

kinds! {
    /// How a list goes on. The parameters that a kind names are parameters of the action: those that it declares, by their keys
    /// under `params`, keep their schema, place and name on the wire; the others are added.
    pub enum Pagination as "pagination" {
        /// The answer names a cursor that the next request carries.
        Cursor(Cursor) = "cursor",
        /// The next request says how many records to skip.
        Offset(Offset) = "offset",
        /// The next request says which page it wants.
        Page(PageNumber) = "page",
        /// A `Link` header (RFC 8288) names the next URL.
        Link(Link) = "link",
        /// The body names the next URL.
        NextUrl(NextUrl) = "next_url",
    }
}

impl Pagination {
    /// What every kind has.
    pub fn paging(&self) -> Paging<'_> {
        match self {
            Self::Cursor(kind) => kind.paging(),
            Self::Offset(kind) => kind.paging(),
            Self::Page(kind) => kind.paging(),
            Self::Link(kind) => kind.paging(),
            Self::NextUrl(kind) => kind.paging(),
        }
    }

    /// The parameters that the kind names, as an operation has them that does not declare them itself.
    pub(crate) fn params(&self) -> Vec<PaginationParam> {
        let position = match self {
            Self::Cursor(kind) => Some(PaginationParam::cursor(&kind.cursor)),
            Self::Offset(kind) => Some(PaginationParam::offset(&kind.offset, kind.start.unwrap_or(0))),
            Self::Page(kind) => Some(PaginationParam::page(&kind.page, kind.start.unwrap_or(1))),
            Self::Link(_) | Self::NextUrl(_) => None,
        };
        position.into_iter().chain(self.paging().size.map(PaginationParam::size)).collect()
    }

    /// What the engine sends with every page when the caller does not: the size that the manifest asks for.
    pub(crate) fn first(&self, given: &IndexMap<String, Value>) -> Map<String, Value> {
        let size = self.paging().size.filter(|size| !given.contains_key(&size.name.value));
        let asked = size.and_then(|size| Some((size.name.value.clone(), Value::from(size.usual?))));
        asked.into_iter().collect()
    }

    /// The parameter that says how many records a page may hold, with the most that it may say, where the manifest does not say
    /// which size is usual.
    pub(crate) fn largest_page(&self) -> Option<(&str, u32)> {
        let size = self.paging().size.filter(|size| size.usual.is_none())?;
        Some((&size.name.value, size.most?))
    }

    /// What [`Pagination::next`] looks up in each answer.
    pub(crate) fn lookups(&self) -> impl Iterator<Item = &Lookup> {
        let lookups = match self {
            Self::Cursor(kind) => kind.lookups(),
            Self::Offset(kind) => kind.lookups(),
            Self::Page(kind) => kind.lookups(),
            Self::NextUrl(kind) => [Some(&kind.next), None],
            Self::Link(_) => [None, None],
        };
        lookups.into_iter().flatten().map(|lookup| &lookup.value)
    }

    /// Where the list goes on after a page, `None` at its end. `given` are the parameters that the page was asked with.
    ///
    /// # Errors
    /// `unexpected_response` when the answer names the same page again, or says something that cannot be followed.
    pub(crate) fn next(
        &self,
        given: &IndexMap<String, Value>,
        document: &Document<'_>,
        held: Held<'_>,
    ) -> Result<Option<Next>, Error> {
        match self {
            Self::Cursor(kind) => kind.next(given, document, held),
            Self::Offset(kind) => kind.next(given, document, held),
            Self::Page(kind) => kind.next(given, document, held),
            Self::Link(kind) => kind.next(document),
            Self::NextUrl(kind) => kind.next(document),
        }
    }

    /// What a parameter of `next` is for, when the kind makes one of this name and value.
    fn role(&self, name: &str, value: &Value) -> Option<Role> {
        let role = self.params().into_iter().find(|param| param.name == name)?.role;
        let fits = match role {
            Role::Cursor => !value.is_null(),
            Role::Offset | Role::Page => whole(value).is_some(),
            Role::Size => matches!(self, Self::Page(_)) && whole(value).is_some(),
        };
        fits.then_some(role)
    }

    /// Whether `next` is what this kind makes: no parameters but its own, with values that they can have.
    pub(crate) fn can_go_on(&self, next: &Next) -> bool {
        match (self, next) {
            (Self::Cursor(_) | Self::Offset(_) | Self::Page(_), Next::Params(given)) => {
                let roles: Option<Vec<Role>> = given.iter().map(|(name, value)| self.role(name, value)).collect();
                roles.is_some_and(|roles| roles.iter().any(|role| *role != Role::Size))
            }
            (Self::Link(_) | Self::NextUrl(_), Next::Url(url)) => is_followable(url),
            (Self::Cursor(_) | Self::Offset(_) | Self::Page(_), Next::Url(_)) => false,
            (Self::Link(_) | Self::NextUrl(_), Next::Params(_)) => false,
        }
    }
}
