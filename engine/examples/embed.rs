//! A manifest from text, a call, an answer: all that an embedder writes. A list of exchanges stands in for the API.

#![expect(clippy::print_stdout, reason = "an example shows what it gets")]

use std::error::Error;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;
use tieline::transport::{Exchange, Replay};
use tieline::{Connection, Connector, Credentials, Source};

const MANIFEST: &str = r#"
tieline: 1
name: library
title: Library
version: 0.1.0
summary: The books of a library.
server: https://library.example.com

auth:
  token:
    fields: { token: { description: Your reader's token, secret: true } }
    bearer: ${token}

entities:
  books:
    summary: What can be borrowed.
    actions:
      list:
        get: /books
        summary: Lists the books.
        records: $.books
        paginate: { kind: page, page: page, total_pages: $.pages }
        params: { author: { type: string, description: Who wrote them. } }
"#;

#[derive(Deserialize)]
struct Book {
    title: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let source = Source::new("library.yaml", MANIFEST);
    let (connector, _warnings) = Connector::load(&source).map_err(|findings| findings.render(false))?;
    let connection = Connection::builder(Arc::new(connector))
        .credentials(Credentials::none().with("token", "t-1"))
        .transport(Arc::new(api())) // Without this line, the real API is called.
        .connect()?;
    let books = connection.call("books", "list").params(json!({ "author": "Le Guin" })).all().execute().await?;
    for book in books.records::<Book>()? {
        println!("{}", book.title);
    }
    Ok(())
}

/// What the API is expected to be asked, and what it answers.
fn api() -> Replay {
    Replay::new([
        Exchange::new("GET", "/books?author=Le+Guin")
            .header("authorization", "[secret]")
            .answer(200, json!({ "books": [{ "title": "The Dispossessed" }], "pages": 2 })),
        Exchange::new("GET", "/books?author=Le+Guin&page=2")
            .answer(200, json!({ "books": [{ "title": "The Telling" }], "pages": 2 })),
    ])
}

#[test]
fn runs() -> Result<(), Box<dyn Error>> {
    main()
}
