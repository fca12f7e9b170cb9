//! The body of a request: bytes, and files that are opened again for every attempt.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};

/// The body of a request, in pieces that follow each other.
#[derive(Clone, Debug, Default)]
pub struct Body {
    segments: Vec<Segment>,
}

/// A piece of a [`Body`].
#[derive(Clone, Debug)]
pub enum Segment {
    /// Bytes.
    Bytes(Bytes),
    /// A file.
    Upload(Upload),
}

impl Body {
    /// A body of some bytes.
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        Self { segments: vec![Segment::Bytes(bytes.into())] }
    }

    /// A body of several pieces.
    pub fn segments(segments: Vec<Segment>) -> Self {
        Self { segments }
    }

    /// Its pieces.
    pub fn pieces(&self) -> &[Segment] {
        &self.segments
    }

    /// Whether there is no body at all.
    pub fn is_none(&self) -> bool {
        self.segments.is_empty()
    }

    /// The bytes, when it is bytes alone.
    pub fn as_bytes(&self) -> Option<&Bytes> {
        match self.segments.as_slice() {
            [Segment::Bytes(bytes)] => Some(bytes),
            _ => None,
        }
    }

    /// The length in bytes, when every piece knows its own.
    pub fn length(&self) -> Option<u64> {
        self.segments
            .iter()
            .map(|segment| match segment {
                Segment::Bytes(bytes) => Some(bytes.len() as u64),
                Segment::Upload(upload) => upload.length,
            })
            .sum()
    }

    /// The body as people read it: text as it is (line breaks as `\n`), `<12 bytes>` for bytes that are no text, and
    /// `<file name, 12 bytes>` for files.
    pub fn to_text(&self) -> String {
        let shown = self.segments.iter().map(|segment| match segment {
            Segment::Bytes(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => text.replace("\r\n", "\n"),
                Err(_) => format!("<{} bytes>", bytes.len()),
            },
            Segment::Upload(upload) => {
                let name = upload.filename.as_deref().map(|name| format!(" {name}")).unwrap_or_default();
                let length = upload.length.map(|length| format!(", {length} bytes")).unwrap_or_default();
                format!("<file{name}{length}>")
            }
        });
        shown.collect()
    }

    /// The bytes from the first to the last, opening its files.
    pub fn open(self) -> BoxStream<'static, std::io::Result<Bytes>> {
        stream::iter(self.segments)
            .flat_map(|segment| match segment {
                Segment::Bytes(bytes) => stream::iter([Ok(bytes)]).boxed(),
                Segment::Upload(upload) => upload.open(),
            })
            .boxed()
    }
}

type Open = Arc<dyn Fn() -> BoxStream<'static, std::io::Result<Bytes>> + Send + Sync>;

/// A file to send. It is opened once for every attempt, and read as it is sent.
#[derive(Clone)]
pub struct Upload {
    /// Its name, as the API is told.
    pub filename: Option<String>,
    /// Its content type.
    pub content_type: Option<String>,
    /// Its length in bytes, where it is known.
    pub length: Option<u64>,
    open: Open,
}

impl Upload {
    /// A file from bytes in memory.
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let length = bytes.len() as u64;
        Self::stream(Some(length), move || stream::iter([Ok(bytes.clone())]).boxed())
    }

    /// A file that `open` reads from its start, each time it is called.
    pub fn stream(
        length: Option<u64>,
        open: impl Fn() -> BoxStream<'static, std::io::Result<Bytes>> + Send + Sync + 'static,
    ) -> Self {
        Self { filename: None, content_type: None, length, open: Arc::new(open) }
    }

    /// Its bytes, from the start.
    pub fn open(&self) -> BoxStream<'static, std::io::Result<Bytes>> {
        (self.open)()
    }

    /// Gives it a name.
    #[must_use]
    pub fn filename(mut self, name: impl Into<String>) -> Self {
        self.filename = Some(name.into());
        self
    }

    /// Gives it a content type.
    #[must_use]
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Upload({:?}, {:?}, {:?} bytes)", self.filename, self.content_type, self.length)
    }
}
