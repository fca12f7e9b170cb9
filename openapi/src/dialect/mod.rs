//! What only the peer's dialect says, in `x-airbyte-` keys.

pub(crate) mod auth;
pub(crate) mod environment;
pub(crate) mod fills;
pub(crate) mod graphql;
pub(crate) mod info;
pub(crate) mod kept;
pub(crate) mod oauth;
pub(crate) mod scoping;
