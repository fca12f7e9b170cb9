//! The command line: commands that can be copied into a POSIX shell.

use serde_json::{Map, Value};
use tieline::Connector;
use tieline::auth::Scheme;
use tieline::catalog::schema;
use tieline::plan::{Answer, Operation};

use super::faces::{Shown, Snippets};
use super::json::{laid_out, spaced};

/// A command of this length is still read on one line, in characters.
const WIDTH: usize = 110;

/// Parameters are given one by one up to this number.
const FEW: usize = 3;

/// Where a downloaded file goes.
pub(super) const OUTPUT: &str = " --output answer";

/// Makes commands.
pub(super) struct CommandLine;

impl Snippets for CommandLine {
    fn start(&self, connector: &Connector, call: &Shown<'_>) -> Option<String> {
        self.call(connector, call)
    }

    fn sign_in(
        &self,
        connector: &Connector,
        _: &str,
        _: &Scheme,
        _: &Map<String, Value>,
        call: Option<&Shown<'_>>,
    ) -> Option<String> {
        call.and_then(|call| self.call(connector, call))
    }

    fn call(&self, connector: &Connector, call: &Shown<'_>) -> Option<String> {
        let Operation { entity, action, .. } = call.operation;
        let mut command = format!("tieline execute {} {entity} {action}", connector.name());
        let one_by_one = call.params.iter().fold(String::new(), |all, (name, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!("{all} --param {name}={}", quoted(&text))
        });
        let is_short = call.params.len() <= FEW && command.chars().count() + one_by_one.chars().count() <= WIDTH;
        if is_short && call.params.iter().all(|(name, value)| is_simple(connector, call, name, value)) {
            command.push_str(&one_by_one);
        } else {
            let params = word(&command, &Value::Object(call.params.clone()));
            command.push_str(&format!(" --params {params}"));
        }
        for (name, file) in call.files {
            command.push_str(&format!(" --param {name}=@{file}"));
        }
        if matches!(call.operation.answer, Answer::File(_)) {
            command.push_str(OUTPUT);
        }
        Some(command)
    }
}

/// Whether a parameter reads well as `name=value`, and is read as what it is: text as text, numbers and booleans as JSON.
fn is_simple(connector: &Connector, call: &Shown<'_>, name: &str, value: &Value) -> bool {
    let Some(param) = call.operation.param(name) else { return false };
    let types = schema::types(connector, &param.schema);
    let is_only = |wanted: &[&str]| !types.is_empty() && types.iter().all(|name| wanted.contains(&name.as_str()));
    match value {
        Value::String(text) => is_only(&["string"]) && !text.starts_with('@') && !text.contains(char::is_control),
        Value::Number(_) => is_only(&["integer", "number"]),
        Value::Bool(_) => is_only(&["boolean"]),
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

/// JSON as one word of a POSIX shell, on the line of a command where it fits.
pub(super) fn word(command: &str, value: &Value) -> String {
    let line = spaced(value);
    let fits = command.chars().count() + line.chars().count() <= WIDTH;
    if fits { quoted(&line) } else { laid_out_word(value) }
}

/// JSON as one word of a POSIX shell, on as many lines as it needs.
pub(super) fn laid_out_word(value: &Value) -> String {
    quoted(&laid_out(value))
}

/// A text as one word of a POSIX shell.
pub(super) fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:,@%+=".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_word_is_one_word_for_the_shell() {
        for (text, expected) in [
            ("7c1e-9a.b", "7c1e-9a.b"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("$(rm -r x)`y`\\", r"'$(rm -r x)`y`\'"),
            ("a\nb", "'a\nb'"),
            ("~", "'~'"),
            ("#", "'#'"),
        ] {
            assert_eq!(quoted(text), expected);
        }
    }
}
