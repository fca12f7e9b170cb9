//! The operation that shows whether a connection works.

use indexmap::IndexMap;

use crate::language::{Decode, Object, Shape, object};
use crate::notation::Fill;
use crate::source::{Diagnostic, Spanned};
use crate::yaml::Node;

object! {
    /// A call that shows whether a connection works.
    pub struct CheckCall as "connection check" uncompiled {
        /// The operation (`entity.action`).
        /// ```yaml
        /// operation: search.query
        /// ```
        pub operation: Spanned<String>,
        /// What it is given: values, `${config.name}`, or expressions that know `config`. What has no value is left out.
        /// ```yaml
        /// params: { query: test, since: "{{ now('-P7D').strftime('%Y-%m-%d') }}" }
        /// ```
        pub params: IndexMap<String, Spanned<Fill>>,
    }
}

/// How a manifest says it: an operation, or one with parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Check(pub CheckCall);

impl Decode for Check {
    fn shape() -> Shape {
        Shape::OneOf(vec![Shape::Text, Shape::Object(CheckCall::DOC)])
    }

    fn decode(node: &Node, findings: &mut Vec<Diagnostic>) -> Option<Self> {
        match node.as_text() {
            Some(_) => {
                let operation = Spanned::decode(node, findings)?;
                Some(Self(CheckCall { operation, params: IndexMap::new() }))
            }
            None => CheckCall::decode(node, findings).map(Self),
        }
    }
}
