//! Small manifests, and the types that come of them.

#![allow(clippy::unwrap_used)]

mod calls;

use std::fmt::Write as _;

use tieline::{Connector, Source};

use super::{Alternative, Client, Item, Member, Presence, Type};

/// The types of a connector with these schemas (YAML, two spaces in), `Root` among them, in short.
fn types(schemas: &str) -> String {
    let manifest = format!(
        "tieline: 1\nname: acme\ntitle: Acme\nversion: 0.1.0\nsummary: Things.\nserver: https://api.example.com\nentities:\n  things:\n    record: Root\n    \
         actions: {{ get: {{ get: /things/1 }} }}\nschemas:\n{schemas}"
    );
    let client = client(&manifest);
    client.items.iter().map(short).collect()
}

fn client(manifest: &str) -> Client {
    let connector = Connector::load(&Source::new("acme.yaml", manifest)).map_err(|found| found.to_string());
    Client::of(&connector.unwrap().0).unwrap()
}

fn short(item: &Item) -> String {
    let mut text = String::new();
    match item {
        Item::Object(object) => {
            write!(text, "{} {{ {}", object.name, members(&object.members)).unwrap();
            for constant in &object.constants {
                write!(text, "{} == {:?}, ", constant.key, constant.value).unwrap();
            }
            if let Some(kind) = &object.kind {
                write!(text, "{}: {} by {} ", kind.ident, kind.name, kind.tag).unwrap();
                for variant in &kind.variants {
                    write!(text, "| {} {:?} {{ {}}} ", variant.name, variant.tag, members(&variant.members)).unwrap();
                }
            }
            text.push('}');
        }
        Item::OneOf(one_of) => {
            write!(text, "{} by {}", one_of.name, one_of.tag).unwrap();
            for (name, tag, value) in &one_of.variants {
                write!(text, " | {name} {tag:?} {}", of(value)).unwrap();
            }
        }
        Item::AnyOf(any_of) => {
            write!(text, "{} any", any_of.name).unwrap();
            for Alternative { name, value, constants } in &any_of.variants {
                write!(text, " | {name} {}", of(value)).unwrap();
                constants.iter().for_each(|one| write!(text, " where {} {:?}", one.key, one.value).unwrap());
            }
        }
        Item::Choice(choice) => {
            write!(text, "{} choice", choice.name).unwrap();
            for (name, value) in &choice.variants {
                write!(text, " | {name} {value:?}").unwrap();
            }
        }
        Item::Newtype(newtype) => write!(text, "{} = {}", newtype.name, of(&newtype.value)).unwrap(),
    }
    text.push('\n');
    text
}

fn members(members: &[Member]) -> String {
    let mark = |presence| match presence {
        Presence::Required => "",
        Presence::Nullable => "!null",
        Presence::Optional => "?",
        Presence::Field => "?null",
    };
    members.iter().map(|member| format!("{}: {}{}, ", member.ident, of(&member.value), mark(member.presence))).collect()
}

fn of(value: &Type) -> String {
    match value {
        Type::List(inner) => format!("[{}]", of(inner)),
        Type::Map(inner) => format!("{{{}}}", of(inner)),
        Type::Nullable(inner) => format!("{}|null", of(inner)),
        Type::Boxed(inner) => format!("*{}", of(inner)),
        Type::Named(_, name) => name.clone(),
        plain => format!("{plain:?}"),
    }
}

#[test]
fn presence_and_plain_types() {
    let found = types(
        "  Root:
    type: object
    required: [id, name, object, flag]
    properties:
      object: { const: root }
      flag: { const: true }
      id: { type: string, format: uuid }
      name: { type: [string, 'null'] }
      at: { type: string, format: date-time }
      day: { type: [string, 'null'], format: date }
      site: { type: string, format: uri }
      pin: { type: string, format: password }
      count: { type: integer }
      size: { type: number }
      any: {}
      object_of_any: { type: object }
      nothing: { type: object, properties: {} }
      counts: { type: object, additionalProperties: { type: [integer, 'null'] } }
      sizes: { type: array, items: { type: number } }
      level: { enum: [1, 2] }
",
    );
    assert_eq!(
        found,
        "Root { flag: Boolean, id: Uuid, name: Text!null, at: Timestamp?, day: Date?null, site: Url?, pin: Secret?, count: Integer?, \
         size: Number?, any: Any?null, object_of_any: AnyObject?, nothing: RootNothing?, counts: {Integer|null}?, sizes: [Number]?, level: Integer?, \
         object == \"root\", }\nRootNothing { }\n"
    );
}

