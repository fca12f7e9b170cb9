//! What of an answer a caller wants: fields selected or left out, long texts cut.

use serde_json::Value;
use tieline::Raw;

/// The longest text in a list, in characters, when long ones are cut.
const LONGEST: usize = 200;
const CUT: &str = "... [truncated: read the record by its id for the whole text]";

/// What of each record is given out, beside the fields that the engine selects.
pub(super) struct Shape {
    /// Paths of what is left out: `properties.notes`.
    pub exclude: Vec<Vec<String>>,
    /// Whether long texts are cut.
    pub cuts: bool,
}

impl Shape {
    pub(super) fn new(exclude: &[String], cuts: bool) -> Self {
        let path = |text: &String| text.split('.').map(str::to_owned).collect();
        Self { exclude: exclude.iter().map(path).collect(), cuts }
    }

    /// The record as it is given out.
    pub(super) fn apply(&self, record: Raw) -> Raw {
        if self.exclude.is_empty() && !self.cuts {
            return record;
        }
        let mut value = record.to_value();
        for path in &self.exclude {
            remove(&mut value, path);
        }
        if self.cuts {
            cut(&mut value);
        }
        Raw::from_value(&value)
    }
}

/// Removes what a path leads to; through a list, from each of its items.
fn remove(value: &mut Value, path: &[String]) {
    let Some((first, rest)) = path.split_first() else { return };
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| remove(item, path)),
        Value::Object(members) if rest.is_empty() => drop(members.shift_remove(first)),
        Value::Object(members) => members.get_mut(first).into_iter().for_each(|member| remove(member, rest)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn cut(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some((end, _)) = text.char_indices().nth(LONGEST) {
                text.truncate(end);
                text.push_str(CUT);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(cut),
        Value::Object(members) => members.values_mut().for_each(cut),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shaped(record: Value, exclude: &[&str], cuts: bool) -> Value {
        let exclude: Vec<_> = exclude.iter().map(|path| (*path).to_owned()).collect();
        Shape::new(&exclude, cuts).apply(Raw::from_value(&record)).to_value()
    }

    #[test]
    fn leaves_out_what_paths_lead_to() {
        let record = json!({ "id": 1, "owner": { "name": "a", "mail": "b" }, "tags": [{ "x": 1, "y": 2 }, 3] });
        let expected = json!({ "id": 1, "owner": { "name": "a" }, "tags": [{ "y": 2 }, 3] });
        assert_eq!(shaped(record.clone(), &["owner.mail", "tags.x", "nothing.there", ""], false), expected);
        assert_eq!(shaped(record.clone(), &[], false), record);
    }

    #[test]
    fn cuts_texts_after_200_characters_and_not_within_one() {
        let long = "ä".repeat(201);
        let record = shaped(json!({ "a": [long], "b": "ä".repeat(200) }), &[], true);
        assert_eq!(
            record["a"][0].as_str().map(|text| text.starts_with(&"ä".repeat(200)) && text.contains("truncated")),
            Some(true)
        );
        assert_eq!(record["b"], "ä".repeat(200));
    }
}
