//! The form: for one connector and one way to sign in, what is asked, what is known already, and what is wrong.

use serde::Serialize;
use serde_json::{Map, Value, json};
use tieline::auth::Scheme;
use tieline::catalog::sign_in::asked_before_browser;
use url::form_urlencoded;

use crate::definitions::Definition;
use crate::service::Service;
use crate::store::{ConnectorRow, Setup, StoreError};

use super::consent::consent_scheme;
use super::input::{self, Input};
use super::markdown;
use super::sent::Sent;
use super::told::Told;
use super::{CALLBACK, path};

/// What the form shows.
#[derive(Serialize)]
pub(super) struct Form {
    pub action: String,
    pub title: String,
    pub summary: Option<String>,
    pub workspace: String,
    pub steps: Value,
    /// Whether a connector is signed in anew, and has its name.
    pub is_renewal: bool,
    /// The connector, when it was chosen on the page before.
    pub connector: Option<String>,
    /// Back to that page.
    pub back: Option<String>,
    /// The ways to sign in, when there are several.
    pub ways: Vec<Way>,
    pub auth: Option<String>,
    /// What the way to sign in is for.
    pub description: Option<String>,
    /// How somebody comes by the values, as HTML.
    pub setup: Option<String>,
    /// The vendor's page about it.
    pub link: Option<String>,
    pub inputs: Vec<Input>,
    /// Inputs that may be left as they are.
    pub more: Vec<Input>,
    /// Whether something is wrong among them.
    pub is_more_open: bool,
    /// Whether the user agrees on the vendor's page next.
    pub is_consent: bool,
    /// Whether the client is known, so that nothing is asked for it.
    pub has_client: bool,
    /// Where another client can be given.
    pub other_client: Option<String>,
    /// Whether another client is given.
    pub is_other_client: bool,
    /// Where the vendor must be told to send browsers back to.
    pub redirect_uri: String,
    pub told: Option<Told>,
    /// Values to go to from what is told, each with what is wrong.
    pub problems: Vec<Problem>,
    /// Whether what is told is where somebody goes on.
    pub is_told_first: bool,
    /// Whether secrets have to be entered again.
    pub again: bool,
}

/// A way to sign in, to choose from.
#[derive(Serialize)]
pub(super) struct Way {
    pub title: String,
    pub url: String,
    pub is_chosen: bool,
}

/// Something that is wrong with a value.
#[derive(Serialize)]
pub(super) struct Problem {
    pub field: String,
    pub label: String,
    pub message: String,
}

/// What is asked, of whom and for what.
pub(super) struct Asking<'a> {
    pub service: &'a Service,
    pub setup: &'a Setup,
    pub definition: &'a Definition,
    /// What was sent: the query that asks for the form, or the form.
    pub sent: &'a Sent,
    /// The connector that is signed in anew.
    pub before: Option<ConnectorRow>,
    /// The organization's own client, if there is one for this connector.
    own_client: Option<Map<String, Value>>,
}

/// What a way to sign in asks for.
pub(super) struct Asked {
    /// The fields.
    pub fields: Vec<String>,
    /// Whether the user agrees on the vendor's page next.
    pub is_consent: bool,
    /// The client for that, where it is known.
    pub client: Option<Client>,
}

/// A client of the vendor that is known.
pub(super) struct Client {
    /// Its id and secret, by field.
    pub values: Map<String, Value>,
    /// Whether it is that of the connector that is signed in anew: another can be given.
    pub is_before: bool,
}

impl<'a> Asking<'a> {
    /// Looks up what is known.
    pub(super) async fn new(
        service: &'a Service,
        setup: &'a Setup,
        definition: &'a Definition,
        sent: &'a Sent,
    ) -> Result<Self, StoreError> {
        let before = match setup.replaces {
            Some(id) => service.store.connector(setup.organization, Some(setup.workspace), id).await?,
            None => None,
        };
        let own_client = service.store.oauth_client(setup.organization, definition.id).await?;
        Ok(Self { service, setup, definition, sent, before, own_client })
    }

    /// The ways to sign in that somebody can choose: the limited ones only where there is no other.
    fn ways(&self) -> Vec<(&'a str, &'a Scheme)> {
        let all = self.definition.connector.head().auth.iter().map(|(name, scheme)| (name.as_str(), scheme));
        let (limited, free): (Vec<_>, Vec<_>) = all.partition(|(_, scheme)| scheme.limited == Some(true));
        if free.is_empty() { limited } else { free }
    }

