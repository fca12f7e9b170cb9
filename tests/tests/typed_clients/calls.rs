//! Calls: one record, lists, files, errors, and calls without types.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tieline::wire::Upload;
use tieline::{Error, ErrorKind};
use tieline_connectors::chargebee::{self, Chargebee};
use tieline_connectors::notion::Notion;
use tieline_connectors::notion::types::{
    self, BlockRequest, FileUpload, MediaBlockRequest, PageOrDataSource, PageOrTask, ParentRequest,
    PropertyValueRequest, RichTextRequest, TextBlockRequest,
};
use tieline_mock::{Mock, MockOptions};

use super::begin::mock;

pub(crate) const ID: &str = "195de922-1179-449f-ab80-75a27c979105";

async fn add_row(notion: &Notion, data_source: &str, name: &str) -> Result<PageOrTask, Error> {
    let title = PropertyValueRequest::new().title([RichTextRequest::new().text(name)]);
    let parent = ParentRequest::new().data_source_id(data_source);
    notion.pages().create().parent(parent).properties([("Name", title)]).send().await
}

async fn take_icon_away(notion: &Notion, page: &str) -> Result<types::Page, Error> {
    notion.pages().update(page).icon(None).send().await
}

async fn names(notion: &Notion) -> Result<Vec<String>, Error> {
    let users = notion.users().list().all().await?;
    Ok(users.into_iter().filter_map(|user| user.name.into_value()).collect())
}

async fn pages_of(notion: &Notion, data_source: &str) -> Result<Vec<types::Page>, Error> {
    let mut rows = notion.data_sources().query(data_source).page_size(50).max_records(500).records();
    let mut pages = Vec::new();
    while let Some(row) = rows.try_next().await? {
        match row {
            PageOrDataSource::Page(page) => pages.push(*page),
            PageOrDataSource::DataSource(_) | PageOrDataSource::Unknown(_) => {}
        }
    }
    Ok(pages)
}

async fn one_page(notion: &Notion, next: Option<String>) -> Result<Option<String>, Error> {
    let mut list = notion.users().list().page_size(2).deadline(Duration::from_secs(20));
    if let Some(next) = next {
        list = list.next(next);
    }
    let page = list.send().await?;
    println!("{} users, {:?}", page.data.len(), page.meta);
    Ok(page.next)
}

async fn attach(notion: &Notion, page: &str, notes: Vec<u8>) -> Result<FileUpload, Error> {
    let upload = notion.file_uploads().create().filename("notes.txt").send().await?;
    let file = Upload::bytes(notes).filename("notes.txt").content_type("text/plain");
    let upload = notion.file_uploads().send(&upload.id, file).send().await?;
    let text = TextBlockRequest::new().rich_text([RichTextRequest::new().text("What we saw:")]);
    let file = MediaBlockRequest::new().file_upload(upload.id.to_string());
    let blocks = [BlockRequest::new().paragraph(text), BlockRequest::new().file(file)];
    notion.blocks().append(page, blocks).send().await?;
    Ok(upload)
}

async fn save(chargebee: &Chargebee, invoice: &str, to: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let invoice = chargebee.invoices().pdf(invoice).send().await?;
    File::create(to)?.write_all(&invoice.content)?;
    Ok(())
}

async fn page_if_there(notion: &Notion, id: &str) -> Result<Option<types::Page>, Error> {
    match notion.pages().get(id).send().await {
        Ok(page) => Ok(Some(page)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn preview(notion: &Notion, page: &str) -> Result<String, Error> {
    Ok(notion.pages().update(page).icon(None).explain()?.request.to_http())
}

async fn without_types(notion: &Notion) -> Result<Value, Error> {
    notion.connection().execute("users", "me", json!({})).await?.record()
}

#[tokio::test]
async fn an_invoice_is_saved() {
    let connector = Chargebee::connector().unwrap();
    let connection = Chargebee::builder(chargebee::ApiKey::new("test_key"), chargebee::Config::new("acme-test"))
        .unwrap()
        .transport(Arc::new(Mock::new(connector, MockOptions::default())))
        .connect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("invoice.pdf");
    save(&connection.unwrap().into(), "inv_1", &file).await.unwrap();
    assert!(file.metadata().unwrap().len() > 100);
}

#[tokio::test]
async fn calls_do_what_the_guide_says() {
    let notion = mock();
    assert!(matches!(add_row(&notion, ID, "Heron").await.unwrap(), PageOrTask::Page(_)));
    assert!(take_icon_away(&notion, ID).await.unwrap().icon.is_null());
    assert!(names(&notion).await.unwrap().len() > 2);
    assert!(pages_of(&notion, ID).await.unwrap().len() > 2);
    let next = one_page(&notion, None).await.unwrap();
    assert_ne!(one_page(&notion, next.clone()).await.unwrap(), next);
    assert_eq!(attach(&notion, ID, b"A heron.".to_vec()).await.unwrap().filename.as_deref(), Some("notes.txt"));
    assert!(page_if_there(&notion, ID).await.unwrap().is_some());
    assert!(preview(&notion, ID).unwrap().ends_with("{\"icon\":null}"));
    assert_eq!(without_types(&notion).await.unwrap()["object"], "user");
}
