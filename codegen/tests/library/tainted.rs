//! The client with every text that comes from a manifest replaced, and names left alone.

use tieline_codegen::ir::*;

/// Puts `text` wherever a manifest has the say.
pub(crate) fn tainted(mut client: Client, text: &str) -> Client {
    for place in [&mut client.title, &mut client.connector, &mut client.compiled] {
        set(place, text);
    }
    docs(&mut client.docs, text);
    for scheme in &mut client.schemes {
        set(&mut scheme.scheme, text);
        docs(&mut scheme.docs, text);
        values(&mut scheme.fields, text);
    }
    values(&mut client.config, text);
    for entity in &mut client.entities {
        set(&mut entity.entity, text);
        docs(&mut entity.docs, text);
        items(&mut entity.items, text);
        for action in &mut entity.actions {
            set(&mut action.entity, text);
            set(&mut action.action, text);
            docs(&mut action.docs, text);
            object(&mut action.params, text);
            for file in &mut action.files {
                set(&mut file.key, text);
                docs(&mut file.docs, text);
            }
        }
    }
    items(&mut client.items, text);
    client
}

fn values(values: &mut [Value], text: &str) {
    for value in values {
        set(&mut value.key, text);
        docs(&mut value.docs, text);
    }
}

fn items(items: &mut [Item], text: &str) {
    for item in items {
        match item {
            Item::Object(value) => object(value, text),
            Item::OneOf(value) => {
                set(&mut value.tag, text);
                docs(&mut value.docs, text);
                value.variants.iter_mut().for_each(|(_, tag, _)| set(tag, text));
            }
            Item::AnyOf(value) => docs(&mut value.docs, text),
            Item::Choice(value) => {
                docs(&mut value.docs, text);
                value.variants.iter_mut().for_each(|(_, choice)| set(choice, text));
            }
            Item::Newtype(value) => docs(&mut value.docs, text),
        }
    }
}

fn object(object: &mut Object, text: &str) {
    docs(&mut object.docs, text);
    members(&mut object.members, text);
    for constant in &mut object.constants {
        set(&mut constant.key, text);
        set(&mut constant.value, text);
    }
    if let Some(kind) = &mut object.kind {
        set(&mut kind.tag, text);
        for variant in &mut kind.variants {
            set(&mut variant.tag, text);
            docs(&mut variant.docs, text);
            members(&mut variant.members, text);
        }
    }
}

fn members(members: &mut [Member], text: &str) {
    for member in members {
        set(&mut member.key, text);
        docs(&mut member.docs, text);
    }
}

fn docs(docs: &mut Docs, text: &str) {
    *docs = vec![text.to_owned()];
}

fn set(place: &mut String, text: &str) {
    text.clone_into(place);
}