#[test]
fn parts_have_names_that_say_of_what() {
    let found = types(
        "  Root:
    type: object
    properties:
      type: { enum: [a-b, a_b, unknown, '3d', '', '<='] }
      owner: { type: object, properties: { type: { type: string }, extra: { type: string }, Type: { type: string } } }
      data_sources: { type: array, items: { type: object, properties: { id: { type: string } } } }
      direction: { anyOf: [ { enum: [up, down] }, { type: string } ] }
      picked: { title: Picked thing, type: object, properties: { id: { type: string } } }
      self: { $ref: '#/schemas/Option' }
  Option: { type: object, properties: { name: { type: string } } }
",
    );
    assert_eq!(
        found,
        "Root { r#type: RootType?, owner: RootOwner?, data_sources: [RootDataSource]?, direction: RootDirection?, picked: PickedThing?, \
         self_: OptionValue?, }\n\
         RootType choice | AB \"a-b\" | AB2 \"a_b\" | Unknown2 \"unknown\" | N3d \"3d\" | Empty \"\" | Value \"<=\"\n\
         RootOwner { r#type: Text?, extra_: Text?, type_: Text?, }\n\
         RootDataSource { id: Text?, }\n\
         RootDirection choice | Up \"up\" | Down \"down\"\n\
         PickedThing { id: Text?, }\n\
         OptionValue { name: Text?, }\n"
    );
}

#[test]
fn alternatives_are_told_apart_by_what_differs() {
    let found = types(
        "  Root:
    type: object
    properties:
      found: { $ref: '#/schemas/Found' }
      icon: { anyOf: [ { $ref: '#/schemas/Icon' }, { type: 'null' } ] }
      texts: { anyOf: [ { type: string }, { type: array, items: { type: string } }, { type: 'null' } ] }
      several: { type: [string, integer, 'null'] }
      loose: { oneOf: [ { type: object, properties: { a: { type: string } } }, { type: object, properties: { b: { type: string } } } ] }
  Found: { anyOf: [ { $ref: '#/schemas/Page' }, { $ref: '#/schemas/Row' } ] }
  Page: { type: object, required: [object], properties: { object: { const: page } } }
  Row: { type: object, required: [object], properties: { object: { const: row } } }
  Icon:
    type: object
    required: [id]
    properties: { id: { type: string } }
    anyOf:
      - { required: [emoji], properties: { type: { const: emoji }, emoji: { type: string } } }
      - { required: [file], properties: { type: { const: file }, file: { type: object, properties: { url: { type: string } } } } }
      - { properties: { type: { enum: [none, blank] } } }
      - $ref: '#/schemas/More'
      - { required: [type], properties: { type: { type: string } } }
  More:
    oneOf:
      - { required: [page], properties: { type: { const: page }, page: { $ref: '#/schemas/Page' }, more: { type: boolean } } }
",
    );
    assert_eq!(
        found,
        "Root { found: Found?, icon: Icon?null, texts: RootTexts?null, several: RootSeveral?null, loose: RootLoose?, }\n\
         RootTexts any | Text Text | List [Text]\n\
         RootSeveral any | Text Text | Integer Integer\n\
         RootLoose any | Value *RootLooseValue | Value2 *RootLooseValue2\n\
         RootLooseValue { a: Text?, }\n\
         RootLooseValue2 { b: Text?, }\n\
         Found by object | Page \"page\" *Page | Row \"row\" *Row\n\
         Page { object == \"page\", }\n\
         Row { object == \"row\", }\n\
         Icon { id: Text, kind: IconKind by type | Emoji \"emoji\" { emoji: Text, } | File \"file\" { file: *IconFile, } | None \"none\" { } \
         | Blank \"blank\" { } | Page \"page\" { page: *Page, more: Boolean?, } }\n\
         IconFile { url: Text?, }\n"
    );
}

