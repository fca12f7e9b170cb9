//! Acts: what a caller does that the audit log keeps.

use std::time::Instant;

use uuid::Uuid;

use crate::caller::Caller;
use crate::error::ApiError;
use crate::service::Service;
use crate::store::{ConnectorRow, Entry, Setup, now};
use crate::watch::RequestId;

/// Something that a caller does.
pub(crate) struct Act {
    entry: Entry,
    started: Instant,
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
        let result = work.await;
        let Self { mut entry, started } = match &result {
            Ok(made) => place(self, made),
            Err(_) => self,
        };
        entry.outcome = result.as_ref().err().map_or("success", |error| error.kind).to_owned();
        entry.milliseconds = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
        service.audit.write(entry).await;
        result
    }
}
