//! Values in filters: what they are, how they are compared, and what they match.

use std::borrow::Cow;
use std::cmp::Ordering;

use regex::{Regex, RegexBuilder};
use serde_json::Number;
use tieline::yaml::{Node, Value};

use super::select::{Search, TooManySteps};
use super::{Comparison, Extent, Operand};

/// How large a compiled pattern may be, in bytes, and how many are kept.
const MAX_COMPILED: usize = 1 << 18;
const MAX_KEPT: usize = 64;
/// What compiling a pattern counts as.
const COMPILING: usize = 1_000;

impl<'t> Search<'t, '_> {
    pub(super) fn compare(
        &mut self,
        left: &'t Operand,
        comparison: Comparison,
        right: &'t Operand,
        here: &'t Node,
    ) -> Result<bool, TooManySteps> {
        let (left, right) = (self.value(left, here)?, self.value(right, here)?);
        let (left, right) = (left.as_deref(), right.as_deref());
        let is_less = |left, right| order(left, right) == Some(Ordering::Less);
        Ok(match comparison {
            Comparison::Equal => self.are_equal(left, right)?,
            Comparison::NotEqual => !self.are_equal(left, right)?,
            Comparison::Less => is_less(left, right),
            Comparison::LessOrEqual => is_less(left, right) || self.are_equal(left, right)?,
            Comparison::Greater => is_less(right, left),
            Comparison::GreaterOrEqual => is_less(right, left) || self.are_equal(left, right)?,
        })
    }

    /// What an operand is, if it is anything.
    fn value(&mut self, operand: &'t Operand, here: &'t Node) -> Result<Option<Cow<'t, Value>>, TooManySteps> {
        let value = match operand {
            Operand::Literal(value) => Some(Cow::Borrowed(value)),
            Operand::Single(query) | Operand::Value(query) => match self.query(query, here)?[..] {
                [ref found] => Some(Cow::Borrowed(&found.node.value)),
                _ => None,
            },
            Operand::Count(query) => Some(Cow::Owned(Value::Number(self.query(query, here)?.len().into()))),
            Operand::Length(operand) => {
                let value = self.value(operand, here)?;
                let length = match value.as_deref() {
                    Some(Value::Text(text)) => {
                        self.steps.take(text.len() / 64)?;
                        Some(text.chars().count())
                    }
                    Some(Value::List(list)) => Some(list.len()),
                    Some(Value::Map(map)) => Some(map.len()),
                    Some(Value::Null | Value::Bool(_) | Value::Number(_)) | None => None,
                };
                length.map(|length| Cow::Owned(Value::Number(length.into())))
            }
        };
        Ok(value)
    }

    /// Whether two values are equal; nothing equals nothing.
    fn are_equal(&mut self, left: Option<&Value>, right: Option<&Value>) -> Result<bool, TooManySteps> {
        let (Some(left), Some(right)) = (left, right) else { return Ok(left.is_none() && right.is_none()) };
        self.steps.take(1)?;
        match (left, right) {
            (Value::Number(left), Value::Number(right)) => Ok(order_numbers(left, right) == Some(Ordering::Equal)),
            (Value::List(left), Value::List(right)) if left.len() == right.len() => {
                for (left, right) in left.iter().zip(right) {
                    if !self.are_equal(Some(&left.value), Some(&right.value))? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            (Value::Map(left), Value::Map(right)) if left.len() == right.len() => {
                for (key, left) in left {
                    let right = right.get(key).map(|entry| &entry.value.value);
                    if !self.are_equal(Some(&left.value.value), right)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            (Value::Text(left), Value::Text(right)) => {
                self.steps.take(left.len().min(right.len()) / 64)?;
                Ok(left == right)
            }
            (Value::Bool(left), Value::Bool(right)) => Ok(left == right),
            (Value::Null, Value::Null) => Ok(true),
            _ => Ok(false),
        }
    }

    pub(super) fn matches(
        &mut self,
        text: &'t Operand,
        pattern: &'t Operand,
        extent: Extent,
        here: &'t Node,
    ) -> Result<bool, TooManySteps> {
        let (text, pattern) = (self.value(text, here)?, self.value(pattern, here)?);
        let (Some(Value::Text(text)), Some(Value::Text(pattern))) = (text.as_deref(), pattern.as_deref()) else {
            return Ok(false);
        };
        let pattern = match extent {
            Extent::Whole => format!(r"\A(?:{})\z", without_dots(pattern)),
            Extent::Part => without_dots(pattern),
        };
        self.steps.take(text.len() / 8)?;
        Ok(self.compiled(pattern)?.is_some_and(|pattern| pattern.is_match(text)))
    }

    /// A compiled pattern; nothing matches one that is none.
    fn compiled(&mut self, pattern: String) -> Result<Option<&Regex>, TooManySteps> {
        if !self.patterns.contains_key(&pattern) {
            self.steps.take(COMPILING + pattern.len())?;
            if self.patterns.len() == MAX_KEPT {
                self.patterns.clear();
            }
        }
        let compile = |pattern: &String| RegexBuilder::new(pattern).size_limit(MAX_COMPILED).build().ok();
        Ok(self.patterns.entry(pattern).or_insert_with_key(compile).as_ref())
    }
}

/// A pattern in which a dot is what it is in JSONPath (RFC 9485): neither of the two line breaks.
fn without_dots(pattern: &str) -> String {
    let mut converted = String::with_capacity(pattern.len());
    let mut is_in_class = false;
    let mut characters = pattern.chars();
    while let Some(c) = characters.next() {
        match c {
            '.' if !is_in_class => converted.push_str(r"[^\n\r]"),
            '\\' => {
                converted.push('\\');
                converted.extend(characters.next());
            }
            c => {
                is_in_class = (is_in_class || c == '[') && c != ']';
                converted.push(c);
            }
        }
    }
    converted
}

/// Which of two values comes first; only numbers and texts have an order.
fn order(left: Option<&Value>, right: Option<&Value>) -> Option<Ordering> {
    match (left?, right?) {
        (Value::Number(left), Value::Number(right)) => order_numbers(left, right),
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

fn order_numbers(left: &Number, right: &Number) -> Option<Ordering> {
    match (left.as_i128(), right.as_i128()) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}