    /// The way to sign in that is named. When none is: that of the connector before, then the one that asks for nothing, then the
    /// simplest.
    pub(super) fn way(&self) -> Option<(&'a str, &'a Scheme)> {
        let ways = self.ways();
        let named = |name: Option<&str>| ways.iter().find(|(known, _)| Some(*known) == name).copied();
        named(self.sent.text("auth"))
            .or_else(|| named(self.before.as_ref().and_then(|row| row.scheme.as_deref())))
            .or_else(|| named(self.consent_with_own_client().as_deref()))
            .or_else(|| ways.iter().min_by_key(|(_, scheme)| effort(scheme)).copied())
    }

    fn consent_with_own_client(&self) -> Option<String> {
        self.own_client.as_ref()?;
        consent_scheme(self.definition).map(|consent| consent.name)
    }

    /// What a way to sign in asks for.
    pub(super) async fn asked(&self, (name, scheme): (&str, &Scheme)) -> Result<Asked, StoreError> {
        let Some(fields) = asked_before_browser(scheme) else {
            return Ok(Asked { fields: scheme.fields.keys().cloned().collect(), is_consent: false, client: None });
        };
        let fields: Vec<_> = fields.into_iter().map(str::to_owned).collect();
        let client = self.client(name, scheme, &fields).await?;
        let fields = if client.is_some() { Vec::new() } else { fields };
        Ok(Asked { fields, is_consent: true, client })
    }

    async fn client(&self, name: &str, scheme: &Scheme, asked: &[String]) -> Result<Option<Client>, StoreError> {
        if self.consent_with_own_client().as_deref() == Some(name)
            && let Some(values) = &self.own_client
        {
            return Ok(Some(Client { values: values.clone(), is_before: false }));
        }
        let before = self.before.as_ref().filter(|row| row.scheme.as_deref() == Some(name));
        let Some(row) = before.filter(|_| self.sent.text("client") != Some("other")) else { return Ok(None) };
        let mut values = match self.service.store.secrets(row).await {
            Ok(secrets) => secrets.credentials,
            Err(StoreError::Changed) => return Ok(None),
            Err(error) => return Err(error),
        };
        // The tokens of the sign-in before are not among them.
        values.retain(|field, _| asked.contains(field));
        let is_required = |field: &&String| scheme.fields.get(*field).is_some_and(|field| field.is_required());
        let is_whole = asked.iter().filter(is_required).all(|field| values.contains_key(field));
        Ok(is_whole.then_some(Client { values, is_before: true }))
    }

    /// Whether a known client may be used with this configuration: its secret goes where it was given for.
    pub(super) fn may_go(&self, client: &Client, config: &Map<String, Value>) -> bool {
        match self.before.as_ref().filter(|_| client.is_before) {
            Some(row) => self.definition.reach(config) == self.definition.reach(&row.config),
            None => !self.definition.moves_token_endpoint(config),
        }
    }

