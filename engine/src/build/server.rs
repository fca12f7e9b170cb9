//! The base URL of an operation, and every URL of the manifest moved elsewhere (`--base-url`).

use url::Url;

use crate::error::{Error, ErrorKind, Problem};
use crate::notation::{Template, UrlFault};
use crate::plan::Operation;

use super::Base;

/// The server's base URL for an operation, below `rebind` if there is one.
///
/// # Errors
/// `invalid_input` when a configuration value is missing or the URL is none.
pub(crate) fn server(base: &Base<'_>, operation: &Operation) -> Result<Url, Error> {
    let template = operation.server.as_ref().unwrap_or(&base.head.server);
    let text = rendered(base, template)?;
    let url = Url::parse(&text).map_err(|error| unusable(template, &error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(unusable(template, "it must start with `https://`"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(unusable(template, "it must not hold a user name or a password"));
    }
    Ok(rebound(url, base.rebind))
}

/// A URL of the manifest, moved to the origin (and below the path) that `rebind` names.
pub(crate) fn rebound(url: Url, rebind: Option<&Url>) -> Url {
    let Some(rebind) = rebind else { return url };
    let mut moved = rebind.clone();
    moved.set_path(&format!("{}{}", rebind.path().trim_end_matches('/'), url.path()));
    moved.set_query(url.query());
    moved.set_fragment(None);
    // Both fail only for URLs without a host, which have no user either.
    let _ = moved.set_username("");
    let _ = moved.set_password(None);
    moved
}

/// The text of the URL.
fn rendered(base: &Base<'_>, template: &Template) -> Result<String, Error> {
    template.render_url(|name| base.text(name), |name| is_listed(base, name)).map_err(|fault| match fault {
        UrlFault::Missing(name) => missing(base, name),
        UrlFault::Misplaced(name, message) => misplaced(name, message),
    })
}

/// Whether the manifest lists every value that this configuration value can have.
fn is_listed(base: &Base<'_>, name: &str) -> bool {
    let declared = name.strip_prefix("config.").and_then(|key| base.head.config.get(key));
    declared.is_some_and(|declared| !declared.choices.is_empty())
}

fn missing(base: &Base<'_>, name: &str) -> Error {
    let title = &base.head.title;
    match name.split_once('.') {
        Some(("token", key)) => {
            let message =
                format!("the server of {title} follows from `{key}` of the token response, which is not there");
            let extracts = base.head.auth.values().filter_map(|scheme| scheme.oauth2.as_ref()?.extract.get(key));
            let defaults = extracts.filter_map(|extract| extract.default.as_ref());
            let config = defaults.flat_map(|default| default.names()).find_map(|name| name.strip_prefix("config."));
            Error::new(ErrorKind::Credentials, message).with_help(match config {
                Some(config) => format!("sign in again, or give the configuration value `{config}`"),
                None => "sign in again".to_owned(),
            })
        }
        _ => {
            let key = name.strip_prefix("config.").unwrap_or(name);
            let message =
                format!("the server of {title} depends on the configuration value `{key}`, which is not given");
            Error::new(ErrorKind::InvalidInput, message)
                .with_help(format!("give it with the connection's configuration: {{\"{key}\": \"…\"}}"))
                .with_problems(vec![Problem { at: key.to_owned(), message: "is required".to_owned() }])
        }
    }
}

fn misplaced(name: &str, message: &str) -> Error {
    let key = name.rsplit('.').next().unwrap_or(name);
    Error::new(ErrorKind::InvalidInput, format!("the value of `{name}` {message}"))
        .with_problems(vec![Problem { at: key.to_owned(), message: message.to_owned() }])
}

fn unusable(template: &Template, why: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, format!("the server `{template}` gives no usable URL: {why}"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use url::Url;

    use super::{rebound, server};
    use crate::build::Base;
    use crate::build::fixture::{head, operation};
    use crate::error::{Error, ErrorKind};

    fn url(template: &str, config: Value, token: Value) -> Result<String, Error> {
        let head = head(json!({ "server": template }));
        let base =
            Base { head: &head, config: config.as_object().unwrap(), token: token.as_object().unwrap(), rebind: None };
        server(&base, &operation(json!({}))).map(String::from)
    }

    #[test]
    fn values_stand_where_the_template_has_them() {
        let config = json!({ "site": "acme", "port": "acme:8080", "base": "http://127.0.0.1:1", "path": "a/b c?d" });
        let token = json!({ "instance_url": "https://eu.example.com/" });
        for (template, expected) in [
            ("https://api.example.com/v1", "https://api.example.com/v1"),
            ("https://${config.site}.example.com", "https://acme.example.com/"),
            ("https://${config.port}", "https://acme:8080/"),
            ("${config.base}/api", "http://127.0.0.1:1/api"),
            ("${token.instance_url}/api", "https://eu.example.com/api"),
            ("${token.instance_url}:8443/api", "https://eu.example.com:8443/api"),
            ("https://example.com/${config.path}/z", "https://example.com/a/b%20c%3Fd/z"),
        ] {
            assert_eq!(url(template, config.clone(), token.clone()).unwrap(), expected, "{template}");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = url("https://${config.site}.example.com", json!({}), json!({})).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert_eq!(error.message(), "the server of Acme depends on the configuration value `site`, which is not given");
        assert_eq!(error.help(), Some("give it with the connection's configuration: {\"site\": \"…\"}"));
        assert_eq!(error.problems()[0].at, "site");
        let error = url("${token.instance_url}", json!({}), json!({})).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credentials);
    }

    #[test]
    fn no_value_moves_the_host() {
        for value in
            ["evil.com/", "evil.com#", "evil.com?", "a@evil.com", "evil.com\\", "evil.com:443", "e vil", "", "%2f"]
        {
            let error = url("https://${config.site}.example.com", json!({ "site": value }), json!({}));
            assert!(error.is_err(), "{value:?} gave {error:?}");
        }
        for value in ["..", "a/../..", "%2e%2e/x"] {
            let error = url("https://example.com/${config.site}/z", json!({ "site": value }), json!({}));
            assert!(error.is_err(), "{value:?} gave {error:?}");
        }
        for begin in [
            "https://evil.test/.example.com",
            "https://evil.test?.example.com",
            "https://evil.test#.example.com",
            "https://evil.test\\.example.com",
            "https://u@evil.test",
            "https://example.com/x",
            "https:",
        ] {
            for (template, config, token) in [
                ("${config.site}/x", json!({ "site": begin }), json!({})),
                ("${token.site}/x", json!({}), json!({ "site": begin })),
            ] {
                let error = url(template, config, token).unwrap_err();
                assert!(error.message().contains("must be an origin"), "{error}");
                assert_eq!(error.problems()[0].at, "site");
            }
        }
        for base in ["ftp://example.com", "file:///etc/passwd", "https://u:p@example.com", "example.com", ""] {
            let error = url("${config.site}/x", json!({ "site": base }), json!({})).unwrap_err();
            assert!(!error.message().contains("u:p"), "{error}");
        }
    }

    #[test]
    fn rebinding_keeps_path_and_query() {
        let bind = |url: &str, to: &str| rebound(Url::parse(url).unwrap(), Some(&Url::parse(to).unwrap())).to_string();
        for (from, to, expected) in [
            ("https://api.example.com/v1/x?a=%2B", "http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/x?a=%2B"),
            ("https://api.example.com/v1/x", "http://localhost:1/mock/?drop#me", "http://localhost:1/mock/v1/x"),
            ("https://api.example.com/a%2Fb", "http://u:p@localhost", "http://localhost/a%2Fb"),
            ("https://api.example.com", "http://localhost/p", "http://localhost/p/"),
        ] {
            assert_eq!(bind(from, to), expected);
        }
    }
}
