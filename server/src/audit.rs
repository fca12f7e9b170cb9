//! Acts: what a caller does that the audit log keeps.

use std::time::Instant;

use uuid::Uuid;

use crate::caller::Caller;
use crate::error::ApiError;
use crate::service::Service;
use crate::store::{AuditLog, ConnectorRow, Entry, Setup, now};
use crate::watch::RequestId;

/// Something that a caller does.
pub(crate) struct Act {
    entry: Entry,
    started: Instant,
}

/// An act that has not ended. Where its request takes too long, it is broken off, and stands in the audit log all the same.
struct UnderWay {
    act: Option<Act>,
    audit: AuditLog,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let (Some(act), Ok(runtime)) = (self.act.take(), tokio::runtime::Handle::try_current()) else { return };
        let outcome = if std::thread::panicking() { "internal" } else { "timeout" };
        let (audit, entry) = (self.audit.clone(), act.ended(outcome));
        runtime.spawn(async move { audit.write(entry).await });
    }
}

impl Act {
    /// Begins an act, which ends with [`Act::end`].
    pub(crate) fn begin(caller: &Caller, request_id: &RequestId, operation: impl Into<String>) -> Self {
        let client = caller.client.to_string();
        Self::new(caller.organization, caller.workspace, client, operation.into(), request_id)
    }

    /// Begins the end of a set-up, which whoever has its link does, and no client.
    pub(crate) fn of_setup(setup: &Setup, request_id: &RequestId) -> Self {
        let (client, operation) = ("set-up link".to_owned(), "setup.complete".to_owned());
        Self::new(setup.organization, None, client, operation, request_id).in_setup(setup)
    }

    /// The login that a client came of.
    pub(crate) fn of_login(client: Uuid, organization: Uuid, request_id: &RequestId) -> Self {
        Self::new(organization, None, client.to_string(), "login".to_owned(), request_id)
    }

    fn new(
        organization: Uuid,
        workspace: Option<Uuid>,
        client: String,
        operation: String,
        request_id: &RequestId,
    ) -> Self {
        let entry = Entry {
            id: Uuid::new_v4(),
            at: now(),
            organization,
            workspace,
            connector: None,
            client,
            operation,
            outcome: String::new(),
            milliseconds: 0,
            request_id: request_id.0.clone(),
        };
        Self { entry, started: Instant::now() }
    }

    /// An act on a connector.
    pub(crate) fn on(mut self, row: &ConnectorRow) -> Self {
        self.entry.connector = Some(row.id);
        self.entry.workspace = Some(row.workspace);
        self
    }

    /// An act in a set-up.
    pub(crate) fn in_setup(mut self, setup: &Setup) -> Self {
        self.entry.workspace = Some(setup.workspace);
        self.entry.connector = setup.replaces;
        self
    }

    /// An act in a workspace.
    pub(crate) fn within(mut self, workspace: Uuid) -> Self {
        self.entry.workspace = Some(workspace);
        self
    }

    /// Does it, and answers when the audit log has it.
    pub(crate) async fn end<T>(
        self,
        service: &Service,
        work: impl Future<Output = Result<T, ApiError>>,
    ) -> Result<T, ApiError> {
        self.make(service, work, |act, _| act).await
    }

    /// Does it, where what is made says what the act was on, or within.
    pub(crate) async fn make<T>(
        self,
        service: &Service,
        work: impl Future<Output = Result<T, ApiError>>,
        place: impl FnOnce(Self, &T) -> Self,
    ) -> Result<T, ApiError> {
        let mut under_way = UnderWay { act: Some(self), audit: service.audit.clone() };
        let result = work.await;
        if let Some(act) = under_way.act.take() {
            let act = match &result {
                Ok(made) => place(act, made),
                Err(_) => act,
            };
            service.audit.write(act.ended(result.as_ref().err().map_or("success", |error| error.kind))).await;
        }
        result
    }

    fn ended(self, outcome: &str) -> Entry {
        let milliseconds = i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX);
        Entry { outcome: outcome.to_owned(), milliseconds, ..self.entry }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::store::Place;
    use crate::store::tests::store;

    #[tokio::test]
    async fn what_is_broken_off_stands_in_the_log() {
        let (store, _folder) = store().await;
        let (audit, organization) = (AuditLog::start(store.clone()), Uuid::new_v4());
        let act = Act::of_login(Uuid::new_v4(), organization, &RequestId("r".to_owned()));
        drop(UnderWay { act: Some(act), audit });
        let all = Place { at: i64::MAX, id: None };
        for _ in 0..100 {
            if let [entry] = store.audit(organization, &all, 10).await.unwrap().as_slice() {
                assert_eq!((entry.operation.as_str(), entry.outcome.as_str()), ("login", "timeout"));
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        unreachable!("no entry comes");
    }
}
