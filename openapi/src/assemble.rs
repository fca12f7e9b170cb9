//! The manifest, from everything that was found: its head, entities, actions and schemas, in the order in which people read them.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use tieline::manifest::Place;
use tieline::source::{Code, Diagnostic};
use tieline::yaml::{Node, Value};

use crate::action;
use crate::answer::Answer;
use crate::bundle::FILES;
use crate::config::Config;
use crate::context::Context;
use crate::dialect::{info, kept, oauth, scoping};
use crate::document::Document;
use crate::head;
use crate::infer::{check, errors, keys, naming::Name};
use crate::note::{Note, Translation};
use crate::operation::Operation;
use crate::param::Param;
use crate::pointer;
use crate::server::IsSaid;
use crate::share;
use crate::tree::{Mapping, items, number, text, whole};

/// An operation with all that was made of it.
pub(crate) struct Built<'d> {
    pub operation: Operation<'d>,
    pub answer: Answer<'d>,
    pub name: Name,
    pub params: Vec<Param<'d>>,
    /// Whether it can be called without any parameters.
    pub needs_nothing: bool,
    /// The action as the manifest has it.
    pub action: Node,
}

/// A manifest from a document, with what was found wrong on the way.
pub(crate) fn translate(root: &Node) -> Result<(Translation, Vec<Diagnostic>), Diagnostic> {
    let document = Document::of(root)?;
    let mut context = Context::new(document);
    let assembly = Assembly::of(&mut context);
    let is_empty = assembly.built.is_empty();
    let manifest = assembly.manifest();
    let Context { notes, findings, .. } = context;
    if is_empty && findings.is_empty() {
        let span = root.get("paths").map_or(root.span, |paths| paths.span);
        let found = Diagnostic::new(Code::MissingKey, span, "the document has no operation that can be called");
        return Err(found.help("under `paths` stands what can be called: `/users: { get: { responses: { … } } }`"));
    }
    Ok((Translation { manifest, notes: in_order(notes) }, findings))
}

/// Notes about the same place stand together; otherwise they keep the order in which they were made.
fn in_order(notes: Vec<Note>) -> Vec<Note> {
    let mut places: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    let mut ordered: Vec<(usize, Note)> = Vec::new();
    for note in notes {
        let next = places.len();
        let place = *places.entry(note.at.clone()).or_insert(next);
        ordered.push((place, note));
    }
    ordered.sort_by_key(|(place, _)| *place);
    ordered.into_iter().map(|(_, note)| note).collect()
}

struct Assembly<'c, 'd> {
    context: &'c mut Context<'d>,
    info: &'d Node,
    config: Config,
    built: Vec<Built<'d>>,
    auth: Mapping,
    server: Option<Node>,
    is_dialect: bool,
}

impl<'c, 'd> Assembly<'c, 'd> {
    fn of(context: &'c mut Context<'d>) -> Self {
        let root = context.document.root;
        let info = root.get("info").unwrap_or(root);
        let mut operations = context.operations();
        let is_dialect = operations.iter().any(Operation::is_named);
        let mut config = Config::default();
        // Servers come first: what they say of a variable holds wherever else it is used.
        let is_said = if is_dialect { IsSaid::ByDialect } else { IsSaid::ByRule };
        let from_token = oauth::extracted(root);
        let server = context.server(root.get("servers"), &mut config, &from_token, is_said);
        let mut sign_in = context.sign_in(&mut config);
        let all: Vec<&Operation<'d>> = operations.iter().collect();
        context.join_ways(&mut sign_in, &all);
        context.judge_waivers(&mut sign_in, &all);
        if let Some(header) = context.key_in_header(&mut sign_in, &all) {
            operations
                .iter_mut()
                .for_each(|operation| operation.params.retain(|param| !keys::is_header(param, &header)));
        }
        let answered: Vec<(Operation<'d>, Answer<'d>)> = operations
            .into_iter()
            .map(|operation| {
                let answer = context.answer(&operation);
                (operation, answer)
            })
            .collect();
        let names = context.name_all(&answered);
        let scopes = scoping::scopes(info);
        let mut built = Vec::with_capacity(answered.len());
        for ((operation, answer), name) in answered.into_iter().zip(names) {
            let auth = context.auth_of(&operation, &mut sign_in);
            built.push(action::build(context, &mut config, &scopes, (operation, answer, name), auth));
        }
        let mut auth = Mapping::at(root.get("components").map_or(root.span, |components| components.span));
        for (name, way) in sign_in.ways {
            auth.put(name, way.node());
        }
        Self { context, info, config, built, auth, server, is_dialect }
    }

