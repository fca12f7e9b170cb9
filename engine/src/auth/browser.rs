//! Ways to sign in that ask a user in a browser: which one is meant, where it asks, and which fields it yields.

use indexmap::IndexMap;
use secrecy::ExposeSecret as _;

use crate::error::{Error, ErrorKind};
use crate::notation::{Part, Template};

use super::choose::{Api, Named, by_choice, complete, named, names, takes, ways};
use super::{AccessToken, Authorize, Credentials, Grant, OAuth2, Scheme};

/// The fields that a user's agreement yields: those of the access token and of the refresh token, where the scheme has them.
#[derive(Clone, Copy, Default)]
pub(crate) struct Yielded<'a> {
    /// The field of the access token.
    pub access_token: Option<&'a str>,
    /// The field of the refresh token.
    pub refresh_token: Option<&'a str>,
}

impl<'a> Yielded<'a> {
    /// Those of a way to sign in; `None` where no user's agreement stands behind the tokens.
    pub(crate) fn of(scheme: &'a Scheme) -> Option<Self> {
        let oauth2 = agreed_to(scheme)?;
        let field = |template: Option<&'a Template>, usual: &'a str| {
            let name = template.map_or(Some(usual), only_name)?;
            scheme.fields.contains_key(name).then_some(name)
        };
        Some(Self {
            access_token: field(oauth2.access_token.as_deref(), "access_token"),
            refresh_token: field(oauth2.refresh_token.as_deref(), "refresh_token"),
        })
    }

    /// Whether a field is among them.
    pub(crate) fn has(self, field: &str) -> bool {
        [self.access_token, self.refresh_token].contains(&Some(field))
    }

    /// Puts a token into its fields.
    pub(crate) fn fill(self, credentials: &mut Credentials, token: &AccessToken) {
        if let Some(field) = self.access_token {
            credentials.set(field, token.access_token.expose_secret());
        }
        if let (Some(field), Some(refresh_token)) = (self.refresh_token, &token.refresh_token) {
            credentials.set(field, refresh_token.expose_secret());
        }
    }
}

/// The field that a template stands for, when it is nothing but that field.
fn only_name(template: &Template) -> Option<&str> {
    match template.parts() {
        [Part::Name(name)] => Some(name),
        _ => None,
    }
}

/// OAuth 2.0, where a user agrees to it.
fn agreed_to(scheme: &Scheme) -> Option<&OAuth2> {
    let oauth2 = scheme.oauth2.as_deref()?;
    match oauth2.grant.unwrap_or(Grant::AuthorizationCode) {
        Grant::AuthorizationCode => Some(oauth2),
        Grant::ClientCredentials | Grant::JwtBearer => None,
    }
}

/// OAuth 2.0 with the place where a browser asks the user.
///
/// # Errors
/// `credentials` where none does.
pub(crate) fn asked_at(scheme: &Scheme) -> Result<(&OAuth2, &Authorize), Error> {
    let asked = agreed_to(scheme).and_then(|oauth2| Some((oauth2, oauth2.authorize.as_ref()?)));
    asked.ok_or_else(|| {
        Error::new(ErrorKind::Credentials, "this way to sign in does not ask a user in a browser")
            .with_help("choose one that has `oauth2` with `authorize`")
    })
}

/// The way to sign in that asks a user in a browser: `wanted`, or the only one. Its values are checked and its defaults filled
/// in; what it yields need not be there.
///
/// # Errors
/// `credentials` when there is none or several, or a value is missing or does not fit; nothing of it is repeated.
pub(crate) fn choose_asking<'a>(
    title: &'a str,
    schemes: &'a IndexMap<String, Scheme>,
    credentials: Credentials,
    wanted: Option<&str>,
) -> Result<(&'a str, &'a Scheme, Credentials), Error> {
    let api = Api { title, schemes };
    let (name, scheme) = match wanted {
        Some(wanted) => named(api, wanted)?,
        None => only(api)?,
    };
    asked_at(scheme)?;
    let credentials = complete(api, scheme, Yielded::of(scheme).unwrap_or_default(), credentials)?;
    Ok((name, scheme, credentials))
}

