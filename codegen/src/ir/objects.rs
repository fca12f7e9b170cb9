//! Objects, their kinds, and values that are one of several objects.

use indexmap::{IndexMap, IndexSet};
use serde_json::Value;
use tieline::Connector;
use tieline::catalog::schema::reference;

use super::docs::docs;
use super::form::{Form, form};
use super::lower::{Hint, Lowering, Required};
use super::naming::{Names, camel};
use super::shape::{Branch, Shape, branches};
use super::{Constant, Docs, Item, Kind, Member, Object, OneOf, Type, Variant};

/// Members of a struct that are not its own.
pub(super) const TAKEN_MEMBERS: &[&str] = &["extra"];

/// The declaration of a schema of objects.
pub(super) fn object<'a>(types: &mut Lowering<'a>, schema: &'a Value, name: &str, text: Docs) -> Item {
    let shape = Shape::of(types.connector, schema);
    if shape.members.is_empty()
        && let [alternatives] = shape.alternatives.as_slice()
        && let Some(one_of) = whole_objects(types, &branches(types.connector, alternatives, None), name, &text)
    {
        return one_of;
    }
    of_shape(types, shape, name, text)
}

/// The declaration of alternatives that are all objects; `None` when they are not, or when nothing tells them apart.
pub(super) fn one_of<'a>(
    types: &mut Lowering<'a>,
    alternatives: &[&'a Value],
    name: &str,
    text: &Docs,
) -> Option<Item> {
    let is_object = |schema: &&Value| {
        matches!(form(types.connector, super::shape::resolved(types.connector, schema)).0, Form::Object)
    };
    if !alternatives.iter().all(is_object) {
        return None;
    }
    let found: Vec<_> =
        alternatives.iter().flat_map(|one| branches(types.connector, std::slice::from_ref(*one), None)).collect();
    if let Some(one_of) = whole_objects(types, &found, name, text) {
        return Some(one_of);
    }
    tag(&Shape::default(), &found)?;
    Some(with_kind(types, Shape::default(), &found, name, text.clone()))
}

/// Several objects that have types of their own, told apart by a constant.
fn whole_objects<'a>(types: &mut Lowering<'a>, found: &[Branch<'a>], name: &str, text: &Docs) -> Option<Item> {
    let tag = tag(&Shape::default(), found)?;
    let is_constant = |branch: &Branch<'_>| {
        branch.is_whole
            && branch.shape.alternatives.is_empty()
            && branch.shape.required.contains(tag)
            && branch.shape.members.get(tag).is_some_and(|member| member.get("const").is_some_and(Value::is_string))
    };
    if !found.iter().all(is_constant) {
        return None;
    }
    let mut names = Names::without(&["Unknown"]);
    let mut variants = Vec::new();
    for branch in found {
        let origin = branch.origin?;
        let value = Type::Boxed(Box::new(types.declared(origin)?));
        for word in tags(branch, tag) {
            variants.push((names.variant(origin), word.to_owned(), value.clone()));
        }
    }
    Some(Item::OneOf(OneOf { name: name.to_owned(), docs: text.clone(), tag: tag.to_owned(), variants }))
}

/// What the objects of a schema always say.
pub(super) fn constants(connector: &Connector, schema: &Value) -> Vec<Constant> {
    let shape = Shape::of(connector, schema);
    let constants =
        shape.members.iter().filter(|(key, _)| shape.required.contains(*key)).filter_map(|(key, member)| {
            let value = member.get("const")?.as_str()?;
            Some(Constant { key: (*key).to_owned(), value: value.to_owned() })
        });
    constants.collect()
}

fn of_shape<'a>(types: &mut Lowering<'a>, mut shape: Shape<'a>, name: &str, text: Docs) -> Item {
    let mut kinds = Vec::new();
    for alternatives in std::mem::take(&mut shape.alternatives) {
        let found = branches(types.connector, alternatives, None);
        if kinds.is_empty() && tag(&shape, &found).is_some() {
            kinds = found;
        } else {
            merge(types.connector, &mut shape, found);
        }
    }
    with_kind(types, shape, &kinds, name, text)
}

/// What nothing tells apart may all be there: members of alternatives that are not required.
fn merge<'a>(connector: &'a Connector, shape: &mut Shape<'a>, found: Vec<Branch<'a>>) {
    static ANYTHING: Value = Value::Bool(true);
    let mut members: IndexMap<&str, &Value> = IndexMap::new();
    for (key, schema) in found.into_iter().flat_map(|branch| branch.shape.members) {
        let known = members.entry(key).or_insert(schema);
        if !are_alike(connector, known, schema) {
            *known = &ANYTHING;
        }
    }
    for (key, schema) in members {
        shape.members.entry(key).or_insert(schema);
    }
}

/// Whether what one schema takes can be read as the other.
fn are_alike(connector: &Connector, one: &Value, other: &Value) -> bool {
    if one == other {
        return true;
    }
    match (form(connector, one), form(connector, other)) {
        ((Form::Plain(one), a), (Form::Plain(other), b)) => one == other && a == b,
        ((Form::Choice(_), a), (Form::Choice(_), b)) => a == b,
        ((Form::List(Some(one)), a), (Form::List(Some(other)), b)) => a == b && are_alike(connector, one, other),
        ((Form::Same(one), a), (Form::Same(other), b)) => {
            a == b && reference(one).is_some() && reference(one) == reference(other)
        }
        _ => false,
    }
}

