//! An answer in the making: values are put where the manifest says they are looked up.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, LINK};
use http::{HeaderMap, Response, StatusCode};
use serde_json::{Map, Value};
use tieline::notation::{JsonPath, Lookup, Step};

/// An answer in the making.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The JSON body; `None`: no body at all.
    pub(crate) body: Option<Value>,
}

impl Draft {
    pub(crate) fn json(body: Value) -> Self {
        Self { status: StatusCode::OK, headers: HeaderMap::new(), body: Some(body) }
    }

    pub(crate) fn empty() -> Self {
        Self { status: StatusCode::NO_CONTENT, headers: HeaderMap::new(), body: None }
    }

    /// Sets a header; a value that no header can hold is left out.
    pub(crate) fn set_header(&mut self, name: &str, value: &str) {
        let name = HeaderName::try_from(name);
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
            self.headers.insert(name, value);
        }
    }

    /// Puts a value where the manifest looks it up. Null means absent where there is no null.
    pub(crate) fn put(&mut self, lookup: &Lookup, value: Value) {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match lookup {
            Lookup::Body(path) => put(self.body.get_or_insert_with(|| Value::Object(Map::new())), path.steps(), value),
            Lookup::Header(_) | Lookup::Link(_) if value.is_null() => {}
            Lookup::Header(name) => self.set_header(name, &text),
            Lookup::Link(rel) => {
                if let Ok(link) = HeaderValue::from_str(&format!("<{text}>; rel=\"{rel}\"")) {
                    self.headers.append(LINK, link);
                }
            }
        }
    }

    /// Puts records where the manifest looks for them.
    pub(crate) fn put_records(&mut self, path: &JsonPath, records: Vec<Value>) {
        let body = self.body.get_or_insert_with(|| Value::Object(Map::new()));
        let steps = path.steps();
        let Some(all) = steps.iter().position(|step| *step == Step::All) else {
            return put(body, steps, Value::Array(records));
        };
        let (before, after) = (&steps[..all], &steps[all + 1..]);
        let wrapped = |record| {
            let mut whole = Value::Null;
            put(&mut whole, after, record);
            whole
        };
        put(body, before, records.into_iter().map(wrapped).collect());
    }

    /// Replaces whatever stands where the manifest looks, in each of the places; puts the value there when nothing does.
    pub(crate) fn replace(&mut self, lookup: &Lookup, value: Value) {
        match (lookup, &mut self.body) {
            (Lookup::Body(path), Some(body)) if find(body, path.steps()).is_some() => {
                replace(body, path.steps(), &value)
            }
            (Lookup::Body(_) | Lookup::Header(_) | Lookup::Link(_), _) => self.put(lookup, value),
        }
    }

    /// All that a lookup finds in the body.
    pub(crate) fn found_each(&self, lookup: &Lookup) -> Vec<&Value> {
        match (lookup, &self.body) {
            (Lookup::Body(path), Some(body)) => find_each(body, path.steps()),
            (Lookup::Body(_) | Lookup::Header(_) | Lookup::Link(_), _) => Vec::new(),
        }
    }

    /// What a lookup finds in the body.
    pub(crate) fn found(&self, lookup: &Lookup) -> Option<&Value> {
        match lookup {
            Lookup::Body(path) => find(self.body.as_ref()?, path.steps()),
            Lookup::Header(_) | Lookup::Link(_) => None,
        }
    }

    pub(crate) fn finish(self) -> Response<Bytes> {
        let mut response = Response::new(self.body.map_or_else(Bytes::new, |body| body.to_string().into()));
        let has_body = !response.body().is_empty();
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        if has_body {
            let headers = response.headers_mut();
            headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
        }
        response
    }
}

/// The most elements that are made to reach an index.
const MAX_INDEX: usize = 1_000;

/// Puts a value at a place, making what is on the way there.
pub(crate) fn put(at: &mut Value, steps: &[Step], value: Value) {
    let Some((step, rest)) = steps.split_first() else {
        *at = value;
        return;
    };
    match step {
        Step::Key(name) => {
            if !at.is_object() {
                *at = Value::Object(Map::new());
            }
            if let Value::Object(members) = at {
                put(members.entry(name.clone()).or_insert(Value::Null), rest, value);
            }
        }
        Step::Index(_) | Step::All => {
            let index = if let Step::Index(index) = step { *index } else { 0 };
            if !at.is_array() {
                *at = Value::Array(Vec::new());
            }
            if let Value::Array(items) = at
                && index < MAX_INDEX
            {
                items.resize(items.len().max(index + 1), Value::Null);
                put(&mut items[index], rest, value);
            }
        }
    }
}

/// Replaces every value at a place.
fn replace(at: &mut Value, steps: &[Step], value: &Value) {
    let Some((step, rest)) = steps.split_first() else {
        *at = value.clone();
        return;
    };
    let within: Vec<&mut Value> = match (step, at) {
        (Step::Key(name), Value::Object(members)) => members.get_mut(name).into_iter().collect(),
        (Step::Index(index), Value::Array(items)) => items.get_mut(*index).into_iter().collect(),
        (Step::All, Value::Array(items)) => items.iter_mut().collect(),
        (Step::All, Value::Object(members)) => members.values_mut().collect(),
        (Step::Key(_) | Step::Index(_) | Step::All, _) => Vec::new(),
    };
    within.into_iter().for_each(|inner| replace(inner, rest, value));
}

