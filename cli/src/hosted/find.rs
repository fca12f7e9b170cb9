//! What a name means on a server: a connector of a workspace, a workspace, an organization.

use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};
use tieline::language::nearest;
use tieline::{Error, ErrorKind, Problem};

use super::api::Api;
use super::given::required;
use super::settings::{Settings, is_id};
use crate::stop::invalid;

/// So many names are told where none is near to what was asked for.
const TOLD: usize = 10;

/// Where a command looks, in place of its own choice.
#[derive(Clone, Args, Deserialize)]
pub(crate) struct Within {
    /// The workspace; left out: TIELINE_WORKSPACE, or the one of `tieline workspaces use`, or `default`
    #[arg(long, value_name = "NAME")]
    pub workspace: Option<String>,
}

/// Which connector.
#[derive(Clone, Args, Deserialize)]
pub(crate) struct Which {
    #[command(flatten)]
    #[serde(flatten)]
    pub within: Within,
    /// The connector: what people call it, or what it connects to (`notion`) where there is one of that kind
    #[arg(long)]
    pub name: Option<String>,
    /// The connector's id, in place of its name
    #[arg(long)]
    pub id: Option<String>,
}

impl Within {
    /// The workspace's name.
    ///
    /// # Errors
    /// `invalid_input` when the settings cannot be used.
    pub(crate) fn name(&self) -> Result<String, Error> {
        Settings::workspace(self.workspace.as_deref())
    }
}

impl Which {
    /// What can be said without asking anybody.
    ///
    /// # Errors
    /// `invalid_input` when it says which connector not at all, or twice.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match (&self.name, &self.id) {
            (Some(_), Some(_)) => Err(invalid("`name` and `id` exclude each other")),
            (None, None) => required("name", self.name.as_ref()).map(drop),
            (Some(_), None) | (None, Some(_)) => Ok(()),
        }
    }

    /// The connector's id.
    ///
    /// # Errors
    /// `unknown_connector` when there is none, `invalid_input` when there are several.
    pub(crate) async fn id(&self, api: &Api) -> Result<String, Error> {
        self.check()?;
        if let Some(id) = &self.id {
            if is_id(id) {
                return Ok(id.clone());
            }
            let error = Error::new(ErrorKind::UnknownConnector, format!("there is no connector with the id `{id}`"));
            return Err(error.with_help("`tieline connectors list` shows the ids; a name goes into `name`"));
        }
        let name = required("name", self.name.as_ref())?;
        let workspace = self.within.name()?;
        chosen(&name, &workspace, &connectors(api, &workspace).await?)
    }
}

/// The connectors of a workspace.
///
/// # Errors
/// `not_found` when there is no such workspace.
pub(crate) async fn connectors(api: &Api, workspace: &str) -> Result<Vec<Value>, Error> {
    match api.list("connectors", json!({ "workspace_name": workspace })).await {
        Err(error) if error.kind() == ErrorKind::NotFound && error.code().is_none() => {
            workspace_named(api, workspace).await.and(Err(error))
        }
        listed => listed,
    }
}

/// The workspace of this name.
///
/// # Errors
/// `not_found` when there is none.
pub(crate) async fn workspace_named(api: &Api, name: &str) -> Result<Value, Error> {
    let workspaces = api.list("workspaces", json!({})).await?;
    let names = || workspaces.iter().filter_map(|workspace| workspace["name"].as_str());
    let found = workspaces.iter().find(|workspace| workspace["name"] == name).cloned();
    found.ok_or_else(|| {
        let error = absent(ErrorKind::NotFound, format!("there is no workspace `{name}`"), name, names());
        let help = error.help().map(|help| format!("{help}; ")).unwrap_or_default();
        error.with_help(format!("{help}`tieline workspaces create` makes one"))
    })
}

/// The organization of this name or id.
///
/// # Errors
/// `not_found` when there is none, `invalid_input` when there are several.
pub(crate) async fn organization(api: &Api, text: &str) -> Result<Value, Error> {
    let all = api.list("organizations", json!({})).await?;
    let name = |one: &Value| one["organization_name"].as_str().unwrap_or_default().to_owned();
    let is_meant = |one: &&Value| one["id"] == text || name(one).to_lowercase() == text.to_lowercase();
    let found: Vec<&Value> = all.iter().filter(is_meant).collect();
    match found.as_slice() {
        [one] => Ok((*one).clone()),
        [] => {
            let names: Vec<String> = all.iter().map(name).collect();
            let message = format!("the client belongs to no organization `{text}`");
            Err(absent(ErrorKind::NotFound, message, text, names.iter().map(String::as_str)))
        }
        several => Err(ambiguous(format!("there are several organizations `{text}`"), several, name)),
    }
}

