//! `$.files[{index}].url`: what can be read from a response, where parameters of the call say.

use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use super::json_path;
use super::{JsonPath, Lookup, Step, notation};

/// A place in a response. In its body, parameters may decide where: `[{name}]` is the element with this index, `.{name}` the
/// member of this name.
#[derive(Clone, PartialEq, Eq)]
pub struct ParamLookup(Places);

#[derive(Clone, PartialEq, Eq)]
enum Places {
    /// The same for every call.
    Fixed(Lookup),
    /// A path into the body, with at least one parameter in it.
    Open(Vec<OpenStep>),
}

#[derive(Clone, PartialEq, Eq)]
enum OpenStep {
    Fixed(Step),
    /// The element whose index is the value of this parameter.
    Index(String),
    /// The member whose name is the value of this parameter.
    Member(String),
}

impl ParamLookup {
    /// The names of the parameters in it.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let steps = match &self.0 {
            Places::Fixed(_) => &[],
            Places::Open(steps) => steps.as_slice(),
        };
        steps.iter().filter_map(|step| match step {
            OpenStep::Fixed(_) => None,
            OpenStep::Index(name) | OpenStep::Member(name) => Some(name.as_str()),
        })
    }

    /// The place where these values of the parameters lead.
    ///
    /// # Errors
    /// The name of the first parameter whose value leads nowhere, and why.
    pub fn filled(&self, value: impl Fn(&str) -> Option<Value>) -> Result<Lookup, (&str, &'static str)> {
        let steps = match &self.0 {
            Places::Fixed(lookup) => return Ok(lookup.clone()),
            Places::Open(steps) => steps,
        };
        let filled = steps.iter().map(|step| match step {
            OpenStep::Fixed(step) => Ok(step.clone()),
            OpenStep::Index(name) => index(value(name)).map(Step::Index).map_err(|why| (name.as_str(), why)),
            OpenStep::Member(name) => member(value(name)).map(Step::Key).map_err(|why| (name.as_str(), why)),
        });
        let steps = filled.collect::<Result<Vec<Step>, _>>()?;
        Ok(Lookup::Body(JsonPath::from(steps.as_slice())))
    }
}

const MISSING: &str = "is required: it says where to look in the answer";

fn index(value: Option<Value>) -> Result<usize, &'static str> {
    let index = match value {
        None | Some(Value::Null) => return Err(MISSING),
        Some(Value::Number(number)) => number.as_u64().and_then(|index| usize::try_from(index).ok()),
        Some(Value::String(text)) if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
        Some(Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_)) => None,
    };
    index.ok_or("must be the index of an element: a whole number from 0")
}

fn member(value: Option<Value>) -> Result<String, &'static str> {
    match value {
        None | Some(Value::Null) => Err(MISSING),
        Some(Value::String(name)) if !name.is_empty() => Ok(name),
        Some(Value::Number(number)) => Ok(number.to_string()),
        Some(Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_)) => {
            Err("must be the name of a member: text that is not empty")
        }
    }
}

impl FromStr for ParamLookup {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_open = text.starts_with('$') && ["[{", ".{"].iter().any(|hole| text.contains(hole));
        let Some(mut rest) = text.strip_prefix('$').filter(|_| is_open) else {
            return text.parse().map(|lookup| Self(Places::Fixed(lookup)));
        };
        json_path::within_limit(text.len())?;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let read =
                open_step(rest).or_else(|| json_path::step(rest).map(|(step, rest)| (OpenStep::Fixed(step), rest)));
            let (step, after) = read.ok_or_else(|| {
                format!(
                    "cannot read `{rest}` in `{text}`; a place is made of `.name`, `['name']`, `[0]`, `[{{parameter}}]` and `.{{parameter}}`"
                )
            })?;
            steps.push(step);
            rest = after;
        }
        json_path::readable_again(Self(Places::Open(steps)))
    }
}

