//! Who may log in: e-mail addresses and domains that the operator listed.

use super::OidcError;
use super::id_token::Claims;

/// The longest address, in bytes (RFC 5321 section 4.5.3.1.3, without the brackets).
const LONGEST: usize = 254;

/// Addresses and domains, in lower case.
pub(super) struct Allowed(Vec<Rule>);

enum Rule {
    Address(String),
    Domain(String),
}

impl Allowed {
    /// Reads what an operator wrote: `somebody@example.com`, or `@example.com` for a whole domain.
    pub(super) fn read(texts: &[String]) -> Result<Self, String> {
        let rules: Result<Vec<_>, _> = texts.iter().map(|text| rule(text.trim())).collect();
        match rules? {
            rules if rules.is_empty() => {
                Err("say who may log in: an e-mail address, or a domain as @example.com".to_owned())
            }
            rules => Ok(Self(rules)),
        }
    }

    /// The e-mail address of somebody who may log in.
    pub(super) fn email(&self, claims: Claims) -> Result<String, OidcError> {
        let email = claims.email.ok_or(OidcError::NotAllowed("the provider tells no e-mail address"))?;
        // Where it is not verified, anybody may write anybody's address into their account.
        if claims.email_verified != Some(true.into()) {
            return Err(OidcError::NotAllowed("the provider has not verified the e-mail address"));
        }
        let fits = email.len() <= LONGEST;
        let (_, domain) = parts(&email).filter(|_| fits).ok_or(OidcError::NotAllowed("the e-mail address is none"))?;
        let is_allowed = self.0.iter().any(|rule| match rule {
            Rule::Address(address) => address.eq_ignore_ascii_case(&email),
            Rule::Domain(allowed) => allowed.eq_ignore_ascii_case(domain),
        });
        is_allowed
            .then_some(email)
            .ok_or(OidcError::NotAllowed("the e-mail address is not among those that may log in"))
    }
}

fn rule(text: &str) -> Result<Rule, String> {
    let wrong = || format!("`{text}` is no e-mail address, and no domain as @example.com");
    match text.strip_prefix('@') {
        Some(domain) => parts(&format!("x@{domain}")).map(|_| Rule::Domain(domain.to_owned())),
        None => parts(text).map(|_| Rule::Address(text.to_owned())),
    }
    .ok_or_else(wrong)
}

/// What stands before and after the one `@`. Addresses that quote one are refused: programs do not agree on their domain.
fn parts(email: &str) -> Option<(&str, &str)> {
    let (name, domain) = email.split_once('@')?;
    let is_plain =
        |text: &str| !text.is_empty() && !text.contains(|c: char| c == '@' || c.is_whitespace() || c.is_control());
    (is_plain(name) && is_plain(domain)).then_some((name, domain))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    fn is_allowed(email: &str) -> bool {
        let allowed = Allowed::read(&["person@one.example".to_owned(), " @example.com".to_owned()]).unwrap();
        let claims =
            json!({ "iss": "i", "sub": "s", "aud": "a", "exp": 1, "iat": 1, "email": email, "email_verified": true });
        allowed.email(serde_json::from_value(claims).unwrap()).is_ok()
    }

    #[test]
    fn only_who_is_listed_may() {
        for email in ["person@one.example", "PERSON@One.example", "someone@example.com", "someone@EXAMPLE.com"] {
            assert!(is_allowed(email), "{email}");
        }
        for email in [
            "someone@one.example",
            "someone@evil-example.com",
            "someone@sub.example.com",
            "someone@example.com.evil.com",
            "example.com",
            "@example.com",
            "\"a@evil.com\"@example.com",
            "a@evil.com@example.com",
            "someone@example.com ",
            "someone@example.com.",
            "someone@e\u{445}ample.com",
            "person@one.example\n",
        ] {
            assert!(!is_allowed(email), "{email}");
        }
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for texts in [vec![], vec!["@"], vec![""], vec!["*"], vec!["example.com"], vec!["a@b", "@@b"]] {
            let texts: Vec<_> = texts.into_iter().map(str::to_owned).collect();
            assert!(Allowed::read(&texts).is_err(), "{texts:?}");
        }
    }
}
