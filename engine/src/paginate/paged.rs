//! What every kind of pagination has: the size of a page, where its parameters go, and what is said about a list.

use indexmap::IndexMap;

use crate::notation::Lookup;
use crate::source::Spanned;

use super::ParamPlace;

/// What every kind of pagination has.
#[derive(Clone, Copy)]
pub struct Paging<'a> {
    /// The size of a page, where the API takes one.
    pub size: Option<Size<'a>>,
    /// Where the parameters go, when the manifest says.
    pub place: Option<ParamPlace>,
    /// What the envelope's `meta` holds for every list that goes on so.
    pub meta: &'a IndexMap<String, Spanned<Lookup>>,
}

/// The parameter that says how many records a page may hold.
#[derive(Clone, Copy)]
pub struct Size<'a> {
    /// Its name.
    pub name: &'a Spanned<String>,
    /// What the engine asks for when the caller does not say.
    pub usual: Option<u32>,
    /// The most records a page may hold.
    pub most: Option<u32>,
}

/// Declares a kind of pagination: its own keys, and after them those that every kind has.
macro_rules! paged {
    (
        $(#[doc = $doc:literal])+
        pub struct $name:ident as $title:literal $(check $check:path)? { $($own:tt)* }
    ) => {
        $crate::language::object! {
            $(#[doc = $doc])+
            pub struct $name as $title $(check $check)? {
                $($own)*
                /// The parameter that says how many records a page may hold.
                /// ```yaml
                /// size: per_page
                /// ```
                pub size: Option<$crate::source::Spanned<String>>,
                /// The size that the engine asks for when the caller does not say.
                /// ```yaml
                /// default_size: 50
                /// ```
                pub default_size: Option<u32>,
                /// The most records a page may hold.
                /// ```yaml
                /// max_size: 100
                /// ```
                pub max_size: Option<u32>,
                /// Where the parameters go; `query` for GET and DELETE, else `body`, when left out.
                /// ```yaml
                /// in: query
                /// ```
                pub place = "in": Option<$crate::paginate::ParamPlace>,
                /// What the envelope's `meta` holds for every list that goes on so, by name; the action's own `meta` adds to it.
                /// ```yaml
                /// meta: { total: $.total }
                /// ```
                pub meta: indexmap::IndexMap<String, $crate::source::Spanned<$crate::notation::Lookup>>,
            }
        }

        impl $name {
            /// What every kind of pagination has.
            pub fn paging(&self) -> $crate::paginate::Paging<'_> {
                let (usual, most) = (self.default_size, self.max_size);
                let size = self.size.as_ref().map(|name| $crate::paginate::Size { name, usual, most });
                $crate::paginate::Paging { size, place: self.place, meta: &self.meta }
            }
        }
    };
}

pub(super) use paged;
