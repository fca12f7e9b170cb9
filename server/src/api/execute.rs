//! Executing: one operation of a connector, with the credentials that stay here.

use std::sync::Arc;
use std::time::Instant;

use axum::Extension;
use axum::body::Body as ResponseBody;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tieline::catalog::Subject;
use tieline::execute::Data;
use tieline::plan::{Answer, Operation};
use tieline::{Call, Connection, Envelope};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::audit::Act;
use crate::caller::Caller;
use crate::definitions::Definition;
use crate::error::{ApiError, FieldError};
use crate::extract::{Body, Id, optional_number};
use crate::service::Service;
use crate::store::{ConnectorRow, mode};
use crate::watch::RequestId;

use super::absent::not_offered;
use super::connectors::definition_of;
use super::download;
use super::listed::{Listed, listed};
use super::shape::Shape;

/// The most records that one call gives out; `next` goes on from there.
const MOST_RECORDS: usize = 10_000;

/// A call of an operation.
#[derive(Deserialize, ToSchema)]
pub(super) struct ExecuteRequest {
    /// The entity; empty for `describe`.
    #[schema(max_length = 200)]
    entity: String,
    /// The action. `describe` with an empty entity says what there is.
    #[schema(max_length = 200)]
    action: String,
    /// The operation's parameters.
    #[schema(value_type = Option<Object>, nullable = true)]
    params: Option<Map<String, Value>>,
    /// The only fields of each record that are given out: `id`, `owner.name`.
    #[schema(nullable = true)]
    select_fields: Option<Vec<String>>,
    /// Fields of each record that are left out; ignored when some are selected.
    #[schema(nullable = true)]
    exclude_fields: Option<Vec<String>>,
    /// Whether long texts in lists are given out whole.
    #[serde(default = "yes")]
    #[schema(default = true)]
    skip_truncation: bool,
    /// What the call is for, for whoever reads the audit log; not kept yet.
    #[schema(nullable = true, max_length = 512)]
    #[expect(dead_code, reason = "the peer's clients send it")]
    intent: Option<String>,
    /// Goes on where an answer's `next` says.
    #[schema(nullable = true)]
    next: Option<String>,
    /// All pages of a list at once, up to 10,000 records.
    #[serde(default)]
    all: bool,
    /// No more records than this, from as many pages as that takes.
    #[serde(default, deserialize_with = "optional_number")]
    #[schema(nullable = true, minimum = 1, maximum = 10_000)]
    max_records: Option<usize>,
}

fn yes() -> bool {
    true
}

/// What a call gives back. It is written around the vendor's own bytes; this describes it.
#[derive(Serialize, ToSchema)]
pub(super) struct ExecuteBody {
    /// `success`.
    status: String,
    /// A list's records, or the one record; null where the answer had none.
    result: Option<Value>,
    /// What is about them, by the names that the connector declares: `next_cursor`, `has_more`.
    #[schema(value_type = Option<Object>)]
    connector_metadata: Option<Map<String, Value>>,
    /// What is about the call.
    execution_metadata: ExecutionMetadata,
    /// For a list: goes on from here; null at the end.
    #[schema(nullable = true)]
    next: Option<String>,
    /// Why a list of several pages broke off, where it did; `next` asks for the page that failed.
    #[schema(value_type = Option<Object>, nullable = true)]
    warning: Option<Map<String, Value>>,
}

/// What is about a call.
#[derive(Serialize, ToSchema)]
pub(super) struct ExecutionMetadata {
    /// The connector, as `source_id:…`.
    connector_instance_id: String,
    /// How long it took here and at the vendor's.
    execution_time_ms: u64,
}

/// Executes an operation. A download gives the file itself, or a part of it as JSON where `_airbyte_response_type` is `json`
#[utoipa::path(post, path = "/api/v1/integrations/connectors/{id}/execute", tag = "execute",
    params(("id" = Uuid, Path, description = "The connector")), request_body = ExecuteRequest,
    responses((status = 200, description = "The result, or a file", content(
        (ExecuteBody = "application/json"), (Vec<u8> = "*/*")))))]
pub(super) async fn execute(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Id(id): Id,
    Extension(request_id): Extension<RequestId>,
    Body(request): Body<ExecuteRequest>,
) -> Result<Response, ApiError> {
    let row = caller.connector(&service, id).await?;
    // What nobody's connector has is not repeated at length.
    let name = |text: &str| text.chars().filter(|c| !c.is_control()).take(100).collect::<String>();
    let what = format!("execute {}.{}", name(&request.entity), name(&request.action));
    let executed = Act::begin(&caller, &request_id, what).on(&row).end(&service, run(&service, &row, request)).await;
    let connector = service.definitions.of_id(row.definition).map_or("none", |definition| definition.name());
    service.metrics.executed(connector, executed.as_ref().err().map_or("success", |error| error.kind));
    executed
}

