//! Values of JSON as Rust, in the types that the client has for them.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::ir::{Client, Entity, Item, Place, Type};

use super::fits::fits;
use super::layout::Code;
use super::literal;
use super::uses::Uses;

/// The module of what generated code stands on.
const TYPED: &str = "tieline::typed";

/// Types of [`TYPED`] and others that a snippet may name: one of the client with the same name is written with its module.
const OTHERS: &[&str] = &[
    "Credentials",
    "Config",
    "Date",
    "Field",
    "IndexMap",
    "Map",
    "Number",
    "Secret",
    "Timestamp",
    "Upload",
    "Url",
    "Uuid",
    "Value",
];

/// What stands around a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    /// Anything that becomes the type: `impl Into<T>`.
    Loose,
    /// Exactly the type, which nothing around says.
    Strict,
    /// Exactly the type, which the place says.
    Known,
    /// Anything that becomes an optional value: `impl Into<Option<T>>`.
    Maybe,
    /// Anything that becomes a field: `impl Into<Field<T>>`.
    Field,
}

/// A value in Rust.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Written {
    pub(super) code: Code,
    /// The type that the code has.
    pub(super) of: String,
}

impl Written {
    pub(super) fn new(code: Code, of: impl Into<String>) -> Self {
        Self { code, of: of.into() }
    }
}

/// Writes values for an entity's calls.
pub(super) struct Values<'a> {
    pub(super) client: &'a Client,
    pub(super) entity: &'a Entity,
    /// The path of the client's module.
    root: &'a str,
    /// Names that would not be clear without their module.
    unclear: BTreeSet<&'a str>,
    pub(super) uses: Uses,
}

impl<'a> Values<'a> {
    pub(super) fn new(client: &'a Client, entity: &'a Entity, root: &'a str) -> Self {
        let mut taken: BTreeSet<&str> = OTHERS.iter().copied().collect();
        taken.insert(&client.name);
        taken.extend(client.schemes.iter().map(|scheme| scheme.name.as_str()));
        let own: BTreeSet<_> = names(&entity.items).collect();
        let unclear =
            names(&client.items).filter(|name| taken.contains(name) || own.contains(name)).collect::<Vec<_>>();
        let unclear = unclear.into_iter().chain(own.iter().copied().filter(|name| taken.contains(name))).collect();
        Self { client, entity, root, unclear, uses: Uses::default() }
    }

    /// A value; `None` when its type cannot hold it.
    pub(super) fn value(&mut self, of: &Type, value: &Value, want: Want) -> Option<Written> {
        let before = self.uses.clone();
        if let Some(written) = self.built(of, value, want) {
            return Some(written);
        }
        self.uses = before;
        fits(self.client, self.entity, of, value).then(|| self.read(of, value, want))
    }

    /// A value that is read from JSON.
    fn read(&mut self, of: &Type, value: &Value, want: Want) -> Written {
        let name = self.type_text(of);
        let asked = if want == Want::Known { String::new() } else { format!("::<{name}>") };
        let code = if literal::is_macro(value) {
            self.uses.add("serde_json", "json");
            Code::call(format!("serde_json::from_value{asked}"), vec![literal::any(value)])
        } else {
            let text = Code::word(literal::text(&value.to_string()));
            Code::call(format!("serde_json::from_str{asked}"), vec![text])
        };
        Written::new(code.before("?"), name)
    }

