//! Enums of several types or texts, and types that are another under a name of their own.

use std::collections::HashMap;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};

use crate::ir::{Alternative, AnyOf, Choice, Newtype, OneOf, Place, Type};

use super::argument::{type_text, type_tokens};
use super::source::Source;
use super::words::{code, docs, ident};
use super::{Error, table};

/// One of several objects.
pub(super) fn one_of(one_of: &OneOf, here: Place, source: &mut Source) -> Result<(), Error> {
    let name = ident(&one_of.name)?;
    let mut variants = Vec::new();
    for (variant, tag, value) in &one_of.variants {
        let (variant, value) = (ident(variant)?, type_tokens(value, here)?);
        let docs = format!(" {} is {}.", code(&one_of.tag), code(tag));
        variants.push(quote!(#[doc = #docs] #variant(#value),));
    }
    let docs = docs(&one_of.docs, "One of several objects.");
    source.item(quote! {
        #docs
        #[derive(Clone, Debug, PartialEq)]
        pub enum #name {
            #(#variants)*
            #[doc = " None that the manifest knows: its members."]
            Unknown(typed::Extra),
        }
    })?;
    becomes(&name, one_of.variants.iter().map(|(variant, _, value)| (variant, value)), here, source)?;
    source.table(table::one_of(one_of)?);
    Ok(())
}

/// One of several types.
pub(super) fn any_of(any_of: &AnyOf, here: Place, source: &mut Source) -> Result<(), Error> {
    let name = ident(&any_of.name)?;
    let mut variants = Vec::new();
    for Alternative { name: variant, value, .. } in &any_of.variants {
        let docs = format!(" {}", about(value, here)?);
        let (variant, value) = (ident(variant)?, type_tokens(value, here)?);
        variants.push(quote!(#[doc = #docs] #variant(#value),));
    }
    let docs = docs(&any_of.docs, "One of several types.");
    source.item(quote! {
        #docs
        #[derive(Clone, Debug, PartialEq)]
        pub enum #name {
            #(#variants)*
            #[doc = " None that the manifest knows: its JSON."]
            Unknown(::tieline::Raw),
        }
    })?;
    becomes(&name, any_of.variants.iter().map(|variant| (&variant.name, &variant.value)), here, source)?;
    source.table(table::any_of(any_of)?);
    Ok(())
}

/// What a variant holds, in words.
fn about(value: &Type, here: Place) -> Result<String, Error> {
    let words = match value {
        Type::Text => "A text.",
        Type::Secret => "A secret text.",
        Type::Boolean => "Yes or no.",
        Type::Integer => "A whole number.",
        Type::Number => "A number.",
        Type::Timestamp => "A moment.",
        Type::Date => "A day.",
        Type::Uuid => "A UUID.",
        Type::Url => "A URL.",
        Type::Any => "Anything.",
        Type::AnyObject => "Any object.",
        Type::List(_) => "A list.",
        Type::Map(_) => "An object whose members are all alike.",
        Type::Nullable(value) | Type::Boxed(value) => return about(value, here),
        Type::Named(..) => return Ok(format!("See [`{}`].", type_text(value, here)?)),
    };
    Ok(words.to_owned())
}

/// Makes an enum of what its variants hold, where that alone says which variant it is.
fn becomes<'a>(
    name: &Ident,
    variants: impl Iterator<Item = (&'a String, &'a Type)>,
    here: Place,
    source: &mut Source,
) -> Result<(), Error> {
    let mut all = Vec::new();
    let mut times = HashMap::from([(name.to_string(), 2)]);
    for (variant, value) in variants {
        let (value, given) = match value {
            Type::Boxed(value) => (&**value, quote!(Box::new(value))),
            value => (value, quote!(value)),
        };
        let text = type_text(value, here)?;
        *times.entry(text.clone()).or_default() += 1;
        all.push((text, ident(variant)?, value, given));
    }
    for (_, variant, value, given) in all.iter().filter(|(text, ..)| times[text] == 1) {
        source.item(from(name, &type_tokens(value, here)?, &quote!(Self::#variant(#given))))?;
        if **value == Type::Text {
            source.item(from(name, &quote!(&str), &quote!(Self::#variant(value.to_owned()))))?;
        }
    }
    Ok(())
}

/// Makes a type of another.
pub(super) fn from(name: &impl ToTokens, given: &TokenStream, gives: &TokenStream) -> TokenStream {
    quote! {
        impl From<#given> for #name {
            fn from(value: #given) -> Self {
                #gives
            }
        }
    }
}

/// A choice between texts.
pub(super) fn choice(choice: &Choice, source: &mut Source) -> Result<(), Error> {
    let name = ident(&choice.name)?;
    let mut variants = Vec::new();
    for (variant, text) in &choice.variants {
        let (variant, docs) = (ident(variant)?, format!(" {}.", code(text)));
        variants.push(quote!(#[doc = #docs] #variant,));
    }
    let docs = docs(&choice.docs, "A choice between texts.");
    source.item(quote! {
        #docs
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum #name {
            #(#variants)*
            #[doc = " None that the manifest knows."]
            Unknown(String),
        }
    })?;
    source.table(table::choice(choice)?);
    Ok(())
}

/// A type that is another under a name of its own.
pub(super) fn newtype(newtype: &Newtype, here: Place, source: &mut Source) -> Result<(), Error> {
    let name = ident(&newtype.name)?;
    let value = type_tokens(&newtype.value, here)?;
    let docs = docs(&newtype.docs, "A type that contains itself.");
    source.item(quote! {
        #docs
        #[derive(Clone, Debug, PartialEq)]
        pub struct #name(
            #[doc = " What it stands for."]
            pub #value,
        );
    })?;
    source.item(from(&name, &value, &quote!(Self(value))))?;
    source.item(quote! {
        impl typed::serde::Serialize for #name {
            fn serialize<S: typed::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                typed::serde::Serialize::serialize(&self.0, serializer)
            }
        }
    })?;
    source.item(quote! {
        impl<'de> typed::serde::Deserialize<'de> for #name {
            fn deserialize<D: typed::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                typed::serde::Deserialize::deserialize(deserializer).map(Self)
            }
        }
    })
}
