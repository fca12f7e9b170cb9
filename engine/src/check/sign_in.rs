//! A way to sign in has what it needs.

use crate::auth::{Grant, OAuth2, Scheme};
use crate::source::{Code, Diagnostic, Span};

use super::view::View;

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for (name, scheme) in &view.manifest.auth {
        if let Some(oauth2) = &scheme.oauth2 {
            check_oauth2(name, scheme, oauth2, scheme.span, findings);
        }
        for (field, declared) in
            scheme.fields.iter().filter(|(_, field)| !field.prefix.is_empty() && !field.is_secret())
        {
            let message = format!("`{field}` has a `prefix` as tokens have, but is not secret");
            findings.push(
                Diagnostic::new(Code::Suspicious, declared.span, message)
                    .help("add `secret: true`, unless it may be shown"),
            );
        }
    }
}

/// Each grant has its values, in fields of the usual names or in templates.
fn check_oauth2(name: &str, scheme: &Scheme, oauth2: &OAuth2, span: Span, findings: &mut Vec<Diagnostic>) {
    let client = [("client_id", &oauth2.client_id), ("client_secret", &oauth2.client_secret)];
    let needed = match oauth2.grant.unwrap_or(Grant::AuthorizationCode) {
        Grant::AuthorizationCode => vec![("access_token", &oauth2.access_token)],
        Grant::ClientCredentials => client.to_vec(),
        Grant::JwtBearer => vec![("service_account", &oauth2.service_account)],
    };
    // Whoever can renew a token need not have one.
    let can_renew = oauth2.refresh_token.is_some() || scheme.fields.contains_key("refresh_token");
    let needed = needed.into_iter().filter(|(value, _)| !(can_renew && *value == "access_token"));
    for (value, template) in needed {
        if template.is_none() && !scheme.fields.contains_key(value) {
            let message = format!("`{name}` signs in with OAuth 2.0 and has no `{value}`");
            let help = format!("declare the field `{value}`, or say under `oauth2` what it is: `{value}: ${{field}}`");
            findings.push(Diagnostic::new(Code::Conflict, span, message).help(help));
        }
    }
}
