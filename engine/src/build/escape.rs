//! How the names and values of a query are escaped.

use percent_encoding::{AsciiSet, utf8_percent_encode};
use url::Url;

use crate::manifest::QueryEncoding;

use super::path::VALUE;
use super::query::Pair;

/// What is escaped in a Rest.li value that is a list or a record: its punctuation, and what the caller has escaped in it, stay.
const STRUCTURE: &AsciiSet = &VALUE.remove(b'(').remove(b')').remove(b',').remove(b':').remove(b'%');
/// What is escaped in any other Rest.li value.
const PLAIN: &AsciiSet = &VALUE.remove(b',');

/// Adds pairs of name and value to the query of a URL.
pub(super) fn append(url: &mut Url, encoding: Option<QueryEncoding>, pairs: &[Pair<'_>]) {
    if pairs.is_empty() {
        return;
    }
    let value_set: fn(&str) -> &'static AsciiSet = match encoding {
        Some(QueryEncoding::Form) | None => {
            url.query_pairs_mut().extend_pairs(pairs);
            return;
        }
        Some(QueryEncoding::Percent) => |_| VALUE,
        Some(QueryEncoding::RestLi) => |value| if is_structure(value) { STRUCTURE } else { PLAIN },
    };
    let pair = |(name, value): &Pair<'_>| {
        format!("{}={}", utf8_percent_encode(name, VALUE), utf8_percent_encode(value, value_set(value)))
    };
    let before = url.query().filter(|query| !query.is_empty()).map(str::to_owned);
    let query: Vec<String> = before.into_iter().chain(pairs.iter().map(pair)).collect();
    url.set_query(Some(&query.join("&")));
}

/// Whether a Rest.li value is a record or a list (protocol 2.0, "URL Encoding").
fn is_structure(value: &str) -> bool {
    value.starts_with('(') || value.starts_with("List(")
}

#[cfg(test)]
mod tests {
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;
    use url::Url;

    use super::{QueryEncoding, append, is_structure};

    fn query(before: &str, encoding: QueryEncoding, pairs: &[(&str, &str)]) -> String {
        let mut url = Url::parse(&format!("https://example.com/x{before}")).unwrap();
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        append(&mut url, Some(encoding), &pairs);
        assert_eq!((url.path(), url.fragment()), ("/x", None));
        url.query().unwrap().to_owned()
    }

    #[test]
    fn each_encoding_has_its_own_escapes() {
        let hostile = "a b&c=d#e+f'\"\n\u{e9}~*%2F(),:";
        for (encoding, name, value, expected) in [
            (QueryEncoding::Form, "a[b]", hostile, "a%5Bb%5D=a+b%26c%3Dd%23e%2Bf%27%22%0A%C3%A9%7E*%252F%28%29%2C%3A"),
            (
                QueryEncoding::Percent,
                "a[b c]",
                hostile,
                "a%5Bb%20c%5D=a%20b%26c%3Dd%23e%2Bf%27%22%0A%C3%A9~%2A%252F%28%29%2C%3A",
            ),
            (
                QueryEncoding::RestLi,
                "a(b),c:d%",
                hostile,
                "a%28b%29%2Cc%3Ad%25=a%20b%26c%3Dd%23e%2Bf%27%22%0A%C3%A9~%2A%252F%28%29,%3A",
            ),
            (QueryEncoding::RestLi, "q", "List(urn%3Ali%3Aa,(b:c d&e=#))", "q=List(urn%3Ali%3Aa,(b:c%20d%26e%3D%23))"),
            (QueryEncoding::RestLi, "q", "(a:List(\u{e9}))", "q=(a:List(%C3%A9))"),
            (QueryEncoding::RestLi, "q", "Lists(a)", "q=Lists%28a%29"),
        ] {
            assert_eq!(query("", encoding, &[(name, value)]), expected);
        }
        assert_eq!(query("?z=%20+", QueryEncoding::Percent, &[("a", "b c"), ("a", "")]), "z=%20+&a=b%20c&a=");
    }

    proptest! {
        #[test]
        fn a_value_stays_in_its_pair(texts in prop::collection::vec("(\\(|List\\()?[ -~\n\u{e9}]{0,12}", 1..4), name in "[ -~\u{e9}]{1,8}") {
            for encoding in [QueryEncoding::Form, QueryEncoding::Percent, QueryEncoding::RestLi] {
                let pairs: Vec<_> = texts.iter().map(|text| (name.as_str(), text.as_str())).collect();
                let written = query("", encoding, &pairs);
                prop_assert!(!written.contains(['#', ' ', '\n']) && written.is_ascii());
                let found: Vec<_> = written.split('&').map(|pair| pair.split_once('=').unwrap()).collect();
                prop_assert_eq!(found.len(), texts.len());
                for ((found_name, value), text) in found.into_iter().zip(&texts) {
                    prop_assert!(!value.contains('='));
                    if encoding == QueryEncoding::Form {
                        continue;
                    }
                    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
                    prop_assert_eq!(decoded(found_name), name.as_str());
                    let keeps_escapes = encoding == QueryEncoding::RestLi && is_structure(text);
                    prop_assert_eq!(decoded(value), if keeps_escapes { decoded(text) } else { text.clone() });
                }
            }
        }
    }
}
