//! A gateway, the services behind it, and a client that speaks in bytes.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gateway_svc::{Config, Timeouts};
use svc_common::hosts::PublicHosts;
use svc_common::serve::{Limits, Listeners};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How long anything may take before a test has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Ports that these tests may use; each is tried once.
fn ports() -> impl Iterator<Item = u16> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Two runs at once begin at different ports.
    let start = std::process::id() % 900;
    (0..900).map(move |_| {
        let next = u32::from(NEXT.fetch_add(1, Ordering::Relaxed));
        21_000 + u16::try_from((start + next) % 900).expect("below 900")
    })
}

/// A port for a gateway.
fn listeners() -> Listeners {
    ports().find_map(|port| Listeners::bind(None, port, "test").ok()).expect("a free port")
}

/// A port for a service behind it.
pub(crate) async fn listener() -> TcpListener {
    for port in ports() {
        if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            return listener;
        }
    }
    panic!("no free port");
}

/// What a service does with a request.
pub(crate) enum Reply {
    /// Answers with these bytes, and takes the next request.
    Answer(Vec<u8>),
    /// Answers with these bytes, and closes.
    Last(Vec<u8>),
    /// Answers with these bytes, then waits for the client to go.
    Hang(Vec<u8>),
    /// Answers with these bytes, then sends back what it gets, and `bye` when the client has ended.
    Echo(Vec<u8>),
}

/// A request as a service got it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    /// How many requests came on its connection before it.
    pub(crate) earlier: usize,
}

impl Seen {
    /// The values of a header, in order.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        let fields = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        fields.filter(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).collect()
    }

    pub(crate) fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }
}

/// A service behind the gateway.
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    pub(crate) seen: Arc<Mutex<Vec<Seen>>>,
}

impl Upstream {
    pub(crate) async fn start(reply: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = listener().await;
        let seen = Arc::new(Mutex::new(Vec::new()));
        let address = listener.local_addr().unwrap();
        let (reply, log) = (Arc::new(reply), Arc::clone(&seen));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, Arc::clone(&reply), Arc::clone(&log)));
            }
        });
        Self { address, seen }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

async fn converse(mut stream: TcpStream, reply: Arc<impl Fn(&Seen) -> Reply>, log: Arc<Mutex<Vec<Seen>>>) {
    let mut bytes = Vec::new();
    for earlier in 0.. {
        let Some(end) = read_head(&mut stream, &mut bytes).await else { return };
        let mut seen =
            Seen { head: String::from_utf8(bytes.drain(..end).collect()).unwrap(), body: Vec::new(), earlier };
        let length = seen.all("content-length").first().map_or(0, |length| length.parse().unwrap());
        while bytes.len() < length {
            if stream.read_buf(&mut bytes).await.unwrap() == 0 {
                return;
            }
        }
        seen.body = bytes.drain(..length).collect();
        log.lock().unwrap().push(seen.clone());
        match reply(&seen) {
            Reply::Answer(answer) => stream.write_all(&answer).await.unwrap(),
            Reply::Last(answer) => return stream.write_all(&answer).await.unwrap(),
            Reply::Hang(answer) => {
                stream.write_all(&answer).await.unwrap();
                drop(stream.read_to_end(&mut bytes).await);
                return;
            }
            Reply::Echo(answer) => {
                stream.write_all(&answer).await.unwrap();
                stream.write_all(&bytes).await.unwrap();
                let mut space = [0; 4096];
                while let Ok(read @ 1..) = stream.read(&mut space).await {
                    stream.write_all(&space[..read]).await.unwrap();
                }
                return drop(stream.write_all(b"bye").await);
            }
        }
    }
}

