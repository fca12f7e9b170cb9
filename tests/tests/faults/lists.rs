//! Lists that do not go as they should: nothing of what came is lost, and no list is endless.

use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tieline::execute::{Data, Page};
use tieline::typed::expanded;
use tieline::{Connection, Error, ErrorKind};

use crate::stage::{Play, Stage, connection, ids, ids_so_far, page, page_json, page_of};

const ONCE: &str = "retry: { attempts: 1 }";

/// The ids of all pages of a stream, and the error at its end.
async fn streamed(connection: &Connection, action: &str) -> (Vec<u64>, Option<Error>) {
    let mut pages = connection.call("items", action).pages();
    let mut all = Vec::new();
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => all.extend(ids(&page.records)),
            Err(error) => {
                assert!(pages.next().await.is_none(), "nothing follows an error");
                return (all, Some(error));
            }
        }
    }
    (all, None)
}

#[tokio::test(start_paused = true)]
async fn a_cursor_that_repeats_ends_the_list_with_all_that_came() {
    let stage = Stage::new(|_, request| match page_of(request) {
        3 => Play::json(200, &json!({ "items": [{ "id": 5 }], "next": "c-3" })),
        number => page(number),
    });
    let connection = connection(ONCE, &stage);
    let error = connection.call("items", "list").all().execute().await.unwrap_err();
    assert_eq!((error.kind(), stage.sent()), (ErrorKind::UnexpectedResponse, 3));
    assert_eq!((ids_so_far(&error), error.next()), (vec![1, 2, 3, 4, 5], None), "nothing says how it goes on");
    let (given, error) = streamed(&connection, "list").await;
    assert_eq!((given, ids_so_far(&error.unwrap())), (vec![1, 2, 3, 4], vec![5]));
    let one = connection.call("items", "list").next(second_page(&connection).await).execute().await.unwrap();
    let Some(Some(third)) = one.next else { panic!("{one:?}") };
    let error = connection.call("items", "list").next(third).execute().await.unwrap_err();
    assert_eq!(ids_so_far(&error), [5], "of one page as well");
}

async fn second_page(connection: &Connection) -> String {
    connection.call("items", "list").execute().await.unwrap().next.flatten().unwrap()
}

#[tokio::test(start_paused = true)]
async fn cursors_in_a_circle_end_the_list_with_all_that_came() {
    let stage = Stage::new(|_, request| match page_of(request) {
        3 => Play::json(200, &json!({ "items": [{ "id": 5 }], "next": "c-2" })),
        number => page(number),
    });
    let connection = connection(ONCE, &stage);
    let error = connection.call("items", "list").all().execute().await.unwrap_err();
    assert_eq!((error.kind(), stage.sent()), (ErrorKind::UnexpectedResponse, 3));
    assert_eq!((ids_so_far(&error), error.next()), (vec![1, 2, 3, 4, 5], None));
    let (given, error) = streamed(&connection, "list").await;
    assert_eq!((given, ids_so_far(&error.unwrap())), (vec![1, 2, 3, 4], vec![5]));
}

#[tokio::test(start_paused = true)]
async fn a_last_page_that_names_itself_ends_the_list_with_all_that_came() {
    let stage = Stage::new(|_, request| {
        let number: u64 = request.url.query_pairs().next().map_or(1, |(_, value)| value.parse().unwrap());
        let next = (number + 1).min(3);
        Play::json(200, &json!({ "items": [{ "id": number }] }))
            .with("link", format!("</linked?page={next}>; rel=next"))
    });
    let connection = connection(ONCE, &stage);
    let error = connection.call("items", "links").all().execute().await.unwrap_err();
    assert_eq!((error.kind(), stage.sent()), (ErrorKind::UnexpectedResponse, 3));
    assert_eq!((ids_so_far(&error), error.next()), (vec![1, 2, 3], None));
    let (given, error) = streamed(&connection, "links").await;
    assert_eq!((given, ids_so_far(&error.unwrap())), (vec![1, 2], vec![3]));
}

#[tokio::test(start_paused = true)]
async fn a_first_page_that_names_itself_is_given() {
    let stage = Stage::new(|_, _| {
        Play::json(200, &json!({ "items": [{ "id": 1 }] })).with("link", "</linked?page=1>; rel=next")
    });
    let connection = connection(ONCE, &stage);
    let error = connection.call("items", "links").all().execute().await.unwrap_err();
    assert_eq!((ids_so_far(&error), stage.sent()), (vec![1, 1], 2), "it is asked by its name once");
}

