//! Files up and down.

use std::io::Write;

use futures_util::{StreamExt as _, TryStreamExt as _};
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

async fn attach_from_disk(connection: &Connection, card: &str, path: std::path::PathBuf) -> Result<Value, Error> {
    let open = move || futures_util::stream::iter([std::fs::read(&path).map(Into::into)]).boxed();
    let file = Upload::stream(None, open).filename("garden.png");
    let call = connection.call("attachments", "upload").params(json!({ "card_id": card })).upload("file", file);
    call.execute().await?.record()
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
    assert!(attach_from_disk(&connection, "c_1", path.clone()).await.is_err(), "there is no such file");
    std::fs::write(&path, "pixels").unwrap();
    assert!(attach_from_disk(&connection, "c_1", path).await.unwrap()["id"].is_string());
    let mut saved = Vec::new();
    save(&connection, "a_1", &mut saved).await.unwrap();
    assert!(!saved.is_empty());
}
