//! Types as the generator writes them, read and written.

#![allow(unreachable_pub)] // the macros write what is public in generated code

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::transport::{Exchange, Replay};
use crate::typed::{self, Extra, Field, Number, Timestamp, Uuid};

#[derive(Clone, Debug, PartialEq)]
struct Page {
    id: Uuid,
    name: Option<String>,
    url: Option<String>,
    icon: Field<Icon>,
    created: Option<Timestamp>,
    size: Option<Number>,
    r#type: Option<Direction>,
    extra: Extra,
}
typed::object!(Page {
    required id = "id",
    nullable name = "name",
    optional url = "url",
    field icon = "icon",
    optional created = "created-time",
    optional size = "size",
    optional r#type = "type",
} constants {
    "object" = "page",
});

#[derive(Clone, Debug, PartialEq)]
struct Icon {
    id: Option<String>,
    kind: IconKind,
    extra: Extra,
}
#[derive(Clone, Debug, PartialEq)]
enum IconKind {
    Emoji { emoji: String },
    File { url: String, expires: Field<Timestamp>, name: Option<String> },
    None,
    Unknown,
}
typed::object!(Icon { optional id = "id", } constants { "object" = "icon", } kind kind: IconKind);
typed::kind!(IconKind by "type" {
    "emoji" => Emoji { only emoji = "emoji", },
    "file" => File { required url = "url", field expires = "expires", optional name = "name", },
    "none" => None {},
});

#[derive(Clone, Debug, PartialEq)]
enum Found {
    Page(Box<Page>),
    Other(Icon),
    Unknown(Extra),
}
typed::one_of!(Found by "object" { "page" => Page, "icon" => Other, });

#[derive(Clone, Debug, PartialEq)]
enum TextOrTexts {
    Text(String),
    Texts(Vec<String>),
    Unknown(crate::Raw),
}
typed::any_of!(TextOrTexts { Text, Texts });

// Named like the type parameters of what the macros write.
#[derive(Clone, Debug, PartialEq)]
struct A {
    child: Option<Box<D>>,
    extra: Extra,
}
typed::object!(A { optional child = "child", } constants { "object" = "a", });

#[derive(Clone, Debug, PartialEq)]
struct B {
    child: Option<Box<D>>,
    b: String,
    extra: Extra,
}
typed::object!(B { optional child = "child", required b = "b", });

#[derive(Clone, Debug, PartialEq)]
struct C {
    child: Option<Box<D>>,
    c: String,
    extra: Extra,
}
typed::object!(C { optional child = "child", required c = "c", });

#[derive(Clone, Debug, PartialEq)]
enum D {
    A(A),
    B(B),
    C(C),
    Unknown(crate::Raw),
}
typed::any_of!(D { A where "object" = "a", B, C });

#[derive(Clone, Debug, PartialEq)]
enum Direction {
    Up,
    Down,
    Unknown(String),
}
typed::choice!(Direction { Up = "up", Down = "down", });

const ID: &str = "195de922-1179-449f-ab80-75a27c979105";

/// Reads a value and writes it back, through text and through a tree.
fn there_and_back<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(json: &Value) -> T {
    let value: T = serde_json::from_str(&json.to_string()).unwrap_or_else(|error| panic!("{json}: {error}"));
    assert_eq!(serde_json::to_value(&value).unwrap(), *json);
    let again: T = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(again, value);
    value
}

fn error<T: DeserializeOwned + std::fmt::Debug>(json: Value) -> String {
    serde_json::from_str::<T>(&json.to_string()).unwrap_err().to_string()
}

