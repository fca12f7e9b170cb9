//! A printed client compiles, as files and as one text, and works.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

#[path = "generated/library/mod.rs"]
#[rustfmt::skip]
mod emitted;

/// The same client from one text.
mod included {
    include!("generated/library.rs");
}

use emitted::types::{Author, Book, Cover, CoverKind, Found, Page, Part, Tree};
use emitted::{Card, Config, Library, Token};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tieline::typed::{EachOperation, Field, Operation};
use tieline::wire::Upload;

fn connected() -> Library {
    Library::connect(Token::new("t0ken"), Config::new("north")).unwrap()
}

fn body(explanation: &tieline::execute::Explanation) -> Value {
    serde_json::from_slice(explanation.request.body.as_bytes().unwrap()).unwrap()
}

#[test]
fn a_client_calls_what_its_manifest_says() {
    let library = connected();
    let list = library.books().list().r#type("atlas").tags(["old", "big"]).explain().unwrap();
    assert_eq!(list.request.url.as_str(), "https://north.example.com/books?type=atlas&tags=old&tags=big");
    assert_eq!(list.scheme.as_deref(), Some("token"));
    let scan = library.scans().create(3, Upload::bytes("front")).preview(Upload::bytes("small")).explain().unwrap();
    let sent = scan.request.to_http();
    assert!(["name=\"page\"", "name=\"file\"", "name=\"preview\""].iter().all(|part| sent.contains(part)), "{sent}");

    let card = emitted::Credentials::from(Card::new(7).pin("1234"));
    assert!(format!("{card:?}").contains("pin: Some([secret])"), "{card:?}");
    let builder = Library::builder(card, Config::new("south").language("fr")).unwrap();
    let library = Library::from(builder.connect().unwrap());
    let get = library.books().get("1").explain().unwrap();
    assert_eq!(get.scheme.as_deref(), Some("card"));
    assert_eq!(
        (get.request.url.as_str(), &get.request.headers["language"]),
        ("https://south.example.com/books/1", &"fr".parse().unwrap())
    );
}

#[test]
fn what_may_be_null_is_set_cleared_or_left() {
    let library = connected();
    let update = || library.books().update("1");
    assert_eq!(
        body(&update().cover(None).subtitle(None).explain().unwrap()),
        json!({ "cover": null, "subtitle": null })
    );
    let emoji = || CoverKind::Emoji { emoji: "📖".to_owned() };
    let set = update().cover(emoji()).subtitle("short").parts([Part::new("a", None).set_new(true).sizes([1])]);
    let expected = json!({
        "cover": { "type": "emoji", "emoji": "📖" },
        "subtitle": "short",
        "parts": [{ "name": "a", "cover": null, "new": true, "sizes": [1] }]
    });
    assert_eq!(body(&set.explain().unwrap()), expected);
    let part = Part::new("b", None).is_odd([("a", 1)]).notes([("by", ["A", "B"])]).rows([[1, 2], [3, 4]]);
    let expected = json!({ "name": "b", "cover": null, "is_odd": { "a": 1 }, "notes": { "by": ["A", "B"] }, "rows": [[1, 2], [3, 4]] });
    assert_eq!(serde_json::to_value(part).unwrap(), expected);
    let set = update().cover(Cover::new(emoji()).note("n")).subtitle(Some("long".to_owned()));
    assert_eq!(body(&set.explain().unwrap())["subtitle"], "long");
    let set = update().other("shelf", "A 3").other("rank", 2).other("shelf", json!({ "row": null }));
    assert_eq!(body(&set.explain().unwrap()), json!({ "shelf": { "row": null }, "rank": 2 }));
}

fn there_and_back<T: DeserializeOwned + Serialize>(json: Value) -> T {
    let value: T = serde_json::from_str(&json.to_string()).unwrap_or_else(|error| panic!("{json}: {error}"));
    assert_eq!(serde_json::to_value(&value).unwrap(), json);
    value
}

#[test]
fn records_are_written_as_they_were_read() {
    let book: Book = there_and_back(json!({
        "object": "book", "id": "195de922-1179-449f-ab80-75a27c979105", "title": null, "added": "2026-03-11T09:30:00.000Z",
        "printed": null, "link": "https://example.com", "price": 3.0, "lent": false, "pages": 7, "key": "k", "anything": [1],
        "labels": { "a": "b", "c": null }, "shelf": [[], [[]]], "author": ["A", 2, { "new": 1 }],
        "found": { "object": "page", "number": 2 }, "cover": { "type": "inside", "cover": { "type": "plain" } }, "more": true
    }));
    assert_eq!(book.shelf, Some(Tree(vec![Tree(vec![]), Tree(vec![Tree(vec![])])])));
    assert!(
        matches!(&book.author, Some(Author::Several(all)) if matches!(all[..], [Author::Name(_), Author::Number(2), Author::Unknown(_)]))
    );
    assert_eq!(book.found, Some(Page::new().number(2).into()));
    let Field::Value(cover) = &book.cover else { panic!("{book:?}") };
    assert_eq!(cover.kind, CoverKind::Inside { cover: Box::new(CoverKind::Plain.into()) });
    assert_eq!(book.extra.names().collect::<Vec<_>>(), ["more"]);
    assert!(matches!(there_and_back::<Found>(json!({ "object": "film" })), Found::Unknown(_)));
}

#[test]
fn each_operation_is_named() {
    struct Names(Vec<String>);
    impl EachOperation for Names {
        fn operation<O: Operation>(&mut self) {
            self.0.push(format!("{}.{}", O::ENTITY, O::ACTION));
        }
    }
    let mut names = Names(Vec::new());
    included::Library::each_operation(&mut names);
    assert_eq!(names.0, ["books.list", "books.get", "books.update", "books.remove", "scans.create", "scans.download"]);
    let connector = included::Library::connector().unwrap();
    assert!(std::sync::Arc::ptr_eq(&connector, &included::Library::connector().unwrap()));
}
