//! The changes found so far, each once.

use indexmap::IndexMap;

use super::Change;

/// The side of a schema that a caller is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Side {
    /// The caller gives values that must fit.
    Given,
    /// The caller reads values that fit.
    Answered,
}

/// What a change does to the values that fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Fewer values fit: what a caller gives may be refused.
    Narrows,
    /// More values fit: a caller may read what was never there.
    Widens,
    /// Other values fit.
    Replaces,
    /// A caller need not care.
    Nothing,
}

impl Effect {
    fn breaks(self, side: Side) -> bool {
        match (self, side) {
            (Self::Replaces, _) | (Self::Narrows, Side::Given) | (Self::Widens, Side::Answered) => true,
            (Self::Nothing, _) | (Self::Narrows, Side::Answered) | (Self::Widens, Side::Given) => false,
        }
    }
}

/// The changes found so far.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Whether each breaks callers, by place and text.
    all: IndexMap<(String, String), bool>,
}

impl Found {
    /// Adds one that breaks callers.
    pub(super) fn breaking(&mut self, place: impl Into<String>, text: impl Into<String>) {
        self.all.insert((place.into(), text.into()), true);
    }

    /// Adds one that breaks nobody.
    pub(super) fn harmless(&mut self, place: impl Into<String>, text: impl Into<String>) {
        self.all.entry((place.into(), text.into())).or_insert(false);
    }

    /// Adds one of a schema.
    pub(super) fn of_schema(&mut self, place: &str, side: Side, effect: Effect, text: impl Into<String>) {
        if effect.breaks(side) { self.breaking(place, text) } else { self.harmless(place, text) }
    }

    /// All of them, what breaks callers first, then by place.
    pub(super) fn sorted(self) -> Vec<Change> {
        let change = |((place, text), breaks)| Change { place, breaks, text };
        let mut changes: Vec<Change> = self.all.into_iter().map(change).collect();
        changes.sort_by(|one, other| other.breaks.cmp(&one.breaks).then_with(|| one.place.cmp(&other.place)));
        changes
    }
}
