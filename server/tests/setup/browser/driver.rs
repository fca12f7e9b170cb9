//! A browser that is driven through WebDriver: chromedriver, by the few commands that the tests need.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

use crate::common::http::send;

/// The keys that somebody without a mouse uses.
pub(crate) const TAB: &str = "\u{e004}";
pub(crate) const ENTER: &str = "\u{e007}";
pub(crate) const SPACE: &str = " ";
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A chromedriver that runs until this is dropped.
pub(crate) struct Driver {
    process: Child,
    url: Url,
    profiles: TempDir,
    pictures: Option<PathBuf>,
}

impl Driver {
    /// Starts the chromedriver that `TIELINE_CHROMEDRIVER` names. `None`, with a notice, when it names none.
    pub(crate) async fn start() -> Option<Self> {
        let Some(program) = std::env::var_os("TIELINE_CHROMEDRIVER") else {
            eprintln!("TIELINE_CHROMEDRIVER names no chromedriver: nothing is tested in a browser");
            return None;
        };
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new(program).arg(format!("--port={port}")).stdout(Stdio::null()).spawn().unwrap();
        let url = Url::parse(&format!("http://127.0.0.1:{port}/")).unwrap();
        for _ in 0..100 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let pictures = std::env::var_os("TIELINE_SCREENSHOTS").map(PathBuf::from);
        if let Some(folder) = &pictures {
            fs::create_dir_all(folder).unwrap();
        }
        Some(Self { process, url, profiles: TempDir::new().unwrap(), pictures })
    }

