//! A transport that answers as the peer was answered, and keeps what it was sent.

use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::json;
use tieline::transport::{Transport, TransportError};
use tieline::wire::{Response, ResponseBody, SignedRequest};

use crate::Recorded;
use crate::compare::Sent;

/// What the peer got from a download.
const FILE: &[u8] = b"FILE-BYTES";

pub(crate) struct Recorder {
    token_host: Vec<(String, String)>,
    is_download: bool,
    answers: usize,
    headers: HeaderMap,
    json: Bytes,
    token_requests: Mutex<Vec<Sent>>,
    requests: Mutex<Vec<Sent>>,
}

impl Recorder {
    pub(crate) fn new(recorded: &Recorded) -> Self {
        let mut headers = HeaderMap::new();
        for (name, value) in &recorded.response.headers {
            headers.insert(HeaderName::try_from(name).unwrap(), HeaderValue::try_from(value).unwrap());
        }
        assert_eq!(recorded.response.status, 200);
        Self {
            token_host: recorded.token_request.iter().map(|sent| (sent.host.clone(), sent.path.clone())).collect(),
            is_download: recorded.action == "download",
            answers: recorded.request.len(),
            headers,
            json: recorded.response.json.to_string().into(),
            token_requests: Mutex::default(),
            requests: Mutex::default(),
        }
    }

    pub(crate) fn token_requests(&self) -> Vec<Sent> {
        self.token_requests.lock().unwrap().clone()
    }

    pub(crate) fn requests(&self) -> Vec<Sent> {
        self.requests.lock().unwrap().clone()
    }
}

impl Transport for Recorder {
    fn send(&self, request: SignedRequest) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(async move {
            let (request, _) = request.open();
            let body = request.body.clone().open().try_collect::<Vec<_>>().await.unwrap().concat();
            let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
            let query = request.url.query().map(|query| format!("?{query}")).unwrap_or_default();
            let sent = Sent {
                method: request.method.to_string(),
                host: request.url.host_str().unwrap_or_default().to_owned(),
                path: format!("{}{query}", request.url.path()),
                headers: request.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
                body_b64: BASE64.encode(body),
            };
            let is_token = self.token_host.contains(&(sent.host.clone(), sent.path.clone()));
            let (headers, body) = if is_token {
                self.token_requests.lock().unwrap().push(sent);
                let answer = json!({ "access_token": "fresh-token", "refresh_token": "fresh-refresh", "expires_in": 3600,
                    "instance_url": "https://inst.example.com" });
                (HeaderMap::new(), answer.to_string().into())
            } else {
                let mut requests = self.requests.lock().unwrap();
                requests.push(sent);
                let is_file = self.is_download && requests.len() == self.answers;
                if is_file {
                    (HeaderMap::new(), Bytes::from_static(FILE))
                } else {
                    (self.headers.clone(), self.json.clone())
                }
            };
            Ok(Response { status: StatusCode::OK, headers, body: ResponseBody::Bytes(body) })
        })
    }
}
