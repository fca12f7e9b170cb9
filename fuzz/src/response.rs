//! Reading an answer: where the records are, what goes into `meta`, which fields are kept, and the body. What the engine finds is what
//! `serde_json` finds, or it says that the answer cannot be read.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tieline::execute::{Data, Envelope};
use tieline::notation::{JsonPath, Lookup};
use tieline::{Connector, Error, ErrorKind, Raw, Source};

use crate::api::{Answer, Api, at_once, check_error};
use crate::input::Parts;
use crate::reference;

/// How many connectors are kept.
const MOST_KNOWN: usize = 500;

pub(crate) fn run(input: &[u8]) {
    let mut parts = Parts::of(input);
    let (path, meta, fields) = (parts.text(), parts.text(), parts.text());
    let (Ok(path), Ok(meta)) = (path.parse::<JsonPath>(), meta.parse::<Lookup>()) else { return };
    let fields: Vec<String> = fields.split_terminator(',').map(str::to_owned).collect();
    let body = Bytes::copy_from_slice(parts.next());
    let case = Case { connector: known(&path, &meta), path, meta, body };
    if let Some(records) = case.check_list() {
        case.check_selected(&records, &fields);
    }
    case.check_one();
}

/// The connector for a path and a lookup. Most inputs differ in the body alone, and loading takes longer than reading.
fn known(path: &JsonPath, meta: &Lookup) -> Arc<Connector> {
    static KNOWN: Mutex<BTreeMap<(String, String), Arc<Connector>>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if known.len() >= MOST_KNOWN {
        known.clear();
    }
    let connector = known.entry((path.to_string(), meta.to_string())).or_insert_with(|| connector(path, meta).into());
    connector.clone()
}

fn connector(path: &JsonPath, meta: &Lookup) -> Connector {
    // One record stands at one place.
    let one = if path.is_plural() { &JsonPath::root() } else { path };
    let manifest = json!({
        "tieline": 1, "name": "fuzz", "title": "Fuzz", "version": "1.0.0", "summary": "Things.",
        "server": "https://api.example.com/v1",
        "entities": { "things": { "actions": {
            "list": { "get": "/things", "records": path, "paginate": "none", "meta": { "found": meta } },
            "get": { "get": "/thing", "record_at": one, "meta": { "found": meta } },
        } } },
    });
    // YAML takes some characters in escapes only, which JSON takes as they are.
    let escaped = |c: char| {
        if c < '\u{7f}' {
            c.to_string()
        } else {
            c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
        }
    };
    let manifest: String = manifest.to_string().chars().map(escaped).collect();
    let loaded = Connector::load(&Source::new("connector.json", manifest));
    loaded.unwrap_or_else(|found| unreachable!("{found}")).0
}

struct Case {
    connector: Arc<Connector>,
    path: JsonPath,
    meta: Lookup,
    body: Bytes,
}

impl Case {
    fn call(&self, action: &str, fields: &[String]) -> Result<Envelope, Error> {
        let api = Api::answers([Answer::of(self.body.clone())]);
        let connection = api.connect(self.connector.clone(), Default::default()).expect("a connection");
        let answered = at_once(connection.call("things", action).fields(fields).validated().execute());
        match &answered {
            Ok(envelope) => {
                let json = envelope.to_json();
                assert!(serde_json::from_slice::<&RawValue>(&json).is_ok(), "{}", String::from_utf8_lossy(&json));
            }
            Err(error) => check_error(error),
        }
        answered
    }

    /// The body, if it is JSON.
    fn json(&self) -> Option<&RawValue> {
        reference::json(&self.body)
    }

    /// Whether everything in the body can be read. In a body that is JSON all the same, the engine may stumble over what cannot.
    fn is_readable(&self) -> bool {
        self.json().is_some_and(|json| serde_json::from_str::<Value>(json.get()).is_ok())
    }

    /// The records, if it is a list.
    fn check_list(&self) -> Option<Vec<Raw>> {
        let found = self.json().map(|json| reference::find(json, self.path.steps()));
        match self.call("list", &[]) {
            Ok(envelope) => {
                let Data::Records(records) = &envelope.data else { unreachable!("a list has records") };
                let found = found.expect("records of what is no JSON");
                let expected = found.into_iter().flat_map(|value| match value.get() {
                    list if list.starts_with('[') => reference::elements(value),
                    "null" => Vec::new(),
                    _ => vec![value],
                });
                self.check_records(records, expected.collect());
                self.check_meta(&envelope);
                Some(records.clone())
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::UnexpectedResponse, "{error}");
                let is_list = |value: &&RawValue| value.get().starts_with('[') || value.get() == "null";
                let is_refused =
                    |found: &[&RawValue]| found.is_empty() || !(self.path.is_plural() || found.iter().all(is_list));
                assert!(!self.is_readable() || found.is_some_and(|found| is_refused(&found)), "{error}");
                None
            }
        }
    }

    fn check_one(&self) {
        let steps = if self.path.is_plural() { &[] } else { self.path.steps() };
        let found = self.json().map(|json| reference::find(json, steps));
        match self.call("get", &[]) {
            Ok(envelope) => match &envelope.data {
                Data::Record(record) => {
                    let first = found.expect("a record of what is no JSON").into_iter().take(1).collect();
                    self.check_records(std::slice::from_ref(record), first);
                    self.check_meta(&envelope);
                }
                Data::Nothing => assert!(self.body.trim_ascii().is_empty()),
                other @ (Data::Records(_) | Data::File(_)) => unreachable!("{other:?} of one record"),
            },
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::UnexpectedResponse, "{error}");
                assert!(!self.is_readable() || found.is_some_and(|found| found.is_empty()), "{error}");
            }
        }
    }

    /// They are these, each a slice of the body.
    fn check_records(&self, records: &[Raw], expected: Vec<&RawValue>) {
        let texts: Vec<_> = records.iter().map(|record| String::from_utf8_lossy(record.as_bytes())).collect();
        assert_eq!(texts, expected.iter().map(|value| value.get()).collect::<Vec<_>>());
        let within = self.body.as_ptr_range();
        for record in records {
            let place = record.as_bytes().as_ptr_range();
            assert!(within.start <= place.start && place.end <= within.end, "a record was copied");
        }
    }

    fn check_meta(&self, envelope: &Envelope) {
        let found = &envelope.meta["found"];
        match (&self.meta, self.json()) {
            (Lookup::Body(path), Some(json)) => {
                let expected = reference::find(json, path.steps()).first().map_or("null", |value| value.get());
                assert_eq!(found.as_bytes(), expected.as_bytes());
            }
            (Lookup::Header(_) | Lookup::Link(_), _) | (_, None) => assert!(found.is_null(), "{found:?}"),
        }
    }

    fn check_selected(&self, whole: &[Raw], fields: &[String]) {
        let selected = self.call("list", fields).expect("the records that were there");
        let Data::Records(selected) = selected.data else { unreachable!("a list has records") };
        assert_eq!(whole.len(), selected.len());
        for (record, selected) in whole.iter().zip(selected) {
            // What cannot be read as a whole may be kept as it is.
            let Ok(record) = record.read::<Value>() else { continue };
            let selected: Value = selected.read().expect("what is kept of a record");
            assert_eq!(selected.to_string(), reference::select(&record, fields).to_string());
        }
    }
}
