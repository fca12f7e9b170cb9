//! An operation's call.

use serde_json::{Map, Value};

use crate::docs::faces::Shown;
use crate::ir::{Action, Answer, Type, singular};

use super::Snippet;
use super::layout::Code;
use super::literal;
use super::named::Setting;
use super::value::Values;

/// The call on a connected client, and what is done with its answer.
pub(super) fn call(mut values: Values<'_>, action: &Action, shown: &Shown<'_>) -> Snippet {
    let before = values.uses.clone();
    let typed = typed(&mut values, action, shown);
    let is_typed = typed.is_some();
    let code = typed.unwrap_or_else(|| {
        values.uses = before;
        untyped(&mut values, shown)
    });
    let entity = values.entity;
    let one = one(&entity.module);
    let mut bound = None;
    let (code, rest) = if is_typed {
        match &action.answer {
            Answer::One(record) => {
                let name = short(record).unwrap_or(one);
                let code = code.after(format!("let {name} = "));
                bound = Some(name);
                (code, String::new())
            }
            Answer::OneWithMeta(_) => (code.after("let answer = "), "println!(\"{:?}\", answer.data);\n".to_owned()),
            Answer::List(record) => {
                // One of several kinds of record is no more than that.
                let otherwise = if matches!(record, Type::Named(..)) { "record".to_owned() } else { one };
                let name = short(record).unwrap_or(otherwise);
                let end = format!("for {name} in list.data {{\n    println!(\"{{{name}:?}}\");\n}}\n");
                (code.after("let list = "), end)
            }
            Answer::OneOrNothing(_) | Answer::Nothing => (code, String::new()),
            Answer::File => {
                values.uses.add("std", "fs");
                (code.after("let file = "), "fs::write(\"answer\", &file.content)?;\n".to_owned())
            }
        }
    } else {
        (code.after("let answer = "), "println!(\"{:?}\", answer.data);\n".to_owned())
    };
    let text = code.before(";").text();
    Snippet { uses: values.uses, text: format!("{text}\n{rest}"), bound }
}

/// The call with types; `None` when they cannot hold all that is given.
fn typed(values: &mut Values<'_>, action: &Action, shown: &Shown<'_>) -> Option<Code> {
    let Setting { mut arguments, mut setters } = values.setting(&action.params, shown.params.clone())?;
    for file in action.files.iter().filter(|file| file.required) {
        let (_, name) = shown.files.iter().find(|(param, _)| *param == file.key)?;
        arguments.push(upload(values, name));
    }
    for (param, name) in shown.files {
        let file = action.files.iter().find(|file| file.key == *param)?;
        if !file.required {
            setters.push(Code::call(format!(".{}", file.ident), vec![upload(values, name)]));
        }
    }
    let code = Code::word(values.client.module.as_str())
        .then(Code::call(format!(".{}", values.entity.module), vec![]))
        .then(Code::call(format!(".{}", action.method), arguments));
    Some(sent(setters.into_iter().fold(code, Code::then), ".send"))
}

/// The call without types.
fn untyped(values: &mut Values<'_>, shown: &Shown<'_>) -> Code {
    let text = |text: &str| Code::word(literal::text(text));
    let names = vec![text(&shown.operation.entity), text(&shown.operation.action)];
    let mut code = Code::word(values.client.module.as_str())
        .then(Code::call(".connection", vec![]))
        .then(Code::call(".call", names));
    if !shown.params.is_empty() {
        let params = Value::Object(shown.params.clone());
        if literal::is_macro(&params) {
            values.uses.add("serde_json", "json");
        }
        code = code.then(Code::call(".params", vec![literal::any(&params)]));
    }
    for (param, name) in shown.files {
        let file = upload(values, name);
        code = code.then(Code::call(".upload", vec![text(param), file]));
    }
    sent(code, ".execute")
}

fn sent(code: Code, method: &str) -> Code {
    code.then(Code::call(method, vec![])).then(Code::word(".await?"))
}

/// A file from the disk.
fn upload(values: &mut Values<'_>, name: &str) -> Code {
    values.uses.add("std", "fs");
    values.uses.add("tieline::wire", "Upload");
    let name = Code::word(literal::text(name));
    let read = Code::call("fs::read", vec![name.clone()]).before("?");
    Code::call("Upload::bytes", vec![read]).then(Code::call(".filename", vec![name]))
}

/// A name for a record by its type, when that is short.
fn short(record: &Type) -> Option<String> {
    let Type::Named(_, name) = record else { return None };
    let name = heck::ToSnakeCase::to_snake_case(name.as_str());
    (name.matches('_').count() <= 1).then_some(name).filter(|name| is_name(name))
}

/// A name for a record of an entity.
fn one(module: &str) -> String {
    let name = singular(module.trim_start_matches("r#"));
    if name.ends_with("_item") || !is_name(&name) { "record".to_owned() } else { name }
}

/// Whether a text can be the name of a variable.
fn is_name(text: &str) -> bool {
    syn::parse_str::<syn::Ident>(text).is_ok()
}

/// The parameters of a call to show, and those that are files, each with the name of one.
pub(super) fn with_files(
    operation: &tieline::plan::Operation,
    mut params: Map<String, Value>,
) -> (Map<String, Value>, Vec<(String, String)>) {
    let is_file = |name: &str| operation.param(name).is_some_and(|param| param.file);
    let files = params.keys().filter(|name| is_file(name)).map(|name| (name.clone(), "notes.txt".to_owned())).collect();
    params.retain(|name, _| !is_file(name));
    (params, files)
}
