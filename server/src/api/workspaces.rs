//! Workspaces of an organization. One is made by asking for a token of it.

use std::sync::Arc;

use axum::Extension;
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::audit::Act;
use crate::caller::{Caller, WholeOrganization};
use crate::error::ApiError;
use crate::extract::{Body, Id, Name, Query, name};
use crate::service::Service;
use crate::store::{Workspace, WorkspaceFilter, now, time};
use crate::watch::RequestId;

/// A workspace.
#[derive(Serialize, ToSchema)]
pub(super) struct WorkspaceBody {
    /// Its id.
    id: Uuid,
    /// What people call it.
    name: String,
    /// The organization that it belongs to.
    organization_id: Uuid,
    /// `active` or `inactive`.
    status: &'static str,
    /// Always null: there is no copy of the data.
    cache_enabled: Option<bool>,
    /// Whether it is deleted.
    tombstone: bool,
    /// When it was made.
    created_at: String,
    /// When it was changed last.
    updated_at: String,
}

impl WorkspaceBody {
    fn new(workspace: Workspace) -> Self {
        Self {
            id: workspace.id,
            name: workspace.name,
            organization_id: workspace.organization,
            status: if workspace.is_active { "active" } else { "inactive" },
            cache_enabled: None,
            tombstone: false,
            created_at: time(workspace.created_at),
            updated_at: time(workspace.updated_at),
        }
    }
}

/// Whether a workspace is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    /// It is used.
    Active,
    /// It is marked as not used; its connectors go on to work.
    Inactive,
}

/// Which workspaces are listed.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListWorkspaces {
    /// What the name must contain, in any case.
    name_contains: Option<String>,
    /// `active` or `inactive`.
    #[param(inline)]
    status: Option<Status>,
    /// The most that are listed; 20 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where to go on, from `next`.
    cursor: Option<String>,
}

/// Workspaces.
#[derive(Serialize, ToSchema)]
pub(super) struct WorkspaceList {
    /// The workspaces, by name.
    data: Vec<WorkspaceBody>,
    /// The URL that goes on from here; null at the end.
    next: Option<String>,
    /// The same, as the `cursor` of the next request.
    next_cursor: Option<String>,
}

/// How many are listed when nobody says, here and in other lists.
pub(super) fn limit(given: Option<i64>) -> Result<i64, ApiError> {
    match given.unwrap_or(20) {
        limit @ 1..=100 => Ok(limit),
        _ => Err(ApiError::unfit("limit", "must be 1 to 100")),
    }
}

/// The rows of a page, of which one more was read, and whether there are more.
pub(super) fn page<T>(mut rows: Vec<T>, limit: i64) -> (Vec<T>, bool) {
    let shown = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = rows.len() > shown;
    rows.truncate(shown);
    (rows, has_more)
}

/// Lists the workspaces of the organization
#[utoipa::path(get, path = "/api/v1/workspaces", tag = "workspaces",
    params(ListWorkspaces), responses((status = 200, body = WorkspaceList)))]
pub(super) async fn list(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Query(query): Query<ListWorkspaces>,
) -> Result<Json<WorkspaceList>, ApiError> {
    let limit = limit(query.limit)?;
    for (field, text) in [("name_contains", &query.name_contains), ("cursor", &query.cursor)] {
        if text.as_ref().is_some_and(|text| text.contains('\0')) {
            return Err(ApiError::unfit(field, "must not contain a null character"));
        }
    }
    let filter = WorkspaceFilter {
        only: caller.workspace,
        name_contains: query.name_contains.clone(),
        is_active: query.status.map(|status| status == Status::Active),
        after: query.cursor,
    };
    let (found, has_more) = page(service.store.workspaces(caller.organization, &filter, limit).await?, limit);
    let next_cursor = found.last().filter(|_| has_more).map(|last| last.name.clone());
    let next = next_cursor.as_ref().map(|cursor| {
        let mut query_text = url::form_urlencoded::Serializer::new(String::new());
        query_text.append_pair("limit", &limit.to_string()).append_pair("cursor", cursor);
        if let Some(part) = &query.name_contains {
            query_text.append_pair("name_contains", part);
        }
        if let Some(status) = query.status {
            query_text.append_pair("status", if status == Status::Active { "active" } else { "inactive" });
        }
        service.url(&format!("/api/v1/workspaces?{}", query_text.finish()))
    });
    Ok(Json(WorkspaceList { data: found.into_iter().map(WorkspaceBody::new).collect(), next, next_cursor }))
}

