//! An API played from its manifest: stateful, paged, with faults to order.
//!
//! A [`Mock`] answers the requests of a connector as its manifest describes the API. It is a [`tieline::transport::Transport`],
//! so that a connection can use it in process, and [`serve`] plays it over HTTP.
//!
//! ```
//! # use std::sync::Arc;
//! # fn connect(connector: tieline::Connector) -> Result<(), Box<dyn std::error::Error>> {
//! use tieline_mock::{Faults, Mock, MockOptions};
//!
//! let connector = Arc::new(connector);
//! let faults = Faults::parse("429:1@0,drop:1")?;
//! let mock = Mock::new(connector.clone(), MockOptions { faults, ..MockOptions::default() });
//! let connection = tieline::Connection::builder(connector).transport(Arc::new(mock)).connect()?;
//! # Ok(())
//! # }
//! ```

mod check;
mod draft;
mod failure;
mod faults;
mod file;
mod given;
mod kind;
mod mock;
mod page;
mod play;
mod received;
mod route;
mod sample;
mod schemas;
mod serve;
mod sign_in;
mod state;
mod token;
mod transport;

pub use faults::Faults;
pub use given::ReceivedUpload;
pub use mock::{Dropped, Mock, MockOptions};
pub use received::Received;
pub use sample::text_matching;
pub use serve::serve;
pub use sign_in::SignIn;
