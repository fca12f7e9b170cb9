//! Hostile manifests are refused soon, with a finding that says why. What rules find in others is shown by the cases of the
//! workspace's tests.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use crate::plan::Connector;
use crate::source::{Code, Diagnostics, Source};
use crate::yaml::Limits;

const HEAD: &str =
    "tieline: 1\nname: example\ntitle: Example\nversion: 0.1.0\nsummary: s\nserver: https://example.com\n";
const ENTITY: &str = "entities: { users: { actions: { get: { get: /users } } } }\n";

fn many(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, index| {
        let _ = writeln!(text, "{}", line(index));
        text
    })
}

fn findings(rest: &str) -> Diagnostics {
    let source = Source::new("connector.yaml", format!("{HEAD}{rest}"));
    Connector::check(&source, Limits::default()).map_or_else(|findings| findings, |(_, warnings)| warnings)
}

#[test]
fn a_hostile_manifest_is_refused_soon() {
    let own = many(2_000, |n| format!("    p{n}: {{ type: string }}"));
    let actions = many(2_000, |n| format!("      a{n}: {{ get: /a{n} }}"));
    let large = many(50_000, |n| format!("      p{n}: {{}}"));
    let cases = [
        (
            "bases in a row",
            format!("params:\n{}{ENTITY}", many(5_000, |n| format!("  p{n}: {{ $ref: '#/params/p{}' }}", n + 1))),
            Code::Limit,
        ),
        (
            "parameters for every action",
            format!("entities:\n  users:\n    params:\n{}    actions:\n{actions}", own.replace("    p", "      p")),
            Code::Limit,
        ),
        (
            "a large base for every parameter",
            format!(
                "params:\n  big:\n    type: object\n    properties:\n{large}entities:\n  users:\n    actions:\n      get:\n        get: /x\n        params:\n{}",
                many(200, |n| format!("          q{n}: {{ $ref: '#/params/big' }}"))
            ),
            Code::Limit,
        ),
        (
            "a long path",
            format!("entities: {{ users: {{ actions: {{ get: {{ get: \"{}\" }} }} }} }}\n", "/{a}".repeat(100_000)),
            Code::InvalidValue,
        ),
        (
            "unknown references",
            format!("schemas:\n{}{ENTITY}", many(1_000, |n| format!("  S{n}: {{ $ref: '#/schemas/T{n}' }}"))),
            Code::Limit,
        ),
        (
            "a long chain of schemas",
            format!(
                "schemas:\n{}  S5000: {{ $ref: '#/schemas/S0' }}\n{ENTITY}",
                many(5_000, |n| format!("  S{n}: {{ $ref: '#/schemas/S{}' }}", n + 1))
            ),
            Code::BadSchema,
        ),
        (
            "schemas that branch",
            format!(
                "schemas:\n{}  S64: {{ type: object }}\n{ENTITY}",
                many(64, |n| {
                    let next = format!("{{ $ref: '#/schemas/S{}' }}", n + 1);
                    format!("  S{n}: {{ anyOf: [{next}, {next}] }}")
                })
            ),
            Code::Limit,
        ),
        (
            "parts that branch",
            format!(
                "schemas:\n{}  T: {{ items: {{ allOf: [{}] }} }}\n  S10: {{}}\n{ENTITY}",
                many(10, |n| {
                    let next = format!("{{ $ref: '#/schemas/S{}' }}", n + 1);
                    format!("  S{n}: {{ oneOf: [{next}, {next}] }}")
                }),
                ["{ $ref: '#/schemas/S0' }"; 8].join(", ")
            ),
            Code::Limit,
        ),
        (
            "a schema that depends on itself",
            format!("schemas: {{ S: {{ dependentSchemas: {{ a: {{ $ref: '#/schemas/S' }} }} }} }}\n{ENTITY}"),
            Code::BadSchema,
        ),
        (
            "regular expressions",
            format!("schemas:\n{}{ENTITY}", many(3_000, |n| format!("  S{n}: {{ type: string, pattern: 'a{n}' }}"))),
            Code::Limit,
        ),
        (
            "expressions",
            format!(
                "entities:\n  a:\n    actions:\n      b:\n        get: /b\n        transform:\n{}",
                many(12_000, |n| format!("          t{n}: '{{{{ record.a }}}}'"))
            ),
            Code::Limit,
        ),
        (
            "actions",
            format!("entities:\n  a:\n    actions:\n{}", many(21_000, |n| format!("      a{n}: {{ get: /a{n} }}"))),
            Code::Limit,
        ),
        ("entities", format!("entities:\n{}", many(21_000, |n| format!("  a{n}: {{ actions: {{}} }}"))), Code::Limit),
        (
            "regular expressions of configuration values",
            format!("config:\n{}{ENTITY}", many(10_000, |n| format!("  c{n}: {{ pattern: '(\\w{{100}}{n}){{2}}' }}"))),
            Code::Limit,
        ),
        (
            "costly regular expressions of fields",
            format!(
                "auth:\n  key:\n    basic: {{ username: x }}\n    fields:\n{}{ENTITY}",
                many(100, |n| format!("      c{n}: {{ pattern: '(\\w{{100}}{n}){{100}}' }}"))
            ),
            Code::BadExpression,
        ),
        (
            "a long template",
            format!("query: {{ q: \"{}\" }}\n{ENTITY}", "${config.b}".repeat(20_000)),
            Code::BadExpression,
        ),
        (
            "secrets in many templates",
            format!(
                "auth:\n  t: {{ fields: {{ tok: {{ secret: true }} }}, bearer: '${{tok}}' }}\nquery:\n{}{ENTITY}",
                many(200, |n| format!("  q{n}: '{}'", "${tok}".repeat(1_300)))
            ),
            Code::Limit,
        ),
        (
            "unknown names",
            format!(
                "config:\n{}headers:\n{}{ENTITY}",
                many(1_000, |n| format!("  c{n}: {{}}")),
                many(1_000, |n| format!("  x{n}: '${{config.d{n}}}'"))
            ),
            Code::Limit,
        ),
    ];
    for (name, text, code) in cases {
        let start = Instant::now();
        let found = findings(&text);
        assert!(
            found.iter().any(|finding| finding.code == code),
            "{name}: {:?}",
            found.iter().map(|f| f.code).take(5).collect::<Vec<_>>()
        );
        assert!(start.elapsed() < Duration::from_secs(300), "{name} took {:?}", start.elapsed());
    }
}

