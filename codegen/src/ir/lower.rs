//! From schemas to types.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use indexmap::IndexMap;
use serde_json::Value;
use tieline::Connector;
use tieline::catalog::schema::{description, reference, referred};

use super::alternatives::{Unnamed, any_of, choice, open_choice, texts};
use super::docs::{code, deprecated, docs, limits, paragraphs};
use super::form::{Form, form, of_type};
use super::naming::{Names, camel, singular};
use super::objects;
use super::{Docs, Item, Member, Newtype, Place, Presence, Type};

/// The types of a connector, as they are needed.
pub(crate) struct Lowering<'a> {
    pub(super) connector: &'a Connector,
    /// The types that schemas with a name are declared as.
    declared: IndexMap<&'a str, String>,
    /// Those that are used and not yet lowered.
    waiting: VecDeque<&'a str>,
    used: BTreeSet<&'a str>,
    /// The types of parts of schemas, so that a part that two unions share has one.
    lowered: HashMap<*const Value, (Place, Type)>,
    shared: Declarations,
    /// Those of the entity that is being lowered.
    local: Option<Declarations>,
}

/// Declared types of a module.
#[derive(Debug, Default)]
pub(crate) struct Declarations {
    pub(super) names: Names,
    pub(super) items: Vec<Item>,
}

/// What a part of a schema is called when it must be declared: by what it is a part of.
#[derive(Clone, Debug)]
pub(crate) struct Hint {
    text: String,
    /// The whole, and the name in JSON of the part.
    part_of: Option<(String, String)>,
}

impl Hint {
    /// Called so.
    pub(crate) fn named(name: &str) -> Self {
        Self { text: name.to_owned(), part_of: None }
    }

    /// A part of it, whose name may begin with the name of the whole.
    pub(crate) fn part(&self, key: &str) -> Self {
        let part = camel(key, "Value");
        let is_said = part.len() > self.text.len() && part.starts_with(&self.text);
        let part_of = Some((self.text.clone(), key.to_owned()));
        Self { text: if is_said { part } else { format!("{}{part}", self.text) }, part_of }
    }

    /// One of the parts of it: `BlockChildren` → `BlockChild`.
    fn item(&self) -> Self {
        let text = camel(&singular(&heck::ToSnakeCase::to_snake_case(self.text.as_str())), "Item");
        Self { text, part_of: self.part_of.clone() }
    }
}

/// A type, and whether null is one of its values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Typed {
    pub(crate) value: Type,
    pub(crate) nullable: bool,
}

impl Typed {
    /// The type of a value of a list or map, or of a record.
    pub(crate) fn inner(self) -> Type {
        if self.nullable && self.value != Type::Any { Type::Nullable(Box::new(self.value)) } else { self.value }
    }
}

impl<'a> Lowering<'a> {
    pub(crate) fn new(connector: &'a Connector) -> Self {
        let mut shared = Declarations::default();
        let schemas = connector.schema_names().filter_map(|name| Some((name, connector.schema(name).ok()??)));
        let declared = schemas
            .filter(|(name, schema)| is_declared(connector, name, schema))
            .map(|(name, schema)| {
                let wanted = schema["title"].as_str().unwrap_or(name);
                (name, shared.names.type_name(wanted))
            })
            .collect();
        Self {
            connector,
            declared,
            waiting: VecDeque::new(),
            used: BTreeSet::new(),
            lowered: HashMap::new(),
            shared,
            local: None,
        }
    }

    /// Declares what follows in the module of an entity, in which these names are taken.
    pub(crate) fn enter(&mut self, names: Names) {
        self.local = Some(Declarations { names, items: Vec::new() });
    }

    /// The types that the entity has declared.
    pub(crate) fn leave(&mut self) -> Vec<Item> {
        // What it has declared stands in its module, which others do not see.
        self.lowered.retain(|_, (place, _)| *place == Place::Types);
        self.local.take().unwrap_or_default().items
    }

    /// All shared types that were used.
    pub(crate) fn finish(mut self) -> Vec<Item> {
        while let Some(name) = self.waiting.pop_front() {
            if let (Some(schema), Some(rust_name)) = (self.schema(name), self.declared.get(name).cloned()) {
                let at = self.shared.items.len();
                let item = self.declare(schema, &rust_name, &Hint::named(&rust_name));
                self.shared.items.insert(at, item);
            }
        }
        // As the manifest has them, each with its parts behind it.
        let place: HashMap<_, _> =
            self.declared.values().enumerate().map(|(place, name)| (name.clone(), place)).collect();
        let mut last = 0;
        let mut items: Vec<_> = self
            .shared
            .items
            .into_iter()
            .map(|item| {
                last = place.get(item.name()).copied().unwrap_or(last);
                (last, item)
            })
            .collect();
        items.sort_by_key(|(place, _)| *place);
        items.into_iter().map(|(_, item)| item).collect()
    }

