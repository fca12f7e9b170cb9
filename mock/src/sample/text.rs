//! Plausible text: by its format, its pattern, or the name of the property it stands under.

use serde_json::{Map, Value};

use super::pattern::matching;
use super::seed::Seed;

const FIRST: &[&str] = &[
    "Amber", "Birch", "Cedar", "Dune", "Ember", "Fjord", "Granite", "Heather", "Indigo", "Juniper", "Larch", "Maple",
    "North", "Opal", "Poplar", "Quartz",
];
const SECOND: &[&str] = &[
    "bay", "bridge", "canyon", "delta", "field", "garden", "harbour", "island", "lagoon", "meadow", "orchard", "plain",
    "ridge", "shore", "valley", "wharf",
];

/// The text of a property.
pub(crate) fn text(keywords: &Map<String, Value>, name: &str, seed: Seed) -> String {
    let keyword = |keyword: &str| keywords.get(keyword).and_then(Value::as_str);
    let length = |keyword: &str| keywords.get(keyword).and_then(Value::as_u64).map(|n| n.min(100_000) as usize);
    let (min, max) = (length("minLength").unwrap_or(0), length("maxLength"));
    let fits = |text: &String| (min..=max.unwrap_or(usize::MAX)).contains(&text.chars().count());
    if let Some(text) = keyword("pattern").and_then(|pattern| matching(pattern, min, seed)) {
        return text;
    }
    if let Some(text) = keyword("format").and_then(|format| formatted(format, seed)).filter(fits) {
        return text;
    }
    if keyword("contentEncoding") == Some("base64") {
        return "dGllbGluZQ==".to_owned();
    }
    within(named(name, seed), min, max)
}

/// A text in one of the formats of JSON Schema and OpenAPI.
fn formatted(format: &str, seed: Seed) -> Option<String> {
    let (month, day) = (1 + seed.below(12), 1 + seed.nth(1).below(28));
    let (hour, minute) = (seed.nth(2).below(24), seed.nth(3).below(60));
    let tag = format!("{:06x}", seed.below(1 << 24));
    Some(match format {
        "date-time" => format!("2026-{month:02}-{day:02}T{hour:02}:{minute:02}:00.000Z"),
        "date" => format!("2026-{month:02}-{day:02}"),
        "time" => format!("{hour:02}:{minute:02}:00Z"),
        "duration" => format!("PT{}M", 1 + minute),
        "email" | "idn-email" => format!("user-{tag}@example.com"),
        "hostname" | "idn-hostname" => format!("host-{tag}.example.com"),
        "ipv4" => format!("192.0.2.{day}"),
        "ipv6" => format!("2001:db8::{day}"),
        "uri" | "url" | "iri" => format!("https://example.com/{tag}"),
        "uri-reference" | "iri-reference" | "json-pointer" => format!("/{tag}"),
        "uri-template" => format!("/{tag}/{{id}}"),
        "relative-json-pointer" => format!("0/{tag}"),
        "uuid" => seed.uuid().to_string(),
        "byte" => "dGllbGluZQ==".to_owned(),
        "regex" => "[a-z]+".to_owned(),
        _ => return None,
    })
}

