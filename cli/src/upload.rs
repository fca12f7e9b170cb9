//! A file to send: opened again for every attempt, read as it is sent.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use serde_json::{Map, Value};
use tieline::wire::Upload;
use tokio::io::AsyncReadExt as _;

const CHUNK: usize = 64 << 10;

/// The file at a path; `-` is stdin, which is read whole because it may have to be sent again.
///
/// # Errors
/// A sentence, when it cannot be read.
pub(crate) fn open(path: &str) -> Result<Upload, String> {
    if path == "-" {
        let mut content = Vec::new();
        io::stdin().lock().read_to_end(&mut content).map_err(|error| format!("stdin cannot be read: {error}"))?;
        return Ok(Upload::bytes(content));
    }
    let path = Path::new(path);
    let unreadable = |error: io::Error| format!("{} cannot be read: {error}", path.display());
    let facts = fs::File::open(path).and_then(|file| file.metadata()).map_err(unreadable)?;
    if facts.is_dir() {
        return Err(format!("{} is a folder", path.display()));
    }
    let length = facts.is_file().then_some(facts.len());
    let file = path.to_owned();
    let upload = Upload::stream(length, move || pieces(file.clone()));
    let upload = match path.file_name() {
        Some(name) => upload.filename(name.to_string_lossy()),
        None => upload,
    };
    Ok(match mime_guess::from_path(path).first_raw() {
        Some(content_type) => upload.content_type(content_type),
        None => upload,
    })
}

/// The file at a path, whole, as a parameter in JSON has it.
///
/// # Errors
/// A sentence, when it cannot be read.
pub(crate) fn as_json(path: &str) -> Result<Value, String> {
    let content = fs::read(path).map_err(|error| format!("{path} cannot be read: {error}"))?;
    let mut file = Map::new();
    file.insert("content".to_owned(), BASE64.encode(content).into());
    file.insert("encoding".to_owned(), "base64".into());
    if let Some(name) = Path::new(path).file_name() {
        file.insert("filename".to_owned(), name.to_string_lossy().into());
    }
    if let Some(content_type) = mime_guess::from_path(path).first_raw() {
        file.insert("content_type".to_owned(), content_type.into());
    }
    Ok(file.into())
}

/// The bytes of a file, from its start.
fn pieces(path: PathBuf) -> BoxStream<'static, io::Result<Bytes>> {
    stream::once(tokio::fs::File::open(path))
        .flat_map(|opened| match opened {
            Ok(file) => stream::try_unfold(file, |mut file| async move {
                let mut chunk = BytesMut::with_capacity(CHUNK);
                let read = file.read_buf(&mut chunk).await?;
                Ok((read > 0).then(|| (chunk.freeze(), file)))
            })
            .boxed(),
            Err(error) => stream::iter([Err(error)]).boxed(),
        })
        .boxed()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use futures_util::TryStreamExt as _;
    use tieline::wire::{Body, Segment};

    use super::*;

    #[tokio::test]
    async fn a_file_is_read_from_its_start_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a picture.png");
        let content = vec![7u8; CHUNK * 2 + 5];
        fs::write(&path, &content).unwrap();
        let upload = open(path.to_str().unwrap()).unwrap();
        assert_eq!(upload.filename.as_deref(), Some("a picture.png"));
        assert_eq!(upload.content_type.as_deref(), Some("image/png"));
        assert_eq!(upload.length, Some(content.len() as u64));
        for _ in 0..2 {
            let body = Body::segments(vec![Segment::Upload(upload.clone())]);
            let pieces: Vec<Bytes> = body.open().try_collect().await.unwrap();
            assert!(pieces.iter().all(|piece| piece.len() <= CHUNK));
            assert_eq!(pieces.concat(), content);
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        assert!(open("/nowhere.png").unwrap_err().starts_with("/nowhere.png cannot be read"));
        let folder = tempfile::tempdir().unwrap();
        assert!(open(folder.path().to_str().unwrap()).unwrap_err().ends_with("is a folder"));
    }
}
