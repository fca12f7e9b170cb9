//! What the OpenAPI document says of all operations alike.

use utoipa::PartialSchema as _;
use utoipa::ToSchema as _;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, InfoBuilder, KnownFormat, ObjectBuilder, OpenApi, Ref, RefOr, Required, ResponseBuilder,
    SchemaFormat, Type,
};

use crate::error::ErrorBody;

/// What every operation may answer, beside what it says itself.
const FAILURES: &[(&str, &str)] = &[
    ("400", "The request is not what it should be, or the vendor's API rejected it."),
    ("401", "There is no bearer token, or it does not count."),
    ("403", "The token does not reach that far."),
    ("404", "There is no such thing, or the caller may not know of it."),
    ("409", "Something else is in the way."),
    ("413", "The body is larger than this server allows."),
    ("422", "A value of the request does not fit."),
    ("424", "The vendor's API does not accept the stored credentials."),
    ("429", "Too many requests, of this client or to the vendor's API."),
    ("500", "The server failed."),
    ("502", "The vendor's API failed."),
    ("503", "The server is ending, or cannot reach its database."),
    ("504", "It took too long."),
];

/// Adds what all operations share.
pub(super) fn complete(document: &mut OpenApi) {
    document.info = InfoBuilder::new()
        .title("Tieline")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Credentials stay on the server; callers execute operations of connectors with a bearer token.",
        ))
        .build();
    let components = document.components.get_or_insert_default();
    let mut schemas = Vec::new();
    ErrorBody::schemas(&mut schemas);
    schemas.push((ErrorBody::name().into_owned(), ErrorBody::schema()));
    components.schemas.extend(schemas);
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    components.add_security_scheme("bearer", bearer);
    for item in document.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
        operations.into_iter().flatten().for_each(complete_operation);
    }
}

/// An operation that names no security needs a token: to be open it says so.
fn complete_operation(operation: &mut Operation) {
    let is_open = operation.security.as_ref().is_some_and(Vec::is_empty);
    if !is_open {
        operation.security = Some(vec![SecurityRequirement::new::<_, _, String>("bearer", [])]);
        operation.parameters.get_or_insert_default().push(
            ParameterBuilder::new()
                .name("X-Organization-Id")
                .parameter_in(ParameterIn::Header)
                .required(Required::False)
                .description(Some("The organization that is meant, where the client belongs to several."))
                .schema(Some(
                    ObjectBuilder::new()
                        .schema_type(Type::String)
                        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid))),
                ))
                .build()
                .into(),
        );
    }
    for (status, meaning) in FAILURES {
        let content = ContentBuilder::new().schema(Some(RefOr::Ref(Ref::from_schema_name("ErrorBody")))).build();
        let response =
            ResponseBuilder::new().description(*meaning).content("application/problem+json", content).build();
        operation.responses.responses.entry((*status).to_owned()).or_insert(response.into());
    }
}
