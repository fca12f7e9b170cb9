//! Values that fit a schema: deterministic and plausible.

mod effective;
mod pattern;
mod seed;
#[cfg(test)]
mod tests;
mod text;

use std::cell::Cell;

use serde_json::{Map, Number, Value};

use crate::schemas::Schemas;

pub(crate) use effective::{Effective, effective, types};
pub(crate) use pattern::matching;
pub(crate) use seed::Seed;
pub(crate) use text::words;

/// A text that a regular expression matches as a whole, always the same; `None` for an expression that is not understood.
pub fn text_matching(pattern: &str) -> Option<String> {
    matching(pattern, 0, Seed::new(0))
}

/// How optional things are decided. The first manner whose value fits the schema is used.
#[derive(Clone, Copy)]
struct Manner {
    branch: usize,
    extent: Extent,
    examples: Examples,
}

#[derive(Clone, Copy, PartialEq)]
enum Extent {
    /// Optional properties near the root are there.
    Rich,
    /// Only required properties are there.
    Required,
}

#[derive(Clone, Copy, PartialEq)]
enum Examples {
    Used,
    Ignored,
}

const MANNERS: &[Manner] = &[
    Manner { branch: 0, extent: Extent::Rich, examples: Examples::Used },
    Manner { branch: 0, extent: Extent::Required, examples: Examples::Used },
    Manner { branch: 0, extent: Extent::Rich, examples: Examples::Ignored },
    Manner { branch: 0, extent: Extent::Required, examples: Examples::Ignored },
    Manner { branch: 1, extent: Extent::Rich, examples: Examples::Ignored },
    Manner { branch: 1, extent: Extent::Required, examples: Examples::Ignored },
    Manner { branch: 2, extent: Extent::Required, examples: Examples::Ignored },
];

/// What is usually not there when all is well: null where that is allowed, or left out.
const ABSENT: &[&str] = &["error", "errors", "next_cursor", "deleted_at", "archived_at"];

/// Optional properties are there down to this depth.
const RICH_DEPTH: usize = 2;
/// Nothing optional is deeper than this.
const MAX_DEPTH: usize = 24;
/// How large one sample may grow before what is optional is left out: in values, with 100 bytes of text as one more.
const ROOM: i64 = 4_000;
/// How far beyond that it may go for what is required.
const OVERDRAFT: i64 = 16_000;

/// A value that fits a schema. Equal seeds give equal values.
pub(crate) fn sample(schemas: &Schemas, schema: &Value, seed: Seed) -> Value {
    let made = |manner: &Manner| {
        let sampler = Sampler { schemas, manner: *manner, left: Cell::new(ROOM) };
        sampler.value(schema, seed, &Spot { above: &[], depth: 0, name: "" })
    };
    let mut first = None;
    for value in MANNERS.iter().filter_map(made) {
        if schemas.fits(schema, &value) {
            return value;
        }
        first.get_or_insert(value);
    }
    first.unwrap_or_default()
}

struct Sampler<'a> {
    schemas: &'a Schemas,
    manner: Manner,
    left: Cell<i64>,
}

/// Where in a sample a value stands.
struct Spot<'a> {
    /// The schemas that it stands in, by name.
    above: &'a [String],
    depth: usize,
    /// The property it is the value of.
    name: &'a str,
}

