//! What the user gives once: a struct for each way to sign in, an enum of them, and the configuration.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use tieline::auth::FieldType;

use crate::ir::{Client, Scheme, Value};

use super::Error;
use super::object::lints;
use super::source::Source;
use super::words::{code, docs, ident, text, visible};

/// The ways to sign in.
pub(super) fn schemes(client: &Client, source: &mut Source) -> Result<(), Error> {
    if client.schemes.is_empty() {
        return Ok(());
    }
    let about = |scheme: &Scheme| docs(&scheme.docs, &format!("{}.", code(&scheme.scheme)));
    let names = client.schemes.iter().map(|scheme| ident(&scheme.name)).collect::<Result<Vec<_>, _>>()?;
    let abouts: Vec<_> = client.schemes.iter().map(about).collect();
    let keys: Vec<_> = client.schemes.iter().map(|scheme| text(&scheme.scheme)).collect();
    let title = format!(" How to sign in to {}.", visible(&client.title));
    source.item(quote! {
        #[doc = #title]
        #[derive(Clone, Debug, PartialEq)]
        #[allow(clippy::enum_variant_names, reason = "as in the API")]
        pub enum Credentials {
            #(#abouts #names(#names),)*
        }
    })?;
    source.item(quote! {
        impl Credentials {
            fn scheme(&self) -> &'static str {
                match self {
                    #(Self::#names(_) => #keys,)*
                }
            }

            fn into_values(self) -> ::tieline::Credentials {
                match self {
                    #(Self::#names(given) => given.into_values(),)*
                }
            }
        }
    })?;
    for (scheme, name) in client.schemes.iter().zip(&names) {
        source.item(quote! {
            impl From<#name> for Credentials {
                fn from(given: #name) -> Self {
                    Self::#name(given)
                }
            }
        })?;
        given(name, &about(scheme), &scheme.fields, &into_values(scheme)?, source)?;
    }
    Ok(())
}

/// The function that gives the credentials to the engine.
fn into_values(scheme: &Scheme) -> Result<TokenStream, Error> {
    let (mut withs, mut steps) = (Vec::new(), Vec::new());
    for field in &scheme.fields {
        let (name, key) = (ident(&field.ident)?, text(&field.key));
        let as_text = |given: TokenStream| match (field.secret, field.value_type) {
            (true, _) => quote!(#given.expose()),
            (false, FieldType::Text) => given,
            (false, FieldType::Integer | FieldType::Boolean) => quote!(#given.to_string()),
            (false, FieldType::List) => quote!(::tieline::typed::Value::from(#given).to_string()),
        };
        if field.required {
            let given = as_text(quote!(self.#name));
            withs.push(quote!(.with(#key, #given)));
        } else {
            let given = as_text(quote!(value));
            steps.push(quote!(if let Some(value) = self.#name { values = values.with(#key, #given); }));
        }
    }
    let values = quote!(::tieline::Credentials::none()#(#withs)*);
    let values = if steps.is_empty() { values } else { quote!(let mut values = #values; #(#steps)* values) };
    Ok(quote! {
        fn into_values(self) -> ::tieline::Credentials {
            #values
        }
    })
}

/// The configuration.
pub(super) fn config(client: &Client, source: &mut Source) -> Result<(), Error> {
    if client.config.is_empty() {
        return Ok(());
    }
    let about = format!(" What is chosen for a connection to {}.", visible(&client.title));
    let name = ident("Config")?;
    // Its values are not credentials: they go into URLs and headers.
    let open: Vec<_> = client.config.iter().map(|value| Value { secret: false, ..value.clone() }).collect();
    given(&name, &quote!(#[doc = #about]), &open, &quote!(), source)?;
    let mut steps = Vec::new();
    for value in &open {
        let (name, key) = (ident(&value.ident)?, text(&value.key));
        steps.push(if value.required {
            quote!(values.insert(#key.to_owned(), config.#name.into());)
        } else {
            quote! {
                if let Some(value) = config.#name {
                    values.insert(#key.to_owned(), value.into());
                }
            }
        });
    }
    source.item(quote! {
        impl From<Config> for ::tieline::typed::Map<String, ::tieline::typed::Value> {
            fn from(config: Config) -> Self {
                let mut values = Self::new();
                #(#steps)*
                values
            }
        }
    })
}

/// A struct of values that the user gives, how it is made, and a function more.
fn given(
    name: &Ident,
    about: &TokenStream,
    values: &[Value],
    more: &TokenStream,
    source: &mut Source,
) -> Result<(), Error> {
    let (mut fields, mut names, mut takes, mut entries, mut setters) = (vec![], vec![], vec![], vec![], vec![]);
    for value in values {
        let (name, docs) = (ident(&value.ident)?, docs(&value.docs, &format!("{}.", code(&value.key))));
        let (value_type, taken, gives) = typed(value, &name);
        if value.required {
            fields.push(quote!(#docs pub #name: #value_type,));
            let is_plain = matches!(value.value_type, FieldType::Integer | FieldType::Boolean) && !value.secret;
            entries.push(if is_plain { quote!(#name) } else { quote!(#name: #gives) });
            names.push(name);
            takes.push(taken);
        } else {
            fields.push(quote!(#docs pub #name: Option<#value_type>,));
            entries.push(quote!(#name: None));
            let lints = lints(&value.ident, 0);
            setters.push(quote! {
                #docs
                #lints
                pub fn #name(mut self, #name: #taken) -> Self {
                    self.#name = Some(#gives);
                    self
                }
            });
        }
    }
    let (default, value, words) = if names.is_empty() {
        (Some(quote!(Default,)), quote!(Self::default()), " One with nothing in it.")
    } else {
        (None, quote!(Self { #(#entries),* }), " One with what must be there.")
    };
    let lints = lints("new", names.len());
    source.item(quote! {
        #about
        #[derive(Clone, Debug, #default PartialEq)]
        pub struct #name {
            #(#fields)*
        }
    })?;
    source.item(quote! {
        impl #name {
            #[doc = #words]
            #lints
            pub fn new(#(#names: #takes),*) -> Self {
                #value
            }
            #(#setters)*
            #more
        }
    })
}

/// The type of a value, what a function takes to set it, and the value made of that.
fn typed(value: &Value, name: &Ident) -> (TokenStream, TokenStream, TokenStream) {
    let into = |value: TokenStream| (value.clone(), quote!(impl Into<#value>), quote!(#name.into()));
    match (value.secret, value.value_type) {
        (true, _) => into(quote!(::tieline::typed::Secret)),
        (false, FieldType::Text) => into(quote!(String)),
        (false, FieldType::Integer) => (quote!(i64), quote!(i64), quote!(#name)),
        (false, FieldType::Boolean) => (quote!(bool), quote!(bool), quote!(#name)),
        (false, FieldType::List) => (
            quote!(Vec<String>),
            quote!(impl IntoIterator<Item = impl Into<String>>),
            quote!(#name.into_iter().map(Into::into).collect()),
        ),
    }
}