#[tokio::test(start_paused = true)]
async fn an_empty_page_in_the_middle_is_no_end_where_the_api_says_that_there_is_more() {
    let stage = Stage::new(|_, request| match page_of(request) {
        2 => Play::json(200, &json!({ "items": [], "next": "c-3" })),
        number => page(number),
    });
    let connection = connection(ONCE, &stage);
    let envelope = connection.call("items", "list").all().execute().await.unwrap();
    let Data::Records(records) = &envelope.data else { panic!("{envelope:?}") };
    assert_eq!((ids(records), envelope.next), (vec![1, 2, 5], Some(None)));
    assert_eq!(streamed(&connection, "list").await.0, [1, 2, 5]);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_fails_midway_loses_nothing_through_any_way_of_asking() {
    let stage = Stage::new(|count, request| match page_of(request) {
        2 if count % 4 == 1 => Play::json(503, &json!({})),
        number => page(number),
    });
    let connection = connection(ONCE, &stage);

    let error = connection.call("items", "list").all().execute().await.unwrap_err();
    let Page { records, meta, next } = error.so_far().unwrap();
    assert_eq!((ids(&records), meta["next"].to_value()), (vec![1, 2], json!("c-2")));
    assert_eq!(next.as_deref(), error.next());
    let answer: Value = serde_json::from_slice(&error.to_answer()).unwrap();
    assert_eq!(answer["data"], page_json(1)["items"]);
    assert_eq!((&answer["next"], &answer["error"]["kind"]), (&json!(next), &json!("unavailable")));
    let rest = connection.call("items", "list").all().next(next.unwrap()).execute().await.unwrap();
    let Data::Records(records) = &rest.data else { panic!("{rest:?}") };
    assert_eq!((ids(records), stage.sent()), (vec![3, 4, 5], 4));

    let (given, error) = streamed(&connection, "list").await;
    let error = error.unwrap();
    assert_eq!((given, ids_so_far(&error)), (vec![1, 2], vec![]), "what was given is not given again");
    let rest = connection.call("items", "list").all().next(error.next().unwrap()).execute().await.unwrap();
    assert_eq!(rest.records::<Value>().unwrap().len(), 3);
    assert_eq!(stage.lines()[..4], stage.lines()[4..]);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_was_cut_and_fails_goes_on_at_the_record() {
    let stage =
        Stage::new(|count, request| if count == 2 { Play::json(503, &json!({})) } else { page(page_of(request)) });
    let connection = connection(ONCE, &stage);
    let list = || connection.call("items", "list");
    let cut = list().max_records(3).execute().await.unwrap();
    assert_eq!(cut.records::<Value>().unwrap().len(), 3);
    let cut = cut.next.flatten().unwrap();
    let error = list().all().next(&cut).execute().await.unwrap_err();
    assert!(error.so_far().is_none() && error.next().is_none(), "nothing came: it goes on where it began");
    let rest = list().all().next(cut).execute().await.unwrap();
    let Data::Records(records) = &rest.data else { panic!("{rest:?}") };
    assert_eq!(ids(records), [4, 5]);
}

#[tokio::test(start_paused = true)]
async fn a_cap_that_is_reached_asks_for_nothing_more() {
    let stage = Stage::new(|_, request| match page_of(request) {
        1 => page(1),
        _ => Play::json(200, &json!({ "items": [{ "id": 3 }, { "id": 4 }], "next": "c-2" })),
    });
    let connection = connection(ONCE, &stage);
    let cut = connection.call("items", "list").max_records(3).execute().await.unwrap();
    let Data::Records(records) = &cut.data else { panic!("{cut:?}") };
    assert_eq!(ids(records), [1, 2, 3], "that the list cannot go on does not matter yet");
    assert!(cut.next.flatten().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_page_that_cannot_be_read_is_in_the_error() {
    #[derive(Debug, serde::Deserialize)]
    #[expect(dead_code, reason = "it is only read")]
    struct Small {
        id: i8,
    }
    let stage = Stage::new(|_, request| match page_of(request) {
        2 => Play::json(200, &json!({ "items": [{ "id": 3 }, { "id": 400 }], "next": "c-3" })),
        number => page(number),
    });
    let connection = connection(ONCE, &stage);
    let list = || connection.call("items", "list");
    let error = expanded::all::<Small>(list(), &json!({})).await.unwrap_err();
    assert_eq!((error.kind(), ids_so_far(&error)), (ErrorKind::UnexpectedResponse, vec![1, 2, 3, 400, 5]));
    let mut pages = expanded::pages::<Small>(list(), &json!({}));
    assert_eq!(pages.try_next().await.unwrap().unwrap().data.len(), 2);
    let error = pages.try_next().await.unwrap_err();
    assert_eq!(ids_so_far(&error), [3, 400]);
    let rest = expanded::list::<Small>(list().next(error.next().unwrap()), &json!({})).await.unwrap();
    assert_eq!((rest.data.len(), rest.next), (1, None));
}