impl Sampler<'_> {
    /// `None`: every value would have to hold another of the same schema, without end, or would be too large.
    fn value(&self, schema: &Value, seed: Seed, spot: &Spot<'_>) -> Option<Value> {
        self.take(1);
        if spot.depth > MAX_DEPTH || self.left.get() < -OVERDRAFT {
            return None;
        }
        if ABSENT.contains(&spot.name) && self.schemas.fits(schema, &Value::Null) {
            return Some(Value::Null);
        }
        let Effective { keywords, entered } = effective(self.schemas, schema, spot.above, self.manner.branch)?;
        if let Some(value) = self.given(&keywords, seed) {
            return Some(value);
        }
        let above = [spot.above, &entered].concat();
        let spot = Spot { above: &above, ..*spot };
        Some(match kind(&keywords) {
            "object" => Value::Object(self.object(&keywords, seed, &spot)?),
            "array" => Value::Array(self.array(&keywords, seed, &spot)?),
            "integer" => Value::Number(number(&keywords, spot.name, seed, 1.0)),
            "number" => Value::Number(number(&keywords, spot.name, seed, 0.5)),
            "boolean" => Value::Bool(false),
            "null" => Value::Null,
            _ => {
                let text = text::text(&keywords, spot.name, seed);
                self.take(text.len() / 100);
                Value::String(text)
            }
        })
    }

    fn take(&self, room: usize) {
        self.left.set(self.left.get() - room as i64);
    }

    /// A value that the schema itself gives.
    fn given(&self, keywords: &Map<String, Value>, seed: Seed) -> Option<Value> {
        let choices = keywords.get("enum").and_then(Value::as_array).filter(|choices| !choices.is_empty());
        let chosen = choices.map(|choices| choices.iter().find(|choice| !choice.is_null()).unwrap_or(&Value::Null));
        let exact = keywords.get("const").or(chosen);
        if exact.is_some() || self.manner.examples == Examples::Ignored {
            return exact.cloned();
        }
        let examples = keywords.get("examples").and_then(Value::as_array);
        let example = examples.and_then(|examples| seed.pick(examples)).or_else(|| keywords.get("example"));
        example.or_else(|| keywords.get("default")).filter(|value| !value.is_null()).cloned()
    }

    fn object(&self, keywords: &Map<String, Value>, seed: Seed, spot: &Spot<'_>) -> Option<Map<String, Value>> {
        let none = Map::new();
        let properties = keywords.get("properties").and_then(Value::as_object).unwrap_or(&none);
        let required: Vec<&str> = keywords
            .get("required")
            .and_then(Value::as_array)
            .map(|names| names.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let tag = self.tag(properties, spot);
        let mut members = Map::new();
        for (name, schema) in properties {
            let needed = required.contains(&name.as_str());
            if !needed && !self.wants(name, schema, tag.as_ref(), spot.depth) {
                continue;
            }
            let inner = Spot { above: spot.above, depth: spot.depth + 1, name };
            match self.value(schema, seed.and(name), &inner) {
                Some(value) => drop(members.insert(name.clone(), value)),
                None if needed => return None,
                None => {}
            }
        }
        for name in required.into_iter().filter(|name| !properties.contains_key(*name)) {
            members.insert(name.to_owned(), Value::String(text::text(&none, name, seed.and(name))));
        }
        self.add_free_members(keywords, seed, spot, &mut members)?;
        Some(members)
    }

    /// Members that no property names, where the schema wants some or has only such.
    fn add_free_members(
        &self,
        keywords: &Map<String, Value>,
        seed: Seed,
        spot: &Spot<'_>,
        members: &mut Map<String, Value>,
    ) -> Option<()> {
        let least = keywords.get("minProperties").and_then(Value::as_u64).unwrap_or(0).min(100) as usize;
        let patterns = keywords.get("patternProperties").and_then(Value::as_object);
        let (pattern, schema) =
            match (patterns.and_then(|patterns| patterns.iter().next()), keywords.get("additionalProperties")) {
                (Some((pattern, schema)), _) => (Some(pattern), schema),
                (None, Some(schema @ Value::Object(_))) => (None, schema),
                (None, _) if members.len() < least => (None, &Value::Bool(true)),
                (None, _) => return Some(()),
            };
        let wanted = if members.is_empty() && self.is_rich(spot.depth) { least.max(1) } else { least };
        for n in 0..wanted.saturating_sub(members.len()) {
            let seed = seed.and("free").nth(n);
            let name = pattern.and_then(|pattern| matching(pattern, 0, seed));
            let name = name.unwrap_or_else(|| format!("key_{}", n + 1));
            let inner = Spot { above: spot.above, depth: spot.depth + 1, name: &name };
            match self.value(schema, seed, &inner) {
                Some(value) => drop(members.insert(name.clone(), value)),
                None if least > 0 => return None,
                None => {}
            }
        }
        Some(())
    }

    /// Many APIs name the kind of a thing under `type` and put what belongs to that kind under a property of that name:
    /// all the names there could be, and the one that this sample has.
    fn tag(&self, properties: &Map<String, Value>, spot: &Spot<'_>) -> Option<(Vec<String>, String)> {
        let schema = properties.get("type").or_else(|| properties.get("kind"))?;
        let keywords = effective(self.schemas, schema, spot.above, self.manner.branch)?.keywords;
        let names: Vec<String> =
            keywords.get("enum")?.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        let chosen = names.first()?.clone();
        Some((names, chosen))
    }

    /// Whether an optional property is there.
    fn wants(&self, name: &str, schema: &Value, tag: Option<&(Vec<String>, String)>, depth: usize) -> bool {
        let is = |keyword: &str| schema.get(keyword) == Some(&Value::Bool(true));
        match tag {
            Some((_, chosen)) if chosen == name => true,
            Some((names, _)) if names.iter().any(|other| other == name) => false,
            Some(_) | None => self.is_rich(depth) && !is("deprecated") && !is("writeOnly") && !ABSENT.contains(&name),
        }
    }

    fn is_rich(&self, depth: usize) -> bool {
        self.manner.extent == Extent::Rich && depth < RICH_DEPTH && self.left.get() > 0
    }

    fn array(&self, keywords: &Map<String, Value>, seed: Seed, spot: &Spot<'_>) -> Option<Vec<Value>> {
        let count = |keyword: &str| keywords.get(keyword).and_then(Value::as_u64);
        let least = count("minItems").unwrap_or(0).min(1_000) as usize;
        let most = count("maxItems").unwrap_or(u64::MAX) as usize;
        let first = keywords.get("prefixItems").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let contained = keywords.get("contains");
        let rest = contained.or_else(|| keywords.get("items"));
        let usual = usize::from(rest.is_some() && (contained.is_some() || self.is_rich(spot.depth))) + first.len();
        let mut items = Vec::new();
        for n in 0..usual.max(least).min(most) {
            let Some(schema) = first.get(n).or(rest) else { break };
            let inner = Spot { above: spot.above, depth: spot.depth + 1, name: spot.name };
            match self.value(schema, seed.nth(n), &inner) {
                Some(item) => items.push(item),
                None if n < least => return None,
                None => break,
            }
        }
        Some(items)
    }
}

