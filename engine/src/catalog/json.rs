//! A connector as JSON.

use crate::auth::{Field, Scheme};
use crate::manifest::{Cardinality, ConfigValue, Hints, PartOf, Questions, Relation, VendorLink};
use crate::notation::Fill;
use crate::plan::{Answer, Connector, Entity, Operation, Param};
use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::{Subject, schema};

/// The connector, narrowed to the subject. One operation comes with the schemas that it uses.
pub(super) fn describe(connector: &Connector, subject: &Subject<'_>) -> Value {
    let head = connector.head();
    let schemas = match subject {
        Subject::Operation(_, operation) => {
            let own = operation.params.iter().map(|param| &param.schema).chain(&operation.record);
            Some(schema::used(connector, own).into())
        }
        Subject::Connector(_) | Subject::Entity(_) => None,
    };
    object([
        ("name", Some(head.name.as_str().into())),
        ("title", Some(head.title.as_str().into())),
        ("version", Some(head.version.as_str().into())),
        ("summary", Some(head.summary.as_str().into())),
        ("links", (!head.links.is_empty()).then(|| head.links.iter().map(link_json).collect())),
        ("questions", head.questions.as_ref().map(questions_json)),
        ("hints", head.hints.as_ref().map(hints_json)),
        ("auth", Some(head.auth.iter().map(|(name, scheme)| scheme_json(name, scheme)).collect())),
        ("config", Some(head.config.iter().map(|(name, value)| config_json(name, value)).collect())),
        ("entities", Some(subject.entities().into_iter().map(entity_json).collect())),
        ("operations", Some(subject.operations().into_iter().map(|op| operation_json(connector, op)).collect())),
        ("schemas", schemas),
        (
            "check",
            head.check.as_ref().map(|(entity, action)| check_json(&format!("{entity}.{action}"), &head.check_params)),
        ),
        ("extensions", extensions_json(&head.extensions)),
    ])
}

/// An object of what is there.
fn object<const N: usize>(entries: [(&str, Option<Value>); N]) -> Value {
    entries.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect::<Map<_, _>>().into()
}

fn text(text: &Option<String>) -> Option<Value> {
    text.as_deref().map(Value::from)
}

fn texts(texts: &[String]) -> Option<Value> {
    (!texts.is_empty()).then(|| texts.into())
}

fn check_json(operation: &str, params: &IndexMap<String, Fill>) -> Value {
    let written = |(name, fill): (&String, &Fill)| (name.clone(), fill.to_json());
    object([
        ("operation", Some(operation.into())),
        ("params", (!params.is_empty()).then(|| params.iter().map(written).collect::<Map<_, _>>().into())),
    ])
}

fn extensions_json(extensions: &IndexMap<String, impl serde::Serialize>) -> Option<Value> {
    (!extensions.is_empty()).then(|| serde_json::to_value(extensions).ok())?
}

fn link_json(link: &VendorLink) -> Value {
    object([
        ("title", Some(link.title.as_str().into())),
        ("url", Some(link.url.as_str().into())),
        ("kind", text(&link.kind)),
    ])
}

/// The word that a closed choice is written with in a manifest.
fn word(choice: impl serde::Serialize) -> Option<Value> {
    serde_json::to_value(choice).ok()
}

fn scheme_json(name: &str, scheme: &Scheme) -> Value {
    let fields = scheme.fields.iter().map(|(name, field)| field_json(name, field));
    object([
        ("name", Some(name.into())),
        ("title", text(&scheme.title)),
        ("description", text(&scheme.description)),
        ("setup", text(&scheme.setup)),
        ("link", text(&scheme.link)),
        ("limited", scheme.limited.filter(|limited| *limited).map(Value::from)),
        ("fields", Some(fields.collect())),
        ("extensions", extensions_json(&scheme.extensions)),
    ])
}

fn field_json(name: &str, field: &Field) -> Value {
    object([
        ("name", Some(name.into())),
        ("title", text(&field.title)),
        ("description", text(&field.description)),
        ("type", Some(field.field_type.and_then(word).unwrap_or_else(|| "string".into()))),
        ("required", Some(field.is_required().into())),
        ("secret", Some(field.is_secret().into())),
        ("default", text(&field.default)),
        ("enum", texts(&field.choices)),
        ("prefix", texts(&field.prefix)),
        ("pattern", field.pattern.as_ref().map(|pattern| pattern.to_string().into())),
        ("any_host", field.any_host.filter(|any| *any).map(Value::from)),
        ("example", text(&field.example)),
    ])
}

