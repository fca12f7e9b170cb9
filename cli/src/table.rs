//! Records as a table: the columns that say something, as wide as the terminal.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde_json::{Map, Value};

use crate::text::{cut, plain, terminal_width};

/// No cell is longer.
const LONGEST_CELL: usize = 60;

/// Records as a table; one record as a list of its fields.
pub(crate) fn render(data: &Value, fields: &[String]) -> String {
    render_within(data, fields, terminal_width())
}

fn render_within(data: &Value, fields: &[String], width: Option<usize>) -> String {
    match data {
        Value::Null => String::new(),
        Value::Array(records) if records.is_empty() => "no records\n".to_owned(),
        Value::Array(records) => list(records, fields, width),
        Value::Object(record) => one(record, fields, width),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => format!("{}\n", cell(data)),
    }
}

fn list(records: &[Value], fields: &[String], width: Option<usize>) -> String {
    let columns = if fields.is_empty() { fitting(telling(records), records, width) } else { fields.to_vec() };
    let mut table = empty(width);
    if columns.is_empty() {
        for record in records {
            table.add_row([cell(record)]);
        }
        return finished(&table);
    }
    table.set_header(columns.iter().map(|name| plain(&name.to_uppercase())));
    for record in records {
        table.add_row(columns.iter().map(|path| at(record, path).map(cell).unwrap_or_default()));
    }
    for (number, path) in columns.iter().enumerate() {
        let is_number = |record: &Value| at(record, path).is_none_or(|value| value.is_number() || value.is_null());
        if records.iter().all(is_number)
            && let Some(column) = table.column_mut(number)
        {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    finished(&table)
}

fn one(record: &Map<String, Value>, fields: &[String], width: Option<usize>) -> String {
    let mut table = empty(width);
    let all: Vec<String> = record.keys().cloned().collect();
    let whole = Value::Object(record.clone());
    for path in if fields.is_empty() { &all } else { fields } {
        let value = at(&whole, path).map(cell).unwrap_or_default();
        table.add_row([plain(path), value]);
    }
    finished(&table)
}

fn empty(width: Option<usize>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if let Some(width) = width {
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
    }
    table
}

fn finished(table: &Table) -> String {
    table.lines().map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(&line).trim_end())).collect()
}

/// The paths of the scalar values that tell records apart: those at the top, then those one level down. What is the same in
/// every record (`object: user`) says nothing, and is left out.
fn telling(records: &[Value]) -> Vec<String> {
    let mut paths: Vec<String> = Vec::new();
    for (key, value) in records.iter().filter_map(Value::as_object).flatten() {
        let nested = value.as_object().into_iter().flatten();
        let nested = nested.filter(|(_, value)| is_scalar(value)).map(|(inner, _)| format!("{key}.{inner}"));
        for path in is_scalar(value).then(|| key.clone()).into_iter().chain(nested) {
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
    }
    let varies = |path: &String| {
        let mut values = records.iter().map(|record| at(record, path));
        let first = values.next();
        records.len() == 1 || values.any(|value| Some(value) != first)
    };
    let rank = |path: &String| match path.as_str() {
        "id" => 0,
        "name" | "title" => 1,
        _ if !varies(path) => 4,
        _ if path.contains('.') => 3,
        _ => 2,
    };
    paths.retain(|path| records.iter().any(|record| at(record, path).is_some_and(|value| !value.is_null())));
    paths.sort_by_key(rank);
    match paths.iter().filter(|path| rank(path) < 4).count() {
        0 => {}
        useful => paths.truncate(useful),
    }
    paths
}

/// The columns that fit beside each other, whole: half an id is of no use. The first always does.
fn fitting(mut columns: Vec<String>, records: &[Value], width: Option<usize>) -> Vec<String> {
    let Some(mut room) = width else { return columns };
    let longest = |path: &String| {
        let cells = records.iter().filter_map(|record| at(record, path)).map(|value| cell(value).chars().count());
        cells.chain([path.chars().count()]).max().unwrap_or_default() + 2
    };
    let mut is_first = true;
    columns.retain(|path| {
        let needed = longest(path);
        let fits = is_first || needed <= room;
        is_first = false;
        room = if fits { room.saturating_sub(needed) } else { room };
        fits
    });
    columns
}

fn is_scalar(value: &Value) -> bool {
    !value.is_object() && !value.is_array()
}

/// The value at a path of names: `owner.name`. A key with a dot in it is found too.
fn at<'a>(record: &'a Value, path: &str) -> Option<&'a Value> {
    if let Some(value) = record.get(path) {
        return Some(value);
    }
    path.split('.').try_fold(record, |value, name| value.get(name))
}

fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    };
    cut(&text, LONGEST_CELL)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn columns_are_what_tells_records_apart() {
        let users = json!([
            {"object": "user", "type": "person", "name": "Ada", "id": "1", "person": {"email": "a@x"}, "avatar_url": null},
            {"object": "user", "type": "bot", "name": "Bot\u{1b}[2J", "id": "22", "bot": {}, "avatar_url": null},
        ]);
        let table = render_within(&users, &[], None);
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines[0].split_whitespace().collect::<Vec<_>>(), ["ID", "NAME", "TYPE", "PERSON.EMAIL"], "{table}");
        assert_eq!(lines[1].split_whitespace().collect::<Vec<_>>(), ["1", "Ada", "person", "a@x"], "{table}");
        assert!(!table.contains('\u{1b}'));
        let odd = "k\u{1b}]0;x\u{7}\n\u{202e}";
        for shown in [json!({ odd: 1 }), json!([{ odd: 1 }, { odd: 2 }])] {
            let table = render_within(&shown, &[], None);
            assert!(!table.contains(|c: char| (c.is_control() && c != '\n') || c == '\u{202e}'), "{table:?}");
            assert_eq!(table.lines().count(), if shown.is_array() { 3 } else { 1 }, "{table:?}");
        }
    }

    #[test]
    fn a_narrow_terminal_gets_fewer_columns() {
        let record = json!({"a": "x".repeat(10), "b": "y".repeat(30), "c": 3, "id": "z".repeat(16)});
        let header = |width| -> Vec<String> {
            let table = render_within(&json!([record]), &[], Some(width));
            assert_eq!(table.lines().count(), 2, "{table}");
            table.lines().next().unwrap_or_default().split_whitespace().map(str::to_owned).collect()
        };
        assert_eq!(header(80), ["ID", "A", "B", "C"]);
        assert_eq!(header(40), ["ID", "A", "C"]);
        assert_eq!(header(20), ["ID"]);
    }

    #[test]
    fn one_record_is_a_list_of_fields_and_named_fields_are_the_columns() {
        let record = json!({"id": "1", "owner": {"name": "Ada"}});
        let table = render_within(&record, &[], None);
        assert!(table.lines().any(|line| line.split_whitespace().eq(["owner", r#"{"name":"Ada"}"#])), "{table}");
        let fields = ["owner.name".to_owned()];
        assert_eq!(render_within(&json!([record]), &fields, None), "OWNER.NAME\nAda\n");
        assert_eq!(render_within(&json!([]), &[], None), "no records\n");
        assert_eq!(render_within(&json!(["a", "b"]), &[], None), "a\nb\n");
    }
}
