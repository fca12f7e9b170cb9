//! What a connector says about itself to a program or an agent: ways to sign in, entities, operations and their parameters.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use crate::auth::{Field, Scheme};
use crate::error::Error;
use crate::manifest::{ConfigValue, Effect, Hints, Place, Questions};
use crate::plan::{Connector, Entity, Method, Operation, Param};

/// A connector as a whole.
#[derive(Debug, Serialize)]
pub struct Catalog<'a> {
    /// Its name.
    pub name: &'a str,
    /// What people call it.
    pub title: &'a str,
    /// The stable id of the definition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<&'a str>,
    /// The version of the manifest.
    pub version: &'a str,
    /// What it reaches.
    pub summary: &'a str,
    /// More about it, as Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    /// Questions that it can answer, and some that it cannot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub questions: Option<&'a Questions>,
    /// The ways to sign in.
    pub auth: Vec<SignIn<'a>>,
    /// Values that are chosen per connection.
    pub config: Vec<Setting<'a>>,
    /// Its entities.
    pub entities: Vec<EntityEntry<'a>>,
    /// Its operations.
    pub operations: Vec<OperationEntry<'a>>,
}

/// A way to sign in.
#[derive(Debug, Serialize)]
pub struct SignIn<'a> {
    /// Its name, for choosing it.
    pub name: &'a str,
    /// What people call it.
    pub title: &'a str,
    /// What it is and when to choose it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    /// Serves only the operations that name it.
    pub limited: bool,
    /// What the user gives.
    pub fields: Vec<FieldEntry<'a>>,
}

/// A credential field.
#[derive(Debug, Serialize)]
pub struct FieldEntry<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whether it must be given.
    pub required: bool,
    /// Whether it must never be shown.
    pub secret: bool,
    /// What it is and where to find it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    /// What it must start with, one of these.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub prefix: &'a [String],
    /// The values that it may have.
    #[serde(rename = "enum", skip_serializing_if = "<[_]>::is_empty")]
    pub choices: &'a [String],
    /// The value when none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<&'a str>,
}

/// A configuration value.
#[derive(Debug, Serialize)]
pub struct Setting<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    /// Whether it must be given.
    pub required: bool,
    /// The value when none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<&'a Value>,
    /// The values that it may have.
    #[serde(rename = "enum", skip_serializing_if = "<[_]>::is_empty")]
    pub choices: &'a [String],
}

/// An entity.
#[derive(Debug, Serialize)]
pub struct EntityEntry<'a> {
    /// Its name.
    pub name: &'a str,
    /// What people call it.
    pub title: &'a str,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<&'a str>,
    /// Hints for agents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hints: Option<&'a Hints>,
    /// The names of its actions.
    pub actions: Vec<&'a str>,
}

/// An operation.
#[derive(Debug, Serialize)]
pub struct OperationEntry<'a> {
    /// The entity's name.
    pub entity: &'a str,
    /// The action's name.
    pub action: &'a str,
    /// What it does, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<&'a str>,
    /// More about it, as Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    /// What it does to the API's data.
    pub effect: Effect,
    /// The method.
    pub method: Method,
    /// The path.
    pub path: String,
    /// Its parameters, hidden ones left out.
    pub params: Vec<ParamEntry<'a>>,
    /// Whether it answers with a list that goes on.
    pub paginated: bool,
    /// Whether it can destroy something.
    pub destructive: bool,
    /// Whether it may be sent twice.
    pub repeatable: bool,
    /// Not for agents and hosted callers.
    pub internal: bool,
    /// The API will drop it.
    pub deprecated: bool,
    /// The vendor may still change it.
    pub beta: bool,
}

/// A parameter.
#[derive(Debug, Serialize)]
pub struct ParamEntry<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where it goes.
    #[serde(rename = "in")]
    pub place: Place,
    /// Whether it must be given.
    pub required: bool,
    /// Its type in words: `string`, `object or null`, `file`.
    #[serde(rename = "type")]
    pub type_name: String,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    /// The API will drop it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deprecated: bool,
    /// Its JSON Schema; references have the form `#/schemas/Name`.
    pub schema: &'a Value,
}

