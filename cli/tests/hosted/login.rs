//! Logging in: what is kept, for whom, and how somebody without a client comes by one.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::Stdio;

use serde_json::{Value, json};

use super::common::Run;
use super::{Hosted, guarded, post};

#[test]
fn a_login_is_kept_for_its_owner_alone_and_forgotten() {
    let hosted = Hosted::new();
    let (id, secret) = &hosted.client;
    let wrong = hosted
        .run_under(&[("TIELINE_CLIENT_SECRET", "hunter2")], &["login", "--server", &hosted.url, "--client-id", id]);
    wrong.error(2, "unauthorized");
    assert!(!hosted.place.path("config").exists(), "what does not work is not kept");
    let nobody = hosted.run(&["login", "--server", &hosted.url, "--client-id", id]);
    assert!(nobody.error(4, "invalid_input")["message"].as_str().unwrap().contains("secret"), "{nobody:?}");

    let login = ["login", "--server", hosted.url.as_str(), "--client-id", id];
    let mut child =
        hosted.command(&login).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{secret}").unwrap();
    let saved = hosted.checked(Run::of(child.wait_with_output().unwrap())).json();
    assert!(saved["message"].as_str().unwrap().contains("organization `default`"), "{saved}");
    let kept: Value = serde_json::from_slice(&hosted.place.read("config/tieline/settings.json")).unwrap();
    assert_eq!((&kept["server"], &kept["client_secret"]), (&json!(hosted.url), &json!(secret)));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |name: &str| fs::metadata(hosted.place.path(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("config/tieline/settings.json"), mode("config/tieline")), (0o600, 0o700));
    }
    let shown = hosted.run(&["login", "show"]).json();
    assert_eq!(shown["client_id"], json!(id));
    assert!(secret.ends_with(shown["client_secret"].as_str().unwrap().trim_start_matches('*')), "{shown}");

    let organizations = hosted.run(&["organizations", "list"]).json();
    let organization = &organizations["organizations"][0];
    assert_eq!((&organization["organization_name"], &organization["in_use"]), (&json!("default"), &json!(true)));
    hosted.run(&["organizations", "use", "DEFAULT"]).json();
    hosted.run(&["organizations", "use", organization["id"].as_str().unwrap()]).json();
    let error = hosted.run(&["organizations", "use", "defalt"]).error(3, "not_found");
    assert_eq!(error["help"], "did you mean `default`?");
    let workspaces = hosted.run(&["workspaces", "list", "--name-contains", "def"]).json();
    assert_eq!((&workspaces["data"][0]["name"], &workspaces["data"][0]["in_use"]), (&json!("default"), &json!(true)));
    hosted.run(&["workspaces", "use", "default"]).json();
    hosted.run(&["workspaces", "use", "team"]).error(3, "not_found");
    let elsewhere = [("TIELINE_ORGANIZATION_ID", "2f968f67-4462-4d87-876a-dbdb9859e381")];
    let error = hosted.run_under(&elsewhere, &["connectors", "list"]).error(2, "forbidden");
    assert!(error["help"].as_str().unwrap().contains("tieline organizations use"), "{error}");

    hosted.run(&["logout"]).json();
    assert!(!hosted.place.path("config/tieline/settings.json").exists());
    hosted.run(&["login", "show"]).error(2, "unauthorized");
    let variables =
        [("TIELINE_SERVER", hosted.url.as_str()), ("TIELINE_CLIENT_ID", id), ("TIELINE_CLIENT_SECRET", secret)];
    assert_eq!(hosted.run_under(&variables, &["connectors", "list"]).json(), json!({ "data": [] }));
}

#[test]
fn an_operators_code_logs_somebody_in_once() {
    let hosted = Hosted::new();
    let code =
        || hosted.run(&["keys", "login-code", "--organization", "acme"]).json()["code"].as_str().unwrap().to_owned();
    let first = code();
    let saved = hosted.run(&["login", "--server", &hosted.url, "--code", &first]).json();
    assert_eq!(saved["message"], format!("logged in to {}, organization `acme`", hosted.url));
    assert_eq!(hosted.run(&["workspaces", "list"]).json()["data"][0]["name"], "default");
    let refused = hosted.run(&["login", "--server", &hosted.url, "--code", &first]).error(2, "unauthorized");
    assert!(refused["help"].as_str().unwrap().contains("login-code"), "{refused}");

    // In the browser: the page takes the code, and brings back what becomes a client.
    let mut login = hosted.command(&["login", "--server", &hosted.url, "--no-browser"]);
    let mut login = guarded(login.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(login.child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let page =
        lines.find_map(|line| line.trim().strip_prefix(&format!("{}/login?", hosted.url)).map(str::to_owned)).unwrap();
    let answer = post(&hosted.url, "/login", "", &format!("{page}&code={}", code()));
    let back = answer.split("href=\"http://").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&");
    let (host, path) = back.split_once('/').unwrap();
    let mut program = TcpStream::connect(host).unwrap();
    write!(program, "GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n").unwrap();
    let mut shown = String::new();
    program.read_to_string(&mut shown).unwrap();
    assert!(shown.starts_with("HTTP/1.1 200") && shown.contains("You can close this page"), "{shown}");
    let mut said = String::new();
    login.child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(said.contains("\"saved\"") && login.child.wait().unwrap().success(), "{said}");
    assert_eq!(hosted.run(&["organizations", "list"]).json()["organizations"][0]["organization_name"], "acme");
}
