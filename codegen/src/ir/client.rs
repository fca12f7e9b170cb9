//! From a connector to its client.

use indexmap::IndexMap;
use tieline::auth::{Field, FieldType};
use tieline::manifest::{ConfigValue, Effect};
use tieline::plan::{self, Operation, Param};
use tieline::{Connector, Error};

use super::docs::{code, deprecated, docs, paragraphs};
use super::lower::{Hint, Lowering};
use super::naming::{Names, camel, singular};
use super::written::mark_written;
use super::{Action, Answer, Client, Docs, Entity, File, Item, Member, Object, Scheme, Type, Value, boxes, objects};

/// What a client's module has beside its entities.
const CLIENT_NAMES: &[&str] = &[
    "types",
    "typed",
    "compiled",
    "connection",
    "connector",
    "connect",
    "builder",
    "each_operation",
    "clone",
    "tieline",
];

/// What a module of the client declares beside its ways to sign in.
const CLIENT_TYPES: &[&str] = &["Credentials", "Config"];

/// Methods of every builder.
const BUILDER_METHODS: &[&str] = &[
    "next",
    "max_pages",
    "max_records",
    "send",
    "all",
    "pages",
    "records",
    "deadline",
    "explain",
    "range",
    "stream",
    "clone",
];

impl Client {
    /// The client of a connector.
    ///
    /// # Errors
    /// `invalid_manifest` when the connector came from a compiled form that cannot be read.
    pub fn of(connector: &Connector) -> Result<Self, Error> {
        let head = connector.head();
        let mut types = Lowering::new(connector);
        let mut modules = Names::without(CLIENT_NAMES);
        let mut names = Names::without(CLIENT_TYPES);
        let name = names.type_name(&head.name);
        let mut entities = Vec::new();
        for described in connector.entities()? {
            entities.push(entity(&mut types, described, modules.member(&described.name)));
        }
        let mut items = types.finish();
        boxes::box_cycles(&mut items);
        let schemes = head.auth.iter().map(|(key, scheme)| {
            let fields = scheme.fields.iter();
            let mut idents = Names::without(&["new", "clone", "into_values"]);
            Scheme {
                name: names.type_name(scheme.title.as_deref().unwrap_or(key)),
                scheme: key.clone(),
                docs: scheme.description.as_deref().map_or_else(|| vec![format!("{}.", code(key))], docs),
                fields: fields.map(|(key, described)| field(&mut idents, key, described)).collect(),
            }
        });
        let schemes = schemes.collect();
        let mut idents = Names::without(&["new", "clone"]);
        let mut client = Self {
            module: Names::default().member(&head.name),
            name,
            connector: head.name.clone(),
            title: head.title.clone(),
            docs: paragraphs([docs(&head.summary), head.description.as_deref().map(docs).unwrap_or_default()]),
            schemes,
            config: head.config.iter().map(|(key, value)| config(&mut idents, key, value)).collect(),
            entities,
            items,
            compiled: connector.to_compiled()?,
        };
        mark_written(&mut client);
        Ok(client)
    }
}

/// What the manifest calls a value, where Rust cannot call it so.
fn original(ident: &str, key: &str) -> Docs {
    if ident.trim_start_matches("r#") == key { Docs::new() } else { vec![format!("In the manifest: {}.", code(key))] }
}

fn field(idents: &mut Names, key: &str, described: &Field) -> Value {
    let ident = idents.member(key);
    let text = described.description.as_deref().or(described.title.as_deref());
    let starts = described.prefix.iter().map(|prefix| code(prefix)).collect::<Vec<_>>().join(" or ");
    let rule = if starts.is_empty() { Docs::new() } else { vec![format!("Starts with {starts}.")] };
    let original = original(&ident, key);
    Value {
        ident,
        key: key.to_owned(),
        docs: paragraphs([text.map_or_else(|| vec![format!("{}.", code(key))], docs), rule, original]),
        value_type: described.field_type.unwrap_or(FieldType::Text),
        required: described.is_required(),
        secret: described.is_secret(),
    }
}

fn config(idents: &mut Names, key: &str, value: &ConfigValue) -> Value {
    let ident = idents.member(key);
    let text = value.description.as_deref().or(value.title.as_deref());
    let assumed = value.default.as_ref().map(|default| {
        let text = default.as_str().map_or_else(|| default.to_string(), str::to_owned);
        vec![format!("{} if left out.", code(&text))]
    });
    let part = value.part_of.as_ref().map(|part_of| {
        let (field, after) = (code(&part_of.field), code(&part_of.after));
        vec![format!("If left out, what follows the last {after} in {field}.")]
    });
    let text = text.map_or_else(|| vec![format!("{}.", code(key))], docs);
    let original = original(&ident, key);
    Value {
        ident,
        key: key.to_owned(),
        docs: paragraphs([text, part.unwrap_or_default(), assumed.unwrap_or_default(), original]),
        value_type: value.value_type.unwrap_or(FieldType::Text),
        required: value.must_be_given(),
        secret: false,
    }
}

/// What the module of an entity declares for an action.
struct ActionNames {
    method: String,
    builder: String,
    params: String,
}