#[test]
fn reading_ends_after_many_findings() {
    let keys = many(20_000, |n| format!("k{n}: 1"));
    let flow = many(20_000, |n| format!("{{ k{n}: 1 }},"));
    let params = many(20_000, |n| format!("  p{n}: {{ k: 1 }}"));
    for text in [
        format!("{keys}{ENTITY}"),
        format!("limits: [{flow}]\n{ENTITY}"),
        format!("config:\n{params}{ENTITY}"),
        format!("params:\n{params}{ENTITY}"),
        format!("params:\n  p:\n{}{ENTITY}", many(20_000, |n| format!("    k{n}: 1"))),
    ] {
        let found = findings(&text);
        assert_eq!(found.iter().count(), 1_000, "{}", &text[..40]);
        assert_eq!(found.iter().filter(|finding| finding.code == Code::Limit).count(), 1);
    }
}

#[test]
fn examples_that_would_take_too_long_are_left_alone() {
    let example = |answer: &str| {
        format!(
            "entities: {{ users: {{ record: S0, actions: {{ get: {{ get: /users, examples: [{{ answer: {answer} }}] }} }} }} }}\n"
        )
    };
    let nested = format!("{}1{}", "{a: ".repeat(60), "}".repeat(60));
    let twice = "{ properties: { a: { $ref: '#/schemas/S0' } } }";
    let chain = many(5_000, |n| format!("  S{n}: {{ properties: {{ b: {{ $ref: '#/schemas/S{}' }} }} }}", n + 1));
    let refers = many(5_000, |n| format!("  S{n}: {{ $ref: '#/schemas/S{}' }}", n + 1));
    let cases = [
        (
            "alternatives in alternatives",
            format!("{}schemas: {{ S0: {{ anyOf: [{twice}, {twice}] }} }}\n", example(&nested)),
        ),
        ("a chain of members", format!("{}schemas:\n{chain}  S5000: {{}}\n", example("{ a: 1 }"))),
        ("a chain of references", format!("{}schemas:\n{refers}  S5000: {{}}\n", example("{ a: 1 }"))),
    ];
    for (name, text) in cases {
        let start = Instant::now();
        let found = findings(&text);
        assert!(found.is_empty(), "{name}: {found}");
        assert!(start.elapsed() < Duration::from_secs(300), "{name} took {:?}", start.elapsed());
    }
}
