//! What parameters of pagination are called.

use tieline::manifest::Place;
use tieline::yaml::Node;

use crate::names::plain;
use crate::param::Param;
use crate::schemas::Shape;
use crate::tree::whole;

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
        "cursor" | "startcursor" | "pagecursor" | "nextcursor" | "aftercursor" | "pagetoken" | "nextpagetoken"
        | "nexttoken" | "continuationtoken" | "continuation" | "paginationtoken" | "marker" | "bookmark"
        | "scrollid" | "pageafter" | "syncpagetoken" | "exclusivestartkey" | "startkey" => Some(Role::Cursor),
        "after" | "page" | "offset" | "start" | "from" | "pageid" if is_text && !is_number => Some(Role::Cursor),
        "startingafter" | "afterid" | "sinceid" | "startafter" => Some(Role::AfterId),
        "page" | "pagenumber" | "pageno" | "pagenum" | "currentpage" | "pageindex" if is_number => Some(Role::Page),
        "offset" | "skip" | "startat" | "startindex" | "start" | "startposition" | "pageoffset" | "top_skip"
            if is_number =>
        {
            Some(Role::Offset)
        }
        "limit" | "perpage" | "pagesize" | "maxresults" | "count" | "top" | "size" | "first" | "maxitems"
        | "resultsperpage" | "numresults" | "itemsperpage" | "pagelimit" | "maxpagesize" | "maxrecords" | "max"
            if is_number =>
        {
            Some(Role::Size)
        }
        _ => None,
    }
}

/// What the parameter is likely called that carries a cursor of this name: `pageToken` for `nextPageToken`, `cursor` for `next_cursor`.
pub(super) fn carrying(cursor: &str) -> String {
    let rest = cursor.strip_prefix("next").unwrap_or_default().trim_start_matches(['_', '-']);
    match plain(rest).as_str() {
        "cursor" | "pagetoken" | "pagecursor" | "marker" | "continuationtoken" | "offset" => {
            let mut letters = rest.chars();
            letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
        }
        _ => cursor.to_owned(),
    }
}

/// Whether pages are counted from zero, by the parameter's default, its least value, or what is said about it.
pub(super) fn starts_at_zero(param: &Param<'_>) -> bool {
    let first = param.keys.get("default").or_else(|| param.keys.get("minimum")).and_then(whole);
    let said = param.keys.get("description").and_then(Node::as_text).unwrap_or_default().to_ascii_lowercase();
    let speaks = [
        "zero-based",
        "zero-indexed",
        "zero based",
        "zero indexed",
        "0-based",
        "0-indexed",
        "0 based",
        "0 indexed",
        "starts at 0",
        "starting at 0",
        "starts from 0",
        "starting from 0",
        "starts with 0",
        "from zero",
    ];
    first.map_or_else(|| speaks.iter().any(|words| said.contains(words)), |first| first == 0)
}

#[cfg(test)]
mod tests {
    use super::carrying;

    #[test]
    fn a_cursor_goes_into_what_is_called_like_it() {
        for (cursor, carrier) in [
            ("nextPageToken", "pageToken"),
            ("next_cursor", "cursor"),
            ("nextToken", "nextToken"),
            ("cursor", "cursor"),
            ("next_page_token", "page_token"),
        ] {
            assert_eq!(carrying(cursor), carrier);
        }
    }
}
