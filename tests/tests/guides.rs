//! The guides under `docs/` do what they say.

use std::fs;
use std::path::Path;

use tieline_tests::case::here;
use tieline_tests::guide::follow;

#[test]
fn a_connector_is_added_as_the_guide_says() {
    let guide = fs::read_to_string(here("../docs/adding-a-connector.md")).unwrap();
    follow(&guide).unwrap_or_else(|why| panic!("docs/adding-a-connector.md, {why}"));
}

#[test]
fn documents_are_used_and_imported_as_the_guide_says() {
    let guide = fs::read_to_string(here("../docs/openapi.md")).unwrap();
    follow(&guide).unwrap_or_else(|why| panic!("docs/openapi.md, {why}"));
}

#[test]
fn a_server_is_run_as_the_guide_says() {
    let guide = fs::read_to_string(here("../docs/hosting.md")).unwrap();
    follow(&guide).unwrap_or_else(|why| panic!("docs/hosting.md, {why}"));
}

#[test]
fn links_lead_to_a_file_and_a_heading_in_it() {
    let pages = [
        "README",
        "ARCHITECTURE",
        "CONTRIBUTING",
        "docs/adding-a-connector",
        "docs/embedding",
        "docs/hosting",
        "docs/openapi",
        "docs/reliability",
        "docs/typed-clients",
        "docs/diagnostics",
    ];
    let mut broken = Vec::new();
    for page in pages {
        let place = here("..").join(format!("{page}.md"));
        let text = fs::read_to_string(&place).unwrap();
        let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link);
        for link in links.filter(|link| !link.starts_with("http")) {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { place.clone() } else { place.parent().unwrap().join(path) };
            let is_there = target.exists() && (anchor.is_empty() || headings(&target).any(|heading| heading == anchor));
            broken.extend((!is_there).then(|| format!("{page}.md: {link}")));
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// The anchors of a page, as readers of Markdown make them.
fn headings(page: &Path) -> impl Iterator<Item = String> {
    let text = fs::read_to_string(page).unwrap_or_default();
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let anchors: Vec<_> = headings
        .map(|line| line.trim_start_matches('#').trim().to_lowercase().replace(['.', '`'], "").replace(' ', "-"))
        .collect();
    anchors.into_iter()
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
