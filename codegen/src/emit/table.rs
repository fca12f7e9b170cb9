//! The tables by which the macros of `tieline::typed` read and write a type: one line a member.

use std::fmt::Display;

use crate::ir::{Action, Alternative, Answer, AnyOf, Choice, Kind, Member, Object, OneOf, Place, Presence, Variant};

use super::argument::type_text;
use super::words::{ident, text};
use super::{Error, source};

pub(super) fn object(object: &Object) -> Result<String, Error> {
    let mut head = format!("{} {{", ident(&object.name)?);
    if !object.members.is_empty() {
        head.push('\n');
    }
    for member in &object.members {
        head.push_str(&format!("    {},\n", self::member(member, word(member.presence))?));
    }
    head.push('}');
    if !object.constants.is_empty() {
        let lines =
            object.constants.iter().map(|constant| format!("{} = {}", text(&constant.key), text(&constant.value)));
        head.push_str(&format!(" constants {{\n{}}}", lines_of(lines)));
    }
    if let Some(kind) = &object.kind {
        head.push_str(&format!(" kind {}: {}", ident(&kind.ident)?, ident(&kind.name)?));
    }
    Ok(format!("typed::object!({head});\n"))
}

pub(super) fn kind(kind: &Kind) -> Result<String, Error> {
    let lines = kind.variants.iter().map(variant).collect::<Result<Vec<_>, _>>()?;
    table("kind", format_args!("{} by {}", ident(&kind.name)?, text(&kind.tag)), lines)
}

fn variant(variant: &Variant) -> Result<String, Error> {
    let presence = |member: &Member| match (variant.members.len(), member.presence) {
        (1, Presence::Required) => "only",
        (_, presence) => word(presence),
    };
    let members = variant.members.iter().map(|member| self::member(member, presence(member)));
    let members: String = members.map(|member| member.map(|member| format!(" {member},"))).collect::<Result<_, _>>()?;
    let space = if members.is_empty() { "" } else { " " };
    Ok(format!("{} => {} {{{members}{space}}}", text(&variant.tag), ident(&variant.name)?))
}

fn member(member: &Member, presence: &str) -> Result<String, Error> {
    Ok(format!("{presence} {} = {}", ident(&member.ident)?, text(&member.key)))
}

fn word(presence: Presence) -> &'static str {
    match presence {
        Presence::Required => "required",
        Presence::Nullable => "nullable",
        Presence::Optional => "optional",
        Presence::Field => "field",
    }
}

pub(super) fn one_of(one_of: &OneOf) -> Result<String, Error> {
    let line = |(name, tag, _): &(String, String, _)| Ok(format!("{} => {}", text(tag), ident(name)?));
    let lines = one_of.variants.iter().map(line).collect::<Result<Vec<_>, Error>>()?;
    table("one_of", format_args!("{} by {}", ident(&one_of.name)?, text(&one_of.tag)), lines)
}

pub(super) fn any_of(any_of: &AnyOf) -> Result<String, Error> {
    let line = |variant: &Alternative| {
        let says =
            variant.constants.iter().map(|constant| format!("{} = {}", text(&constant.key), text(&constant.value)));
        let says = says.collect::<Vec<_>>().join(", ");
        let name = ident(&variant.name)?;
        Ok(if says.is_empty() { name.to_string() } else { format!("{name} where {says}") })
    };
    let lines = any_of.variants.iter().map(line);
    table("any_of", ident(&any_of.name)?, lines.collect::<Result<Vec<_>, Error>>()?)
}

pub(super) fn choice(choice: &Choice) -> Result<String, Error> {
    let lines = choice.variants.iter().map(|(name, value)| Ok(format!("{} = {}", ident(name)?, text(value))));
    table("choice", ident(&choice.name)?, lines.collect::<Result<Vec<_>, Error>>()?)
}

fn table(name: &str, head: impl Display, lines: Vec<String>) -> Result<String, Error> {
    let table = if lines.is_empty() {
        format!("typed::{name}!({head} {{}});\n")
    } else {
        format!("typed::{name}!({head} {{\n{}}});\n", lines_of(lines.into_iter()))
    };
    source::check(name, &table)?;
    Ok(table)
}

fn lines_of(lines: impl Iterator<Item = String>) -> String {
    lines.map(|line| format!("    {line},\n")).collect()
}

/// How a call is made.
pub(super) fn call(action: &Action) -> Result<String, Error> {
    let record = |record| type_text(record, Place::Entity).map(|text| format!(", {text}"));
    let (name, record, end) = match &action.answer {
        Answer::List(value) => ("list", record(value)?, ""),
        Answer::One(value) => ("one", record(value)?, ""),
        Answer::OneOrNothing(value) => ("one", record(value)?, ", or nothing"),
        Answer::OneWithMeta(value) => ("one", record(value)?, ", with meta"),
        Answer::Nothing => ("nothing", String::new(), ""),
        Answer::File => ("download", String::new(), ""),
    };
    let (builder, params) = (ident(&action.builder)?, ident(&action.params.name)?);
    let (entity, action) = (text(&action.entity), text(&action.action));
    Ok(format!("typed::{name}!({builder}, {params}{record}, {entity}, {action}{end});\n"))
}
