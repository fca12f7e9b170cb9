//! What somebody entered that did not do: kept until they try again, without secrets, so that no page is the answer to a form.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::service::Service;
use crate::store::{Setup, StoreError};

use super::form::Asking;
use super::told::{NAME, Told};

/// What somebody entered.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Draft {
    /// The values that are no secrets, by form field.
    pub values: HashMap<String, String>,
    /// Whether there were secrets too.
    pub had_secrets: bool,
    /// What they are told about it.
    pub told: Option<Told>,
}

impl Draft {
    /// What was sent, and what is told about it.
    pub(super) fn of(asking: &Asking<'_>, told: Option<Told>) -> Self {
        let mut draft = Self { told, ..Self::default() };
        let config = asking.definition.connector.head().config.keys().map(|name| (format!("config.{name}"), false));
        let fields = asking.way().into_iter().flat_map(|(_, scheme)| &scheme.fields);
        let fields = fields.map(|(name, field)| (format!("credentials.{name}"), field.is_secret()));
        for (field, is_secret) in config.chain(fields).chain([(NAME.to_owned(), false)]) {
            if is_secret {
                draft.had_secrets |= asking.sent.text(&field).is_some();
            } else if asking.sent.has(&field) {
                let text = asking.sent.text(&field).unwrap_or_default().to_owned();
                draft.values.insert(field, text);
            }
        }
        draft
    }

    /// Keeps it, in the place of the one before.
    pub(super) async fn keep(&self, service: &Service, setup: &Setup) -> Result<(), StoreError> {
        service.store.put_draft(setup.id, &serde_json::to_string(self).unwrap_or_default()).await
    }

    /// The one that is kept.
    pub(super) async fn of_setup(service: &Service, setup: &Setup) -> Result<Self, StoreError> {
        let kept = service.store.draft(setup.id).await?;
        Ok(kept.and_then(|plain| serde_json::from_slice(&plain).ok()).unwrap_or_default())
    }
}
