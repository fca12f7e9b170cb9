//! What goes over the wire and comes back: a request without secrets, one with them, and a response.

mod body;
mod failure;
mod request;
mod response;

pub use body::{Body, Segment, Upload};
pub use failure::{TransportError, TransportFailure};
pub use request::{Request, SignedRequest, Trust};
pub use response::{Response, ResponseBody};
