//! A server on this machine that writes what it is told, be it HTTP or not.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tieline::Connection;
use tieline::connect::{ConnectionBuilder, Options};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use url::Url;

use crate::hand_clock::HandClock;
use crate::stage::connector;

/// What it does with a connection, one after another; at the end it closes it.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Reads a request.
    Read,
    /// Reads a byte.
    ReadOne,
    /// Writes this.
    Write(Vec<u8>),
    /// Writes this again and again, until nobody reads it any more.
    WriteForEver(Vec<u8>),
    /// Does nothing until the other side has gone.
    Hold,
    /// Resets the connection in place of closing it.
    Reset,
}

impl Act {
    pub(crate) fn write(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Write(bytes.into())
    }
}

/// The server.
pub(crate) struct RawServer {
    port: u16,
    seen: Arc<Seen>,
}

struct Seen {
    requests: Mutex<Vec<String>>,
    written: AtomicUsize,
    /// A permit for each connection that is held.
    held: Semaphore,
    /// A permit for each held connection that the other side has closed.
    left: Semaphore,
}

impl RawServer {
    /// Starts it. It asks what to do with each connection by its number, from 0.
    pub(crate) async fn start(script: impl Fn(usize) -> Vec<Act> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (held, left) = (Semaphore::new(0), Semaphore::new(0));
        let seen = Arc::new(Seen { requests: Mutex::default(), written: AtomicUsize::new(0), held, left });
        let shared = seen.clone();
        tokio::spawn(async move {
            for number in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(shared.clone().play(stream, script(number)));
            }
        });
        Self { port, seen }
    }

    pub(crate) fn url(&self) -> Url {
        format!("http://127.0.0.1:{}/", self.port).parse().unwrap()
    }

    /// The requests that it has read, each with its head and body.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.seen.requests.lock().unwrap().clone()
    }

    /// How many bytes it could write.
    pub(crate) fn written(&self) -> usize {
        self.seen.written.load(Ordering::SeqCst)
    }

    /// Comes back when it holds a connection.
    pub(crate) async fn holds(&self) {
        self.seen.held.acquire().await.unwrap().forget();
    }

    /// Comes back when the other side has closed a connection that it holds.
    pub(crate) async fn is_left(&self) {
        self.seen.left.acquire().await.unwrap().forget();
    }
}

impl Seen {
    async fn play(self: Arc<Self>, mut stream: TcpStream, acts: Vec<Act>) {
        for act in acts {
            // The other side may go at any time.
            let _ = self.act(&mut stream, act).await;
        }
    }

    async fn act(&self, stream: &mut TcpStream, act: Act) -> std::io::Result<()> {
        match act {
            Act::Read => {
                let request = read_request(stream).await?;
                self.requests.lock().unwrap().push(request);
            }
            Act::ReadOne => drop(stream.read_u8().await?),
            Act::Write(bytes) => stream.write_all(&bytes).await?,
            Act::WriteForEver(bytes) => loop {
                stream.write_all(&bytes).await?;
                self.written.fetch_add(bytes.len(), Ordering::SeqCst);
            },
            Act::Hold => {
                self.held.add_permits(1);
                while stream.read(&mut [0; 1024]).await.is_ok_and(|read| read > 0) {}
                self.left.add_permits(1);
            }
            Act::Reset => stream.set_zero_linger()?,
        }
        Ok(())
    }
}

/// The head of a request, and as much of a body as it announces.
async fn read_request(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut read = Vec::new();
    while !read.ends_with(b"\r\n\r\n") {
        read.push(stream.read_u8().await?);
    }
    let head = String::from_utf8(read).unwrap().to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(head + &String::from_utf8(body).unwrap())
}

/// An answer with a JSON body.
pub(crate) fn ok(body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
}

/// The first page of a list that has no other.
pub(crate) const ITEMS: &str = r#"{"items": [{"id": 1}], "next": null}"#;

/// A connection to it over real HTTP. Time passes by hand, and no wait between attempts takes any.
pub(crate) fn connect(
    server: &RawServer,
    more: &str,
    bring: impl FnOnce(ConnectionBuilder) -> ConnectionBuilder,
) -> (Connection, Arc<HandClock>) {
    let clock = HandClock::new();
    let options = Options { max_response_bytes: 1 << 20, ..Options::default() };
    let builder = Connection::builder(connector(more)).base_url(server.url()).clock(clock.clone()).options(options);
    (bring(builder).connect().unwrap(), clock)
}
