//! What a call gives back: data, and what is about the data.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use indexmap::IndexMap;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::error::{Error, ErrorKind};
use crate::raw::Raw;

/// `data` and `meta` of a call.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// The records.
    pub data: Data,
    /// What is about them, by the names that the manifest declares.
    pub meta: IndexMap<String, Raw>,
    /// For a page: `Some(Some(text))` goes on from here with [`crate::Call::next`], `Some(None)` is the end. `None`: there are no pages.
    pub next: Option<Option<String>>,
}

/// The data of an [`Envelope`].
#[derive(Clone, Debug)]
pub enum Data {
    /// The answer had no body.
    Nothing,
    /// One record.
    Record(Raw),
    /// The records of a list.
    Records(Vec<Raw>),
    /// A file, or a part of one.
    File(FileContent),
}

/// A file, or a part of one.
#[derive(Clone, Debug)]
pub struct FileContent {
    /// The bytes.
    pub content: Bytes,
    /// The content type.
    pub content_type: Option<String>,
    /// The `Range` header that goes on from here, when there is more.
    pub next_range: Option<String>,
}

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Page {
    /// The records; one, where each page is a record.
    pub records: Vec<Raw>,
    /// What is about them.
    pub meta: IndexMap<String, Raw>,
    /// Goes on from here; `None` at the end.
    pub next: Option<String>,
}

impl Envelope {
    /// The record as a type of the caller's, straight from the response's bytes.
    ///
    /// # Errors
    /// `unexpected_response` when it is no single record or does not fit the type.
    pub fn record<T: DeserializeOwned>(&self) -> Result<T, Error> {
        match &self.data {
            Data::Record(raw) => read_record(raw),
            Data::Nothing | Data::Records(_) | Data::File(_) => {
                Err(Error::new(ErrorKind::UnexpectedResponse, "the answer is not one record"))
            }
        }
    }

    /// The records as a type of the caller's, straight from the response's bytes.
    ///
    /// # Errors
    /// `unexpected_response` when a record does not fit the type.
    pub fn records<T: DeserializeOwned>(&self) -> Result<Vec<T>, Error> {
        match &self.data {
            Data::Records(records) => records.iter().map(read_record).collect(),
            Data::Record(raw) => read_record(raw).map(|record| vec![record]),
            Data::Nothing | Data::File(_) => Ok(Vec::new()),
        }
    }

