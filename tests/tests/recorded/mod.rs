//! A recorded exchange: the operation it belongs to, the parameters that make its request, and its answer as a transport.

use std::sync::Mutex;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderValue, StatusCode};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tieline::Connector;
use tieline::manifest::Place;
use tieline::plan::{Operation, Param};
use tieline::transport::{Transport, TransportError};
use tieline::wire::{Request, Response, ResponseBody, SignedRequest};

/// A line of a recording.
#[derive(Deserialize)]
pub(crate) struct Recorded {
    pub method: String,
    pub path: String,
    pub query: String,
    pub notion_version: String,
    pub content_type: Option<String>,
    pub request: Option<Value>,
    pub status: u16,
    pub response: Value,
}

impl Recorded {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Answers every request as it was recorded, and keeps the first.
pub(crate) struct Recorder {
    status: StatusCode,
    answer: Bytes,
    taken: Mutex<Option<(Request, Bytes)>>,
}

impl Recorder {
    pub(crate) fn new(recorded: &Recorded) -> Self {
        let status = StatusCode::from_u16(recorded.status).unwrap();
        Self { status, answer: recorded.response.to_string().into(), taken: Mutex::default() }
    }

    /// The request that was sent, with its body.
    pub(crate) fn taken(&self) -> Option<(Request, Bytes)> {
        self.taken.lock().unwrap().clone()
    }
}

impl Transport for Recorder {
    fn send(&self, request: SignedRequest) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(async move {
            let (request, _) = request.open();
            let body = request.body.clone().open().try_collect::<Vec<_>>().await.unwrap().concat().into();
            self.taken.lock().unwrap().get_or_insert((request, body));
            let json = HeaderValue::from_static("application/json");
            let headers = HeaderMap::from_iter([(http::header::CONTENT_TYPE, json)]);
            Ok(Response { status: self.status, headers, body: ResponseBody::Bytes(self.answer.clone()) })
        })
    }
}

/// The operation of a request.
pub(crate) struct Found<'a> {
    pub operation: &'a Operation,
    /// The values in its path.
    pub in_path: Vec<(String, String)>,
}

/// The operation of a request. Where several paths fit, literal segments come first.
pub(crate) fn find<'a>(connector: &'a Connector, method: &str, path: &str) -> Result<Option<Found<'a>>, String> {
    let entities = connector.entities().map_err(|error| error.to_string())?;
    let operations = entities.into_iter().flat_map(|entity| entity.operations());
    let mut fitting: Vec<_> = operations
        .filter(|operation| operation.method.as_str() == method)
        .filter_map(|operation| fit(&operation.path_template(), path).map(|fit| (operation, fit)))
        .collect();
    fitting.sort_by_key(|(_, (literal, _))| std::cmp::Reverse(literal.clone()));
    if let [(first, (one, _)), (second, (other, _)), ..] = fitting.as_slice()
        && one == other
    {
        return Err(format!("`{}` and `{}` have the same path", first.name(), second.name()));
    }
    Ok(fitting.into_iter().next().map(|(operation, (_, in_path))| Found { operation, in_path }))
}

/// How a path fits a template: which segments are literal, and the values of the others.
type Fit = (Vec<bool>, Vec<(String, String)>);

fn fit(template: &str, path: &str) -> Option<Fit> {
    let (mut literal, mut values) = (Vec::new(), Vec::new());
    let (expected, found): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    if expected.len() != found.len() {
        return None;
    }
    for (expected, found) in expected.into_iter().zip(found) {
        let name = expected.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
        literal.push(name.is_none());
        match name {
            Some(name) => values.push((name.to_owned(), percent_decode_str(found).decode_utf8().ok()?.into_owned())),
            None if expected != found => return None,
            None => {}
        }
    }
    Some((literal, values))
}

/// The parameters that make a recorded request.
pub(crate) fn params(
    operation: &Operation,
    in_path: Vec<(String, String)>,
    recorded: &Recorded,
) -> Result<Value, String> {
    let mut params: Map<String, Value> = in_path.into_iter().map(|(name, value)| (name, value.into())).collect();
    for (wire, value) in url::form_urlencoded::parse(recorded.query.as_bytes()) {
        let param = by_wire_name(operation, Place::Query, &wire)?;
        let is_list = param.schema["type"] == "array";
        match params.get_mut(&param.name) {
            Some(Value::Array(values)) => values.push(json!(value)),
            _ if is_list => drop(params.insert(param.name.clone(), json!([value]))),
            _ => drop(params.insert(param.name.clone(), json!(value))),
        }
    }
    match &recorded.request {
        Some(Value::Object(raw)) if raw.contains_key("__raw__") => {
            for part in parts(recorded.content_type.as_deref(), raw["__raw__"].as_str().unwrap().as_bytes())? {
                let param = by_wire_name(operation, Place::Body, &part.name)?;
                params.insert(param.name.clone(), if param.file { part.as_file() } else { json!(part.content) });
            }
        }
        Some(Value::Object(members)) => {
            for (wire, value) in members {
                params.insert(by_wire_name(operation, Place::Body, wire)?.name.clone(), value.clone());
            }
        }
        Some(other) => return Err(format!("the recorded body is no object: {other}")),
        None => {}
    }
    Ok(params.into())
}

fn by_wire_name<'a>(operation: &'a Operation, place: Place, wire: &str) -> Result<&'a Param, String> {
    let found = operation.params.iter().find(|param| param.place == place && param.wire == wire);
    found.ok_or_else(|| format!("`{}` has no parameter for `{wire}` in the {place:?}", operation.name()))
}

/// A part of a multipart body.
#[derive(Debug, PartialEq)]
pub(crate) struct Part {
    pub name: String,
    filename: Option<String>,
    content_type: Option<String>,
    pub content: String,
}

impl Part {
    fn as_file(&self) -> Value {
        let mut file = json!({ "content": self.content });
        for (key, value) in [("filename", &self.filename), ("content_type", &self.content_type)] {
            if let Some(value) = value {
                file[key] = json!(value);
            }
        }
        file
    }
}

/// The parts of a multipart body.
pub(crate) fn parts(content_type: Option<&str>, body: &[u8]) -> Result<Vec<Part>, String> {
    let text = std::str::from_utf8(body).map_err(|error| error.to_string())?;
    let (_, boundary) = content_type.and_then(|text| text.split_once("boundary=")).ok_or("there is no boundary")?;
    let line = format!("--{}", boundary.trim_matches('"'));
    let inside = text.split(&line).skip(1).filter(|part| !part.starts_with("--"));
    inside.map(|part| read_part(part).ok_or_else(|| format!("not a part: {part}"))).collect()
}

fn read_part(part: &str) -> Option<Part> {
    let (head, content) = part.strip_prefix("\r\n")?.strip_suffix("\r\n")?.split_once("\r\n\r\n")?;
    let header = |name: &str| {
        head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then(|| value.to_owned())
        })
    };
    let disposition = header("content-disposition")?;
    let parameter = |name: &str| {
        let (_, after) = disposition.split_once(&format!("; {name}=\""))?;
        Some(after.split_once('"')?.0.to_owned())
    };
    let (name, filename) = (parameter("name")?, parameter("filename"));
    Some(Part { name, filename, content_type: header("content-type"), content: content.to_owned() })
}