/// How many workspaces there are.
#[derive(Serialize, ToSchema)]
pub(super) struct Stats {
    /// Those that are used.
    active_count: i64,
    /// Those that are kept, and not used.
    inactive_count: i64,
    /// All.
    total_count: i64,
}

/// Counts the workspaces of the organization
#[utoipa::path(get, path = "/api/v1/workspaces/stats", tag = "workspaces", responses((status = 200, body = Stats)))]
pub(super) async fn stats(State(service): State<Arc<Service>>, caller: Caller) -> Result<Json<Stats>, ApiError> {
    let (active, inactive) = service.store.workspace_counts(caller.organization, caller.workspace).await?;
    Ok(Json(Stats { active_count: active, inactive_count: inactive, total_count: active + inactive }))
}

/// Reads a workspace
#[utoipa::path(get, path = "/api/v1/workspaces/{id}", tag = "workspaces",
    params(("id" = Uuid, Path, description = "The workspace")), responses((status = 200, body = WorkspaceBody)))]
pub(super) async fn get(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<WorkspaceBody>, ApiError> {
    Ok(Json(WorkspaceBody::new(caller.workspace(&service, id).await?)))
}

/// What changes about a workspace; what is left out stays.
#[derive(Deserialize, ToSchema)]
pub(super) struct UpdateWorkspace {
    /// What people call it.
    #[schema(value_type = Option<Name>, nullable = true)]
    name: Option<String>,
    /// `active` or `inactive`.
    #[schema(nullable = true)]
    status: Option<Status>,
}

/// Changes a workspace
#[utoipa::path(put, path = "/api/v1/workspaces/{id}", tag = "workspaces",
    params(("id" = Uuid, Path, description = "The workspace")),
    request_body = UpdateWorkspace, responses((status = 200, body = WorkspaceBody)))]
pub(super) async fn update(
    State(service): State<Arc<Service>>,
    WholeOrganization(caller): WholeOrganization,
    Id(id): Id,
    Extension(request_id): Extension<RequestId>,
    Body(request): Body<UpdateWorkspace>,
) -> Result<Json<WorkspaceBody>, ApiError> {
    let mut workspace = caller.workspace(&service, id).await?;
    let changing = async {
        if let Some(text) = &request.name {
            workspace.name = name("name", text)?;
        }
        if let Some(status) = request.status {
            workspace.is_active = status == Status::Active;
        }
        workspace.updated_at = now();
        if !service.store.change_workspace(&workspace).await? {
            return Err(ApiError::new(StatusCode::CONFLICT, "conflict", "there is another workspace of this name"));
        }
        Ok(Json(WorkspaceBody::new(workspace)))
    };
    Act::begin(&caller, &request_id, "workspaces.update").within(id).end(&service, changing).await
}

/// A workspace that is gone.
#[derive(Serialize, ToSchema)]
pub(super) struct DeletedWorkspace {
    /// Its id.
    id: Uuid,
    /// When it was deleted.
    deleted_at: String,
}

/// Deletes a workspace with its connectors, and with what they sign in with
#[utoipa::path(delete, path = "/api/v1/workspaces/{id}", tag = "workspaces",
    params(("id" = Uuid, Path, description = "The workspace")), responses((status = 200, body = DeletedWorkspace)))]
pub(super) async fn delete(
    State(service): State<Arc<Service>>,
    WholeOrganization(caller): WholeOrganization,
    Id(id): Id,
    Extension(request_id): Extension<RequestId>,
) -> Result<Json<DeletedWorkspace>, ApiError> {
    let workspace = caller.workspace(&service, id).await?;
    let deleting = async {
        let at = service.store.delete_workspace(&workspace).await?;
        Ok(Json(DeletedWorkspace { id, deleted_at: time(at) }))
    };
    Act::begin(&caller, &request_id, "workspaces.delete").within(id).end(&service, deleting).await
}
