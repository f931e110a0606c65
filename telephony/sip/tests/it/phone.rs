//! A phone that writes every byte itself.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};

use mostik_sip::Transport;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio_rustls::client::TlsStream;

use crate::heard::{Heard, take_message};
use crate::paper::Paper;
use crate::proof::of_sha256;
use crate::world::soon;

static NUMBER: AtomicU32 = AtomicU32::new(1);

fn unique() -> u32 {
    NUMBER.fetch_add(1, Ordering::Relaxed)
}

enum Line {
    Udp(UdpSocket),
    Tcp(TcpStream, Vec<u8>),
    Tls(Box<TlsStream<TcpStream>>, Vec<u8>),
}

pub(crate) struct Phone {
    line: Line,
    pub(crate) local: SocketAddr,
    edge: SocketAddr,
    token: &'static str,
    call_id: String,
    branch: String,
    to: String,
    tag: String,
    /// Who it says to be.
    pub(crate) caller: String,
    target: String,
    pub(crate) number: u32,
    /// What stands in the Contact of this phone.
    pub(crate) contact: String,
}

impl Phone {
    pub(crate) async fn connect(transport: Transport, edge: SocketAddr) -> Self {
        Self::from_address(transport, "127.0.0.1:0", edge).await
    }

    pub(crate) async fn from_address(transport: Transport, from: &str, edge: SocketAddr) -> Self {
        let (line, local) = match transport {
            Transport::Udp => {
                let socket = UdpSocket::bind(from).await.unwrap();
                socket.connect(edge).await.unwrap();
                let local = socket.local_addr().unwrap();
                (Line::Udp(socket), local)
            }
            Transport::Tls => panic!("say whom to believe"),
            Transport::Tcp => {
                let socket = tokio::net::TcpSocket::new_v4().unwrap();
                socket.bind(from.parse().unwrap()).unwrap();
                let stream = socket.connect(edge).await.unwrap();
                let local = stream.local_addr().unwrap();
                (Line::Tcp(stream, Vec::new()), local)
            }
        };
        Self::on(line, local, edge, transport)
    }

    /// A phone that believes only this certificate.
    pub(crate) async fn connect_tls(paper: &Paper, edge: SocketAddr) -> Self {
        let stream = TcpStream::connect(edge).await.unwrap();
        let local = stream.local_addr().unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let stream = soon(paper.connector().connect(name, stream)).await.unwrap();
        Self::on(Line::Tls(Box::new(stream), Vec::new()), local, edge, Transport::Tls)
    }

    fn on(line: Line, local: SocketAddr, edge: SocketAddr, transport: Transport) -> Self {
        let token = transport.token();
        Self {
            line,
            local,
            edge,
            token,
            call_id: format!("{}@phone", unique()),
            branch: String::new(),
            to: format!("<sip:support@{edge}>"),
            tag: "phone".to_owned(),
            caller: "ada".to_owned(),
            target: format!("sip:support@{edge}"),
            number: 0,
            contact: format!("<sip:ada@{local};transport={token}>"),
        }
    }

    /// A request of this phone as it would write it.
    pub(crate) fn request(&mut self, method: &str, extra: &str, body: &str) -> String {
        if method != "ACK" && method != "CANCEL" {
            self.number += 1;
            self.branch = format!("z9hG4bK-{}", unique());
        }
        let (token, local, branch, call_id) = (self.token, self.local, &self.branch, &self.call_id);
        let (target, to, number, contact) = (&self.target, &self.to, self.number, &self.contact);
        let (tag, caller, length) = (&self.tag, &self.caller, body.len());
        format!(
            "{method} {target} SIP/2.0\r\n\
             Via: SIP/2.0/{token} {local};branch={branch};rport\r\n\
             Max-Forwards: 70\r\n\
             From: \"Ada\" <sip:{caller}@{local}>;tag={tag}\r\n\
             To: {to}\r\n\
             Call-ID: {call_id}\r\n\
             CSeq: {number} {method}\r\n\
             Contact: {contact}\r\n\
             {extra}Content-Length: {length}\r\n\r\n{body}"
        )
    }

    pub(crate) async fn invite(&mut self, offer: Option<&str>) -> String {
        let kind = offer.map_or("", |_| "Content-Type: application/sdp\r\n");
        let invite = self.request("INVITE", kind, offer.unwrap_or_default());
        self.send(&invite).await;
        invite
    }

    /// Asks and returns the first answer that is not provisional.
    pub(crate) async fn ask(&mut self, method: &str, extra: &str, body: &str) -> Heard {
        let request = self.request(method, extra, body);
        self.send(&request).await;
        self.answer_to(method).await
    }

