//! The nodes that a query leads to, found within a number of steps.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use regex::Regex;
use tieline::yaml::{Node, Value};

use super::{Condition, Query, Reach, Segment, Selector, Start};

/// How many nodes may be selected on the way.
const MAX_SELECTED: usize = 4_000_000;

/// How many steps may be taken, by all queries together.
pub(in super::super) struct Steps {
    left: u64,
}

/// A query takes more steps, or leads to more nodes, than are allowed.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) struct TooManySteps;

impl Steps {
    pub(in super::super) fn new(allowed: u64) -> Self {
        Self { left: allowed }
    }

    pub(super) fn take(&mut self, steps: usize) -> Result<(), TooManySteps> {
        self.left = self.left.checked_sub(steps as u64).ok_or(TooManySteps)?;
        Ok(())
    }
}

/// The nodes of a document that a query leads to, each once, in the order found: the places of the children on the way.
pub(in super::super) fn select(query: &Query, root: &Node, steps: &mut Steps) -> Result<Vec<Vec<usize>>, TooManySteps> {
    let mut search = Search { root, steps, patterns: HashMap::new() };
    let mut found = vec![Found { node: root, trail: None }];
    for segment in &query.segments {
        found = search.segment(segment, &found)?;
        let mut seen = HashSet::new();
        found.retain(|found| seen.insert(std::ptr::from_ref(found.node)));
    }
    Ok(found.iter().map(Found::places).collect())
}

/// A search in a document.
pub(super) struct Search<'t, 's> {
    root: &'t Node,
    pub(super) steps: &'s mut Steps,
    /// Patterns that were compiled; of one that is none there is nothing.
    pub(super) patterns: HashMap<String, Option<Regex>>,
}

/// A node, and how it was reached.
#[derive(Clone)]
pub(super) struct Found<'t> {
    pub(super) node: &'t Node,
    trail: Option<Rc<Step>>,
}

/// The last step on the way to a node.
struct Step {
    place: usize,
    before: Option<Rc<Step>>,
}

impl<'t> Found<'t> {
    fn child(&self, place: usize, node: &'t Node) -> Self {
        Self { node, trail: Some(Rc::new(Step { place, before: self.trail.clone() })) }
    }

    /// The places of the children that lead here from the root.
    fn places(&self) -> Vec<usize> {
        let steps = std::iter::successors(self.trail.as_deref(), |step| step.before.as_deref());
        let mut places: Vec<_> = steps.map(|step| step.place).collect();
        places.reverse();
        places
    }
}

