//! Organizations: which ones a client belongs to, what is connected in one, and who did what.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::caller::{AnyOrganization, WholeOrganization};
use crate::error::ApiError;
use crate::extract::{Id, Query};
use crate::service::Service;
use crate::store::{Entry, Place, WorkspaceFilter, time};

use super::workspaces::{limit, page};

/// The organizations of a client.
#[derive(Serialize, ToSchema)]
pub(super) struct OrganizationList {
    /// The organizations.
    organizations: Vec<OrganizationBody>,
    /// Never: an operator works on the server itself.
    is_instance_admin: bool,
}

/// An organization.
#[derive(Serialize, ToSchema)]
pub(super) struct OrganizationBody {
    /// Its id.
    id: Uuid,
    /// What people call it.
    organization_name: String,
    /// Its first workspace, by name.
    first_workspace_id: Option<Uuid>,
}

/// Lists the organizations that the client belongs to
#[utoipa::path(get, path = "/api/v1/internal/account/organizations", tag = "organizations",
    responses((status = 200, body = OrganizationList)))]
pub(super) async fn list(
    State(service): State<Arc<Service>>,
    AnyOrganization(claims): AnyOrganization,
) -> Result<Json<OrganizationList>, ApiError> {
    let mut organizations = Vec::new();
    for id in claims.orgs {
        let Some(organization) = service.store.organization(id).await? else { continue };
        let first = service.store.workspaces(id, &WorkspaceFilter::default(), 1).await?;
        organizations.push(OrganizationBody {
            id,
            organization_name: organization.name,
            first_workspace_id: first.first().map(|workspace| workspace.id),
        });
    }
    Ok(Json(OrganizationList { organizations, is_instance_admin: false }))
}

/// Which part of a list is wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Part {
    /// The most that are listed; 20 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// How many are left out first.
    #[param(minimum = 0)]
    offset: Option<i64>,
}

/// What is connected in an organization.
#[derive(Serialize, ToSchema)]
pub(super) struct CredentialList {
    /// The connectors, by name.
    data: Vec<CredentialBody>,
    /// How many there are.
    total: i64,
}

/// A connector with its place in the organization.
#[derive(Serialize, ToSchema)]
pub(super) struct CredentialBody {
    /// The connector's id.
    id: Uuid,
    /// The workspace that it is in.
    workspace_id: Uuid,
    /// That workspace's name.
    workspace_name: String,
    /// Whether that workspace is deleted.
    workspace_tombstone: bool,
    /// The connector's definition.
    connector_definition_id: Uuid,
    /// What people call the connector.
    connector_name: String,
    /// `DIRECT`.
    connector_mode: &'static str,
    /// When it was made.
    created_at: String,
    /// Not counted here.
    last_accessed_at: Option<String>,
    /// Always null: there is no copy of the data to search.
    #[schema(value_type = Option<Object>)]
    context_store_status: Option<Value>,
    /// Always null: there is no copy of the data to search.
    context_store_entity_count: Option<i64>,
}

/// Lists what is connected in an organization
#[utoipa::path(get, path = "/api/v1/organizations/{id}/credentials", tag = "organizations",
    params(("id" = Uuid, Path, description = "The organization"), Part), responses((status = 200, body = CredentialList)))]
pub(super) async fn credentials(
    State(service): State<Arc<Service>>,
    WholeOrganization(caller): WholeOrganization,
    Id(id): Id,
    Query(part): Query<Part>,
) -> Result<Json<CredentialList>, ApiError> {
    if id != caller.organization {
        return Err(ApiError::not_found("organization"));
    }
    let limit = limit(part.limit)?;
    let offset = part.offset.unwrap_or_default();
    if offset < 0 {
        return Err(ApiError::unfit("offset", "must be 0 or more"));
    }
    let rows = service.store.connectors_of(id, None, limit, offset).await?;
    let total = service.store.count_connectors(id).await?;
    let mut data = Vec::new();
    for row in page(rows, limit).0 {
        let Some(workspace) = service.store.workspace(id, row.workspace).await? else { continue };
        data.push(CredentialBody {
            id: row.id,
            workspace_id: workspace.id,
            workspace_name: workspace.name,
            workspace_tombstone: false,
            connector_definition_id: row.definition,
            connector_name: row.name,
            connector_mode: "DIRECT",
            created_at: time(row.created_at),
            last_accessed_at: None,
            context_store_status: None,
            context_store_entity_count: None,
        });
    }
    Ok(Json(CredentialList { data, total }))
}

/// Which part of the audit log is wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AuditPart {
    /// The most entries that are listed; 20 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Only entries before this time, in milliseconds since 1970.
    before: Option<i64>,
    /// Where to go on, from `next_cursor`.
    #[param(pattern = "^[0-9]{1,18}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    cursor: Option<String>,
}

/// The newest entries of the audit log.
#[derive(Serialize, ToSchema)]
pub(super) struct AuditList {
    /// The entries, the newest first.
    data: Vec<AuditEntry>,
    /// Goes on from here; null at the end.
    next_cursor: Option<String>,
}

/// Who did what, when, and how it ended.
#[derive(Serialize, ToSchema)]
pub(super) struct AuditEntry {
    /// When, in milliseconds since 1970.
    at: i64,
    /// The same, for people.
    time: String,
    /// Whose token it was.
    client: String,
    /// What was done: `connectors.create`, or `execute users.list`.
    operation: String,
    /// `success`, or the kind of error.
    outcome: String,
    /// How long it took.
    milliseconds: i64,
    /// The workspace, where it was in one.
    workspace_id: Option<Uuid>,
    /// The connector, where it was about one.
    connector_id: Option<Uuid>,
    /// The request.
    request_id: String,
}

/// Reads an organization's audit log
#[utoipa::path(get, path = "/api/v1/organizations/{id}/audit", tag = "organizations",
    params(("id" = Uuid, Path, description = "The organization"), AuditPart), responses((status = 200, body = AuditList)))]
pub(super) async fn audit(
    State(service): State<Arc<Service>>,
    WholeOrganization(caller): WholeOrganization,
    Id(id): Id,
    Query(part): Query<AuditPart>,
) -> Result<Json<AuditList>, ApiError> {
    if id != caller.organization {
        return Err(ApiError::not_found("organization"));
    }
    let from = match part.cursor.as_deref() {
        None | Some("") => Place { at: part.before.unwrap_or(i64::MAX), id: None },
        Some(text) => Place::read(text).ok_or_else(|| ApiError::unfit("cursor", "is not from an earlier answer"))?,
    };
    let limit = limit(part.limit)?;
    let (entries, has_more) = page(service.store.audit(id, &from, limit).await?, limit);
    let next_cursor = entries.last().filter(|_| has_more).map(|last| Place::before(last).to_string());
    let entry = |entry: Entry| AuditEntry {
        at: entry.at,
        time: time(entry.at),
        client: entry.client,
        operation: entry.operation,
        outcome: entry.outcome,
        milliseconds: entry.milliseconds,
        workspace_id: entry.workspace,
        connector_id: entry.connector,
        request_id: entry.request_id,
    };
    Ok(Json(AuditList { data: entries.into_iter().map(entry).collect(), next_cursor }))
}
