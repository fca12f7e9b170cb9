//! JSON as people like to read it: on one line where it fits, else one member a line.

use serde_json::Value;

/// How wide a line gets, in characters.
const WIDTH: usize = 100;

/// A value on one line, with spaces after colons and commas.
pub(super) fn spaced(value: &Value) -> String {
    let inner = |items: Vec<String>| items.join(", ");
    match value {
        Value::Array(items) => format!("[{}]", inner(items.iter().map(spaced).collect())),
        Value::Object(members) => {
            let members =
                members.iter().map(|(name, value)| format!("{}: {}", Value::from(name.as_str()), spaced(value)));
            format!("{{{}}}", inner(members.collect()))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

/// A value on as many lines as it needs.
pub(super) fn laid_out(value: &Value) -> String {
    let mut out = String::new();
    write(value, 0, 0, &mut out);
    out
}

fn write(value: &Value, indent: usize, before: usize, out: &mut String) {
    let (open, close, items): (char, char, Vec<(String, &Value)>) = match value {
        Value::Array(items) => ('[', ']', items.iter().map(|item| (String::new(), item)).collect()),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| (format!("{}: ", Value::from(name.as_str())), value));
            ('{', '}', members.collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return out.push_str(&value.to_string()),
    };
    let line = spaced(value);
    if items.is_empty() || indent + before + line.chars().count() <= WIDTH {
        return out.push_str(&line);
    }
    let last = items.len() - 1;
    out.push(open);
    for (at, (name, item)) in items.into_iter().enumerate() {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', indent + 2));
        out.push_str(&name);
        write(item, indent + 2, name.chars().count() + 1, out);
        if at < last {
            out.push(',');
        }
    }
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
    out.push(close);
}
