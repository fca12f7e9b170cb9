//! The mock of an API, as a transport and as a server.

use std::sync::Arc;

use tieline::transport::Transport;
use tieline::{Connector, Error, ErrorKind};

/// A mock of the API inside this process.
pub(crate) fn transport(_: &Arc<Connector>) -> Result<Arc<dyn Transport>, Error> {
    Err(Error::new(ErrorKind::Unavailable, "the mock is not built yet"))
}
