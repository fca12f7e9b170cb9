//! Requests are checked: path, parameters, sign-in. Nothing that is sent makes the mock panic.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Answer, SHOP, connector, send, send_with, shop};
use serde_json::{Value, json};
use tieline_mock::{Mock, MockOptions, Received, SignIn};

fn message(answer: &Answer) -> &str {
    answer.body["error"]["message"].as_str().unwrap_or_else(|| panic!("{answer:?}"))
}

#[test]
fn literal_paths_win() {
    let mock = shop("");
    let newest = send(&mock, "GET", "/v2/goods/newest", Value::Null).body;
    assert_ne!(newest["id"], "newest");
    let by_number = send(&mock, "GET", "/v2/orders/pages?per_page=1", Value::Null).body;
    assert!(by_number["data"].is_array());
}

#[test]
fn unknown_paths_and_methods_are_not_found() {
    let mock = shop("");
    for (method, path) in
        [("GET", "/goods"), ("GET", "/v2/goods/1/2/3"), ("PUT", "/v2/goods"), ("OPTIONS", "/"), ("GET", "/v2/goods/")]
    {
        let answer = send(&mock, method, path, Value::Null);
        assert_eq!((answer.status, &answer.body["error"]["code"]), (404, &json!("not_found")), "{method} {path}");
        assert!(message(&answer).contains(method), "{}", answer.body);
    }
}

#[test]
fn all_problems_are_named() {
    let mock = shop("");
    let body = json!({ "price": { "amount": -1 }, "color": "blue", "colour": 1 });
    let answer = send(&mock, "POST", "/v2/goods", body);
    assert_eq!((answer.status, &answer.body["error"]["code"]), (400, &json!("validation_error")));
    for part in ["`name` is required", "`price.amount`", "`color`", "`colour` is not a parameter"] {
        assert!(message(&answer).contains(part), "{part} in {}", message(&answer));
    }
    let answer = send(&mock, "GET", "/v2/goods?limit=many&x=1", Value::Null);
    assert!(message(&answer).contains("`limit`") && message(&answer).contains("`x` is not a parameter"));
    let answer = send_with(&mock, "GET", "/v2/goods", &[("authorization", "Bearer t")], Value::Null);
    assert!(answer.status == 400 && message(&answer).contains("`Shop-Version`"));
    let answer = send(&mock, "GET", "/v2/orders/five", Value::Null);
    assert!(answer.status == 400 && message(&answer).contains("`number`"));
}

#[test]
fn requests_must_be_signed() {
    let mock = shop("");
    let get = |path: &str, headers: &[(&str, &str)]| {
        let headers: Vec<_> = headers.iter().copied().chain([("shop-version", "1")]).collect();
        send_with(&mock, "GET", path, &headers, Value::Null)
    };
    for headers in [&[][..], &[("authorization", "Bearer ")], &[("authorization", "Basic eDp5")], &[("x-key", "k")]] {
        let answer = get("/v2/goods", headers);
        assert_eq!((answer.status, &answer.body["error"]["code"]), (401, &json!("unauthorized")), "{headers:?}");
        assert!(message(&answer).contains("`key` (query parameter api_key)"), "{}", message(&answer));
    }
    assert_eq!(get("/v2/goods", &[("authorization", "bearer x")]).status, 200);
    assert_eq!(get("/v2/goods?api_key=k", &[]).status, 200);
    assert_eq!(get("/v2/about", &[]).status, 200, "`auth: none`");
    let options = MockOptions { sign_in: SignIn::Skipped, ..MockOptions::default() };
    let open = Mock::new(connector(SHOP), options);
    assert_eq!(send_with(&open, "GET", "/v2/goods", &[("shop-version", "1")], Value::Null).status, 200);
}

