//! An operation, for people.

use tieline::ErrorKind;
use tieline::manifest::{self, Effect, SchemeChoice};
use tieline::paginate::Pagination;
use tieline::plan::{self, Operation, Param, PathPart};

use super::call::Calls;
use super::{Places, limits, line, rules};
use crate::docs::markdown::{Block, Inline};
use crate::docs::model::{self, Answer, AnswerKind, Meta, Place, Row};

/// What a page shows of an operation. Which errors it does not share with all others is not known yet.
pub(super) fn describe(operation: &Operation, places: &Places<'_>, calls: &mut Calls<'_>) -> model::Operation {
    let mut params: Vec<&Param> = operation.params.iter().filter(|param| !param.hidden).collect();
    params.sort_by_key(|param| (!param.required, param.is_deprecated()));
    model::Operation {
        name: operation.name(),
        entity: operation.entity.clone(),
        action: operation.action.clone(),
        anchor: places.anchor(&operation.name()),
        operation_id: operation.operation_id.clone(),
        summary: operation.summary.clone(),
        description: operation.description.as_deref().and_then(Block::markdown),
        when_to_use: operation.hints.as_ref().and_then(|hints| line(&hints.when_to_use)),
        effect: match operation.effect {
            Effect::Read => "read",
            Effect::Create => "create",
            Effect::Update => "update",
            Effect::Delete => "delete",
        }
        .to_owned(),
        repeatable: operation.repeatable || operation.idempotency_key(calls.connector().head()).is_some(),
        destructive: operation.destructive,
        internal: operation.internal,
        deprecated: operation.deprecated,
        beta: operation.beta,
        method: operation.method.as_str().to_owned(),
        path: operation.path_template(),
        server: operation.server.as_ref().map(super::sign_in::shown),
        auth: operation.auth.as_ref().map(|auth| sign_in(auth, places)),
        params: params.iter().flat_map(|param| param_rows(param, places)).collect(),
        others: operation.takes_others(),
        answer: answer(operation, places),
        meta: operation.meta.iter().map(|(name, from)| Meta { name: name.clone(), from: from.to_string() }).collect(),
        pagination: operation.pagination.as_ref().map(pagination),
        limits: limits(&operation.limits),
        errors: errors(operation, calls.connector()),
        own_errors: Vec::new(),
        examples: calls.of(operation),
    }
}

pub(super) fn sign_in(auth: &SchemeChoice, places: &Places<'_>) -> Inline {
    match auth {
        SchemeChoice::None => Inline::of("It needs no sign-in; no credentials are sent."),
        SchemeChoice::Named(name) => {
            let anchor = places.sign_in.get(name).map_or("", String::as_str);
            let link = Inline::link(name, &format!("AUTH.md#{anchor}"));
            Inline::of(format!("It always signs in as {}, whatever the connection uses.", link.as_str()))
        }
    }
}

fn param_rows(param: &Param, places: &Places<'_>) -> Vec<Row> {
    let mut row = places.shapes.row(&param.name, &param.schema, param.required);
    let (members, notes) = places.shapes.members(&param.schema, &param.name);
    row.rules.extend(notes);
    row.rules.extend(param.fill.as_ref().map(rules::fill));
    row.place = Some(match param.place {
        manifest::Place::Path => Place::Path,
        manifest::Place::Query => Place::Query,
        manifest::Place::Header => Place::Header,
        manifest::Place::Cookie => Place::Cookie,
        manifest::Place::Body => Place::Body,
        manifest::Place::Local => Place::Local,
    });
    if param.file {
        row.value_type = Inline::of(if param.base64 { "file (a text is base64)" } else { "file" });
    }
    std::iter::once(row).chain(members).collect()
}

fn answer(operation: &Operation, places: &Places<'_>) -> Answer {
    let kind = match operation.answer {
        plan::Answer::List(_) => AnswerKind::List,
        plan::Answer::One(_) => AnswerKind::Record,
        plan::Answer::File(_) => AnswerKind::File,
    };
    let record = operation.record.as_ref();
    Answer {
        kind,
        record: record.map(|record| places.shapes.words(record)),
        fields: record.map(|record| places.shapes.members(record, "").0).unwrap_or_default(),
        reshaped: operation.filter.is_some() || !operation.transform.is_empty(),
    }
}

fn pagination(pagination: &Pagination) -> model::Pagination {
    let code = |text: &str| Inline::code(text).as_str().to_owned();
    let (position, how) = match pagination {
        Pagination::Cursor(kind) => {
            let cursor = kind.cursor.value.clone();
            let named = match (&kind.next, &kind.last) {
                (_, Some(last)) => {
                    format!("the last record of a page names the next at {}", code(&last.value.to_string()))
                }
                (next, None) => {
                    let next = next.as_ref().map(|next| code(&next.value.to_string())).unwrap_or_default();
                    format!("each answer names the next page at {next}")
                }
            };
            let how = format!("{named}, which is asked for with {}", code(&cursor));
            (Some(cursor), how)
        }
        Pagination::Offset(kind) => {
            let offset = kind.offset.value.clone();
            let how = format!("{} says how many records come before the page", code(&offset));
            (Some(offset), how)
        }
        Pagination::Page(kind) => {
            let page = kind.page.value.clone();
            let how = format!("{} is the number of the page, {} for the first", code(&page), kind.start.unwrap_or(1));
            (Some(page), how)
        }
        Pagination::Link(_) => (None, "each answer links to the next page".to_owned()),
        Pagination::NextUrl(kind) => {
            (None, format!("each answer names the URL of the next page at {}", code(&kind.next.value.to_string())))
        }
    };
    let size = pagination.paging().size;
    model::Pagination {
        how: Inline::of(how),
        position,
        size: size.map(|size| size.name.value.clone()),
        usual_size: size.and_then(|size| size.usual),
        largest_size: size.and_then(|size| size.most),
    }
}

/// The kinds of failure that a call of this operation can end with.
fn errors(operation: &Operation, connector: &tieline::Connector) -> Vec<String> {
    let signs_in = match &operation.auth {
        Some(SchemeChoice::None) => false,
        Some(SchemeChoice::Named(_)) => true,
        None => !connector.head().auth.is_empty(),
    };
    let takes_params = operation.params.iter().any(|param| !param.hidden);
    let names_something = operation.path.iter().any(|part| matches!(part, PathPart::Param(_)));
    let follows_urls = matches!(operation.answer, plan::Answer::File(Some(_)))
        || matches!(operation.pagination, Some(Pagination::Link(_) | Pagination::NextUrl(_)));
    let can_happen = |kind: &ErrorKind| match kind {
        ErrorKind::InvalidInput => takes_params,
        ErrorKind::Credentials | ErrorKind::Unauthorized | ErrorKind::Forbidden => signs_in,
        ErrorKind::NotFound => names_something,
        ErrorKind::Refused => follows_urls,
        ErrorKind::Rejected
        | ErrorKind::RateLimited
        | ErrorKind::Unavailable
        | ErrorKind::Timeout
        | ErrorKind::UnexpectedResponse
        | ErrorKind::TooLarge => true,
        ErrorKind::InvalidManifest
        | ErrorKind::UnknownConnector
        | ErrorKind::UnknownEntity
        | ErrorKind::UnknownAction
        | ErrorKind::Cancelled => false,
    };
    ErrorKind::ALL.iter().filter(|kind| can_happen(kind)).map(|kind| kind.as_str().to_owned()).collect()
}
