//! `{{ … }}`: expressions that filter, reshape and compute, in a subset of minijinja (Jinja2 syntax) with fuel.

mod code;
mod environment;
#[cfg(test)]
mod tests;
mod text;
mod time;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::SystemTime;

use minijinja::Value;
use minijinja::value::{Serde, merge_maps};

use crate::language::nearest;

use super::notation;
use code::Piece;
use environment::{ENVIRONMENT, FUNCTIONS};

/// A text with `{{ … }}` in it. Alone, it has the value of the expression; mixed with other text, it is text.
#[derive(Clone)]
pub struct Expression {
    text: String,
    parts: Vec<Part>,
}

#[derive(Clone)]
enum Part {
    Text(String),
    Code(Arc<minijinja::Expression<'static, 'static>>),
}

/// The longest expression that is read, in bytes.
const MAX_LENGTH: usize = 4096;
/// The longest text that one makes of several pieces, in bytes.
const MAX_TEXT: usize = 1 << 20;

impl Expression {
    /// The names it reads from outside, as far as they are written out: `record.owner.id`.
    pub fn names(&self) -> Vec<String> {
        let codes = self.parts.iter().filter_map(|part| match part {
            Part::Code(code) => Some(code),
            Part::Text(_) => None,
        });
        let mut names: Vec<_> = codes.flat_map(|code| code.undeclared_variables(true)).collect();
        names.retain(|name| !FUNCTIONS.contains(&name.as_str()));
        names.sort();
        names.dedup();
        names
    }

    /// Whether it reads nothing but these names (`record`, `config.region`) and what is in them.
    ///
    /// # Errors
    /// A sentence about the first other name.
    pub fn check_names(&self, allowed: &[&str]) -> Result<(), String> {
        let is_within = |name: &str, outer: &str| {
            name.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        match self.names().iter().find(|name| !allowed.iter().any(|outer| is_within(name, outer))) {
            None => Ok(()),
            Some(unknown) => {
                let known = || allowed.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                let help = match nearest(unknown, allowed.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if allowed.is_empty() => "nothing can be named here".to_owned(),
                    None => format!("known here: {}", known()),
                };
                Err(format!("unknown name `{unknown}`; {help}"))
            }
        }
    }

    /// Its value in a context (a map of names), at a time.
    ///
    /// # Errors
    /// A sentence about what does not fit: a name or field without a value, a type, a limit.
    pub fn evaluate(&self, context: impl serde::Serialize, now: SystemTime) -> Result<serde_json::Value, String> {
        let context = merge_maps([Value::from(Serde(context)), time::functions(now)?]);
        if let [Part::Code(code)] = self.parts.as_slice() {
            return value(code, &context).map_err(|why| self.failed(&why));
        }
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(literal) => text.push_str(literal),
                Part::Code(code) => match value(code, &context).map_err(|why| self.failed(&why))? {
                    serde_json::Value::String(inner) => text.push_str(&inner),
                    serde_json::Value::Null => return Err(self.failed("a text cannot hold null")),
                    other => text.push_str(&other.to_string()),
                },
            }
            if text.len() > MAX_TEXT {
                return Err(self.failed(&format!("a text of more than {MAX_TEXT} bytes")));
            }
        }
        Ok(text.into())
    }

    fn failed(&self, why: &str) -> String {
        format!("`{}`: {why}", self.text)
    }
}

fn value(code: &minijinja::Expression<'_, '_>, context: &Value) -> Result<serde_json::Value, String> {
    let value = code.eval(context.clone()).map_err(|error| environment::explain(&error))?;
    if value.is_undefined() {
        return Err("it has no value; `| default(…)` gives one".to_owned());
    }
    serde_json::to_value(&value).map_err(|error| error.to_string())
}

impl FromStr for Expression {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.len() > MAX_LENGTH {
            return Err(format!("an expression of {} bytes; {MAX_LENGTH} is the limit", text.len()));
        }
        let compiled = code::pieces(text)?.into_iter().map(|piece| match piece {
            Piece::Text(literal) => Ok(Part::Text(literal.to_owned())),
            Piece::Code(source) => {
                code::check(source)?;
                let code = ENVIRONMENT.compile_expression_owned(source.trim().to_owned());
                let code =
                    code.map_err(|error| format!("cannot read `{}`: {}", source.trim(), environment::explain(&error)));
                code.map(|code| Part::Code(Arc::new(code)))
            }
        });
        let parts = compiled.collect::<Result<Vec<_>, String>>()?;
        Ok(Self { text: text.to_owned(), parts })
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Expression {}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

notation!(Expression, "expression", BadExpression);
