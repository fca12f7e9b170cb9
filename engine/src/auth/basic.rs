//! User name and password (RFC 7617).

use crate::language::object;
use crate::notation::Template;
use crate::source::Spanned;

object! {
    /// User name and password, sent as `Authorization: Basic …`.
    pub struct Basic as "basic sign-in" {
        /// The user name; a constant is allowed.
        /// ```yaml
        /// username: ${email}/token
        /// ```
        pub username: Spanned<Template>,
        /// The password; empty when left out.
        /// ```yaml
        /// password: ${api_token}
        /// ```
        pub password: Option<Spanned<Template>>,
    }
}
