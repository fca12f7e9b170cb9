//! Downloads: an answer that is a file, or that names one.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, RANGE};
use http::{HeaderMap, HeaderValue, Method};
use indexmap::IndexMap;
use serde_json::Value;

use crate::build::{self, Base};
use crate::connect::Clock;
use crate::error::{Error, ErrorKind};
use crate::extract::{Document, is_invisible};
use crate::plan::Answer;
use crate::wire::{Body, Request, ResponseBody, TransportError, TransportFailure, Trust};

use super::envelope::{Data, Envelope, FileContent};
use super::road::Road;
use super::send::{Answered, Sending, Want};
use super::watched::Metered;

/// A file on its way.
pub struct Download {
    /// The content type.
    pub content_type: Option<String>,
    /// The length in bytes of what comes, where it is known.
    pub length: Option<u64>,
    /// The name that the API gives it, without any folder.
    pub filename: Option<String>,
    /// The `Range` header that goes on after what comes, when a part was asked for and there is more.
    pub next_range: Option<String>,
    /// Its bytes.
    pub body: ResponseBody,
}

/// The file, ready to be read.
pub(super) async fn start(road: &Road, sending: &Sending<'_>) -> Result<Download, Error> {
    let operation = &*road.operation;
    if !matches!(operation.answer, Answer::File(_)) {
        let message = format!("`{}` does not answer with a file", operation.name());
        return Err(Error::new(ErrorKind::InvalidInput, message));
    }
    let mut request = road.request(None, &road.args, &sending.base(), &sending.server)?;
    let answered = match &road.file_at {
        None => {
            set_range(&mut request, road)?;
            sending.send(&mut request, Want::Stream).await?
        }
        Some(place) => {
            let named = sending.send(&mut request, Want::Whole).await?;
            let document = Document::new(&named.headers, &named.body);
            let Some(Value::String(url)) = document.lookup(place) else {
                return Err(Error::new(
                    ErrorKind::UnexpectedResponse,
                    format!("the answer names no file at `{place}`"),
                ));
            };
            let unusable =
                |_| Error::new(ErrorKind::UnexpectedResponse, "the answer names a file by something that is not a URL");
            let url = request.url.join(&url).map_err(unusable)?;
            let trust = if sending.is_home(&url) { Trust::Declared } else { Trust::Response };
            if trust == Trust::Response {
                let server = build::server(&Base { rebind: None, ..sending.base() }, operation)?;
                road.inner().options.allows_elsewhere(&server, &url)?;
            }
            let mut file = Request { method: Method::GET, url, headers: HeaderMap::new(), body: Body::default() };
            file.headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
            set_range(&mut file, road)?;
            sending.fetch(&file, trust).await?
        }
    };
    let patience = operation.timeout.unwrap_or(road.inner().connector.head().timeout).duration();
    Ok(download(answered, road.inner().clock.clone(), patience, Metered::start(&road.call)))
}

/// The whole file (or the part that was asked for) as an envelope.
pub(super) async fn whole(road: Road) -> Result<Envelope, Error> {
    let sending = road.sending().await?;
    let download = start(&road, &sending).await?;
    let limit = road.inner().options.max_response_bytes;
    let content = pin!(download.body.collect(limit));
    let content = sending.within(sending.time_left()?, content, "the file did not come in time").await?;
    let content = content.map_err(|error| super::failure::from_transport(&error))?;
    let too_large = || {
        let message = format!("the file is larger than {limit} bytes");
        Error::new(ErrorKind::TooLarge, message).with_help("download it as a stream or to a file, or ask for a range")
    };
    let content = content.ok_or_else(too_large)?;
    let file = FileContent { content, content_type: download.content_type, next_range: download.next_range };
    Ok(Envelope { data: Data::File(file), meta: IndexMap::new(), next: None })
}

fn set_range(request: &mut Request, road: &Road) -> Result<(), Error> {
    if let Some(range) = &road.call.range {
        let invalid =
            |_| Error::new(ErrorKind::InvalidInput, "the range is not a `Range` header such as `bytes=0-1023`");
        request.headers.insert(RANGE, HeaderValue::try_from(range).map_err(invalid)?);
    }
    Ok(())
}

fn download(answered: Answered, clock: Arc<dyn Clock>, patience: Duration, metered: Option<Metered>) -> Download {
    let text = |name| answered.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    Download {
        content_type: text(CONTENT_TYPE).map(str::to_owned),
        length: text(CONTENT_LENGTH).and_then(|length| length.parse().ok()),
        filename: text(CONTENT_DISPOSITION).and_then(filename),
        next_range: text(CONTENT_RANGE).and_then(next_range),
        body: watched(answered.stream.unwrap_or(ResponseBody::Bytes(answered.body)), clock, patience, metered),
    }
}

