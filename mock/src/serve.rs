//! The mock over HTTP/1.1.

use std::io;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use http::header::HOST;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use url::Url;

use crate::mock::{MAX_BODY, Mock};
use crate::received::Received;

/// How long to wait after a connection could not be accepted: too many are open, say.
const PAUSE: Duration = Duration::from_millis(50);

/// Serves a mock until `shutdown` is done. Connections that are open then are closed.
///
/// # Errors
/// When the listener has no address any more.
pub async fn serve(listener: TcpListener, mock: Mock, shutdown: impl Future<Output = ()>) -> io::Result<()> {
    listener.local_addr()?;
    let mut shutdown = pin!(shutdown);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = &mut shutdown => return Ok(()),
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(connections.spawn(converse(stream, mock.clone()))),
                Err(_) => tokio::time::sleep(PAUSE).await,
            },
        }
    }
}

/// Answers the requests of one connection.
async fn converse(stream: TcpStream, mock: Mock) {
    let service = service_fn(|request| {
        let mock = mock.clone();
        async move { answer(&mock, request).await.map(|response| response.map(Full::new)) }
    });
    // An error is the other side's, or a connection that is to break: nobody is left to be told.
    let _ = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(mock: &Mock, request: Request<Incoming>) -> Result<Response<Bytes>, io::Error> {
    let (parts, body) = request.into_parts();
    if !mock.delay().is_zero() {
        tokio::time::sleep(mock.delay()).await;
    }
    let announced = body.size_hint().exact().unwrap_or_default();
    if announced > MAX_BODY as u64 {
        return Ok(mock.too_large(""));
    }
    let body = match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => return Ok(mock.too_large("")),
        Err(error) => return Err(io::Error::other(error)),
    };
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let Ok(url) = url(host, &parts.uri) else {
        let mut response = Response::new(Bytes::from_static(b"the request names no URL"));
        *response.status_mut() = http::StatusCode::BAD_REQUEST;
        return Ok(response);
    };
    let received = Received { method: parts.method, url, headers: parts.headers, body };
    mock.answer(&received).map_err(io::Error::other)
}

fn url(host: &str, uri: &http::Uri) -> Result<Url, url::ParseError> {
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    Url::parse(&format!("http://{host}{target}"))
}
