//! The types of the generated clients, tried: JSON is read into them and written back.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tieline::plan;
use tieline::typed::{EachOperation, Operation};

/// Reads a record into the type of the operation's records and writes it back.
///
/// # Errors
/// When it cannot be read, does not come back equal, or holds something that the type takes for unknown.
pub fn record(connector: &str, operation: &plan::Operation, json: &[u8]) -> Result<(), String> {
    trip(connector, operation, Which::Record, json)
}

/// Reads parameters into the type of the operation's parameters and writes them back; files are not among them.
///
/// # Errors
/// As for [`record`].
pub fn params(connector: &str, operation: &plan::Operation, params: &Map<String, Value>) -> Result<(), String> {
    let mut values = params.clone();
    values.retain(|name, _| !operation.params.iter().any(|param| param.file && param.name == *name));
    trip(connector, operation, Which::Params, Value::from(values).to_string().as_bytes())
}

/// A record or the parameters of an operation, to be read into its type and written back.
struct Trip<'a> {
    operation: &'a plan::Operation,
    json: &'a [u8],
    which: Which,
    /// Why it did not come back equal; `None`: the client has no such operation.
    outcome: Option<Result<(), String>>,
}

#[derive(Clone, Copy)]
enum Which {
    Params,
    Record,
}

impl EachOperation for Trip<'_> {
    fn operation<O: Operation>(&mut self) {
        if (O::ENTITY, O::ACTION) == (self.operation.entity.as_str(), self.operation.action.as_str()) {
            self.outcome = Some(match self.which {
                Which::Params => there_and_back::<O::Params>(self.json),
                Which::Record => there_and_back::<O::Record>(self.json),
            });
        }
    }
}

fn there_and_back<T: Serialize + DeserializeOwned + Debug>(json: &[u8]) -> Result<(), String> {
    let expected: Value = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    let read: T = serde_json::from_slice(json).map_err(|error| format!("{error}\nin {expected}"))?;
    let written = serde_json::to_value(&read).map_err(|error| error.to_string())?;
    if written != expected {
        return Err(format!("came back as {written}\nfrom {expected}"));
    }
    let unknown = unknown(&format!("{read:?}"));
    if unknown == 0 { Ok(()) } else { Err(format!("{unknown} values are unknown in {read:?}")) }
}

/// How often a value was printed that fell into `Unknown`.
fn unknown(debug: &str) -> usize {
    let mut outside = String::new();
    let mut letters = debug.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => loop {
                match letters.next() {
                    Some('\\') => drop(letters.next()),
                    Some('"') | None => break,
                    Some(_) => {}
                }
            },
            other => outside.push(other),
        }
    }
    outside.matches("Unknown").count()
}

fn trip(connector: &str, operation: &plan::Operation, which: Which, json: &[u8]) -> Result<(), String> {
    let mut trip = Trip { operation, json, which, outcome: None };
    tieline_connectors::each_operation(connector, &mut trip);
    trip.outcome.unwrap_or_else(|| Err("the client has no such operation".to_owned()))
}
