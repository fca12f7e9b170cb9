//! Files to download: always the same bytes, whole or in part (RFC 9110 section 14).

use bytes::Bytes;
use http::header::{ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue};
use http::{Response, StatusCode};

use crate::failure::Failure;
use crate::received::Received;
use crate::sample::Seed;

/// Where the mock serves files that an answer leads to.
pub(crate) const FOLDER: &str = "mock-files";

/// How large a file is, in bytes.
const SIZE: usize = 100_000;

/// What a file holds, by the extension of its name.
pub(crate) fn type_of(name: &str) -> &'static str {
    mime_guess::from_path(name).first_raw().unwrap_or("application/octet-stream")
}

/// A file, or the part of it that was asked for.
///
/// # Errors
/// 416 when the part begins after its end.
pub(crate) fn answer(
    request: &Received,
    name: &str,
    content_type: &str,
    seed: Seed,
) -> Result<Response<Bytes>, Failure> {
    let whole = content(content_type, seed);
    let mut headers = HeaderMap::new();
    let mut set = |name: http::HeaderName, text: String| {
        HeaderValue::from_str(&text).ok().and_then(|value| headers.insert(name, value));
    };
    set(CONTENT_TYPE, content_type.to_owned());
    set(ACCEPT_RANGES, "bytes".to_owned());
    set(ETAG, format!("\"{:016x}\"", seed.bits()));
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect();
    set(CONTENT_DISPOSITION, format!("attachment; filename=\"{plain}\""));
    let (status, body) = match request.header("range").and_then(|range| part(range, whole.len())) {
        None => (StatusCode::OK, whole),
        Some(None) => {
            let message = format!("the range begins after the end; the file has {} bytes", whole.len());
            return Err(Failure::new(StatusCode::RANGE_NOT_SATISFIABLE, message));
        }
        Some(Some((first, last))) => {
            set(CONTENT_RANGE, format!("bytes {first}-{last}/{}", whole.len()));
            (StatusCode::PARTIAL_CONTENT, whole.slice(first..=last))
        }
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

/// The first and the last byte of a range. `None`: no range that is understood, so the whole file. `Some(None)`: nothing is there.
fn part(range: &str, length: usize) -> Option<Option<(usize, usize)>> {
    let (first, last) = range.trim().strip_prefix("bytes=")?.split_once('-')?;
    let (first, last) = (first.trim(), last.trim());
    let within = |first: usize, last: usize| (first < length && first <= last).then(|| (first, last.min(length - 1)));
    if first.is_empty() {
        let wanted: usize = last.parse().ok()?;
        return Some(
            within(length.saturating_sub(wanted), if wanted == 0 { 0 } else { length }).filter(|_| wanted > 0),
        );
    }
    let first = first.parse().ok()?;
    let last = if last.is_empty() { usize::MAX } else { last.parse().ok()? };
    (first <= last).then(|| within(first, last))
}

/// Lines of text for a text type, else bytes.
fn content(content_type: &str, seed: Seed) -> Bytes {
    if content_type.starts_with("text/") {
        let lines = (1..).map(|n| format!("{n},{}\n", seed.nth(n).uuid()));
        let mut text: String = lines.take(SIZE / 40 + 1).collect();
        text.truncate(SIZE);
        return text.into();
    }
    (0..SIZE / 8).flat_map(|n| seed.nth(n).bits().to_be_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::{SIZE, Seed, content, part};

    #[test]
    fn ranges_are_read() {
        for (range, expected) in [
            ("bytes=0-9", Some(Some((0, 9)))),
            ("bytes=90-", Some(Some((90, 99)))),
            ("bytes=90-500", Some(Some((90, 99)))),
            ("bytes=-10", Some(Some((90, 99)))),
            ("bytes=-500", Some(Some((0, 99)))),
            ("bytes=-0", Some(None)),
            ("bytes=100-", Some(None)),
            ("bytes=9-3", None),
            ("bytes=0-1,5-6", None),
            ("items=0-1", None),
            ("bytes=x-y", None),
        ] {
            assert_eq!(part(range, 100), expected, "{range}");
        }
    }

    #[test]
    fn files_are_always_the_same() {
        assert_eq!(content("image/png", Seed::new(1)), content("image/png", Seed::new(1)));
        assert_ne!(content("image/png", Seed::new(1)), content("image/png", Seed::new(2)));
        assert_eq!(content("image/png", Seed::new(1)).len(), SIZE);
        assert!(content("text/csv", Seed::new(1)).is_ascii());
    }
}
