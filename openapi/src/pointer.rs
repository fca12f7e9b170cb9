//! JSON Pointers as references have them after the `#`: `/paths/~1users/get`.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use tieline::yaml::{Node, Value};

/// What cannot stand in the fragment of a URI as it is.
const FRAGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// What a pointer leads to. It is read as the fragment of a reference: percent-encoded, without the `#`.
pub(crate) fn resolve<'t>(root: &'t Node, pointer: &str) -> Option<&'t Node> {
    let pointer = percent_decode_str(pointer).decode_utf8().ok()?;
    if pointer.is_empty() {
        return Some(root);
    }
    pointer.strip_prefix('/')?.split('/').try_fold(root, child)
}

fn child<'t>(node: &'t Node, token: &str) -> Option<&'t Node> {
    match &node.value {
        Value::Map(map) => map.get(&*unescaped(token)).map(|entry| &entry.value),
        Value::List(list) => list.get(index(token)?),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => None,
    }
}

/// The steps of a pointer, decoded.
pub(crate) fn steps(pointer: &str) -> Vec<String> {
    let pointer = percent_decode_str(pointer).decode_utf8_lossy();
    pointer.split('/').skip(1).map(|token| unescaped(token).into_owned()).collect()
}

fn unescaped(token: &str) -> Cow<'_, str> {
    if token.contains('~') { token.replace("~1", "/").replace("~0", "~").into() } else { token.into() }
}

/// A place in a list, as the RFC has it: digits without a zero before them.
fn index(token: &str) -> Option<usize> {
    let is_plain = token == "0" || (!token.starts_with('0') && token.bytes().all(|byte| byte.is_ascii_digit()));
    token.parse().ok().filter(|_| is_plain)
}

/// A pointer one step longer, escaped and encoded.
pub(crate) fn join(pointer: &str, key: &str) -> String {
    let token = key.replace('~', "~0").replace('/', "~1");
    format!("{pointer}/{}", utf8_percent_encode(&token, FRAGMENT))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tieline::source::Source;
    use tieline::yaml::{Limits, parse};

    use super::*;

    fn tree(text: &str) -> Node {
        parse(&Source::new("t.yaml", text), Limits::default(), &mut Vec::new()).expect("a tree")
    }

    #[test]
    fn only_what_is_there_is_found() {
        let root = tree("{ '': empty, a/b: slash, m~n: tilde, '~1': both, list: [x, y], 'ü %': odd }");
        let found = |pointer| resolve(&root, pointer).and_then(Node::as_text);
        assert_eq!(found("/"), Some("empty"));
        assert_eq!(found("/a~1b"), Some("slash"));
        assert_eq!(found("/m~0n"), Some("tilde"));
        assert_eq!(found("/~01"), Some("both"));
        assert_eq!(found("/list/1"), Some("y"));
        assert_eq!(found("/%C3%BC%20%25"), Some("odd"));
        for absent in ["/list/2", "/list/01", "/list/+1", "/list/-", "/list/x", "/a/b", "list", "/list/0/x", "/%FF"] {
            assert_eq!(resolve(&root, absent), None, "{absent}");
        }
        assert_eq!(resolve(&root, ""), Some(&root));
    }

    proptest! {
        #[test]
        fn a_joined_pointer_leads_back(keys in proptest::collection::vec(any::<String>(), 0..5)) {
            let leaf = Node { value: Value::Bool(true), span: Default::default() };
            let root = keys.iter().rev().fold(leaf.clone(), |node, key| {
                let map = std::iter::once((key.clone(), node.into())).collect();
                Node { value: Value::Map(map), span: Default::default() }
            });
            let pointer = keys.iter().fold(String::new(), |pointer, key| join(&pointer, key));
            prop_assert_eq!(resolve(&root, &pointer), Some(&leaf));
        }

        #[test]
        fn no_pointer_panics(pointer in "[/~01%a-f]{0,20}|.{0,20}") {
            resolve(&tree("{ a: [{ '0': b }], b: { '': [] } }"), &pointer);
        }
    }
}