    /// The type that a schema asks for.
    pub(crate) fn value(&mut self, schema: &'a Value, hint: &Hint) -> Typed {
        if let Some(name) = reference(schema)
            && let (Form::Same(_), _) = form(self.connector, schema)
        {
            return self.named(name);
        }
        let (form, nullable) = form(self.connector, schema);
        let inner = self.of_form(schema, form, hint);
        Typed { nullable: nullable || inner.nullable, ..inner }
    }

    fn of_form(&mut self, schema: &'a Value, form: Form<'a>, hint: &Hint) -> Typed {
        let plain = |value| Typed { value, nullable: false };
        match form {
            Form::Plain(value) => plain(value),
            Form::List(None) => plain(Type::List(Box::new(Type::Any))),
            Form::List(Some(items)) => plain(Type::List(Box::new(self.value(items, &hint.item()).inner()))),
            Form::Map(members) => plain(Type::Map(Box::new(self.value(members, &hint.item()).inner()))),
            Form::Same(other) => self.value(other, hint),
            Form::Alternatives(ref branches) if let Some(one) = open_choice(self.connector, branches) => {
                self.value(one, hint)
            }
            Form::Object | Form::Choice(_) | Form::Alternatives(_) | Form::Types(_) => plain(self.inline(schema, hint)),
        }
    }

    /// The type of a schema that has a name.
    fn named(&mut self, name: &'a str) -> Typed {
        let Some(schema) = self.schema(name) else { return Typed { value: Type::Any, nullable: false } };
        let Some(rust_name) = self.declared.get(name).cloned() else {
            return self.value(schema, &Hint::named(&camel(schema["title"].as_str().unwrap_or(name), "Type")));
        };
        if self.used.insert(name) {
            self.waiting.push_back(name);
        }
        Typed { value: Type::Named(Place::Types, rust_name), nullable: form(self.connector, schema).1 }
    }

    /// Declares a part of a schema.
    fn inline(&mut self, schema: &'a Value, hint: &Hint) -> Type {
        let place = if self.local.is_some() { Place::Entity } else { Place::Types };
        if let Some((known, value)) = self.lowered.get(&(schema as *const Value))
            && *known == place
        {
            return value.clone();
        }
        let wanted = schema["title"].as_str().unwrap_or(&hint.text).to_owned();
        let name = self.declarations().names.type_name(&wanted);
        let value = Type::Named(place, name.clone());
        self.lowered.insert(schema, (place, value.clone()));
        let at = self.declarations().items.len();
        let mut item = self.declare(schema, &name, &Hint::named(&name));
        if let (docs, Some((whole, key))) = (item.docs_mut(), &hint.part_of)
            && docs.is_empty()
        {
            docs.push(format!("{} of {}.", code(key), code(whole)));
        }
        self.declarations().items.insert(at, item);
        value
    }

    /// The declaration of a schema under this name.
    fn declare(&mut self, schema: &'a Value, name: &str, hint: &Hint) -> Item {
        let text = self.docs_of(schema);
        match form(self.connector, schema).0 {
            Form::Object => objects::object(self, schema, name, text),
            Form::Choice(texts) => choice(name, text, texts),
            Form::Alternatives(branches) => match texts(self.connector, &branches) {
                Some(texts) => choice(name, text, texts),
                None => objects::one_of(self, &branches, name, &text)
                    .unwrap_or_else(|| self.any_of(&branches, name, text, hint)),
            },
            Form::Types(types) => self.any_of_types(schema, &types, name, text, hint),
            Form::Plain(_) | Form::List(_) | Form::Map(_) | Form::Same(_) => {
                let (form, _) = form(self.connector, schema);
                let value = self.of_form(schema, form, hint).inner();
                Item::Newtype(Newtype { name: name.to_owned(), docs: text, value })
            }
        }
    }