async fn read_head(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<usize> {
    loop {
        if let Some(at) = bytes.windows(4).position(|end| end == b"\r\n\r\n") {
            return Some(at + 4);
        }
        if stream.read_buf(bytes).await.ok()? == 0 {
            return None;
        }
    }
}

/// A JSON answer of 200.
pub(crate) fn ok(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into()
}

/// A gateway that runs.
pub(crate) struct Gateway {
    pub(crate) port: u16,
    pub(crate) data: tempfile::TempDir,
    pub(crate) market: Upstream,
    pub(crate) dashboard: Upstream,
    pub(crate) trading: Upstream,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Gateway {
    /// One whose market data service answers so.
    pub(crate) async fn start(reply: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::with(reply, Limits::default(), Timeouts::default()).await
    }

    pub(crate) async fn with(
        reply: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
        limits: Limits,
        timeouts: Timeouts,
    ) -> Self {
        Self::assemble(Upstream::start(reply).await, limits, timeouts).await
    }

    /// One before this market data service.
    pub(crate) async fn assemble(market: Upstream, limits: Limits, timeouts: Timeouts) -> Self {
        let dashboard = Upstream::start(|_| Reply::Answer(ok("\"dashboard\""))).await;
        let trading = Upstream::start(|_| Reply::Answer(ok("\"trading\""))).await;
        let data = tempfile::tempdir().unwrap();
        let listeners = listeners();
        let port = listeners.port();
        let config = Config {
            data_directory: data.path().into(),
            hosts: PublicHosts::default(),
            market_data: market.address,
            trading: trading.address,
            dashboard: dashboard.address,
            limits,
            timeouts,
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            gateway_svc::run(listeners, config, async { drop(stopped.await) }).await.unwrap();
        });
        Self { port, data, market, dashboard, trading, stop: Some(stop), task }
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).await.unwrap()
    }

    /// Sends these bytes and reads until the gateway closes.
    pub(crate) async fn send(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect().await;
        // What is refused early may not be taken whole.
        drop(stream.write_all(bytes.as_ref()).await);
        read_all(&mut stream).await
    }

    /// A request with these header lines, each ending with CR LF, that closes its connection.
    pub(crate) async fn ask(&self, method: &str, target: &str, lines: &str, body: &str) -> Response {
        let port = self.port;
        let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        let head =
            format!("{method} {target} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n{lines}{length}\r\n");
        Response::parse(&self.send(format!("{head}{body}")).await)
    }

    pub(crate) async fn get(&self, target: &str) -> Response {
        self.ask("GET", target, "", "").await
    }

    /// Tells it to stop, and waits until it has.
    pub(crate) async fn stop(mut self) {
        drop(self.stop.take());
        tokio::time::timeout(PATIENCE, self.task).await.expect("it stops").unwrap();
    }
}

/// All that still comes.
pub(crate) async fn read_all(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let ended = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("the connection ends");
    // A reset after the answer is an end too.
    drop(ended);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads exactly as many bytes as are expected.
#[track_caller]
pub(crate) fn expect<'a>(stream: &'a mut TcpStream, bytes: &'a [u8]) -> impl Future<Output = ()> + 'a {
    let caller = std::panic::Location::caller();
    async move {
        let mut found = vec![0; bytes.len()];
        let read = tokio::time::timeout(PATIENCE, stream.read_exact(&mut found)).await;
        assert!(matches!(read, Ok(Ok(_))), "{caller}: {read:?}");
        assert!(found == bytes, "{caller}: {:?}", String::from_utf8_lossy(&found));
    }
}

/// Reads a response's head.
pub(crate) async fn head(stream: &mut TcpStream) -> Response {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        let byte = tokio::time::timeout(PATIENCE, stream.read_u8()).await.expect("in time").expect("a head");
        bytes.push(byte);
    }
    Response::parse(std::str::from_utf8(&bytes).unwrap())
}

/// A response's parts.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Response {
    #[track_caller]
    pub(crate) fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no response: {text:?}"));
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        Self { status: status.expect("a status"), headers, body: body.to_owned() }
    }

    /// The one value of a header.
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(found, _)| found == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} twice in {:?}", self.headers);
        value
    }

    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}