    /// Asks about the desk phone `user`, outside any call.
    pub(crate) async fn ask_as(&mut self, method: &str, user: &str, extra: &str) -> Heard {
        self.to = format!("<sip:{user}@{}>", self.edge);
        self.ask(method, extra, "").await
    }

    /// The address this phone's requests are for.
    pub(crate) fn target(&self) -> String {
        self.target.clone()
    }

    /// Sends a request again and again until it is answered, as phones do over UDP.
    pub(crate) async fn ask_again_until_answered(&mut self, method: &str, request: &str) -> Heard {
        for _ in 0..20 {
            self.send(request).await;
            let wait = std::time::Duration::from_millis(500);
            if let Ok(answer) = tokio::time::timeout(wait, self.answer_to(method)).await {
                return answer;
            }
        }
        panic!("no answer to {method}");
    }

    pub(crate) async fn answer_to(&mut self, method: &str) -> Heard {
        loop {
            let heard = self.hear().await;
            let status = heard.start.starts_with("SIP/2.0 ") && heard.status() >= 200;
            if status && heard.header("CSeq") == format!("{} {method}", self.number) {
                return heard;
            }
        }
    }

    pub(crate) async fn expect_final(&mut self, status: u16) -> Heard {
        let heard = self.answer_to("INVITE").await;
        assert_eq!(heard.status(), status, "{heard:?}");
        heard
    }

    pub(crate) async fn expect(&mut self, status: u16) -> Heard {
        loop {
            let heard = self.hear().await;
            if heard.status() == status {
                return heard;
            }
            assert_eq!(heard.status(), 100, "expected {status}, heard {heard:?}");
        }
    }

    /// Acknowledges a 2xx: the rest of the call goes where its Contact says.
    pub(crate) async fn acknowledge(&mut self, ok: &Heard) {
        self.acknowledge_with(ok, "").await;
    }

    pub(crate) async fn acknowledge_with(&mut self, ok: &Heard, body: &str) {
        self.follow(ok);
        self.branch = format!("z9hG4bK-{}", unique());
        let ack = self.request("ACK", "", body);
        self.send(&ack).await;
    }

    /// Joins the dialog of `answer`.
    pub(crate) fn follow(&mut self, answer: &Heard) {
        answer.header("To").clone_into(&mut self.to);
        let contact = answer.header("Contact");
        let uri = contact.trim_start_matches('<').split('>').next().unwrap();
        uri.clone_into(&mut self.target);
    }

    /// Begins anew after a refusal.
    pub(crate) fn forget_dialog(&mut self) {
        self.to = format!("<sip:support@{}>", self.edge);
    }

    /// Joins the dialog that the edge's `invite` began and this phone answered.
    pub(crate) fn join(&mut self, invite: &Heard) {
        invite.header("From").clone_into(&mut self.to);
        invite.header("Call-ID").clone_into(&mut self.call_id);
        "rung".clone_into(&mut self.tag);
        let contact = invite.header("Contact").trim_start_matches('<');
        contact.split('>').next().unwrap().clone_into(&mut self.target);
    }

    /// Acknowledges a refusal, in the transaction it belongs to.
    pub(crate) async fn acknowledge_refusal(&mut self, refusal: &Heard) {
        refusal.header("To").clone_into(&mut self.to);
        let ack = self.request("ACK", "", "");
        self.send(&ack).await;
    }

    /// Answers a request of the edge.
    pub(crate) async fn reply(&mut self, request: &Heard, status: &str) {
        let echoed = ["Via", "From", "To", "Call-ID", "CSeq"]
            .map(|name| format!("{name}: {}\r\n", request.header(name)))
            .concat();
        self.send(&format!("SIP/2.0 {status}\r\n{echoed}Content-Length: 0\r\n\r\n")).await;
    }

    /// Answers the edge's INVITE; a status with a session description may be an answer of 2xx.
    pub(crate) async fn answer_call(&mut self, invite: &Heard, status: &str, session: &str) {
        let echoed = ["Via", "From", "Call-ID", "CSeq"]
            .map(|name| format!("{name}: {}\r\n", invite.header(name)))
            .concat();
        let to = invite.header("To");
        let tag = if to.contains(";tag=") { "" } else { ";tag=rung" };
        let (contact, length) = (&self.contact, session.len());
        let kind = if session.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        self.send(&format!(
            "SIP/2.0 {status}\r\n{echoed}To: {to}{tag}\r\nContact: {contact}\r\n{kind}\
             Content-Length: {length}\r\n\r\n{session}"
        ))
        .await;
    }

