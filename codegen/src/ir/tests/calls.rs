//! Actions of small manifests, and the methods and answers that come of them.

#![allow(clippy::unwrap_used)]

use super::{client, members, short};
use crate::ir::{Answer, Type, Value};

#[test]
fn an_action_is_a_method_with_a_builder() {
    let client = client(
        "tieline: 1
name: acme
title: Acme
version: 0.1.0
summary: Things.
server: https://api.example.com
headers: { X-Site: '${config.site}' }
config: { site: { required: true, description: The site. } }
auth:
  key: { title: API key, fields: { api_key: { secret: true, prefix: [k_] } }, bearer: '${api_key}' }
entities:
  types:
    actions:
      list: { get: /types, records: $, paginate: none, params: { limit: { type: integer, maximum: 5 }, next: { type: string } } }
      move:
        post: /types/{type_id}/move
        record: { type: object, properties: { id: { type: string } } }
        params:
          to: { type: [string, 'null'], required: true }
          note: { type: [string, 'null'] }
          type_id: { type: string }
          file: { type: string, format: binary }
        body: { kind: multipart }
",
    );
    assert_eq!((client.name.as_str(), client.module.as_str()), ("Acme", "acme"));
    assert_eq!(client.schemes[0].name, "ApiKey");
    assert_eq!(client.schemes[0].fields[0].docs, ["`api_key`.", "", "Starts with `k_`."]);
    assert!(client.config[0].required);
    let [entity] = client.entities.as_slice() else { panic!("one entity") };
    assert_eq!((entity.module.as_str(), entity.name.as_str()), ("types_", "Types"));
    let [list, moved] = entity.actions.as_slice() else { panic!("two actions") };
    assert_eq!(list.params.members[1].setter, "next_");
    assert_eq!(list.params.members[0].docs, ["Not above 5."]);
    assert_eq!((moved.method.as_str(), moved.builder.as_str()), ("r#move", "Move"));
    assert_eq!(members(&moved.params.members), "to: Text!null, type_id: Text, note: Text?null, ");
    assert_eq!(moved.files[0].ident, "file");
    assert_eq!(entity.items.iter().map(short).collect::<String>(), "MoveRecord { id: Text?, }\n");
}

#[test]
fn names_of_both_cases_that_rust_would_mix_up_stay_apart() {
    let client = client(
        "tieline: 1
name: acme
title: Acme
version: 0.1.0
summary: Things.
server: https://api.example.com/${config.spaceId}/${config.space-id}
config:
  spaceId: { required: true, description: The space. }
  space-id: { default: a }
auth:
  aB: { fields: { apiKey: { secret: true }, api_key: { secret: true } }, headers: { X-A: '${apiKey}', X-B: '${api_key}' } }
  a_b: { fields: { token: { secret: true } }, bearer: '${token}' }
entities:
  things: { actions: { get: { get: /things } } }
",
    );
    let schemes: Vec<_> = client.schemes.iter().map(|scheme| (&*scheme.name, &*scheme.scheme)).collect();
    assert_eq!(schemes, [("AB", "aB"), ("AB2", "a_b")]);
    let values = |values: &[Value]| {
        values.iter().map(|value| format!("{} {} {:?}", value.ident, value.key, value.docs)).collect::<Vec<_>>()
    };
    assert_eq!(
        values(&client.schemes[0].fields),
        [
            r#"api_key apiKey ["`apiKey`.", "", "In the manifest: `apiKey`."]"#,
            r#"api_key_ api_key ["`api_key`.", "", "In the manifest: `api_key`."]"#
        ]
    );
    assert_eq!(
        values(&client.config),
        [
            r#"space_id spaceId ["The space.", "", "In the manifest: `spaceId`."]"#,
            r#"space_id_ space-id ["`space-id`.", "", "`a` if left out.", "", "In the manifest: `space-id`."]"#
        ]
    );
}

#[test]
fn a_delete_of_which_nobody_says_what_it_answers_may_answer_with_nothing() {
    let client = client(
        "tieline: 1
name: acme
title: Acme
version: 0.1.0
summary: Things.
server: https://api.example.com
entities:
  things:
    record: { type: object, properties: { id: { type: string } } }
    actions:
      remove: { delete: /things/1 }
      trash: { delete: '/things/{id}', params: { id: { type: string } }, examples: [ { params: { id: a }, answer: { id: a } } ] }
",
    );
    let answers: Vec<_> = client.entities[0].actions.iter().map(|action| &action.answer).collect();
    assert!(matches!(answers[..], [Answer::OneOrNothing(_), Answer::One(_)]), "{answers:?}");
}

#[test]
fn a_record_that_goes_on_is_a_list_of_one_a_page() {
    let client = client(
        "tieline: 1
name: acme
title: Acme
version: 0.1.0
summary: Things.
server: https://api.example.com
pagination: { after: { kind: cursor, cursor: after, next: $.next } }
entities:
  reports:
    record: { type: object, properties: { rows: { type: array } } }
    actions:
      get: { get: /report, paginate: after }
  others:
    actions:
      get: { get: /other, paginate: after }
      whole: { get: /whole, paginate: none }
",
    );
    let answers: Vec<_> =
        client.entities.iter().flat_map(|entity| &entity.actions).map(|action| &action.answer).collect();
    assert!(matches!(answers[..], [Answer::List(_), Answer::List(Type::Any), Answer::Nothing]), "{answers:?}");
}
