//! What expressions give, and what they refuse.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::Expression;

/// 2026-03-31T10:20:30Z.
fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(1_774_952_430_500)
}

fn evaluate(text: &str) -> Result<Value, String> {
    let context = json!({
        "record": {
            "id": 7, "name": " Ada Lovelace ", "urn": "customers/c-1", "private": false, "none": null, "created": 0, "empty": "",
            "tags": ["b", "a"], "owner": { "name": "x" }, "quoted": "\"\\", "ratio": 1.5,
        },
        "config": { "region": "eu" },
    });
    text.parse::<Expression>()?.evaluate(context, now())
}

#[test]
fn gives_values_and_texts() {
    for (text, expected) in [
        ("{{ record.id }}", json!(7)),
        ("  {{ record.id }}\n", json!(7)),
        ("{{ record.ratio }}", json!(1.5)),
        ("{{ record.none }}", json!(null)),
        ("{{ record.tags }}", json!(["b", "a"])),
        ("{{ record.owner }}", json!({ "name": "x" })),
        ("{{ not record.private }}", json!(true)),
        ("urn:li:account:{{ record.id }}", json!("urn:li:account:7")),
        ("List({{ record.id }},{{ record.owner.name }})", json!("List(7,x)")),
        ("{{ record.tags }}!", json!("[\"b\",\"a\"]!")),
        ("{{ record.id }}{{ record.private }}", json!("7false")),
        ("{{ record.urn | replace('customers/', '') }}", json!("c-1")),
        ("{{ record.urn.split('/')[1] }}", json!("c-1")),
        ("{{ record.urn.split('/', 0) }}", json!(["customers/c-1"])),
        ("{{ record.name.split() }}", json!(["Ada", "Lovelace"])),
        ("{{ record.name.strip().lower() }}", json!("ada lovelace")),
        ("{{ record.name.upper() }}", json!(" ADA LOVELACE ")),
        ("{{ record.name.lstrip() }}|{{ record.name.rstrip() }}", json!("Ada Lovelace | Ada Lovelace")),
        ("{{ record.urn.replace('c', 'k').strip('k1') }}", json!("ustomers/k-")),
        ("{{ record.urn.startswith('cust') and not record.urn.endswith('x') }}", json!(true)),
        ("{{ record.missing | default('none') }}", json!("none")),
        ("{{ record.empty | default('none', true) | upper }}", json!("NONE")),
        ("{{ record.missing is defined }}", json!(false)),
        ("{{ record.none is none and record.id is not none }}", json!(true)),
        ("{{ record.owner.get('name') }}{{ record.owner.get('x', 5) }}", json!("x5")),
        ("{{ record.owner.get('x') }}", json!(null)),
        (
            "{{ record.tags | join('-') }} {{ record.tags | first }}{{ record.tags | last }}{{ record.tags | length }}",
            json!("b-a ba2"),
        ),
        ("{{ record.tags | sort | map('upper') | list }}", json!(["A", "B"])),
        ("{{ 'a' if config.region == 'us' else 'b' if config.region in ['eu'] else 'c' }}", json!("b")),
        ("{{ {'a': {'b': '}}'}} }}", json!({ "a": { "b": "}}" } })),
        ("{{ '}}' }}", json!("}}")),
        ("{{ record.urn[0:4] }}", json!("cust")),
        ("{{ 'a' + 'b' }}{{ 7 // 2 }}{{ 7 % 2 }}", json!("ab31")),
        ("{{ max(1, record.id) }}{{ min([3, 2]) }}", json!("72")),
        ("{{ record.quoted | tojson }}", json!("\"\\\"\\\\\"")),
        ("{{ 'a b&c' | urlencode }}", json!("a%20b%26c")),
        ("{{ '5' | int + 1 }}", json!(6)),
    ] {
        assert_eq!(evaluate(text), Ok(expected), "{text}");
    }
}

#[test]
fn knows_the_time() {
    for (text, expected) in [
        ("{{ now() }}", json!(1_774_952_430)),
        ("{{ now_utc().strftime('%Y-%m-%dT%H:%M:%SZ') }}", json!("2026-03-31T10:20:30Z")),
        ("{{ (now() - duration('P7D')).strftime('%Y-%m-%d') }}", json!("2026-03-24")),
        ("{{ (now_utc() - duration('P1DT2H')).isoformat() }}", json!("2026-03-30T08:20:30+00:00")),
        ("{{ (now() + duration('PT30M')).strftime('%H:%M') }}", json!("10:50")),
        ("{{ now('-P1M').strftime('%Y-%m-%d') }}", json!("2026-02-28")),
        ("{{ today_utc().isoformat() }}", json!("2026-03-31T00:00:00+00:00")),
        ("{{ day_delta(-180, '%Y-%m-%d') }}", json!("2025-10-02")),
        ("{{ day_delta(1) }}", json!("2026-04-01T10:20:30.500000+0000")),
        ("{{ record.created.strftime('%Y %%f %f') }}", json!("1970 %f 000000")),
        ("{{ now().timestamp() == now() }}", json!(true)),
        ("{{ now().strftime('%s') | int - duration('P1W') }}", json!(1_774_347_630)),
    ] {
        assert_eq!(evaluate(text), Ok(expected), "{text}");
    }
}

