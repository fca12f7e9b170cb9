//! `{{ … }}`: expressions that filter, reshape and compute, in a subset of minijinja (Jinja2 syntax) with fuel.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use minijinja::{Environment, UndefinedBehavior, Value};

use super::notation;

/// A text with `{{ … }}` in it. Alone, it has the value of the expression; mixed with other text, it is text.
#[derive(Clone, PartialEq, Eq)]
pub struct Expression {
    text: String,
}

/// The longest expression that is read, in bytes.
const MAX_LENGTH: usize = 4096;
/// How many steps one evaluation may take.
const FUEL: u64 = 20_000;

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment
});

impl Expression {
    /// The names it reads from outside.
    pub fn names(&self) -> Vec<String> {
        let Ok(template) = ENVIRONMENT.template_from_str(&self.text) else { return Vec::new() };
        let mut names: Vec<_> = template.undeclared_variables(true).into_iter().collect();
        names.sort();
        names
    }

    /// Its value in a context (a map of names).
    pub fn evaluate(&self, context: impl serde::Serialize) -> Result<serde_json::Value, String> {
        let context = Value::from(minijinja::value::Serde(context));
        let shorten = |error: minijinja::Error| format!("`{}`: {error}", self.text);
        let value = match self.single() {
            Some(inner) => {
                ENVIRONMENT.compile_expression(inner).and_then(|compiled| compiled.eval(&context)).map_err(shorten)?
            }
            None => Value::from(ENVIRONMENT.render_str(&self.text, &context).map_err(shorten)?),
        };
        serde_json::to_value(&value).map_err(|error| error.to_string())
    }

    /// What stands between the braces, when there is nothing else.
    fn single(&self) -> Option<&str> {
        let inner = self.text.trim().strip_prefix("{{")?.strip_suffix("}}")?;
        (!inner.contains("{{") && !inner.contains("}}")).then_some(inner)
    }
}

impl FromStr for Expression {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.len() > MAX_LENGTH {
            return Err(format!("an expression of {} bytes; {MAX_LENGTH} is the limit", text.len()));
        }
        if !text.contains("{{") {
            return Err("an expression stands between `{{` and `}}`".to_owned());
        }
        if text.contains("{%") {
            return Err("statements (`{% … %}`) are not part of the language; write an expression".to_owned());
        }
        let expression = Self { text: text.to_owned() };
        let checked = match expression.single() {
            Some(inner) => ENVIRONMENT.compile_expression(inner).map(drop),
            None => ENVIRONMENT.template_from_str(text).map(drop),
        };
        checked.map_err(|error| format!("cannot read the expression: {error}")).map(|()| expression)
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

notation!(Expression, "expression", BadExpression);
