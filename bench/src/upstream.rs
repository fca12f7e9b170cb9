//! The API that is measured against: a process of its own, so that what it costs is nobody else's.

use std::convert::Infallible;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

use bytes::Bytes;
use futures_util::stream;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use url::Url;

use crate::Outcome;

/// What an answer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    /// One record, 260 bytes.
    Small,
    /// 100 records, 21 KB.
    Medium,
    /// 5,000 records, 1 MB.
    Large,
}

impl Size {
    /// From the least to the most.
    pub(crate) const ALL: [Self; 3] = [Self::Small, Self::Medium, Self::Large];

    /// Its name, on the command line and in paths.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }

    /// How many records an answer has.
    pub(crate) fn records(self) -> usize {
        match self {
            Self::Small => 1,
            Self::Medium => 100,
            Self::Large => 5_000,
        }
    }
}

/// Whether the API rests while nobody asks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    /// It never sleeps: on a virtual machine, waking another processor is dear, is paid for by who sends, and comes to more the longer
    /// there was nothing to do.
    Never,
    /// It leaves its processor to others: where a server is a third process beside the API and who calls.
    WhenIdle,
}

impl Rest {
    fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::WhenIdle => "when-idle",
        }
    }

    /// What a name on the command line stands for.
    pub(crate) fn of(name: &str) -> Outcome<Self> {
        let all = [Self::Never, Self::WhenIdle];
        all.into_iter().find(|rest| rest.name() == name).ok_or_else(|| "no such rest".into())
    }
}

/// How long a chunk of a file is, in bytes.
const CHUNK: usize = 64 * 1024;

/// The API in a child process, which ends with this value.
pub(crate) struct Upstream {
    child: Child,
    /// Where it listens.
    pub(crate) url: Url,
}

impl Upstream {
    /// Starts it.
    pub(crate) fn start(rest: Rest) -> Outcome<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["upstream", rest.name()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("the API has no output")?).read_line(&mut line)?;
        Ok(Self { child, url: line.trim().parse()? })
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves until the process that started it is gone.
#[expect(clippy::print_stdout, reason = "says where it listens")]
pub(crate) fn serve(rest: Rest) -> Outcome<()> {
    std::thread::spawn(|| {
        let _ = std::io::stdin().lines().count();
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("http://{}", listener.local_addr()?);
        std::io::stdout().flush()?;
        if rest == Rest::Never {
            tokio::spawn(async {
                loop {
                    tokio::task::yield_now().await;
                }
            });
        }
        let answers = Size::ALL.map(|size| Bytes::from(page(size.records(), None)));
        loop {
            let (connection, _) = listener.accept().await?;
            connection.set_nodelay(true)?;
            let answers = answers.clone();
            let service = service_fn(move |request| {
                let answers = answers.clone();
                async move { Ok::<_, Infallible>(answer(&request, &answers)) }
            });
            tokio::spawn(
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(connection), service),
            );
        }
    })
}

fn answer(request: &Request<Incoming>, answers: &[Bytes; 3]) -> Response<BoxBody<Bytes, Infallible>> {
    let path = request.uri().path();
    let json = |body: Bytes| {
        let mut response = Response::new(Full::new(body).boxed());
        response.headers_mut().insert("content-type", hyper::header::HeaderValue::from_static("application/json"));
        response
    };
    if let Some(size) = Size::ALL.iter().position(|size| path.strip_prefix("/users/") == Some(size.name())) {
        return json(answers[size].clone());
    }
    if let Some(pages) = path.strip_prefix("/users/").and_then(|pages| pages.parse::<usize>().ok()) {
        let cursor =
            request.uri().query().and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("cursor=")));
        let number = cursor.and_then(|cursor| cursor.parse().ok()).unwrap_or(1);
        return json(page(Size::Medium.records(), (number < pages).then_some(number + 1)).into());
    }
    if let Some(length) = path.strip_prefix("/files/").and_then(|length| length.parse::<usize>().ok()) {
        let chunk = Bytes::from_static(&[0; CHUNK]);
        let chunks = (0..length.div_ceil(CHUNK)).map(move |number| chunk.slice(..CHUNK.min(length - number * CHUNK)));
        let body = StreamBody::new(stream::iter(chunks.map(|chunk| Ok(Frame::data(chunk)))));
        return Response::new(http_body_util::BodyExt::boxed(body));
    }
    let mut response = Response::new(Full::default().boxed());
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// A page of so many made-up records, and the cursor of the next one.
pub(crate) fn page(records: usize, next: Option<usize>) -> String {
    let records = (0..records).map(record).collect::<Vec<_>>().join(",");
    let (more, next) = (next.is_some(), next.map_or("null".to_owned(), |next| format!("\"{next}\"")));
    format!(r#"{{"results":[{records}],"has_more":{more},"next_cursor":{next},"total":5}}"#)
}

fn record(number: usize) -> String {
    let (active, score, day) = (number.is_multiple_of(2), number % 100, number % 28 + 1);
    format!(
        concat!(
            r#"{{"id":"0f3c77aa-4b2e-4d11-9d11-{:012x}","name":"Person {}","email":"person{}@example.com","#,
            r#""active":{},"score":{}.25,"team":{{"name":"North"}},"tags":["alpha","beta"],"created":"2026-01-{:02}T10:00:00Z"}}"#
        ),
        number, number, number, active, score, day
    )
}
