//! What changed in schemas, wherever they are used: a list of pairs to compare, each compared once.

use std::collections::{BTreeSet, HashSet, VecDeque};

use indexmap::IndexMap;
use serde_json::Value;
use tieline::{Connector, Error};

use super::found::{Effect, Found, Side};
use super::types::Types;
use super::view::{Effort, Schemas, View, pure_reference};
use super::words::{below, cut, gone, one_of, quoted, replaced, value};

/// So many parts of schemas are looked at: all of a document of many megabytes, but not all that circles in two of them can pair.
const MOST_EFFORT: usize = 2_000_000;

/// What fits where nothing is said.
static ANYTHING: Value = Value::Bool(true);

/// Two schemas at a place.
struct Pair<'a> {
    place: String,
    side: Side,
    before: &'a Value,
    after: &'a Value,
}

/// The schemas of two connectors, and what of them is still to be compared.
pub(super) struct Comparison<'a> {
    before: Schemas<'a>,
    after: Schemas<'a>,
    waiting: VecDeque<Pair<'a>>,
    seen: HashSet<(*const Value, *const Value, Side)>,
    effort: Effort,
}

impl<'a> Comparison<'a> {
    /// Of these connectors.
    pub(super) fn of(before: &'a Connector, after: &'a Connector) -> Result<Self, Error> {
        Ok(Self {
            before: Schemas::of(before)?,
            after: Schemas::of(after)?,
            waiting: VecDeque::new(),
            seen: HashSet::new(),
            effort: Effort::new(MOST_EFFORT),
        })
    }

    /// Asks for two schemas to be compared. A schema with a name is compared once, under its name.
    pub(super) fn add(&mut self, place: impl Into<String>, side: Side, before: &'a Value, after: &'a Value) {
        let is_said_alike = ["default", "deprecated"].iter().all(|key| before.get(key) == after.get(key));
        let named = pure_reference(before).filter(|name| is_said_alike && pure_reference(after) == Some(name));
        let named = named.and_then(|name| Some((name, self.before.get(name)?, self.after.get(name)?)));
        let (place, before, after) = match named {
            Some((name, before, after)) => (name.to_owned(), before, after),
            None => (place.into(), before, after),
        };
        if self.seen.insert((before, after, side)) {
            self.waiting.push_back(Pair { place, side, before, after });
        }
    }

    /// Compares all that was asked for, and what is in it.
    pub(super) fn run(&mut self, found: &mut Found) {
        while let Some(pair) = self.waiting.pop_front() {
            if self.effort.is_spent() {
                found.breaking("schemas", "are so large, or go in such circles, that not all of them were compared");
                return;
            }
            self.compare(&pair, found);
        }
    }

    fn compare(&mut self, pair: &Pair<'a>, found: &mut Found) {
        let before = View::of(&self.before, pair.before, &self.effort);
        let after = View::of(&self.after, pair.after, &self.effort);
        let mut says = |effect, text: String| found.of_schema(&pair.place, pair.side, effect, text);
        if !self.types(&before, &after, &mut says) {
            return;
        }
        self.choices(&before, &after, &mut says);
        keywords(&before, &after, pair.side, &mut says);
        self.nested(pair, &before, &after);
        let branches = [before.branches(&self.before, &self.effort), after.branches(&self.after, &self.effort)];
        match &branches {
            [none, some] | [some, none] if none.is_empty() && !some.is_empty() => {
                let before = self.with_members_of(&before, &branches[0], Which::Before);
                let after = self.with_members_of(&after, &branches[1], Which::After);
                self.members(pair, &before, &after, found);
            }
            [old, new] => {
                self.branches(pair, old, new, found);
                let (before, after) = (Members::of(&before, &self.effort), Members::of(&after, &self.effort));
                self.members(pair, &before, &after, found);
            }
        }
    }