    /// The connector, when it was chosen on the page before.
    pub(super) fn chosen(&self) -> Option<&'a str> {
        self.setup.definition.is_none().then(|| self.definition.name())
    }

    /// The path of this form with a way to sign in, and what else it is to say.
    pub(super) fn url(&self, auth: Option<&str>, more: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.chosen().map(|name| ("connector", name)));
        query.extend_pairs(auth.map(|name| ("auth", name))).extend_pairs(more);
        let (page, query) = (page_of(self.service, self.setup), query.finish());
        if query.is_empty() { page } else { format!("{page}?{query}") }
    }

    /// The form.
    pub(super) async fn form(&self, told: Option<Told>, had_secrets: bool) -> Result<Form, StoreError> {
        let (title, told_ref, config) = (self.definition.title(), told.as_ref(), Map::new());
        let config = self.before.as_ref().map_or(&config, |row| &row.config);
        let (mut inputs, mut more) = input::config(self.definition, config, self.sent, told_ref);
        let way = self.way();
        let asked = match way {
            Some(way) => Some((way, self.asked(way).await?)),
            None => None,
        };
        if let Some(((_, scheme), asked)) = &asked {
            inputs.extend(input::credentials(scheme, &asked.fields, self.sent, told_ref));
        }
        if self.setup.replaces.is_none() {
            let name = self.sent.text(super::told::NAME).or(self.setup.name.as_deref()).unwrap_or(title);
            inputs.push(input::name(name, told_ref));
        }
        let all = || inputs.iter().chain(&more);
        let problems = all().filter_map(|input| {
            let (field, label) = (input.field.clone(), input.label.clone());
            Some(Problem { field, label, message: input.error.clone()? })
        });
        let problems: Vec<_> = problems.collect();
        // Somebody goes on at what is wrong: a value, or the secret that was refused, or else what is told.
        let first = problems.first().map(|problem| problem.field.clone()).or_else(|| {
            let refused = told_ref.filter(|told| told.is_refusal)?;
            inputs.iter().find(|input| input.is_secret && refused.is_refusal).map(|input| input.field.clone())
        });
        let is_told_first = told.is_some() && first.is_none();
        let again = had_secrets && inputs.iter().any(|input| input.is_secret);
        let is_more_open = more.iter().any(|input| input.error.is_some());
        for input in inputs.iter_mut().chain(&mut more) {
            input.is_first = first.as_ref() == Some(&input.field);
        }
        let (has_client, is_before) = match asked.as_ref().and_then(|(_, asked)| asked.client.as_ref()) {
            Some(client) => (true, client.is_before),
            None => (false, false),
        };
        let auth = way.map(|(name, _)| name.to_owned());
        let web = |link: &String| link.starts_with("https://").then(|| link.clone());
        let summary = self.definition.connector.head().summary.as_str();
        Ok(Form {
            action: page_of(self.service, self.setup),
            title: title.to_owned(),
            summary: (!summary.is_empty()).then(|| summary.to_owned()),
            workspace: workspace(self.service, self.setup).await?,
            steps: if self.chosen().is_some() { steps(2, 3) } else { steps(1, 2) },
            is_renewal: self.setup.replaces.is_some(),
            connector: self.chosen().map(str::to_owned),
            back: self.chosen().map(|_| page_of(self.service, self.setup)),
            ways: self.listed(way),
            description: way.and_then(|(_, scheme)| scheme.description.clone()),
            setup: way.and_then(|(_, scheme)| scheme.setup.as_deref()).map(markdown::html),
            link: way.and_then(|(_, scheme)| scheme.link.as_ref()).and_then(web),
            is_consent: asked.as_ref().is_some_and(|(_, asked)| asked.is_consent),
            has_client,
            other_client: is_before.then(|| self.url(auth.as_deref(), &[("client", "other")])),
            is_other_client: self.sent.text("client") == Some("other"),
            redirect_uri: self.service.url(CALLBACK),
            auth,
            inputs,
            more,
            is_more_open,
            told,
            problems,
            is_told_first,
            again,
        })
    }

    fn listed(&self, chosen: Option<(&str, &Scheme)>) -> Vec<Way> {
        let ways = self.ways();
        if ways.len() < 2 {
            return Vec::new();
        }
        let way = |(name, scheme): (&str, &Scheme)| Way {
            title: scheme.title.clone().unwrap_or_else(|| name.to_owned()),
            url: self.url(Some(name), &[]),
            is_chosen: chosen.is_some_and(|(chosen, _)| chosen == name),
        };
        ways.into_iter().map(way).collect()
    }
}

/// The simplest way comes first: a token before what obtains tokens, few values before many.
fn effort(scheme: &Scheme) -> (bool, usize) {
    (scheme.oauth2.is_some(), scheme.fields.values().filter(|field| field.is_required()).count())
}

/// How far somebody is.
pub(super) fn steps(at: u32, of: u32) -> Value {
    let bars: Vec<_> = (1..=of).map(|step| json!({ "is_reached": step <= at })).collect();
    json!({ "at": at, "of": of, "bars": bars })
}

/// The path of a set-up's page.
pub(super) fn page_of(service: &Service, setup: &Setup) -> String {
    path(service, &format!("/setup/{}", setup.id))
}

/// The name of the workspace of a set-up.
pub(super) async fn workspace(service: &Service, setup: &Setup) -> Result<String, StoreError> {
    let workspace = service.store.workspace(setup.organization, setup.workspace).await?;
    Ok(workspace.map(|workspace| workspace.name).unwrap_or_default())
}
