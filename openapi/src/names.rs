//! Names that a manifest can have, from whatever a document calls things.

use std::collections::HashMap;

/// The words of a text, in lower case: `listIssueComments`, `list-issue_comments` and `List issue comments` have the same.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let letters: Vec<char> = text.chars().collect();
    for (at, &letter) in letters.iter().enumerate() {
        if !letter.is_ascii_alphanumeric() {
            words.extend(finished(&mut word));
            continue;
        }
        let before = at.checked_sub(1).map(|at| letters[at]);
        let after = letters.get(at + 1);
        let begins = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || before.is_ascii_uppercase()
                        && after.is_some_and(char::is_ascii_lowercase)
                        && !is_plural_end(&letters[at..])
            });
        if begins {
            words.extend(finished(&mut word));
        }
        word.push(letter.to_ascii_lowercase());
    }
    words.extend(finished(&mut word));
    words
}

/// Whether this is the last letter of an abbreviation in the plural: `APIs`.
fn is_plural_end(letters: &[char]) -> bool {
    matches!(letters, [_, 's']) || matches!(letters, [_, 's', after, ..] if !after.is_ascii_lowercase())
}

fn finished(word: &mut String) -> Option<String> {
    (!word.is_empty()).then(|| std::mem::take(word))
}

/// A lower-case name: what the document says where that is one already, else its words. `otherwise` where it has none.
pub(crate) fn lower(text: &str, otherwise: &str) -> String {
    let is_name = text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-'));
    if is_name {
        return text.to_owned();
    }
    started(words(text).join("_"), otherwise)
}

/// A name in the document's own spelling, with `_` for what a name cannot hold. `otherwise` where nothing is left.
pub(crate) fn mixed(text: &str, otherwise: &str) -> String {
    let mut name = String::new();
    for letter in text.chars() {
        if letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-') {
            name.push(letter);
        } else if !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = match text.starts_with('_') {
        true => name.trim_end_matches('_'),
        false => name.trim_matches(['_', '-']),
    };
    started(name.to_owned(), otherwise)
}

/// A name begins with a letter.
fn started(name: String, otherwise: &str) -> String {
    match name.chars().next() {
        None => otherwise.to_owned(),
        Some(first) if first.is_ascii_alphabetic() || first == '_' => name,
        Some(_) => format!("{otherwise}_{name}"),
    }
}

/// Names that are given out, each once, with the number that the next of the same name is tried with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Taken(HashMap<String, u32>);

impl Taken {
    /// This name, or with the first number that makes it free.
    pub(crate) fn free(&mut self, name: String) -> String {
        let mut number = self.0.get(&name).copied().unwrap_or(2);
        let mut free = name.clone();
        while self.0.contains_key(&free) {
            free = format!("{name}_{number}");
            number += 1;
        }
        self.0.insert(name, number);
        self.0.entry(free.clone()).or_insert(2);
        free
    }

    /// Whether the name is given out.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

/// A name for each of these texts, no two alike: what is a name already is kept, of the others the later ones get numbers.
pub(crate) fn apart(texts: &[&str], otherwise: &str) -> Vec<String> {
    let mut taken = Taken::default();
    let mut names: Vec<Option<String>> = Vec::with_capacity(texts.len());
    for text in texts {
        let is_free = mixed(text, otherwise) == **text && !taken.has(text);
        names.push(is_free.then(|| taken.free((*text).to_owned())));
    }
    let free = |(name, text): (Option<String>, &&str)| name.unwrap_or_else(|| taken.free(mixed(text, otherwise)));
    names.into_iter().zip(texts).map(free).collect()
}

/// Letters and digits alone, in lower case: what names have in common however they are spelt.
pub(crate) fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Whether two words are the same noun, one or many.
pub(crate) fn same_noun(one: &str, other: &str) -> bool {
    singular(one) == singular(other)
}

/// One of what a word names many of, as far as the ending tells.
pub(crate) fn singular(word: &str) -> String {
    let cut = |end: &str, with: &str| word.strip_suffix(end).map(|stem| format!("{stem}{with}"));
    if word.len() < 4 || word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") {
        return word.to_owned();
    }
    cut("ies", "y")
        .or_else(|| ["sses", "xes", "ches", "shes"].iter().find_map(|end| cut(end, &end[..end.len() - 2])))
        .or_else(|| cut("s", ""))
        .unwrap_or_else(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Taken, apart, lower, mixed, same_noun, words};

    #[test]
    fn words_are_found_in_every_spelling() {
        for text in ["listIssueComments", "list-issue_comments", "List issue comments", "ListIssueComments"] {
            assert_eq!(words(text), ["list", "issue", "comments"], "{text}");
        }
        assert_eq!(words("getHTTPServer2Logs"), ["get", "http", "server2", "logs"]);
        assert_eq!(words("APIs listURLsOf"), ["apis", "list", "urls", "of"]);
        assert_eq!(words("  "), [""; 0]);
    }

    #[test]
    fn names_are_valid_and_keep_what_they_can() {
        for (text, expected) in [
            ("page[size]", "page_size"),
            ("assignees[]", "assignees"),
            ("$top", "top"),
            ("created_at.after", "created_at_after"),
            ("space-id", "space-id"),
            ("_id", "_id"),
            ("2fa", "param_2fa"),
            ("größe", "gr_e"),
            ("", "param"),
            ("日本", "param"),
            ("Amazon-Id", "Amazon-Id"),
        ] {
            assert_eq!(mixed(text, "param"), expected, "{text}");
        }
        assert_eq!(lower("ad-groups", "x"), "ad-groups");
        assert_eq!(lower("Billing Accounts", "x"), "billing_accounts");
        assert_eq!(lower("2FA", "x"), "x_2_fa");
    }

    #[test]
    fn a_name_is_given_out_once() {
        let mut taken = Taken::default();
        assert_eq!(["a", "a", "a_2"].map(|name| taken.free(name.to_owned())), ["a", "a_2", "a_2_2"]);
    }

    #[test]
    fn what_is_a_name_already_keeps_it() {
        assert_eq!(
            apart(&["page[size]", "page_size", "page.size", "q"], "x"),
            ["page_size_2", "page_size", "page_size_3", "q"]
        );
        assert_eq!(apart(&["a", "a", "$"], "x"), ["a", "a_2", "x"]);
    }

    #[test]
    fn one_and_many_are_the_same_noun() {
        for (one, many) in
            [("pet", "pets"), ("policy", "policies"), ("box", "boxes"), ("status", "status"), ("address", "addresses")]
        {
            assert!(same_noun(one, many), "{one} {many}");
        }
        assert!(!same_noun("pet", "petition"));
    }
}
