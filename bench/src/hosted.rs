//! What a call costs through a server: its time, over the same call in process, and how many a server answers.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tieline::{Connector, Source};
use tieline_server::{KeySource, Server, Settings};
use tokio::task::JoinSet;
use url::Url;

use crate::Outcome;
use crate::table::{Figure, Table};
use crate::upstream::{Size, Upstream};
use crate::ways::{MANIFEST, TOKEN, Way, Ways, client};

/// How many clients there are at once.
const CLIENTS: [usize; 3] = [1, 8, 64];
/// How many calls all clients together make.
const CALLS: usize = 4_000;
/// Names a server of PostgreSQL: `postgres://user@host:port`, in which a database is made.
const POSTGRES: &str = "TIELINE_TEST_POSTGRES";

/// Measures a server over SQLite, and over PostgreSQL where one is named.
pub(crate) fn measure(upstream: &Upstream, table: &mut Table) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let in_process = runtime.block_on(in_process(upstream))?;
    let folder = tempfile::tempdir()?;
    let mut databases = vec![("SQLite", Settings::sqlite(&folder.path().join("tieline.db")))];
    if let Ok(server) = std::env::var(POSTGRES) {
        databases.push(("PostgreSQL", runtime.block_on(new_database(&server))?));
    }
    for (name, database) in databases {
        let hosted = Hosted::start(&database, folder.path(), &upstream.url)?;
        let caller = runtime.block_on(Caller::new(&hosted))?;
        runtime.block_on(caller.calls(8, 400))?;
        for clients in CLIENTS {
            let Run { mut each, all } = runtime.block_on(caller.calls(clients, CALLS))?;
            each.sort_unstable();
            let [p50, p99] = [50, 99].map(|percent| each.get(each.len() * percent / 100).copied().unwrap_or_default());
            let what = format!("`execute` through a server over {name}, small, {clients} client(s)");
            if clients == 1 {
                let ratio = Figure::Plain(p50.as_secs_f64() / in_process.as_secs_f64());
                table.add(format!("{what}, p50"), "the same in process, one caller, p50", ratio, None);
            }
            table.add(format!("{what}, p50"), "", Figure::Number(p50.as_secs_f64() * 1e6, "µs"), None);
            table.add(format!("{what}, p99"), "", Figure::Number(p99.as_secs_f64() * 1e6, "µs"), None);
            let a_second = each.len() as f64 / all.as_secs_f64();
            table.add(what, "", Figure::Number(a_second, "calls a second"), None);
        }
        table.add(format!("memory of a server over {name}, at most"), "", Figure::Number(hosted.memory()?, "MB"), None);
    }
    Ok(())
}

/// How long a call in process takes.
async fn in_process(upstream: &Upstream) -> Outcome<Duration> {
    let ways = Ways::new(&upstream.url)?;
    ways.repeat(Way::EngineRaw, Size::Small, 400).await?;
    let mut each = Vec::new();
    for _ in 0..CALLS {
        let started = Instant::now();
        ways.repeat(Way::EngineRaw, Size::Small, 1).await?;
        each.push(started.elapsed());
    }
    each.sort_unstable();
    Ok(each[each.len() / 2])
}

/// A server in a process of its own, which ends with this value.
struct Hosted {
    child: Child,
    url: Url,
    client: Value,
}

impl Hosted {
    fn start(database: &str, folder: &std::path::Path, upstream: &Url) -> Outcome<Self> {
        let mut child = crate::itself()?
            .args(["host", database, &folder.display().to_string(), upstream.as_str()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("the server has no output")?).read_line(&mut line)?;
        let said: Value = serde_json::from_str(&line)?;
        let url = said["url"].as_str().ok_or("the server says no URL")?.parse()?;
        Ok(Self { child, url, client: said["client"].clone() })
    }

    /// The most memory that it has had, in MB.
    fn memory(&self) -> Outcome<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("the system says no memory")?;
        let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kilobytes / 1024.0)
    }
}