impl Connector {
    /// The whole connector.
    ///
    /// # Errors
    /// `invalid_manifest` when the compiled form cannot be read.
    pub fn catalog(&self) -> Result<Catalog<'_>, Error> {
        let head = self.head();
        let entities = self.entities()?;
        let mut operations = Vec::new();
        for operation in entities.iter().flat_map(|entity| entity.operations.values()) {
            operations.push(self.describe(operation)?);
        }
        Ok(Catalog {
            name: &head.name,
            title: &head.title,
            id: head.id.as_deref(),
            version: &head.version,
            summary: &head.summary,
            description: head.description.as_deref(),
            questions: head.questions.as_ref(),
            auth: head.auth.iter().map(|(name, scheme)| sign_in(name, scheme)).collect(),
            config: head.config.iter().map(|(name, value)| setting(name, value)).collect(),
            entities: entities.into_iter().map(entity).collect(),
            operations,
        })
    }

    /// One operation.
    ///
    /// # Errors
    /// `invalid_manifest` when the compiled form cannot be read.
    pub fn describe<'a>(&'a self, operation: &'a Operation) -> Result<OperationEntry<'a>, Error> {
        let shown = operation.params.iter().filter(|param| !param.hidden);
        Ok(OperationEntry {
            entity: &operation.entity,
            action: &operation.action,
            summary: operation.summary.as_deref(),
            description: operation.description.as_deref(),
            effect: operation.effect,
            method: operation.method,
            path: operation.path_template(),
            params: shown.map(|param| self.describe_param(param)).collect::<Result<_, _>>()?,
            paginated: operation.pagination.is_some(),
            destructive: operation.destructive,
            repeatable: operation.repeatable,
            internal: operation.internal,
            deprecated: operation.deprecated,
            beta: operation.beta,
        })
    }

    fn describe_param<'a>(&'a self, param: &'a Param) -> Result<ParamEntry<'a>, Error> {
        let description = match param.description() {
            Some(description) => Some(description),
            None => self.resolved(&param.schema)?.get("description").and_then(Value::as_str),
        };
        Ok(ParamEntry {
            name: &param.name,
            place: param.place,
            required: param.required,
            type_name: if param.file { "file".to_owned() } else { self.type_name(&param.schema)? },
            description,
            deprecated: param.is_deprecated(),
            schema: &param.schema,
        })
    }

    /// The schema that a schema's reference leads to, itself when it has none.
    ///
    /// # Errors
    /// `invalid_manifest` when the compiled form cannot be read.
    pub fn resolved<'a>(&'a self, schema: &'a Value) -> Result<&'a Value, Error> {
        let mut schema = schema;
        let mut seen = BTreeSet::new();
        while let Some(name) =
            schema.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix("#/schemas/"))
        {
            match self.schema(name)? {
                Some(target) if seen.insert(name) => schema = target,
                Some(_) | None => break,
            }
        }
        Ok(schema)
    }

    /// The type of a schema in words: `string`, `object or null`, `list of string`.
    ///
    /// # Errors
    /// `invalid_manifest` when the compiled form cannot be read.
    pub fn type_name(&self, schema: &Value) -> Result<String, Error> {
        let mut names = BTreeSet::new();
        self.collect_types(schema, &mut names, 0)?;
        let null = names.remove("null");
        let mut names: Vec<_> = names.into_iter().collect();
        names.extend(null.then(|| "null".to_owned()));
        Ok(if names.is_empty() { "any".to_owned() } else { names.join(" or ") })
    }

    fn collect_types(&self, schema: &Value, names: &mut BTreeSet<String>, depth: usize) -> Result<(), Error> {
        const DEEPEST: usize = 8;
        if depth > DEEPEST {
            return Ok(());
        }
        let schema = self.resolved(schema)?;
        let types = schema.get("type");
        let listed = types.and_then(Value::as_array).into_iter().flatten().chain(types);
        for name in listed.filter_map(Value::as_str) {
            match schema.get("items").filter(|_| name == "array") {
                Some(items) => names.insert(format!("list of {}", self.type_name_within(items, depth + 1)?)),
                None => names.insert(if name == "array" { "list".to_owned() } else { name.to_owned() }),
            };
        }
        if types.is_none() {
            let constants =
                schema.get("enum").and_then(Value::as_array).into_iter().flatten().chain(schema.get("const"));
            names.extend(constants.map(|constant| json_type(constant).to_owned()));
            for branches in ["anyOf", "oneOf", "allOf"].iter().filter_map(|key| schema.get(key)?.as_array()) {
                for branch in branches {
                    self.collect_types(branch, names, depth + 1)?;
                }
            }
        }
        Ok(())
    }

    fn type_name_within(&self, schema: &Value, depth: usize) -> Result<String, Error> {
        let mut names = BTreeSet::new();
        self.collect_types(schema, &mut names, depth)?;
        Ok(if names.is_empty() { "any".to_owned() } else { names.into_iter().collect::<Vec<_>>().join(" or ") })
    }
}

fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}

fn sign_in<'a>(name: &'a str, scheme: &'a Scheme) -> SignIn<'a> {
    SignIn {
        name,
        title: scheme.title.as_deref().unwrap_or(name),
        description: scheme.description.as_deref(),
        limited: scheme.limited == Some(true),
        fields: scheme.fields.iter().map(|(name, entry)| field(name, entry)).collect(),
    }
}

fn field<'a>(name: &'a str, field: &'a Field) -> FieldEntry<'a> {
    FieldEntry {
        name,
        required: field.is_required(),
        secret: field.is_secret(),
        description: field.description.as_deref(),
        prefix: &field.prefix,
        choices: &field.choices,
        default: field.default.as_deref(),
    }
}

fn setting<'a>(name: &'a str, value: &'a ConfigValue) -> Setting<'a> {
    Setting {
        name,
        description: value.description.as_deref(),
        required: value.required == Some(true),
        default: value.default.as_ref(),
        choices: &value.choices,
    }
}

fn entity(entity: &Entity) -> EntityEntry<'_> {
    EntityEntry {
        name: &entity.name,
        title: &entity.title,
        summary: entity.summary.as_deref(),
        hints: entity.hints.as_ref(),
        actions: entity.operations.keys().map(String::as_str).collect(),
    }
}