impl<'t> Search<'t, '_> {
    /// The nodes that a query inside of a filter leads to; one that is reached twice is there twice.
    pub(super) fn query(&mut self, query: &'t Query, here: &'t Node) -> Result<Vec<Found<'t>>, TooManySteps> {
        let node = match query.start {
            Start::Root => self.root,
            Start::Here => here,
        };
        let mut found = vec![Found { node, trail: None }];
        for segment in &query.segments {
            found = self.segment(segment, &found)?;
        }
        Ok(found)
    }

    fn segment(&mut self, segment: &'t Segment, from: &[Found<'t>]) -> Result<Vec<Found<'t>>, TooManySteps> {
        let mut selected = Vec::new();
        for found in from {
            match segment.reach {
                Reach::Near => self.children(segment, found, &mut selected)?,
                Reach::Far => self.below(segment, found, &mut selected)?,
            }
        }
        Ok(selected)
    }

    /// Selects from a node and all that is below it.
    fn below(
        &mut self,
        segment: &'t Segment,
        from: &Found<'t>,
        selected: &mut Vec<Found<'t>>,
    ) -> Result<(), TooManySteps> {
        self.children(segment, from, selected)?;
        for (place, node) in children(from.node) {
            self.steps.take(1)?;
            if matches!(node.value, Value::Map(_) | Value::List(_)) {
                self.below(segment, &from.child(place, node), selected)?;
            }
        }
        Ok(())
    }

    fn children(
        &mut self,
        segment: &'t Segment,
        from: &Found<'t>,
        selected: &mut Vec<Found<'t>>,
    ) -> Result<(), TooManySteps> {
        for selector in &segment.selectors {
            self.steps.take(1)?;
            self.selector(selector, from, selected)?;
        }
        if selected.len() > MAX_SELECTED { Err(TooManySteps) } else { Ok(()) }
    }

    fn selector(
        &mut self,
        selector: &'t Selector,
        from: &Found<'t>,
        selected: &mut Vec<Found<'t>>,
    ) -> Result<(), TooManySteps> {
        match (selector, &from.node.value) {
            (Selector::Name(name), Value::Map(map)) => {
                selected.extend(map.get_full(name).map(|(place, _, entry)| from.child(place, &entry.value)));
            }
            (Selector::Every, _) => {
                for (place, node) in children(from.node) {
                    self.steps.take(1)?;
                    selected.push(from.child(place, node));
                }
            }
            (Selector::Filter(condition), _) => {
                for (place, node) in children(from.node) {
                    self.steps.take(1)?;
                    if self.holds(condition, node)? {
                        selected.push(from.child(place, node));
                    }
                }
            }
            (Selector::Index(index), Value::List(list)) => {
                let place = from_start(*index, list.len());
                selected.extend(place.and_then(|place| Some(from.child(place, list.get(place)?))));
            }
            (Selector::Slice { start, end, step }, Value::List(list)) => {
                for place in slice(*start, *end, *step, list.len()) {
                    self.steps.take(1)?;
                    selected.extend(list.get(place).map(|node| from.child(place, node)));
                }
            }
            (Selector::Name(_) | Selector::Index(_) | Selector::Slice { .. }, _) => {}
        }
        Ok(())
    }

    fn holds(&mut self, condition: &'t Condition, here: &'t Node) -> Result<bool, TooManySteps> {
        self.steps.take(1)?;
        match condition {
            Condition::Any(conditions) => {
                for condition in conditions {
                    if self.holds(condition, here)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Condition::All(conditions) => {
                for condition in conditions {
                    if !self.holds(condition, here)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Condition::Not(condition) => Ok(!self.holds(condition, here)?),
            Condition::Exists(query) => Ok(!self.query(query, here)?.is_empty()),
            Condition::Compare(left, comparison, right) => self.compare(left, *comparison, right, here),
            Condition::Matches { text, pattern, extent } => self.matches(text, pattern, *extent, here),
        }
    }
}

/// The children of a node, with their places.
fn children(node: &Node) -> impl Iterator<Item = (usize, &Node)> {
    let (list, map) = match &node.value {
        Value::List(list) => (Some(list), None),
        Value::Map(map) => (None, Some(map)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => (None, None),
    };
    let values = map.into_iter().flat_map(|map| map.values().map(|entry| &entry.value));
    list.into_iter().flatten().chain(values).enumerate()
}

/// A place that is counted from the end if it is negative.
fn from_start(index: i64, length: usize) -> Option<usize> {
    let index = if index < 0 { i64::try_from(length).ok()? + index } else { index };
    usize::try_from(index).ok()
}

/// The places of a slice, in its order (RFC 9535, 2.3.4.2.2).
fn slice(start: Option<i64>, end: Option<i64>, step: i64, length: usize) -> impl Iterator<Item = usize> {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let counted = |index: i64| if index < 0 { length + index } else { index };
    let (first, stop) = if step < 0 {
        (counted(start.unwrap_or(length - 1)).clamp(-1, length - 1), end.map_or(-1, counted).clamp(-1, length - 1))
    } else {
        (start.map_or(0, counted).clamp(0, length), end.map_or(length, counted).clamp(0, length))
    };
    let is_inside = move |place: &i64| if step < 0 { *place > stop } else { step > 0 && *place < stop };
    std::iter::successors(Some(first), move |place| place.checked_add(step))
        .take_while(is_inside)
        .filter_map(|place| usize::try_from(place).ok())
}
