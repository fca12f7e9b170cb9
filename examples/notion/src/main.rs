//! Works in a Notion workspace: lists its users and the rows of a data source, then adds a page with content and a file.
//!
//! ```sh
//! TIELINE_NOTION_TOKEN=ntn_… cargo run -p example-notion -- <id of a data source> [<URL to call in place of Notion>]
//! ```

#![expect(clippy::print_stdout, reason = "a program shows what it does")]

use std::env;
use std::error::Error;

use tieline_connectors::notion::types::{
    BlockRequest, MediaBlockRequest, PageOrDataSource, PageOrTask, ParentRequest, PropertyValueRequest,
    RichTextRequest, TextBlockRequest,
};
use tieline_connectors::notion::{Notion, Token};
use tieline_connectors::tieline::wire::Upload;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let data_source = arguments.next().ok_or("give the id of a data source")?;
    let mut connecting = Notion::builder(Token::new(env::var("TIELINE_NOTION_TOKEN")?))?;
    if let Some(url) = arguments.next() {
        connecting = connecting.base_url(url.parse()?);
    }
    let notion = Notion::from(connecting.connect()?);

    for user in notion.users().list().all().await? {
        println!("user: {}", user.name.as_deref().unwrap_or("nobody"));
    }
    let mut rows = notion.data_sources().query(&data_source).page_size(2).records();
    while let Some(row) = rows.try_next().await? {
        if let PageOrDataSource::Page(page) = row {
            println!("row: {}", page.id);
        }
    }

    let title = PropertyValueRequest::new().title([RichTextRequest::new().text("Field notes")]);
    let parent = ParentRequest::new().data_source_id(data_source);
    let created = notion.pages().create().parent(parent).properties([("Name", title)]).send().await?;
    let PageOrTask::Page(page) = created else { return Err("the page is not there yet".into()) };
    let page = notion.pages().update(&page.id).icon(None).send().await?;
    println!("created: {}, icon: {:?}", page.id, page.icon);

    let upload = notion.file_uploads().create().filename("notes.txt").content_type("text/plain").send().await?;
    let notes = Upload::bytes("Saw a heron.").filename("notes.txt").content_type("text/plain");
    let upload = notion.file_uploads().send(&upload.id, notes).send().await?;
    println!("uploaded: {}", upload.filename.as_deref().unwrap_or_default());
    let text = TextBlockRequest::new().rich_text([RichTextRequest::new().text("What we saw:")]);
    let file = MediaBlockRequest::new().file_upload(upload.id.to_string());
    let blocks = [BlockRequest::new().paragraph(text), BlockRequest::new().file(file)];
    for block in notion.blocks().append(&page.id, blocks).send().await?.data {
        println!("appended: {}", block.id);
    }
    Ok(())
}
