//! Whether a request is what an operation takes. All that is wrong is said at once.

use http::StatusCode;
use tieline::Problem;
use tieline::manifest::Place;
use tieline::notation::Template;
use tieline::plan::{Head, Operation};

use crate::failure::Failure;
use crate::given::Given;
use crate::received::Received;
use crate::schemas::Schemas;

/// The most problems that one message lists.
const MAX_LISTED: usize = 10;

/// Checks the parameters of a request.
///
/// # Errors
/// 400, with every problem in the message.
pub(crate) fn check(
    schemas: &Schemas,
    head: &Head,
    operation: &Operation,
    given: &Given,
    request: &Received,
) -> Result<(), Failure> {
    let mut problems = given.problems.clone();
    problems.extend(missing_headers(head, operation, request));
    problems.extend(given.unknown.iter().map(|name| problem(name, "is not a parameter")));
    for param in operation.params.iter().filter(|param| param.place != Place::Local) {
        let is_there = given.values.contains_key(&param.name)
            || given.uploads.iter().any(|upload| upload.param == param.wire || upload.param == param.name);
        if param.required && !is_there {
            problems.push(problem(&param.wire, "is required"));
        }
        let Some(value) = given.values.get(&param.name).filter(|_| !param.file) else { continue };
        let Some(validator) = schemas.validator(&param.schema) else { continue };
        problems.extend(validator.iter_errors(value).take(MAX_LISTED).map(|error| {
            let inner = error.instance_path().to_string().replace('/', ".");
            problem(&format!("{}{inner}", param.wire), error.masked().to_string())
        }));
    }
    if problems.is_empty() {
        return Ok(());
    }
    let mut listed: Vec<_> = problems.iter().take(MAX_LISTED).map(|p| format!("`{}` {}", p.at, p.message)).collect();
    if problems.len() > MAX_LISTED {
        listed.push(format!("and {} more", problems.len() - MAX_LISTED));
    }
    Err(Failure::new(StatusCode::BAD_REQUEST, format!("{}: {}", operation.name(), listed.join("; "))))
}

/// The headers that every request of the operation carries, as far as nothing optional decides them.
fn missing_headers(head: &Head, operation: &Operation, request: &Received) -> Vec<Problem> {
    let is_certain = |template: &Template| {
        template.names().all(|name| {
            let value = name.strip_prefix("config.").and_then(|name| head.config.get(name));
            value.is_some_and(|value| value.default.is_some() || value.required == Some(true))
        })
    };
    head.headers
        .iter()
        .chain(&operation.headers)
        .filter(|(name, template)| is_certain(template) && request.header(name).is_none())
        .map(|(name, _)| problem(name, "is required as a header"))
        .collect()
}

fn problem(at: &str, message: impl Into<String>) -> Problem {
    Problem { at: at.to_owned(), message: message.into() }
}
