//! A client made by hand, with one of everything that can be printed; its API is `manifest.yaml`.

mod tainted;

use tieline::auth::FieldType;
use tieline::{Connector, Source};
use tieline_codegen::ir::*;

pub(crate) use tainted::tainted;

/// The client.
pub(crate) fn client() -> Client {
    let source = Source::new("manifest.yaml", include_str!("manifest.yaml"));
    let (connector, _) = Connector::load(&source).unwrap_or_else(|found| panic!("{found}"));
    Client {
        module: "library".to_owned(),
        name: "Library".to_owned(),
        connector: "library".to_owned(),
        title: "City library".to_owned(),
        docs: docs("Books of a city library, and who has them.\n\nWhat is *new* comes first."),
        schemes: vec![
            Scheme {
                name: "Token".to_owned(),
                scheme: "token".to_owned(),
                docs: docs("A token."),
                fields: vec![value("token", "From the settings.", FieldType::Text, Given::Must, Seen::Secret)],
            },
            Scheme {
                name: "Card".to_owned(),
                scheme: "card".to_owned(),
                docs: docs("A card."),
                fields: vec![
                    value("number", "On the front.", FieldType::Integer, Given::Must, Seen::Open),
                    value("pin", "On the back.", FieldType::Text, Given::May, Seen::Secret),
                ],
            },
        ],
        config: vec![
            value("region", "Where the library is.", FieldType::Text, Given::Must, Seen::Open),
            value("language", "In which titles are told.", FieldType::Text, Given::May, Seen::Open),
        ],
        entities: vec![books(), scans()],
        items: items(),
        compiled: connector.to_compiled().unwrap(),
    }
}

fn books() -> Entity {
    let book = Type::Named(Place::Types, "Book".to_owned());
    let id = || member("book_id", Presence::Required, Type::Text);
    let kind = Type::Named(Place::Entity, "ListType".to_owned());
    let part = Type::Named(Place::Types, "Part".to_owned());
    let cover = Type::Named(Place::Types, "Cover".to_owned());
    Entity {
        module: "books".to_owned(),
        name: "Books".to_owned(),
        entity: "books".to_owned(),
        docs: docs("What can be borrowed."),
        actions: vec![
            action(
                "books",
                "list",
                "List",
                vec![
                    Member {
                        ident: "r#type".to_owned(),
                        setter: "r#type".to_owned(),
                        ..member("type", Presence::Optional, kind)
                    },
                    member("tags", Presence::Optional, list(Type::Text)),
                ],
                Answer::List(book.clone()),
            ),
            action("books", "get", "Get", vec![id()], Answer::OneWithMeta(book.clone())),
            Action {
                others: Some("other".to_owned()),
                ..action(
                    "books",
                    "update",
                    "Update",
                    vec![
                        id(),
                        member("cover", Presence::Field, Type::Boxed(Box::new(cover))),
                        member("subtitle", Presence::Field, Type::Text),
                        member("parts", Presence::Optional, list(part)),
                    ],
                    Answer::One(book),
                )
            },
            action("books", "remove", "Remove", vec![id()], Answer::Nothing),
        ],
        items: vec![Item::Choice(Choice {
            name: "ListType".to_owned(),
            docs: docs("What sort of book."),
            variants: vec![pair("Novel", "novel"), pair("Atlas", "atlas")],
        })],
    }
}

fn scans() -> Entity {
    let file = |ident: &str, required| File {
        ident: ident.to_owned(),
        key: ident.to_owned(),
        docs: docs("The picture."),
        required,
    };
    let page = member("page", Presence::Required, Type::Integer);
    let create = action("scans", "create", "Create", vec![page], Answer::One(Type::AnyObject));
    let scan = member("scan_id", Presence::Required, Type::Text);
    Entity {
        module: "scans".to_owned(),
        name: "Scans".to_owned(),
        entity: "scans".to_owned(),
        docs: docs("Pages as pictures."),
        actions: vec![
            Action { files: vec![file("file", true), file("preview", false)], ..create },
            action("scans", "download", "Download", vec![scan], Answer::File),
        ],
        // Names that generated code uses for other things.
        items: ["Call", "Connection", "Error", "Read", "Upload"]
            .map(|name| Item::Object(object(name, vec![member("id", Presence::Required, Type::Text)])))
            .into(),
    }
}

