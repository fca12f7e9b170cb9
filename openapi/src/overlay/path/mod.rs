//! JSONPath (RFC 9535): a text that tells which nodes of a document are meant.

mod compare;
mod filter;
mod literal;
mod read;
mod select;
#[cfg(test)]
mod tests;

use std::ops::Range;

use tieline::yaml::Value;

pub(super) use select::{Steps, TooManySteps, select};

/// From where a query starts, and how it goes on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Query {
    start: Start,
    segments: Vec<Segment>,
}

/// Where a query starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Start {
    /// `$`, the whole document.
    Root,
    /// `@`, the node that a filter is about.
    Here,
}

/// One step of a query.
#[derive(Clone, Debug, PartialEq)]
struct Segment {
    reach: Reach,
    selectors: Vec<Selector>,
}

/// Of which nodes a segment selects children.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// Of the nodes before it.
    Near,
    /// Of these and of all below them: `..`.
    Far,
}

/// Which children of a node are meant.
#[derive(Clone, Debug, PartialEq)]
enum Selector {
    Name(String),
    Every,
    Index(i64),
    Slice { start: Option<i64>, end: Option<i64>, step: i64 },
    Filter(Condition),
}

/// What a filter asks of a child.
#[derive(Clone, Debug, PartialEq)]
enum Condition {
    Any(Vec<Condition>),
    All(Vec<Condition>),
    Not(Box<Condition>),
    Exists(Query),
    Compare(Operand, Comparison, Operand),
    /// `match` and `search`.
    Matches {
        text: Operand,
        pattern: Operand,
        extent: Extent,
    },
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// How much of a text a pattern has to match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    Whole,
    Part,
}

/// A value that is compared.
#[derive(Clone, Debug, PartialEq)]
enum Operand {
    Literal(Value),
    /// A query for one node at most.
    Single(Query),
    /// `length(…)`.
    Length(Box<Operand>),
    /// `count(…)`.
    Count(Query),
    /// `value(…)`.
    Value(Query),
}

/// Why a text is not a JSONPath.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    /// Where, in bytes of the text.
    pub(super) at: Range<usize>,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

impl Query {
    /// Reads a query of a whole document.
    pub(super) fn read(text: &str) -> Result<Self, Wrong> {
        read::whole(text)
    }

    /// Whether it leads to one node at most, whatever the document is.
    fn is_single(&self) -> bool {
        self.segments.iter().all(|segment| {
            segment.reach == Reach::Near && matches!(segment.selectors[..], [Selector::Name(_) | Selector::Index(_)])
        })
    }
}
