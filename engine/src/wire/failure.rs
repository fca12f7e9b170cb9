//! No answer came, or not all of it.

/// Why no answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransportFailure {
    /// No connection was made, so nothing was sent.
    Connect,
    /// The connection broke; the API may have done what was asked.
    Broken,
    /// No answer in time; the API may have done what was asked.
    Timeout,
    /// The transport will not call this address.
    Refused,
}

impl TransportFailure {
    /// The name in spans and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Broken => "broken",
            Self::Timeout => "timeout",
            Self::Refused => "refused",
        }
    }
}

/// No answer came.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct TransportError {
    /// Why.
    pub failure: TransportFailure,
    /// What happened, without secrets.
    pub message: String,
}
