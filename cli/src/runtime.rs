//! Runs what waits: on this one thread, until it is done or the user gives up.

use std::future::Future;
use std::time::Duration;

use tieline::{Error, ErrorKind};

use crate::stop::Stop;
use crate::token_file::renewals_end;

/// How long Ctrl-C waits for a token that is being renewed.
const PATIENCE: Duration = Duration::from_secs(5);

/// Runs it to its end, or to Ctrl-C (a second one does not wait for anything).
///
/// # Errors
/// Those of the work; `cancelled` after Ctrl-C.
pub(crate) fn run<T>(work: impl Future<Output = Result<T, Stop>>) -> Result<T, Stop> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::new(ErrorKind::Unavailable, format!("the system gives no event loop: {error}")))?;
    let result = runtime.block_on(async {
        tokio::select! {
            biased;
            result = work => result,
            () = interrupted() => {
                tokio::select! {
                    () = renewals_end(PATIENCE) => {}
                    () = interrupted() => {}
                }
                Err(Error::new(ErrorKind::Cancelled, "interrupted").into())
            }
        }
    });
    // A thread may still wait for stdin, and would keep the process.
    runtime.shutdown_background();
    result
}

/// Comes back after Ctrl-C.
pub(crate) async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
