//! Errors without the caller's secrets, which the API may have repeated.

use secrecy::ExposeSecret as _;

use crate::auth::{AccessToken, Scheme, Values, encoded_secrets};
use crate::connect::Inner;
use crate::error::Error;

/// Shorter secrets are looked for in no message: they would be found in its words.
const SHORTEST_SECRET: usize = 4;
/// What stands in place of a secret.
const SHOWN: &str = "[secret]";
/// The longest text of an API that is passed on, in characters.
const LONGEST_TEXT: usize = 2_000;

/// The error without what the caller signs in with. Only then are its texts cut: what is left of a secret at the end of a text that
/// was cut before would not be known again.
pub(super) fn without_secrets(
    inner: &Inner,
    scheme: Option<&Scheme>,
    token: Option<&AccessToken>,
    error: Error,
) -> Error {
    let fields = scheme.into_iter().flat_map(|scheme| &scheme.fields).filter(|(_, field)| field.is_secret());
    let given = fields.filter_map(|(name, _)| inner.credentials.expose(name));
    let obtained = token.into_iter().map(|token| token.access_token.expose_secret());
    let values = |scheme| Values { config: Some(&inner.config), ..Values::of(scheme, &inner.credentials) };
    let encoded: Vec<_> = scheme.into_iter().flat_map(|scheme| encoded_secrets(&values(scheme))).collect();
    let encoded = encoded.iter().map(String::as_str);
    let mut secrets: Vec<_> =
        given.chain(obtained).chain(encoded).filter(|secret| secret.len() >= SHORTEST_SECRET).collect();
    secrets.sort_unstable_by_key(|secret| std::cmp::Reverse(secret.len()));
    error.map_texts(|text| {
        let whole = secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, SHOWN));
        shortened(&without_cut_secret(whole, &secrets))
    })
}

/// The text without the beginning of a secret where it was cut off: an excerpt may end anywhere.
fn without_cut_secret(text: String, secrets: &[&str]) -> String {
    let Some((kept, end)) = text.rfind('…').map(|at| text.split_at(at)) else { return text };
    let beginnings = secrets.iter().flat_map(|secret| {
        let lengths = (SHORTEST_SECRET..secret.len()).rev().filter(|length| secret.is_char_boundary(*length));
        lengths.map(|length| &secret[..length])
    });
    match beginnings.filter(|beginning| kept.ends_with(beginning)).max_by_key(|beginning| beginning.len()) {
        Some(beginning) => format!("{}{SHOWN}{end}", &kept[..kept.len() - beginning.len()]),
        None => text,
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
