//! A whole program.

#![expect(clippy::print_stdout, reason = "a program shows what it gets")]

use std::sync::Arc;

use serde_json::{Value, json};
use tieline::{Connection, Connector, Credentials, Source};
use tieline_mock::{Mock, MockOptions};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let source = Source::new("taskboard.yaml", include_str!("taskboard.yaml"));
    let (connector, _warnings) = Connector::load(&source)?;
    let connector = Arc::new(connector);
    let connection = Connection::builder(connector.clone())
        .credentials(Credentials::none().with("key", "tb_1234"))
        .transport(Arc::new(Mock::new(connector, MockOptions::default()))) // Without this line, the real API is called.
        .connect()?;
    let cards: Vec<Value> = connection.execute("cards", "list", json!({ "board_id": "b_7" })).await?.records()?;
    for card in cards {
        println!("{} {}", card["id"], card["title"]);
    }
    Ok(())
}

#[test]
fn runs() {
    main().unwrap();
}
