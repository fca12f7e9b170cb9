//! Types as they are written, and what a function takes to make a value of one.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use crate::ir::{Member, Place, Presence, Type};

use super::Error;
use super::words::ident;

/// A type as text, seen from a place.
pub(super) fn type_text(value: &Type, here: Place) -> Result<String, Error> {
    let inside = |value: &Type| type_text(value, here);
    Ok(match value {
        Type::Text => "String".to_owned(),
        Type::Secret => "typed::Secret".to_owned(),
        Type::Boolean => "bool".to_owned(),
        Type::Integer => "i64".to_owned(),
        Type::Number => "typed::Number".to_owned(),
        Type::Timestamp => "typed::Timestamp".to_owned(),
        Type::Date => "typed::Date".to_owned(),
        Type::Uuid => "typed::Uuid".to_owned(),
        Type::Url => "typed::Url".to_owned(),
        Type::Any => "typed::Value".to_owned(),
        Type::AnyObject => "typed::Map<String, typed::Value>".to_owned(),
        Type::List(item) => format!("Vec<{}>", inside(item)?),
        Type::Map(item) => format!("typed::IndexMap<String, {}>", inside(item)?),
        Type::Nullable(value) => format!("Option<{}>", inside(value)?),
        Type::Boxed(value) => format!("Box<{}>", inside(value)?),
        Type::Named(place, name) => match (here, place) {
            (Place::Entity, Place::Types) => format!("types::{}", ident(name)?),
            (Place::Entity, Place::Entity) | (Place::Types, Place::Types | Place::Entity) => ident(name)?.to_string(),
        },
    })
}

/// A type, seen from a place.
pub(super) fn type_tokens(value: &Type, here: Place) -> Result<TokenStream, Error> {
    let text = type_text(value, here)?;
    syn::parse_str(&text).map_err(|error| Error::NotRust { file: text, error })
}

/// The type of a member, seen from a place.
pub(super) fn member_type(member: &Member, here: Place) -> Result<TokenStream, Error> {
    let value = type_tokens(&member.value, here)?;
    Ok(match member.presence {
        Presence::Required => value,
        Presence::Nullable | Presence::Optional => quote!(Option<#value>),
        Presence::Field => quote!(typed::Field<#value>),
    })
}

/// What a function takes to set a member, and what the member then is.
pub(super) struct Argument {
    pub(super) name: TokenStream,
    pub(super) takes: TokenStream,
    pub(super) gives: TokenStream,
}

impl Argument {
    pub(super) fn new(member: &Member, here: Place) -> Result<Self, Error> {
        let name = ident(&member.ident)?.into_token_stream();
        let (takes, gives) = match member.presence {
            Presence::Required => Form::of(&member.value, here)?.given(&name),
            Presence::Optional => {
                let (takes, gives) = Form::of(&member.value, here)?.given(&name);
                (takes, quote!(Some(#gives)))
            }
            Presence::Nullable => or_null(quote!(Option), &member.value, here, &name)?,
            Presence::Field => or_null(quote!(typed::Field), &member.value, here, &name)?,
        };
        Ok(Self { name, takes, gives })
    }

    /// The member in an expression that makes its object.
    pub(super) fn entry(&self) -> TokenStream {
        let Self { name, gives, .. } = self;
        if name.to_string() == gives.to_string() { quote!(#name) } else { quote!(#name: #gives) }
    }
}

/// For a member that may be null: `"text"`, a value, `Some` and `None` will do.
fn or_null(
    around: TokenStream,
    value: &Type,
    here: Place,
    name: &TokenStream,
) -> Result<(TokenStream, TokenStream), Error> {
    let (value, boxed) = match value {
        Type::Boxed(value) => (&**value, quote!(.map(Box::new))),
        value => (value, quote!()),
    };
    let value = type_tokens(value, here)?;
    Ok((quote!(impl Into<#around<#value>>), quote!(#name.into()#boxed)))
}

/// How a value is given to a function.
enum Form {
    /// As it is: this type.
    Plain(TokenStream),
    /// As anything that becomes this type.
    Into(TokenStream),
    /// As anything that can be gone through.
    Each(Box<Form>),
    /// As anything that can be gone through and has names and values.
    Pairs(Box<Form>),
    /// Without its box.
    Boxed(Box<Form>),
}

impl Form {
    fn of(value: &Type, here: Place) -> Result<Self, Error> {
        Ok(match value {
            Type::Boolean | Type::Integer | Type::Nullable(_) => Self::Plain(type_tokens(value, here)?),
            Type::Text
            | Type::Secret
            | Type::Number
            | Type::Timestamp
            | Type::Date
            | Type::Uuid
            | Type::Url
            | Type::Any
            | Type::Named(..) => Self::Into(type_tokens(value, here)?),
            Type::List(item) => Self::Each(Box::new(Self::of(item, here)?)),
            Type::Map(item) => Self::Pairs(Box::new(Self::of(item, here)?)),
            Type::AnyObject => Self::Pairs(Box::new(Self::of(&Type::Any, here)?)),
            Type::Boxed(value) => Self::Boxed(Box::new(Self::of(value, here)?)),
        })
    }

    /// What is taken, and the value made of what has this name.
    fn given(&self, name: &TokenStream) -> (TokenStream, TokenStream) {
        match self {
            Self::Plain(value) => (value.clone(), name.clone()),
            Self::Into(value) => (quote!(impl Into<#value>), quote!(#name.into())),
            Self::Each(item) => {
                let (takes, gives) = item.given(&quote!(item));
                let each = match **item {
                    Self::Plain(_) => quote!(),
                    Self::Into(_) => quote!(.map(Into::into)),
                    Self::Each(_) | Self::Pairs(_) | Self::Boxed(_) => quote!(.map(|item| #gives)),
                };
                (quote!(impl IntoIterator<Item = #takes>), quote!(#name.into_iter()#each.collect()))
            }
            Self::Pairs(item) => {
                let (takes, gives) = item.given(&quote!(item));
                let takes = quote!(impl IntoIterator<Item = (impl Into<String>, #takes)>);
                (takes, quote!(#name.into_iter().map(|(name, item)| (name.into(), #gives)).collect()))
            }
            Self::Boxed(value) => {
                let (takes, gives) = value.given(name);
                (takes, quote!(Box::new(#gives)))
            }
        }
    }
}
