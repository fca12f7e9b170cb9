//! URLs made from templates: a value stays where the template has it.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::Url;

use super::{Part, Template};

/// What a value may not mean when it stands in the path of a URL.
const NOT_IN_A_PATH: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'?').add(b'\\');
/// What is encoded behind the path: all but the unreserved characters of RFC 3986.
const NOT_IN_A_QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Why a template gives no URL.
pub(crate) enum UrlFault<'t> {
    /// This name has no value.
    Missing(&'t str),
    /// The value of this name cannot stand where it does; a sentence about it.
    Misplaced(&'t str, &'static str),
}

impl Template {
    /// The text of a URL. A value that begins it is an origin, unless the manifest lists what it may be; one in the host cannot end
    /// the host, one in the path cannot leave it, and one behind it is one word.
    ///
    /// # Errors
    /// The first name that is missing or misplaced.
    pub(crate) fn render_url(
        &self,
        value: impl Fn(&str) -> Option<String>,
        is_listed: impl Fn(&str) -> bool,
    ) -> Result<String, UrlFault<'_>> {
        let mut text = String::new();
        for part in self.parts() {
            let name = match part {
                Part::Text(literal) => {
                    text.push_str(literal);
                    continue;
                }
                Part::Name(name) => name,
            };
            let value = value(name).ok_or(UrlFault::Missing(name))?;
            let misplaced = |message| Err(UrlFault::Misplaced(name, message));
            match text.split_once("://") {
                None if is_listed(name) => text.push_str(&value),
                None => match origin(&value) {
                    Some(origin) => text.push_str(&origin),
                    None => return misplaced(MUST_BE_AN_ORIGIN),
                },
                Some((_, after)) if after.contains(['?', '#']) => {
                    text.extend(utf8_percent_encode(&value, NOT_IN_A_QUERY));
                }
                Some((_, after)) if after.contains('/') => {
                    if leaves_its_segment(&value) {
                        return misplaced("must not hold `..`");
                    }
                    text.extend(utf8_percent_encode(&value, NOT_IN_A_PATH));
                }
                Some(_) if !is_part_of_a_host(&value) => {
                    return misplaced("stands in the host of a URL and must be a part of one");
                }
                Some(_) => text.push_str(&value),
            }
        }
        Ok(text)
    }
}

const MUST_BE_AN_ORIGIN: &str = "begins a URL and must be an origin such as `https://example.com`, without a path";

/// The origin that a value is. A pattern that looks at the end of a host could find that end in whatever follows an origin.
pub(crate) fn origin(value: &str) -> Option<String> {
    let url = Url::parse(value).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let has_user = !url.username().is_empty() || url.password().is_some();
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && !has_user;
    is_bare.then(|| url.origin().ascii_serialization())
}

/// Whether two URLs with a host have the same origin (the URL Standard, section 4.7).
pub(crate) fn is_same_origin(one: &Url, other: &Url) -> bool {
    one.has_host()
        && one.scheme() == other.scheme()
        && one.host() == other.host()
        && one.port_or_known_default() == other.port_or_known_default()
}

fn is_part_of_a_host(value: &str) -> bool {
    let ends_the_host =
        |c: char| matches!(c, '/' | '\\' | '?' | '#' | '@' | '%') || c.is_whitespace() || c.is_control();
    !value.is_empty() && !value.contains(ends_the_host)
}

/// How often a text may be escaped: whatever is escaped more often is taken for a way up.
const MOST_ESCAPED: usize = 8;

/// Whether some server, however it reads escapes, could take this text for a way up.
pub(crate) fn leaves_its_segment(text: &str) -> bool {
    let mut text = Cow::Borrowed(text);
    for _ in 0..MOST_ESCAPED {
        if text.split(['/', '\\']).any(|piece| piece == "..") {
            return true;
        }
        if !text.contains('%') {
            return false;
        }
        let decoded = percent_decode_str(&text).decode_utf8_lossy().into_owned();
        if decoded == *text {
            return false;
        }
        text = Cow::Owned(decoded);
    }
    true
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::{Template, UrlFault, is_same_origin};

    fn rendered(template: &str, value: &str) -> Option<String> {
        let template: Template = template.parse().unwrap();
        template.render_url(|_| Some(value.to_owned()), |_| false).ok()
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let urls = [
            "https://a.test/x",
            "https://a.test:443",
            "http://a.test",
            "https://a.test:8443",
            "https://b.test",
            "https://[::1]",
        ];
        for (one, other) in urls.iter().flat_map(|one| urls.map(|other| (*one, other))) {
            let [one, other] = [one, other].map(|url| Url::parse(url).unwrap());
            assert_eq!(is_same_origin(&one, &other), one.origin() == other.origin(), "{one} {other}");
        }
        let data = Url::parse("data:x").unwrap();
        assert!(!is_same_origin(&data, &data));
    }

    #[test]
    fn a_value_stays_where_it_stands() {
        for (template, value, expected) in [
            ("https://${a}.example.com/v1", "eu", Some("https://eu.example.com/v1")),
            ("https://${a}.example.com/v1", "evil.test/", None),
            ("${a}/v1", "https://Example.com:8443/", Some("https://example.com:8443/v1")),
            ("${a}/v1", "https://example.com/v0", None),
            ("https://example.com/${a}/x", "a b?c#d", Some("https://example.com/a%20b%3Fc%23d/x")),
            ("https://example.com/${a}/x", "..%2f", None),
            ("https://example.com/x?a=${a}&b=1", "1&b=2#é/", Some("https://example.com/x?a=1%26b%3D2%23%C3%A9%2F&b=1")),
            ("https://example.com?a=${a}", "../x", Some("https://example.com?a=..%2Fx")),
        ] {
            assert_eq!(rendered(template, value).as_deref(), expected, "{template} {value}");
        }
        let template: Template = "https://${a}/${b}".parse().unwrap();
        let value = |name: &str| (name == "a").then(|| "a.test".to_owned());
        assert!(matches!(template.render_url(value, |_| false), Err(UrlFault::Missing("b"))));
        let listed = template.render_url(|_| Some("https://a.test/x".to_owned()), |_| true);
        assert!(matches!(listed, Err(UrlFault::Misplaced("a", _))), "only what begins a URL is listed as a whole");
    }

    proptest::proptest! {
        #[test]
        fn no_value_leads_elsewhere(value in "\\PC{0,12}", tricky in "[a./:@?#%\\\\\u{ff0f}\u{3002}\u{2100}]{0,12}") {
            for value in [value, tricky] {
                for (template, host) in [
                    ("https://${a}.example.com/x", ".example.com"),
                    ("https://api-${a}.example.com/x", ".example.com"),
                    ("https://example.com/${a}/x", "example.com"),
                    ("https://example.com/x?y=${a}", "example.com"),
                ] {
                    let Some(url) = rendered(template, &value).and_then(|text| Url::parse(&text).ok()) else { continue };
                    proptest::prop_assert!(url.host_str().unwrap().ends_with(host), "{template} {value:?} {url}");
                    proptest::prop_assert!(url.path().ends_with("/x"), "{template} {value:?} {url}");
                    proptest::prop_assert!(url.username().is_empty() && url.fragment().is_none(), "{url}");
                }
            }
        }
    }
}
