//! A connector, compiled: checked, references followed, ready to run. Immutable and shared.

mod compile;
mod connector;
mod lazy;
mod operation;

pub(crate) use compile::compile;
pub use connector::{Connector, Entity, Head};
pub use lazy::Lazy;
pub use operation::{Answer, Example, Method, Operation, Param, PathPart};