/// A body that breaks off when nothing comes for so long: a download may take hours, a stalled one may not. What comes is counted.
fn watched(body: ResponseBody, clock: Arc<dyn Clock>, patience: Duration, metered: Option<Metered>) -> ResponseBody {
    let stream = match body {
        ResponseBody::Bytes(bytes) => return ResponseBody::Bytes(bytes),
        ResponseBody::Stream(stream) => stream,
    };
    let stalled = move || TransportError {
        failure: TransportFailure::Timeout,
        message: format!("nothing came for {} s", patience.as_secs_f64()),
    };
    let chunks = stream::try_unfold(stream, move |mut stream| {
        let late = clock.sleep(patience);
        async move {
            match select(stream.next(), late).await {
                Either::Left((chunk, _)) => Ok(chunk.transpose()?.map(|chunk| (chunk, stream))),
                Either::Right(_) => Err(stalled()),
            }
        }
    });
    let counted = chunks.inspect_ok(move |chunk| {
        if let Some(metered) = &metered {
            metered.subject().received(chunk.len() as u64);
        }
    });
    ResponseBody::Stream(counted.boxed())
}

/// `bytes 0-99/300` → `bytes=100-199`: the range of the same length that follows.
fn next_range(content_range: &str) -> Option<String> {
    let (range, total) = content_range.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
    let total = total.parse().unwrap_or(u64::MAX);
    let next = last.checked_add(1).filter(|next| *next < total)?;
    let end = next.checked_add(last.checked_sub(first)?)?.min(total - 1);
    Some(format!("bytes={next}-{end}"))
}

/// The file name of a `Content-Disposition` header (RFC 6266), without any folder.
fn filename(disposition: &str) -> Option<String> {
    let parameter = |name: &str| {
        disposition.split(';').skip(1).find_map(|parameter| {
            let (key, value) = parameter.split_once('=')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
        })
    };
    let extended = parameter("filename*").and_then(|value| {
        let encoded = value.splitn(3, '\'').nth(2)?.to_owned();
        percent_encoding::percent_decode_str(&encoded).decode_utf8().ok().map(|name| name.into_owned())
    });
    let name = extended.or_else(|| parameter("filename"))?;
    let name: String =
        name.rsplit(['/', '\\']).next()?.chars().filter(|c| !c.is_control() && !is_invisible(*c)).collect();
    (!name.is_empty() && name != "." && name != "..").then_some(name)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use bytes::Bytes;
    use futures_util::stream::{self, StreamExt as _};

    use crate::connect::SystemClock;
    use crate::wire::{ResponseBody, TransportFailure};

    use super::{filename, next_range, watched};

    #[tokio::test(start_paused = true)]
    async fn a_stalled_download_breaks_off_and_a_slow_one_does_not() {
        let slow = stream::iter(0..3).then(|_| async {
            tokio::time::sleep(Duration::from_secs(50)).await;
            Ok(Bytes::from_static(b"x"))
        });
        let body = ResponseBody::Stream(slow.chain(stream::pending()).boxed());
        let mut chunks = watched(body, Arc::new(SystemClock), Duration::from_secs(60), None).into_stream();
        for _ in 0..3 {
            assert!(chunks.next().await.unwrap().is_ok());
        }
        assert_eq!(chunks.next().await.unwrap().unwrap_err().failure, TransportFailure::Timeout);
        assert!(chunks.next().await.is_none());
    }

    #[test]
    fn a_name_never_holds_a_folder() {
        assert_eq!(filename("attachment; filename=\"../../etc/passwd\""), Some("passwd".into()));
        assert_eq!(
            filename("attachment; filename=\"a.txt\"; filename*=UTF-8''na%C3%AFve.txt"),
            Some("naïve.txt".into())
        );
        assert_eq!(filename("attachment; filename=\"..\""), None);
        assert_eq!(filename("attachment; filename*=UTF-8''photo%E2%80%AEgpj.exe"), Some("photogpj.exe".into()));
        assert_eq!(filename("attachment; filename*=UTF-8''%2E%E2%80%8B%2E%0D%0A"), None);
        assert_eq!(filename("inline"), None);
    }

    #[test]
    fn the_next_range_is_as_long_and_ends_with_the_file() {
        assert_eq!(next_range("bytes 0-99/300"), Some("bytes=100-199".into()));
        assert_eq!(next_range("bytes 200-299/300"), None);
        assert_eq!(next_range("bytes 0-99/150"), Some("bytes=100-149".into()));
        assert_eq!(next_range("bytes 0-99/*"), Some("bytes=100-199".into()));
        assert_eq!(next_range("bytes 5-1/x"), None);
    }
}