async fn run(service: &Service, row: &ConnectorRow, request: ExecuteRequest) -> Result<Response, ApiError> {
    let started = Instant::now();
    let definition = definition_of(service, row)?;
    let instance = Instance { id: row.id, started };
    match request.action.as_str() {
        "describe" if request.entity.is_empty() => {
            return Ok(instance.answer(&describe(row, &definition)?, None, None, None));
        }
        "context_store_search" | "context_store_sql_query" => {
            let mut error = not_offered("a copy of the data to search");
            // An agent reads what it may do instead, and goes on.
            error.status = StatusCode::UNPROCESSABLE_ENTITY;
            return Err(error.help("use the connector's own `list`, `search` and `query` actions"));
        }
        _ => {}
    }
    let operation = permitted(row, &definition, &request)?;
    if let Some(why) = &row.reauthorize {
        return Err(reauthorize(service, row, why).await);
    }
    let connection = service.connections.of(row, &definition).await?;
    match called(service, &connection, &operation, request, instance).await {
        Ok(response) => Ok(response),
        Err(error) if error.status == StatusCode::FAILED_DEPENDENCY => {
            // A renewal may have been refused just now.
            let now = service.store.connector(row.organization, None, row.id).await?;
            match now.and_then(|row| row.reauthorize) {
                Some(why) => {
                    let mut told = reauthorize(service, row, &why).await;
                    told.vendor = error.vendor.clone();
                    Err(told)
                }
                None => Err(error),
            }
        }
        Err(error) => Err(error),
    }
}

/// The operation that is asked for, if hosted callers may use it and this connector exposes it.
fn permitted(
    row: &ConnectorRow,
    definition: &Definition,
    request: &ExecuteRequest,
) -> Result<Arc<Operation>, ApiError> {
    // Clients of the peer before its renaming say `api_search`.
    let action = if request.action == "api_search" { "search" } else { &request.action };
    let operation = definition.connector.operation(&request.entity, action).map_err(|error| {
        let at = if error.kind() == tieline::ErrorKind::UnknownEntity { "entity" } else { "action" };
        let mut told = ApiError::from(error);
        told.errors = vec![FieldError::new(at, &told.message)];
        told
    })?;
    if operation.internal {
        let message = format!("`{}` is not for hosted callers", operation.name());
        return Err(ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "refused", message));
    }
    if !row.exposes(operation) {
        let message = format!("this connector does not let callers {} `{}`", mode(operation), request.entity);
        return Err(ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "not_exposed", message));
    }
    Ok(operation.clone())
}

/// The credentials are worth nothing any more: why, and where somebody can sign in anew.
async fn reauthorize(service: &Service, row: &ConnectorRow, why: &str) -> ApiError {
    let message = format!("somebody has to sign in anew: {why}");
    let mut error = ApiError::new(StatusCode::FAILED_DEPENDENCY, "reauthorize", message);
    error.setup_url = crate::setup::link_for(service, row).await.ok();
    error.help("open setup_url in a browser; it works once")
}

async fn called(
    service: &Service,
    connection: &Connection,
    operation: &Operation,
    request: ExecuteRequest,
    instance: Instance,
) -> Result<Response, ApiError> {
    let mut params = request.params.unwrap_or_default();
    if let Answer::File(_) = operation.answer {
        let wanted = download::Wanted::take(&mut params)?;
        let call = connection.call(&operation.entity, &operation.action).params(params.into());
        return download::answer(call, wanted, &instance).await;
    }
    let limit = universal_limit(operation, &mut params)?;
    let cuts = !request.skip_truncation && (operation.is_list() || operation.action == "search");
    let selected = request.select_fields.unwrap_or_default();
    let excluded = if selected.is_empty() { request.exclude_fields.unwrap_or_default() } else { Vec::new() };
    let mut call: Call = connection.call(&operation.entity, &operation.action).params(params.into()).validated();
    call = call.fields(selected);
    if request.max_records.is_some_and(|records| !(1..=MOST_RECORDS).contains(&records)) {
        let message = format!("must be 1 to {MOST_RECORDS}; `next` goes on from there");
        return Err(ApiError::unfit("max_records", message));
    }
    let wanted = request.max_records.or(limit);
    let most = wanted.or(request.all.then_some(MOST_RECORDS)).filter(|_| operation.has_pages());
    if let Some(records) = most {
        call = call.max_records(records.min(MOST_RECORDS));
    }
    // Where a list goes on is a URL of the vendor's, perhaps: one that this operation was given, and no other.
    let purpose = format!("{} {}", instance.id, operation.name());
    if let Some(next) = request.next {
        let unknown = || ApiError::unfit("next", "is not from an earlier answer to this call");
        call = call.next(service.signer.unbound(&purpose, &next).await.ok_or_else(unknown)?);
    }
    let bound = |next: Option<String>| next.map(|next| service.signer.bound(&purpose, &next)).transpose();
    let answered = match most {
        Some(_) => listed(call).await,
        None => call.execute().await.map(|envelope| Listed { envelope, warning: None }),
    };
    let Listed { envelope: Envelope { data, meta, next }, warning } = match answered {
        Ok(listed) => listed,
        Err(error) => {
            let mut told = ApiError::from(error);
            told.next = bound(told.next.take())?;
            return Err(told);
        }
    };
    let next = next.map(bound).transpose()?;
    let shape = Shape::new(&excluded, cuts);
    let mut result = Vec::new();
    match data {
        Data::Nothing | Data::File(_) => result.extend(b"null"),
        Data::Record(record) => result.extend(shape.apply(record).as_bytes()),
        Data::Records(records) => {
            result.reserve(records.iter().map(|record| record.as_bytes().len() + 1).sum::<usize>() + 2);
            result.push(b'[');
            for (number, record) in records.into_iter().enumerate() {
                if number > 0 {
                    result.push(b',');
                }
                result.extend(shape.apply(record).as_bytes());
            }
            result.push(b']');
        }
    }
    let meta = (!meta.is_empty()).then(|| {
        let mut text = Vec::from(*b"{");
        for (number, (name, value)) in meta.iter().enumerate() {
            if number > 0 {
                text.push(b',');
            }
            text.extend(Value::from(name.as_str()).to_string().into_bytes());
            text.push(b':');
            text.extend(value.as_bytes());
        }
        text.push(b'}');
        text
    });
    Ok(instance.answer(&result, meta.as_deref(), next, warning))
}

