//! Finds the values at some paths in a JSON text: descends only along the paths, and skips the rest.

use indexmap::IndexMap;

use crate::notation::{JsonPath, Step};

use super::structure::{Flaw, Part, Structure};

/// What was found: the number of the path, and the value.
pub(super) type Found<'s, 't> = Vec<(usize, Part<'s, 't>)>;

/// A path that leads through a value: its number, and the steps that are left.
type Rest<'p> = (usize, &'p [Step]);

/// How deep a structure must be for these paths, and for the elements of the lists that they find.
pub(super) fn depth(paths: &[&JsonPath]) -> usize {
    paths.iter().map(|path| path.steps().len() + 1).max().unwrap_or_default()
}

/// The values at each path, in the order of the text. Where an object has the same key twice, the last one counts.
pub(super) fn find<'s, 't>(structure: &'s Structure<'t>, paths: &[&JsonPath]) -> Result<Found<'s, 't>, Flaw> {
    let paths: Vec<_> = paths.iter().enumerate().map(|(number, path)| (number, path.steps())).collect();
    let mut found = Vec::new();
    walk(structure.root()?, &paths, &mut found)?;
    Ok(found)
}

fn walk<'s, 't>(value: Part<'s, 't>, paths: &[Rest<'_>], found: &mut Found<'s, 't>) -> Result<(), Flaw> {
    found.extend(paths.iter().filter(|(_, steps)| steps.is_empty()).map(|(number, _)| (*number, value)));
    if paths.iter().all(|(_, steps)| steps.is_empty()) {
        return Ok(());
    }
    match value.text.as_bytes().first() {
        Some(b'{') => walk_members(value, paths, found),
        Some(b'[') => walk_elements(value, paths, found),
        _ => Ok(()),
    }
}

fn walk_members<'s, 't>(object: Part<'s, 't>, paths: &[Rest<'_>], found: &mut Found<'s, 't>) -> Result<(), Flaw> {
    let mut wanted = IndexMap::new();
    for member in object.members() {
        let (name, value) = member?;
        if paths.iter().any(|(_, steps)| leads_to(steps, &name)) {
            wanted.insert(name, value);
        }
    }
    for (name, value) in wanted {
        walk(value, &through(paths, |steps| leads_to(steps, &name)), found)?;
    }
    Ok(())
}

fn walk_elements<'s, 't>(list: Part<'s, 't>, paths: &[Rest<'_>], found: &mut Found<'s, 't>) -> Result<(), Flaw> {
    let through_all = through(paths, |steps| matches!(steps.first(), Some(Step::All)));
    for (position, element) in list.elements().enumerate() {
        let is_here = |steps: &[Step]| matches!(steps.first(), Some(Step::Index(wanted)) if *wanted == position);
        let element = element?;
        if paths.iter().any(|(_, steps)| is_here(steps)) {
            let is_any = |steps: &[Step]| is_here(steps) || matches!(steps.first(), Some(Step::All));
            walk(element, &through(paths, is_any), found)?;
        } else if !through_all.is_empty() {
            walk(element, &through_all, found)?;
        }
    }
    Ok(())
}

fn leads_to(steps: &[Step], name: &str) -> bool {
    match steps.first() {
        Some(Step::Key(wanted)) => wanted == name,
        Some(Step::All) => true,
        Some(Step::Index(_)) | None => false,
    }
}

/// The paths that go on through a member or an element.
fn through<'p>(paths: &[Rest<'p>], goes_on: impl Fn(&[Step]) -> bool) -> Vec<Rest<'p>> {
    paths.iter().filter(|(_, steps)| goes_on(steps)).map(|(number, steps)| (*number, &steps[1..])).collect()
}
