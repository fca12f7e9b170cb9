//! What comes piece by piece, and can be taken without another crate.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::TryStreamExt;
use futures_util::stream::BoxStream;

use crate::error::Error;

/// Pages or records, each asked for when it is taken. It is a [`futures_util::Stream`] too, for those who want more of it than
/// [`try_next`](Self::try_next).
pub struct Stream<T>(BoxStream<'static, Result<T, Error>>);

impl<T> Stream<T> {
    /// The next one; `None` at the end.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind). After an error there is nothing more.
    pub async fn try_next(&mut self) -> Result<Option<T>, Error> {
        TryStreamExt::try_next(&mut self.0).await
    }
}

impl<T> futures_util::Stream for Stream<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(cx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<T> From<BoxStream<'static, Result<T, Error>>> for Stream<T> {
    fn from(stream: BoxStream<'static, Result<T, Error>>) -> Self {
        Self(stream)
    }
}

impl<T> fmt::Debug for Stream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stream")
    }
}
