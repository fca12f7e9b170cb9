//! The connectors that can be made here: the built-in ones, and those that the operator adds.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::{Map, Value};
use tieline::notation::Template;
use tieline::{Connector, Error};
use url::Url;
use uuid::Uuid;

use crate::store::Reach;

/// A connector that can be made here.
#[derive(Debug)]
pub(crate) struct Definition {
    /// The stable id; made from the name where the manifest says none.
    pub id: Uuid,
    /// The id of the one template that there is for it.
    pub template: Uuid,
    pub connector: Arc<Connector>,
    /// Where the operator says that its API is.
    pub base_url: Option<Url>,
    /// The configuration values that are parts of addresses.
    in_addresses: Vec<String>,
    /// Those that are parts of the addresses of token endpoints.
    in_token_addresses: Vec<String>,
    /// All that is said of the connector and its entities, in small letters.
    pub searched: String,
}

impl Definition {
    pub(crate) fn name(&self) -> &str {
        self.connector.name()
    }

    pub(crate) fn title(&self) -> &str {
        &self.connector.head().title
    }

    /// Whether a way to sign in has a field of this name.
    pub(crate) fn has_field(&self, name: &str) -> bool {
        self.connector.head().auth.values().any(|scheme| scheme.fields.contains_key(name))
    }

    /// Whether these values would say where an OAuth client's secret is sent to.
    pub(crate) fn moves_token_endpoint(&self, config: &Map<String, Value>) -> bool {
        self.in_token_addresses.iter().any(|name| config.contains_key(name))
    }

    /// Where the tokens of a connector with this configuration may go.
    pub(crate) fn reach(&self, config: &Map<String, Value>) -> Reach {
        let parts = self.in_addresses.iter().filter_map(|name| Some((name.as_str(), config.get(name)?)));
        Reach::new(self.base_url.as_ref(), parts)
    }
}

/// All connectors that can be made here.
#[derive(Debug)]
pub(crate) struct Definitions {
    all: Vec<Arc<Definition>>,
    by_id: HashMap<Uuid, Arc<Definition>>,
}

impl Definitions {
    /// The built-in connectors and these; one of the same name replaces a built-in one.
    ///
    /// # Errors
    /// When a built-in connector cannot be opened, or two have the same id; when a base URL is for none of them.
    pub(crate) fn new(added: Vec<Connector>, mut base_urls: HashMap<String, Url>) -> Result<Self, String> {
        let built_in: Result<Vec<_>, Error> = tieline_specs::all().iter().map(|built_in| built_in.open()).collect();
        let built_in = built_in.map_err(|error| error.to_string())?;
        let is_replaced = |connector: &Connector| added.iter().any(|added| added.name() == connector.name());
        let kept: Vec<_> = built_in.into_iter().filter(|connector| !is_replaced(connector)).collect();
        let mut all: Vec<_> = kept
            .into_iter()
            .chain(added)
            .map(|connector| {
                let id = connector.head().id.as_deref().and_then(|id| Uuid::parse_str(id).ok());
                let id = id.unwrap_or_else(|| Uuid::new_v5(&Uuid::NAMESPACE_OID, connector.name().as_bytes()));
                let template = Uuid::new_v5(&id, b"template");
                let base_url = base_urls.remove(connector.name());
                let (in_addresses, in_token_addresses) = (in_addresses(&connector)?, in_token_addresses(&connector));
                let searched = searched(&connector)?;
                let connector = Arc::new(connector);
                Ok(Arc::new(Definition {
                    id,
                    template,
                    connector,
                    base_url,
                    in_addresses,
                    in_token_addresses,
                    searched,
                }))
            })
            .collect::<Result<_, Error>>()
            .map_err(|error| error.to_string())?;
        if let Some(name) = base_urls.keys().min() {
            return Err(format!("there is a base URL for `{name}`, and no such connector"));
        }
        all.sort_by(|one, other| one.name().cmp(other.name()));
        let mut by_id = HashMap::new();
        for definition in &all {
            if let Some(other) = by_id.insert(definition.id, definition.clone()) {
                return Err(format!("`{}` and `{}` have the same id", other.name(), definition.name()));
            }
        }
        Ok(Self { all, by_id })
    }

    pub(crate) fn all(&self) -> &[Arc<Definition>] {
        &self.all
    }

    pub(crate) fn of_id(&self, id: Uuid) -> Option<&Arc<Definition>> {
        self.by_id.get(&id)
    }

    pub(crate) fn of_template(&self, id: Uuid) -> Option<&Arc<Definition>> {
        self.all.iter().find(|definition| definition.template == id)
    }

    /// The definition that a person means: by name or title, in any case, with any signs between the words.
    pub(crate) fn meant(&self, text: &str) -> Option<&Arc<Definition>> {
        let wanted = letters(text);
        let mut found = self.all.iter().filter(|one| letters(one.name()) == wanted || letters(one.title()) == wanted);
        let first = found.next()?;
        let exact = || self.all.iter().find(|one| one.name() == text || one.title() == text);
        if found.next().is_some() { exact() } else { Some(first) }
    }

    /// What to say when none is meant.
    pub(crate) fn nearest(&self, text: &str) -> String {
        let names = self.all.iter().map(|definition| definition.name());
        match tieline::language::nearest(text, names.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are: {}", names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")),
        }
    }
}

/// The configuration values that are parts of addresses: of the API, of an operation's own server, or of an endpoint to sign in.
fn in_addresses(connector: &Connector) -> Result<Vec<String>, Error> {
    let mut names = BTreeSet::from_iter(in_token_addresses(connector));
    names.extend(config_names(&connector.head().server));
    for entity in connector.entities()? {
        names.extend(entity.operations().filter_map(|operation| operation.server.as_ref()).flat_map(config_names));
    }
    Ok(names.into_iter().collect())
}

fn in_token_addresses(connector: &Connector) -> Vec<String> {
    let endpoints = connector.head().auth.values().filter_map(|scheme| scheme.oauth2.as_deref());
    let urls = endpoints.flat_map(|oauth2| std::iter::once(&oauth2.token.url).chain(&oauth2.token.refresh_url));
    urls.flat_map(|url| config_names(url)).collect()
}

fn searched(connector: &Connector) -> Result<String, Error> {
    let head = connector.head();
    let mut text = format!("{} {} {}", head.name, head.title, head.summary);
    for entity in connector.entities()? {
        text.push_str(&format!(" {} {}", entity.name, entity.summary.as_deref().unwrap_or_default()));
    }
    Ok(text.to_lowercase())
}

fn config_names(template: &Template) -> impl Iterator<Item = String> {
    template.names().filter_map(|name| name.strip_prefix("config.")).map(str::to_owned)
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_connector_is_meant_by_its_name_or_title_however_it_is_written() {
        let definitions = Definitions::new(Vec::new(), HashMap::new()).unwrap();
        for text in ["notion", "Notion", "NOTION", " no-tion "] {
            assert_eq!(definitions.meant(text).unwrap().name(), "notion", "{text}");
        }
        assert!(definitions.meant("").is_none() && definitions.meant("notional").is_none());
        assert_eq!(definitions.nearest("motion"), "did you mean `notion`?");
        let notion = definitions.meant("notion").unwrap();
        assert_eq!(definitions.of_template(notion.template).unwrap().id, notion.id);
    }

    #[test]
    fn a_base_url_without_a_connector_is_a_mistake() {
        let urls = HashMap::from([("motion".to_owned(), Url::parse("http://127.0.0.1:1").unwrap())]);
        assert!(Definitions::new(Vec::new(), urls).unwrap_err().contains("`motion`"));
    }
}
