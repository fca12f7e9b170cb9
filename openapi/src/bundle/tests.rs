//! Documents in several files: what they become, what is found in them, and what stops them.

mod properties;

use std::collections::HashMap;

use serde_json::json;
use tieline::source::{Diagnostics, Source};
use tieline::yaml::{self, Node, parse};

use super::{Files, Limits, Permission, bundle};

/// Files by their paths.
struct Folder(HashMap<&'static str, &'static str>);

impl Files for Folder {
    fn read(&self, path: &str) -> Result<Source, String> {
        self.0.get(path).map(|text| Source::new(path, *text)).ok_or_else(|| "there is no such file".to_owned())
    }
}

fn bundled_within(
    limits: &Limits,
    document: &str,
    files: impl IntoIterator<Item = (&'static str, &'static str)>,
) -> (Node, Diagnostics) {
    let source = Source::new("specs/api.yaml", document);
    let mut findings = Vec::new();
    let tree = parse(&source, yaml::Limits::default(), &mut findings).expect("a tree");
    let folder = Folder(files.into_iter().collect());
    let (source, tree) = bundle(source, tree, &folder, limits, &mut findings);
    (tree, Diagnostics::new(source, findings))
}

/// What a document in which nothing is wrong becomes.
fn bundled(document: &str, files: impl IntoIterator<Item = (&'static str, &'static str)>) -> serde_json::Value {
    let (tree, findings) = bundled_within(&Limits::default(), document, files);
    assert!(findings.is_empty(), "{findings}");
    tree.to_json()
}

/// What is found in a document that has files.
fn found(document: &str, files: impl IntoIterator<Item = (&'static str, &'static str)>) -> String {
    bundled_within(&Limits::default(), document, files).1.render(false)
}

#[test]
fn a_document_without_other_files_stays_as_it_is() {
    let text = "paths: { /a: { get: { responses: { 200: { $ref: '#/components/responses/Ok' } } } } }";
    let source = Source::new("api.yaml", text);
    let tree = parse(&source, yaml::Limits::default(), &mut Vec::new()).expect("a tree");
    let (_, after) = bundle(source, tree.clone(), &Folder(HashMap::new()), &Limits::default(), &mut Vec::new());
    assert_eq!(after, tree);
}

#[test]
fn files_are_put_at_the_root_and_references_made_local() {
    let document = "
openapi: 3.1.0
paths:
  /pets: { $ref: paths/pets.yaml }
  /owners/{id}:
    get: { $ref: './paths/owners.yaml#/~1owners~1%7Bid%7D/get' }
components:
  schemas:
    Id: { type: string }
";
    let pets = "
get:
  responses:
    default: { $ref: '../common.yaml#/responses/default' }
    200:
      content:
        application/json:
          schema: { type: array, items: { $ref: ../schemas/pet.yaml } }
";
    let owners = "
/owners/{id}:
  get:
    parameters: [{ $ref: '#/shared/Id' }]
shared:
  Id: { name: id, in: path, schema: { $ref: '../api.yaml#/components/schemas/Id' } }
";
    let common = "responses: { default: { description: it went wrong } }";
    let pet = "properties: { owner: { $ref: owner.yaml }, self: { $ref: '#' } }";
    let owner = "properties: { pets: { items: { $ref: ./pet.yaml# } } }";
    let files = [
        ("paths/pets.yaml", pets),
        ("paths/owners.yaml", owners),
        ("common.yaml", common),
        ("schemas/pet.yaml", pet),
        ("schemas/owner.yaml", owner),
    ];
    let expected = json!({
        "openapi": "3.1.0",
        "paths": {
            "/pets": { "$ref": "#/x-tieline-files/1" },
            "/owners/{id}": { "get": { "$ref": "#/x-tieline-files/2/~1owners~1%7Bid%7D/get" } },
        },
        "components": { "schemas": { "Id": { "type": "string" } } },
        "x-tieline-files": {
            "1": { "get": { "responses": {
                "default": { "$ref": "#/x-tieline-files/3/responses/default" },
                "200": { "content": { "application/json": { "schema": {
                    "type": "array", "items": { "$ref": "#/x-tieline-files/4" },
                } } } },
            } } },
            "2": {
                "/owners/{id}": { "get": { "parameters": [{ "$ref": "#/x-tieline-files/2/shared/Id" }] } },
                "shared": {
                    "Id": { "name": "id", "in": "path", "schema": { "$ref": "#/components/schemas/Id" } },
                },
            },
            "3": { "responses": { "default": { "description": "it went wrong" } } },
            "4": { "properties": {
                "owner": { "$ref": "#/x-tieline-files/5" }, "self": { "$ref": "#/x-tieline-files/4" },
            } },
            "5": { "properties": { "pets": { "items": { "$ref": "#/x-tieline-files/4" } } } },
        },
    });
    assert_eq!(bundled(document, files), expected);
}