#[test]
fn an_object_is_written_as_it_was_read() {
    let page: Page = there_and_back(&json!({
        "object": "page", "id": ID, "name": null, "icon": null, "created-time": "2026-03-11T09:30:00.000Z", "size": 3, "type": "up",
        "new": { "a": [1, 2.0] }
    }));
    assert_eq!(page.icon, Field::Null);
    assert_eq!(page.extra.names().collect::<Vec<_>>(), ["new"]);
    assert_eq!(page.r#type, Some(Direction::Up));
    let page: Page = there_and_back(&json!({ "object": "page", "id": ID.replace('-', ""), "name": "a", "size": 3.0 }));
    assert_eq!(page.icon, Field::Absent);
    assert_eq!(page.id, ID.parse().unwrap());
}

#[test]
fn what_a_manifest_does_not_expect_survives() {
    let odd = json!({ "object": "row", "id": ID, "name": "a", "url": null, "type": "sideways" });
    let mut page: Page = there_and_back(&odd);
    assert_eq!(page.url, None);
    assert_eq!(page.r#type, Some(Direction::Unknown("sideways".to_owned())));
    page.url = Some("https://example.com".to_owned());
    assert_eq!(serde_json::to_value(&page).unwrap()["url"], "https://example.com");
}

#[test]
fn an_error_names_the_member() {
    assert!(error::<Page>(json!({ "name": "a" })).starts_with("missing field `id`"));
    assert!(error::<Page>(json!({ "id": ID })).starts_with("missing field `name`"));
    assert!(error::<Page>(json!({ "id": "x", "name": "a" })).starts_with("at `id`: \"x\" cannot be read: "));
    let icon = json!({ "id": ID, "name": null, "icon": { "type": "emoji", "emoji": 5 } });
    assert_eq!(
        error::<Page>(icon),
        "at `icon.emoji`: invalid type: integer `5`, expected a string at line 1 column 91"
    );
    assert!(error::<Page>(json!([])).contains("expected an object (Page)"));
}

#[test]
fn a_kind_is_known_by_its_tag_wherever_that_stands() {
    for text in [
        r#"{"object":"icon","type":"emoji","emoji":"🚀","id":"1"}"#,
        r#"{"emoji":"🚀","id":"1","type":"emoji","object":"icon"}"#,
    ] {
        let icon: Icon = serde_json::from_str(text).unwrap();
        assert_eq!(icon.kind, IconKind::Emoji { emoji: "🚀".to_owned() });
        assert!(icon.extra.is_empty(), "{icon:?}");
        assert_eq!(serde_json::to_value(&icon).unwrap(), serde_json::from_str::<Value>(text).unwrap());
    }
    let icon: Icon =
        there_and_back(&json!({ "object": "icon", "type": "file", "url": "u", "expires": null, "more": 1 }));
    assert_eq!(icon.kind, IconKind::File { url: "u".to_owned(), expires: Field::Null, name: None });
    assert_eq!(icon.extra.names().collect::<Vec<_>>(), ["more"]);
    let icon: Icon = there_and_back(&json!({ "object": "icon", "type": "file", "url": "u", "name": null }));
    assert_eq!(icon.kind, IconKind::File { url: "u".to_owned(), expires: Field::Absent, name: None });
    assert_eq!(there_and_back::<Icon>(&json!({ "object": "icon", "type": "none" })).kind, IconKind::None);
}

#[test]
fn an_error_keeps_a_text_that_looks_like_a_place() {
    let odd = json!({ "id": "x at line 9", "name": null });
    let error = serde_json::from_value::<Page>(odd).unwrap_err().to_string();
    assert!(error.starts_with("at `id`: \"x at line 9\" cannot be read: "), "{error}");
}

#[test]
fn an_unknown_kind_is_kept_whole() {
    for unknown in [
        json!({ "object": "icon", "type": "hologram", "hologram": { "depth": 3 } }),
        json!({ "object": "icon", "type": 7, "emoji": "🚀" }),
        json!({ "object": "icon", "type": "file", "name": "the url is missing" }),
        json!({ "object": "icon" }),
    ] {
        let icon: Icon = there_and_back(&unknown);
        assert_eq!(icon.kind, IconKind::Unknown, "{unknown}");
    }
}

#[test]
fn one_of_several_objects_is_known_by_its_tag() {
    for text in [
        json!({ "object": "page", "id": ID, "name": "a" }).to_string(),
        format!(r#"{{"id":"{ID}","name":"a","object":"page"}}"#),
    ] {
        let Found::Page(page) = serde_json::from_str::<Found>(&text).unwrap() else { panic!("{text}") };
        assert_eq!(page.name.as_deref(), Some("a"));
    }
    assert!(matches!(there_and_back::<Found>(&json!({ "object": "icon", "type": "none" })), Found::Other(_)));
    for unknown in [json!({ "object": "user", "id": "1" }), json!({ "id": "1" }), json!({ "object": null })] {
        assert!(matches!(there_and_back::<Found>(&unknown), Found::Unknown(_)), "{unknown}");
    }
}

#[test]
fn one_of_several_types_is_the_first_that_fits() {
    assert_eq!(there_and_back::<TextOrTexts>(&json!("a")), TextOrTexts::Text("a".to_owned()));
    assert_eq!(there_and_back::<TextOrTexts>(&json!(["a"])), TextOrTexts::Texts(vec!["a".to_owned()]));
    assert!(matches!(there_and_back::<TextOrTexts>(&json!({ "a": 1.0 })), TextOrTexts::Unknown(_)));
}

#[test]
fn one_of_several_types_says_its_constants() {
    assert!(matches!(there_and_back::<D>(&json!({ "object": "a" })), D::A(_)));
    for other in [json!({ "object": "x", "b": "" }), json!({ "b": "" }), json!({ "child": { "object": "a" }, "b": "" })]
    {
        assert!(matches!(there_and_back::<D>(&other), D::B(_)), "{other}");
    }
    assert!(matches!(there_and_back::<D>(&json!({})), D::Unknown(_)));
}

#[test]
fn hostile_text_is_not_read_again_and_again() {
    let depth = 120;
    let text = format!("{}1{}", "{\"child\":".repeat(depth), "}".repeat(depth));
    let started = std::time::Instant::now();
    assert!(matches!(serde_json::from_str::<D>(&text).unwrap(), D::Unknown(_)));
    assert!(started.elapsed() < std::time::Duration::from_secs(20), "{:?}", started.elapsed());
    assert!(matches!(there_and_back::<D>(&json!({ "c": "" })), D::C(_)));
}

#[test]
fn a_moment_may_mean_never() {
    for text in ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999999999-05:00"] {
        let never: Timestamp = there_and_back(&json!(text));
        assert_eq!(*never, jiff::Timestamp::MAX);
    }
    for wrong in ["9999-12-31", "9999-13-31T00:00:00Z", "9999-12-31T00:00:00", "2026-02-30T00:00:00Z"] {
        assert!(wrong.parse::<Timestamp>().is_err(), "{wrong}");
    }
}

#[test]
fn numbers_stay_as_they_were_written() {
    for (json, number) in [
        (json!(3), Number::Integer(3)),
        (json!(3.0), Number::Float(3.0)),
        (json!(0.30000000000000004), Number::Float(0.30000000000000004)),
        (json!(2.2250738585072014e-308), Number::Float(2.2250738585072014e-308)),
        (json!(51.248178375505404), Number::Float(51.248178375505404)),
        (json!(-93.31137037688033), Number::Float(-93.31137037688033)),
        (json!(-1), Number::Integer(-1)),
        (json!(u64::MAX), Number::Large(u64::MAX)),
    ] {
        assert_eq!(there_and_back::<Number>(&json), number);
    }
}

#[test]
fn a_secret_does_not_print() {
    let secret = typed::Secret::from("s3cret");
    assert_eq!(format!("{secret:?}"), "[secret]");
    assert_eq!(serde_json::to_value(&secret).unwrap(), "s3cret");
}

/// A call of `things.delete`, answered so.
async fn deleted(response: Value) -> Result<Option<Value>, crate::Error> {
    let manifest = "tieline: 1\nname: acme\ntitle: Acme\nversion: 0.1.0\nsummary: Things.\nserver: https://api.example.com\n\
                    entities: { things: { record: Thing, actions: { delete: { delete: /things/1 } } } }\n\
                    schemas: { Thing: { type: object, properties: { id: { type: string } } } }\n";
    let connector = crate::Connector::load(&crate::Source::new("acme.yaml", manifest)).unwrap().0;
    let exchange = json!({ "request": { "method": "DELETE", "path": "/things/1" }, "response": response });
    let replay = Replay::new([serde_json::from_value::<Exchange>(exchange).unwrap()]);
    let connection = crate::Connection::builder(connector.into()).transport(std::sync::Arc::new(replay)).connect()?;
    super::expanded::record_or_nothing(connection.call("things", "delete"), &json!({})).await
}

#[tokio::test]
async fn what_is_deleted_may_answer_with_nothing() {
    assert_eq!(deleted(json!({ "status": 204 })).await.unwrap(), None);
    assert_eq!(deleted(json!({ "status": 200, "json": null })).await.unwrap(), None);
    let thing = json!({ "id": "1" });
    assert_eq!(deleted(json!({ "status": 200, "json": thing })).await.unwrap(), Some(thing));
}