    /// The envelope as every face gives it out: `{ "data": …, "meta": {…}, "next": … }`. Records are copied once, as they came.
    pub fn to_json(&self) -> Vec<u8> {
        let mut json = Vec::with_capacity(self.length());
        json.extend(br#"{"data":"#);
        match &self.data {
            Data::Nothing => json.extend(b"null"),
            Data::Record(record) => json.extend(record.as_bytes()),
            Data::Records(records) => {
                write_between(&mut json, *b"[]", records, |json, record| json.extend(record.as_bytes()))
            }
            Data::File(file) => write_text(&mut json, &file.to_json().to_string()),
        }
        json.extend(br#","meta":"#);
        write_between(&mut json, *b"{}", &self.meta, |json, (name, value)| {
            // Writing text into memory does not fail.
            let _ = serde_json::to_writer(&mut *json, name);
            json.push(b':');
            json.extend(value.as_bytes());
        });
        if let Some(next) = &self.next {
            json.extend(br#","next":"#);
            let _ = serde_json::to_writer(&mut json, next);
        }
        json.push(b'}');
        json
    }
}

impl Envelope {
    /// About how long the envelope is as JSON, in bytes.
    fn length(&self) -> usize {
        let length = |raw: &Raw| raw.as_bytes().len() + 1;
        let data = match &self.data {
            Data::Nothing | Data::File(_) => 0,
            Data::Record(record) => length(record),
            Data::Records(records) => records.iter().map(length).sum(),
        };
        let meta: usize = self.meta.iter().map(|(name, value)| name.len() + 4 + length(value)).sum();
        data + meta + self.next.iter().flatten().map(String::len).sum::<usize>() + 48
    }
}

impl FileContent {
    /// The file as JSON: text as it is, everything else in base64.
    fn to_json(&self) -> Value {
        let text = self.is_text().then(|| std::str::from_utf8(&self.content).ok()).flatten();
        let (content, encoding) = match text {
            Some(text) => (text.to_owned(), "text"),
            None => (BASE64.encode(&self.content), "base64"),
        };
        let mut file = json!({ "content": content, "encoding": encoding, "bytes": self.content.len() });
        let known = [("content_type", &self.content_type), ("next_range", &self.next_range)];
        for (key, value) in known.into_iter().filter_map(|(key, value)| Some((key, value.as_ref()?))) {
            file[key] = value.as_str().into();
        }
        file
    }

    /// Whether its type says that it is text in UTF-8, which is what text is when its type names no other encoding.
    fn is_text(&self) -> bool {
        let declared = self.content_type.as_deref().unwrap_or_default().to_ascii_lowercase();
        let (essence, params) = declared.split_once(';').unwrap_or((&declared, ""));
        let essence = essence.trim();
        let is_text = essence.starts_with("text/")
            || essence.ends_with("+json")
            || essence.ends_with("+xml")
            || matches!(essence, "application/json" | "application/xml" | "application/yaml" | "application/x-ndjson");
        let charset = params.split(';').find_map(|param| param.trim().strip_prefix("charset="));
        is_text && charset.is_none_or(|charset| matches!(charset.trim_matches('"'), "utf-8" | "utf8" | "us-ascii"))
    }
}

fn write_text(json: &mut Vec<u8>, text: &str) {
    json.extend(text.as_bytes());
}

fn write_between<T>(
    json: &mut Vec<u8>,
    [open, close]: [u8; 2],
    items: impl IntoIterator<Item = T>,
    write: impl Fn(&mut Vec<u8>, T),
) {
    json.push(open);
    for (position, item) in items.into_iter().enumerate() {
        if position > 0 {
            json.push(b',');
        }
        write(json, item);
    }
    json.push(close);
}

pub(crate) fn read_record<T: DeserializeOwned>(raw: &Raw) -> Result<T, Error> {
    raw.read().map_err(|error| {
        Error::new(ErrorKind::UnexpectedResponse, format!("a record is not what was expected: {error}"))
    })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use indexmap::IndexMap;

    use crate::raw::Raw;

    use super::{Data, Envelope, FileContent};

    fn raw(text: &'static str) -> Raw {
        Raw::from_json(Bytes::from_static(text.as_bytes()))
    }

    fn json(data: Data, meta: &[(&str, &'static str)], next: Option<Option<&str>>) -> String {
        let meta = meta.iter().map(|(name, value)| ((*name).to_owned(), raw(value))).collect::<IndexMap<_, _>>();
        let envelope = Envelope { data, meta, next: next.map(|next| next.map(str::to_owned)) };
        String::from_utf8(envelope.to_json()).unwrap()
    }

    fn file(content: &'static [u8], content_type: Option<&str>, next_range: Option<&str>) -> Data {
        let [content_type, next_range] = [content_type, next_range].map(|text| text.map(str::to_owned));
        Data::File(FileContent { content: Bytes::from_static(content), content_type, next_range })
    }

    #[test]
    fn looks_the_same_for_every_face() {
        for (written, expected) in [
            (json(Data::Nothing, &[], None), r#"{"data":null,"meta":{}}"#),
            (json(Data::Record(raw("{ \"a\": 1.0 }")), &[], None), r#"{"data":{ "a": 1.0 },"meta":{}}"#),
            (
                json(Data::Records(vec![raw("{}"), raw("2")]), &[("n", "null"), ("a\"b", "[1]")], Some(Some("eyJ"))),
                r#"{"data":[{},2],"meta":{"n":null,"a\"b":[1]},"next":"eyJ"}"#,
            ),
            (json(Data::Records(vec![]), &[], Some(None)), r#"{"data":[],"meta":{},"next":null}"#),
        ] {
            assert_eq!(written, expected);
        }
    }

    #[test]
    fn holds_a_file_as_text_or_base64() {
        for (data, expected) in [
            (
                file(b"\x89PNG", Some("image/png"), Some("bytes=4-7")),
                r#"{"content":"iVBORw==","encoding":"base64","bytes":4,"content_type":"image/png","next_range":"bytes=4-7"}"#,
            ),
            (
                file("é\n".as_bytes(), Some("text/plain; charset=UTF-8"), None),
                r#"{"content":"é\n","encoding":"text","bytes":3,"content_type":"text/plain; charset=UTF-8"}"#,
            ),
            (
                file(b"\xff", Some("text/csv"), None),
                r#"{"content":"/w==","encoding":"base64","bytes":1,"content_type":"text/csv"}"#,
            ),
            (
                file(b"a", Some("text/csv; charset=iso-8859-1"), None),
                r#"{"content":"YQ==","encoding":"base64","bytes":1,"content_type":"text/csv; charset=iso-8859-1"}"#,
            ),
            (file(b"", None, None), r#"{"content":"","encoding":"base64","bytes":0}"#),
        ] {
            assert_eq!(json(data, &[], None), format!(r#"{{"data":{expected},"meta":{{}}}}"#));
        }
    }
}