    /// Opens a browser that nobody has used.
    pub(crate) async fn open(&self, name: &str) -> Window {
        let profile = self.profiles.path().join(name);
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            // A server that is not on this machine, as far as the browser knows.
            "--host-resolver-rules=MAP tieline.example 127.0.0.1",
            &format!("--user-data-dir={}", profile.display()),
        ];
        let options = json!({ "args": arguments });
        let wanted =
            json!({ "capabilities": { "alwaysMatch": { "browserName": "chrome", "goog:chromeOptions": options } } });
        let session = command(&self.url, "POST", "session", &wanted).await.unwrap();
        let id = session["sessionId"].as_str().unwrap();
        let url = self.url.join(&format!("session/{id}/")).unwrap();
        Window { url, pictures: self.pictures.clone() }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It closes its browsers, also those of a test that has failed; killed, it would leave them behind.
        let address = (self.url.host_str().unwrap_or_default(), self.url.port().unwrap_or_default());
        if let Ok(mut stream) = std::net::TcpStream::connect(address) {
            let request = format!("GET /shutdown HTTP/1.1\r\nhost: {}:{}\r\n\r\n", address.0, address.1);
            let _ = stream.write_all(request.as_bytes());
            for _ in 0..100 {
                if !matches!(self.process.try_wait(), Ok(None)) {
                    return;
                }
                std::thread::sleep(Duration::from_millis(50));
            }
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A window of a browser.
pub(crate) struct Window {
    url: Url,
    pictures: Option<PathBuf>,
}

impl Window {
    async fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        command(&self.url, method, path, body).await.unwrap()
    }

    /// Opens an address.
    pub(crate) async fn go(&self, url: &str) {
        self.ask("POST", "url", &json!({ "url": url })).await;
    }

    /// Goes back.
    pub(crate) async fn back(&self) {
        self.ask("POST", "back", &json!({})).await;
    }

    /// Loads the page again.
    pub(crate) async fn reload(&self) {
        self.ask("POST", "refresh", &json!({})).await;
    }

    /// The address that is shown.
    pub(crate) async fn address(&self) -> String {
        self.ask("GET", "url", &Value::Null).await.as_str().unwrap().to_owned()
    }

    /// What a script in the page says.
    pub(crate) async fn run(&self, script: &str) -> Value {
        self.ask("POST", "execute/sync", &json!({ "script": script, "args": [] })).await
    }

    /// Waits until a script says something that will do. While one page makes way for another, none says anything.
    async fn wait_for<T>(&self, what: &str, script: &str, will_do: impl Fn(&str) -> Option<T>) -> T {
        let body = json!({ "script": script, "args": [] });
        for _ in 0..400 {
            let said = command(&self.url, "POST", "execute/sync", &body).await;
            if let Some(found) = said.ok().and_then(|said| will_do(said.as_str()?)) {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let text = self.run("return document.body.innerText").await;
        panic!("{what} does not come, but {}: {text}", self.address().await);
    }

    /// The id or, without one, the text of what has the focus.
    pub(crate) async fn focus(&self) -> String {
        let script = "const e = document.activeElement; return e.id || e.innerText || e.tagName";
        self.run(script).await.as_str().unwrap().trim().to_owned()
    }

    /// Types into what has the focus.
    pub(crate) async fn keys(&self, text: &str) {
        let press =
            |key: String| [json!({ "type": "keyDown", "value": key }), json!({ "type": "keyUp", "value": key })];
        let actions: Vec<_> = text.chars().flat_map(|key| press(key.to_string())).collect();
        let body = json!({ "actions": [{ "type": "key", "id": "keys", "actions": actions }] });
        self.ask("POST", "actions", &body).await;
    }

    /// Goes on with Tab until something has the focus, by its id or its text.
    pub(crate) async fn tab_to(&self, wanted: &str) {
        let mut seen = Vec::new();
        for _ in 0..40 {
            self.keys(TAB).await;
            let focus = self.focus().await;
            if focus == wanted {
                return;
            }
            seen.push(focus);
        }
        panic!("Tab leads to {seen:?}, not to {wanted}");
    }

    /// Clicks on what a selector finds.
    pub(crate) async fn click(&self, selector: &str) {
        let found = self.ask("POST", "element", &json!({ "using": "css selector", "value": selector })).await;
        let id = found[ELEMENT].as_str().unwrap();
        self.ask("POST", &format!("element/{id}/click"), &json!({})).await;
    }

    /// Clicks on what a selector finds, and waits until another page is there.
    pub(crate) async fn follow(&self, selector: &str) {
        self.run("document.documentElement.dataset.left = ''").await;
        self.click(selector).await;
        let script = "return 'left' in document.documentElement.dataset ? '' : document.readyState";
        self.wait_for("another page", script, |state| (state == "complete").then_some(())).await;
    }

    /// Types into what a selector finds.
    pub(crate) async fn fill(&self, selector: &str, text: &str) {
        let found = self.ask("POST", "element", &json!({ "using": "css selector", "value": selector })).await;
        let id = found[ELEMENT].as_str().unwrap();
        self.ask("POST", &format!("element/{id}/clear"), &json!({})).await;
        self.ask("POST", &format!("element/{id}/value"), &json!({ "text": text })).await;
    }

    /// Waits until a heading is there.
    pub(crate) async fn until(&self, heading: &str) {
        let script = "return document.querySelector('h1')?.innerText ?? ''";
        self.wait_for(heading, script, |found| (found == heading).then_some(())).await;
    }

    /// Waits until a text is to be seen.
    pub(crate) async fn says(&self, text: &str) {
        let script = "return document.body.innerText";
        self.wait_for(text, script, |shown| shown.contains(text).then_some(())).await;
    }

    /// Waits until an address is shown that begins like this; the rest of it.
    pub(crate) async fn arrives(&self, start: &str) -> String {
        self.wait_for(start, "return location.href", |shown| shown.strip_prefix(start).map(str::to_owned)).await
    }

    /// Shows pages on a screen of this size, light or dark.
    pub(crate) async fn screen(&self, width: u32, height: u32, scheme: &str) {
        let is_phone = width < 500;
        self.developer("Emulation.setFocusEmulationEnabled", json!({ "enabled": true })).await;
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": if is_phone { 2 } else { 1 }, "mobile": is_phone });
        self.developer("Emulation.setDeviceMetricsOverride", size).await;
        // What moves would be measured on its way.
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.developer("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    /// A command of Chromium's own.
    pub(crate) async fn developer(&self, name: &str, params: Value) -> Value {
        self.ask("POST", "goog/cdp/execute", &json!({ "cmd": name, "params": params })).await
    }

    /// Keeps a picture of the whole page in the folder of `TIELINE_SCREENSHOTS`, if it names one, on every kind of screen.
    pub(crate) async fn picture(&self, name: &str) {
        for (width, height, scheme, kind) in super::SCREENS {
            self.screen(width, height, scheme).await;
            let page = self.run("return [document.documentElement.scrollWidth, innerWidth]").await;
            assert!(page[0].as_u64() <= page[1].as_u64(), "{name} is wider than {width}: {page}");
            self.contrasts(name, scheme).await;
            if let Some(folder) = &self.pictures {
                let whole = json!({ "captureBeyondViewport": true });
                let picture = self.developer("Page.captureScreenshot", whole).await;
                let bytes = BASE64_STANDARD.decode(picture["data"].as_str().unwrap()).unwrap();
                fs::write(folder.join(format!("{name}-{kind}.png")), bytes).unwrap();
            }
        }
        self.screen(1000, 900, "light").await;
    }

    async fn contrasts(&self, name: &str, scheme: &str) {
        let found = self.run(include_str!("look.js")).await;
        assert_eq!(found, json!([]), "{name}, {scheme}");
    }

    /// Closes the browser.
    pub(crate) async fn close(self) {
        self.ask("DELETE", "", &Value::Null).await;
    }
}

/// Asks a chromedriver for something.
///
/// # Errors
/// What it says.
async fn command(base: &Url, method: &str, path: &str, body: &Value) -> Result<Value, String> {
    let mut url = base.join(path).unwrap();
    let trimmed = url.path().trim_end_matches('/').to_owned();
    url.set_path(&trimmed);
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let answer = send(method, &url, &[("content-type", "application/json")], body.as_bytes()).await;
    let read: Value = serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{}", answer.body));
    match answer.status {
        200 => Ok(read["value"].clone()),
        _ => Err(format!("{method} {path}: {}", read["value"]["message"])),
    }
}