impl Drop for Hosted {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves until the process that started it is gone.
#[expect(clippy::print_stdout, reason = "says where it listens")]
pub(crate) fn serve(database: &str, folder: &str, upstream: &str) -> Outcome<()> {
    std::thread::spawn(|| {
        let _ = std::io::stdin().lines().count();
        std::process::exit(0);
    });
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url: Url = format!("http://{}", listener.local_addr()?).parse()?;
        let keys = KeySource::File(std::path::Path::new(folder).join("master.keys"));
        let mut settings = Settings::new(database, keys, url.clone());
        let (connector, _) =
            Connector::load(&Source::new("manifest.yaml", MANIFEST)).map_err(|found| found.to_string())?;
        settings.connectors.push(connector);
        settings.base_urls.insert("bench".to_owned(), upstream.parse()?);
        settings.requests_per_second = 10_000_000;
        let server = Server::open(settings).await?;
        let client = server.first_client().await?.ok_or("the database is not new")?;
        let secret = client.client_secret.expose_secret();
        println!(
            "{}",
            json!({ "url": url.as_str(), "client": { "client_id": client.client_id, "client_secret": secret } })
        );
        std::io::stdout().flush()?;
        Ok(server.serve(listener, std::future::pending()).await?)
    })
}

/// A new database of a server of PostgreSQL.
async fn new_database(server: &str) -> Outcome<String> {
    let name = format!("bench_{}", std::process::id());
    let made = Command::new("psql")
        .args(["-q", &format!("{server}/postgres"), "-c", &format!("CREATE DATABASE {name}")])
        .status()?;
    if made.success() { Ok(format!("{server}/{name}")) } else { Err("psql could not make a database".into()) }
}

/// Who calls a server.
#[derive(Clone)]
struct Caller {
    client: reqwest::Client,
    url: Url,
    token: String,
}

/// How long each call took, and all together.
struct Run {
    each: Vec<Duration>,
    all: Duration,
}

impl Caller {
    async fn new(hosted: &Hosted) -> Outcome<Self> {
        let client = client()?;
        let post = async |path: &str, body: &Value, token: &str| -> Outcome<Value> {
            let request = client.post(hosted.url.join(path)?).bearer_auth(token).body(body.to_string());
            Ok(serde_json::from_slice(&request.send().await?.error_for_status()?.bytes().await?)?)
        };
        let answer = post("/api/v1/account/applications/token", &hosted.client, "").await?;
        let token = answer["access_token"].as_str().ok_or("the server gives no token")?.to_owned();
        let connector =
            json!({ "workspace_name": "default", "connector_type": "bench", "credentials": { "token": TOKEN } });
        let made = post("/api/v1/integrations/connectors", &connector, &token).await?;
        let id = made["id"].as_str().ok_or("the server makes no connector")?;
        Ok(Self { url: hosted.url.join(&format!("/api/v1/integrations/connectors/{id}/execute"))?, client, token })
    }

    /// So many clients make so many calls.
    async fn calls(&self, clients: usize, calls: usize) -> Outcome<Run> {
        let started = Instant::now();
        let mut running = JoinSet::new();
        for _ in 0..clients {
            let caller = self.clone();
            running.spawn(async move {
                let mut each = Vec::new();
                for _ in 0..calls / clients {
                    let started = Instant::now();
                    caller.call().await?;
                    each.push(started.elapsed());
                }
                Ok(each)
            });
        }
        let each: Outcome<Vec<Vec<Duration>>> = running.join_all().await.into_iter().collect();
        Ok(Run { each: each?.concat(), all: started.elapsed() })
    }

    async fn call(&self) -> Outcome<()> {
        let body = r#"{"entity":"users","action":"list","params":{"pages":"small"}}"#;
        let request = self.client.post(self.url.clone()).bearer_auth(&self.token).body(body);
        request.send().await?.error_for_status()?.bytes().await?;
        Ok(())
    }
}
