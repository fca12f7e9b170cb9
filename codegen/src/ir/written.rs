//! Which types somebody writes: those that the parameters of an action are made of.

use std::collections::BTreeSet;

use super::boxes::values;
use super::{Client, Item, Object, Place, Type};

/// Marks the objects that parameters are made of.
pub(super) fn mark_written(client: &mut Client) {
    let mut shared = BTreeSet::new();
    let mut waiting: Vec<&Type> = Vec::new();
    for entity in &client.entities {
        for action in &entity.actions {
            waiting.extend(action.params.members.iter().map(|member| &member.value));
        }
        // Types of an entity's own are made for its parameters, or are its records; those are marked by what leads to them.
        waiting.extend(entity.items.iter().flat_map(values));
    }
    while let Some(value) = waiting.pop() {
        match value {
            Type::List(inner) | Type::Map(inner) | Type::Nullable(inner) | Type::Boxed(inner) => waiting.push(inner),
            Type::Named(Place::Types, name) if shared.insert(name.clone()) => {
                waiting.extend(client.items.iter().filter(|item| item.name() == name).flat_map(values));
            }
            _ => {}
        }
    }
    let objects = client.items.iter_mut().filter(|item| shared.contains(item.name()));
    let own = client.entities.iter_mut().flat_map(|entity| &mut entity.items);
    for object in objects.chain(own).filter_map(as_object) {
        object.is_written = true;
    }
}

fn as_object(item: &mut Item) -> Option<&mut Object> {
    match item {
        Item::Object(object) => Some(object),
        Item::OneOf(_) | Item::AnyOf(_) | Item::Choice(_) | Item::Newtype(_) => None,
    }
}
