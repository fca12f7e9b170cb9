//! What an update changed, for people and for programs.

use std::path::Path;

use serde_json::{Value, json};
use tieline_openapi::{Change, Decision, Outcome};

use crate::text::plain;

/// What an update changed.
pub(super) struct Report<'a> {
    pub(super) manifest: &'a Path,
    /// The file that says what the last import made.
    pub(super) base: &'a Path,
    /// Whether that file was there.
    pub(super) is_compared: bool,
    /// Whether the manifest was written.
    pub(super) is_written: bool,
    pub(super) changes: Vec<Change>,
    pub(super) decisions: Vec<Decision>,
    /// Values that lost their comments.
    pub(super) rewritten: Vec<Vec<String>>,
}

impl Report<'_> {
    /// For people: what breaks callers first, then the rest, then what was not taken from the document.
    pub(super) fn to_text(&self) -> String {
        let (breaking, harmless): (Vec<_>, Vec<_>) = self.changes.iter().partition(|change| change.breaks);
        let change = |change: &&Change| format!("  {}: {}\n", plain(&change.place), plain(&change.text));
        let conflict = |(at, own, theirs): (&[String], &Option<String>, &Option<String>)| {
            format!("  {}: {} stays, the document has {}\n", dotted(at), shown(own), shown(theirs))
        };
        let conflicts: Vec<String> = self.conflicts().map(conflict).collect();
        let kept: Vec<String> = self.at(&Outcome::Kept).map(|at| format!("  {}\n", dotted(at))).collect();
        let rewritten: Vec<String> = self.rewritten.iter().map(|at| format!("  {}\n", dotted(at))).collect();
        let end = match (self.decisions.iter().any(is_followed), self.is_written) {
            (false, _) => "the document has nothing new for it",
            (true, true) => "is up to date now",
            (true, false) => "was not written",
        };
        let sections = [
            (format!("Breaks callers ({}):", breaking.len()), breaking.iter().map(change).collect()),
            (format!("Other changes ({}):", harmless.len()), harmless.iter().map(change).collect()),
            (self.conflict_heading(conflicts.len()), conflicts),
            (format!("Edited by you, and kept ({}):", kept.len()), kept),
            (format!("Written anew, without the comments in it ({}):", rewritten.len()), rewritten),
        ];
        let sections = sections.into_iter().filter(|(_, lines): &(String, Vec<String>)| !lines.is_empty());
        let text: String = sections.map(|(heading, lines)| format!("{heading}\n{}\n", lines.concat())).collect();
        format!("{text}{}: {end}\n", self.manifest.display())
    }

    fn conflict_heading(&self, count: usize) -> String {
        if self.is_compared {
            return format!("Conflicts ({count}): you and the document changed the same value differently");
        }
        let base = self.base.display();
        format!("Differences ({count}): without {base} nobody can tell your edits from the document's")
    }

    /// For programs.
    pub(super) fn to_json(&self) -> Value {
        let change = |change: &Change| json!({ "place": change.place, "breaks": change.breaks, "text": change.text });
        let conflict = |(at, own, theirs): (&[String], &Option<String>, &Option<String>)| json!({ "at": at, "own": own, "theirs": theirs });
        json!({
            "manifest": self.manifest.display().to_string(),
            "written": self.is_written,
            "compared_with": self.is_compared.then(|| self.base.display().to_string()),
            "changes": self.changes.iter().map(change).collect::<Vec<_>>(),
            "conflicts": self.conflicts().map(conflict).collect::<Vec<_>>(),
            "added": self.at(&Outcome::Added).collect::<Vec<_>>(),
            "replaced": self.at(&Outcome::Replaced).collect::<Vec<_>>(),
            "removed": self.at(&Outcome::Removed).collect::<Vec<_>>(),
            "rewritten": self.rewritten,
            "kept": self.at(&Outcome::Kept).collect::<Vec<_>>(),
        })
    }

    /// Where values are that were decided so.
    fn at(&self, outcome: &Outcome) -> impl Iterator<Item = &[String]> {
        self.decisions
            .iter()
            .filter(move |decision| decision.outcome == *outcome)
            .map(|decision| decision.at.as_slice())
    }

    /// Where values are that both changed, with what each says.
    fn conflicts(&self) -> impl Iterator<Item = (&[String], &Option<String>, &Option<String>)> {
        self.decisions.iter().filter_map(|decision| match &decision.outcome {
            Outcome::Conflict { own, theirs } => Some((decision.at.as_slice(), own, theirs)),
            Outcome::Added | Outcome::Replaced | Outcome::Removed | Outcome::Kept => None,
        })
    }
}

/// Whether the manifest followed the document in this.
fn is_followed(decision: &Decision) -> bool {
    match decision.outcome {
        Outcome::Added | Outcome::Replaced | Outcome::Removed => true,
        Outcome::Kept | Outcome::Conflict { .. } => false,
    }
}

fn dotted(at: &[String]) -> String {
    if at.is_empty() { "the whole manifest".to_owned() } else { plain(&at.join(".")) }
}

fn shown(value: &Option<String>) -> String {
    value.as_deref().map_or_else(|| "nothing".to_owned(), |value| format!("`{}`", plain(value)))
}
