//! A server with a database of its own, whoever calls it, and the browsers that open its pages.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use sqlx::AnyPool;
use tempfile::TempDir;
use tieline_server::{KeySource, Server, Settings};
use tokio::net::TcpListener;
use url::Url;

use super::http::{Answer, pairs, send};
use super::vendor::{CLIENT_ID, CLIENT_SECRET, Vendor};
use super::{log, manifests};

/// A server that serves, with a vendor that plays all its APIs.
pub(crate) struct Site {
    pub(crate) url: Url,
    pub(crate) vendor: Vendor,
    pub(crate) workspace: String,
    /// Where the database is.
    pub(crate) folder: TempDir,
    token: String,
    database: String,
    /// Everything that browsers were sent.
    seen: Arc<Mutex<String>>,
}

impl Site {
    /// Starts one.
    pub(crate) async fn start() -> Self {
        Self::below(|address| format!("http://{address}")).await
    }

    /// Starts one that browsers reach below a URL, which is made of its address.
    pub(crate) async fn below(public_url: impl FnOnce(String) -> String) -> Self {
        log::keep();
        let vendor = Vendor::start().await;
        let folder = TempDir::new().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let public_url = Url::parse(&public_url(address.to_string())).unwrap();
        let database = Settings::sqlite(&folder.path().join("tieline.db"));
        let keys = KeySource::File(folder.path().join("master.key"));
        let mut settings = Settings::new(database.clone(), keys, public_url.clone());
        let added = [manifests::OPEN, manifests::KINDS, manifests::PKCE, manifests::REFRESH, manifests::HOSTILE];
        settings.connectors = added.map(manifests::connector).into();
        let names = ["notion", "chargebee", "open", "kinds", "pkce", "refresh", "hostile"];
        settings.base_urls = names.map(|name| (name.to_owned(), vendor.url.clone())).into();
        let server = Server::open(settings).await.unwrap();
        let first = server.first_client().await.unwrap().unwrap();
        tokio::spawn(server.serve(listener, std::future::pending()));
        let prefix = public_url.as_str().trim_end_matches('/');
        vendor.register(&format!("{prefix}/oauth/callback"));
        let url = Url::parse(&format!("http://{address}")).unwrap();
        let mut site = Self {
            url,
            vendor,
            workspace: String::new(),
            folder,
            token: String::new(),
            database,
            seen: Arc::default(),
        };
        let client = json!({ "client_id": first.client_id, "client_secret": first.client_secret.expose_secret() });
        let answered = site.call("POST", "/api/v1/account/applications/token", &client).await.1;
        site.token = answered["access_token"].as_str().unwrap().to_owned();
        let listed = site.call("GET", "/api/v1/workspaces", &Value::Null).await.1;
        site.workspace = listed["data"][0]["id"].as_str().unwrap().to_owned();
        site
    }

    /// Calls the API.
    pub(crate) async fn call(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let authorization = format!("Bearer {}", self.token);
        let headers = [("authorization", authorization.as_str()), ("content-type", "application/json")];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = send(method, &self.url.join(path).unwrap(), &headers, body.as_bytes()).await;
        (answer.status, serde_json::from_str(&answer.body).unwrap_or(Value::Null))
    }

    /// A set-up that somebody will go through: its id, and the path of its link.
    pub(crate) async fn session(&self, more: Value) -> (String, String) {
        let mut body = json!({ "workspace_id": self.workspace });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let (status, created) = self.call("POST", "/api/v1/internal/mcp_oauth/sessions", &body).await;
        assert_eq!(status, 200, "{created}");
        let link = Url::parse(created["oauth_flow_url"].as_str().unwrap()).unwrap();
        (created["session_id"].as_str().unwrap().to_owned(), link.path().to_owned())
    }

    /// A consent that begins in a caller's own page, and leads back to this URL: the path of its link.
    pub(crate) async fn consent(&self, back: &str) -> String {
        let body =
            json!({ "workspace_name": "default", "connector_type": "notion", "redirect_url": back, "name": "Wiki" });
        let (status, answer) = self.call("POST", "/api/v1/integrations/connectors/oauth/initiate", &body).await;
        assert_eq!(status, 200, "{answer}");
        Url::parse(answer["consent_url"].as_str().unwrap()).unwrap().path().to_owned()
    }

    /// How far a set-up is.
    pub(crate) async fn status(&self, session: &str) -> Value {
        self.call("GET", &format!("/api/v1/internal/mcp_oauth/sessions/{session}"), &Value::Null).await.1
    }

    /// The connectors that there are.
    pub(crate) async fn connectors(&self) -> Vec<Value> {
        let path = format!("/api/v1/integrations/connectors?workspace_id={}", self.workspace);
        self.call("GET", &path, &Value::Null).await.1["data"].as_array().unwrap().clone()
    }

    /// Lists the users of a connector of Notion: the HTTP status.
    pub(crate) async fn list_users(&self, connector: &str) -> (u16, Value) {
        let body = json!({ "entity": "users", "action": "list", "params": {} });
        self.call("POST", &format!("/api/v1/integrations/connectors/{connector}/execute"), &body).await
    }