/// The one connector that a name means.
fn chosen(name: &str, workspace: &str, connectors: &[Value]) -> Result<String, Error> {
    let is_meant = |known: &str| known.to_lowercase() == name.to_lowercase();
    let (called, kinds): (Vec<&Value>, Vec<&Value>) =
        connectors.iter().filter(|one| names(one).any(is_meant)).partition(|one| is_meant(named(one)[0]));
    // The one that people call so comes before others of that kind.
    let found = match called.as_slice() {
        [_] => called,
        _ => [called, kinds].concat(),
    };
    match found.as_slice() {
        [one] => Ok(one["id"].as_str().unwrap_or_default().to_owned()),
        [] => {
            let message = format!("the workspace `{workspace}` has no connector `{name}`");
            Err(absent(ErrorKind::UnknownConnector, message, name, connectors.iter().flat_map(names)))
        }
        several => {
            let called = |one: &Value| {
                let [called, title, _] = named(one);
                if called == title { called.to_owned() } else { format!("{called} ({title})") }
            };
            Err(ambiguous(format!("`{name}` means several connectors of the workspace `{workspace}`"), several, called))
        }
    }
}

/// What a connector is called: by people, its kind by people, and its kind by programs.
fn named(connector: &Value) -> [&str; 3] {
    let kind = &connector["summarized_source_template"];
    [&connector["name"], &kind["name"], &kind["connector_name"]].map(|name| name.as_str().unwrap_or_default())
}

fn names(connector: &Value) -> impl Iterator<Item = &str> {
    named(connector).into_iter().filter(|name| !name.is_empty())
}

fn absent<'a>(kind: ErrorKind, message: String, name: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let error = Error::new(kind, message);
    let mut all: Vec<&str> = known.collect();
    if let Some(near) = nearest(name, all.iter().copied()) {
        return error.with_help(format!("did you mean `{near}`?"));
    }
    all.sort_by_cached_key(|name| (name.to_lowercase(), *name));
    all.dedup_by_key(|name| name.to_lowercase());
    let told: Vec<_> = all.iter().take(TOLD).map(|name| format!("`{name}`")).collect();
    match (told.as_slice(), kind) {
        ([], ErrorKind::UnknownConnector) => error.with_help("there are none; `tieline connectors create` makes one"),
        ([], _) => error,
        (_, _) if all.len() > TOLD => error.with_help(format!("there are {}, …", told.join(", "))),
        (_, _) => error.with_help(format!("there are {}", told.join(", "))),
    }
}

/// A name that means several things, with their ids.
fn ambiguous(message: String, several: &[&Value], called: impl Fn(&Value) -> String) -> Error {
    let problems = several
        .iter()
        .map(|one| Problem { at: one["id"].as_str().unwrap_or_default().to_owned(), message: called(one) })
        .collect();
    invalid(message)
        .with_code(Some("ambiguous".to_owned()))
        .with_help("give the id of one of them")
        .with_problems(problems)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn connector(id: &str, name: &str, title: &str, slug: &str) -> Value {
        json!({ "id": id, "name": name, "summarized_source_template": { "name": title, "connector_name": slug } })
    }

    #[test]
    fn a_name_is_that_of_the_connector_or_of_its_kind_in_any_case() {
        let connectors =
            [connector("1", "Team wiki", "Notion", "notion"), connector("2", "Bills", "Chargebee EU", "chargebee")];
        for (name, id) in [("team WIKI", "1"), ("notion", "1"), ("Chargebee eu", "2"), ("CHARGEBEE", "2")] {
            assert_eq!(chosen(name, "default", &connectors).unwrap(), id);
        }
    }

    #[test]
    fn several_are_told_with_their_ids_and_none_with_what_is_near() {
        let connectors =
            [connector("1", "Team wiki", "Notion", "notion"), connector("2", "Notion", "Notion", "notion")];
        assert_eq!(chosen("notion", "default", &connectors).unwrap(), "2", "it is called so itself");
        let several = [connector("1", "Team wiki", "Notion", "notion"), connector("3", "Notes", "Notion", "notion")];
        let error = chosen("notion", "default", &several).unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::InvalidInput, Some("ambiguous")));
        let told: Vec<_> = error.problems().iter().map(|one| (one.at.as_str(), one.message.as_str())).collect();
        assert_eq!(told, [("1", "Team wiki (Notion)"), ("3", "Notes (Notion)")]);
        let twice = [connector("2", "Notion", "Notion", "notion"), connector("4", "Notion", "Notion", "notion")];
        assert_eq!(chosen("notion", "default", &twice).unwrap_err().problems().len(), 2);
        let error = chosen("notoin", "default", &connectors).unwrap_err();
        assert_eq!((error.kind(), error.help()), (ErrorKind::UnknownConnector, Some("did you mean `Notion`?")));
        let error = chosen("stripe", "default", &connectors).unwrap_err();
        assert_eq!(error.help(), Some("there are `Notion`, `Team wiki`"));
        let error = chosen("stripe", "default", &[]).unwrap_err();
        assert_eq!(error.help(), Some("there are none; `tieline connectors create` makes one"));
    }

    #[test]
    fn a_connector_is_said_once() {
        let which = |name: Option<&str>, id: Option<&str>| Which {
            within: Within { workspace: None },
            name: name.map(str::to_owned),
            id: id.map(str::to_owned),
        };
        assert!(which(Some("a"), None).check().is_ok() && which(None, Some("1")).check().is_ok());
        assert!(which(Some("a"), Some("1")).check().unwrap_err().message().contains("exclude"));
        assert_eq!(which(None, None).check().unwrap_err().message(), "`name` is missing");
    }
}