#[test]
fn forms_and_files_are_read() {
    let mock = shop("");
    let signed = [("authorization", "Bearer t"), ("shop-version", "1")];
    let with = |content_type: &'static str| [signed[0], signed[1], ("content-type", content_type)];
    let form = with("application/x-www-form-urlencoded");
    let made = send_with(&mock, "POST", "/v2/forms", &form, "count=3&who%5Bage%5D=41".into()).body;
    assert_eq!((&made["count"], &made["who"]["age"]), (&json!(3), &json!(41)));
    let bad = send_with(&mock, "POST", "/v2/forms", &form, "who[age]=old".into());
    assert!(bad.status == 400 && message(&bad).contains("`who.age`"), "{:?}", bad.body);

    let body = "--b\r\nContent-Disposition: form-data; name=\"tags\"\r\n\r\n7\r\n--b\r\n\
        Content-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b--\r\n";
    let made = send_with(&mock, "POST", "/v2/files", &with("multipart/form-data; boundary=b"), body.into()).body;
    assert_eq!((&made["filename"], &made["content_length"]), (&json!("a.txt"), &json!(5)));
    let uploads = mock.uploads();
    assert_eq!((uploads[0].param.as_str(), uploads[0].size), ("file", 5));
    let bad = send_with(&mock, "POST", "/v2/files", &with("multipart/form-data"), body.into());
    assert!(bad.status == 400 && message(&bad).contains("boundary") && message(&bad).contains("`file` is required"));

    let put = send_with(&mock, "PUT", "/v2/files/f1", &with("image/png"), "12345678".into());
    assert_eq!((put.status, &put.body["content_length"]), (200, &json!(8)), "{}", put.body);
}

#[test]
fn files_come_whole_and_in_parts() {
    let mock = shop("");
    let signed = [("authorization", "Bearer t"), ("shop-version", "1")];
    let get = |path: &str, range: &str| {
        let headers = [signed[0], signed[1], ("range", range)];
        send_with(&mock, "GET", path, &headers[..if range.is_empty() { 2 } else { 3 }], Value::Null)
    };
    let whole = get("/v2/files/f1/content", "");
    assert_eq!((whole.status, whole.headers["content-type"].to_str().unwrap()), (200, "application/octet-stream"));
    let part = get("/v2/files/f1/content", "bytes=10-19");
    assert_eq!((part.status, &part.bytes[..]), (206, &whole.bytes[10..20]));
    assert_eq!(part.headers["content-range"], format!("bytes 10-19/{}", whole.bytes.len()));
    assert_eq!(get("/v2/files/f1/content", "bytes=9999999-").status, 416);

    let link = get("/v2/files/f1/link", "").body["download"]["url"].as_str().unwrap().to_owned();
    let path = link.strip_prefix("https://shop.example.com").unwrap();
    let file = send_with(&mock, "GET", path, &[], Value::Null);
    assert_eq!(file.status, 200);
    assert!(file.bytes.len() > 1000);
}

#[test]
fn faults_come_in_the_shape_of_errors() {
    let mock = shop("429:1@0,500:1,drop:1");
    let limited = send(&mock, "GET", "/v2/goods", Value::Null);
    assert_eq!((limited.status, &limited.body["error"]["code"]), (429, &json!("rate_limited")));
    assert_eq!(limited.headers["retry-after"], "0");
    assert_eq!(send(&mock, "GET", "/v2/goods", Value::Null).status, 500);
    let url = "https://shop.example.com/v2/goods".parse().unwrap();
    let request = Received { method: http::Method::GET, url, headers: Default::default(), body: Default::default() };
    assert!(mock.answer(&request).is_err());
    assert_eq!(send(&mock, "GET", "/v2/goods", Value::Null).status, 200);
}

#[test]
fn what_is_too_large_is_refused() {
    let answer = send(&shop(""), "POST", "/v2/goods", "x".repeat((32 << 20) + 1).into());
    assert_eq!((answer.status, &answer.body["error"]["code"]), (413, &json!("too_large")));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(400))]
    #[test]
    fn nothing_that_is_sent_makes_it_panic(
        method in "(GET|POST|PUT|PATCH|DELETE)",
        path in "/v2/(goods|orders|orders/urls|files|forms|notes|files/x/content|oauth/token|goods/%ff%zz)[?/]?",
        query in "((limit|after|skip|page|api_key|mock_from|%ff|a\\[b)=?(-1|99999999999999999999|%00|x|%)?&){0,4}",
        content_type in "(application/json|multipart/form-data; boundary=b|application/x-www-form-urlencoded|text/x|;)",
        body in "(\\{|\\}|\"name\":|1e999|\\[|null|--b|\r\n|&|=|%|\u{0}){0,12}",
        range in "bytes=[0-9]{0,22}-[0-9]{0,22}",
    ) {
        let headers = [("authorization", "Bearer t"), ("shop-version", "1"), ("content-type", content_type.as_str()), ("range", &range)];
        let answer = send_with(&shop(""), &method, &format!("{path}{query}"), &headers, body.into());
        proptest::prop_assert!(answer.status < 500, "{answer:?}");
    }
}
