//! Types of generated Rust.

use super::Docs;

/// A type that is declared.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// An object.
    Object(Object),
    /// One of several objects, told apart by a member.
    OneOf(OneOf),
    /// One of several types, the first that fits.
    AnyOf(AnyOf),
    /// A choice between texts.
    Choice(Choice),
    /// Another name for a type that contains itself.
    Newtype(Newtype),
}

impl Item {
    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Object(object) => &object.name,
            Self::OneOf(one_of) => &one_of.name,
            Self::AnyOf(any_of) => &any_of.name,
            Self::Choice(choice) => &choice.name,
            Self::Newtype(newtype) => &newtype.name,
        }
    }
}

impl Item {
    /// What it is.
    pub(super) fn docs_mut(&mut self) -> &mut Docs {
        match self {
            Self::Object(object) => &mut object.docs,
            Self::OneOf(one_of) => &mut one_of.docs,
            Self::AnyOf(any_of) => &mut any_of.docs,
            Self::Choice(choice) => &mut choice.docs,
            Self::Newtype(newtype) => &mut newtype.docs,
        }
    }
}

/// An object: a struct, with `extra` for what is not declared.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// Its name.
    pub name: String,
    /// What it is.
    pub docs: Docs,
    /// Its members.
    pub members: Vec<Member>,
    /// Members that are always the same; they are not members of the struct.
    pub constants: Vec<Constant>,
    /// The member that says what else it holds.
    pub kind: Option<Kind>,
    /// Whether somebody writes it: then it has `new` and a method for each member that may be left out.
    pub is_written: bool,
}

/// A member of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The name in Rust: `r#type`.
    pub ident: String,
    /// The name in JSON.
    pub key: String,
    /// The method that sets it; it is named like the member unless that name is taken.
    pub setter: String,
    /// What it means, with its limits.
    pub docs: Docs,
    /// Whether it must be there, and whether it may be null.
    pub presence: Presence,
    /// The type of the value when it is there.
    pub value: Type,
    /// Whether the API will drop it.
    pub deprecated: bool,
}

impl Member {
    /// Whether whoever makes an object, or a call, must give it.
    pub fn is_given(&self) -> bool {
        match self.presence {
            Presence::Required | Presence::Nullable => true,
            Presence::Optional | Presence::Field => false,
        }
    }
}

/// Whether a member must be there, and whether it may be null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It is there: `T`.
    Required,
    /// It is there or null: `Option<T>`.
    Nullable,
    /// It is there or absent: `Option<T>`.
    Optional,
    /// It is there, null or absent: `Field<T>`.
    Field,
}

/// A member that is always the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Constant {
    /// The name in JSON.
    pub key: String,
    /// The value, a text.
    pub value: String,
}

/// The member of an object that says what else it holds: an enum. Its last variant, `Unknown`, is not named.
#[derive(Clone, Debug, PartialEq)]
pub struct Kind {
    /// The name of the member in Rust: `kind`.
    pub ident: String,
    /// The enum: `BlockKind`.
    pub name: String,
    /// The name in JSON of the member that tells the variants apart.
    pub tag: String,
    /// The variants.
    pub variants: Vec<Variant>,
}

/// What an object holds when its tag says so.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// What the tag says.
    pub tag: String,
    /// What it is.
    pub docs: Docs,
    /// What the object holds then.
    pub members: Vec<Member>,
}

/// One of several objects, told apart by a member. Its last variant, `Unknown`, is not named.
#[derive(Clone, Debug, PartialEq)]
pub struct OneOf {
    /// Its name.
    pub name: String,
    /// What it is.
    pub docs: Docs,
    /// The name in JSON of the member that tells them apart; a constant of each.
    pub tag: String,
    /// The variants: name, what the tag says, and the object.
    pub variants: Vec<(String, String, Type)>,
}

/// One of several types, the first that fits. Its last variant, `Unknown`, is not named.
#[derive(Clone, Debug, PartialEq)]
pub struct AnyOf {
    /// Its name.
    pub name: String,
    /// What it is.
    pub docs: Docs,
    /// The variants.
    pub variants: Vec<Alternative>,
}

/// One of several types.
#[derive(Clone, Debug, PartialEq)]
pub struct Alternative {
    /// Its name.
    pub name: String,
    /// The type.
    pub value: Type,
    /// What an object says when it is this one.
    pub constants: Vec<Constant>,
}

/// A choice between texts. Its last variant, `Unknown`, is not named.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Its name.
    pub name: String,
    /// What it is.
    pub docs: Docs,
    /// The variants: name and text.
    pub variants: Vec<(String, String)>,
}

/// Another name for a type that contains itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Newtype {
    /// Its name.
    pub name: String,
    /// What it is.
    pub docs: Docs,
    /// What it stands for.
    pub value: Type,
}

/// Where a declared type stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the module `types`.
    Types,
    /// In the module of the entity that uses it.
    Entity,
}

/// The type of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// `String`.
    Text,
    /// `typed::Secret`.
    Secret,
    /// `bool`.
    Boolean,
    /// `i64`.
    Integer,
    /// `typed::Number`.
    Number,
    /// `typed::Timestamp`.
    Timestamp,
    /// `typed::Date`.
    Date,
    /// `typed::Uuid`.
    Uuid,
    /// `typed::Url`.
    Url,
    /// `typed::Value`: anything.
    Any,
    /// `typed::Map<String, typed::Value>`: any object.
    AnyObject,
    /// `Vec<T>`.
    List(Box<Type>),
    /// `typed::IndexMap<String, T>`: an object whose members are all alike.
    Map(Box<Type>),
    /// `Option<T>`, inside a list or map.
    Nullable(Box<Type>),
    /// `Box<T>`.
    Boxed(Box<Type>),
    /// A declared type.
    Named(Place, String),
}
