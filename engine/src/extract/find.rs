//! Finds the values at some paths in a JSON text: descends only along the paths, and skips the rest.

use std::borrow::Cow;

use indexmap::IndexMap;

use crate::notation::{JsonPath, Step};

use super::document::MOST_FOUND;
use super::structure::{Flaw, Part, Structure, bits};

/// Takes what is found: the number of the path, and the value.
pub(super) type Taker<'w, 's, 't> = &'w mut dyn FnMut(usize, Part<'s, 't>) -> Result<(), Flaw>;

/// How many paths are walked together.
const TOGETHER: usize = u64::BITS as usize;

/// How deep a structure must be for these paths.
pub(super) fn depth(paths: &[&JsonPath]) -> usize {
    paths.iter().map(|path| path.steps().len()).max().unwrap_or_default()
}

/// Hands over the values at each path, in the order of the text. Where an object has the same key twice, the last one counts.
pub(super) fn find<'s, 't>(
    structure: &'s Structure<'t>,
    paths: &[&JsonPath],
    taker: Taker<'_, 's, 't>,
) -> Result<(), Flaw> {
    for (number, paths) in paths.chunks(TOGETHER).enumerate() {
        let mut walk = Walk { paths, first: number * TOGETHER, taker };
        walk.value(structure.root()?, 0, u64::MAX >> (TOGETHER - paths.len()))?;
    }
    Ok(())
}

/// A walk along several paths at once. Those that lead through a value are a bit each, and have taken as many steps.
struct Walk<'w, 's, 't> {
    paths: &'w [&'w JsonPath],
    /// The number of the first.
    first: usize,
    taker: Taker<'w, 's, 't>,
}

impl<'s, 't> Walk<'_, 's, 't> {
    fn value(&mut self, value: Part<'s, 't>, taken: usize, through: u64) -> Result<(), Flaw> {
        let ends = self.which(through, |steps| steps.len() == taken);
        for path in bits(ends) {
            (self.taker)(self.first + path, value)?;
        }
        match (through & !ends, value.text.as_bytes().first()) {
            (0, _) => Ok(()),
            (through, Some(b'{')) => self.members(value, taken, through),
            (through, Some(b'[')) => self.elements(value, taken, through),
            _ => Ok(()),
        }
    }

    fn members(&mut self, object: Part<'s, 't>, taken: usize, through: u64) -> Result<(), Flaw> {
        let mut wanted = Wanted::new(self.which(through, |steps| steps[taken] == Step::All) != 0);
        for member in object.members() {
            let member = member?;
            let goes_on = self.which(through, |steps| match &steps[taken] {
                Step::Key(key) => *key == member.name,
                Step::All => true,
                Step::Index(_) => false,
            });
            if goes_on != 0 {
                let value = member.value()?;
                wanted.insert(member.name, (value, goes_on))?;
            }
        }
        wanted.into_values().try_for_each(|(value, goes_on)| self.value(value, taken + 1, goes_on))
    }

    fn elements(&mut self, list: Part<'s, 't>, taken: usize, through: u64) -> Result<(), Flaw> {
        let all = self.which(through, |steps| steps[taken] == Step::All);
        let some = through & !all;
        for (position, element) in list.elements().enumerate() {
            let element = element?;
            let here = if some == 0 { 0 } else { self.which(some, |steps| steps[taken] == Step::Index(position)) };
            if all | here != 0 {
                self.value(element, taken + 1, all | here)?;
            }
        }
        Ok(())
    }

    /// Those of some paths for whose steps this holds.
    fn which(&self, of: u64, holds: impl Fn(&[Step]) -> bool) -> u64 {
        let held = self.paths.iter().enumerate().filter(|(path, steps)| of >> path & 1 == 1 && holds(steps.steps()));
        held.fold(0, |bits, (path, _)| bits | 1 << path)
    }
}

/// The members that paths lead to, each with those paths; of two with one name the last.
enum Wanted<'t, V> {
    /// No more than there are paths.
    Few(Vec<(Cow<'t, str>, V)>),
    Many(IndexMap<Cow<'t, str>, V>),
}

impl<'t, V> Wanted<'t, V> {
    fn new(any_number: bool) -> Self {
        if any_number { Self::Many(IndexMap::new()) } else { Self::Few(Vec::new()) }
    }

    fn insert(&mut self, name: Cow<'t, str>, value: V) -> Result<(), Flaw> {
        match self {
            Self::Few(members) => match members.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = value,
                None => members.push((name, value)),
            },
            Self::Many(members) => {
                members.insert(name, value);
                if members.len() > MOST_FOUND {
                    return Err(Flaw::TooMany);
                }
            }
        }
        Ok(())
    }

    fn into_values(self) -> impl Iterator<Item = V> {
        let (few, many) = match self {
            Self::Few(members) => (members, IndexMap::new()),
            Self::Many(members) => (Vec::new(), members),
        };
        few.into_iter().map(|(_, value)| value).chain(many.into_values())
    }
}
