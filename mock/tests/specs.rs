//! Every operation of a built-in connector answers what its own record schema accepts, through a connection.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;

use serde_json::{Map, Value, json};
use tieline::execute::Data;
use tieline::manifest::ConfigValue;
use tieline::plan::{Answer, Operation};
use tieline::wire::Upload;
use tieline::{Connection, Connector, Credentials, Source};
use tieline_mock::{Mock, MockOptions};

/// A built-in connector, and the same without examples, so that every answer is made from a schema.
fn connectors() -> Vec<(String, Arc<Connector>)> {
    let mut all = Vec::new();
    let specs = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../specs")).unwrap();
    for folder in specs.map(|entry| entry.unwrap().path()).filter(|path| path.join("connector.yaml").is_file()) {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let text = std::fs::read_to_string(folder.join("connector.yaml")).unwrap();
        let (connector, _) = Connector::load(&Source::new(name, text)).unwrap();
        let mut compiled: Value = serde_json::from_str(&connector.to_compiled().unwrap()).unwrap();
        for entity in compiled["entities"].as_object_mut().unwrap().values_mut() {
            for operation in entity["operations"].as_object_mut().unwrap().values_mut() {
                operation["examples"] = json!([]);
            }
        }
        let bare = Connector::from_compiled(Box::leak(compiled.to_string().into_boxed_str())).unwrap();
        all.push((name.to_owned(), Arc::new(connector)));
        all.push((format!("{name} without examples"), Arc::new(bare)));
    }
    all
}

fn connection(connector: &Arc<Connector>, operation: &Operation) -> Connection {
    let mock = Mock::new(connector.clone(), MockOptions::default());
    let head = connector.head();
    let wanted = match &operation.auth {
        Some(tieline::manifest::SchemeChoice::Named(name)) => Some(name.clone()),
        _ => head.auth.iter().find(|(_, scheme)| scheme.bearer.is_some()).map(|(name, _)| name.clone()),
    };
    let name = wanted.or_else(|| head.auth.keys().next().cloned()).unwrap();
    let fields = head.auth[&name].fields.iter().filter(|(_, field)| field.is_required());
    let credentials = fields.fold(Credentials::none(), |all, (name, field)| {
        let prefix = field.prefix.first().cloned().unwrap_or_default();
        all.with(name, format!("{prefix}x"))
    });
    let builder = Connection::builder(connector.clone()).credentials(credentials).scheme(name);
    // What has no default is connected with as the manifest shows it.
    let shown = |(name, value): (&String, &ConfigValue)| Some((name.clone(), Value::from(value.example.clone()?)));
    let config = head.config.iter().filter(|(_, value)| value.required == Some(true)).filter_map(shown).collect();
    builder.config(config).transport(Arc::new(mock)).connect().unwrap()
}

/// A JSON Schema document that accepts the operation's records.
fn validator(connector: &Connector, operation: &Operation) -> Option<jsonschema::Validator> {
    let schemas: Map<String, Value> = connector
        .schema_names()
        .map(|name| (name.to_owned(), connector.schema(name).unwrap().unwrap().clone()))
        .collect();
    let document = json!({ "allOf": [operation.record.as_ref()?], "schemas": schemas });
    Some(jsonschema::draft202012::options().should_validate_formats(true).build(&document).unwrap())
}

#[tokio::test]
async fn every_operation_answers_what_its_schema_accepts() {
    let with_examples = connectors();
    let mut problems = Vec::new();
    let mut checked = 0;
    for (name, connector) in &with_examples {
        // The parameters come from the connector that has examples.
        let original = &with_examples.iter().find(|(other, _)| name.starts_with(other.as_str())).unwrap().1;
        for operation in connector.entities().unwrap().iter().flat_map(|entity| entity.operations()) {
            let examples = &original.operation(&operation.entity, &operation.action).unwrap().examples;
            let params = examples.iter().find_map(|example| example.params.clone()).unwrap_or_else(|| json!({}));
            let mut call = connection(connector, operation).call(&operation.entity, &operation.action);
            let mut values = params.as_object().unwrap().clone();
            for param in operation.params.iter().filter(|param| param.file) {
                values.remove(&param.name);
                call = call.upload(&param.name, Upload::bytes("bytes").filename("a.txt").content_type("text/plain"));
            }
            let envelope = match call.params(values.into()).execute().await {
                Ok(envelope) => envelope,
                Err(error) => {
                    problems.push(format!("{name} {}: {error:?}", operation.name()));
                    continue;
                }
            };
            let records = match (&envelope.data, &operation.answer) {
                (Data::Record(record), Answer::One(_)) => vec![record.clone()],
                (Data::Records(records), Answer::List(_)) if !records.is_empty() => records.clone(),
                (Data::File(file), Answer::File(_)) if !file.content.is_empty() => continue,
                (Data::Nothing, _) if operation.record.is_none() => continue,
                (data, _) => {
                    problems.push(format!("{name} {}: {data:?}", operation.name()));
                    continue;
                }
            };
            let Some(validator) = validator(connector, operation) else { continue };
            for record in records {
                checked += 1;
                let record = record.to_value();
                if let Err(error) = validator.validate(&record) {
                    problems.push(format!(
                        "{name} {}: at {} {}\n{record:#}",
                        operation.name(),
                        error.instance_path(),
                        error.to_string().chars().take(300).collect::<String>()
                    ));
                    break;
                }
            }
        }
    }
    assert!(problems.is_empty(), "{} of {checked}:\n{}", problems.len(), problems.join("\n"));
    assert!(checked > 100);
}
