//! Files up and down.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use bytes::Bytes;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};
use tieline::wire::Upload;
use tieline::{Connection, Error};

use super::begin::connect_to_mock;
use super::taskboard;

async fn attach(connection: &Connection, card: &str, photo: Vec<u8>) -> Result<Value, Error> {
    let file = Upload::bytes(photo).filename("garden.png").content_type("image/png");
    let call = connection.call("attachments", "upload").params(json!({ "card_id": card })).upload("file", file);
    call.execute().await?.record()
}

fn reopened(path: PathBuf) -> Upload {
    let open = move || stream::iter([fs::read(&path).map(Bytes::from)]).boxed();
    Upload::stream(None, open).filename("garden.png").content_type("image/png")
}

async fn save(connection: &Connection, id: &str, mut to: impl Write) -> Result<(), Box<dyn std::error::Error>> {
    let download = connection.call("attachments", "download").params(json!({ "attachment_id": id })).download().await?;
    let mut chunks = download.body.into_stream();
    while let Some(chunk) = chunks.try_next().await? {
        to.write_all(&chunk)?;
    }
    Ok(())
}

#[tokio::test]
async fn files_go_up_and_come_down() {
    let connection = connect_to_mock(taskboard(), "").unwrap();
    assert!(attach(&connection, "c_1", b"pixels".to_vec()).await.unwrap()["id"].is_string());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("garden.png");
    let upload = || connection.call("attachments", "upload").params(json!({ "card_id": "c_1" }));
    assert!(upload().upload("file", reopened(path.clone())).execute().await.is_err(), "there is no such file");
    fs::write(&path, "pixels").unwrap();
    assert!(upload().upload("file", reopened(path)).execute().await.is_ok());
    let mut saved = Vec::new();
    save(&connection, "a_1", &mut saved).await.unwrap();
    assert!(!saved.is_empty());
}
