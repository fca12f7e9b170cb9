//! What an answer says about further pages.

use tieline::yaml::Node;

use crate::answer::Answer;
use crate::document::Document;
use crate::infer::records::member;
use crate::names::plain;
use crate::schemas::Shape;
use crate::tree::text_of;

/// What a place in an answer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// A `Link` header names the next page.
    Link,
    /// The URL of the next page.
    NextUrl,
    /// A cursor to the next page.
    Cursor,
    /// Whether there is more.
    More,
    /// How many records there are.
    Total,
    /// How many pages there are.
    TotalPages,
}

/// A place in an answer that says something about pages.
#[derive(Clone, Debug)]
pub(super) struct Signal {
    /// What it says.
    pub says: Says,
    /// The lookup that finds it.
    pub lookup: String,
    /// What it is called.
    pub name: String,
    /// The shape of what stands there, as far as that is known.
    pub shape: Shape,
    /// Whether the document itself points at it.
    pub is_said: bool,
}

/// All that an answer says about pages, what the document points at first.
pub(super) struct Signals(Vec<Signal>);

/// How deep members are looked at.
const DEEPEST: usize = 3;
/// How many objects of an answer are looked at.
const MOST_OBJECTS: usize = 64;

impl Signals {
    /// What an answer says, by the names of its members and by what the document takes out of it.
    pub(super) fn of<'d>(document: &Document<'d>, answer: &Answer<'d>, meta: &[(&str, &Node)]) -> Self {
        let mut found = Vec::new();
        for (name, lookup) in meta {
            let lookup = lookup.as_text().unwrap_or_default();
            let schema =
                answer.schema.and_then(|schema| crate::schemas::within(document, schema, &lookup.parse().ok()?));
            if lookup == "@link.next" {
                found.push(Signal {
                    says: Says::Link,
                    lookup: lookup.to_owned(),
                    name: (*name).to_owned(),
                    shape: Shape::Text,
                    is_said: true,
                });
                continue;
            }
            let shape = schema.map_or(Shape::Unknown, |schema| document.shape(schema));
            if matches!(shape, Shape::Object | Shape::List) {
                continue;
            }
            let last = lookup.rsplit('.').next().unwrap_or(lookup);
            let says = says(last, lookup, schema.map(|schema| (document, schema))).or_else(|| says(name, lookup, None));
            let signal = |says| Signal { says, lookup: lookup.to_owned(), name: last.to_owned(), shape, is_said: true };
            found.extend(says.filter(|_| lookup.starts_with('$')).map(signal));
        }
        if let Some(schema) = answer.schema {
            let mut left = MOST_OBJECTS;
            look(document, schema, "$", DEEPEST, &mut left, &mut found);
        }
        Self(found)
    }

    /// Those that the document itself points at.
    pub(super) fn said(&self) -> Self {
        Self(self.0.iter().filter(|signal| signal.is_said).cloned().collect())
    }

    /// The first place that says this.
    pub(super) fn find(&self, says: Says) -> Option<&Signal> {
        self.all(says).next()
    }

    /// Every place that says this.
    pub(super) fn all(&self, says: Says) -> impl Iterator<Item = &Signal> {
        self.0.iter().filter(move |signal| signal.says == says)
    }
}

fn look<'d>(
    document: &Document<'d>,
    schema: &'d Node,
    path: &str,
    deep: usize,
    left: &mut usize,
    found: &mut Vec<Signal>,
) {
    let (Some(deeper), Some(others)) = (deep.checked_sub(1), left.checked_sub(1)) else { return };
    *left = others;
    for (name, inner) in document.properties(schema) {
        let lookup = member(path, name);
        match document.shape(inner) {
            Shape::Object if is_about_pages(name) || matches!(name, "data" | "result") => {
                look(document, inner, &lookup, deeper, left, found)
            }
            Shape::Object | Shape::List => {}
            shape => {
                let says = says(name, &lookup, Some((document, inner)));
                found.extend(says.map(|says| Signal { says, lookup, name: name.to_owned(), shape, is_said: false }));
            }
        }
    }
}