fn config_json(name: &str, value: &ConfigValue) -> Value {
    object([
        ("name", Some(name.into())),
        ("title", text(&value.title)),
        ("description", text(&value.description)),
        ("type", Some(value.value_type.and_then(word).unwrap_or_else(|| "string".into()))),
        ("required", Some(value.required.unwrap_or(false).into())),
        ("default", value.default.clone()),
        ("part_of", value.part_of.as_deref().map(part_of_json)),
        ("fill", value.fill.as_ref().map(|fill| fill.to_string().into())),
        ("enum", texts(&value.choices)),
        ("pattern", value.pattern.as_ref().map(|pattern| pattern.to_string().into())),
        ("any_host", value.any_host.filter(|any| *any).map(Value::from)),
        ("example", text(&value.example)),
        ("extensions", extensions_json(&value.extensions)),
    ])
}

fn part_of_json(part_of: &PartOf) -> Value {
    object([("field", Some(part_of.field.as_str().into())), ("after", Some(part_of.after.as_str().into()))])
}

fn questions_json(questions: &Questions) -> Value {
    object([("can", texts(&questions.can)), ("cannot", texts(&questions.cannot))])
}

fn hints_json(hints: &Hints) -> Value {
    object([
        ("summary", text(&hints.summary)),
        ("when_to_use", text(&hints.when_to_use)),
        ("trigger_phrases", texts(&hints.trigger_phrases)),
        ("search_strategy", text(&hints.search_strategy)),
        ("questions", texts(&hints.questions)),
        ("freshness", hints.freshness.and_then(word)),
    ])
}

fn relation_json(relation: &Relation) -> Value {
    object([
        ("to", Some(relation.to.as_str().into())),
        ("from", Some(relation.from.to_string().into())),
        ("key", relation.key.as_ref().map(|key| key.to_string().into())),
        ("cardinality", word(relation.cardinality.unwrap_or(Cardinality::ManyToOne))),
        ("description", text(&relation.description)),
    ])
}

fn entity_json(entity: &Entity) -> Value {
    object([
        ("name", Some(entity.name.as_str().into())),
        ("title", Some(entity.title.as_str().into())),
        ("summary", text(&entity.summary)),
        ("description", text(&entity.description)),
        ("hints", entity.hints.as_ref().map(hints_json)),
        ("relations", (!entity.relations.is_empty()).then(|| entity.relations.iter().map(relation_json).collect())),
        ("actions", Some(entity.operations.keys().map(String::as_str).collect())),
        ("extensions", extensions_json(&entity.extensions)),
    ])
}

fn operation_json(connector: &Connector, operation: &Operation) -> Value {
    let params = operation.params.iter().filter(|param| !param.hidden);
    let answer = match operation.answer {
        Answer::List(_) => "list",
        Answer::One(_) => "record",
        Answer::File(_) => "file",
    };
    object([
        ("entity", Some(operation.entity.as_str().into())),
        ("action", Some(operation.action.as_str().into())),
        ("operation_id", text(&operation.operation_id)),
        ("summary", text(&operation.summary)),
        ("description", text(&operation.description)),
        ("hints", operation.hints.as_ref().map(hints_json)),
        ("effect", word(operation.effect)),
        ("method", Some(operation.method.as_str().into())),
        ("path", Some(operation.path_template().into())),
        ("params", Some(params.map(|param| param_json(connector, param)).collect())),
        ("others", operation.takes_others().then_some(Value::Bool(true))),
        ("answer", Some(answer.into())),
        ("paginated", Some(operation.pagination.is_some().into())),
        ("repeatable", Some(operation.repeatable.into())),
        ("destructive", Some(operation.destructive.into())),
        ("internal", Some(operation.internal.into())),
        ("deprecated", Some(operation.deprecated.into())),
        ("beta", Some(operation.beta.into())),
        ("auth", operation.auth.as_ref().and_then(word)),
        ("meta", Some(operation.meta.keys().map(String::as_str).collect())),
        ("extensions", extensions_json(&operation.extensions)),
    ])
}