#[test]
fn data_is_left_alone() {
    let document = r#"
paths:
  /a:
    get:
      x-examples: { $ref: a.json }
      requestBody:
        content:
          application/json:
            example: { $ref: b.json }
            examples:
              one: { value: { $ref: c.json } }
              two: { $ref: two.yaml }
            schema:
              default: { $ref: d.json }
              const: { $ref: e.json }
              enum: [{ $ref: f.json }]
              examples: [{ $ref: g.json }]
              properties:
                default: { $ref: schema.yaml#/A }
                example: { properties: { x-a: { $ref: schema.yaml#/A } } }
                $ref: { type: string }
  x-extension: { $ref: h.json }
"#;
    let files =
        [("two.yaml", "value: { $ref: i.json }"), ("schema.yaml", "A: { type: string }\nB: { $ref: gone.yaml }")];
    let given = bundled(document, files);
    let content = &given["paths"]["/a"]["get"]["requestBody"]["content"]["application/json"];
    assert_eq!(content["examples"]["two"]["$ref"], "#/x-tieline-files/1");
    let properties = &content["schema"]["properties"];
    assert_eq!(properties["default"]["$ref"], "#/x-tieline-files/2/A");
    assert_eq!(properties["example"]["properties"]["x-a"]["$ref"], "#/x-tieline-files/2/A");
    let left: Vec<_> = given.to_string().match_indices(".json\"").map(|(at, _)| at).collect();
    assert_eq!(left.len(), 9, "{given:#}");
}

#[test]
fn what_is_reached_in_an_extension_is_looked_at() {
    let document = "components: { schemas: { A: { $ref: '#/x-shared/A' } } }\nx-shared: { A: { $ref: a.yaml } }";
    let given = bundled(document, [("a.yaml", "type: string")]);
    assert_eq!(given["x-shared"]["A"]["$ref"], "#/x-tieline-files/1");
}

#[test]
fn whole_sections_may_be_files() {
    let document = "paths: { $ref: paths.yaml }\ncomponents: { schemas: { $ref: schemas/ } }";
    let paths = "default: { get: { $ref: op.yaml } }";
    let schemas = "example: { $ref: './all.yaml#/Pet' }";
    let files = [("paths.yaml", paths), ("op.yaml", "summary: hi"), ("schemas", schemas), ("all.yaml", "Pet: {}")];
    let given = bundled(document, files);
    assert_eq!(given["paths"]["$ref"], "#/x-tieline-files/1");
    assert_eq!(given["x-tieline-files"]["1"]["default"]["get"]["$ref"], "#/x-tieline-files/3");
    assert_eq!(given["x-tieline-files"]["2"]["example"]["$ref"], "#/x-tieline-files/4/Pet");
}

#[test]
fn mappings_and_anchors_are_references_too() {
    let document = "
components:
  schemas:
    Pet:
      $ref: '#pet'
    Real:
      $anchor: pet
      discriminator:
        propertyName: kind
        mapping: { cat: cat.yaml, dog: 'dog.yaml#the%20dog', fish: Real, bird: cat, real: '#/components/schemas/Real' }
";
    let cat = "discriminator: { mapping: { kitten: Kitten, real: Real } }\ncomponents: { schemas: { Kitten: {} } }";
    let dog = "$defs: { 'a/b': { allOf: [{ $anchor: the dog, properties: { self: { $ref: '#the%20dog' } } }] } }";
    let given = bundled(document, [("cat.yaml", cat), ("dog.yaml", dog)]);
    assert_eq!(given["components"]["schemas"]["Pet"]["$ref"], "#/components/schemas/Real");
    assert_eq!(
        given["components"]["schemas"]["Real"]["discriminator"]["mapping"],
        json!({
            "cat": "#/x-tieline-files/1", "dog": "#/x-tieline-files/2/$defs/a~1b/allOf/0", "fish": "Real", "bird": "cat",
            "real": "#/components/schemas/Real",
        })
    );
    let mapping = &given["x-tieline-files"]["1"]["discriminator"]["mapping"];
    assert_eq!(*mapping, json!({ "kitten": "#/x-tieline-files/1/components/schemas/Kitten", "real": "Real" }));
    let own = &given["x-tieline-files"]["2"]["$defs"]["a/b"]["allOf"][0]["properties"]["self"];
    assert_eq!(own["$ref"], "#/x-tieline-files/2/$defs/a~1b/allOf/0");
}

#[test]
fn an_alias_is_a_place_of_its_own() {
    let document = "a: &a { $ref: 'x.yaml' }\nb: *a\n";
    let given = bundled(document, [("x.yaml", "a: &a { $ref: '#' }\nb: *a")]);
    let (own, other) = ("#/x-tieline-files/1", json!({ "$ref": "#/x-tieline-files/1" }));
    assert_eq!((&given["a"], &given["b"], given["a"]["$ref"].as_str()), (&other, &other, Some(own)));
    assert_eq!((&given["x-tieline-files"]["1"]["a"], &given["x-tieline-files"]["1"]["b"]), (&other, &other));
}

#[test]
fn a_bundled_document_can_be_bundled_again() {
    let document =
        "a: { $ref: '#/x-tieline-files/7/X' }\nb: { $ref: b.yaml }\nx-tieline-files: { '7': { X: { $ref: c.yaml } } }";
    let given = bundled(document, [("b.yaml", "{}"), ("c.yaml", "{}")]);
    assert_eq!(given["a"]["$ref"], "#/x-tieline-files/7/X");
    assert_eq!(given["b"]["$ref"], "#/x-tieline-files/8");
    assert_eq!(given["x-tieline-files"]["7"]["X"]["$ref"], "#/x-tieline-files/9");
}

#[test]
fn what_is_wrong_is_found_where_it_stands() {
    let document = "
a: { $ref: gone.yaml#/A }
b: { $ref: gone.yaml#/B }
c: { $ref: here.yaml#/nothing }
d: { $ref: '#/left/to/others' }
e: { $ref: ../up.yaml }
f: { $ref: 'https://a.example/x.yaml#/X' }
g: { $ref: broken.yaml }
h: { $ref: here.yaml#anchor }
";
    let here = "x: 1\ny: { $ref: '#/n' }\n";
    insta::assert_snapshot!(found(document, [("here.yaml", here), ("broken.yaml", "a: 1\nb: [1, 2\nc: 3\n")]));
    let document = "a: { $ref: here.yaml }";
    insta::assert_snapshot!(found(document, [("here.yaml", here)]), @r"
    error[unknown-reference]: `here.yaml` has nothing at `#/n`
     --> here.yaml:2:12
      |
    2 | y: { $ref: '#/n' }
      |            ^^^^^

    1 error
    ");
    insta::assert_snapshot!(found("x-tieline-files: 1", []), @r"
    error[wrong-type]: `x-tieline-files` is a number, and not the files of a document
     --> specs/api.yaml:1:18
      |
    1 | x-tieline-files: 1
      |                  ^
      |
      = help: give the key another name

    1 error
    ");
}

#[test]
fn what_is_allowed_is_read() {
    let limits = Limits { outside: Permission::Given, remote: Permission::Given, ..Limits::default() };
    let document = "a: { $ref: ../up.yaml }\nb: { $ref: 'https://a.example/b/x.yaml' }";
    let files = [
        ("../up.yaml", "a: { $ref: down.yaml }"),
        ("../down.yaml", "{}"),
        ("https://a.example/b/x.yaml", "a: { $ref: ../y.yaml }"),
        ("https://a.example/y.yaml", "{}"),
    ];
    let (tree, findings) = bundled_within(&limits, document, files);
    assert!(findings.is_empty(), "{findings}");
    assert_eq!(
        tree.get("x-tieline-files").map(|files| files.to_json().as_object().map(serde_json::Map::len)),
        Some(Some(4))
    );
}

#[test]
fn all_files_share_the_limits_of_one() {
    let document = "a: { $ref: a.yaml }\nb: { $ref: b.yaml }";
    let files = [("a.yaml", "[1, 2, 3]"), ("b.yaml", "[1, 2, 3]")];
    let message = |limits: Limits| {
        let (_, findings) = bundled_within(&limits, document, files);
        findings.iter().map(|finding| format!("{} {}", finding.code.as_str(), finding.message)).collect::<Vec<_>>()
    };
    let all = yaml::Limits::default();
    assert_eq!(message(Limits { files: 2, ..Limits::default() }), [""; 0]);
    assert_eq!(
        message(Limits { files: 1, ..Limits::default() }),
        ["limit `b.yaml` is one file more than the 1 that a document may have"]
    );
    let bytes = document.len() + 10;
    assert_eq!(
        message(Limits { all: yaml::Limits { bytes, ..all }, ..Limits::default() }),
        [format!("limit with `b.yaml` the document has more than the {bytes} bytes allowed")]
    );
    let too_many = message(Limits { all: yaml::Limits { nodes: 5 + 4 + 2, ..all }, ..Limits::default() });
    assert!(matches!(&too_many[..], [one] if one.starts_with("limit ")), "{too_many:?}");
    assert_eq!(message(Limits { all: yaml::Limits { nodes: 5 + 4 + 4 + 20, ..all }, ..Limits::default() }), [""; 0]);
}
