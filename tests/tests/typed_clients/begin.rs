//! Connecting, and what the README shows.

use std::sync::Arc;

use tieline::Error;
use tieline::connect::Options;
use tieline::transport::Transport;
use tieline_connectors::notion::{Config, Notion, Token};
use tieline_mock::{Mock, MockOptions};

fn connect(token: &str) -> Result<Notion, Error> {
    Notion::connect(Token::new(token))
}

fn connect_with(transport: Arc<dyn Transport>, token: &str) -> Result<Notion, Error> {
    let connection = Notion::builder(Token::new(token))?
        .config(Config::new().api_version("2026-03-11").into())
        .options(Options { max_response_bytes: 1 << 20, ..Options::default() })
        .transport(transport)
        .connect()?;
    Ok(Notion::from(connection))
}

/// Notion, played.
pub(crate) fn mock() -> Notion {
    let mock = Mock::new(Notion::connector().unwrap(), MockOptions::default());
    connect_with(Arc::new(mock), "ntn_example").unwrap()
}

async fn readme(token: &str, data_source: &str) -> Result<(), Error> {
    let notion = Notion::connect(Token::new(token))?;
    let mut rows = notion.data_sources().query(data_source).records();
    while let Some(row) = rows.try_next().await? {
        println!("{row:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_token_connects() {
    assert!(connect("ntn_1234").is_ok());
    assert_eq!(connect("1234").unwrap_err().kind(), tieline::ErrorKind::Credentials);
    assert_eq!(readme("1234", "").await.unwrap_err().kind(), tieline::ErrorKind::Credentials);
    assert_eq!(mock().users().me().send().await.unwrap().extra.names().count(), 0);
}
