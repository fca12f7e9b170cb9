//! What parameters of pagination are called.

use crate::names::plain;
use crate::param::{Param, Place};
use crate::schemas::Shape;

/// What a parameter says about pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// It carries a cursor.
    Cursor,
    /// It takes the id after which the list goes on.
    AfterId,
    /// It takes the number of a page.
    Page,
    /// It says how many records to skip.
    Offset,
    /// It says how many records a page may hold.
    Size,
}

/// What a parameter says about pages, by its name and its type.
pub(super) fn role(param: &Param<'_>) -> Option<Role> {
    if matches!(param.place, Place::Path | Place::Header | Place::Cookie) {
        return None;
    }
    let is_text = matches!(param.shape, Shape::Text | Shape::Unknown);
    let is_number = matches!(param.shape, Shape::Whole | Shape::Number | Shape::Unknown);
    match plain(&param.wire).as_str() {
        "cursor" | "startcursor" | "pagecursor" | "nextcursor" | "aftercursor" | "pagetoken" | "nextpagetoken" | "nexttoken"
        | "continuationtoken" | "continuation" | "paginationtoken" | "marker" | "bookmark" | "scrollid" | "pageafter" | "syncpagetoken"
        | "exclusivestartkey" | "startkey" => Some(Role::Cursor),
        "after" | "page" | "offset" | "start" | "from" | "pageid" if is_text && !is_number => Some(Role::Cursor),
        "startingafter" | "afterid" | "sinceid" | "startafter" => Some(Role::AfterId),
        "page" | "pagenumber" | "pageno" | "pagenum" | "currentpage" | "pageindex" if is_number => Some(Role::Page),
        "offset" | "skip" | "startat" | "startindex" | "start" | "startposition" | "pageoffset" | "top_skip" if is_number => {
            Some(Role::Offset)
        }
        "limit" | "perpage" | "pagesize" | "maxresults" | "count" | "top" | "size" | "first" | "maxitems" | "resultsperpage"
        | "numresults" | "itemsperpage" | "pagelimit" | "maxpagesize" | "maxrecords" | "max"
            if is_number =>
        {
            Some(Role::Size)
        }
        _ => None,
    }
}
