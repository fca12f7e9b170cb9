//! Signing in: which way is the simplest, which one is meant, and under which names a person gives the values.

use crate::auth::{Credentials, Scheme, Yielded, choose};
use crate::error::Error;
use crate::manifest::ConfigValue;
use crate::plan::Head;

/// The simplest way to sign in by choice: a token before what obtains tokens, few values before many.
pub fn simplest(head: &Head) -> Option<(&str, &Scheme)> {
    head.auth.iter().min_by_key(|(_, scheme)| effort(scheme)).map(|(name, scheme)| (name.as_str(), scheme))
}

fn effort(scheme: &Scheme) -> (bool, bool, usize) {
    let required = scheme.fields.values().filter(|field| field.is_required()).count();
    (scheme.limited == Some(true), scheme.oauth2.is_some(), required)
}

/// The name of the way to sign in that a connection would use with these credentials; `wanted` where it is named. `None` for an API
/// that needs none.
///
/// # Errors
/// `credentials`: what a connection would say.
pub fn meant(head: &Head, credentials: Credentials, wanted: Option<&str>) -> Result<Option<String>, Error> {
    choose(&head.title, &head.auth, credentials, wanted).map(|(name, _)| name)
}

/// The environment variable of a credential field: `TIELINE_NOTES_TOKEN`.
pub fn variable(connector: &str, field: &str) -> String {
    format!("TIELINE_{}_{}", upper(connector).collect::<String>(), upper(field).collect::<String>())
}

fn upper(text: &str) -> impl Iterator<Item = char> {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
}

/// The environment variable of a configuration value. `None` where a credential field has that one, or a value before it.
pub fn config_variable(head: &Head, name: &str) -> Option<String> {
    let fields = head.auth.values().flat_map(|scheme| scheme.fields.keys());
    let before = head.config.keys().take_while(|other| *other != name);
    let is_free = fields.chain(before).all(|other| upper(other).ne(upper(name)));
    is_free.then(|| variable(&head.name, name))
}

/// A credential that is made up, with those parts behind it that say configuration values (`part_of`) and that it does not have yet.
pub fn with_parts(head: &Head, field: &str, text: String, part: impl Fn(&str, &ConfigValue) -> String) -> String {
    let parts = head.config.iter().filter_map(|(name, declared)| Some((name, declared, declared.part_of.as_ref()?)));
    let own = parts.filter(|(_, _, part_of)| part_of.field.value == field);
    own.fold(text, |text, (name, declared, part_of)| match declared.part_in(&text) {
        Some(_) => text,
        None => format!("{text}{}{}", part_of.after.value, part(name, declared)),
    })
}

/// The fields that a renewal changes, where a way to sign in has a refresh token: that of the access token, where there is one, and
/// that of the refresh token.
pub fn renewed_fields(scheme: &Scheme) -> Option<(Option<String>, String)> {
    let yielded = Yielded::of(scheme)?;
    Some((yielded.access_token.map(str::to_owned), yielded.refresh_token?.to_owned()))
}

/// The fields that are asked for before a user is sent to agree in a browser: all but those that the agreement yields. `None` for
/// a way to sign in that asks nobody in a browser.
pub fn asked_before_browser(scheme: &Scheme) -> Option<Vec<&str>> {
    scheme.oauth2.as_ref()?.authorize.as_ref()?;
    let yielded = Yielded::of(scheme)?;
    Some(scheme.fields.keys().map(String::as_str).filter(|field| !yielded.has(field)).collect())
}

#[cfg(test)]
mod tests {
    use super::{asked_before_browser, renewed_fields, variable};
    use crate::auth::testing::{OAUTH_AND_TOKEN, schemes};

    #[test]
    fn a_variable_is_named_after_connector_and_field() {
        assert_eq!(variable("notes", "token"), "TIELINE_NOTES_TOKEN");
        assert_eq!(variable("my-api.v2", "client id"), "TIELINE_MY_API_V2_CLIENT_ID");
    }

    #[test]
    fn what_a_user_agrees_to_is_not_asked_for_before() {
        let known = schemes(OAUTH_AND_TOKEN);
        assert_eq!(asked_before_browser(&known["oauth"]), Some(vec!["client_id", "client_secret"]));
        assert_eq!(
            renewed_fields(&known["oauth"]),
            Some((Some("access_token".to_owned()), "refresh_token".to_owned()))
        );
        assert_eq!(asked_before_browser(&known["token"]), None);
        let elsewhere = OAUTH_AND_TOKEN.replace("    authorize:", "    # authorize:");
        assert_eq!(asked_before_browser(&schemes(&elsewhere)["oauth"]), None, "the user agreed elsewhere");
    }
}