/// The peer's clients give `limit` to any list, whatever its API calls the size of a page: where the operation has no such parameter,
/// it becomes the size of the page, or, where that cannot be, the most records that are given out.
fn universal_limit(operation: &Operation, params: &mut Map<String, Value>) -> Result<Option<usize>, ApiError> {
    const LIMIT: &str = "limit";
    let is_ours = operation.is_list() && operation.meant(LIMIT).is_none() && !operation.takes_other(LIMIT);
    let Some(given) = params.get(LIMIT).filter(|_| is_ours) else { return Ok(None) };
    let limit = given.as_u64().filter(|limit| *limit > 0);
    let limit = limit.ok_or_else(|| ApiError::unfit("params.limit", "must be a whole number of 1 or more"))?;
    params.shift_remove(LIMIT);
    let size = operation.pagination.as_ref().and_then(|pagination| pagination.paging().size);
    let size = size.filter(|size| size.most.is_none_or(|most| limit <= u64::from(most)));
    match size.filter(|size| !params.contains_key(&size.name.value)) {
        Some(size) => {
            params.insert(size.name.value.clone(), limit.into());
            Ok(None)
        }
        None => Ok(Some(usize::try_from(limit).unwrap_or(usize::MAX))),
    }
}

/// Which connector is called, and since when.
pub(super) struct Instance {
    pub id: Uuid,
    pub started: Instant,
}

impl Instance {
    /// The answer, around a result that is JSON already.
    pub(super) fn answer(
        &self,
        result: &[u8],
        meta: Option<&[u8]>,
        next: Option<Option<String>>,
        warning: Option<Value>,
    ) -> Response {
        let metadata = ExecutionMetadata {
            connector_instance_id: format!("source_id:{}", self.id),
            execution_time_ms: u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX),
        };
        let mut body = Vec::with_capacity(result.len() + 256);
        body.extend(br#"{"status":"success","result":"#);
        body.extend(result);
        body.extend(br#","connector_metadata":"#);
        body.extend(meta.unwrap_or(b"null"));
        body.extend(br#","execution_metadata":"#);
        body.extend(serde_json::to_vec(&metadata).unwrap_or_default());
        if let Some(next) = next {
            body.extend(br#","next":"#);
            body.extend(serde_json::to_vec(&next).unwrap_or_default());
        }
        if let Some(warning) = warning {
            body.extend(br#","warning":"#);
            body.extend(warning.to_string().into_bytes());
        }
        body.push(b'}');
        let json = HeaderValue::from_static("application/json");
        ([(CONTENT_TYPE, json)], ResponseBody::from(body)).into_response()
    }
}

/// What the connector offers, as far as callers may use it.
fn describe(row: &ConnectorRow, definition: &Definition) -> Result<Vec<u8>, ApiError> {
    let connector = &definition.connector;
    let entities = connector.entities()?;
    let exposed =
        entities.into_iter().filter(|entity| entity.operations().any(|operation| row.offers(operation))).collect();
    let mut json = Subject::Connector(exposed).to_json(connector);
    let is_shown = |entity: &Value, action: &Value| {
        let (Some(entity), Some(action)) = (entity.as_str(), action.as_str()) else { return false };
        connector.operation(entity, action).is_ok_and(|operation| row.offers(operation))
    };
    if let Some(operations) = json.get_mut("operations").and_then(Value::as_array_mut) {
        operations.retain(|operation| is_shown(&operation["entity"], &operation["action"]));
    }
    for entity in json.get_mut("entities").and_then(Value::as_array_mut).into_iter().flatten() {
        let name = entity["name"].clone();
        if let Some(actions) = entity.get_mut("actions").and_then(Value::as_array_mut) {
            actions.retain(|action| is_shown(&name, action));
        }
    }
    Ok(serde_json::to_vec(&json).unwrap_or_default())
}
