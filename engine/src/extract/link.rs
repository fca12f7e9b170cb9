//! `Link` headers (RFC 8288): finds the target of a relation.

use http::HeaderMap;
use http::header::LINK;

/// The target of the first link with this relation, as the API wrote it (it may be relative). Links about another document
/// than the answer (`anchor`) do not count.
pub(super) fn target<'h>(headers: &'h HeaderMap, relation: &str) -> Option<&'h str> {
    links(headers).find(|link| link.has_relation(relation)).map(|link| link.target)
}

/// Whether the first link with this relation has a parameter of this name with this value.
pub(super) fn says(headers: &HeaderMap, relation: &str, name: &str, value: &str) -> bool {
    let first = links(headers).find(|link| link.has_relation(relation));
    first.is_some_and(|link| link.others.iter().any(|(own, said)| own.eq_ignore_ascii_case(name) && said == value))
}

fn links(headers: &HeaderMap) -> impl Iterator<Item = Link<'_>> {
    let values = headers.get_all(LINK).iter().filter_map(|value| std::str::from_utf8(value.as_bytes()).ok());
    values.flat_map(|value| Links { rest: value })
}

/// One link, with its parameters.
#[derive(Debug, PartialEq)]
struct Link<'h> {
    target: &'h str,
    relations: Option<String>,
    is_anchored: bool,
    others: Vec<(&'h str, String)>,
}

impl Link<'_> {
    fn has_relation(&self, wanted: &str) -> bool {
        let mut relations = self.relations.as_deref().unwrap_or_default().split_ascii_whitespace();
        !self.is_anchored && relations.any(|relation| relation.eq_ignore_ascii_case(wanted))
    }
}

/// The links of one header value. What cannot be read ends the list.
struct Links<'h> {
    rest: &'h str,
}

impl<'h> Iterator for Links<'h> {
    type Item = Link<'h>;

    fn next(&mut self) -> Option<Link<'h>> {
        let start = self.rest.trim_start_matches(|c: char| c == ',' || c.is_ascii_whitespace());
        let (target, mut rest) = start.strip_prefix('<')?.split_once('>')?;
        let mut link = Link { target: target.trim(), relations: None, is_anchored: false, others: Vec::new() };
        loop {
            rest = rest.trim_ascii_start();
            let Some(params) = rest.strip_prefix(';') else { break };
            let (name, value, after) = param(params);
            if name.eq_ignore_ascii_case("rel") {
                // The first `rel` counts; RFC 8288 section 3.3 has the others ignored.
                link.relations.get_or_insert(value);
            } else if name.eq_ignore_ascii_case("anchor") {
                link.is_anchored = true;
            } else {
                link.others.push((name, value));
            }
            rest = after;
        }
        // Whatever else stands before the comma is not understood and passed over.
        self.rest = rest.find(',').map_or("", |comma| &rest[comma + 1..]);
        Some(link)
    }
}

/// `name=value`, `name="value"` or `name`, and what comes after it.
fn param(text: &str) -> (&str, String, &str) {
    let text = text.trim_ascii_start();
    let end = text.find([';', ',', '=']).unwrap_or(text.len());
    let (name, rest) = (text[..end].trim_ascii_end(), &text[end..]);
    let Some(value) = rest.strip_prefix('=').map(str::trim_ascii_start) else {
        return (name, String::new(), rest);
    };
    if let Some(quoted) = value.strip_prefix('"') {
        let (value, rest) = unquote(quoted);
        return (name, value, rest);
    }
    let end = value.find([';', ',']).unwrap_or(value.len());
    (name, value[..end].trim_ascii_end().to_owned(), &value[end..])
}

/// The text up to the closing quote, backslashes resolved, and what comes after it.
fn unquote(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, &text[at + 1..]),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            other => value.push(other),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header::LINK};

    use super::target;

    fn next(values: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(LINK, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        target(&headers, "next").map(str::to_owned)
    }

    #[test]
    fn finds_the_target_of_a_relation() {
        for (values, expected) in [
            (&["<https://a.example/?page=2>; rel=\"next\""][..], Some("https://a.example/?page=2")),
            (&["<https://a.example/?page=2>;rel=next"], Some("https://a.example/?page=2")),
            (&["<?page=1>; rel=\"prev\", <?page=3>; rel=\"next\", <?page=9>; rel=\"last\""], Some("?page=3")),
            (&["<?page=1>; rel=prev", "<?page=3>; rel=next"], Some("?page=3")),
            (&["</a,b;c?d=e>; rel=\"prev next\""], Some("/a,b;c?d=e")),
            (&["<a>; title=\"x, <b>; rel=\\\"next\\\"\"; rel=first, <c>; rel=next"], Some("c")),
            (&["<a> ; REL = NEXT ; type=\"text/plain\""], Some("a")),
            (&["<a>; rel=next; rel=prev, <b>; rel=prev"], Some("a")),
            (&["<a>; rel=prev; rel=next"], None),
            (&["<a>; rel=next; anchor=\"#x\", <b>; rel=next"], Some("b")),
            (&[",, <a>; rel=next ,"], Some("a")),
            (&["<a>; crossorigin; rel=next"], Some("a")),
            (&["<>; rel=next"], Some("")),
            (&["<a>; rel=\"next"], Some("a")),
            (&["<a>; rel=nextish", "<a>; title=next", "a; rel=next", "<a; rel=next", ""], None),
            (&[], None),
        ] {
            assert_eq!(next(values).as_deref(), expected, "{values:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn reads_anything(value in "[<>;,=\"\\\\ a-z?/é]{0,40}") {
            let _ = next(&[&value]);
        }

        #[test]
        fn finds_what_was_written(before in "[a-z/?=,;]{0,12}", target in "[a-z/?=,;&]{1,12}", title in "[a-z,;<>= ]{0,12}") {
            let value = format!("<{before}>; rel=\"prev first\"; title=\"{title}\", <{target}>; title=\"{title}\"; rel=\"last next\"");
            proptest::prop_assert_eq!(next(&[&value]), Some(target));
        }
    }
}