    fn manifest(mut self) -> Node {
        let root = self.context.document.root;
        let span = root.span;
        let mut manifest = Mapping::at(span);
        manifest.put("tieline", number(1, span));
        head::identity(self.context, root, self.info, &mut manifest);
        let server = self.server.take().unwrap_or_else(|| head::no_server(self.context, &mut self.config, span));
        let errors = self.errors();
        let check = self.check();
        let retried = if self.is_dialect { None } else { self.retried() };
        let about = info::Entities::of(root, self.info);
        let entities = self.entities(&about);
        let mut schemas = self.context.all_schemas();
        self.describe_fields(&about, &mut schemas);
        manifest.put("server", server);
        self.normalize();
        manifest.put_filled("config", self.config.node(span));
        manifest.put_filled("auth", self.auth.node());
        let shared = share::share(entities);
        share::follow(&shared.entities, &mut self.context.notes);
        manifest.put_filled("pagination", shared.pagination);
        manifest.put_some("errors", errors);
        manifest.put_some("retry", info::retry(self.info).or(retried.map(info::always)));
        if self.is_dialect {
            manifest.text("wrap_scalars", "value", span);
            manifest.put("may_be_missing", crate::tree::boolean(true, span));
        }
        manifest.put_some("body", shared.body);
        manifest.put_some("query_encoding", shared.query_encoding);
        manifest.put_some("check", check);
        manifest.put_filled("params", shared.params);
        manifest.put("entities", shared.entities);
        manifest.put_filled("schemas", schemas);
        let mut extensions = Mapping::at(span);
        kept::keep(self.info, kept::OF_INFO, &mut extensions);
        kept::keep(root, &[], &mut extensions);
        if let Some(server) = root.get("servers").map(items).unwrap_or_default().first() {
            kept::keep(server, &[], &mut extensions);
        }
        extensions.take(FILES);
        manifest.put_filled("extensions", extensions.node());
        manifest.node()
    }

    fn errors(&mut self) -> Option<Node> {
        if self.is_dialect {
            return errors::said(self.info).or_else(|| {
                let mut rules = Mapping::at(self.info.span);
                rules.put("message", crate::tree::list(errors::usual_messages(self.info.span), self.info.span));
                Some(rules.node())
            });
        }
        let operations: Vec<&Operation<'d>> = self.built.iter().map(|built| &built.operation).collect();
        let (rules, why) = self.context.errors(&operations)?;
        self.context.note(&["errors"], why);
        Some(rules)
    }

    /// Statuses after which a request may be sent again, as the document says.
    fn retried(&mut self) -> Option<Node> {
        let operations: Vec<&Operation<'d>> = self.built.iter().map(|built| &built.operation).collect();
        let statuses = self.context.retried_statuses(&operations)?;
        self.context.note(&["retry"], "the document declares `Retry-After` for these statuses");
        Some(statuses)
    }

    /// The operation that shows whether a connection works, with what the peer's dialect sends to try it. One that the document prefers
    /// and that nothing says how to call gives way to another.
    fn check(&mut self) -> Option<Node> {
        let is_preferred = |built: &&Built<'d>| built.operation.node.get("x-airbyte-preferred-for-check").is_some();
        let preferred = self.built.iter().find(is_preferred).and_then(|built| Some((built, tried(built)?, None)));
        let (built, params, why) = preferred.or_else(|| {
            let (built, why) = check::choose(&self.built)?;
            Some((built, tried(built)?, Some(why)))
        })?;
        let span = built.operation.node.span;
        let name = format!("{}.{}", built.name.entity, built.name.action);
        if let Some(why) = why {
            self.context.note(&["check"], why);
        }
        if params.is_empty() {
            return Some(text(name, span));
        }
        let mut check = Mapping::at(span);
        check.text("operation", name, span);
        check.put("params", params.node());
        Some(check.node())
    }

    fn entities(&mut self, about: &info::Entities<'d>) -> Node {
        let mut named: IndexMap<String, Vec<usize>> = IndexMap::new();
        for (at, built) in self.built.iter().enumerate() {
            named.entry(built.name.entity.clone()).or_default().push(at);
        }
        let known: BTreeSet<String> = named.keys().cloned().collect();
        let tags = head::tags(self.context.document.root);
        if self.built.iter().any(|built| !built.operation.is_named()) {
            let rule = "entities are called as their operations' tags, or as what paths name; actions as operation ids, or as methods and paths";
            self.context.note(&["entities"], rule);
        }
        let span = self.context.document.root.get("paths").map_or(self.context.document.root.span, |paths| paths.span);
        let mut entities = Mapping::at(span);
        for (name, of_entity) in named {
            let title = self.built[of_entity[0]].name.entity_title.as_deref().unwrap_or(&name);
            let summary = tags.get(title).and_then(|tag| head::summary_of(tag));
            let relations = about.relations(self.context, &name, &known);
            let entity = self.entity(&name, of_entity, summary, relations, about);
            entities.put(name, entity);
        }
        entities.node()
    }

