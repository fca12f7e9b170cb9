//! Which values stand in a box: a type that holds itself would have no size.

use std::collections::{BTreeMap, BTreeSet};

use super::{Item, Member, Type};

/// Boxes the members through which a type holds itself, and takes the box away from choices, which are small.
pub(super) fn box_cycles(items: &mut [Item]) {
    let choices: BTreeSet<String> =
        items.iter().filter(|item| matches!(item, Item::Choice(_))).map(|item| item.name().to_owned()).collect();
    for item in &mut *items {
        for value in values_mut(item) {
            if let Type::Boxed(inner) = value
                && let Type::Named(_, name) = &**inner
                && choices.contains(name)
            {
                *value = (**inner).clone();
            }
        }
    }
    let mut held: BTreeMap<String, BTreeSet<String>> = items
        .iter()
        .map(|item| (item.name().to_owned(), values(item).filter_map(held_by_value).map(str::to_owned).collect()))
        .collect();
    for item in items {
        let owner = item.name().to_owned();
        let mut boxed = BTreeSet::new();
        for value in values_mut(item) {
            let Some(name) = held_by_value(value).map(str::to_owned) else { continue };
            if boxed.contains(&name) || holds(&held, &name, &owner) {
                *value = Type::Boxed(Box::new(value.clone()));
                boxed.insert(name);
            }
        }
        if let Some(names) = held.get_mut(&owner) {
            names.retain(|name| !boxed.contains(name));
        }
    }
}

/// The declared type that a value of this type holds within itself.
fn held_by_value(value: &Type) -> Option<&str> {
    match value {
        Type::Named(_, name) => Some(name),
        Type::Nullable(inner) => held_by_value(inner),
        _ => None,
    }
}

/// Whether a type holds another, or is it.
fn holds(held: &BTreeMap<String, BTreeSet<String>>, from: &str, to: &str) -> bool {
    let mut waiting = vec![from];
    let mut seen = BTreeSet::new();
    while let Some(name) = waiting.pop() {
        if name == to {
            return true;
        }
        if seen.insert(name) {
            waiting.extend(held.get(name).into_iter().flatten().map(String::as_str));
        }
    }
    false
}

/// The types of what an item holds.
pub(super) fn values(item: &Item) -> Box<dyn Iterator<Item = &Type> + '_> {
    match item {
        Item::Object(object) => {
            let variants = object.kind.iter().flat_map(|kind| &kind.variants).flat_map(|variant| &variant.members);
            Box::new(object.members.iter().chain(variants).map(|member| &member.value))
        }
        Item::OneOf(one_of) => Box::new(one_of.variants.iter().map(|(_, _, value)| value)),
        Item::AnyOf(any_of) => Box::new(any_of.variants.iter().map(|variant| &variant.value)),
        Item::Choice(_) => Box::new(std::iter::empty()),
        Item::Newtype(newtype) => Box::new(std::iter::once(&newtype.value)),
    }
}

fn values_mut(item: &mut Item) -> Box<dyn Iterator<Item = &mut Type> + '_> {
    fn value(member: &mut Member) -> &mut Type {
        &mut member.value
    }
    match item {
        Item::Object(object) => {
            let variants =
                object.kind.iter_mut().flat_map(|kind| &mut kind.variants).flat_map(|variant| &mut variant.members);
            Box::new(object.members.iter_mut().chain(variants).map(value))
        }
        Item::OneOf(one_of) => Box::new(one_of.variants.iter_mut().map(|(_, _, value)| value)),
        Item::AnyOf(any_of) => Box::new(any_of.variants.iter_mut().map(|variant| &mut variant.value)),
        Item::Choice(_) => Box::new(std::iter::empty()),
        Item::Newtype(newtype) => Box::new(std::iter::once(&mut newtype.value)),
    }
}
