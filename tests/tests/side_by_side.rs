//! One API, two descriptions: recorded traffic of Notion goes through the built-in manifest and through the peer's specification of the same
//! API, and every operation that both have gives the same data and goes on alike. Needs `TIELINE_RECORDINGS` and `TIELINE_SPECS_DIR`.

#![expect(clippy::unwrap_used, reason = "tests")]

mod recorded;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use tieline::plan::Operation;
use tieline::{Connection, Connector, Credentials, Source};
use tieline_openapi::Surroundings;
use tieline_tests::case::built_in;
use tieline_tests::clock::TestClock;

use recorded::{Found, Recorded, Recorder, find, params};

#[test]
fn both_descriptions_of_an_api_give_the_same_data() {
    let named = |name| std::env::var_os(name).map(PathBuf::from);
    let (Some(recordings), Some(specs)) = (named("TIELINE_RECORDINGS"), named("TIELINE_SPECS_DIR")) else {
        println!("did not run: TIELINE_RECORDINGS and TIELINE_SPECS_DIR must be set");
        return;
    };
    let ours = built_in("notion").unwrap();
    let path = specs.join("notion.yaml");
    let source = Source::new(path.display().to_string(), fs::read_to_string(&path).unwrap());
    let theirs = Arc::new(tieline_openapi::load(&source, &Surroundings::default()).unwrap().0);
    let lines = fs::read_to_string(&recordings).unwrap();
    let (mut compared, mut operations, mut wrong) = (0, BTreeSet::new(), Vec::new());
    for (number, line) in lines.lines().enumerate() {
        let recorded: Recorded = serde_json::from_str(line).unwrap();
        if !recorded.is_success() {
            continue;
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        let both = runtime.block_on(async { Some((answer(&ours, &recorded).await?, answer(&theirs, &recorded).await?)) });
        let Some(((name, ours), (_, theirs))) = both else { continue };
        compared += 1;
        operations.insert(name.clone());
        for part in ["data", "error"] {
            if ours[part] != theirs[part] {
                wrong.push(format!("line {}, {name}: {part}: {} and {}", number + 1, ours[part], theirs[part]));
            }
        }
        if ours["next"].is_string() != theirs["next"].is_string() {
            wrong.push(format!("line {}, {name}: next: {} and {}", number + 1, ours["next"], theirs["next"]));
        }
    }
    println!("{compared} exchanges of {} operations: {operations:?}", operations.len());
    assert!(wrong.is_empty(), "{} differences\n{}", wrong.len(), wrong.join("\n"));
    assert!(operations.len() > 5, "the descriptions have too little in common: {operations:?}");
}

/// What a connector makes of a recorded exchange, and the operation's name; `None` where it has no such operation, or not these parameters.
async fn answer(connector: &Arc<Connector>, recorded: &Recorded) -> Option<(String, Value)> {
    let Found { operation, in_path } = find(connector, &recorded.method, &recorded.path).ok()??;
    let params = params(operation, in_path, recorded).ok()?;
    let transport = Arc::new(Recorder::new(recorded));
    let config = Map::from_iter([("api_version".to_owned(), json!(recorded.notion_version))]);
    let config = config.into_iter().filter(|(name, _)| connector.head().config.contains_key(name));
    let connection = Connection::builder(connector.clone())
        .credentials(credentials(operation)?)
        .config(config.collect())
        .transport(transport.clone())
        .clock(Arc::new(TestClock::new()))
        .connect()
        .unwrap();
    let result = connection.execute(&operation.entity, &operation.action, params).await;
    // What one of them refuses before anything is sent, the other may describe more loosely.
    transport.taken()?;
    let answer = result.map_or_else(|error| error.to_json(), |envelope| serde_json::from_slice(&envelope.to_json()).unwrap());
    Some((operation.name(), answer))
}

fn credentials(operation: &Operation) -> Option<Credentials> {
    operation.auth.is_none().then(|| Credentials::none().with("token", "ntn_0"))
}