/// `[{name}]` or `.{name}`, and what comes after it.
fn open_step(text: &str) -> Option<(OpenStep, &str)> {
    let (step, inner, end): (fn(String) -> OpenStep, _, _) = match text.strip_prefix("[{") {
        Some(inner) => (OpenStep::Index, inner, "}]"),
        None => (OpenStep::Member, text.strip_prefix(".{")?, "}"),
    };
    let (name, rest) = inner.split_once(end)?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    is_name.then(|| (step(name.to_owned()), rest))
}

impl fmt::Display for ParamLookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps = match &self.0 {
            Places::Fixed(lookup) => return lookup.fmt(f),
            Places::Open(steps) => steps,
        };
        f.write_str("$")?;
        steps.iter().try_for_each(|step| match step {
            OpenStep::Fixed(step) => step.fmt(f),
            OpenStep::Index(name) => write!(f, "[{{{name}}}]"),
            OpenStep::Member(name) => write!(f, ".{{{name}}}"),
        })
    }
}

notation!(ParamLookup, "lookup", BadExpression);

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::ParamLookup;

    fn filled(text: &str, values: Value) -> Result<String, String> {
        let lookup: ParamLookup = text.parse().unwrap();
        assert_eq!(lookup.to_string().parse::<ParamLookup>().as_ref(), Ok(&lookup), "what is written is read again");
        let found = lookup.filled(|name| values.get(name).cloned());
        found.map(|found| found.to_string()).map_err(|(name, why)| format!("{name} {why}"))
    }

    #[test]
    fn parameters_lead_to_elements_and_members() {
        for (text, values, expected) in [
            ("$.a[0].url", json!({}), "$.a[0].url"),
            ("$['{a}'].b", json!({ "a": 1 }), "$['{a}'].b"),
            ("@header.Location", json!({}), "@header.Location"),
            ("$.files[{index}].url", json!({ "index": 3 }), "$.files[3].url"),
            ("$[{index}]", json!({ "index": "12" }), "$[12]"),
            ("$.links.{kind}[*]['h ref'][{n}]", json!({ "kind": "a.b", "n": 0 }), "$.links['a.b'][*]['h ref'][0]"),
            ("$.{kind}", json!({ "kind": 7 }), "$.7"),
            ("$.{kind}", json!({ "kind": "'][0]" }), "$[\"'][0]\"]"),
        ] {
            assert_eq!(filled(text, values).as_deref(), Ok(expected), "{text}");
        }
        let names = "$.a[{i}].{m}[{i}]".parse::<ParamLookup>().unwrap();
        assert_eq!(names.names().collect::<Vec<_>>(), ["i", "m", "i"]);
    }

    #[test]
    fn values_that_lead_nowhere_are_refused() {
        for value in [
            json!(-1),
            json!(1.5),
            json!(true),
            json!([0]),
            json!({}),
            json!("x"),
            json!(""),
            json!("+1"),
            json!("1e9"),
        ] {
            let refused = filled("$.a[{i}]", json!({ "i": value })).unwrap_err();
            assert!(refused.starts_with("i must be the index of an element"), "{refused}");
        }
        for value in [json!(""), json!(false), json!([1]), json!({})] {
            assert!(filled("$.a.{m}", json!({ "m": value })).unwrap_err().starts_with("m must be the name"));
        }
        for values in [json!({}), json!({ "i": null })] {
            assert!(filled("$.a[{i}]", values).unwrap_err().starts_with("i is required"));
        }
    }

    #[test]
    fn what_is_read_can_be_written_and_read_again() {
        let place = |steps: usize| format!("$[{{n}}]{}", ".a$".repeat(steps));
        let longest: ParamLookup = place(169).parse().unwrap();
        assert_eq!(longest.to_string().parse(), Ok(longest));
        assert!(place(170).parse::<ParamLookup>().is_err());
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        for bad in ["a[{i}]", "$.a[{}]", "$.a[{i]", "$.a.{i", "$.a[{i}]x", "$.a[{i j}]", "$.a[-1][{i}]", "@file.x"] {
            assert!(bad.parse::<ParamLookup>().is_err(), "{bad}");
        }
        assert!(format!("$.a[{{i}}]{}", "[0]".repeat(400)).parse::<ParamLookup>().is_err());
    }
}