/// A parameter: its place, and what its schema says. A schema that refers to another shows that one's limits beside `$ref`.
fn param_json(connector: &Connector, param: &Param) -> Value {
    let types = schema::types(connector, &param.schema);
    let types = match types.as_slice() {
        [] => None,
        [one] => Some(Value::from(one.as_str())),
        several => Some(several.into()),
    };
    let Value::Object(mut json) = object([
        ("name", Some(param.name.as_str().into())),
        ("wire", (param.wire != param.name).then(|| param.wire.as_str().into())),
        ("in", word(param.place)),
        ("type", types),
        ("required", Some(param.required.into())),
        ("file", param.file.then_some(Value::Bool(true))),
        ("base64", param.base64.then_some(Value::Bool(true))),
    ]) else {
        return Value::Null;
    };
    let referred = schema::referred(connector, &param.schema).and_then(Value::as_object);
    let own = param.schema.as_object().into_iter().flatten();
    let limits = referred.into_iter().flatten().filter(|(key, _)| SAID_AGAIN.contains(&key.as_str()));
    for (key, value) in own.chain(limits) {
        if !json.contains_key(key) {
            json.insert(key.clone(), value.clone());
        }
    }
    if let Some(meaning) = schema::description(connector, &param.schema) {
        json.insert("description".to_owned(), meaning.into());
    }
    json.into()
}

/// What a referred schema says that fits beside the reference.
const SAID_AGAIN: [&str; 13] = [
    "enum",
    "const",
    "format",
    "pattern",
    "default",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "examples",
    "deprecated",
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Subject, testing::connector};

    #[test]
    fn agents_are_told_what_it_is_for() {
        let connector = connector();
        let json = Subject::find(&connector, None, None).unwrap().to_json(&connector);
        assert_eq!(json["questions"], json!({ "can": ["Who lives here?"], "cannot": ["Who lived here?"] }));
        assert_eq!(json["hints"], json!({ "when_to_use": "To find people.", "freshness": "live" }));
        let people = &json["entities"][0];
        assert_eq!(people["hints"], json!({ "trigger_phrases": ["who is"] }));
        let lives = json!({ "to": "houses", "from": "$.house_id", "cardinality": "many_to_one", "description": "Where they live." });
        assert_eq!(people["relations"], json!([lives]));
        assert_eq!(json["entities"][1].get("relations"), None);
        assert_eq!(json["operations"][0]["hints"], json!({ "search_strategy": "Look first." }));
        for param in json["operations"][0]["params"].as_array().unwrap() {
            assert_eq!(param["description"], "Where it is.", "{param}");
        }
    }

    #[test]
    fn what_other_tools_use_is_kept_and_shown() {
        let read = connector();
        let compiled: &'static str = Box::leak(read.to_compiled().unwrap().into_boxed_str());
        for connector in [read, crate::plan::Connector::from_compiled(compiled).unwrap()] {
            let json = Subject::find(&connector, None, None).unwrap().to_json(&connector);
            let reference = json!({ "title": "Reference", "url": "https://example.com/api", "kind": "api_reference" });
            assert_eq!(json["links"], json!([reference, { "title": "Site", "url": "https://example.com" }]));
            let params = json!({ "house_id": "${config.region}" });
            assert_eq!(json["check"], json!({ "operation": "houses.get", "params": params }));
            assert_eq!(json["operations"][0]["operation_id"], "createPerson");
            assert_eq!(json["extensions"].to_string(), r#"{"x-team":"payments","x-order":{"b":1,"a":2}}"#);
            let extensions = |pointer: &str| json.pointer(pointer).map(|part| part["extensions"].to_string());
            for (pointer, expected) in [
                ("/auth/0", r#"{"x-key":true}"#),
                ("/config/0", r#"{"x-region":[1,{"a":null}]}"#),
                ("/entities/0", r#"{"x-people":1.5}"#),
                ("/operations/0", r#"{"x-action":"text"}"#),
            ] {
                assert_eq!(extensions(pointer).as_deref(), Some(expected), "{pointer}");
            }
            assert_eq!(json["entities"][1].get("extensions"), None);
            assert_eq!(json["operations"][1].get("operation_id"), None);
        }
    }
}