    /// Gives the organization a client of Notion.
    pub(crate) async fn put_client(&self) {
        let configuration = json!({ "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET });
        let body = json!({ "connector_type": "notion", "configuration": configuration });
        let (status, answer) = self.call("PUT", "/api/v1/oauth/credentials", &body).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// Lets a set-up end now.
    pub(crate) async fn expire(&self, session: &str) {
        let pool = AnyPool::connect(&self.database).await.unwrap();
        let query = sqlx::query("UPDATE setups SET expires_at = 1 WHERE id = $1").bind(session);
        assert_eq!(query.execute(&pool).await.unwrap().rows_affected(), 1);
        pool.close().await;
    }

    /// Fills the workspace up.
    pub(crate) async fn fill(&self) {
        let sql = "INSERT INTO connectors (id, organization_id, workspace_id, definition_id, name, config, fields, version, \
                   credentials_version, created_at, updated_at) \
                   WITH RECURSIVE counted (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM counted WHERE i < 10000) \
                   SELECT 'full-' || CAST(i AS TEXT), organization_id, id, '', 'x', '{}', '[]', 1, 1, 0, 0 \
                   FROM counted, workspaces";
        let pool = AnyPool::connect(&self.database).await.unwrap();
        assert_eq!(sqlx::query(sql).execute(&pool).await.unwrap().rows_affected(), 10_000);
        pool.close().await;
    }

    /// A browser that knows nothing yet.
    pub(crate) fn browser(&self) -> Browser {
        Browser { url: self.url.clone(), cookies: BTreeMap::new(), seen: self.seen.clone() }
    }

    /// A browser that has opened the link of a new set-up, and the path of the page that it is at then.
    pub(crate) async fn opened(&self, more: Value) -> (String, Browser, String) {
        let (session, link) = self.session(more).await;
        let mut browser = self.browser();
        assert_eq!(browser.get(&link).await.status, 200);
        let page = browser.post(&link, &[]).await.location();
        (session, browser, page)
    }

    /// Checks that no browser was sent a secret, and that none is in the log.
    #[track_caller]
    pub(crate) fn nothing_leaked(&self, secrets: &[&str]) {
        let (seen, log) = (self.seen.lock().unwrap().clone(), log::text());
        let handed_out = self.vendor.secrets();
        let all = handed_out.iter().map(String::as_str).chain(secrets.iter().copied()).chain([CLIENT_SECRET]);
        for secret in all {
            assert!(!seen.contains(secret), "a browser was sent {secret}");
            let at =
                log.find(secret).map(|at| &log[log.floor_char_boundary(at.saturating_sub(300))..at + secret.len()]);
            assert_eq!(at, None, "the log has it");
        }
    }
}

/// A browser: it keeps cookies, says where its forms come from, and follows nothing by itself.
#[derive(Clone)]
pub(crate) struct Browser {
    url: Url,
    pub(crate) cookies: BTreeMap<String, String>,
    seen: Arc<Mutex<String>>,
}

impl Browser {
    /// Opens a page.
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.request("GET", path, &[], "").await
    }

    /// Sends a form of one of the server's own pages.
    pub(crate) async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.request("POST", path, &[("sec-fetch-site", "same-origin")], &pairs(form)).await
    }

    /// Sends a form that does not do; gives back the form with what is told about it.
    pub(crate) async fn told(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        let sent = self.post(path, form).await;
        assert_eq!(sent.status, 303, "{}", sent.body);
        self.shown_again(&sent).await
    }

    /// The form that an answer leads back to.
    pub(crate) async fn shown_again(&mut self, sent: &Answer) -> Answer {
        let location = sent.location();
        assert!(location.ends_with("again=1"), "{location}");
        let shown = self.get(&location).await;
        assert_eq!(shown.status, 200);
        assert!(shown.body.contains("<title>Error: ") && shown.body.contains("role=\"alert\""), "{}", shown.body);
        shown
    }

    /// Sends a request with these headers and its cookies.
    pub(crate) async fn request(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let mut all = headers.to_vec();
        all.push(("content-type", "application/x-www-form-urlencoded"));
        if !cookies.is_empty() {
            all.push(("cookie", &cookies));
        }
        let answer = send(method, &self.url.join(path).unwrap(), &all, body.as_bytes()).await;
        for (name, value) in &answer.headers {
            if let Some((name, rest)) = (name == "set-cookie").then(|| value.split_once('=').unwrap()) {
                self.cookies.insert(name.to_owned(), rest.split(';').next().unwrap().to_owned());
            }
        }
        self.seen.lock().unwrap().push_str(&answer.whole());
        answer
    }

    /// Comes back from the vendor's page.
    pub(crate) async fn come_back(&mut self, url: &Url) -> Answer {
        let at = &url[url::Position::BeforePath..];
        let at = at.to_owned();
        self.request("GET", &at, &[("sec-fetch-site", "cross-site")], "").await
    }
}
