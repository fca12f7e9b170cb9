//! The house rules, as tests: what a file looks like, which module may use which, and what must not be written anywhere.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use tieline_tests::case::here;

/// The modules of the engine: each may use what stands before it.
const ORDER: &[&str] = &[
    "source",
    "yaml",
    "language",
    "notation",
    "error",
    "raw",
    "wire",
    "transport",
    "auth",
    "body",
    "paginate",
    "manifest",
    "check",
    "plan",
    "args",
    "extract",
    "build",
    "connect",
    "execute",
    "catalog",
];

/// What a module uses of those that stand after it, and why that is no knot: each of these is one item.
const EXCEPTIONS: &[(&str, &[&str], &str)] = &[
    ("wire", &["transport::TransportError"], "a body that arrives as a stream can break like a transport"),
    ("auth", &["plan::Head"], "which way to sign in is meant depends on the ways that the connector declares"),
    (
        "body",
        &["args::Args", "plan::Operation", "plan::Param", "manifest::Place"],
        "a kind's file holds its declaration, which the manifest uses, and its behaviour, which is given operation and arguments",
    ),
    ("paginate", &["args::Args", "extract::Document", "plan::Operation"], "as in `body`; it also looks at the answer"),
    (
        "check",
        &["args::explain", "args::schema_options"],
        "an example is checked by the rules for a caller's parameters",
    ),
    ("plan", &["args::Validators"], "an operation keeps its parameters' compiled schemas, made at the first call"),
    (
        "connect",
        &["execute::Call", "execute::Envelope", "execute::Quota"],
        "a connection is where calls start, and what they share lives in it",
    ),
];

/// Vendors whose names have no place in the engine, beside those of the built-in connectors.
const VENDORS: &[&str] = &[
    "airbyte",
    "airtable",
    "amazon",
    "atlassian",
    "dropbox",
    "freshdesk",
    "github",
    "gitlab",
    "google",
    "hubspot",
    "jira",
    "linkedin",
    "microsoft",
    "salesforce",
    "shopify",
    "slack",
    "stripe",
    "zendesk",
];

#[test]
fn every_rust_file_opens_with_a_sentence_and_is_short() {
    let mut wrong = Vec::new();
    for (path, text) in files(".").filter(|(path, _)| path.extension().is_some_and(|extension| extension == "rs")) {
        let opening = text.lines().take_while(|line| line.starts_with("//!")).collect::<Vec<_>>().join(" ");
        let sentence = opening.trim_start_matches("//!").trim();
        if !sentence.starts_with(|first: char| first.is_uppercase() || matches!(first, '`' | '"'))
            || !sentence.contains(['.', ':'])
        {
            wrong.push(format!("{} does not open with a `//!` sentence", path.display()));
        }
        if text.lines().count() > 400 {
            wrong.push(format!("{} has {} lines; 400 is the limit", path.display(), text.lines().count()));
        }
    }
    none(&wrong);
}

#[test]
fn modules_of_the_engine_use_only_what_stands_before_them() {
    let place = |module: &str| ORDER.iter().position(|known| *known == module);
    let (mut wrong, mut needed) = (Vec::new(), Vec::new());
    for (path, text) in files("engine/src").filter(|(path, _)| !is_test(path)) {
        let inside = path.strip_prefix("engine/src").unwrap();
        let module = inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned();
        if module == "lib" {
            continue;
        }
        let Some(own) = place(&module) else {
            wrong.push(format!("`{module}` has no place in the order"));
            continue;
        };
        for item in used(&text) {
            let other = item.split("::").next().unwrap();
            let Some(theirs) = place(other) else {
                wrong.push(format!("{}: `{item}` has no place in the order", path.display()));
                continue;
            };
            let excepted = EXCEPTIONS.iter().any(|(from, items, _)| *from == module && items.contains(&item.as_str()));
            if theirs > own && !excepted {
                wrong
                    .push(format!("{}: `{module}` stands before `{other}`, so it cannot use `{item}`", path.display()));
            }
            needed.push((module.clone(), item));
        }
    }
    for (module, items, _) in EXCEPTIONS {
        let unused = items.iter().filter(|item| !needed.contains(&((*module).to_owned(), (**item).to_owned())));
        wrong.extend(
            unused.map(|item| format!("`{module}` does not use `{item}` any more: take it out of the exceptions")),
        );
    }
    none(&wrong);
}