#[test]
fn says_what_does_not_fit() {
    for (text, part) in [
        ("{{ record.missing }}", "no value"),
        ("x{{ record.missing }}", "no value"),
        ("{{ not record.missing }}", "undefined"),
        ("{{ record.missing.deeper }}", "undefined"),
        ("{{ nothing }}", "no value"),
        ("x{{ record.none }}", "cannot hold null"),
        ("{{ record.id.lower() }}", "no method `lower`"),
        ("{{ record.urn.strftime('%Y') }}", "no method `strftime`"),
        ("{{ now().strftime('%!') }}", "strftime"),
        ("{{ duration('P1M') }}", "no fixed length"),
        ("{{ duration('1 fortnight') }}", "friendly"),
        ("{{ (99999999999999).strftime('%Y') }}", "range"),
        ("{{ day_delta(99999999999) }}", "range"),
        ("{{ 'a' - 1 }}", "unsupported types"),
        ("{{ 1 // 0 }}", "unable to calculate"),
        ("{{ record.urn.split('') }}", "not empty"),
    ] {
        let error = evaluate(text).unwrap_err();
        assert!(error.contains(part), "{text}: {error}");
    }
}

#[test]
fn is_read_once_and_holds_to_the_subset() {
    for (text, part) in [
        ("record.id", "between `{{` and `}}`"),
        ("{% if x %}{{ x }}{% endif %}", "statements"),
        ("{{ record.id", "without a closing"),
        ("{{ }}", "cannot read"),
        ("{{ a b }}", "cannot read"),
        ("{{ 'x' * 10 }}", "`*`"),
        ("{{ 'x' * 10 ** 9 }}", "`*`"),
        ("{{ f(**x) }}", "`*`"),
        ("{{ a ~ b }}", "`~`"),
        ("{{ ''[::-1] }}", "no step"),
        ("{{ 'abc'[0:5:-1] }}", "no step"),
        ("{{ a | uper }}", "did you mean `upper`?"),
        ("{{ a | format('%999999999d') }}", "unknown filter `format`"),
        ("{{ a | indent(1000000000) }}", "unknown filter `indent`"),
        ("{{ a | batch(1000000000, 'x') }}", "unknown filter `batch`"),
        ("{{ a is strange }}", "unknown test `strange`"),
        ("{{ a is not strange }}", "unknown test `strange`"),
        ("{{ a.ljust(1000000000) }}", "unknown method `ljust`"),
        ("{{ range(1000000000) }}", "unknown function `range`"),
        ("{{ debug() }}", "unknown function `debug`"),
        ("{{ dict(a=1) }}", "unknown function `dict`"),
    ] {
        let error = text.parse::<Expression>().unwrap_err();
        assert!(error.contains(part), "{text}: {error}");
    }
}

#[test]
fn hostile_expressions_end_in_an_error() {
    let nested = |open: &str, close: &str, count| format!("{{{{ {}1{} }}}}", open.repeat(count), close.repeat(count));
    let mut hostile = vec![
        nested("(", ")", 1000),
        nested("[", "]", 1000),
        nested("-", "", 2000),
        nested("not ", "", 1000),
        nested("", " | abs", 500),
        nested("record", ".a", 1500),
        nested("", " + 1", 500),
        nested("1 if 1 else ", "", 200),
        nested("{'a':", "}", 500),
        "{{ 'x' | replace('', 'xxxxxxxx') }}".replace(" }}", &" | replace('x', 'xxxxxxxxxxxxxxxxxxxxx')".repeat(40))
            + " }}",
        "{{ '\"' ".to_owned() + &"| tojson ".repeat(120) + "}}",
        nested("[", "]|string", 40).replace('1', "'\"'"),
        "{{ 170141183460469231731687303715884105727 + 170141183460469231731687303715884105727 }}".to_owned(),
        "{{ record.tags | map('nope') | list }}".to_owned(),
        format!("{{{{ '{}' }}}}", "x".repeat(5000)),
        "{{ now().strftime('%255d%255d') | int }}".repeat(20),
    ];
    hostile.push("{{ ".to_owned() + &"x".repeat(4000));
    for text in hostile {
        let outcome = std::thread::Builder::new()
            .stack_size(1 << 20)
            .spawn(move || (evaluate(&text).map(|value| value.to_string().len()), text))
            .unwrap()
            .join();
        let (outcome, text) = outcome.unwrap();
        assert!(outcome.is_err(), "{:.60}: {outcome:?}", text);
    }
}

