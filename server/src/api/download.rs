//! Downloads: the file itself as it arrives, or a part of it as JSON.

use axum::body::Body;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures_util::TryStreamExt as _;
use http::HeaderValue;
use http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use serde_json::{Map, Value, json};
use tieline::execute::{Data, Download};
use tieline::{Call, Envelope};

use crate::error::ApiError;

use super::execute::Instance;

/// How many characters, or bytes, a part has when nobody says.
const USUAL: usize = 20_000;
/// The most that a part may have.
const MOST: usize = 1_000_000;

/// What is wanted of a file, beside the operation's own parameters.
pub(super) struct Wanted {
    /// A part of it, as a `Range` header has it.
    range: Option<String>,
    /// As JSON: `None` for the file itself.
    json: Option<Part>,
}

/// A part of a file, as JSON.
struct Part {
    is_text: bool,
    most: usize,
    offset: usize,
}

impl Wanted {
    /// Takes what is not the operation's own out of the parameters.
    pub(super) fn take(params: &mut Map<String, Value>) -> Result<Self, ApiError> {
        let mut text = |name: &str| match params.shift_remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(ApiError::unfit(&format!("params.{name}"), "must be text")),
        };
        let range = text("range_header")?;
        let (form, format) = (text("_airbyte_response_type")?, text("_airbyte_response_format")?);
        let (most, offset) = (text("_airbyte_max_chars")?, text("_airbyte_text_offset")?);
        // It says which download goes on; here an offset is enough.
        text("_airbyte_download_token")?;
        let number = |field: &str, text: Option<String>, usual: usize| match text {
            None => Ok(usual),
            Some(text) => {
                text.parse().map_err(|_| ApiError::unfit(&format!("params.{field}"), "must be a whole number"))
            }
        };
        let json = match form.as_deref() {
            None | Some("raw") => None,
            Some("json") => Some(Part {
                is_text: match format.as_deref() {
                    None | Some("text") => true,
                    Some("base64") => false,
                    Some(_) => return Err(ApiError::unfit("params._airbyte_response_format", "is `text` or `base64`")),
                },
                most: number("_airbyte_max_chars", most, USUAL)?.clamp(1, MOST),
                offset: number("_airbyte_text_offset", offset, 0)?,
            }),
            Some(_) => return Err(ApiError::unfit("params._airbyte_response_type", "is `json` or `raw`")),
        };
        Ok(Self { range, json })
    }
}

/// The file, or what is wanted of it.
pub(super) async fn answer(call: Call, wanted: Wanted, instance: &Instance) -> Result<Response, ApiError> {
    match wanted.json {
        None => passed_on(call, wanted.range).await,
        Some(part) => as_json(call, wanted.range, &part, instance).await,
    }
}

async fn passed_on(call: Call, range: Option<String>) -> Result<Response, ApiError> {
    let call = if let Some(range) = range { call.range(range) } else { call };
    let Download { content_type, length, filename, body, .. } = call.download().await?;
    let stream = body.into_stream().map_err(|error| std::io::Error::other(error.message));
    let mut response = Response::new(Body::from_stream(stream));
    let headers = response.headers_mut();
    // A browser that is shown it must not run it in this server's name.
    let file = HeaderValue::from_static("application/octet-stream");
    let named = content_type.and_then(|text| HeaderValue::from_str(&text).ok());
    headers.insert(CONTENT_TYPE, named.unwrap_or(file));
    headers.insert(http::header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
    if let Some(length) = length {
        headers.insert(CONTENT_LENGTH, length.into());
    }
    let disposition = match filename {
        Some(name) => {
            let escaped: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
            format!("attachment; filename*=UTF-8''{}", escaped.replace('+', "%20"))
        }
        None => "attachment".to_owned(),
    };
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

async fn as_json(call: Call, range: Option<String>, part: &Part, instance: &Instance) -> Result<Response, ApiError> {
    let ranged = range.is_some();
    let call = if let Some(range) = &range { call.range(range) } else { call };
    let Envelope { data: Data::File(file), .. } = call.execute().await? else {
        return Err(ApiError::internal());
    };
    let text = if part.is_text { std::str::from_utf8(&file.content).ok() } else { None };
    let (content, encoding, has_more, next_offset) = match text {
        Some(text) => {
            let rest = text.char_indices().nth(part.offset).map_or("", |(start, _)| &text[start..]);
            let shown = rest.char_indices().nth(part.most).map_or(rest, |(end, _)| &rest[..end]);
            let has_more = shown.len() < rest.len();
            (shown.to_owned(), "utf-8", has_more, part.offset + shown.chars().count())
        }
        None => {
            let rest = file.content.get(part.offset..).unwrap_or_default();
            let shown = rest.get(..part.most).unwrap_or(rest);
            (BASE64.encode(shown), "base64", shown.len() < rest.len(), part.offset + shown.len())
        }
    };
    let json = json!({
        "content": content,
        "encoding": encoding,
        "bytes_returned": if encoding == "base64" { next_offset - part.offset } else { content.len() },
        "range_requested": range,
        "next_range_header": file.next_range,
        "has_more": has_more || (ranged && file.next_range.is_some()),
        "next_offset": has_more.then_some(next_offset),
        "content_type": file.content_type,
    });
    Ok(instance.answer(json.to_string().as_bytes(), None, None, None))
}