/// The type of the value to make: the first that is not null, or what the keywords are about.
fn kind(keywords: &Map<String, Value>) -> &str {
    let has = |names: &[&str]| names.iter().any(|name| keywords.contains_key(*name));
    let declared = keywords.get("type").map(types).unwrap_or_default();
    match declared.iter().find(|name| **name != "null").or(declared.first()) {
        Some(name) => name,
        None if has(&["properties", "required", "additionalProperties", "patternProperties", "minProperties"]) => {
            "object"
        }
        None if has(&["items", "prefixItems", "contains", "minItems"]) => "array",
        None if has(&["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]) => "number",
        None => "string",
    }
}

/// A number within its bounds, on the grid of `multipleOf` (or of `step`).
fn number(keywords: &Map<String, Value>, name: &str, seed: Seed, step: f64) -> Number {
    let bound = |keyword: &str| keywords.get(keyword).and_then(Value::as_f64);
    let usual = usual(name, step);
    let is_free = ["multipleOf", "maximum", "exclusiveMaximum"].iter().all(|keyword| bound(keyword).is_none());
    let least = bound("minimum").or(bound("exclusiveMinimum")).unwrap_or(f64::MIN);
    if let Some((from, spread, grid)) = usual.filter(|(from, _, _)| is_free && least < *from) {
        return as_number(from + seed.below(spread) as f64 * grid);
    }
    let grid = bound("multipleOf").filter(|grid| *grid > 0.0).unwrap_or(step);
    let over = bound("exclusiveMinimum").map(|least| least + grid);
    let under = bound("exclusiveMaximum").map(|most| most - grid);
    let least = bound("minimum").into_iter().chain(over).reduce(f64::max);
    let most = bound("maximum").into_iter().chain(under).reduce(f64::min);
    let is_id = name == "id" || name.ends_with("_id") || name.ends_with("Id");
    let spread = if is_id { 1 << 31 } else { 100 };
    let start = (least.unwrap_or(1.0).min(most.unwrap_or(f64::MAX)) / grid).ceil();
    let room = most.map_or(f64::MAX, |most| ((most / grid).floor() - start + 1.0).max(1.0));
    as_number((start + seed.below((room as u64).min(spread)) as f64) * grid)
}

/// What numbers of a name usually are, where it says so: the first of them, how many there are, and how far apart.
fn usual(name: &str, step: f64) -> Option<(f64, u64, f64)> {
    /// The first second of 2026, and the minutes of that year.
    const YEAR: (f64, u64, f64) = (1_767_225_600.0, 525_600, 60.0);
    const MONEY: &[&str] = &["price", "amount", "cost", "fee", "subtotal"];
    let words = words(name);
    let is_money = |word: &String| MONEY.contains(&word.as_str());
    match words.last()?.as_str() {
        "at" | "till" | "until" | "time" | "timestamp" | "created" | "updated" | "modified" => Some(YEAR),
        // An integer counts the smallest unit of a currency.
        _ if words.iter().any(is_money) => Some(if step == 1.0 { (500.0, 396, 50.0) } else { (5.0, 396, 0.5) }),
        _ => None,
    }
}

fn as_number(value: f64) -> Number {
    if value.fract() == 0.0 && value.abs() < 9e15 {
        Number::from(value as i64)
    } else {
        Number::from_f64(value).unwrap_or_else(|| Number::from(0))
    }
}
