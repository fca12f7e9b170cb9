//! The engine's modules stand in an order, the one that ARCHITECTURE.md gives, and each uses only those that stand before it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::fs;

use tieline_tests::case::here;

#[test]
fn a_module_uses_only_those_before_it() {
    let order = order();
    let place = |module: &str| order.iter().position(|one| one == module).unwrap_or_else(|| unknown(module));
    let exported = exported();
    let mut wrong = Vec::new();
    for (module, file) in files() {
        for (line, name) in code(&read(&file)).uses {
            if name.starts_with("__") {
                continue; // a macro, which the compiler puts at the root of the crate
            }
            let at = format!("{file}:{line}");
            let used = exported.iter().find(|(export, _)| *export == name).map_or(&name, |(_, from)| from);
            if !order.contains(used) {
                wrong.push(format!("{at}: `crate::{name}` names no module; write one path for each"));
            } else if place(used) > place(&module) {
                wrong.push(format!("{at}: `{module}` uses `{used}`, which comes after it"));
            }
        }
    }
    assert!(wrong.is_empty(), "the order of modules stands in {ARCHITECTURE}\n{}", wrong.join("\n"));
}

#[test]
fn every_module_has_a_place() {
    let (mut placed, mut declared) = (order(), code(&read(LIB)).modules);
    placed.sort();
    declared.sort();
    assert_eq!(placed, declared, "the modules in {ARCHITECTURE}, and those in {LIB}");
}

#[test]
fn only_code_that_ships_counts() {
    let text = "
//! crate::a
mod one;
pub(crate) mod two;
#[cfg(test)]
mod tests;
use crate::b::B;
use crate::{c, d};
/// Like [`crate::e`].
fn f(_: crate::Error) -> $crate::g::G {
    mycrate::h()
}
#[cfg(test)]
#[expect(clippy::panic)]
mod inner {
    use crate::i;
    fn j() {}
}
    #[cfg(test)]
    use crate::{
        k,
    };
use crate::l;
";
    let found = code(text);
    assert_eq!(found.modules, ["one", "two"]);
    let uses: Vec<_> = found.uses.iter().map(|(line, name)| (*line, name.as_str())).collect();
    assert_eq!(uses, [(7, "b"), (8, ""), (10, "Error"), (10, "g"), (23, "l")]);
}

const ARCHITECTURE: &str = "ARCHITECTURE.md";
const LIB: &str = "engine/src/lib.rs";

/// The modules in the order of the table in ARCHITECTURE.md.
fn order() -> Vec<String> {
    let text = read(ARCHITECTURE);
    let (_, table) = text.split_once("| module | what is in it |\n").unwrap();
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    rows.filter_map(|row| row.split('`').nth(1)).map(str::to_owned).collect()
}

/// What the crate's root gives under its own name, with the module that it comes from.
fn exported() -> Vec<(String, String)> {
    let text = read(LIB);
    let exports = text.lines().filter_map(|line| line.strip_prefix("pub use ")?.strip_suffix(';')?.split_once("::"));
    exports
        .flat_map(|(module, names)| {
            let names = names.trim_matches(['{', '}']).split(", ");
            names.map(|name| (name.to_owned(), module.to_owned()))
        })
        .collect()
}

/// Every file that ships, with the module that it is part of.
fn files() -> Vec<(String, String)> {
    let mut waiting: Vec<_> =
        code(&read(LIB)).modules.into_iter().map(|name| (name.clone(), file(LIB, &name))).collect();
    let mut files = Vec::new();
    while let Some((module, place)) = waiting.pop() {
        waiting.extend(code(&read(&place)).modules.iter().map(|child| (module.clone(), file(&place, child))));
        files.push((module, place));
    }
    files.sort();
    files
}

/// The file of a module that another file declares.
fn file(declared_in: &str, name: &str) -> String {
    let folder = match declared_in.strip_suffix("/mod.rs").or(declared_in.strip_suffix("/lib.rs")) {
        Some(folder) => folder,
        None => declared_in.trim_end_matches(".rs"),
    };
    let alone = format!("{folder}/{name}.rs");
    if here("..").join(&alone).exists() { alone } else { format!("{folder}/{name}/mod.rs") }
}

/// What the code of a file says about modules; comments and tests are left out.
#[derive(Default)]
struct Code {
    /// Those that it declares.
    modules: Vec<String>,
    /// What follows each `crate::`, with the number of the line; empty where no name does.
    uses: Vec<(usize, String)>,
}

fn code(text: &str) -> Code {
    let mut code = Code::default();
    let mut lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim_start().starts_with("//"));
    while let Some((number, line)) = lines.next() {
        if line.trim() == "#[cfg(test)]" {
            skip_item(lines.by_ref().map(|(_, line)| line));
            continue;
        }
        code.modules.extend(declared(line).map(str::to_owned));
        code.uses.extend(names_after_crate(line).map(|name| (number, name.to_owned())));
    }
    code
}

/// Goes past the item that an attribute stands before.
fn skip_item<'t>(mut lines: impl Iterator<Item = &'t str>) {
    let Some(start) = lines.find(|line| line.ends_with([';', '{'])) else { return };
    if start.ends_with('{') {
        let indent = start.len() - start.trim_start().len();
        lines.find(|line| line.get(indent..).is_some_and(|rest| rest.starts_with('}')));
    }
}

/// `name` in `pub(crate) mod name;`.
fn declared(line: &str) -> Option<&str> {
    let (visibility, name) = line.strip_suffix(';')?.split_once("mod ")?;
    (visibility.is_empty() || visibility.starts_with("pub")).then_some(name)
}

fn names_after_crate(line: &str) -> impl Iterator<Item = &str> {
    let is_part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices("crate::").filter(move |(at, _)| !line[..*at].ends_with(is_part_of_name)).map(
        move |(at, path)| {
            let rest = &line[at + path.len()..];
            &rest[..rest.find(|c| !is_part_of_name(c)).unwrap_or(rest.len())]
        },
    )
}

fn unknown(module: &str) -> usize {
    panic!("`{module}` stands in no row of the table in {ARCHITECTURE}")
}

/// The text of a file of the repository.
fn read(place: &str) -> String {
    fs::read_to_string(here("..").join(place)).unwrap_or_else(|error| panic!("{place}: {error}"))
}
