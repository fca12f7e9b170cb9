//! What pages say of a server: each command and each request, from the page's own text and in its order, against one server for all
//! pages of a connector.

use std::fs;

use serde_json::Value;
use tieline_tests::generated::root;
use tieline_tests::guide::{Block, blocks};

use crate::server::{Printed, Server};
use crate::{Answers, examples, is_alike, prepare, shown_after};

/// Whether commands are for a server.
pub(crate) fn is_hosted(commands: &str) -> bool {
    ["tieline serve", "tieline login", "tieline connectors", "curl "].iter().any(|word| commands.contains(word))
}

/// What is wrong with the commands and requests for a server on the pages of a connector, and how many there are.
pub(crate) fn of_connector(name: &str) -> (Vec<String>, usize) {
    let mut server = Server::start(name);
    let (mut wrong, mut count) = (Vec::new(), 0);
    for page in ["README", "AUTH", "REFERENCE"] {
        let text = fs::read_to_string(root().join(format!("generated/docs/{name}/{page}.md"))).unwrap();
        let blocks = blocks(examples(&text));
        let answers = if page == "AUTH" { Answers::NotShown } else { Answers::Shown };
        if page == "REFERENCE" {
            begin(&mut server, name);
        }
        for (number, block) in
            blocks.iter().enumerate().filter(|(_, block)| block.info == "sh" && is_hosted(&block.text))
        {
            count += 1;
            let json = blocks[..number].iter().rfind(|block| block.info == "json");
            let shown = if answers == Answers::Shown { shown_after(&blocks, number) } else { None };
            if let Err(why) = follow(&mut server, &block.text, json, shown) {
                wrong.push(format!("{name}/{page}.md, line {}: {}{why}", block.line, block.text));
            }
        }
        server.clear();
    }
    (wrong, count)
}

/// What the reference page takes for granted, done as the other pages say: those commands have been tried.
fn begin(server: &mut Server, name: &str) {
    let text = fs::read_to_string(root().join(format!("generated/docs/{name}/AUTH.md"))).unwrap();
    let blocks = blocks(&text);
    let make = blocks.iter().find(|block| block.text.starts_with("tieline connectors create")).unwrap();
    follow(server, &make.text, None, None).unwrap();
}

/// Does what a block says; what it prints is what it should.
fn follow(server: &mut Server, commands: &str, json: Option<&Block>, shown: Option<&Block>) -> Result<(), String> {
    server.renew_api();
    if !commands.contains("@client.json") {
        prepare(&server.path(""), commands, json);
    }
    let asks_token = commands.contains("export TOKEN=");
    let printed =
        server.run(&if asks_token { format!("{commands}printf '%s' \"$TOKEN\"\n") } else { commands.to_owned() });
    let Printed { stdout, stderr, worked } = &printed;
    // Each request tells its status, and nobody tells more.
    let requests = commands.matches("curl ").count();
    if !worked || *stderr != "HTTP 200\n".repeat(requests) {
        return Err(format!("{stderr}{stdout}"));
    }
    if asks_token {
        stdout.clone_into(&mut server.token);
        return Ok(());
    }
    let answers = serde_json::Deserializer::from_str(stdout).into_iter::<Value>();
    let answers: Vec<Value> = answers.collect::<Result<_, _>>().map_err(|error| format!("{error}: {stdout}"))?;
    let steps = steps(commands);
    if commands.contains("answer\n") {
        return downloaded(server, &answers);
    }
    if steps.len() != answers.len() {
        return Err(format!("{} answers to {} commands: {stdout}", answers.len(), steps.len()));
    }
    steps.into_iter().zip(&answers).try_for_each(|(step, answer)| {
        let is_right = judge(server, step, answer, shown);
        if is_right { Ok(()) } else { Err(format!("answers {answer}")) }
    })
}

/// What a command or request does.
#[derive(Clone, Copy)]
enum Step {
    LogIn,
    Make,
    Describe,
    Execute,
    KeepClient,
    BeginConsent,
}

/// What commands do, one by one. `tieline serve` goes on.
fn steps(commands: &str) -> Vec<Step> {
    let of_line = |line: &str| match line.trim_end_matches(" \\") {
        "tieline serve" => None,
        "tieline login" => Some(Step::LogIn),
        line if line.starts_with("tieline connectors create ") => Some(Step::Make),
        line if line.starts_with("tieline connectors describe ") => Some(Step::Describe),
        line if line.starts_with("tieline connectors execute ") => Some(Step::Execute),
        line if line.starts_with("curl ") => Some(match line.rsplit('/').next() {
            Some("execute") => Step::Execute,
            Some("connectors") => Step::Make,
            Some("credentials") => Step::KeepClient,
            Some("initiate") => Step::BeginConsent,
            _ => panic!("nobody knows what is asked by {line}"),
        }),
        line if line.starts_with("tieline ") => panic!("nobody knows what is done by {line}"),
        _ => None,
    };
    commands.lines().filter_map(of_line).collect()
}

/// Whether an answer is what a page leads to expect.
fn judge(server: &mut Server, step: Step, answer: &Value, shown: Option<&Block>) -> bool {
    match step {
        Step::LogIn => answer["status"] == "saved" && answer["organization_id"].is_string(),
        Step::Make => {
            answer["id"].as_str().unwrap_or_default().clone_into(&mut server.connector);
            answer["status"] == "ready" && answer["id"].is_string()
        }
        Step::Describe => {
            let operations = answer["schema"]["result"]["operations"].as_array();
            answer["status"] == "ready" && operations.is_some_and(|operations| !operations.is_empty())
        }
        Step::Execute => {
            let shown: Option<Value> = shown.map(|block| serde_json::from_str(&block.text).unwrap());
            answer["status"] == "success"
                && answer["execution_metadata"]["connector_instance_id"] == format!("source_id:{}", server.connector)
                && shown.is_none_or(|shown| is_alike(&shown, &answer["result"]))
        }
        Step::KeepClient => answer["scope_type"] == "organization" && answer["id"].is_string(),
        Step::BeginConsent => {
            let end = server.agree(answer["consent_url"].as_str().unwrap_or_default());
            let made = end.strip_prefix("https://app.example.com/connected?connector_id=");
            made.is_some_and(|id| server.connector(id)["status"] == "ready")
        }
    }
}

/// Whether a file came: the command says so, and a request says nothing.
fn downloaded(server: &Server, answers: &[Value]) -> Result<(), String> {
    let place = server.path("answer");
    let length = fs::read(&place).map_err(|error| error.to_string())?.len();
    fs::remove_file(place).map_err(|error| error.to_string())?;
    let is_told = answers.iter().all(|answer| answer["data"]["bytes"] == length);
    if length > 0 && is_told { Ok(()) } else { Err(format!("{length} bytes, and answers {answers:?}")) }
}