    /// Compares types, and says whether a value can be of a type that fits both.
    fn types(&self, before: &View<'a>, after: &View<'a>, says: &mut impl FnMut(Effect, String)) -> bool {
        let (before, after) = (before.types(&self.before, &self.effort), after.types(&self.after, &self.effort));
        let (lost, gained) = (before.without(after), after.without(before));
        let names = |types: Types| one_of(&types.names());
        let is_other = before.and(after).is_empty() && before != after;
        match (lost.is_empty(), gained.is_empty()) {
            (true, true) => {}
            _ if is_other => {
                says(Effect::Replaces, format!("is {} instead of {}", names(after), names(before)));
            }
            _ if before == Types::ANY => says(Effect::Narrows, format!("can only be {} now", names(after))),
            _ if after == Types::ANY => says(Effect::Widens, "can be anything now".to_owned()),
            _ => {
                if !lost.is_empty() {
                    says(Effect::Narrows, format!("can no longer be {}", names(lost)));
                }
                if !gained.is_empty() {
                    says(Effect::Widens, format!("can also be {} now", names(gained)));
                }
            }
        }
        !is_other
    }

    /// A value more is no type more: who reads a choice has to reckon with one that is new.
    fn choices(&self, before: &View<'a>, after: &View<'a>, says: &mut impl FnMut(Effect, String)) {
        let names = |values: &[&Value]| one_of(&values.iter().map(|one| value(one)).collect::<Vec<_>>());
        let choices = [before.choices(&self.before, &self.effort), after.choices(&self.after, &self.effort)];
        match choices {
            [None, None] => {}
            [None, Some(after)] => says(Effect::Narrows, format!("can only be {} now", names(&after))),
            [Some(_), None] => says(Effect::Nothing, "can have other values than those that were listed".to_owned()),
            [Some(before), Some(after)] => {
                let (removed, added) = (without(&before, &after), without(&after, &before));
                self.effort.spend(before.len() + after.len());
                if !removed.is_empty() {
                    says(Effect::Narrows, format!("can no longer be {}", names(&removed)));
                }
                if !added.is_empty() {
                    says(Effect::Nothing, format!("can also be {} now", names(&added)));
                }
            }
        }
    }

    /// Asks for the items of lists and the members without a name of objects.
    fn nested(&mut self, pair: &Pair<'a>, before: &View<'a>, after: &View<'a>) {
        for (key, mark) in [("items", "[]"), ("additionalProperties", ".*")] {
            let schemas = [before.get(key), after.get(key)];
            if schemas.iter().flatten().any(|schema| schema.is_object()) {
                let [before, after] = schemas.map(|schema| schema.unwrap_or(&ANYTHING));
                self.add(below(&pair.place, format_args!("{mark}")), pair.side, before, after);
            }
        }
    }

    fn members(&mut self, pair: &Pair<'a>, before: &Members<'a>, after: &Members<'a>, found: &mut Found) {
        let place = |name: &str| below(&pair.place, format_args!(".{}", cut(name)));
        let added = || after.schemas.keys().copied().filter(|name| !before.schemas.contains_key(name));
        for (name, old) in &before.schemas {
            let Some(new) = after.schemas.get(name) else {
                found.of_schema(&place(name), pair.side, Effect::Replaces, gone(name, added()));
                continue;
            };
            match (before.required.contains(name), after.required.contains(name)) {
                (false, true) => found.of_schema(&place(name), pair.side, Effect::Narrows, "is required now"),
                (true, false) => found.of_schema(&place(name), pair.side, Effect::Widens, "is no longer required"),
                (true, true) | (false, false) => {}
            }
            self.add(place(name), pair.side, old, new);
        }
        for name in added() {
            match after.required.contains(name) {
                true => found.of_schema(&place(name), pair.side, Effect::Narrows, "is new and required"),
                false => found.harmless(place(name), "is new"),
            }
        }
    }

    /// Compares the alternatives of both that have the same name, or the only ones.
    fn branches(&mut self, pair: &Pair<'a>, before: &[&'a Value], after: &[&'a Value], found: &mut Found) {
        if let ([old], [new]) = (before, after) {
            return self.add(pair.place.as_str(), pair.side, old, new);
        }
        let before = named(&self.before, before, &self.effort);
        let after = named(&self.after, after, &self.effort);
        for (name, old) in &before {
            match after.get(name) {
                Some(new) => self.add(below(&pair.place, format_args!("[{}]", cut(name))), pair.side, old, new),
                None => {
                    let text = format!("can no longer be {}", quoted(name));
                    found.of_schema(&pair.place, pair.side, Effect::Narrows, text);
                }
            }
        }
        for name in after.keys().filter(|name| !before.contains_key(*name)) {
            found.harmless(&pair.place, format!("can also be {} now", quoted(name)));
        }
    }

