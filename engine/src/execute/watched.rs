//! Calls as an operator sees them: each in a span, with how long it took and how it ended.

use std::time::Instant;

use futures_util::future::BoxFuture;
use tracing::{Instrument as _, Span};

use crate::connect::Connection;
use crate::error::Error;
use crate::observe::{self, Subject};

use super::call::Call;

/// A call that is observed, or a page of a list that is taken page by page.
pub(super) struct Watched {
    span: Span,
    metered: Option<Metered>,
}

/// What metrics say of a call after it is gone. Kept only when somebody takes metrics.
pub(super) struct Metered {
    connection: Connection,
    entity: String,
    action: String,
    start: Instant,
}

impl Watched {
    /// Begins to observe.
    pub(super) fn start(call: &Call) -> Self {
        let subject =
            Subject { connector: call.connection.connector().name(), entity: &call.entity, action: &call.action };
        Self { span: subject.span(), metered: Metered::start(call) }
    }

    /// Runs what is observed, and says how it ended. It is kept in a box: a call is some kilobytes that would be moved about.
    pub(super) async fn run<T>(self, what: BoxFuture<'_, Result<T, Error>>) -> Result<T, Error> {
        let result = what.instrument(self.span.clone()).await;
        if let Err(error) = &result {
            observe::failed(&self.span, error);
        }
        if let Some(metered) = &self.metered {
            metered.subject().ended(metered.seconds(), result.as_ref().err());
        }
        result
    }
}

impl Metered {
    pub(super) fn start(call: &Call) -> Option<Self> {
        observe::is_metered().then(|| Self {
            connection: call.connection.clone(),
            entity: call.entity.clone(),
            action: call.action.clone(),
            start: call.connection.inner.clock.instant(),
        })
    }

    pub(super) fn subject(&self) -> Subject<'_> {
        Subject { connector: self.connection.connector().name(), entity: &self.entity, action: &self.action }
    }

    fn seconds(&self) -> f64 {
        self.connection.inner.clock.instant().duration_since(self.start).as_secs_f64()
    }
}