/// Whether a member holds what is said about pages.
fn is_about_pages(name: &str) -> bool {
    matches!(
        plain(name).as_str(),
        "meta"
            | "metadata"
            | "links"
            | "paging"
            | "pagination"
            | "page"
            | "pageinfo"
            | "cursor"
            | "cursors"
            | "next"
            | "nextpage"
            | "responsemetadata"
            | "records"
            | "info"
            | "listinfo"
            | "resultinfo"
            | "paginationmeta"
            | "paginationmetadata"
    )
}

/// What a place says by its name, and by its schema where that is known.
fn says<'d>(name: &str, lookup: &str, schema: Option<(&Document<'d>, &'d Node)>) -> Option<Says> {
    let shape = schema.map_or(Shape::Unknown, |(document, schema)| document.shape(schema));
    let is_text = matches!(shape, Shape::Text | Shape::Unknown);
    let is_number = matches!(shape, Shape::Whole | Shape::Number | Shape::Unknown);
    let is_url = schema.is_some_and(|(document, schema)| speaks_of_url(document, schema));
    let holder = lookup.rsplit('.').nth(1).map(plain).unwrap_or_default();
    let in_links = matches!(holder.as_str(), "links" | "link");
    let in_next = matches!(holder.as_str(), "next" | "nextpage");
    Some(match plain(name).as_str() {
        "hasmore" | "hasnextpage" | "hasnext" | "more" | "moreavailable" | "hasmoreitems" | "morerecords"
        | "moredata" | "moredataavailable" | "hasnextpages" | "hasmorepages"
            if matches!(shape, Shape::Truth | Shape::Unknown) =>
        {
            Says::More
        }
        "nexturl" | "nexturi" | "nextlink" | "nextpageurl" | "nextpageuri" | "nextpagelink" | "odatanextlink"
        | "nextrecordsurl" | "nexthref" | "linknext"
            if is_text =>
        {
            Says::NextUrl
        }
        "href" | "url" | "link" if in_next && is_text => Says::NextUrl,
        "after" | "cursor" | "token" | "startingafter" | "offset" if in_next && is_text => Says::Cursor,
        "next" | "nextpage" if is_text && (is_url || in_links) => Says::NextUrl,
        "nextcursor"
        | "nextpagetoken"
        | "nexttoken"
        | "endcursor"
        | "continuationtoken"
        | "nextcontinuationtoken"
        | "continuation"
        | "nextmarker"
        | "scrollid"
        | "nextpagecursor"
        | "aftercursor"
        | "pagetoken"
        | "nextoffset"
        | "lastevaluatedkey"
        | "bookmark"
        | "nextsyncpagetoken" => Says::Cursor,
        "next" | "nextpage" | "cursor" | "after" | "offset" | "marker"
            if is_text && (shape != Shape::Unknown || schema.is_none()) =>
        {
            Says::Cursor
        }
        "totalpages" | "pagecount" | "pages" | "lastpage" | "numpages" | "totalpage" if is_number => Says::TotalPages,
        "total" | "totalcount" | "totalrecords" | "totalitems" | "totalresults" | "totalsize" | "totalelements"
        | "totalentries" | "recordcount"
            if is_number =>
        {
            Says::Total
        }
        _ => return None,
    })
}

fn speaks_of_url<'d>(document: &Document<'d>, schema: &'d Node) -> bool {
    let format = document.said(schema, "format").and_then(Node::as_text).unwrap_or_default();
    let description = document.description(schema).or_else(|| text_of(schema, "description")).unwrap_or_default();
    let mut words = description.split(|c: char| !c.is_alphanumeric());
    format.starts_with("uri")
        || format == "url"
        || words.any(|word| matches!(word.to_ascii_lowercase().as_str(), "url" | "uri" | "link"))
}
