//! Objects: structs with `extra`, how they are made, and what they hold by their kind.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};

use crate::ir::{Item, Kind, Member, Object, Place, Presence, Type};

use super::argument::{Argument, member_type, type_tokens};
use super::source::Source;
use super::words::{code, docs, ident};
use super::{Error, one_of, table};

/// Declared types, seen from where they stand.
pub(super) fn items(items: &[Item], here: Place, source: &mut Source) -> Result<(), Error> {
    items.iter().try_for_each(|item| match item {
        Item::Object(value) => object(value, here, source),
        Item::OneOf(value) => one_of::one_of(value, here, source),
        Item::AnyOf(value) => one_of::any_of(value, here, source),
        Item::Choice(value) => one_of::choice(value, source),
        Item::Newtype(value) => one_of::newtype(value, here, source),
    })
}

/// An object, and the enum of its kinds.
pub(super) fn object(object: &Object, here: Place, source: &mut Source) -> Result<(), Error> {
    let name = ident(&object.name)?;
    let default = has_default(object).then(|| quote!(Default,));
    let docs = docs(&object.docs, "An object.");
    let (member_docs, members) = members(&object.members, here)?;
    let kind = match &object.kind {
        Some(kind) => {
            let (member, name) = (ident(&kind.ident)?, ident(&kind.name)?);
            let docs = format!(" What it holds, by its {}.", code(&kind.tag));
            Some(quote!(#[doc = #docs] pub #member: #name,))
        }
        None => None,
    };
    source.item(quote! {
        #docs
        #[derive(Clone, Debug, #default PartialEq)]
        pub struct #name {
            #(#member_docs pub #members,)*
            #kind
            #[doc = " What the manifest does not declare."]
            pub extra: typed::Extra,
        }
    })?;
    if object.is_written {
        written(object, &name, here, source)?;
    }
    source.table(table::object(object)?);
    object.kind.iter().try_for_each(|value| self::kind(value, here, source))
}

/// Whether it can be made of nothing.
fn has_default(object: &Object) -> bool {
    object.kind.is_none() && object.members.iter().all(|member| !member.is_given())
}

/// The documentation of members, and their declarations; those in an enum have no `pub` between.
fn members(members: &[Member], here: Place) -> Result<(Vec<TokenStream>, Vec<TokenStream>), Error> {
    let member = |member: &Member| {
        let (name, value) = (ident(&member.ident)?, member_type(member, here)?);
        Ok((docs(&member.docs, &format!("{}.", code(&member.key))), quote!(#name: #value)))
    };
    members.iter().map(member).collect::<Result<Vec<_>, _>>().map(|all| all.into_iter().unzip())
}

/// The kinds of an object.
fn kind(kind: &Kind, here: Place, source: &mut Source) -> Result<(), Error> {
    let name = ident(&kind.name)?;
    let mut variants = Vec::new();
    for variant in &kind.variants {
        let name = ident(&variant.name)?;
        let docs = docs(&variant.docs, &format!("{} is {}.", code(&kind.tag), code(&variant.tag)));
        let (member_docs, members) = members(&variant.members, here)?;
        variants.push(if members.is_empty() {
            quote!(#docs #name,)
        } else {
            quote!(#docs #name { #(#member_docs #members,)* },)
        });
    }
    let docs = format!(" What an object holds by its {}.", code(&kind.tag));
    source.item(quote! {
        #[doc = #docs]
        #[derive(Clone, Debug, PartialEq)]
        pub enum #name {
            #(#variants)*
            #[doc = " None that the manifest knows; all that it holds is in `extra`."]
            Unknown,
        }
    })?;
    source.table(table::kind(kind)?);
    Ok(())
}

/// How an object is made: `new`, and a method for each member that may be left out.
fn written(object: &Object, name: &Ident, here: Place, source: &mut Source) -> Result<(), Error> {
    let Made { names, takes, value } = made(object, here)?;
    let docs = if names.is_empty() { " One with nothing in it." } else { " One with what must be there." };
    let lints = lints("new", names.len());
    let setters = setters(object, &quote!(self), here)?;
    source.item(quote! {
        impl #name {
            #[doc = #docs]
            #lints
            pub fn new(#(#names: #takes),*) -> Self {
                #value
            }
            #(#setters)*
        }
    })?;
    if names.len() == 1 { made_of_one(object, name, here, source) } else { Ok(()) }
}

/// An object is made of what must be there, where that is one kind, text, number or list.
fn made_of_one(object: &Object, name: &Ident, here: Place, source: &mut Source) -> Result<(), Error> {
    if let Some(kind) = &object.kind {
        let kind = ident(&kind.name)?;
        source.item(one_of::from(name, &quote!(#kind), &quote!(Self::new(value))))?;
        return source.item(one_of::from(
            &quote!(typed::Field<#name>),
            &quote!(#kind),
            &quote!(Self::Value(value.into())),
        ));
    }
    let Some(member) = object.members.iter().find(|member| member.is_given()) else { return Ok(()) };
    if member.presence != Presence::Required || matches!(member.value, Type::Boxed(_) | Type::Named(..)) {
        return Ok(());
    }
    if member.value == Type::Text {
        // Whatever becomes a text, such as an id that was read.
        return source.item(quote! {
            impl<__Text: Into<String>> From<__Text> for #name {
                fn from(value: __Text) -> Self {
                    Self::new(value)
                }
            }
        });
    }
    source.item(one_of::from(name, &type_tokens(&member.value, here)?, &quote!(Self::new(value))))
}

/// What has to be given to make an object, and the object made of it.
pub(super) struct Made {
    /// The names of the arguments.
    pub(super) names: Vec<TokenStream>,
    /// What they take.
    pub(super) takes: Vec<TokenStream>,
    /// The object.
    pub(super) value: TokenStream,
}

pub(super) fn made(object: &Object, here: Place) -> Result<Made, Error> {
    let name = ident(&object.name)?;
    let (mut names, mut takes, mut given) = (Vec::new(), Vec::new(), Vec::new());
    for member in &object.members {
        let name = ident(&member.ident)?;
        if member.is_given() {
            let argument = Argument::new(member, here)?;
            given.push(argument.entry());
            names.push(argument.name);
            takes.push(argument.takes);
        } else {
            let absent = match member.presence {
                Presence::Required | Presence::Nullable | Presence::Optional => quote!(None),
                Presence::Field => quote!(typed::Field::Absent),
            };
            given.push(quote!(#name: #absent));
        }
    }
    if let Some(kind) = &object.kind {
        let (member, kind) = (ident(&kind.ident)?, ident(&kind.name)?);
        names.push(member.to_token_stream());
        takes.push(kind.to_token_stream());
        given.push(member.to_token_stream());
    }
    let value = if has_default(object) {
        quote!(Default::default())
    } else {
        quote!(#name { #(#given,)* extra: typed::Extra::default() })
    };
    Ok(Made { names, takes, value })
}

/// A method for each member that may be left out; `place` is where the object is: `self`, `self.params`.
pub(super) fn setters(object: &Object, place: &TokenStream, here: Place) -> Result<Vec<TokenStream>, Error> {
    let setter = |member: &Member| {
        let docs = docs(&member.docs, &format!("{}.", code(&member.key)));
        let (setter, lints) = (ident(&member.setter)?, lints(&member.setter, 0));
        let Argument { name, takes, gives } = Argument::new(member, here)?;
        Ok(quote! {
            #docs
            #lints
            pub fn #setter(mut self, #name: #takes) -> Self {
                #place.#name = #gives;
                self
            }
        })
    };
    object.members.iter().filter(|member| !member.is_given()).map(setter).collect()
}

/// Leave for names that mean something else elsewhere, and for many arguments: an API has what it has.
pub(super) fn lints(function: &str, arguments: usize) -> TokenStream {
    const PREFIXES: &[&str] = &["as_", "from_", "into_", "is_", "to_"];
    const OPERATORS: &[&str] =
        &["add", "bitand", "bitor", "bitxor", "clone", "div", "mul", "neg", "not", "rem", "shl", "shr", "sub"];
    let name = function.trim_start_matches("r#");
    let convention =
        PREFIXES.iter().any(|prefix| name.starts_with(prefix)).then(|| quote!(clippy::wrong_self_convention,));
    let operator = OPERATORS.contains(&name).then(|| quote!(clippy::should_implement_trait,));
    let many = (arguments > 6).then(|| quote!(clippy::too_many_arguments,));
    match (&convention, &operator, &many) {
        (None, None, None) => quote!(),
        _ => quote!(#[allow(#convention #operator #many reason = "as in the API")]),
    }
}
