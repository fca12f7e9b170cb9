//! What an operation is given: in one JSON object, or by an option each. The names are the same, so that neither knows more.

use std::convert::Infallible;
use std::str::FromStr;

use clap::{Args, Command, Id};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tieline::language::nearest;
use tieline::{Error, ErrorKind, Problem};

use crate::input;
use crate::stop::invalid;

/// The fields of an operation, given either way.
#[derive(Args)]
pub(crate) struct Given<T: Args> {
    /// All of it as one JSON object, in place of the options, whose names are its keys (with `_` for `-`)
    #[arg(long, value_name = "JSON|@FILE|-", conflicts_with_all = ids::<T>())]
    json: Option<String>,
    #[command(flatten)]
    options: T,
}

impl<T: Args + Clone + DeserializeOwned> Given<T> {
    /// Reads it.
    ///
    /// # Errors
    /// `invalid_input` with all that is wrong.
    pub(crate) fn read(&self) -> Result<T, Error> {
        let Some(text) = &self.json else { return Ok(self.options.clone()) };
        let mut object = input::object("--json", text, ErrorKind::InvalidInput)?;
        object.retain(|_, value| !value.is_null());
        let ids = ids::<T>();
        let known: Vec<&str> = ids.iter().map(Id::as_str).collect();
        let wrong: Vec<_> = object.iter().filter_map(|(key, value)| wrong::<T>(&known, key, value)).collect();
        if !wrong.is_empty() {
            let error =
                invalid("the keys of --json do not fit").with_help(format!("the keys are {}", known.join(", ")));
            return Err(error.with_problems(wrong));
        }
        // Each of its values fits alone, and no more than that is asked for.
        serde_json::from_value(object.into()).map_err(|_| invalid("--json does not fit"))
    }
}

/// The names of the fields: those of the options.
fn ids<T: Args>() -> Vec<Id> {
    T::augment_args(Command::new("")).get_arguments().map(|arg| arg.get_id().clone()).collect()
}

/// What is wrong with a key or its value.
fn wrong<T: DeserializeOwned>(known: &[&str], key: &str, value: &Value) -> Option<Problem> {
    let problem = |message: String| Some(Problem { at: key.to_owned(), message });
    if !known.contains(&key) {
        let near = nearest(key, known.iter().copied()).map(|near| format!("; did you mean `{near}`?"));
        return problem(format!("unknown key{}", near.unwrap_or_default()));
    }
    let alone = Map::from_iter([(key.to_owned(), value.clone())]);
    // serde says `invalid type: string "…", expected a map`. The value may be a secret.
    let text = serde_json::from_value::<T>(alone.into()).err()?.to_string();
    let expected = text.split_once("expected ").map_or("something else", |(_, expected)| expected);
    problem(format!("must be {}", if expected.starts_with('u') { "a whole number" } else { expected }))
}

/// A JSON object: as it is, or a text that says where it stands (`@file`, `-`) or holds it.
#[derive(Clone, Deserialize)]
#[serde(untagged, expecting = "expected a JSON object, or a text such as \"@file\"")]
pub(crate) enum Object {
    /// The option's text.
    Text(String),
    /// The object.
    Object(Map<String, Value>),
}

impl FromStr for Object {
    type Err = Infallible;

    /// It is read later: an error of clap's would repeat the text, which may be a secret.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::Text(text.to_owned()))
    }
}

impl Object {
    /// Reads it.
    ///
    /// # Errors
    /// Of this kind, when it is no JSON object.
    pub(crate) fn read(&self, option: &str, kind: ErrorKind) -> Result<Map<String, Value>, Error> {
        match self {
            Self::Text(text) => input::object(option, text, kind),
            Self::Object(object) => Ok(object.clone()),
        }
    }
}

/// A field that must be given.
///
/// # Errors
/// `invalid_input` when it is not.
pub(crate) fn required<T: Clone>(name: &str, value: Option<&T>) -> Result<T, Error> {
    value.cloned().ok_or_else(|| {
        let option = name.replace('_', "-");
        invalid(format!("`{name}` is missing"))
            .with_help(format!("give it with --{option}, or as \"{name}\" in --json"))
    })
}

/// Puts a value into a request, where there is one.
pub(crate) fn put(params: &mut Map<String, Value>, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        params.insert(name.to_owned(), value.into());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[derive(Clone, Debug, Args, Deserialize)]
    struct Inner {
        #[arg(long)]
        name: Option<String>,
    }

    #[derive(Clone, Debug, Args, Deserialize)]
    struct Fields {
        #[command(flatten)]
        #[serde(flatten)]
        inner: Inner,
        #[arg(long)]
        max_records: Option<usize>,
        #[arg(long)]
        #[serde(default)]
        all: bool,
    }

    fn parse(args: &[&str]) -> Result<Fields, Error> {
        let command = Given::<Fields>::augment_args(Command::new("test").no_binary_name(true));
        let matches = command.try_get_matches_from(args).map_err(|error| invalid(error.to_string()))?;
        <Given<Fields> as clap::FromArgMatches>::from_arg_matches(&matches).unwrap().read()
    }

    #[test]
    fn both_ways_give_the_same() {
        for args in [
            &["--name", "a", "--max-records", "3", "--all"][..],
            &["--json", r#"{"name":"a","max_records":3,"all":true}"#],
        ] {
            let fields = parse(args).unwrap();
            assert_eq!((fields.inner.name.as_deref(), fields.max_records, fields.all), (Some("a"), Some(3), true));
        }
        let fields = parse(&["--json", r#"{"name":null}"#]).unwrap();
        assert_eq!((fields.inner.name, fields.all), (None, false));
    }

    #[test]
    fn but_not_both_at_once() {
        for args in [["--json", "{}", "--name", "a"], ["--json", "{}", "--max-records", "1"]] {
            assert!(parse(&args).unwrap_err().message().contains("cannot be used with"), "{args:?}");
        }
    }

    #[test]
    fn all_that_is_wrong_is_named_and_no_value_repeated() {
        let error = parse(&["--json", r#"{"nmae":"hunter2","max_records":"hunter2","all":"hunter2"}"#]).unwrap_err();
        let told: Vec<_> = error.problems().iter().map(|one| format!("{}: {}", one.at, one.message)).collect();
        let expected = [
            "nmae: unknown key; did you mean `name`?",
            "max_records: must be a whole number",
            "all: must be a boolean",
        ];
        assert_eq!(told, expected);
        assert_eq!(error.help(), Some("the keys are name, max_records, all"));
        assert!(!format!("{error:?}").contains("hunter2"));
    }
}
