//! What expressions can use: a choice of minijinja's filters and tests, Python's methods of texts, and time. Nothing in it can
//! make a text much longer than what it is given.

use std::sync::LazyLock;

use minijinja::value::{Rest, Value};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, filters};

use super::{text, time};

/// The filters.
pub(super) const FILTERS: &[&str] = &[
    "abs",
    "bool",
    "capitalize",
    "count",
    "d",
    "default",
    "dictsort",
    "first",
    "float",
    "int",
    "items",
    "join",
    "last",
    "length",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "round",
    "select",
    "selectattr",
    "sort",
    "split",
    "string",
    "title",
    "tojson",
    "trim",
    "unique",
    "upper",
    "urlencode",
];
/// The tests: `is …`.
pub(super) const TESTS: &[&str] = &[
    "boolean",
    "defined",
    "divisibleby",
    "endingwith",
    "eq",
    "even",
    "false",
    "float",
    "ge",
    "gt",
    "in",
    "integer",
    "iterable",
    "le",
    "lower",
    "lt",
    "mapping",
    "ne",
    "none",
    "number",
    "odd",
    "sequence",
    "startingwith",
    "string",
    "true",
    "undefined",
    "upper",
];
/// The functions.
pub(super) const FUNCTIONS: &[&str] = &["day_delta", "duration", "max", "min", "now", "now_utc", "today_utc"];
/// The methods of texts, objects and times.
pub(super) const METHODS: &[&str] = &[
    "endswith",
    "get",
    "isoformat",
    "lower",
    "lstrip",
    "replace",
    "rstrip",
    "split",
    "startswith",
    "strftime",
    "strip",
    "timestamp",
    "upper",
];

/// How many steps one evaluation may take.
const FUEL: u64 = 20_000;
/// How deep one evaluation may go.
const RECURSION: usize = 100;

/// Everything that minijinja brings; only what is named above is ever called.
static LIBRARY: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut library = Environment::new();
    library.set_undefined_behavior(UndefinedBehavior::Strict);
    library
});

pub(super) static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(RECURSION);
    for name in FILTERS {
        environment.add_filter(*name, move |args: Rest<Value>| {
            text::check_sizes(&args)?;
            text::checked(LIBRARY.empty_state().apply_filter(name, &args)?)
        });
    }
    for name in TESTS {
        environment.add_test(*name, move |args: Rest<Value>| LIBRARY.empty_state().perform_test(name, &args));
    }
    // These two can make a long text out of short ones; the others call filters and tests by name, and must find only those above.
    environment.add_filter("replace", text::replace);
    environment.add_filter("join", text::join);
    environment.add_filter("map", filters::map);
    environment.add_filter("select", filters::select);
    environment.add_filter("selectattr", filters::selectattr);
    environment.add_filter("reject", filters::reject);
    environment.add_filter("rejectattr", filters::rejectattr);
    environment.add_function("duration", time::duration);
    environment.add_function("max", |args: Rest<Value>| extreme("max", &args));
    environment.add_function("min", |args: Rest<Value>| extreme("min", &args));
    environment.set_unknown_method_callback(|_, value, method, args| method_of(value, method, args));
    environment
});

/// The largest or smallest of several values, or of the values of one list.
fn extreme(filter: &str, args: &[Value]) -> Result<Value, Error> {
    let list = match args {
        [list] => list.clone(),
        values => Value::from(values.to_vec()),
    };
    LIBRARY.empty_state().apply_filter(filter, &[list])
}

fn method_of(value: &Value, method: &str, args: &[Value]) -> Result<Value, Error> {
    if let Some(text) = value.as_str() {
        text::method(text, method, args)
    } else if let Some(time) = value.as_i64() {
        time::method(time, method, args)
    } else if method == "get" {
        let (key, default): (Value, Option<Value>) = minijinja::value::from_args(args)?;
        let found = value.get_item(&key)?;
        Ok(if found.is_undefined() { default.unwrap_or(Value::from(())) } else { found })
    } else {
        Err(unknown_method(value, method))
    }
}

pub(super) fn unknown_method(value: &Value, method: &str) -> Error {
    Error::new(ErrorKind::UnknownMethod, format!("{} has no method `{method}`", value.kind()))
}

/// What went wrong, in a line of bounded length.
pub(super) fn explain(error: &Error) -> String {
    let message = match error.detail() {
        Some(detail) => detail.to_owned(),
        None => error.kind().to_string(),
    };
    match message.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message,
    }
}
