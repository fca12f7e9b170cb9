//! The guides under `docs/` do what they say.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::fs;

use tieline_tests::case::here;
use tieline_tests::guide::follow;

#[test]
fn a_connector_is_added_as_the_guide_says() {
    let guide = fs::read_to_string(here("../docs/adding-a-connector.md")).unwrap();
    follow(&guide).unwrap_or_else(|why| panic!("docs/adding-a-connector.md, {why}"));
}

#[test]
fn a_guide_that_is_wrong_is_found_out() {
    let file = "```yaml file=a/b.yaml\na: 1\nb:\n  c: 2\n```\n";
    let followed = [
        ("```sh\ncat a/b.yaml\n```\n```text\na: 1\n…\n  …2\n```\n", true),
        ("```yaml into=a/b.yaml\nb: 3\nd: 4\n```\n```sh\ncat a/b.yaml\n```\n```text\na: 1\nb: 3\nd: 4\n```\n", true),
        (
            "```yaml at=a/b.yaml\nb:\n  d: 4\n```\n```sh\ncat a/b.yaml\n```\n```text\na: 1\nb:\n  d: 4\n  c: 2\n```\n",
            true,
        ),
        ("```yaml at=a/b.yaml\nc:\n  d: 4\n```\n", false),
        ("```sh\ncat a/b.yaml\n```\n```text\na: 1\n```\n", false),
        ("```sh\ncat a/b.yaml\n```\n```text\na: 1\n  c: 2\n```\n", false),
        ("```sh\ncat a/b.yaml\n```\n```text\na: 1\n…\n  …3\n```\n", false),
        ("```sh\necho '{\"a\": [1, 2], \"b\": 3}'\n```\n```json\n{ \"a\": [1, \"…\"], \"b\": \"…\" }\n```\n", true),
        ("```sh\necho '{\"a\": [1, 2], \"b\": 3}'\n```\n```json\n{ \"a\": [1], \"b\": \"…\" }\n```\n", false),
        ("```sh\necho '{\"a\": 1, \"b\": 3}'\n```\n```json\n{ \"a\": 1 }\n```\n", false),
        ("```sh\nfalse\n```\n", false),
        ("```sh fails\nfalse\n```\n", true),
        ("```sh fails\ntrue\n```\n", false),
        ("```sh\ntrue\n```\nText.\n```yaml\na: 1\n```\n", false),
        ("```text\nnothing ran before\n```\n", false),
    ];
    for (guide, is_right) in followed {
        assert_eq!(follow(&format!("{file}{guide}")).is_ok(), is_right, "{guide}");
    }
}
