//! Entities: a struct with a method for each action, and the calls that the methods begin.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use crate::ir::{Action, Entity, Item, Place};

use super::object::{self, Made, lints, made, setters};
use super::source::Source;
use super::words::{code, docs, ident, text};
use super::{Error, table};

/// The module of an entity.
pub(super) fn entity(entity: &Entity) -> Result<Source, Error> {
    let name = ident(&entity.name)?;
    let (mut methods, mut rest) = (Vec::new(), Source::new(&entity.module));
    for action in &entity.actions {
        methods.push(method(action)?);
        call(action, &mut rest)?;
    }
    object::items(&entity.items, Place::Entity, &mut rest)?;

    let docs = docs(&entity.docs, &format!("{}.", code(&entity.entity)));
    let mut calls = Source::new(&entity.module);
    calls.item(quote! {
        #docs
        #[derive(Clone, Copy, Debug)]
        pub struct #name<'a> {
            connection: &'a ::tieline::Connection,
        }
    })?;
    calls.item(quote! {
        impl<'a> #name<'a> {
            pub(super) fn new(connection: &'a ::tieline::Connection) -> Self {
                Self { connection }
            }
            #(#methods)*
        }
    })?;
    calls.append(rest);

    let mut source = Source::new(&entity.module);
    // An import that nothing uses is a warning.
    let imports = [("types", "use super::types;"), ("typed", "use ::tieline::typed;")];
    let used: Vec<_> = imports.iter().filter(|(module, _)| calls.mentions(module)).map(|(_, line)| *line).collect();
    if !used.is_empty() {
        source.line(&used.join("\n"));
    }
    source.append(calls);
    Ok(source)
}

/// The method that begins a call.
fn method(action: &Action) -> Result<TokenStream, Error> {
    let (method, builder) = (ident(&action.method)?, ident(&action.builder)?);
    let docs = docs(&action.docs, &format!("{}.", code(&action.action)));
    let Made { mut names, mut takes, value } = made(&action.params, Place::Entity)?;
    let mut uploads = Vec::new();
    for file in action.files.iter().filter(|file| file.required) {
        let (name, key) = (ident(&file.ident)?, text(&file.key));
        uploads.push(quote!(.upload(#key, #name)));
        names.push(name.to_token_stream());
        takes.push(quote!(::tieline::wire::Upload));
    }
    let lints = lints(&action.method, names.len() + 1);
    let (entity, name) = (text(&action.entity), text(&action.action));
    Ok(quote! {
        #docs
        #lints
        pub fn #method(&self, #(#names: #takes),*) -> #builder {
            #builder {
                call: self.connection.call(#entity, #name)#(#uploads)*,
                params: #value,
            }
        }
    })
}

/// A call, and its parameters.
fn call(action: &Action, source: &mut Source) -> Result<(), Error> {
    let (builder, params) = (ident(&action.builder)?, ident(&action.params.name)?);
    let about = docs(&action.docs, &format!("{}.", code(&action.action)));
    source.item(quote! {
        #about
        #[must_use = "a call does nothing until it is sent"]
        #[derive(Clone)]
        pub struct #builder {
            call: ::tieline::Call,
            params: #params,
        }
    })?;
    let mut setters = setters(&action.params, &quote!(self.params), Place::Entity)?;
    for file in action.files.iter().filter(|file| !file.required) {
        let (name, key, lints) = (ident(&file.ident)?, text(&file.key), lints(&file.ident, 0));
        let docs = docs(&file.docs, &format!("{}.", code(&file.key)));
        setters.push(quote! {
            #docs
            #lints
            pub fn #name(mut self, #name: ::tieline::wire::Upload) -> Self {
                self.call = self.call.upload(#key, #name);
                self
            }
        });
    }
    if let Some(other) = &action.others {
        let other = ident(other)?;
        setters.push(quote! {
            /// A member of the body that the manifest does not declare.
            pub fn #other(mut self, name: impl Into<String>, value: impl Into<typed::Value>) -> Self {
                self.params.extra.insert(name, &value.into());
                self
            }
        });
    }
    if !setters.is_empty() {
        source.item(quote!(impl #builder { #(#setters)* }))?;
    }
    source.table(table::call(action)?);
    object::items(&[Item::Object(action.params.clone())], Place::Entity, source)
}
