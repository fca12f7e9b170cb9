//! Parts between boundaries: what `multipart/form-data` and `multipart/related` have in common.

use std::io;

use bytes::Bytes;
use futures_util::StreamExt as _;
use http::HeaderValue;
use ring::digest::{Context, SHA256};

use crate::error::Error;
use crate::wire::{self, Segment, Upload};

use super::invalid;

/// The content type of bytes that nobody says more about.
pub(super) const BYTES: &str = "application/octet-stream";

/// One part: its header lines, and what it holds.
pub(super) struct Part {
    headers: String,
    content: Segment,
}

impl Part {
    /// A part of text.
    pub(super) fn text(headers: String, text: String) -> Self {
        Self { headers, content: Segment::Bytes(text.into()) }
    }

    /// A part that is a file.
    pub(super) fn file(headers: String, upload: Upload) -> Self {
        Self { headers, content: Segment::Upload(upload) }
    }

    /// The header line that says what a file is.
    pub(super) fn content_type(param: &str, upload: &Upload) -> Result<String, Error> {
        let content_type = upload.content_type.as_deref().unwrap_or(BYTES);
        match HeaderValue::from_str(content_type) {
            Ok(_) => Ok(format!("Content-Type: {content_type}")),
            Err(_) => Err(invalid(param, "has a content type that is none; it looks like `image/png`")),
        }
    }
}

/// A body of these parts, and the boundary between them. The same parts have the same boundary. It stands in none of
/// them: texts are searched beforehand, and a file that holds it breaks off while it is sent.
pub(super) fn assemble(parts: Vec<Part>) -> (String, wire::Body) {
    let boundary = boundary(&parts);
    let mut segments = Vec::new();
    for (index, Part { headers, content }) in parts.into_iter().enumerate() {
        let line_break = if index == 0 { "" } else { "\r\n" };
        segments.push(Segment::Bytes(format!("{line_break}--{boundary}\r\n{headers}\r\n\r\n").into()));
        segments.push(match content {
            Segment::Bytes(bytes) => Segment::Bytes(bytes),
            Segment::Upload(upload) => Segment::Upload(watched(upload, &boundary)),
        });
    }
    segments.push(Segment::Bytes(format!("\r\n--{boundary}--\r\n").into()));
    (boundary, wire::Body::segments(segments))
}

fn boundary(parts: &[Part]) -> String {
    let mut counter = 0_u64;
    loop {
        let boundary = digest(parts, counter);
        let stands_in_a_part = parts.iter().any(|part| match &part.content {
            Segment::Bytes(bytes) => contains(bytes, boundary.as_bytes()),
            Segment::Upload(_) => false,
        });
        if !stands_in_a_part {
            return boundary;
        }
        counter += 1;
    }
}

fn digest(parts: &[Part], counter: u64) -> String {
    let mut context = Context::new(&SHA256);
    context.update(&counter.to_be_bytes());
    for part in parts {
        context.update(&(part.headers.len() as u64).to_be_bytes());
        context.update(part.headers.as_bytes());
        let length = match &part.content {
            Segment::Bytes(bytes) => {
                context.update(bytes);
                Some(bytes.len() as u64)
            }
            Segment::Upload(upload) => upload.length,
        };
        context.update(&length.unwrap_or(u64::MAX).to_be_bytes());
    }
    let digest = context.finish();
    let hex: String = digest.as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("tieline-{hex}")
}

/// The file, which fails as soon as it turns out to hold the boundary: nobody can make a part of their own out of a file.
fn watched(upload: Upload, boundary: &str) -> Upload {
    let needle = Bytes::from(format!("--{boundary}"));
    let (filename, content_type) = (upload.filename.clone(), upload.content_type.clone());
    let mut watched = Upload::stream(upload.length, move || {
        let needle = needle.clone();
        let mut end = Vec::new();
        upload
            .open()
            .map(move |chunk| {
                let chunk = chunk?;
                let start = &chunk[..chunk.len().min(needle.len() - 1)];
                let seam = [end.as_slice(), start].concat();
                if contains(&seam, &needle) || contains(&chunk, &needle) {
                    return Err(io::Error::other("a file holds the boundary between the parts of its request"));
                }
                let tail = if chunk.len() < needle.len() { &seam } else { chunk.as_ref() };
                end = tail[tail.len().saturating_sub(needle.len() - 1)..].to_vec();
                Ok(chunk)
            })
            .boxed()
    });
    watched.filename = filename;
    watched.content_type = content_type;
    watched
}

fn contains(hay: &[u8], needle: &[u8]) -> bool {
    hay.windows(needle.len()).any(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};

    use super::{Part, assemble, boundary, digest};
    use crate::wire::{Body, Upload};

    fn whole(body: Body) -> std::io::Result<Vec<u8>> {
        let chunks = body.open().try_collect::<Vec<_>>().now_or_never().unwrap();
        chunks.map(|chunks| chunks.concat())
    }

    #[test]
    fn a_boundary_that_stands_in_a_text_is_not_taken() {
        let text = |text: &str| vec![Part::text("X: y".to_owned(), text.to_owned())];
        assert_eq!(boundary(&text("a")), digest(&text("a"), 0));
        assert_ne!(boundary(&text("a")), boundary(&text("b")), "the text decides too, so it cannot hold its boundary");
        let (boundary, body) = assemble(text("a"));
        assert_eq!(
            String::from_utf8(whole(body).unwrap()).unwrap(),
            format!("--{boundary}\r\nX: y\r\n\r\na\r\n--{boundary}--\r\n")
        );
    }

    #[test]
    fn a_file_that_holds_the_boundary_breaks_off() {
        let part = |chunks: Vec<String>| {
            let open = move || stream::iter(chunks.clone()).map(|chunk| Ok(Bytes::from(chunk))).boxed();
            vec![Part::file("X: y".to_owned(), Upload::stream(None, open))]
        };
        let (boundary, _) = assemble(part(vec![]));
        let injected = format!("one\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"admin\"\r\n\r\ntrue");
        for size in [1, 2, 7, 30, 41, 42, 43, 500] {
            let pieces =
                |text: &str| text.as_bytes().chunks(size).map(|c| String::from_utf8_lossy(c).into_owned()).collect();
            assert!(whole(assemble(part(pieces(&injected))).1).is_err(), "in pieces of {size}");
            let harmless = injected.replacen("tieline-", "tieline_", 1);
            assert!(whole(assemble(part(pieces(&harmless))).1).is_ok(), "in pieces of {size}");
        }
    }
}