#[test]
fn the_engine_names_no_vendor() {
    let mut wrong = Vec::new();
    let built_in =
        fs::read_dir(root().join("specs")).unwrap().map(|entry| entry.unwrap()).filter(|entry| entry.path().is_dir());
    let built_in: Vec<_> = built_in.map(|entry| entry.file_name().into_string().unwrap()).collect();
    let vendors: Vec<_> = VENDORS.iter().copied().chain(built_in.iter().map(String::as_str)).collect();
    for (path, text) in files("engine/src") {
        for (number, line) in text.lines().enumerate() {
            let lower = line.to_lowercase();
            let words: Vec<_> = lower.split(|c: char| !c.is_alphanumeric()).collect();
            let named = vendors.iter().filter(|vendor| words.contains(vendor));
            wrong.extend(named.map(|vendor| format!("{}:{}: names {vendor}", path.display(), number + 1)));
        }
    }
    none(&wrong);
}

#[test]
fn no_file_names_a_path_of_somebodys_machine() {
    // Put together here, so that this file does not hold them.
    let roots = ["home", "Users", "root", "work"].map(|folder| format!("/{folder}/"));
    let mut wrong = Vec::new();
    for (path, text) in files(".") {
        for (number, line) in text.lines().enumerate() {
            let named = roots.iter().any(|root| {
                line.match_indices(root.as_str()).any(|(at, _)| {
                    // What stands behind a host name or another folder is part of a longer path.
                    !line[..at]
                        .ends_with(|before: char| before.is_alphanumeric() || matches!(before, '.' | '}' | '_' | '-'))
                })
            });
            if named {
                wrong.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    none(&wrong);
}

#[test]
fn what_a_reader_looks_for_is_there() {
    let expected = [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "LICENSE-MIT",
        "LICENSE-APACHE",
        ".ci/run",
        "docs/manifest.md",
        "specs/manifest.schema.json",
    ];
    let missing: Vec<_> = expected.into_iter().filter(|file| !root().join(file).is_file()).collect();
    none(&missing);
}

/// The items that code uses of other modules: `use crate::plan::{Head, Operation}` uses `plan::Head` and `plan::Operation`.
fn used(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]").next().unwrap();
    let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut items = Vec::new();
    for (at, _) in code.match_indices("crate::").filter(|(at, _)| !code[..*at].ends_with('$')) {
        let path = &code[at + "crate::".len()..];
        let end = path.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(path.len());
        let (named, after) = (path[..end].trim_end_matches(':'), &path[end..]);
        let module = named.split("::").next().unwrap();
        match after.strip_prefix('{').and_then(|list| list.split_once('}')) {
            Some((list, _)) => {
                let names = list.split(',').map(str::trim).filter(|name| !name.is_empty());
                items.extend(names.map(|name| format!("{named}::{name}")));
            }
            None => {
                let item = named.split("::").nth(1).unwrap_or("self");
                items.push(format!("{module}::{item}"));
            }
        }
    }
    items
}

#[test]
fn uses_are_read_as_rust_reads_them() {
    let text = "use crate::plan::{Head,\n    Operation};\nlet x: crate::args::Args<'_> = crate::build::server(y);\n// crate::no::Thing\n\
                $crate::macros::too\n#[cfg(test)]\nuse crate::tests::Only;";
    assert_eq!(used(text), ["plan::Head", "plan::Operation", "args::Args", "build::server"]);
}

/// Whether a file holds tests, or what only tests use.
fn is_test(path: &Path) -> bool {
    path.iter().any(|part| matches!(part.to_str(), Some("tests" | "tests.rs" | "testing.rs" | "fixture.rs")))
}

fn root() -> PathBuf {
    here("..")
}

/// The text files of a folder, with their paths from the root. What is built or generated is not among them.
fn files(folder: &str) -> impl Iterator<Item = (PathBuf, String)> {
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found);
    found.sort();
    let named = |path: PathBuf| {
        let text = fs::read_to_string(&path).ok()?;
        Some((path.strip_prefix(root()).unwrap().components().collect(), text))
    };
    found.into_iter().filter_map(named)
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        let left_out = matches!(name.to_str(), Some("target" | "generated" | ".git" | "proptest-regressions"));
        match entry.file_type().unwrap() {
            _ if left_out => {}
            kind if kind.is_dir() => walk(&entry.path(), found),
            _ => found.push(entry.path()),
        }
    }
}

fn none(wrong: &[impl AsRef<str>]) {
    let lines: Vec<_> = wrong.iter().map(AsRef::as_ref).collect();
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}
