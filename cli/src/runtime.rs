//! Runs what waits: on this one thread, until it is done or the user gives up.

use std::future::Future;
use std::time::Duration;

use tieline::{Error, ErrorKind};

use crate::stop::Stop;
use crate::token_file::renewals_end;

/// How long the end waits for a token that is being renewed.
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
        let result = tokio::select! {
            biased;
            result = work => result,
            () = interrupted() => Err(cancelled().into()),
        };
        // Work may end while a renewal goes on that it no longer waits for: after a deadline, say.
        tokio::select! {
            biased;
            () = renewals_end(PATIENCE) => {}
            () = interrupted() => {}
        }
        result
    });
    // A thread may still wait for stdin, and would keep the process.
    runtime.shutdown_background();
    result
}

/// The error of a caller who gave up.
pub(crate) fn cancelled() -> Error {
    Error::new(ErrorKind::Cancelled, "interrupted")
}

/// Comes back after Ctrl-C.
pub(crate) async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use tieline::auth::AccessToken;
    use tieline::connect::TokenStore;

    use super::*;
    use crate::token_file::FileTokenStore;

    #[test]
    fn the_end_waits_for_a_token_that_is_being_renewed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens.json");
        let store = FileTokenStore::tokens(&path);
        let started = run(async {
            let lease = TokenStore::lease(&store, "key").await?;
            let version = store.load("key").await?.version;
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(200)).await;
                let _lease = lease;
                TokenStore::commit(&store, "key", version, AccessToken::new("a1")).await
            });
            Ok(())
        });
        assert!(started.is_ok());
        assert!(std::fs::read_to_string(&path).unwrap().contains("a1"));
    }
}