    /// A value made with what its type offers; `None` when it has more or less than that.
    fn built(&mut self, of: &Type, value: &Value, want: Want) -> Option<Written> {
        let text = || value.as_str().map(literal::text);
        Some(match of {
            Type::Text => match want {
                Want::Loose | Want::Field => Written::new(Code::word(text()?), "&str"),
                Want::Strict | Want::Known | Want::Maybe => Written::new(Code::word(text()? + ".to_owned()"), "String"),
            },
            Type::Secret => match want {
                Want::Loose => Written::new(Code::word(text()?), "&str"),
                Want::Strict | Want::Known | Want::Maybe | Want::Field => {
                    self.typed("Secret", vec![Code::word(text()?)])
                }
            },
            Type::Boolean => Written::new(Code::word(value.as_bool()?.to_string()), "bool"),
            Type::Integer => {
                let whole = value.as_i64()?;
                let suffix = if want == Want::Strict { "_i64" } else { "" };
                Written::new(Code::word(format!("{whole}{suffix}")), "i64")
            }
            Type::Number => {
                let number = value.as_number()?;
                let literal = Code::word(literal::number(number));
                match want {
                    Want::Loose => {
                        let of = if number.is_f64() { "f64".to_owned() } else { format!("whole {}", number.is_u64()) };
                        Written::new(literal, of)
                    }
                    Want::Strict | Want::Known | Want::Maybe | Want::Field => self.typed("Number", vec![literal]),
                }
            }
            Type::Timestamp => self.parsed(value.as_str()?, "Timestamp", of, want)?,
            Type::Date => self.parsed(value.as_str()?, "Date", of, want)?,
            Type::Uuid => self.parsed(value.as_str()?, "Uuid", of, want)?,
            Type::Url => self.parsed(value.as_str()?, "Url", of, want)?,
            Type::Any => self.any(value, want),
            Type::List(item) => self.list(item, value.as_array()?, want)?,
            Type::AnyObject => match want {
                Want::Loose => self.pairs(&Type::Any, value.as_object()?)?,
                Want::Strict | Want::Known | Want::Maybe | Want::Field => return None,
            },
            Type::Map(item) => match want {
                Want::Loose => self.pairs(item, value.as_object()?)?,
                Want::Strict | Want::Known | Want::Maybe | Want::Field => self.map(item, value.as_object()?)?,
            },
            Type::Nullable(inner) => {
                let of = self.type_text(of);
                let inner_want = if want == Want::Known { Want::Known } else { Want::Strict };
                match value {
                    Value::Null if want == Want::Known => Written::new(Code::word("None"), of),
                    Value::Null => Written::new(Code::word(format!("None::<{}>", self.type_text(inner))), of),
                    value => Written::new(Code::call("Some", vec![self.value(inner, value, inner_want)?.code]), of),
                }
            }
            Type::Boxed(inner) => match want {
                Want::Loose | Want::Maybe | Want::Field => self.value(inner, value, want)?,
                Want::Strict | Want::Known => {
                    let Written { code, of } = self.value(inner, value, want)?;
                    Written::new(Code::call("Box::new", vec![code]), format!("Box<{of}>"))
                }
            },
            Type::Named(place, name) => self.named(*place, name, value, want)?,
        })
    }

    /// A value of a type of [`TYPED`], from another.
    fn typed(&mut self, name: &str, given: Vec<Code>) -> Written {
        self.uses.add(TYPED, name);
        Written::new(Code::call(format!("{name}::from"), given), name)
    }

    /// A value that is read from its text.
    fn parsed(&mut self, text: &str, name: &str, of: &Type, want: Want) -> Option<Written> {
        if !fits(self.client, self.entity, of, &text.into()) {
            return None;
        }
        let asked = if want == Want::Known {
            String::new()
        } else {
            self.uses.add(TYPED, name);
            format!("::<{name}>")
        };
        Some(Written::new(Code::word(format!("{}.parse{asked}()?", literal::text(text))), name))
    }

    fn any(&mut self, value: &Value, want: Want) -> Written {
        match (want, value) {
            (Want::Loose, Value::String(given)) => return Written::new(Code::word(literal::text(given)), "&str"),
            (Want::Loose, Value::Bool(yes)) => return Written::new(Code::word(yes.to_string()), "bool"),
            _ => {}
        }
        if !literal::is_macro(value) {
            return self.read(&Type::Any, value, Want::Strict);
        }
        self.uses.add("serde_json", "json");
        Written::new(literal::any(value), "Value")
    }

    fn list(&mut self, item: &Type, values: &[Value], want: Want) -> Option<Written> {
        let item = match (want, item) {
            (Want::Loose, Type::Boxed(inner)) => inner,
            _ => item,
        };
        if values.is_empty() {
            let of = self.type_text(item);
            let code = match want {
                Want::Known => Code::vec(vec![]),
                Want::Loose | Want::Strict | Want::Maybe | Want::Field => Code::word(format!("Vec::<{of}>::new()")),
            };
            return Some(Written::new(code, format!("Vec<{of}>")));
        }
        let (codes, of) = match want {
            Want::Loose => self.alike(item, values.iter())?,
            Want::Strict | Want::Maybe | Want::Field => self.each(item, values.iter(), Want::Strict)?,
            Want::Known => self.each(item, values.iter(), Want::Known)?,
        };
        Some(match want {
            Want::Loose | Want::Field => {
                let of = format!("[{of}; {}]", codes.len());
                Written::new(Code::array(codes), of)
            }
            Want::Strict | Want::Known | Want::Maybe => Written::new(Code::vec(codes), format!("Vec<{of}>")),
        })
    }