    /// The members of a schema and of all its alternatives.
    fn with_members_of(&self, view: &View<'a>, branches: &[&'a Value], which: Which) -> Members<'a> {
        let schemas = match which {
            Which::Before => &self.before,
            Which::After => &self.after,
        };
        let mut members = Members::of(view, &self.effort);
        for branch in branches {
            let of_branch = Members::of(&View::of(schemas, branch, &self.effort), &self.effort);
            for (name, schema) in of_branch.schemas {
                members.schemas.entry(name).or_insert(schema);
            }
            if let [_] = branches {
                members.required.extend(of_branch.required);
            }
        }
        members
    }
}

/// One of the two connectors.
#[derive(Clone, Copy)]
enum Which {
    Before,
    After,
}

/// The members of objects.
struct Members<'a> {
    schemas: IndexMap<&'a str, &'a Value>,
    required: BTreeSet<&'a str>,
}

impl<'a> Members<'a> {
    fn of(view: &View<'a>, effort: &Effort) -> Self {
        Self { schemas: view.members(effort), required: view.required() }
    }
}

/// Branches by their names; one without a name by its number.
fn named<'a>(schemas: &Schemas<'a>, branches: &[&'a Value], effort: &Effort) -> IndexMap<String, &'a Value> {
    let mut named = IndexMap::new();
    for (number, branch) in branches.iter().enumerate() {
        let name = View::name_of(schemas, branch, effort).map_or_else(|| format!("#{}", number + 1), str::to_owned);
        named.entry(name).or_insert(*branch);
    }
    named
}

/// The values that are in one list and not in another.
fn without<'v>(these: &[&'v Value], those: &[&'v Value]) -> Vec<&'v Value> {
    let known: HashSet<String> = those.iter().map(ToString::to_string).collect();
    these.iter().copied().filter(|value| !known.contains(&value.to_string())).collect()
}

/// Compares what single keywords say.
fn keywords(before: &View<'_>, after: &View<'_>, side: Side, says: &mut impl FnMut(Effect, String)) {
    let changed = |key: &str| {
        let shown = [before.get(key), after.get(key)].map(|one| one.map(value));
        let [old, new] = shown;
        replaced(&format!("`{key}`"), old, new)
    };
    if let Some(text) = changed("format") {
        says(Effect::Nothing, text);
    }
    let is_deprecated = |view: &View<'_>| view.get("deprecated") == Some(&Value::Bool(true));
    if is_deprecated(after) && !is_deprecated(before) {
        says(Effect::Nothing, "is deprecated now".to_owned());
    }
    if side == Side::Answered {
        return;
    }
    if let Some(text) = changed("default") {
        says(Effect::Nothing, text);
    }
    let is_closed = |view: &View<'_>| view.get("additionalProperties") == Some(&Value::Bool(false));
    if is_closed(after) && !is_closed(before) {
        says(Effect::Narrows, "can no longer have other members than those that are named".to_owned());
    }
    for key in ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"] {
        limit(changed(key), before.get(key), after.get(key), |old, new| new < old, says);
    }
    for key in ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"] {
        limit(changed(key), before.get(key), after.get(key), |old, new| new > old, says);
    }
    const OTHERS: &[&str] = &[
        "pattern",
        "multipleOf",
        "uniqueItems",
        "not",
        "if",
        "then",
        "else",
        "prefixItems",
        "contains",
        "minContains",
        "maxContains",
        "propertyNames",
        "patternProperties",
        "dependentRequired",
        "dependentSchemas",
        "unevaluatedItems",
        "unevaluatedProperties",
    ];
    for key in OTHERS {
        if let Some(text) = changed(key) {
            says(if after.get(key).is_some() { Effect::Narrows } else { Effect::Nothing }, text);
        }
    }
}

/// A limit that changed, with what it means that it is another.
fn limit(
    text: Option<String>,
    before: Option<&Value>,
    after: Option<&Value>,
    is_tighter: impl Fn(f64, f64) -> bool,
    says: &mut impl FnMut(Effect, String),
) {
    let Some(text) = text else { return };
    let narrows = match (before.and_then(Value::as_f64), after.and_then(Value::as_f64)) {
        (Some(old), Some(new)) => is_tighter(old, new),
        (_, after) => after.is_some(),
    };
    says(if narrows { Effect::Narrows } else { Effect::Nothing }, text);
}