/// Every value at a place.
fn find_each<'a>(value: &'a Value, steps: &[Step]) -> Vec<&'a Value> {
    let Some((step, rest)) = steps.split_first() else { return vec![value] };
    let within: Vec<&Value> = match (step, value) {
        (Step::Key(name), Value::Object(members)) => members.get(name).into_iter().collect(),
        (Step::Index(index), Value::Array(items)) => items.get(*index).into_iter().collect(),
        (Step::All, Value::Array(items)) => items.iter().collect(),
        (Step::All, Value::Object(members)) => members.values().collect(),
        (Step::Key(_) | Step::Index(_) | Step::All, _) => Vec::new(),
    };
    within.into_iter().flat_map(|inner| find_each(inner, rest)).collect()
}

/// The first value at a place.
pub(crate) fn find<'a>(value: &'a Value, steps: &[Step]) -> Option<&'a Value> {
    let Some((step, rest)) = steps.split_first() else { return Some(value) };
    match (step, value) {
        (Step::Key(name), Value::Object(members)) => find(members.get(name)?, rest),
        (Step::Index(index), Value::Array(items)) => find(items.get(*index)?, rest),
        (Step::All, Value::Array(items)) => items.iter().find_map(|item| find(item, rest)),
        (Step::All, Value::Object(members)) => members.values().find_map(|member| find(member, rest)),
        (Step::Key(_) | Step::Index(_) | Step::All, _) => None,
    }
}

/// Every value at a place; the elements of a list that stands there.
pub(crate) fn find_records(value: &Value, steps: &[Step]) -> Vec<Value> {
    let Some((step, rest)) = steps.split_first() else {
        return value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    };
    let all: Vec<&Value> = match (step, value) {
        (Step::All, Value::Array(items)) => items.iter().collect(),
        (Step::All, Value::Object(members)) => members.values().collect(),
        (Step::Key(name), Value::Object(members)) => members.get(name).into_iter().collect(),
        (Step::Index(index), Value::Array(items)) => items.get(*index).into_iter().collect(),
        (Step::Key(_) | Step::Index(_) | Step::All, _) => Vec::new(),
    };
    all.into_iter().flat_map(|value| find_records(value, rest)).collect()
}

#[cfg(test)]
mod tests {
    use super::{Draft, find, find_records};
    use serde_json::json;
    use tieline::notation::{JsonPath, Lookup};

    fn lookup(text: &str) -> Lookup {
        text.parse().unwrap()
    }

    #[test]
    fn values_stand_where_they_are_looked_up() {
        let mut draft = Draft::json(json!({ "kept": 1 }));
        draft.put(&lookup("$.error.code"), json!("x"));
        draft.put(&lookup("$.errors[1].message"), json!("y"));
        draft.put(&lookup("@header.X-Id"), json!(5));
        draft.put(&lookup("@link.next"), json!("https://a.example/?p=2"));
        draft.put(&lookup("@header.X-Bad"), json!("line\nbreak"));
        draft.put(&lookup("@header.X-None"), json!(null));
        let body = draft.body.clone().unwrap();
        assert_eq!(body, json!({ "kept": 1, "error": { "code": "x" }, "errors": [null, { "message": "y" }] }));
        let response = draft.finish();
        assert_eq!(response.headers()["x-id"], "5");
        assert_eq!(response.headers()["link"], "<https://a.example/?p=2>; rel=\"next\"");
        assert!(!response.headers().contains_key("x-bad") && !response.headers().contains_key("x-none"));
        assert_eq!(response.headers()["content-type"], "application/json");
    }

    #[test]
    fn whatever_stands_at_a_place_is_replaced() {
        let mut draft = Draft::json(json!({ "data": { "a": { "e": [1], "x": 1 }, "b": { "e": [2] }, "c": 5 } }));
        let errors = lookup("$.data[*].e");
        assert_eq!(draft.found_each(&errors), [&json!([1]), &json!([2])]);
        draft.replace(&errors, json!(null));
        assert_eq!(draft.body, Some(json!({ "data": { "a": { "e": null, "x": 1 }, "b": { "e": null }, "c": 5 } })));
        draft.replace(&lookup("$.ok"), json!(true));
        assert_eq!(draft.found_each(&lookup("$.ok")), [&json!(true)]);
        assert!(draft.found_each(&lookup("@header.X")).is_empty());
    }

    #[test]
    fn records_are_found_again_where_they_were_put() {
        for path in ["$", "$.results", "$.data.items", "$.edges[*].node", "$.a[0].b[*]"] {
            let path: JsonPath = path.parse().unwrap();
            let mut draft = Draft::json(json!({}));
            draft.put_records(&path, vec![json!({ "id": 1 }), json!({ "id": 2 })]);
            let body = draft.body.unwrap();
            assert_eq!(find_records(&body, path.steps()), [json!({ "id": 1 }), json!({ "id": 2 })], "{path} in {body}");
        }
        assert_eq!(find(&json!([{ "a": 1 }]), "$[*].a".parse::<JsonPath>().unwrap().steps()), Some(&json!(1)));
    }
}