fn with_kind<'a>(types: &mut Lowering<'a>, mut shape: Shape<'a>, found: &[Branch<'a>], name: &str, text: Docs) -> Item {
    let mut names = Names::without(TAKEN_MEMBERS);
    let hint = Hint::named(name);
    let tag = tag(&shape, found);
    let kind_ident = tag.map(|tag| {
        shape.members.shift_remove(tag);
        names.member(if shape.members.contains_key("kind") { "variant" } else { "kind" })
    });
    let (mut members, mut constants) = (Vec::new(), Vec::new());
    let mut setters = Names::without(&["new", "clone"]);
    for (key, schema) in &shape.members {
        let is_required = shape.required.contains(key);
        match schema.get("const").and_then(Value::as_str) {
            Some(value) if is_required => constants.push(Constant { key: (*key).to_owned(), value: value.to_owned() }),
            Some(_) | None => {
                let member = types.member(&mut names, key, schema, is_required.into(), &hint);
                members.push(Member { setter: setters.setter(&member.ident), ..member });
            }
        }
    }
    let kind = tag.zip(kind_ident).map(|(tag, ident)| {
        let name = types.take_type_name(&format!("{name}{}", camel(&ident, "Kind")));
        Kind { ident, name, tag: tag.to_owned(), variants: variants(types, &shape, found, tag, &hint) }
    });
    Item::Object(Object { name: name.to_owned(), docs: text, members, constants, kind, is_written: false })
}

fn variants<'a>(
    types: &mut Lowering<'a>,
    shape: &Shape<'a>,
    found: &[Branch<'a>],
    tag: &str,
    hint: &Hint,
) -> Vec<Variant> {
    let mut variant_names = Names::without(&["Unknown"]);
    let mut variants = Vec::new();
    for branch in found {
        let inner = branches_of(types, branch);
        for word in tags(branch, tag) {
            let mut names = Names::default();
            let mut members = Vec::new();
            for (key, schema) in
                inner.members.iter().filter(|(key, _)| **key != tag && !shape.members.contains_key(*key))
            {
                let part = part_hint(hint, branch, word, key);
                let member = types.member(&mut names, key, schema, Required::from(inner.required.contains(key)), &part);
                members.push(boxed(member));
            }
            variants.push(Variant {
                name: variant_names.variant(word),
                tag: word.to_owned(),
                docs: branch.schema["description"].as_str().map(docs).unwrap_or_default(),
                members,
            });
        }
    }
    variants
}

/// What a branch holds; what its own alternatives hold may be there.
fn branches_of<'a>(types: &Lowering<'a>, branch: &Branch<'a>) -> Shape<'a> {
    let mut shape = branch.shape.clone();
    for alternatives in std::mem::take(&mut shape.alternatives) {
        merge(types.connector, &mut shape, branches(types.connector, alternatives, None));
    }
    shape
}

/// What a part of a variant is called by: `PropertySchema`, whose `number` is `PropertySchemaNumber`; or the schema that it is written in.
fn part_hint(hint: &Hint, branch: &Branch<'_>, word: &str, key: &str) -> Hint {
    let whole = branch.origin.map_or_else(|| hint.clone(), |origin| Hint::named(&camel(origin, "Type")));
    if word == key { whole } else { whole.part(word) }
}

/// Large values of a variant stand in a box, so that the other variants stay small.
fn boxed(mut member: Member) -> Member {
    if matches!(member.value, Type::Named(..)) {
        member.value = Type::Boxed(Box::new(member.value));
    }
    member
}

/// The member that tells alternatives apart: in all that say what it is, it is a text or one of some, different from those of the others.
/// `type` is preferred.
fn tag<'a>(common: &Shape<'a>, found: &[Branch<'a>]) -> Option<&'a str> {
    let candidates: IndexSet<&str> = found.iter().flat_map(|branch| branch.shape.members.keys().copied()).collect();
    let preferred = candidates.get("type").copied();
    preferred.into_iter().chain(candidates.iter().copied()).find(|key| {
        let mut seen: IndexMap<&str, usize> = IndexMap::new();
        for word in found.iter().flat_map(|branch| tags(branch, key)) {
            *seen.entry(word).or_default() += 1;
        }
        let others: Vec<_> = found.iter().filter(|branch| tags(branch, key).is_empty()).collect();
        let is_rest = |branch: &&&Branch<'_>| {
            branch.shape.alternatives.is_empty()
                && branch.shape.members.keys().all(|member| member == key || common.members.contains_key(member))
        };
        !seen.is_empty() && seen.values().all(|times| *times == 1) && others.iter().all(|branch| is_rest(&branch))
    })
}

/// What the tag says in an alternative.
fn tags<'a>(branch: &Branch<'a>, key: &str) -> Vec<&'a str> {
    let Some(member) = branch.shape.members.get(key) else { return Vec::new() };
    if let Some(word) = member["const"].as_str() {
        return vec![word];
    }
    let words = member["enum"].as_array().map(Vec::as_slice).unwrap_or_default();
    let texts: Vec<_> = words.iter().filter_map(Value::as_str).collect();
    if texts.len() == words.len() { texts } else { Vec::new() }
}
