//! A response: bytes, or a stream of them.

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use http::{HeaderMap, StatusCode};

use super::TransportError;

/// A response whose body may still be on its way.
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: ResponseBody,
}

/// The body of a [`Response`].
pub enum ResponseBody {
    /// All of it.
    Bytes(Bytes),
    /// As it arrives.
    Stream(BoxStream<'static, Result<Bytes, TransportError>>),
}

impl ResponseBody {
    /// The whole body, at most `limit` bytes; `Ok(None)` when there are more.
    pub async fn collect(self, limit: usize) -> Result<Option<Bytes>, TransportError> {
        let mut stream = match self {
            Self::Bytes(bytes) => return Ok((bytes.len() <= limit).then_some(bytes)),
            Self::Stream(stream) => stream,
        };
        let Some(first) = stream.next().await.transpose()? else { return Ok(Some(Bytes::new())) };
        let Some(second) = stream.next().await.transpose()? else { return Ok((first.len() <= limit).then_some(first)) };
        let mut whole = BytesMut::with_capacity((first.len() + second.len()) * 2);
        whole.extend_from_slice(&first);
        whole.extend_from_slice(&second);
        while whole.len() <= limit {
            match stream.next().await.transpose()? {
                Some(chunk) => whole.extend_from_slice(&chunk),
                None => return Ok(Some(whole.freeze())),
            }
        }
        Ok(None)
    }

    /// The body as a stream.
    pub fn into_stream(self) -> BoxStream<'static, Result<Bytes, TransportError>> {
        match self {
            Self::Bytes(bytes) => futures_util::stream::iter([Ok(bytes)]).boxed(),
            Self::Stream(stream) => stream,
        }
    }
}