#[test]
fn what_holds_itself_is_in_a_box() {
    let found = types(
        "  Root: { type: object, properties: { left: { $ref: '#/schemas/Root' }, all: { type: array, items: { $ref: '#/schemas/Root' } }, leaf: { $ref: '#/schemas/Leaf' }, nest: { $ref: '#/schemas/Nest' } } }
  Leaf: { type: object, required: [root], properties: { root: { $ref: '#/schemas/Root' } } }
  Nest: { type: array, items: { $ref: '#/schemas/Nest' } }
",
    );
    assert_eq!(
        found,
        "Root { left: *Root?, all: [Root]?, leaf: *Leaf?, nest: Nest?, }\nLeaf { root: Root, }\nNest = [Nest]\n"
    );
}

#[test]
fn all_of_puts_objects_together() {
    let found = types(
        "  Root: { allOf: [ { $ref: '#/schemas/Base' }, { required: [b], properties: { b: { type: string } } } ] }
  Base: { type: object, required: [a], properties: { a: { type: string } }, anyOf: [ { required: [a] }, { required: [b] } ] }
",
    );
    assert_eq!(found, "Root { a: Text, b: Text, }\n");
}

#[test]
fn a_reference_to_what_may_be_null_may_be_null() {
    let found = types(
        "  Cat: { type: [object, 'null'], properties: { type: { const: cat } }, required: [type] }
  Dog: { type: object, properties: { type: { const: dog } }, required: [type] }
  Pet: { oneOf: [{ $ref: '#/schemas/Cat' }, { $ref: '#/schemas/Dog' }] }
  Root:
    type: object
    properties:
      pets: { type: array, items: { $ref: '#/schemas/Pet' } }
      same: { allOf: [{ $ref: '#/schemas/Cat' }], description: Described. }
      both: { allOf: [{ $ref: '#/schemas/Cat' }, { $ref: '#/schemas/Dog' }] }
",
    );
    assert!(found.contains("pets: [Pet|null]?"), "{found}");
    assert!(found.contains("same: RootSame?null"), "{found}");
    assert!(found.contains("both: RootBoth?,"), "{found}");
}

#[test]
fn a_list_or_map_of_several_types_takes_anything() {
    let found = types(
        "  Root:
    type: object
    properties:
      list: { type: array, prefixItems: [{ type: string }], items: { type: integer } }
      map: { type: object, patternProperties: { ^x: { type: string } }, additionalProperties: { type: integer } }
",
    );
    assert!(found.contains("list: [Any]?, map: AnyObject?"), "{found}");
}

#[test]
fn members_that_alternatives_differ_in_take_anything() {
    let found = types(
        "  Root:
    anyOf:
      - { type: object, properties: { a: { type: string, description: One }, b: { type: string } } }
      - { type: object, properties: { a: { type: string }, b: { type: integer }, c: { type: boolean } } }
    type: object
",
    );
    assert!(found.contains("a: Text?, b: Any?null, c: Boolean?"), "{found}");
}

#[test]
fn what_takes_less_is_tried_first() {
    let found = types(
        "  Page: { type: object, properties: { object: { const: page } }, required: [object] }
  Root: { type: object, properties: { a: { anyOf: [{ type: string }, { type: string, format: date-time }, { $ref: '#/schemas/Page' }] } } }
",
    );
    assert!(found.contains("| Timestamp"), "{found}");
    assert!(found.find("| Timestamp") < found.find("| Text"), "{found}");
    assert!(found.contains("where object \"page\""), "{found}");
}

#[test]
fn each_entity_declares_the_parts_that_it_uses() {
    let params = "params: { tags: { $ref: '#/schemas/Tags', description: x } }";
    let client = client(&format!(
        "tieline: 1\nname: acme\ntitle: Acme\nversion: 0.1.0\nsummary: Things.\nserver: https://api.example.com\nentities:\n  \
         a: {{ actions: {{ put: {{ put: /a, {params} }} }} }}\n  b: {{ actions: {{ put: {{ put: /b, {params} }} }} }}\nschemas:\n  Tags: {{ type: array, items: {{ \
         type: object, properties: {{ n: {{ type: string }} }} }} }}\n"
    ));
    for entity in &client.entities {
        assert_eq!(entity.items.iter().map(Item::name).collect::<Vec<_>>(), ["Tag"], "{}", entity.entity);
    }
}
