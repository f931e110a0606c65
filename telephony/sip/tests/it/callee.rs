//! A phone, PBX or carrier that is called, and writes every byte itself.

use std::net::SocketAddr;

use mostik_sip::{Dial, Route, Transport};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};
use tokio_rustls::TlsAcceptor;

use crate::heard::{Heard, take_message};
use crate::paper::Paper;
use crate::world::{ANSWER, soon};

pub(crate) const OFFER: &str = "v=0\r\ns=our offer\r\n";

enum Line {
    Udp(UdpSocket, Option<SocketAddr>),
    Stream { listener: TcpListener, tls: Option<TlsAcceptor>, open: Option<(Box<dyn Io>, Vec<u8>)> },
}

/// A stream of either kind.
trait Io: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Io for S {}

pub(crate) struct Callee {
    line: Line,
    pub(crate) local: SocketAddr,
    /// What stands in the Contact of its answers.
    pub(crate) contact: String,
}

impl Callee {
    pub(crate) async fn udp() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let local = socket.local_addr().unwrap();
        let contact = format!("<sip:callee@{local}>");
        Self { line: Line::Udp(socket, None), local, contact }
    }

    pub(crate) async fn tcp() -> Self {
        Self::stream(None, "tcp").await
    }

    pub(crate) async fn tls(paper: &Paper) -> Self {
        Self::stream(Some(paper.acceptor()), "tls").await
    }

    async fn stream(tls: Option<TlsAcceptor>, token: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let local = listener.local_addr().unwrap();
        let contact = format!("<sip:callee@{local};transport={token}>");
        Self { line: Line::Stream { listener, tls, open: None }, local, contact }
    }

    fn transport(&self) -> Transport {
        match self.line {
            Line::Udp(..) => Transport::Udp,
            Line::Stream { tls: None, .. } => Transport::Tcp,
            Line::Stream { .. } => Transport::Tls,
        }
    }

    pub(crate) fn route(&self) -> Route {
        Route::Direct { transport: self.transport(), address: self.local }
    }

    /// Lets somebody in who will not believe our certificate.
    pub(crate) async fn refuse_handshake(&mut self) {
        let Line::Stream { listener, tls: Some(tls), .. } = &self.line else { panic!("no TLS") };
        let (stream, _) = soon(listener.accept()).await.unwrap();
        assert!(soon(tls.accept(stream)).await.is_err());
    }

    pub(crate) fn order(&self) -> Dial {
        Dial::new(format!("sip:bob@{}", self.local), self.route(), OFFER)
    }

    /// Whether a datagram waits to be heard.
    pub(crate) fn has_mail(&self) -> bool {
        matches!(&self.line, Line::Udp(socket, _) if socket.try_peek_sender().is_ok())
    }

    /// The next message, whatever it is.
    pub(crate) async fn hear(&mut self) -> Heard {
        soon(self.next()).await
    }

    /// The next request of this method; the same one repeated does not count.
    pub(crate) async fn expect(&mut self, method: &str) -> Heard {
        loop {
            let heard = self.hear().await;
            if heard.start.starts_with(method) {
                return heard;
            }
            let repeated = ["INVITE", "SIP/2.0", "ACK"].iter().any(|m| heard.start.starts_with(m));
            assert!(repeated, "{} instead of {method}", heard.start);
        }
    }

    /// The next request of this method that is not `known` repeated.
    pub(crate) async fn expect_another(&mut self, method: &str, known: &Heard) -> Heard {
        loop {
            let heard = self.hear().await;
            if heard.start.starts_with(method) && heard.header("CSeq") != known.header("CSeq") {
                return heard;
            }
        }
    }

    /// The INVITE of the next call.
    pub(crate) async fn expect_call_after(&mut self, known: &Heard) -> Heard {
        loop {
            let heard = self.hear().await;
            let other = || heard.header("Call-ID") != known.header("Call-ID");
            if heard.start.starts_with("INVITE") && other() {
                return heard;
            }
        }
    }

    /// Breaks the stream; the next one that is opened to it takes its place.
    pub(crate) fn close(&mut self) {
        if let Line::Stream { open, .. } = &mut self.line {
            *open = None;
        }
    }

    async fn next(&mut self) -> Heard {
        match &mut self.line {
            Line::Udp(socket, peer) => {
                let mut bytes = vec![0; 65_536];
                let (length, source) = socket.recv_from(&mut bytes).await.unwrap();
                *peer = Some(source);
                Heard::read(&bytes[..length])
            }
            Line::Stream { listener, tls, open } => {
                if open.is_none() {
                    let (stream, _) = listener.accept().await.unwrap();
                    let stream: Box<dyn Io> = match tls {
                        Some(tls) => Box::new(tls.accept(stream).await.unwrap()),
                        None => Box::new(stream),
                    };
                    *open = Some((stream, Vec::new()));
                }
                let (stream, buffer) = open.as_mut().unwrap();
                loop {
                    if let Some(heard) = take_message(buffer) {
                        return heard;
                    }
                    let mut bytes = [0; 4096];
                    let length = stream.read(&mut bytes).await.unwrap();
                    assert!(length > 0, "the connection was closed");
                    buffer.extend_from_slice(&bytes[..length]);
                }
            }
        }
    }

    pub(crate) async fn send(&mut self, message: &str) {
        match &mut self.line {
            Line::Udp(socket, peer) => {
                socket.send_to(message.as_bytes(), peer.unwrap()).await.unwrap();
            }
            Line::Stream { open, .. } => {
                let (stream, _) = open.as_mut().unwrap();
                stream.write_all(message.as_bytes()).await.unwrap();
                stream.flush().await.unwrap();
            }
        }
    }

    /// Answers a request; `tag` names the branch, empty for none.
    pub(crate) async fn answer(
        &mut self,
        to: &Heard,
        status: &str,
        tag: &str,
        extra: &str,
        body: &str,
    ) {
        let answer = self.written(to, status, tag, extra, body);
        self.send(&answer).await;
    }

    /// The answer to a request; `tag` names the branch, empty for none.
    pub(crate) fn written(
        &self,
        to: &Heard,
        status: &str,
        tag: &str,
        extra: &str,
        body: &str,
    ) -> String {
        let tagged = match (tag, to.header("To").contains("tag=")) {
            ("", _) | (_, true) => to.header("To").to_owned(),
            (tag, false) => format!("{};tag={tag}", to.header("To")),
        };
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        let (via, from) = (to.header("Via"), to.header("From"));
        let (call_id, cseq) = (to.header("Call-ID"), to.header("CSeq"));
        let (contact, length) = (&self.contact, body.len());
        format!(
            "SIP/2.0 {status}\r\nVia: {via}\r\nFrom: {from}\r\nTo: {tagged}\r\n\
             Call-ID: {call_id}\r\nCSeq: {cseq}\r\nContact: {contact}\r\n{extra}{kind}\
             Content-Length: {length}\r\n\r\n{body}"
        )
    }

    /// Picks up: 200 with a session description.
    pub(crate) async fn pick_up(&mut self, invite: &Heard) {
        self.answer(invite, "200 OK", "callee", "", ANSWER).await;
    }

    /// A request of the callee within the call that `invite` began.
    pub(crate) async fn ask(&mut self, invite: &Heard, method: &str, number: u32) {
        self.ask_with(invite, method, number, "", "").await;
    }

    pub(crate) async fn ask_with(
        &mut self,
        invite: &Heard,
        method: &str,
        number: u32,
        extra: &str,
        body: &str,
    ) {
        let contact = invite.header("Contact").trim_start_matches('<');
        let target = contact.split('>').next().unwrap().to_owned();
        let (local, call_id) = (self.local, invite.header("Call-ID"));
        let token = self.transport().token();
        let (from, mut to) = (invite.header("To"), invite.header("From"));
        if method == "INVITE" {
            // A call of its own.
            to = to.split(";tag=").next().unwrap();
        }
        let (contact, length) = (&self.contact, body.len());
        let message = format!(
            "{method} {target} SIP/2.0\r\nVia: SIP/2.0/{token} {local};branch=z9hG4bK-c{number}\r\n\
             Max-Forwards: 70\r\nFrom: {from};tag=callee\r\nTo: {to}\r\nCall-ID: {call_id}\r\n\
             CSeq: {number} {method}\r\nContact: {contact}\r\n{extra}Content-Length: {length}\r\n\r\n{body}"
        );
        self.send(&message).await;
    }
}