fn items() -> Vec<Item> {
    use Presence::{Field, Nullable, Optional, Required};
    let named = |name: &str| Type::Named(Place::Types, name.to_owned());
    let boxed = |value| Type::Boxed(Box::new(value));
    let book = Object {
        constants: vec![Constant { key: "object".to_owned(), value: "book".to_owned() }],
        is_written: false,
        ..object(
            "Book",
            vec![
                member("id", Required, Type::Uuid),
                member("title", Nullable, Type::Text),
                member("added", Optional, Type::Timestamp),
                member("printed", Field, Type::Date),
                member("link", Optional, Type::Url),
                member("price", Optional, Type::Number),
                member("lent", Required, Type::Boolean),
                member("pages", Optional, Type::Integer),
                member("key", Optional, Type::Secret),
                member("anything", Optional, Type::Any),
                member("labels", Optional, Type::Map(Box::new(Type::Nullable(Box::new(Type::Text))))),
                member("shelf", Optional, named("Tree")),
                member("author", Optional, named("Author")),
                member("found", Optional, named("Found")),
                member("cover", Field, boxed(named("Cover"))),
            ],
        )
    };
    let cover = Object {
        kind: Some(Kind {
            ident: "kind".to_owned(),
            name: "CoverKind".to_owned(),
            tag: "type".to_owned(),
            variants: vec![
                variant("Emoji", "emoji", vec![member("emoji", Required, Type::Text)]),
                variant(
                    "Picture",
                    "picture",
                    vec![member("url", Required, Type::Text), member("expires", Field, Type::Timestamp)],
                ),
                variant("Inside", "inside", vec![member("cover", Required, boxed(named("Cover")))]),
                variant("Plain", "plain", Vec::new()),
            ],
        }),
        ..object("Cover", vec![member("note", Optional, Type::Text)])
    };
    let part = object(
        "Part",
        vec![
            member("name", Required, Type::Text),
            member("cover", Nullable, boxed(named("Cover"))),
            Member { setter: "set_new".to_owned(), ..member("new", Optional, Type::Boolean) },
            member("rows", Optional, list(list(Type::Number))),
            member("sizes", Field, list(Type::Integer)),
            member("is_odd", Optional, Type::AnyObject),
            member("notes", Optional, Type::Map(Box::new(list(named("Author"))))),
        ],
    );
    let page = object("Page", vec![member("number", Optional, Type::Integer)]);
    let author = AnyOf {
        name: "Author".to_owned(),
        docs: docs("Who wrote it."),
        variants: vec![
            alternative("Name", Type::Text),
            alternative("Number", Type::Integer),
            alternative("Several", list(named("Author"))),
        ],
    };
    let found = OneOf {
        name: "Found".to_owned(),
        docs: docs("What a search finds."),
        tag: "object".to_owned(),
        variants: vec![
            ("Book".to_owned(), "book".to_owned(), boxed(named("Book"))),
            ("Page".to_owned(), "page".to_owned(), named("Page")),
        ],
    };
    let tree = Newtype { name: "Tree".to_owned(), docs: docs("Shelves in shelves."), value: list(named("Tree")) };
    let page = Object { constants: vec![Constant { key: "object".to_owned(), value: "page".to_owned() }], ..page };
    vec![
        Item::Object(book),
        Item::Object(cover),
        Item::Object(part),
        Item::Object(page),
        Item::AnyOf(author),
        Item::OneOf(found),
        Item::Newtype(tree),
    ]
}

fn action(entity: &str, name: &str, builder: &str, members: Vec<Member>, answer: Answer) -> Action {
    Action {
        entity: entity.to_owned(),
        action: name.to_owned(),
        method: name.to_owned(),
        builder: builder.to_owned(),
        docs: docs(&format!("{builder} does what the manifest says.")),
        params: Object { is_written: false, ..object(&format!("{builder}Params"), members) },
        others: None,
        files: Vec::new(),
        answer,
        deprecated: false,
    }
}

fn object(name: &str, members: Vec<Member>) -> Object {
    let docs = docs("An object of the library.");
    Object { name: name.to_owned(), docs, members, constants: Vec::new(), kind: None, is_written: true }
}

fn member(name: &str, presence: Presence, value: Type) -> Member {
    let docs = docs(&format!("The {name}."));
    let name = name.to_owned();
    Member { ident: name.clone(), key: name.clone(), setter: name, docs, presence, value, deprecated: false }
}

fn variant(name: &str, tag: &str, members: Vec<Member>) -> Variant {
    Variant { name: name.to_owned(), tag: tag.to_owned(), docs: docs(&format!("{name} it is.")), members }
}

/// Whether a value must be given.
#[derive(PartialEq)]
enum Given {
    Must,
    May,
}

/// Whether a value may be seen.
#[derive(PartialEq)]
enum Seen {
    Open,
    Secret,
}

fn value(name: &str, about: &str, value_type: FieldType, given: Given, seen: Seen) -> Value {
    let (required, secret) = (given == Given::Must, seen == Seen::Secret);
    Value { ident: name.to_owned(), key: name.to_owned(), docs: docs(about), value_type, required, secret }
}

fn list(item: Type) -> Type {
    Type::List(Box::new(item))
}

fn pair(name: &str, text: &str) -> (String, String) {
    (name.to_owned(), text.to_owned())
}

fn docs(text: &str) -> Docs {
    text.lines().map(str::to_owned).collect()
}

fn alternative(name: &str, value: Type) -> Alternative {
    Alternative { name: name.to_owned(), value, constants: vec![] }
}
