//! A GraphQL query with variables.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::error::Error;
use crate::language::object;
use crate::notation::{Part, Template};
use crate::source::{Named, Spanned};
use crate::wire;

use super::json::JSON;
use super::selection::{Selection, replace_placeholder};
use super::{DefaultFields, Encoded, Given, text};

object! {
    /// A GraphQL query, sent as JSON with `query`, `variables` and `operationName`. `errors` in the answer are an error.
    pub struct GraphQl as "GraphQL body" {
        /// The query. `{{ fields }}` in it is replaced by the selection.
        /// ```yaml
        /// query: "query($id: ID!) { user(id: $id) { {{ fields }} } }"
        /// ```
        pub query: Spanned<String>,
        /// The variables. `${param}` alone keeps the parameter's type, null included; a variable of which a part is not given is left
        /// out. Without `variables`, every body parameter is a variable of its name.
        /// ```yaml
        /// variables: { id: "${user_id}" }
        /// ```
        pub variables: Named<Template>,
        /// The operation's name, when the query holds several.
        /// ```yaml
        /// operation_name: GetUser
        /// ```
        pub operation_name: Option<String>,
        /// The parameter that selects fields: a list of texts such as `a.b.c`, or as GraphQL has it, `labels(first: 5) { name }`.
        /// ```yaml
        /// fields: fields
        /// ```
        pub fields: Option<Spanned<String>>,
        /// The selection when the caller makes none: fields such as `a.b.c`, or one text with a selection as GraphQL has it,
        /// which is put in as it is.
        /// ```yaml
        /// default_fields: "id owner { login } labels(first: 10) { nodes { name } }"
        /// ```
        pub default_fields: DefaultFields,
    }
}

impl GraphQl {
    pub(super) fn encode(&self, given: &Given<'_>) -> Result<Encoded, Error> {
        let mut body = Map::new();
        body.insert("query".to_owned(), self.selected(given)?.into());
        let variables = self.variables(given)?;
        if !variables.is_empty() {
            body.insert("variables".to_owned(), Value::Object(variables));
        }
        if let Some(name) = &self.operation_name {
            body.insert("operationName".to_owned(), name.as_str().into());
        }
        Ok(Encoded::new(JSON, wire::Body::bytes(Value::Object(body).to_string())))
    }

    /// The query, with the fields that the caller selects.
    fn selected(&self, given: &Given<'_>) -> Result<String, Error> {
        let param = self.fields.as_ref().map_or("fields", |param| param.as_str());
        let chosen = self.fields.as_ref().and_then(|param| given.param(param)?.value().ok());
        replace_placeholder(&self.query, || match chosen.filter(|value| !value.is_null()) {
            Some(value) => Selection::from_value(param, value)?.written(param),
            None => self.default_fields.written(param),
        })
    }

    fn variables(&self, given: &Given<'_>) -> Result<Map<String, Value>, Error> {
        if self.variables.is_empty() {
            return given.object(&self.fields.as_ref().map(|param| param.as_str()).into_iter().collect::<Vec<_>>());
        }
        let declared = self.variables.iter();
        declared
            .filter_map(|(name, template)| {
                variable(template, given).transpose().map(|value| Ok((name.clone(), value?)))
            })
            .collect()
    }
}

/// The value of a variable; `None` when a parameter in it is not given, or null where it would become a part of a text.
fn variable(template: &Template, given: &Given<'_>) -> Result<Option<Value>, Error> {
    let mut values = IndexMap::new();
    for name in template.names() {
        let Some(param) = given.param(name) else { return Ok(None) };
        values.insert(name, param.value()?);
    }
    if let [Part::Name(name)] = template.parts() {
        return Ok(values.get(name.as_str()).copied().cloned());
    }
    let part = |name: &str| values.get(name).copied().filter(|value| !value.is_null()).map(text);
    Ok(template.render(part).ok().map(Value::String))
}
