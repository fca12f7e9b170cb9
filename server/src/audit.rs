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
        let mut act = Self::new(setup.organization, Some(setup.workspace), client, operation, request_id);
        act.entry.connector = setup.replaces;
        act
    }

    fn new(
        organization: Uuid,
        workspace: Option<Uuid>,
        client: String,
        operation: String,
        request_id: &RequestId,
    ) -> Self {
        let entry = Entry {
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
        let result = work.await;
        self.write(service, result).await
    }

    /// Does it, where what is made is a connector.
    pub(crate) async fn make(
        self,
        service: &Service,
        work: impl Future<Output = Result<ConnectorRow, ApiError>>,
    ) -> Result<ConnectorRow, ApiError> {
        let result = work.await;
        let act = match &result {
            Ok(made) => self.on(made),
            Err(_) => self,
        };
        act.write(service, result).await
    }

    async fn write<T>(mut self, service: &Service, result: Result<T, ApiError>) -> Result<T, ApiError> {
        self.entry.outcome = result.as_ref().err().map_or("success", |error| error.kind).to_owned();
        self.entry.milliseconds = i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX);
        service.audit.write(self.entry).await;
        result
    }
}
