//! `tieline mock`: a connector's API as a local server.

use clap::Args;

use crate::args::ConnectionArgs;
use crate::stop::Stop;
use crate::{connector, mocking};

/// What to play, and where.
#[derive(Args)]
pub(crate) struct MockArgs {
    /// A built-in connector, or the path of a manifest
    pub connector: String,
    /// The port on this machine; any free one when left out
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Faults to play: `429:3,500:1,slow:2s`
    #[arg(long, value_name = "FAULTS")]
    pub fail: Option<String>,
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

/// Plays it until Ctrl-C.
pub(crate) fn run(args: &MockArgs) -> Result<(), Stop> {
    let connector = std::sync::Arc::new(connector::find(&args.connector)?);
    mocking::transport(&connector)?;
    Ok(())
}