#[test]
fn filters_and_methods_hold_to_the_limit_before_they_make_a_text() {
    let context = |length: usize| json!({ "text": "x".repeat(length), "list": vec!["x"; 1000] });
    for (length, text) in [
        (1 << 20, "{{ text | replace('x', 'xxxxxxxx') }}"),
        (1 << 20, "{{ text.replace('x', 'xxxxxxxx') }}"),
        (1 << 20, "{{ list | join(text) }}"),
        (1 << 20, "{{ text | urlencode | tojson }}"),
        ((1 << 20) + 1, "{{ text | upper }}"),
        ((1 << 20) + 1, "{{ text.upper() }}"),
    ] {
        let error = text.parse::<Expression>().unwrap().evaluate(context(length), now()).unwrap_err();
        assert!(error.contains("1048576 is the limit"), "{text}: {error}");
    }
    let long = "{{ text }}".parse::<Expression>().unwrap().evaluate(context(2 << 20), now());
    assert_eq!(long.unwrap().as_str().map(str::len), Some(2 << 20), "a record's own texts may be long");
}

#[test]
fn long_but_allowed_expressions_need_little_stack() {
    for text in [
        format!("{{{{ 1{} }}}}", " + 1".repeat(32)),
        format!("{{{{ 1{} }}}}", " - 1".repeat(145)),
        format!("{{{{ 1{} }}}}", " | abs".repeat(145)),
        format!("{{{{ record is defined or record{} }}}}", ".a".repeat(140)),
        format!("{{{{ {}1{} }}}}", "[".repeat(40), "]".repeat(40)),
    ] {
        let outcome = std::thread::Builder::new().stack_size(1 << 20).spawn(move || evaluate(&text)).unwrap().join();
        outcome.unwrap().unwrap();
    }
}

#[test]
fn names_what_it_reads() {
    let names = |text: &str| text.parse::<Expression>().unwrap().names();
    assert_eq!(
        names("{{ record.owner.id }}/{{ config.region | default(now()) }}"),
        ["config.region", "record.owner.id"]
    );
    assert_eq!(names("{{ duration('P1D') }}"), [""; 0]);

    let check = |text: &str, allowed: &[&str]| text.parse::<Expression>().unwrap().check_names(allowed);
    assert_eq!(check("{{ record.a.b.lower() }}{{ config.region }}", &["record", "config.region"]), Ok(()));
    for (text, part) in [
        ("{{ config.regoin }}", "did you mean `config.region`?"),
        ("{{ config }}", "unknown name `config`"),
        ("{{ records.a }}", "unknown name `records.a`"),
    ] {
        let error = check(text, &["record", "config.region"]).unwrap_err();
        assert!(error.contains(part), "{text}: {error}");
    }
}

proptest::proptest! {
    #[test]
    fn nothing_panics(code in "[a-z0-9 .,:()\\[\\]{}'\"|+%/<>=_-]{0,60}") {
        let _ = evaluate(&format!("{{{{ {code} }}}}"));
        let _ = evaluate(&code);
    }

    #[test]
    fn words_of_the_language_never_panic(words in proptest::collection::vec(proptest::sample::select(vec![
        "record", "config", ".id", ".name", ".tags", ".ratio", "1", "-1", "0.5", "99999999999999999999", "'a'", "''", "[", "]", "(", ")",
        "[0:5]", "[-9223372036854775808:]", "[5:0]", "+", "-", "/", "//", "%", " in ", " not ", " is ", " if ", " else ", "|", "replace", "first", "round", "int",
        "split", "sort", "sum", "items", "dictsort", "none", "defined", "divisibleby", ".strftime", ".split", "('%Y')", "(0)", ",", "==", "<",
    ]), 0..12)) {
        let _ = evaluate(&format!("{{{{ {} }}}}", words.concat()));
    }
}

#[test]
fn makes_no_longer_text_than_a_mebibyte() {
    let context = json!({ "x": "a".repeat(1 << 19) });
    let length = |text: &str| {
        let made = text.parse::<Expression>()?.evaluate(&context, SystemTime::UNIX_EPOCH)?;
        Ok::<_, String>(made.as_str().unwrap().len())
    };
    assert_eq!(length("{{x}}{{x}}"), Ok(1 << 20));
    assert!(length(&"{{x}}".repeat(300)).unwrap_err().contains("a text of more than 1048576 bytes"));
}
