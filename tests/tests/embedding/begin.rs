//! From a manifest to a connection.

use std::sync::Arc;

use tieline::transport::{HttpOptions, HttpTransport, Reach};
use tieline::{Connection, Connector, Credentials, Diagnostics, Error, Source};
use tieline_mock::{Faults, Mock, MockOptions};

use super::MANIFEST;

pub(crate) fn load(manifest: &str) -> Result<Arc<Connector>, Diagnostics> {
    let source = Source::new("taskboard.yaml", manifest);
    let (connector, _warnings) = Connector::load(&source)?;
    Ok(Arc::new(connector))
}

fn open(compiled: &'static str) -> Result<Arc<Connector>, Error> {
    Ok(Arc::new(Connector::from_compiled(compiled)?))
}

fn connect(connector: Arc<Connector>, key: &str) -> Result<Connection, Error> {
    let credentials = Credentials::none().with("key", key);
    Connection::builder(connector).credentials(credentials).connect()
}

fn connect_all(connector: &Arc<Connector>, keys: &[String]) -> Result<Vec<Connection>, Box<dyn std::error::Error>> {
    let options = HttpOptions { reach: Reach::PublicOnly, ..HttpOptions::default() };
    let transport = Arc::new(HttpTransport::new(&options)?);
    let connect = |key: &String| {
        Connection::builder(connector.clone())
            .credentials(Credentials::none().with("key", key))
            .transport(transport.clone())
            .connect()
    };
    Ok(keys.iter().map(connect).collect::<Result<_, _>>()?)
}

pub(crate) fn connect_to_mock(
    connector: Arc<Connector>,
    faults: &str,
) -> Result<Connection, Box<dyn std::error::Error>> {
    let options = MockOptions { faults: Faults::parse(faults)?, ..MockOptions::default() };
    let mock = Mock::new(connector.clone(), options);
    let credentials = Credentials::none().with("key", "tb_1");
    Ok(Connection::builder(connector).credentials(credentials).transport(Arc::new(mock)).connect()?)
}

#[test]
fn a_manifest_becomes_a_connection() {
    let connector = load(MANIFEST).unwrap();
    let compiled = connector.to_compiled().unwrap();
    assert_eq!(open(compiled.leak()).unwrap().name(), "taskboard");
    assert_eq!(connect(connector.clone(), "tb_1").unwrap().scheme(), Some("key"));
    assert_eq!(connect(connector.clone(), "xx_1").unwrap_err().kind(), tieline::ErrorKind::Credentials);
    assert_eq!(connect_all(&connector, &["tb_1".to_owned(), "tb_2".to_owned()]).unwrap().len(), 2);
}

#[test]
fn a_wrong_manifest_is_refused_with_all_findings() {
    let wrong = MANIFEST.replace("$.cards", "cards").replace("/cards/{card_id}/", "/cards/{id}/");
    assert_eq!(load(&wrong).unwrap_err().errors(), 2);
}
