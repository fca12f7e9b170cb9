//! A client: how it connects, and a method for each entity.

use quote::quote;

use crate::ir::Client;

use super::Error;
use super::sign_in;
use super::source::Source;
use super::words::{code, docs, ident, visible};

/// The module of a client, but for the modules inside.
pub(super) fn client(client: &Client) -> Result<Source, Error> {
    let mut source = Source::new(&client.module);
    let name = ident(&client.name)?;
    let about = docs(&client.docs, &visible(&client.title));
    source.item(quote! {
        #about
        #[derive(Clone, Debug)]
        pub struct #name {
            connection: ::tieline::Connection,
        }
    })?;

    let signs_in = !client.schemes.is_empty();
    let must_configure = client.config.iter().any(|value| value.required);
    let credentials = signs_in.then(|| quote!(credentials: impl Into<Credentials>,));
    let config = must_configure.then(|| quote!(config: Config,));
    let given = match (signs_in, must_configure) {
        (true, true) => quote!(credentials, config),
        (true, false) => quote!(credentials),
        (false, true) => quote!(config),
        (false, false) => quote!(),
    };
    let take = signs_in.then(|| quote!(let credentials = credentials.into();));
    let sign_in = signs_in.then(|| quote!(.scheme(credentials.scheme()).credentials(credentials.into_values())));
    let configure = must_configure.then(|| quote!(.config(config.into())));
    let may_configure = !client.config.is_empty() && !must_configure;
    let more = may_configure
        .then(|| quote!(#[doc = ""] #[doc = " Configuration is given with `.config(Config::new().into())`."]));
    let mut accessors = Vec::new();
    let mut operations = Vec::new();
    for entity in &client.entities {
        let (module, name) = (ident(&entity.module)?, ident(&entity.name)?);
        let docs = docs(&entity.docs, &format!("{}.", code(&entity.entity)));
        accessors.push(quote! {
            #docs
            pub fn #module(&self) -> #module::#name<'_> {
                #module::#name::new(&self.connection)
            }
        });
        for action in &entity.actions {
            let builder = ident(&action.builder)?;
            operations.push(quote!(each.operation::<#module::#builder>();));
        }
    }
    let each = if operations.is_empty() { quote!(_each) } else { quote!(each) };
    source.item(quote! {
        impl #name {
            #[doc = " Connects. Sends nothing."]
            #[doc = ""]
            #[doc = " # Errors"]
            #[doc = " What is given does not fit: see [`::tieline::ErrorKind`]."]
            pub fn connect(#credentials #config) -> Result<Self, ::tieline::Error> {
                Self::builder(#given)?.connect().map(Self::from)
            }

            #[doc = " Begins to connect, for whoever brings more than this: a transport, options, a store for tokens. The connection"]
            #[doc = " that comes of it becomes a client with `from`."]
            #more
            #[doc = ""]
            #[doc = " # Errors"]
            #[doc = " None, as long as this file is as it was generated."]
            pub fn builder(#credentials #config) -> Result<::tieline::connect::ConnectionBuilder, ::tieline::Error> {
                #take
                Ok(::tieline::Connection::builder(Self::connector()?)#sign_in #configure)
            }

            #[doc = " The connector, opened once."]
            #[doc = ""]
            #[doc = " # Errors"]
            #[doc = " None, as long as this file is as it was generated."]
            pub fn connector() -> Result<::std::sync::Arc<::tieline::Connector>, ::tieline::Error> {
                static OPENED: ::std::sync::OnceLock<::std::sync::Arc<::tieline::Connector>> = ::std::sync::OnceLock::new();
                if let Some(opened) = OPENED.get() {
                    return Ok(opened.clone());
                }
                let connector = ::tieline::Connector::from_compiled(compiled::COMPILED)?;
                Ok(OPENED.get_or_init(|| ::std::sync::Arc::new(connector)).clone())
            }

            #[doc = " The connection, for calls without types."]
            pub fn connection(&self) -> &::tieline::Connection {
                &self.connection
            }

            #[doc = " Does something with each operation and its types."]
            #[doc(hidden)]
            pub fn each_operation(#each: &mut impl ::tieline::typed::EachOperation) {
                #(#operations)*
            }

            #(#accessors)*
        }
    })?;
    source.item(quote! {
        impl From<::tieline::Connection> for #name {
            fn from(connection: ::tieline::Connection) -> Self {
                Self { connection }
            }
        }
    })?;
    sign_in::schemes(client, &mut source)?;
    sign_in::config(client, &mut source)?;
    Ok(source)
}
