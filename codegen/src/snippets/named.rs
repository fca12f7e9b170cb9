//! Values of the types that a client declares.

use serde_json::{Map, Value};

use crate::ir::{
    Alternative, AnyOf, Choice, Constant, Item, Kind, Member, Object, OneOf, Place, Presence, Type, Variant,
};

use super::fits::fits;
use super::layout::Code;
use super::literal;
use super::value::{Values, Want, Written};

impl<'a> Values<'a> {
    /// A value of a declared type.
    pub(super) fn named(&mut self, place: Place, name: &str, value: &Value, want: Want) -> Option<Written> {
        match self.item(place, name)? {
            Item::Object(object) => self.object(place, object, value.as_object()?, want),
            Item::OneOf(one_of) => self.one_of(place, one_of, value, want),
            Item::AnyOf(any_of) => self.any_of(place, any_of, value, want),
            Item::Choice(choice) => self.choice(place, choice, value.as_str()?, want),
            Item::Newtype(newtype) => {
                let inner = self.value(&newtype.value, value, Want::Known)?.code;
                let path = self.path(place, name);
                Some(Written::new(Code::call(&path, vec![inner]), path))
            }
        }
    }

    fn item(&self, place: Place, name: &str) -> Option<&'a Item> {
        let entity = match place {
            Place::Types => None,
            Place::Entity => Some(self.entity),
        };
        self.client.item(entity, name)
    }

    fn object(&mut self, place: Place, object: &Object, given: &Map<String, Value>, want: Want) -> Option<Written> {
        if !object.is_written || object.constants.iter().any(|constant| differs(given, &constant.key, &constant.value))
        {
            return None;
        }
        let mut rest = given.clone();
        rest.retain(|key, _| !object.constants.iter().any(|constant| constant.key == *key));
        let mut kind = None;
        if let Some(declared) = &object.kind {
            kind = Some(self.kind(place, declared, &mut rest)?);
        }
        let Setting { mut arguments, setters } = self.setting(object, rest)?;
        if let Some(kind) = kind {
            let is_whole = arguments.is_empty() && setters.is_empty();
            if is_whole && (want == Want::Loose || want == Want::Field) {
                return Some(kind);
            }
            arguments.push(kind.code);
        }
        let path = self.path(place, &object.name);
        let code = Code::call(format!("{path}::new"), arguments);
        Some(Written::new(setters.into_iter().fold(code, Code::then), path))
    }

    /// What is given to make an object or a call, and the methods that set the others.
    pub(super) fn setting(&mut self, object: &Object, mut given: Map<String, Value>) -> Option<Setting> {
        let mut arguments = Vec::new();
        for member in object.members.iter().filter(|member| member.is_given()) {
            let value = given.shift_remove(&member.key)?;
            arguments.push(self.argument(member, &value)?);
        }
        let mut setters = Vec::new();
        for (key, value) in given {
            let member = object.members.iter().find(|member| member.key == key)?;
            setters.push(Code::call(format!(".{}", member.setter), vec![self.argument(member, &value)?]));
        }
        Some(Setting { arguments, setters })
    }

    /// What a function takes to set a member.
    fn argument(&mut self, member: &Member, value: &Value) -> Option<Code> {
        let want = match (member.presence, value) {
            (Presence::Nullable | Presence::Field, Value::Null) => return Some(Code::word("None")),
            (Presence::Optional, Value::Null) => return None,
            (Presence::Nullable, _) => Want::Maybe,
            (Presence::Field, _) => Want::Field,
            (Presence::Required | Presence::Optional, _) => match &member.value {
                Type::Boolean | Type::Integer | Type::Nullable(_) => Want::Known,
                _ => Want::Loose,
            },
        };
        self.value(&member.value, value, want).map(|written| written.code)
    }

    /// What an object holds by its kind; takes the members that it holds.
    fn kind(&mut self, place: Place, kind: &Kind, given: &mut Map<String, Value>) -> Option<Written> {
        let tag = given.shift_remove(&kind.tag)?;
        let variant = kind.variants.iter().find(|variant| tag == *variant.tag)?;
        let path = self.path(place, &kind.name);
        let name = format!("{path}::{}", variant.name);
        let code = if variant.members.is_empty() {
            Code::word(name)
        } else {
            Code::structure(&name, self.held(variant, given)?)
        };
        Some(Written::new(code, path))
    }

    fn held(&mut self, variant: &Variant, given: &mut Map<String, Value>) -> Option<Vec<Code>> {
        let mut members = Vec::new();
        for member in &variant.members {
            let code = match (member.presence, given.shift_remove(&member.key)) {
                (Presence::Required, value) => self.value(&member.value, &value?, Want::Known)?.code,
                (Presence::Nullable, Some(Value::Null)) | (Presence::Optional, None) => Code::word("None"),
                (Presence::Nullable, None) | (Presence::Optional, Some(Value::Null)) => return None,
                (Presence::Nullable | Presence::Optional, Some(value)) => {
                    Code::call("Some", vec![self.value(&member.value, &value, Want::Known)?.code])
                }
                (Presence::Field, value) => {
                    self.use_typed("Field");
                    match value {
                        None => Code::word("Field::Absent"),
                        Some(Value::Null) => Code::word("Field::Null"),
                        Some(value) => {
                            let code = self.value(&member.value, &value, Want::Known)?.code;
                            Code::call("Field::Value", vec![code])
                        }
                    }
                }
            };
            members.push(code.after(format!("{}: ", member.ident)));
        }
        Some(members)
    }

    fn one_of(&mut self, place: Place, one_of: &OneOf, value: &Value, want: Want) -> Option<Written> {
        let tag = value.get(&one_of.tag)?.as_str()?;
        let (variant, _, inner) = one_of.variants.iter().find(|(_, word, _)| word == tag)?;
        let is_only = one_of.variants.iter().filter(|(_, _, other)| other == inner).count() == 1;
        self.variant(place, &one_of.name, (variant, inner), is_only, value, want)
    }

    fn any_of(&mut self, place: Place, any_of: &AnyOf, value: &Value, want: Want) -> Option<Written> {
        let says = |constant: &Constant| value.get(&constant.key).and_then(Value::as_str) == Some(&constant.value);
        let Alternative { name: variant, value: inner, .. } = any_of.variants.iter().find(|variant| {
            variant.constants.iter().all(says) && fits(self.client, self.entity, &variant.value, value)
        })?;
        let is_only = any_of.variants.iter().filter(|other| other.value == *inner).count() == 1;
        self.variant(place, &any_of.name, (variant, inner), is_only, value, want)
    }

    /// A variant that holds a value: the value alone, where that will do and says which variant it is.
    fn variant(
        &mut self,
        place: Place,
        name: &str,
        (variant, inner): (&str, &Type),
        is_only: bool,
        value: &Value,
        want: Want,
    ) -> Option<Written> {
        let bare = match inner {
            Type::Boxed(inner) => inner,
            inner => inner,
        };
        if is_only && want == Want::Loose {
            let inner_want = if *bare == Type::Text { Want::Loose } else { Want::Strict };
            return self.value(bare, value, inner_want);
        }
        let path = self.path(place, name);
        let code = match inner {
            Type::Boxed(bare) if is_only => {
                Code::call(format!("{path}::from"), vec![self.value(bare, value, Want::Strict)?.code])
            }
            inner => Code::call(format!("{path}::{variant}"), vec![self.value(inner, value, Want::Known)?.code]),
        };
        Some(Written::new(code, path))
    }

    fn choice(&mut self, place: Place, choice: &Choice, text: &str, want: Want) -> Option<Written> {
        let known = choice.variants.iter().find(|(_, word)| word == text);
        if known.is_none() && want == Want::Loose {
            return Some(Written::new(Code::word(literal::text(text)), "&str"));
        }
        let path = self.path(place, &choice.name);
        let code = match known {
            Some((variant, _)) => format!("{path}::{variant}"),
            None => format!("{path}::from({})", literal::text(text)),
        };
        Some(Written::new(Code::word(code), path))
    }
}

/// How an object or a call is made.
pub(super) struct Setting {
    /// What is given first.
    pub(super) arguments: Vec<Code>,
    /// The methods that set the others.
    pub(super) setters: Vec<Code>,
}

/// Whether a member that is always the same is something else here.
fn differs(given: &Map<String, Value>, key: &str, value: &str) -> bool {
    given.get(key).is_some_and(|other| other != value)
}