/// What usually stands under a name.
fn named(name: &str, seed: Seed) -> String {
    let words = words(name);
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    let last = words.last().map(String::as_str).unwrap_or_default();
    let format = match last {
        "id" | "ids" | "uuid" | "guid" => "uuid",
        "at" | "time" | "timestamp" | "datetime" => "date-time",
        "date" | "on" | "day" => "date",
        "email" | "mail" => "email",
        "url" | "uri" | "href" | "link" => "uri",
        "host" | "hostname" | "domain" => "hostname",
        _ => "",
    };
    if let Some(text) = formatted(format, seed) {
        return text;
    }
    let pick = |words: &'static [&'static str], seed: Seed| seed.pick(words).copied().unwrap_or_default();
    let (first, second) = (pick(FIRST, seed), pick(SECOND, seed.nth(1)));
    match last {
        "currency" | "code" if has(&["currency"]) => "EUR".to_owned(),
        "language" | "locale" | "lang" | "code" if has(&["language", "locale", "lang"]) => "en".to_owned(),
        "country" | "code" if has(&["country"]) => "NL".to_owned(),
        "zip" | "postcode" | "code" if has(&["zip", "postcode", "postal"]) => format!("{:05}", seed.below(100_000)),
        "color" | "colour" => "blue".to_owned(),
        "phone" => "+1 555 0100".to_owned(),
        "version" => "1.0.0".to_owned(),
        "timezone" | "tz" => "UTC".to_owned(),
        "emoji" => "🌲".to_owned(),
        "code" => first.to_uppercase(),
        "filename" => format!("{}.txt", first.to_lowercase()),
        "type" if has(&["content", "mime"]) => "text/plain".to_owned(),
        "text" | "content" | "description" | "summary" | "body" | "message" | "comment" | "markdown" => {
            format!("{first} {second}, seen from the {}.", pick(SECOND, seed.nth(2)))
        }
        _ => format!("{first} {second}"),
    }
}

/// The words of a name, in lower case: those of `created_at` and `createdAt` are the same.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for character in name.chars() {
        let starts_word = !character.is_alphanumeric() || (was_lower && character.is_uppercase());
        if starts_word {
            words.push(String::new());
        }
        if let Some(last) = words.last_mut().filter(|_| character.is_alphanumeric()) {
            last.extend(character.to_lowercase());
        }
        was_lower = character.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// A text cut or filled up to a length in characters.
fn within(text: String, min: usize, max: Option<usize>) -> String {
    let most = max.unwrap_or(usize::MAX);
    let length = text.chars().count();
    let mut text: String = if length > most { text.chars().take(most).collect() } else { text };
    text.extend(std::iter::repeat_n('x', min.saturating_sub(length)));
    text
}

#[cfg(test)]
mod tests {
    use super::{Seed, text};
    use serde_json::json;

    fn made(schema: serde_json::Value, name: &str) -> String {
        text(schema.as_object().unwrap(), name, Seed::new(7))
    }

    #[test]
    fn formats_are_valid() {
        let formats = [
            "date-time",
            "date",
            "time",
            "duration",
            "email",
            "hostname",
            "ipv4",
            "ipv6",
            "uri",
            "uri-reference",
            "uuid",
            "json-pointer",
            "relative-json-pointer",
            "regex",
            "uri-template",
            "iri",
            "iri-reference",
        ];
        for format in formats {
            let schema = json!({ "type": "string", "format": format });
            let checker = jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap();
            for n in 0..50 {
                let text = text(schema.as_object().unwrap(), "x", Seed::new(n));
                assert!(checker.is_valid(&text.clone().into()), "{format}: {text}");
            }
        }
    }

    #[test]
    fn names_are_cut_into_words() {
        for (name, expected) in [
            ("created_at", &["created", "at"][..]),
            ("lastModifiedTime", &["last", "modified", "time"]),
            ("X-Trace.id", &["x", "trace", "id"]),
            ("ID", &["id"]),
            ("__", &[]),
        ] {
            assert_eq!(super::words(name), expected, "{name}");
        }
    }

    #[test]
    fn names_and_lengths_count() {
        assert!(made(json!({}), "created_at").starts_with("2026-"));
        assert!(made(json!({}), "avatar_url").starts_with("https://"));
        assert_eq!(made(json!({}), "user_id").len(), 36);
        assert!(made(json!({}), "createdAt").starts_with("2026-"));
        assert_eq!(made(json!({ "minLength": 3, "maxLength": 3 }), "currency_code"), "EUR");
        assert!(made(json!({ "maxLength": 3 }), "reason_code").chars().all(|c| c.is_ascii_uppercase()));
        assert_eq!(made(json!({ "format": "email", "maxLength": 9 }), "x").len(), 9);
        assert_eq!(made(json!({ "maxLength": 3 }), "name").len(), 3);
        assert_eq!(made(json!({ "minLength": 60 }), "name").len(), 60);
    }
}