    fn any_of(&mut self, branches: &[&'a Value], name: &str, docs: Docs, hint: &Hint) -> Item {
        let typed = branches.iter().map(|branch| {
            let value = self.value(branch, &hint.part(reference(branch).unwrap_or("value"))).value;
            Unnamed { schema: reference(branch), value, constants: objects::constants(self.connector, branch) }
        });
        let typed: Vec<_> = typed.collect();
        any_of(name, docs, typed)
    }

    fn any_of_types(&mut self, schema: &'a Value, types: &[&'a str], name: &str, docs: Docs, hint: &Hint) -> Item {
        let typed = types.iter().map(|json_type| {
            let form = of_type(self.connector, schema, json_type);
            let value = match form {
                Form::Object => Type::AnyObject,
                other => self.of_form(schema, other, hint).value,
            };
            Unnamed { schema: None, value, constants: Vec::new() }
        });
        let typed: Vec<_> = typed.collect();
        any_of(name, docs, typed)
    }

    /// A member of an object.
    pub(crate) fn member(
        &mut self,
        names: &mut Names,
        key: &str,
        schema: &'a Value,
        required: Required,
        hint: &Hint,
    ) -> Member {
        let Typed { value, nullable } = self.value(schema, &hint.part(key));
        let presence = match (required, nullable && value != Type::Any) {
            (Required::Yes, false) => Presence::Required,
            (Required::Yes, true) => Presence::Nullable,
            (Required::No, false) if value == Type::Any => Presence::Field,
            (Required::No, false) => Presence::Optional,
            (Required::No, true) => Presence::Field,
        };
        let ident = names.member(key);
        let setter = ident.clone();
        let original =
            if ident.trim_start_matches("r#") == key { Docs::new() } else { vec![format!("In JSON: {}.", code(key))] };
        let is_deprecated = schema["deprecated"] == Value::Bool(true);
        let said = paragraphs([deprecated(is_deprecated), self.docs_of(schema), limits(schema), original]);
        let docs = if said.is_empty() { vec![format!("{}.", code(key))] } else { said };
        Member { ident, key: key.to_owned(), setter, docs, presence, value, deprecated: is_deprecated }
    }

    /// What a schema means, in its own words or those of the schema that it refers to.
    pub(super) fn docs_of(&self, schema: &'a Value) -> Docs {
        description(self.connector, schema).map(docs).unwrap_or_default()
    }

    /// The type that a schema with this name is declared as, noted as used.
    pub(super) fn declared(&mut self, name: &'a str) -> Option<Type> {
        self.declared.contains_key(name).then(|| self.named(name).value)
    }

    fn declarations(&mut self) -> &mut Declarations {
        self.local.as_mut().unwrap_or(&mut self.shared)
    }

    /// Declares a type in the module that is being lowered.
    pub(super) fn take_type_name(&mut self, wanted: &str) -> String {
        self.declarations().names.type_name(wanted)
    }

    fn schema(&self, name: &str) -> Option<&'a Value> {
        self.connector.schema(name).ok().flatten()
    }
}

/// Whether a member must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Required {
    Yes,
    No,
}

impl From<bool> for Required {
    fn from(required: bool) -> Self {
        if required { Self::Yes } else { Self::No }
    }
}

/// Whether a schema with a name becomes a type with a name: not when a plain type does, unless it contains itself.
fn is_declared(connector: &Connector, name: &str, schema: &Value) -> bool {
    match form(connector, schema).0 {
        Form::Object | Form::Choice(_) | Form::Types(_) => true,
        Form::Alternatives(branches) => open_choice(connector, &branches).is_none(),
        Form::Plain(_) => false,
        Form::List(_) | Form::Map(_) | Form::Same(_) => contains_itself(connector, name, schema, &mut HashSet::new()),
    }
}

/// Whether a type without a declaration would be infinite.
fn contains_itself<'a>(
    connector: &'a Connector,
    name: &str,
    schema: &'a Value,
    seen: &mut HashSet<*const Value>,
) -> bool {
    if !seen.insert(schema) {
        return false;
    }
    let inner = match form(connector, schema).0 {
        Form::List(Some(inner)) | Form::Map(inner) | Form::Same(inner) => inner,
        Form::List(None) | Form::Plain(_) | Form::Object | Form::Choice(_) | Form::Types(_) | Form::Alternatives(_) => {
            return false;
        }
    };
    reference(inner) == Some(name)
        || referred(connector, inner).is_some_and(|target| contains_itself(connector, name, target, seen))
        || contains_itself(connector, name, inner, seen)
}
