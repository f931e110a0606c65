//! A real HTTP server of a few lines for tests: one prepared reply for each request.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// A prepared answer.
pub(crate) struct Reply {
    head: String,
    body: Vec<u8>,
}

impl Reply {
    pub(crate) fn json(body: &str) -> Self {
        Self::status(200, body)
    }

    pub(crate) fn status(status: u16, body: &str) -> Self {
        Self::bytes(status, "", body.as_bytes(), body.len())
    }

    /// With further header lines, and with a length that may be more than there is.
    pub(crate) fn bytes(status: u16, headers: &str, body: &[u8], length: usize) -> Self {
        let head = format!(
            "HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n"
        );
        Self { head, body: body.to_vec() }
    }
}

/// Listens on a free port of loopback until it is dropped.
pub(crate) struct TestServer {
    address: String,
    task: JoinHandle<()>,
}

impl TestServer {
    /// Answers requests in order; each request is passed on as it came.
    pub(crate) async fn start(replies: Vec<Reply>) -> (Self, mpsc::UnboundedReceiver<Vec<u8>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (sender, requests) = mpsc::unbounded_channel();
        let task = tokio::spawn(async move {
            for reply in replies {
                let (mut stream, _) = listener.accept().await.unwrap();
                let request = read_request(&mut stream).await;
                let _ = stream.write_all(reply.head.as_bytes()).await;
                let _ = stream.write_all(&reply.body).await;
                let _ = stream.shutdown().await;
                let _ = sender.send(request);
            }
        });
        (Self { address, task }, requests)
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Reads head and body; a body comes by its length or in chunks.
async fn read_request(stream: &mut TcpStream) -> Vec<u8> {
    let mut request = Vec::new();
    let mut buffer = vec![0; 65_536];
    while !is_complete(&request) {
        let read = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut buffer));
        match read.await.unwrap().unwrap() {
            0 => break,
            count => request.extend_from_slice(&buffer[..count]),
        }
    }
    request
}

fn is_complete(request: &[u8]) -> bool {
    let Some(end) = request.windows(4).position(|window| window == b"\r\n\r\n") else {
        return false;
    };
    let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .and_then(|length| length.trim().parse::<usize>().ok());
    match length {
        Some(length) => request.len() >= end + 4 + length,
        None if head.contains("chunked") => request.ends_with(b"0\r\n\r\n"),
        None => true,
    }
}
