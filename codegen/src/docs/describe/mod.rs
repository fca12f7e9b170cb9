//! From a connector to what its pages show.

mod alternatives;
mod call;
mod errors;
pub(crate) mod example;
mod oauth;
mod operation;
mod rules;
mod shapes;
mod sign_in;

use serde_json::{Map, Value};
use tieline::catalog::Subject;
use tieline::catalog::sign_in::{config_variable, simplest};
use tieline::manifest::{Cardinality, RateLimit};
use tieline::{Connector, Error, ErrorKind};

use call::Calls;
use shapes::Shapes;

pub(super) use sign_in::must_be_named;

use super::anchors::{Anchors, slug};
use super::faces::Snippets;
use super::markdown::{Block, Inline};
use super::model;

/// Everything the pages of these connectors show.
pub(super) fn catalogue(
    connectors: &[&Connector],
    snippets: &[(&str, &dyn Snippets)],
) -> Result<model::Catalogue, Error> {
    let mut described = connectors.iter().map(|one| connector(one, snippets)).collect::<Result<Vec<_>, _>>()?;
    described.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(model::Catalogue { connectors: described })
}

fn connector(connector: &Connector, snippets: &[(&str, &dyn Snippets)]) -> Result<model::Connector, Error> {
    let head = connector.head();
    let entities = connector.entities()?;
    let places = Places::of(connector, &entities);
    let mut calls = Calls::new(connector, snippets, &places);
    let signing = sign_in::Signing { connector, calls: &calls, places: &places };
    let (sign_in, limited_sign_in) = signing.ways(&entities);
    let start = start(connector, &calls, &entities);
    let check = head.check.as_ref().map(|(entity, action)| places.link(&format!("{entity}.{action}")));
    let wrong = sign_in::wrong(connector);
    let mut entities: Vec<_> = entities.iter().map(|entity| self::entity(entity, &places, &mut calls)).collect();
    let shared = errors::set_own(&mut entities);
    let agent = agent(connector)?;
    let questions = head.questions.as_ref();
    Ok(model::Connector {
        name: head.name.clone(),
        title: head.title.clone(),
        version: head.version.clone(),
        summary: head.summary.clone(),
        description: head.description.as_deref().and_then(Block::markdown),
        links: head
            .links
            .iter()
            .map(|link| model::Link { title: link.title.clone(), url: link.url.value.clone() })
            .collect(),
        questions: questions.map_or_else(Default::default, |questions| model::Questions {
            can: questions.can.clone(),
            cannot: questions.cannot.clone(),
        }),
        search_strategy: head.hints.as_ref().and_then(|hints| line(&hints.search_strategy)),
        server: sign_in::shown(&head.server),
        config: head.config.iter().map(|(name, value)| config_value(connector, name, value)).collect(),
        several_ways: sign_in.len() + limited_sign_in.len() > 1,
        sign_in,
        limited_sign_in,
        wrong,
        check,
        limits: limits(&head.limits),
        start,
        operation_count: entities.iter().map(|entity| entity.operations.len()).sum(),
        entities,
        agent,
        objects_anchor: places.objects.clone(),
        objects: places.shapes.objects(),
        retries: errors::retries(connector),
        errors: errors::meanings(&shared),
    })
}

/// What agents read. An entity whose actions are not for them is left out.
fn agent(connector: &Connector) -> Result<model::Agent, Error> {
    let text = |subject: &Subject<'_>| subject.for_agent(connector).map(|guide| guide.to_string());
    let mut entities = Vec::new();
    for entity in connector.entities()? {
        match text(&Subject::Entity(entity)) {
            Ok(text) => entities.push(model::AgentEntity { name: entity.name.clone(), text }),
            Err(error) if error.kind() == ErrorKind::Refused => {}
            Err(error) => return Err(error),
        }
    }
    Ok(model::Agent { index: text(&Subject::Connector(connector.entities()?))?, entities })
}

/// Where everything stands on the pages of a connector.
struct Places<'a> {
    /// The anchors of entities and operations, by `entity` and `entity.action`.
    anchors: std::collections::HashMap<String, String>,
    /// The anchor of the list of objects.
    objects: String,
    /// The anchors of the ways to sign in, by name.
    sign_in: std::collections::HashMap<String, String>,
    /// The named objects.
    shapes: Shapes<'a>,
}

impl<'a> Places<'a> {
    /// In the order in which the templates print the headings.
    fn of(connector: &'a Connector, entities: &[&'a tieline::plan::Entity]) -> Self {
        let mut reference = Anchors::default();
        reference.next(&format!("{} reference", connector.head().title));
        for heading in ["How to read this page", "Errors", "Contents"] {
            reference.next(heading);
        }
        let mut anchors = std::collections::HashMap::new();
        for entity in entities {
            anchors.insert(entity.name.clone(), reference.next(&heading(&entity.title, &entity.name)));
            for operation in entity.operations() {
                anchors.insert(operation.name(), reference.next(&operation.name()));
            }
        }
        let objects = reference.next("Objects");
        let operations = || entities.iter().flat_map(|entity| entity.operations());
        let used = operations()
            .flat_map(|operation| operation.params.iter().map(|param| &param.schema).chain(&operation.record));
        let used = used.chain(entities.iter().filter_map(|entity| entity.record.as_ref()));
        let shapes = Shapes::new(connector, used, &mut reference);

        let mut page = Anchors::default();
        page.next(&format!("Sign in to {}", connector.head().title));
        page.next("Hosted");
        let ways = connector.head().auth.iter();
        let (free, limited): (Vec<_>, Vec<_>) = ways.partition(|(_, scheme)| scheme.limited != Some(true));
        let all = free.into_iter().chain(limited);
        let sign_in = all.map(|(name, scheme)| (name.clone(), page.next(&sign_in::title(name, scheme)))).collect();
        Self { anchors, objects, sign_in, shapes }
    }

    fn anchor(&self, name: &str) -> String {
        self.anchors.get(name).cloned().unwrap_or_default()
    }

    fn link(&self, name: &str) -> model::OperationLink {
        model::OperationLink { name: name.to_owned(), anchor: self.anchor(name) }
    }
}

