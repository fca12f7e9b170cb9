//! What fills a parameter that the caller leaves out: a value whose texts may hold `${config.name}` or be `{{ expression }}`.

use serde_json::Value;

use crate::language::{Decode, Shape};
use crate::source::Diagnostic;
use crate::yaml::{self, Node};

use super::{Expression, Template};

/// A constant, a template, or an expression.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fill {
    /// Always this value.
    Value(Value),
    /// Text with names of configuration values; a name without a value leaves the parameter out.
    Template(Template),
    /// The value of an expression; null leaves the parameter out.
    Expression(Expression),
}

impl Fill {
    /// As it is written in a manifest.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Value(value) => value.clone(),
            Self::Template(template) => template.to_string().into(),
            Self::Expression(expression) => expression.to_string().into(),
        }
    }
}

impl Decode for Fill {
    fn shape() -> Shape {
        Shape::Any
    }

    fn decode(node: &Node, findings: &mut Vec<Diagnostic>) -> Option<Self> {
        match &node.value {
            yaml::Value::Text(text) if text.contains("{{") => Expression::decode(node, findings).map(Self::Expression),
            yaml::Value::Text(text) if text.contains("${") => Template::decode(node, findings).map(Self::Template),
            yaml::Value::Text(_)
            | yaml::Value::Null
            | yaml::Value::Bool(_)
            | yaml::Value::Number(_)
            | yaml::Value::List(_)
            | yaml::Value::Map(_) => Some(Self::Value(node.to_json())),
        }
    }
}
