//! Ways to sign in, for people: what to give, what it becomes, and what is said about values that do not do.

use indexmap::IndexMap;
use serde_json::{Map, Value};
use tieline::auth::{ApiKeyPlace, Field, Scheme};
use tieline::catalog::sign_in::{meant, simplest, variable};
use tieline::manifest::SchemeChoice;
use tieline::notation::{Part, Template};
use tieline::plan::{Entity, Operation};
use tieline::{Connector, Credentials, Error, ErrorKind};

use super::call::{Calls, is_easy};
use super::{Places, config_variables, example, heading, line, oauth, rules};
use crate::docs::markdown::{Block, Inline};
use crate::docs::model::{self, Link, SignIn, Variable, Wrong};

/// What people call a way to sign in.
pub(super) fn title(name: &str, scheme: &Scheme) -> String {
    let capitals = || {
        let words = name.replace(['_', '-'], " ");
        let mut letters = words.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    };
    heading(&scheme.title.clone().unwrap_or_else(capitals), name)
}

/// The environment variables of the required fields, with values to show.
pub(super) fn variables(connector: &Connector, scheme: &Scheme) -> Vec<Variable> {
    let required = scheme.fields.iter().filter(|(_, field)| field.is_required());
    required
        .map(|(name, field)| Variable {
            name: variable(connector.name(), name),
            value: example::field(connector.head(), scheme, name, field),
            secret: field.is_secret(),
        })
        .collect()
}

/// Makes the ways to sign in of a connector.
pub(super) struct Signing<'a, 'c> {
    pub connector: &'a Connector,
    pub calls: &'c Calls<'a>,
    pub places: &'a Places<'a>,
}

impl Signing<'_, '_> {
    /// The ways to sign in by choice, and those that only serve the operations which name them.
    pub(super) fn ways(&self, entities: &[&Entity]) -> (Vec<SignIn>, Vec<SignIn>) {
        let (limited, free): (Vec<_>, Vec<_>) =
            self.connector.head().auth.iter().partition(|(_, scheme)| scheme.limited == Some(true));
        let ways = |ways: Vec<(&String, &Scheme)>| {
            ways.into_iter().map(|(name, scheme)| self.way(name, scheme, entities)).collect::<Vec<_>>()
        };
        (ways(free), ways(limited))
    }

    fn way(&self, name: &str, scheme: &Scheme, entities: &[&Entity]) -> SignIn {
        let head = self.connector.head();
        let operations = || entities.iter().flat_map(|entity| entity.operations());
        let names_it =
            |operation: &&Operation| matches!(&operation.auth, Some(SchemeChoice::Named(named)) if named == name);
        let check = head.check.as_ref().and_then(|(entity, action)| {
            operations().find(|operation| operation.entity == *entity && operation.action == *action)
        });
        let uses_it = |operation: &&Operation| operation.auth.is_none() || names_it(operation);
        let by_choice = || {
            let easy = || operations().filter(uses_it).find(|operation| is_easy(operation));
            check.filter(uses_it).or_else(easy).or_else(|| operations().find(uses_it))
        };
        let try_it = match scheme.limited {
            Some(true) => operations().find(names_it),
            Some(false) | None => by_choice(),
        };
        let called = try_it.map(|operation| (operation, self.calls.call(operation, operation.examples.first())));
        let values = example::credentials(head, scheme);
        let snippets = self.calls.sign_in_snippets(
            name,
            scheme,
            &values,
            called.as_ref().map(|(operation, call)| (*operation, call)),
        );
        SignIn {
            connector: head.name.clone(),
            name: name.to_owned(),
            title: title(name, scheme),
            anchor: self.places.sign_in.get(name).cloned().unwrap_or_default(),
            description: line(&scheme.description),
            setup: scheme.setup.as_deref().and_then(Block::markdown),
            link: scheme.link.clone().map(|url| Link { title: format!("{} on signing in this way", head.title), url }),
            sends: sends(scheme),
            fields: scheme.fields.iter().map(|(name, field)| self::field(self.connector, name, field)).collect(),
            oauth: scheme.oauth2.as_ref().map(|oauth2| {
                oauth::describe(
                    &oauth::Asked { connector: self.connector, scheme, oauth2, values: &values },
                    self.calls,
                    entities,
                )
            }),
            limited: scheme.limited == Some(true),
            only_for: operations().filter(names_it).map(|operation| self.places.link(&operation.name())).collect(),
            example: texts(&example::credentials_to_keep(head, scheme)),
            variables: config_variables(self.connector).chain(variables(self.connector, scheme)).collect(),
            must_be_named: must_be_named(self.connector, name, &values),
            call: called.map(|(_, call)| call),
            snippets,
        }
    }
}

/// Whether values that fit this way to sign in do not say that it is the one that is meant.
pub(in crate::docs) fn must_be_named(connector: &Connector, name: &str, values: &Map<String, Value>) -> bool {
    let meant = |wanted| {
        let given = Credentials::from_json(&Value::Object(values.clone())).unwrap_or_default();
        meant(connector.head(), given, wanted)
    };
    meant(Some(name)).is_ok() && !meant(None).is_ok_and(|found| found.as_deref() == Some(name))
}

