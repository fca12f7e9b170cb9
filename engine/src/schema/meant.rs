//! Which of several alternative schemas a value was meant for: a choice of twenty fails in twenty ways, of which one is of interest.

use std::cmp::Reverse;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::types::JsonType;
use serde_json::Value;

use super::explain::types;

/// How many alternatives are looked at, those of alternatives included.
const MOST_BRANCHES: usize = 400;

/// What is wrong with a value that fits no alternative.
pub(super) enum Meant<'e> {
    /// It was meant for this one, in which these things are wrong.
    Branch(Vec<&'e ValidationError<'static>>),
    /// A member that tells the alternatives apart has none of these values.
    Member(String, Vec<Value>),
    /// It has none of the members of which each alternative needs one.
    Keys(Vec<String>),
    /// It has none of these types.
    Types(Vec<JsonType>),
}

/// One alternative with all that is wrong in it.
type Branch<'e> = Vec<&'e ValidationError<'static>>;

/// Finds out what is wrong with a value that fits no alternative.
pub(super) fn meant<'e>(error: &ValidationError<'_>, context: &'e [Vec<ValidationError<'static>>]) -> Meant<'e> {
    let depth = depth(error);
    let mut branches = Vec::new();
    context.iter().for_each(|errors| expand(errors.iter().collect(), depth, &mut branches));
    if let Some(types) = all_of_other_type(&branches, depth) {
        return Meant::Types(types);
    }
    if let Some((member, options)) = same_member_differs(&branches, depth) {
        return Meant::Member(member, options);
    }
    branches.sort_by_cached_key(|branch| strangeness(branch, depth));
    let least = branches.first().map(|branch| strangeness(branch, depth));
    let best: Vec<_> = branches.iter().filter(|branch| Some(strangeness(branch, depth)) == least).collect();
    let needed: Option<Vec<String>> = best.iter().map(|branch| only_lacks(branch, depth)).collect();
    match needed {
        Some(mut keys) if keys.len() > 1 => {
            let mut seen = std::collections::BTreeSet::new();
            keys.retain(|key| seen.insert(key.clone()));
            Meant::Keys(keys)
        }
        Some(_) | None => Meant::Branch(branches.into_iter().next().unwrap_or_default()),
    }
}

/// An alternative that itself fails for its alternatives stands for as many.
fn expand<'e>(branch: Branch<'e>, depth: usize, branches: &mut Vec<Branch<'e>>) {
    let nested = branch.iter().enumerate().find_map(|(index, error)| match error.kind() {
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } if self::depth(error) == depth => {
            Some((index, context))
        }
        _ => None,
    });
    match nested {
        Some((index, context)) if branches.len() < MOST_BRANCHES => {
            let others: Branch<'e> =
                branch.iter().enumerate().filter(|(at, _)| *at != index).map(|(_, error)| *error).collect();
            for errors in context {
                expand(others.iter().copied().chain(errors).collect(), depth, branches);
            }
        }
        Some(_) | None => branches.push(branch),
    }
}

/// The types that are wanted, when the value has the wrong type for every alternative.
fn all_of_other_type(branches: &[Branch<'_>], depth: usize) -> Option<Vec<JsonType>> {
    let mut wanted = Vec::new();
    for branch in branches {
        let of_branch = branch.iter().find_map(|error| match error.kind() {
            Kind::Type { kind } if self::depth(error) == depth => Some(types(kind)),
            _ => None,
        });
        wanted.extend(of_branch?);
    }
    let mut seen = Vec::new();
    wanted.retain(|one| {
        !seen.contains(one) && {
            seen.push(*one);
            true
        }
    });
    (!wanted.is_empty()).then_some(wanted)
}

/// The member (`type`, say) that has a value of none of the alternatives, with the values it may have.
fn same_member_differs(branches: &[Branch<'_>], depth: usize) -> Option<(String, Vec<Value>)> {
    let candidates: Vec<_> = branches.iter().filter(|branch| !of_other_type(branch, depth)).collect();
    let first = candidates.first()?;
    first.iter().find_map(|error| {
        let (member, _) = differing_member(error, depth)?;
        let mut options = Vec::new();
        for branch in &candidates {
            let (_, values) =
                branch.iter().filter_map(|error| differing_member(error, depth)).find(|(name, _)| *name == member)?;
            options.extend(values.into_iter().filter(|value| !options.contains(value)).collect::<Vec<_>>());
        }
        Some((member, options))
    })
}

/// A direct member that should have one of these values and has another.
fn differing_member(error: &ValidationError<'_>, depth: usize) -> Option<(String, Vec<Value>)> {
    let values = match error.kind() {
        Kind::Constant { expected_value } => vec![expected_value.as_ref().clone()],
        Kind::Enum { options } => options.as_array()?.clone(),
        _ => return None,
    };
    let is_direct = self::depth(error) == depth + 1 && error.instance().is_string();
    let name = error.instance_path().segments().last().map(|segment| segment.to_string());
    name.filter(|_| is_direct).map(|name| (name, values))
}

/// How far a value is from an alternative: the least is the one that was meant.
fn strangeness(branch: &Branch<'_>, depth: usize) -> impl Ord + use<> {
    let direct = || branch.iter().filter(move |error| self::depth(error) == depth);
    let of_another_kind = branch.iter().any(|error| differing_member(error, depth).is_some());
    let missing = direct().filter(|error| matches!(error.kind(), Kind::Required { .. })).count();
    let unknown: usize = direct()
        .map(|error| match error.kind() {
            Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => unexpected.len(),
            _ => 0,
        })
        .sum();
    let deepest = branch.iter().map(|error| self::depth(error)).max().unwrap_or(depth);
    (of_other_type(branch, depth), of_another_kind, missing + unknown, Reverse(deepest), branch.len())
}

fn of_other_type(branch: &Branch<'_>, depth: usize) -> bool {
    branch.iter().any(|error| matches!(error.kind(), Kind::Type { .. }) && self::depth(error) == depth)
}

/// The one member that is missing, when nothing else is wrong.
fn only_lacks(branch: &Branch<'_>, depth: usize) -> Option<String> {
    match branch.as_slice() {
        [only] if self::depth(only) == depth => match only.kind() {
            Kind::Required { property } => property.as_str().map(str::to_owned),
            _ => None,
        },
        _ => None,
    }
}

fn depth(error: &ValidationError<'_>) -> usize {
    error.instance_path().segments().count()
}