fn entity<'a>(types: &mut Lowering<'a>, described: &'a plan::Entity, module: String) -> Entity {
    // Names of actions come first, so that they do not depend on what their parameters are.
    let mut names = Names::default();
    let mut methods = Names::without(&["new", "clone"]);
    let mut named = IndexMap::new();
    for (key, operation) in &described.operations {
        named.insert(key, (operation, methods.member(key), names.type_name(key)));
    }
    let own = camel(&described.name, "Entity");
    let name = if names.is_taken(&own) { names.type_name(&format!("{own} entity")) } else { names.type_name(&own) };
    let named: Vec<_> = named
        .into_values()
        .map(|(operation, method, builder)| {
            let params = names.type_name(&format!("{builder} params"));
            (operation, ActionNames { method, builder, params })
        })
        .collect();
    types.enter(names);
    let mut records = Records { entity: described, seen: Vec::new() };
    let actions = named.into_iter().map(|(operation, names)| action(types, &mut records, operation, names)).collect();
    let text = described.summary.as_deref().map_or_else(|| vec![format!("{}.", code(&described.title))], docs);
    Entity {
        module,
        name,
        entity: described.name.clone(),
        docs: paragraphs([text, described.description.as_deref().map(docs).unwrap_or_default()]),
        actions,
        items: types.leave(),
    }
}

fn action<'a>(
    types: &mut Lowering<'a>,
    records: &mut Records<'a>,
    operation: &'a Operation,
    named: ActionNames,
) -> Action {
    let hint = Hint::named(&named.builder);
    let mut idents = Names::without(objects::TAKEN_MEMBERS);
    let mut setters = Names::without(BUILDER_METHODS);
    let (mut members, mut files) = (Vec::new(), Vec::new());
    for param in operation.params.iter().filter(|param| !param.hidden) {
        if param.file {
            files.push(file(&mut idents, &mut setters, param));
        } else {
            let required = param.required && param.fill.is_none();
            let member = types.member(&mut idents, &param.name, &param.schema, required.into(), &hint);
            members.push(Member { setter: setters.setter(&member.ident), ..member });
        }
    }
    members.sort_by_key(|member| !member.is_given());
    let others = operation.takes_others().then(|| setters.setter("other"));
    let text = operation.summary.as_deref().map_or_else(|| vec![format!("{}.", code(&operation.name()))], docs);
    Action {
        entity: operation.entity.clone(),
        action: operation.action.clone(),
        method: named.method,
        docs: paragraphs([
            deprecated(operation.deprecated),
            text,
            operation.description.as_deref().map(docs).unwrap_or_default(),
            if operation.beta { vec!["In beta: the vendor may still change it.".to_owned()] } else { Docs::new() },
        ]),
        params: Object {
            name: named.params,
            docs: vec![format!("The parameters of {}.", code(&operation.name()))],
            members,
            constants: Vec::new(),
            kind: None,
            is_written: false,
        },
        others,
        files,
        answer: answer(types, records, operation, &named.builder),
        builder: named.builder,
        deprecated: operation.deprecated,
    }
}

fn file(idents: &mut Names, setters: &mut Names, param: &Param) -> File {
    File {
        ident: setters.setter(&idents.member(&param.name)),
        key: param.name.clone(),
        docs: param.description().map_or_else(|| vec![format!("{}.", code(&param.name))], docs),
        required: param.required,
    }
}

/// The types of records whose schema stands in the entity or action itself.
struct Records<'a> {
    entity: &'a plan::Entity,
    seen: Vec<(&'a serde_json::Value, Type)>,
}

fn answer<'a>(types: &mut Lowering<'a>, records: &mut Records<'a>, operation: &'a Operation, builder: &str) -> Answer {
    let says_nothing = |schema: &&serde_json::Value| schema["type"] == "null";
    let Some(schema) = operation.record.as_ref().filter(|schema| !says_nothing(schema)) else {
        return match operation.answer {
            plan::Answer::List(_) => Answer::List(Type::Any),
            plan::Answer::One(_) if operation.has_pages() => Answer::List(Type::Any),
            plan::Answer::One(_) => Answer::Nothing,
            plan::Answer::File(_) => Answer::File,
        };
    };
    let known = records.seen.iter().find(|(other, _)| *other == schema).map(|(_, value)| value.clone());
    let mut lower = || {
        let is_entitys = records.entity.record.as_ref() == Some(schema);
        let name = if is_entitys { singular(&records.entity.name) } else { format!("{builder} record") };
        let value = types.value(schema, &Hint::named(&camel(&name, "Record"))).inner();
        records.seen.push((schema, value.clone()));
        value
    };
    match operation.answer {
        plan::Answer::List(_) => Answer::List(known.unwrap_or_else(&mut lower)),
        // Each page has one record.
        plan::Answer::One(_) if operation.has_pages() => Answer::List(known.unwrap_or_else(&mut lower)),
        plan::Answer::One(_) if may_be_nothing(operation) => Answer::OneOrNothing(known.unwrap_or_else(&mut lower)),
        plan::Answer::One(_) if operation.meta.is_empty() => Answer::One(known.unwrap_or_else(&mut lower)),
        plan::Answer::One(_) => Answer::OneWithMeta(known.unwrap_or_else(&mut lower)),
        plan::Answer::File(_) => Answer::File,
    }
}

/// Whether an API may say nothing of what it has deleted: no example shows what it says, and the record is that of the whole entity.
fn may_be_nothing(operation: &Operation) -> bool {
    operation.effect == Effect::Delete && operation.examples.iter().all(|example| example.answer.is_none())
}

impl Client {
    /// The type of this name in an entity's module, or in `types`.
    pub fn item<'a>(&'a self, entity: Option<&'a Entity>, name: &str) -> Option<&'a Item> {
        entity.map_or(&self.items, |entity| &entity.items).iter().find(|item| item.name() == name)
    }
}
