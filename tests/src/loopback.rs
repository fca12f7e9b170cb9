//! A server on this machine that plays the exchanges of a case to another process.

use std::convert::Infallible;
use std::sync::Arc;
use std::thread;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::exchange::Exchange;
use crate::script::{Script, Seen};

/// A server that plays exchanges until it is dropped.
pub struct Loopback {
    url: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Loopback {
    /// Starts it. Where an answer names `server`, it names this server instead.
    pub fn start(script: Arc<Script>, server: String) -> Self {
        let (tell, told) = std::sync::mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
                let url = format!("http://{}", listener.local_addr().unwrap());
                tell.send(url.clone()).unwrap();
                tokio::select! {
                    () = serve(listener, Played { script, server, url }) => {}
                    _ = stopped => {}
                }
            });
        });
        Self { url: told.recv().unwrap(), stop: Some(stop), thread: Some(thread) }
    }

    /// Its base URL.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[derive(Clone)]
struct Played {
    script: Arc<Script>,
    server: String,
    url: String,
}

async fn serve(listener: TcpListener, played: Played) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let played = played.clone();
        tokio::spawn(async move {
            let service = service_fn(|request| answer(played.clone(), request));
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(played: Played, request: http::Request<Incoming>) -> Result<http::Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let seen = Seen {
        method: head.method.to_string(),
        origin: None,
        path: head.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
        headers: head.headers,
        body: body.collect().await.map(|body| body.to_bytes()).unwrap_or_default(),
    };
    let exchange = played.script.meet(&seen);
    Ok(exchange.map_or_else(nothing, |exchange| played.response(exchange)))
}

impl Played {
    fn response(&self, exchange: &Exchange) -> http::Response<Full<Bytes>> {
        let answer = exchange.response.as_ref().expect("a case with failures is not played to another process");
        let here =
            |text: &str| if self.server.is_empty() { text.to_owned() } else { text.replace(&self.server, &self.url) };
        let body = match std::str::from_utf8(&answer.bytes()) {
            Ok(text) => here(text).into(),
            Err(_) => answer.bytes(),
        };
        let mut response = http::Response::builder().status(answer.status);
        for (name, value) in answer.headers() {
            response = response.header(name, here(value));
        }
        response.body(Full::new(body)).unwrap()
    }
}

/// The answer to a request that was not expected: none that any case has.
fn nothing() -> http::Response<Full<Bytes>> {
    http::Response::builder().status(599).body(Full::new(Bytes::from_static(b"no such exchange"))).unwrap()
}