/// What stands in a heading: the title, or the name where the title has nothing that an anchor could be made of.
fn heading(title: &str, name: &str) -> String {
    if slug(title).is_empty() { name.to_owned() } else { title.to_owned() }
}

fn line(text: &Option<String>) -> Option<Inline> {
    text.as_deref().and_then(Inline::markdown).map(Inline::sentence)
}

fn config_value(connector: &Connector, name: &str, value: &tieline::manifest::ConfigValue) -> model::ConfigValue {
    model::ConfigValue {
        name: name.to_owned(),
        title: value.title.clone(),
        value_type: rules::type_name(value.value_type),
        required: value.must_be_given(),
        description: line(&value.description.clone().or_else(|| value.title.clone())),
        rules: rules::of_config(value),
        variable: config_variable(connector.head(), name),
        example: example::config_value(connector.head(), name, value),
    }
}

fn limits(limits: &[RateLimit]) -> Vec<Inline> {
    let sentence = |limit: &RateLimit| {
        let time = match limit.per.duration().as_millis() {
            1_000 => "a second".to_owned(),
            60_000 => "a minute".to_owned(),
            3_600_000 => "an hour".to_owned(),
            86_400_000 => "a day".to_owned(),
            _ => format!("in {}", limit.per.value),
        };
        let plural = if *limit.requests == 1 { "" } else { "s" };
        let meaning = line(&limit.description).map(|text| format!(" {}", text.as_str())).unwrap_or_default();
        Inline::of(format!("{} request{plural} {time}.{meaning}", *limit.requests))
    };
    limits.iter().map(sentence).collect()
}

/// How to begin: the call that the manifest names as its check, or an easy one.
fn start(connector: &Connector, calls: &Calls<'_>, entities: &[&tieline::plan::Entity]) -> Option<model::Start> {
    let head = connector.head();
    let operations = || entities.iter().flat_map(|entity| entity.operations());
    let check = head.check.as_ref().and_then(|(entity, action)| {
        operations().find(|operation| operation.entity == *entity && operation.action == *action)
    });
    let operation =
        check.or_else(|| operations().find(|operation| call::is_easy(operation))).or_else(|| operations().next())?;
    let way = simplest(head);
    let config: Map<String, Value> = required_config(connector).collect();
    let from_fields = way.into_iter().flat_map(|(_, scheme)| sign_in::variables(connector, scheme));
    let call = calls.call(operation, operation.examples.first());
    let snippets = calls.start_snippets(operation, &call);
    Some(model::Start {
        connector: head.name.clone(),
        title: head.title.clone(),
        manifest: format!("specs/{}/connector.yaml", head.name),
        sign_in: way.map(|(name, _)| name.to_owned()),
        variables: config_variables(connector).chain(from_fields).collect(),
        config,
        call,
        snippets,
    })
}

/// The configuration values that must be given, with values to show.
pub(super) fn required_config(connector: &Connector) -> impl Iterator<Item = (String, Value)> {
    let declared = connector.head().config.iter();
    let required = declared.filter(|(_, value)| value.must_be_given());
    required.map(|(name, value)| (name.clone(), example::config_value(connector.head(), name, value)))
}

/// The environment variables of those.
fn config_variables(connector: &Connector) -> impl Iterator<Item = model::Variable> {
    required_config(connector).filter_map(|(name, value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Some(model::Variable { name: config_variable(connector.head(), &name)?, value, secret: false })
    })
}

fn entity(entity: &tieline::plan::Entity, places: &Places<'_>, calls: &mut Calls<'_>) -> model::Entity {
    let hints = entity.hints.as_ref();
    let relation = |relation: &tieline::manifest::Relation| model::Relation {
        to: relation.to.value.clone(),
        anchor: places.anchor(&relation.to.value),
        from: relation.from.to_string(),
        key: relation.key.as_ref().map(ToString::to_string),
        cardinality: match relation.cardinality.unwrap_or(Cardinality::ManyToOne) {
            Cardinality::OneToOne => "one to one",
            Cardinality::OneToMany => "one to many",
            Cardinality::ManyToOne => "many to one",
            Cardinality::ManyToMany => "many to many",
        }
        .to_owned(),
        description: line(&relation.description),
    };
    model::Entity {
        name: entity.name.clone(),
        title: heading(&entity.title, &entity.name),
        anchor: places.anchor(&entity.name),
        summary: entity.summary.clone(),
        description: entity.description.as_deref().and_then(Block::markdown),
        when_to_use: hints.and_then(|hints| line(&hints.when_to_use)),
        search_strategy: hints.and_then(|hints| line(&hints.search_strategy)),
        record: entity.record.as_ref().map(|record| places.shapes.words(record)),
        relations: entity.relations.iter().map(relation).collect(),
        operations: entity.operations().map(|one| operation::describe(one, places, calls)).collect(),
    }
}