fn texts(values: &Map<String, Value>) -> IndexMap<String, String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    values.iter().map(|(name, value)| (name.clone(), text(value))).collect()
}

fn field(connector: &Connector, name: &str, field: &Field) -> model::Field {
    model::Field {
        name: name.to_owned(),
        title: field.title.clone(),
        value_type: rules::type_name(field.field_type),
        required: field.is_required(),
        secret: field.is_secret(),
        description: line(&field.description)
            .or_else(|| field.title.as_deref().map(|title| Inline::text(title).sentence())),
        rules: rules::of_field(field),
        variable: variable(connector.name(), name),
    }
}

/// What a way to sign in puts on a request; `<field>` stands for the value of a field.
fn sends(scheme: &Scheme) -> Vec<Inline> {
    let code = |text: &str| Inline::code(text).as_str().to_owned();
    let header = |name: &str, value: &str| Inline::of(format!("the header {}", code(&format!("{name}: {value}"))));
    let mut sends = Vec::new();
    sends.extend(scheme.bearer.as_ref().map(|bearer| header("Authorization", &format!("Bearer {}", shown(bearer)))));
    sends.extend(scheme.basic.as_ref().map(|basic| {
        let password = basic.password.as_ref().map(|password| shown(password)).unwrap_or_default();
        let pair = code(&format!("{}:{password}", shown(&basic.username)));
        Inline::of(format!("the header {}, which holds {pair} in Base64", code("Authorization: Basic …")))
    }));
    sends.extend(scheme.api_key.as_ref().map(|key| {
        let (name, value) = (&key.name.value, shown(&key.value));
        match key.place {
            ApiKeyPlace::Header => header(name, &value),
            ApiKeyPlace::Query => Inline::of(format!("the query parameter {}", code(&format!("{name}={value}")))),
            ApiKeyPlace::Cookie => Inline::of(format!("the cookie {}", code(&format!("{name}={value}")))),
        }
    }));
    sends.extend(scheme.oauth2.as_ref().map(|oauth2| {
        let prefix = oauth2.prefix.as_deref().unwrap_or("Bearer");
        let name = oauth2.header.as_deref().unwrap_or("Authorization");
        header(name, format!("{prefix} <access token>").trim())
    }));
    sends.extend(scheme.headers.iter().map(|(name, value)| header(name, &shown(value))));
    sends
}

/// A template for people: `<name>` stands for a value.
pub(super) fn shown(template: &Template) -> String {
    let part = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        Part::Name(name) => format!("<{}>", name.strip_prefix("config.").unwrap_or(name)),
    };
    template.parts().iter().map(part).collect()
}

/// What is said about credentials that do not do: by the engine before anything is sent, and by the API.
pub(super) fn wrong(connector: &Connector) -> Vec<Wrong> {
    let head = connector.head();
    let Some((name, scheme)) = simplest(head) else { return Vec::new() };
    let values = example::credentials(head, scheme);
    let before = || Inline::of("Found before anything is sent.");
    let wanted = must_be_named(connector, name, &values).then_some(name);
    let refused = |values: &Map<String, Value>| {
        let given = Credentials::from_json(&Value::Object(values.clone())).ok()?;
        meant(head, given, wanted.filter(|_| !values.is_empty())).err().map(|error| error.to_json())
    };
    let mut wrong = Vec::new();
    wrong.extend(refused(&Map::new()).map(|error| Wrong {
        what: Inline::of("Nothing was given"),
        found: before(),
        error,
    }));
    let unfit = scheme.fields.iter().find_map(|(name, field)| {
        let tried = ["abc", "?"].into_iter().find(|tried| field.check(name, tried).is_err())?;
        let mut values = values.clone();
        values.insert(name.clone(), tried.into());
        let what = format!("{} is {}", Inline::code(name).as_str(), Inline::code(tried).as_str());
        Some(Wrong { what: Inline::of(what), found: before(), error: refused(&values)? })
    });
    wrong.extend(unfit);
    wrong.extend(values.keys().next_back().filter(|_| values.len() > 1).and_then(|last| {
        let mut values = values.clone();
        values.remove(last);
        let what = format!("{} is missing", Inline::code(last).as_str());
        Some(Wrong { what: Inline::of(what), found: before(), error: refused(&values)? })
    }));
    let what = format!("The API does not know the values of {}, or no longer", Inline::code(name).as_str());
    wrong.push(Wrong {
        what: Inline::of(what),
        found: Inline::of(
            "Said by the API, which answers with status 401; the message, the code and the request id are its own.",
        ),
        error: unauthorized(connector).to_json(),
    });
    wrong
}

/// An answer of the API with status 401, as the engine gives it out.
fn unauthorized(connector: &Connector) -> Error {
    let errors = &connector.head().errors;
    Error::new(ErrorKind::Unauthorized, "(what the API says)")
        .with_status(401)
        .with_code(errors.code.as_ref().map(|_| "(the API's code)".to_owned()))
        .with_request_id(errors.request_id.as_ref().map(|_| "(the API's id of the request)".to_owned()))
}