    fn entity(
        &mut self,
        name: &str,
        of_entity: Vec<usize>,
        summary: Option<Node>,
        relations: Vec<Node>,
        about: &info::Entities<'d>,
    ) -> Node {
        let first = &self.built[of_entity[0]];
        let span = first.operation.node.span;
        let mut entity = Mapping::at(span);
        if let Some(title) = &first.name.entity_title {
            entity.text("title", title, span);
        }
        entity.put_some("summary", summary);
        let said = about.schema(name);
        entity.put_some("hints", said.and_then(|(_, schema)| info::hints(schema)));
        let own = said.and_then(|(schema, node)| {
            self.context.schema_name(&pointer::join("#/components/schemas", schema), node.span)
        });
        let record = own.map(|own| text(own, span)).or_else(|| self.usual_record(&of_entity));
        let mut actions = Mapping::at(span);
        for at in of_entity {
            let built = &mut self.built[at];
            let mut action = std::mem::replace(&mut built.action, text("", span));
            let verb = built.name.action.clone();
            leave_out_record(&mut action, record.as_ref());
            actions.put(verb, action);
        }
        entity.put_some("record", record);
        entity.put_filled("relations", crate::tree::list(relations, span));
        entity.put("actions", actions.node());
        let filtered = about.filtered_relations(name);
        let mut extensions = Mapping::at(span);
        extensions.put_filled("x-airbyte-entity-relationships", crate::tree::list(filtered, span));
        entity.put_filled("extensions", extensions.node());
        entity.node()
    }

    /// The record that most actions of an entity answer with.
    fn usual_record(&self, of_entity: &[usize]) -> Option<Node> {
        let mut counted: BTreeMap<&str, (usize, &Node)> = BTreeMap::new();
        for at in of_entity {
            let record = self.built[*at].action.get("record");
            if let Some((name, node)) = record.and_then(|record| Some((record.as_text()?, record))) {
                counted.entry(name).or_insert((0, node)).0 += 1;
            }
        }
        counted.into_values().max_by_key(|(count, _)| *count).map(|(_, node)| node.clone())
    }

    /// Descriptions that the context store of the peer's dialect gives to fields whose schemas have none.
    fn describe_fields(&self, about: &info::Entities<'d>, schemas: &mut Node) {
        let Value::Map(schemas) = &mut schemas.value else { return };
        let entities: BTreeSet<&str> = self.built.iter().map(|built| built.name.entity.as_str()).collect();
        for entity in entities {
            let fields = about.described_fields(entity);
            let Some((name, _)) = about.schema(entity).filter(|_| !fields.is_empty()) else { continue };
            let Some(Value::Map(properties)) =
                schemas.get_mut(&crate::names::mixed(name, "Schema")).and_then(|schema| {
                    match &mut schema.value.value {
                        Value::Map(map) => map.get_mut("properties").map(|properties| &mut properties.value.value),
                        _ => None,
                    }
                })
            else {
                continue;
            };
            for (field, description) in fields {
                if let Some(property) = properties.get_mut(field)
                    && let Value::Map(keys) = &mut property.value.value
                    && description.as_text().is_some()
                {
                    keys.entry("description".to_owned())
                        .or_insert_with(|| tieline::source::Spanned::new(description.clone(), description.span));
                }
            }
        }
    }

    fn normalize(&mut self) {
        for (name, part) in info::normalizations(self.info) {
            self.config.part_of(&name, part);
        }
    }
}

/// What an operation is given when it is only tried; nothing where something must be given and nothing says what.
fn tried(built: &Built<'_>) -> Option<Mapping> {
    let is_list = matches!(built.operation.said_action(), Some("list" | "search"));
    let mut params = Mapping::at(built.operation.node.span);
    for param in &built.params {
        let must_be_given = param.keys.has("required") || param.place == Place::Path;
        match &param.probe {
            Some(probe) => params.put(param.name.clone(), probe.clone()),
            None if param.wire == "limit" && is_list => {
                let least = param.keys.get("minimum").and_then(whole).unwrap_or(1).max(1);
                params.put(param.name.clone(), number(least, param.span));
            }
            None if must_be_given && !param.keys.has("fill") => return None,
            None => {}
        }
    }
    Some(params)
}

/// An action whose record is its entity's does not say so again.
fn leave_out_record(action: &mut Node, record: Option<&Node>) {
    let Value::Map(map) = &mut action.value else { return };
    let is_usual = map
        .get("record")
        .zip(record)
        .is_some_and(|(own, usual)| own.value.as_text().is_some() && own.value.as_text() == usual.as_text());
    if is_usual {
        map.shift_remove("record");
    }
}
