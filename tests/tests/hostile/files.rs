//! A document reads no file that it was not given, and what is made of it stands where it was asked for.

use std::fs;

use tieline_tests::secrets::{WORD, absent};

use crate::bounded;

/// Documents that want to show the text of the file `secret.yaml` above their folder, which stands for any file of this machine.
fn documents(secret: &str) -> Vec<String> {
    let document = |reference: &str| {
        let schema = serde_json::json!({ "$ref": reference });
        serde_json::json!({
            "openapi": "3.1.0", "info": { "title": "Hostile", "version": "1.0.0" },
            "servers": [{ "url": "https://api.example.com" }],
            "paths": { "/a": { "get": { "responses": { "200": { "description": "", "content": { "application/json": { "schema": schema } } } } } } },
        })
        .to_string()
    };
    let places = [
        "../secret.yaml".to_owned(),
        "./x/../../secret.yaml#/description".to_owned(),
        "%2e%2e/secret.yaml".to_owned(),
        "..%2fsecret.yaml".to_owned(),
        "..\\secret.yaml".to_owned(),
        "link.yaml".to_owned(),
        "folder/secret.yaml".to_owned(),
        secret.to_owned(),
        format!("file://{secret}"),
        format!("FILE://localhost{secret}"),
        format!("//{secret}"),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        "\u{0}../secret.yaml".to_owned(),
    ];
    places
        .iter()
        .map(|place| document(place))
        .chain([
            format!("%TAG ! tag:yaml.org,2002:\n---\n!!include {secret}\n"),
            format!("tieline: 1\nname: !file {secret}\ntitle: &x !include {secret}\nsummary: *x\n"),
            format!(
                "tieline: 1\nname: a\ntitle: A\nsummary: '{{{{ {secret:?} | include }}}}'\nserver: file://{secret}\n"
            ),
        ])
        .collect()
}

#[cfg(unix)]
#[test]
fn no_file_is_read_that_was_not_given() {
    let above = tempfile::tempdir().unwrap();
    let secret = above.path().join("secret.yaml");
    fs::write(&secret, format!("description: {WORD}\ntype: object\n")).unwrap();
    let folder = above.path().join("api");
    fs::create_dir(&folder).unwrap();
    std::os::unix::fs::symlink(&secret, folder.join("link.yaml")).unwrap();
    std::os::unix::fs::symlink(above.path(), folder.join("folder")).unwrap();
    for document in documents(secret.to_str().unwrap()) {
        fs::write(folder.join("openapi.yaml"), &document).unwrap();
        for command in [
            &["check", "openapi.yaml"][..],
            &["describe", "openapi.yaml", "--format", "json"],
            &["import", "openapi.yaml"],
        ] {
            let output = bounded(&folder, 64 << 10, command);
            for shown in [&output.stdout, &output.stderr] {
                assert_eq!(absent(&document, &String::from_utf8_lossy(shown)), Ok(()));
            }
        }
    }
}

#[test]
fn what_is_generated_stands_in_the_folder_that_was_named() {
    let above = tempfile::tempdir().unwrap();
    let folder = above.path().join("inner");
    fs::create_dir(&folder).unwrap();
    let names = [
        "../../x",
        "/etc/x",
        "..",
        ".",
        "a/b",
        "a\\b",
        "con",
        "\u{202e}x",
        "x\u{0}",
        "${x}",
        "{{x}}",
        "__proto__",
        "constructor",
        "self",
    ];
    for name in names {
        let manifest = serde_json::json!({
            "tieline": 1, "name": name, "title": name, "version": "0.1.0", "summary": name, "server": "https://api.example.com",
            "entities": { name: { "record": name, "actions": { name: { "get": "/x", "params": { name: { "type": "string" } } } } } },
            "schemas": { name: { "type": "object", "title": name, "properties": { name: { "type": "string" } } } },
        });
        let document = serde_json::json!({
            "openapi": "3.1.0", "info": { "title": name, "version": "1.0.0" }, "servers": [{ "url": "https://api.example.com" }],
            "tags": [{ "name": name, "description": name }],
            "paths": { "/x": { "get": {
                "operationId": name, "tags": [name], "summary": name, "parameters": [{ "name": name, "in": "query", "schema": { "type": "string" } }],
                "responses": { "200": { "description": name, "content": { "application/json": { "schema": { "$ref": format!("#/components/schemas/{}", name.replace('/', "~1")) } } } } },
            } } },
            "components": { "schemas": { name: { "type": "object", "title": name, "properties": { name: { "type": "string" } } } } },
        });
        for (file, text) in [("a.yaml", manifest.to_string()), ("b.yaml", document.to_string())] {
            fs::write(folder.join(file), text).unwrap();
            for command in [
                &["generate", "rust", file, "--out", "out"][..],
                &["generate", "docs", file, "--out", "pages"],
                &["import", file, "--out", "imported/connector.yaml", "--force"],
            ] {
                bounded(&folder, 64 << 10, command);
            }
        }
    }
    let mut there: Vec<_> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    there.retain(|name| !["a.yaml", "b.yaml", "out", "pages", "imported"].contains(&name.as_str()));
    assert_eq!(there, [""; 0]);
    assert_eq!(fs::read_dir(above.path()).unwrap().count(), 1);
    assert!(folder.join("out").is_dir(), "some of them are names all the same");
}
