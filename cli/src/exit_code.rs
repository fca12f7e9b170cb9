//! The exit codes of `tieline`: what a script may act on.

use tieline::ErrorKind;

/// It worked; or nobody reads the output any more.
pub(crate) const SUCCESS: u8 = 0;
/// The API, the network or the machine failed, or the caller gave up. Trying again later may help.
pub(crate) const FAILURE: u8 = 1;
/// The credentials do not do: missing, malformed, or turned down by the API.
pub(crate) const CREDENTIALS: u8 = 2;
/// What was asked for does not exist.
pub(crate) const NOT_FOUND: u8 = 3;
/// The input is wrong: the command line, the parameters, or a manifest.
pub(crate) const INPUT: u8 = 4;

/// The exit code that a failed call ends with.
pub(crate) fn of(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::InvalidInput | ErrorKind::InvalidManifest | ErrorKind::Rejected => INPUT,
        ErrorKind::UnknownConnector | ErrorKind::UnknownEntity | ErrorKind::UnknownAction | ErrorKind::NotFound => {
            NOT_FOUND
        }
        ErrorKind::Credentials | ErrorKind::Unauthorized | ErrorKind::Forbidden => CREDENTIALS,
        ErrorKind::RateLimited
        | ErrorKind::Unavailable
        | ErrorKind::Timeout
        | ErrorKind::Cancelled
        | ErrorKind::UnexpectedResponse
        | ErrorKind::TooLarge
        | ErrorKind::Refused => FAILURE,
    }
}