fn only(api: Api<'_>) -> Result<Named<'_>, Error> {
    let asking = api.schemes.iter().filter(|(_, scheme)| asked_at(scheme).is_ok());
    let (message, help) = match by_choice(asking).as_slice() {
        [one] => return Ok(*one),
        [] => {
            let message = format!("{} has no way to sign in that asks a user in a browser", api.title);
            (message, ways(api, |_, scheme| takes(scheme)))
        }
        several => {
            let message =
                format!("{} has several ways to sign in that ask a user in a browser: {}", api.title, names(several));
            (message, "name the one that is meant".to_owned())
        }
    };
    Err(Error::new(ErrorKind::Credentials, message).with_help(help))
}

#[cfg(test)]
mod tests {
    use super::{Yielded, choose_asking};
    use crate::auth::testing::{OAUTH_AND_TOKEN, decode, given, schemes};
    use crate::auth::{AccessToken, Scheme};
    use crate::error::ErrorKind;

    const CLIENT: [(&str, &str); 2] = [("client_id", "id-1"), ("client_secret", "s-1")];

    fn chosen(auth: &str, fields: &[(&str, &str)], wanted: Option<&str>) -> Result<String, crate::error::Error> {
        choose_asking("Notes", &schemes(auth), given(fields), wanted).map(|(name, ..)| name.to_owned())
    }

    #[test]
    fn the_only_one_that_asks_is_meant_and_yields_its_tokens() {
        for wanted in [None, Some("oauth")] {
            assert_eq!(chosen(OAUTH_AND_TOKEN, &CLIENT, wanted).unwrap(), "oauth");
        }
        let limited = format!(
            "{OAUTH_AND_TOKEN}\nother: {{ limited: true, fields: {{ access_token: {{}} }}, oauth2: {{ authorize: {{ url: 'https://a.example' }}, token: {{ url: 'https://a.example' }} }} }}"
        );
        assert_eq!(chosen(&limited, &CLIENT, None).unwrap(), "oauth");
        let two = limited.replace("limited: true, fields: { access", "fields: { access");
        let error = chosen(&two, &CLIENT, None).unwrap_err();
        let message = "Notes has several ways to sign in that ask a user in a browser: `oauth`, `other`";
        assert_eq!((error.kind(), error.message()), (ErrorKind::Credentials, message));
        assert_eq!(chosen(&two, &[], Some("other")).unwrap(), "other");
    }

    #[test]
    fn what_is_missing_or_does_not_fit_is_said() {
        let message = |auth: &str, fields: &[(&str, &str)], wanted| {
            chosen(auth, fields, wanted).unwrap_err().message().to_owned()
        };
        assert_eq!(message(OAUTH_AND_TOKEN, &CLIENT[..1], None), "client_secret is required");
        let asks_nobody = "this way to sign in does not ask a user in a browser";
        assert_eq!(message(OAUTH_AND_TOKEN, &CLIENT, Some("token")), asks_nobody);
        let machine = OAUTH_AND_TOKEN.replace("  oauth2:\n", "  oauth2:\n    grant: client_credentials\n");
        assert_eq!(message(&machine, &CLIENT, Some("oauth")), asks_nobody);
        assert_eq!(message(&machine, &CLIENT, None), "Notes has no way to sign in that asks a user in a browser");
        let unknown = message(OAUTH_AND_TOKEN, &[CLIENT[0], CLIENT[1], ("client_ids", "x")], None);
        assert!(unknown.starts_with("`client_ids` is no field of any way to sign in"), "{unknown}");
    }

    #[test]
    fn tokens_go_into_their_fields() {
        let fields = "{ app: {}, key: {}, long: {} }";
        let oauth2 = "{ client_id: '${app}', access_token: '${key}', refresh_token: '${long}', token: { url: 'https://a.example' } }";
        let scheme: Scheme = decode(&format!("{{ fields: {fields}, oauth2: {oauth2} }}"));
        let yielded = Yielded::of(&scheme).unwrap();
        assert!(yielded.has("key") && yielded.has("long") && !yielded.has("app"));
        let mut credentials = given(&[("app", "id-1"), ("long", "r-0")]);
        yielded.fill(&mut credentials, &AccessToken::new("a-1"));
        assert_eq!((credentials.expose("key"), credentials.expose("long")), (Some("a-1"), Some("r-0")));
        yielded.fill(&mut credentials, &AccessToken::new("a-2").with_refresh_token("r-2"));
        assert_eq!((credentials.expose("key"), credentials.expose("long")), (Some("a-2"), Some("r-2")));
    }
}
