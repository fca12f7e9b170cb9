//! What a `$ref` names, seen from the file in which it stands.

use percent_encoding::percent_decode_str;
use url::Url;

use super::{Limits, Permission};

/// A file, and a place in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target<'r> {
    /// Where the file is; `None` for the one in which the reference stands.
    pub(super) file: Option<String>,
    /// What stands after the `#`, as written.
    pub(super) fragment: &'r str,
}

/// Why a reference is not followed, and what to do about it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) message: String,
    pub(super) help: String,
}

/// Reads a reference that stands in the file `base`: a path from the folder of the document, or a web address.
pub(super) fn read<'r>(reference: &'r str, base: &str, limits: &Limits) -> Result<Target<'r>, Refusal> {
    let (address, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    if address.is_empty() {
        return Ok(Target { file: None, fragment });
    }
    let refused =
        |what: &str, help: &str| Err(Refusal { message: format!("`{reference}` {what}"), help: help.to_owned() });
    if let Some(url) = web_address(address, base) {
        return match limits.remote {
            Permission::Given => Ok(Target { file: Some(url.into()), fragment }),
            Permission::Refused { unless } => refused(
                "is on another machine, from which nothing is fetched",
                &either("download it, put it beside the document and refer to it there", unless),
            ),
        };
    }
    if has_scheme(address) || address.starts_with("//") || is_web_address(base) {
        return refused("does not name a file", "write the path of a file, relative to the one in which this stands");
    }
    let Ok(address) = percent_decode_str(address).decode_utf8() else {
        return refused("is not UTF-8 when decoded", "write the path of a file, with `%` as `%25`");
    };
    // A backslash or a drive would lead out of the folder where paths are written with them.
    if address.contains(['\\', ':', '\0']) {
        return refused("is not the path of a file", "write `/` between the parts of a path, and no `:`");
    }
    let path = joined(base, &address);
    let is_outside = path.starts_with('/') || path.split('/').next() == Some("..");
    match limits.outside {
        Permission::Refused { unless } if is_outside => {
            refused("leads out of the folder of the document", &either("put the file into that folder", unless))
        }
        Permission::Refused { .. } | Permission::Given => Ok(Target { file: Some(path), fragment }),
    }
}

/// What can be done, and what else, where the caller knows of something.
fn either(this: &str, or: Option<&str>) -> String {
    or.map_or_else(|| this.to_owned(), |or| format!("{this}, or {or}"))
}

/// A path that stands in a file, from the folder of the document; only at its beginning may there be `..`.
fn joined(base: &str, path: &str) -> String {
    let folder = if path.starts_with('/') { "" } else { base.rsplit_once('/').map_or("", |(folder, _)| folder) };
    let is_absolute = path.starts_with('/') || base.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if is_absolute => {}
            part => parts.push(part),
        }
    }
    format!("{}{}", if is_absolute { "/" } else { "" }, parts.join("/"))
}

/// The whole web address of a reference that is one, or that stands in a file that has one.
fn web_address(address: &str, base: &str) -> Option<Url> {
    let url = match Url::parse(base).ok().filter(|_| is_web_address(base)) {
        Some(base) => base.join(address).ok()?,
        None => Url::parse(address).ok()?,
    };
    is_web_address(url.as_str()).then_some(url)
}

fn is_web_address(address: &str) -> bool {
    address.starts_with("http://") || address.starts_with("https://")
}

