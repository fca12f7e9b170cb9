//! Overlays (OpenAPI Overlay 1.0 and 1.1): a file that tells what to change in a document before it is used.

mod change;
mod path;
mod read;
mod remove;
#[cfg(test)]
mod tests;

use tieline::source::{Code, Diagnostic, Parts, Severity, Source, Span};
use tieline::yaml::{self, Limits, Node};

use crate::cost::Cost;
use path::{Steps, TooManySteps, select};
use read::{Action, Change, Overlay, Target};

/// How many steps the searches of one overlay may take together.
const STEPS: u64 = 100_000_000;

/// Applies an overlay to a document: its actions one after the other, each to what the one before it left.
///
/// What the overlay brings has its places in the overlay, so the source of the result is that of both. An overlay that
/// cannot be read changes nothing; an action that cannot be carried out is left out. Both are findings, and so is an
/// action whose target is not there. The document does not become larger than the limits.
pub fn apply(
    document: &Source,
    mut tree: Node,
    overlay: &Source,
    limits: Limits,
    findings: &mut Vec<Diagnostic>,
) -> (Source, Node) {
    let mut parts = Parts::of(document);
    let offset = parts.add(overlay);
    let source = parts.join();
    let Some(overlay) = parsed(overlay, offset, limits, findings) else { return (source, tree) };
    let found_before = findings.len();
    if let Some(overlay) = Overlay::read(&overlay, source.text(), findings) {
        let is_sound = findings[found_before..].iter().all(|finding| finding.severity() != Severity::Error);
        if is_sound {
            check_extends(&overlay, document, findings);
            Work::on(&mut tree, limits, findings).run(&overlay.actions);
        }
    }
    (source, tree)
}

/// The tree of an overlay, with its places in the joined source.
fn parsed(overlay: &Source, offset: usize, limits: Limits, findings: &mut Vec<Diagnostic>) -> Option<Node> {
    let found_before = findings.len();
    let tree = yaml::parse(overlay, limits, findings);
    for finding in &mut findings[found_before..] {
        finding.span = finding.span.moved(offset);
    }
    let mut tree = tree?;
    tree.move_by(offset);
    Some(tree)
}

/// An overlay may name the document that it was written for.
fn check_extends(overlay: &Overlay<'_>, document: &Source, findings: &mut Vec<Diagnostic>) {
    let Some(extends) = overlay.extends else { return };
    let file = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let (meant, given) = (file(extends.value), file(document.name()));
    if meant != given {
        let message = format!("this overlay was written for `{meant}`, and the document is `{given}`");
        findings.push(Diagnostic::new(Code::Suspicious, extends.span, message));
    }
}

/// A document that is being changed, and what this may still cost.
struct Work<'a> {
    tree: &'a mut Node,
    /// What is left of the limits.
    left: Limits,
    steps: Steps,
    findings: &'a mut Vec<Diagnostic>,
}

impl<'a> Work<'a> {
    fn on(tree: &'a mut Node, limits: Limits, findings: &'a mut Vec<Diagnostic>) -> Self {
        let mut left = limits;
        Cost::of(tree).take_from(&mut left);
        Self { tree, left, steps: Steps::new(STEPS), findings }
    }

    fn run(&mut self, actions: &[Action<'_>]) {
        for action in actions {
            let done = self.find(&action.target).and_then(|places| self.carry_out(action, places));
            self.findings.extend(done.err());
        }
    }

    fn carry_out(&mut self, action: &Action<'_>, places: Vec<Vec<usize>>) -> Result<(), Diagnostic> {
        if places.is_empty() {
            let message = format!("`{}` is not in the document, so nothing is changed", action.target.text);
            return Err(Diagnostic::new(Code::Suspicious, action.target.span, message));
        }
        match &action.change {
            Change::Remove if places.iter().any(Vec::is_empty) => {
                let message = "the whole document cannot be removed";
                Err(Diagnostic::new(Code::InvalidValue, action.target.span, message))
            }
            Change::Remove => {
                remove::remove(self.tree, places);
                Ok(())
            }
            Change::Update(update) => self.update(&places, update, update.span),
            Change::Copy(from) => {
                let copied = self.one(from)?.clone();
                self.update(&places, &copied, from.span)
            }
            Change::Nothing => Ok(()),
        }
    }

    fn find(&mut self, target: &Target<'_>) -> Result<Vec<Vec<usize>>, Diagnostic> {
        select(&target.query, self.tree, &mut self.steps).map_err(|TooManySteps| {
            let message = format!("`{}` takes too many steps", target.text);
            Diagnostic::new(Code::Limit, target.span, message).help("name more of the keys on the way")
        })
    }

    /// The one node that is copied.
    fn one(&mut self, from: &Target<'_>) -> Result<&Node, Diagnostic> {
        let places = self.find(from)?;
        let [place] = &places[..] else {
            let (code, found) = match places.len() {
                0 => (Code::UnknownReference, "is not in the document".to_owned()),
                several => (Code::InvalidValue, format!("leads to {several} places, and one can be copied")),
            };
            return Err(Diagnostic::new(code, from.span, format!("`{}` {found}", from.text)));
        };
        Ok(place.iter().fold(&*self.tree, |node, place| change::child(node, *place).unwrap_or(node)))
    }

    /// Merges an update into every node at these places, as long as there is room.
    fn update(&mut self, places: &[Vec<usize>], update: &Node, span: Span) -> Result<(), Diagnostic> {
        let cost = Cost::of(update);
        for place in places {
            // One level more for what is put into a list.
            if !cost.fits(&self.left) || place.len() + 1 + cost.depth > self.left.depth {
                let message = "with this the document becomes larger than a document may be";
                return Err(Diagnostic::new(Code::Limit, span, message));
            }
            cost.take_from(&mut self.left);
            let node = place.iter().try_fold(&mut *self.tree, |node, place| change::child_mut(node, *place));
            let misfits_before = self.findings.len();
            if let Some(node) = node {
                change::apply(node, update, self.findings);
            }
            // What does not fit in one place need not be said of a thousand.
            if self.findings.len() > misfits_before {
                break;
            }
        }
        Ok(())
    }
}
