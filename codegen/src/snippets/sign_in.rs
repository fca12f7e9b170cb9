//! How a client connects.

use serde_json::Value;
use tieline::Connector;
use tieline::auth::FieldType;
use tieline::catalog::sign_in::variable;

use crate::docs::example;
use crate::ir::{self, Client, Scheme};

use super::Snippet;
use super::layout::Code;
use super::literal;
use super::uses::Uses;

/// Where the values of a user come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The environment, as on the command line.
    Environment,
    /// They are made up.
    MadeUp,
}

/// `let notion = Notion::connect(…)?;`
pub(super) fn connect(connector: &Connector, client: &Client, scheme: Option<&Scheme>, root: &str) -> Snippet {
    let mut uses = Uses::default();
    uses.add(root, &client.name);
    let given = given(connector, client, scheme, Source::Environment, root, &mut uses);
    let code = Code::call(format!("{}::connect", client.name), given).before("?;");
    let text = code.after(format!("let {} = ", client.module)).text() + "\n";
    Snippet { uses, text, bound: Some(client.module.clone()) }
}

/// What `connect` and `builder` take: credentials, and configuration that must be given.
pub(super) fn given(
    connector: &Connector,
    client: &Client,
    scheme: Option<&Scheme>,
    source: Source,
    root: &str,
    uses: &mut Uses,
) -> Vec<Code> {
    let mut given = Vec::new();
    if let Some(scheme) = scheme {
        uses.add(root, &scheme.name);
        let required = scheme.fields.iter().filter(|field| field.required);
        let fields = required.map(|field| match source {
            Source::Environment => from_environment(connector, field, uses),
            Source::MadeUp => made_up(connector, scheme, field),
        });
        given.push(Code::call(format!("{}::new", scheme.name), fields.collect()));
    }
    if client.config.iter().any(|value| value.required) {
        uses.add(root, "Config");
        let required = client.config.iter().filter(|value| value.required);
        given.push(Code::call("Config::new", required.map(|value| configured(connector, value)).collect()));
    }
    given
}

fn from_environment(connector: &Connector, field: &ir::Value, uses: &mut Uses) -> Code {
    uses.add("std", "env");
    let name = literal::text(&variable(connector.name(), &field.key));
    let value = Code::call("env::var", vec![Code::word(name)]).before("?");
    match (field.secret, field.value_type) {
        (true, _) | (false, FieldType::Text) => value,
        (false, FieldType::Integer | FieldType::Boolean) => value.then(Code::call(".parse", vec![])).before("?"),
        (false, FieldType::List) => value.then(Code::call(".split", vec![Code::word("','")])),
    }
}

/// A value for a field that is right by the field's own rules.
pub(super) fn made_up_text(connector: &Connector, scheme: &Scheme, field: &ir::Value) -> String {
    let head = connector.head();
    let shown = head.auth.get(&scheme.scheme).and_then(|scheme| {
        let described = scheme.fields.get(&field.key)?;
        Some(example::field(head, scheme, &field.key, described))
    });
    shown.unwrap_or_default()
}

fn made_up(connector: &Connector, scheme: &Scheme, field: &ir::Value) -> Code {
    let text = made_up_text(connector, scheme, field);
    match (field.secret, field.value_type) {
        (true, _) | (false, FieldType::Text) => Code::word(literal::text(&text)),
        (false, FieldType::Integer) => Code::word(text.parse::<i64>().unwrap_or(1).to_string()),
        (false, FieldType::Boolean) => Code::word((text == "true").to_string()),
        (false, FieldType::List) => {
            let items = serde_json::from_str::<Vec<String>>(&text).unwrap_or_else(|_| vec![text]);
            Code::array(items.iter().map(|item| Code::word(literal::text(item))).collect())
        }
    }
}

fn configured(connector: &Connector, value: &ir::Value) -> Code {
    let head = connector.head();
    let shown = head.config.get(&value.key).map(|declared| example::config_value(head, &value.key, declared));
    let shown = shown.unwrap_or_default();
    let text =
        |value: &Value| Code::word(literal::text(&value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
    match value.value_type {
        FieldType::Text => text(&shown),
        FieldType::Integer | FieldType::Boolean => Code::word(shown.to_string()),
        FieldType::List => Code::array(shown.as_array().into_iter().flatten().map(text).collect()),
    }
}
