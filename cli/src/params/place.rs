//! What a `--param` names: a parameter, or a member of one that is an object.

use std::fmt;

use serde_json::{Map, Value};
use tieline::Connector;
use tieline::catalog::schema;
use tieline::plan::{Operation, Param};

/// What a `--param` names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place<'a> {
    /// The parameter.
    pub param: &'a str,
    /// The way to the member, from the parameter on; empty for the parameter itself.
    pub members: Vec<&'a str>,
}

impl<'a> Place<'a> {
    /// Reads `name`, `name.member` or `name[member]`. A name that the operation has is that, whatever stands in it.
    pub(super) fn of(operation: &Operation, name: &'a str) -> Self {
        let whole = || Self { param: name, members: Vec::new() };
        if operation.meant(name).is_some() { whole() } else { Self::parsed(name).unwrap_or_else(whole) }
    }

    fn parsed(name: &'a str) -> Option<Self> {
        let (param, mut rest) = name.split_at(name.find(['.', '['])?);
        let mut members = Vec::new();
        while !rest.is_empty() {
            let (member, after) = match rest.strip_prefix('[') {
                Some(bracketed) => bracketed.split_once(']')?,
                None => {
                    let dotted = rest.strip_prefix('.')?;
                    dotted.split_at(dotted.find(['.', '[']).unwrap_or(dotted.len()))
                }
            };
            members.push(member);
            rest = after;
        }
        let is_named = !param.is_empty() && members.iter().all(|member| !member.is_empty());
        is_named.then_some(Self { param, members })
    }

    /// Whether it is the other, or a member of it.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        self.param == other.param && self.members.starts_with(&other.members)
    }

    /// Its schema, where it is known.
    pub(super) fn schema<'c>(&self, connector: &'c Connector, param: &'c Param) -> Option<&'c Value> {
        self.members.iter().try_fold(&param.schema, |schema, name| {
            let mut known = schema::members(connector, schema).into_iter();
            known.find(|member| member.name == *name).map(|member| member.schema)
        })
    }

    /// Where its value goes; the objects on the way are made.
    ///
    /// # Errors
    /// When something on the way is given and is no object.
    pub(super) fn slot<'v>(&self, values: &'v mut Map<String, Value>) -> Result<&'v mut Value, String> {
        let mut slot = values.entry(self.param).or_insert(Value::Null);
        for (depth, member) in self.members.iter().enumerate() {
            if slot.is_null() {
                *slot = Value::Object(Map::new());
            }
            let Value::Object(object) = slot else {
                let outer = Self { param: self.param, members: self.members[..depth].to_vec() };
                return Err(format!("`{outer}` is given already, and is no object"));
            };
            slot = object.entry(*member).or_insert(Value::Null);
        }
        Ok(slot)
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.param)?;
        self.members.iter().try_for_each(|member| write!(f, ".{member}"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    #[test]
    fn members_are_named_with_dots_or_brackets() {
        for (name, expected) in [
            ("email.is", Some("email.is")),
            ("email[is]", Some("email.is")),
            ("a.b[c].d", Some("a.b.c.d")),
            ("a[b.c]", Some("a.b.c")),
            ("email", None),
            ("email.", None),
            ("[is]", None),
            ("email[is", None),
            ("email[is]x", None),
            ("email[]", None),
        ] {
            assert_eq!(Place::parsed(name).map(|place| place.to_string()).as_deref(), expected, "{name}");
        }
        assert_eq!(Place::parsed("a[b.c]").unwrap().members, ["b.c"]);
    }

    #[test]
    fn members_come_together_in_one_object() {
        let mut values = Map::from_iter([("a".to_owned(), json!({ "x": 1 })), ("text".to_owned(), json!("t"))]);
        for (name, value) in [("a.y", 2), ("b.c.d", 3), ("b.c[e]", 4)] {
            *Place::parsed(name).unwrap().slot(&mut values).unwrap() = json!(value);
        }
        let expected = json!({ "a": { "x": 1, "y": 2 }, "text": "t", "b": { "c": { "d": 3, "e": 4 } } });
        assert_eq!(Value::Object(values.clone()), expected);
        let error = Place::parsed("text.x").unwrap().slot(&mut values).unwrap_err();
        assert_eq!(error, "`text` is given already, and is no object");
    }
}
