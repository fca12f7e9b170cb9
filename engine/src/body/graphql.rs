//! A GraphQL query with variables.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::error::Error;
use crate::language::object;
use crate::notation::{Part, Template};
use crate::source::Spanned;
use crate::wire;

use super::json::JSON;
use super::selection::{Selection, replace_placeholder};
use super::{Encoded, Given, text};

object! {
    /// A GraphQL query, sent as JSON with `query`, `variables` and `operationName`. `errors` in the answer are an error.
    pub struct GraphQl as "GraphQL body" {
        /// The query. `{{ fields }}` in it is replaced by the selection.
        /// ```yaml
        /// query: "query($id: ID!) { user(id: $id) { {{ fields }} } }"
        /// ```
        pub query: Spanned<String>,
        /// The variables. `${param}` alone keeps the parameter's type; left out, every body parameter is a variable of its name.
        /// ```yaml
        /// variables: { id: "${user_id}" }
        /// ```
        pub variables: IndexMap<String, Spanned<Template>>,
        /// The operation's name, when the query holds several.
        /// ```yaml
        /// operation_name: GetUser
        /// ```
        pub operation_name: Option<String>,
        /// The parameter (a list of texts such as `a.b.c`) that selects fields.
        /// ```yaml
        /// fields: fields
        /// ```
        pub fields: Option<Spanned<String>>,
        /// The selection when the caller makes none.
        /// ```yaml
        /// default_fields: [id, owner.login]
        /// ```
        pub default_fields: Vec<String>,
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
        replace_placeholder(&self.query, || {
            let selection = match chosen.filter(|value| !value.is_null()) {
                Some(value) => Selection::from_value(param, value)?,
                None => Selection::from_paths(param, self.default_fields.iter().map(String::as_str))?,
            };
            selection.written(param)
        })
    }

    fn variables(&self, given: &Given<'_>) -> Result<Map<String, Value>, Error> {
        if self.variables.is_empty() {
            return given.object(self.fields.as_ref().map(|param| param.as_str()));
        }
        let declared = self.variables.iter();
        declared
            .filter_map(|(name, template)| {
                variable(template, given).transpose().map(|value| Ok((name.clone(), value?)))
            })
            .collect()
    }
}

/// The value of a variable; `None` when a parameter in it is not given.
fn variable(template: &Template, given: &Given<'_>) -> Result<Option<Value>, Error> {
    let mut values = IndexMap::new();
    for name in template.names() {
        let Some(param) = given.param(name) else { return Ok(None) };
        values.insert(name, param.value()?);
    }
    if let [Part::Name(name)] = template.parts() {
        return Ok(values.get(name.as_str()).copied().cloned());
    }
    Ok(template.render(|name| values.get(name).copied().map(text)).ok().map(Value::String))
}