/// Whether an address begins with a scheme, as `file:` is one (or a drive, which looks alike).
fn has_scheme(address: &str) -> bool {
    address.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn everything() -> Limits {
        Limits { outside: Permission::Given, remote: Permission::Given, ..Limits::default() }
    }

    fn file(reference: &str, base: &str) -> Option<String> {
        read(reference, base, &everything()).expect("a target").file
    }

    #[test]
    fn paths_are_relative_to_the_file() {
        assert_eq!(file("#/a", "api.yaml"), None);
        for (reference, base, path) in [
            ("pet.yaml#/Pet", "api.yaml", "pet.yaml"),
            ("./pet.yaml", "schemas/all.yaml", "schemas/pet.yaml"),
            ("../common.yaml", "schemas/all.yaml", "common.yaml"),
            ("a//b/./../c.yaml", "api.yaml", "a/c.yaml"),
            ("my%20pet.yaml", "api.yaml", "my pet.yaml"),
            ("schemas/", "api.yaml", "schemas"),
            ("../x.yaml", "api.yaml", "../x.yaml"),
            ("%2e%2e/x.yaml", "api.yaml", "../x.yaml"),
            ("..%2Fx.yaml", "api.yaml", "../x.yaml"),
            ("../../x.yaml", "../a/b.yaml", "../../x.yaml"),
            ("/etc/../x.yaml", "api.yaml", "/x.yaml"),
            ("/../x.yaml", "a/b.yaml", "/x.yaml"),
            ("../../../y.yaml", "/a/b.yaml", "/y.yaml"),
            ("https://a.example/x.yaml#/X", "api.yaml", "https://a.example/x.yaml"),
            ("HTTP://a.example/../x.yaml", "api.yaml", "http://a.example/x.yaml"),
            ("../y.yaml", "https://a.example/b/c/x.yaml", "https://a.example/b/y.yaml"),
            ("/y.yaml", "https://a.example/b/c/x.yaml", "https://a.example/y.yaml"),
        ] {
            assert_eq!(file(reference, base).as_deref(), Some(path), "{reference} in {base}");
        }
    }

    #[test]
    fn what_is_no_file_is_refused_even_if_everything_is_allowed() {
        for reference in [
            "file:///etc/passwd",
            "C:/x.yaml",
            "c:x.yaml",
            "urn:a:b",
            "//host/x.yaml",
            r"..\x.yaml",
            "%5Cx",
            "./c:x",
            "c%3A/x",
            "a%00b",
            "%FF",
        ] {
            assert!(read(reference, "api.yaml", &everything()).is_err(), "{reference}");
        }
        assert!(read("file:///etc/passwd", "https://a.example/x.yaml", &everything()).is_err());
    }

    #[test]
    fn only_the_folder_is_open_by_default() {
        for reference in
            ["../x.yaml", "a/../../x.yaml", "/x.yaml", "%2e%2e%2fx.yaml", "https://a.example/x", "http:x.yaml"]
        {
            assert!(read(reference, "api.yaml", &Limits::default()).is_err(), "{reference}");
        }
    }

    #[test]
    fn a_refusal_says_what_the_caller_can_do() {
        let help = |reference, limits| read(reference, "api.yaml", &limits).expect_err("a refusal").help;
        let unless = |how| Permission::Refused { unless: Some(how) };
        let limits = Limits { outside: unless("say so"), remote: unless("fetch it"), ..Limits::default() };
        assert_eq!(help("../x.yaml", limits), "put the file into that folder, or say so");
        assert!(help("https://a.example/x.yaml", limits).ends_with("refer to it there, or fetch it"));
        assert_eq!(help("../x.yaml", Limits::default()), "put the file into that folder");
    }

    proptest! {
        #[test]
        fn nothing_leads_out_of_the_folder(parts in proptest::collection::vec(r"\.|\.\.|a|b|/|%2e|%2F|//|:|\\", 0..12), base in "([ab]/){0,3}x.yaml") {
            let reference = parts.concat();
            if let Ok(Target { file: Some(path), .. }) = read(&reference, &base, &Limits::default()) {
                prop_assert!(!path.starts_with('/') && !path.contains([':', '\\']), "{reference} in {base}: {path}");
                prop_assert!(path.split('/').all(|part| part != ".." && part != "."), "{reference} in {base}: {path}");
            }
        }

        #[test]
        fn no_reference_panics(reference in ".{0,30}", base in ".{0,30}") {
            let _ = read(&reference, &base, &everything());
        }
    }
}