    /// Names and values.
    fn pairs(&mut self, item: &Type, values: &Map<String, Value>) -> Option<Written> {
        let item = match item {
            Type::Boxed(inner) => inner,
            item => item,
        };
        if values.is_empty() {
            return self.map(item, values);
        }
        let (codes, of) = self.alike(item, values.values())?;
        let name = |key| Code::word(literal::text(key));
        let pairs = values.keys().zip(codes).map(|(key, code)| Code::call("", vec![name(key), code])).collect();
        Some(Written::new(Code::array(pairs), format!("[(&str, {of}); {}]", values.len())))
    }

    fn map(&mut self, item: &Type, values: &Map<String, Value>) -> Option<Written> {
        self.uses.add(TYPED, "IndexMap");
        let of = self.type_text(item);
        let code = if values.is_empty() {
            Code::word(format!("IndexMap::<String, {of}>::new()"))
        } else {
            let (codes, _) = self.each(item, values.values(), Want::Strict)?;
            let name = |key| Code::word(literal::text(key) + ".to_owned()");
            let pairs = values.keys().zip(codes).map(|(key, code)| Code::call("", vec![name(key), code])).collect();
            Code::call("IndexMap::from", vec![Code::array(pairs)])
        };
        Some(Written::new(code, format!("IndexMap<String, {of}>")))
    }

    /// Values of one type between them: as short as may be, where all come out alike.
    fn alike<'v>(
        &mut self,
        item: &Type,
        values: impl Iterator<Item = &'v Value> + Clone,
    ) -> Option<(Vec<Code>, String)> {
        let before = self.uses.clone();
        self.each(item, values.clone(), Want::Loose).or_else(|| {
            self.uses = before;
            self.each(item, values, Want::Strict)
        })
    }

    /// Values, and the type of each; `None` when they have several.
    fn each<'v>(
        &mut self,
        item: &Type,
        values: impl Iterator<Item = &'v Value>,
        want: Want,
    ) -> Option<(Vec<Code>, String)> {
        let mut codes = Vec::new();
        let mut all: Option<String> = None;
        for value in values {
            let Written { code, of } = self.value(item, value, want)?;
            if want == Want::Loose && all.as_ref().is_some_and(|other| *other != of) {
                return None;
            }
            all = Some(of);
            codes.push(code);
        }
        Some((codes, all?))
    }

    /// A declared type, by the name that the snippet uses.
    pub(super) fn path(&mut self, place: Place, name: &str) -> String {
        let module = match place {
            Place::Types => "types",
            Place::Entity => &self.entity.module,
        };
        if self.unclear.contains(name) {
            self.uses.add(self.root, module);
            return format!("{module}::{name}");
        }
        self.uses.add(&format!("{}::{module}", self.root), name);
        name.to_owned()
    }

    /// Notes a type of [`TYPED`] as used.
    pub(super) fn use_typed(&mut self, name: &str) {
        self.uses.add(TYPED, name);
    }

    fn type_text(&mut self, of: &Type) -> String {
        let typed = |values: &mut Self, name: &str| {
            values.uses.add(TYPED, name);
            name.to_owned()
        };
        match of {
            Type::Text => "String".to_owned(),
            Type::Secret => typed(self, "Secret"),
            Type::Boolean => "bool".to_owned(),
            Type::Integer => "i64".to_owned(),
            Type::Number => typed(self, "Number"),
            Type::Timestamp => typed(self, "Timestamp"),
            Type::Date => typed(self, "Date"),
            Type::Uuid => typed(self, "Uuid"),
            Type::Url => typed(self, "Url"),
            Type::Any => "serde_json::Value".to_owned(),
            Type::AnyObject => "serde_json::Map<String, serde_json::Value>".to_owned(),
            Type::List(item) => format!("Vec<{}>", self.type_text(item)),
            Type::Map(item) => {
                let item = self.type_text(item);
                format!("{}<String, {item}>", typed(self, "IndexMap"))
            }
            Type::Nullable(inner) => format!("Option<{}>", self.type_text(inner)),
            Type::Boxed(inner) => format!("Box<{}>", self.type_text(inner)),
            Type::Named(place, name) => self.path(*place, name),
        }
    }
}

/// The types that a module declares, kinds among them.
fn names(items: &[Item]) -> impl Iterator<Item = &str> {
    items.iter().flat_map(|item| {
        let kind = match item {
            Item::Object(object) => object.kind.as_ref().map(|kind| kind.name.as_str()),
            Item::OneOf(_) | Item::AnyOf(_) | Item::Choice(_) | Item::Newtype(_) => None,
        };
        std::iter::once(item.name()).chain(kind)
    })
}