    /// Answers a request of the edge within a call, with lines and a session description.
    pub(crate) async fn answer_in_dialog(
        &mut self,
        request: &Heard,
        status: &str,
        lines: &str,
        session: &str,
    ) {
        let echoed = ["Via", "From", "To", "Call-ID", "CSeq"]
            .map(|name| format!("{name}: {}\r\n", request.header(name)))
            .concat();
        let (contact, length) = (&self.contact, session.len());
        let kind = if session.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        self.send(&format!(
            "SIP/2.0 {status}\r\n{echoed}Contact: {contact}\r\n{lines}{kind}\
             Content-Length: {length}\r\n\r\n{session}"
        ))
        .await;
    }

    /// The next request of this method; the same INVITE repeated does not count.
    pub(crate) async fn expect_request(&mut self, method: &str) -> Heard {
        loop {
            let heard = self.hear().await;
            if heard.start.starts_with(method) {
                return heard;
            }
            assert!(heard.start.starts_with("INVITE"), "{} instead of {method}", heard.start);
        }
    }

    /// Registers `user` with `password`.
    pub(crate) async fn register(&mut self, user: &str, password: &str) {
        let challenge = self.ask_as("REGISTER", user, "").await;
        assert_eq!(challenge.status(), 401, "{challenge:?}");
        let challenge = challenge.header("WWW-Authenticate").to_owned();
        let proof = of_sha256(&challenge, user, password, "REGISTER", &self.target());
        let answer = self.ask_as("REGISTER", user, &format!("Authorization: {proof}\r\n")).await;
        assert_eq!(answer.status(), 200, "{answer:?}");
    }

    pub(crate) async fn send(&mut self, text: &str) {
        self.send_bytes(text.as_bytes()).await;
    }

    pub(crate) async fn send_bytes(&mut self, bytes: &[u8]) {
        match &mut self.line {
            Line::Udp(socket) => drop(socket.send(bytes).await.unwrap()),
            Line::Tcp(stream, _) => stream.write_all(bytes).await.unwrap(),
            Line::Tls(stream, _) => stream.write_all(bytes).await.unwrap(),
        }
    }

    pub(crate) async fn hear(&mut self) -> Heard {
        soon(self.listen()).await
    }

    async fn listen(&mut self) -> Heard {
        match &mut self.line {
            Line::Udp(socket) => {
                let mut buffer = vec![0; 65_536];
                let length = socket.recv(&mut buffer).await.unwrap();
                Heard::read(&buffer[..length])
            }
            Line::Tcp(stream, buffer) => read_message(stream, buffer).await,
            Line::Tls(stream, buffer) => read_message(stream, buffer).await,
        }
    }

    /// The next bytes as they come, for keep-alives. Empty when a stream closed.
    pub(crate) async fn hear_bytes(&mut self) -> Vec<u8> {
        let mut bytes = vec![0; 65_536];
        let length = match &mut self.line {
            Line::Udp(socket) => soon(socket.recv(&mut bytes)).await.unwrap(),
            // A reset is an end, too.
            Line::Tcp(stream, _) => soon(stream.read(&mut bytes)).await.unwrap_or(0),
            Line::Tls(stream, _) => soon(stream.read(&mut bytes)).await.unwrap_or(0),
        };
        bytes.truncate(length);
        bytes
    }

    /// Whether a datagram waits to be heard.
    pub(crate) fn has_mail(&self) -> bool {
        matches!(&self.line, Line::Udp(socket) if socket.try_peek_sender().is_ok())
    }

    /// Asserts that nothing came. Call it after something that came later was seen.
    pub(crate) fn heard_nothing(&self) {
        let mut bytes = [0; 64];
        let heard = match &self.line {
            Line::Udp(socket) => socket.try_recv(&mut bytes),
            Line::Tcp(stream, _) => stream.try_read(&mut bytes),
            Line::Tls(stream, _) => stream.get_ref().0.try_read(&mut bytes),
        };
        let kind = heard.map_err(|error| error.kind());
        assert_eq!(kind, Err(std::io::ErrorKind::WouldBlock));
    }

    /// Loses the connection and comes back by a new one.
    pub(crate) async fn reconnect(&mut self) {
        let stream = TcpStream::connect(self.edge).await.unwrap();
        self.local = stream.local_addr().unwrap();
        self.line = Line::Tcp(stream, Vec::new());
    }
}

async fn read_message(stream: &mut (impl AsyncRead + Unpin), buffer: &mut Vec<u8>) -> Heard {
    loop {
        if let Some(heard) = take_message(buffer) {
            return heard;
        }
        let mut bytes = [0; 4096];
        let length = stream.read(&mut bytes).await.unwrap();
        assert!(length > 0, "the edge closed the connection");
        buffer.extend_from_slice(&bytes[..length]);
    }
}
