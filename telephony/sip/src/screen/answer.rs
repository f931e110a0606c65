//! Answers the screen gives by itself, without state (RFC 3261 section 8.2.7).

use std::fmt::Write as _;
use std::hash::{BuildHasher, RandomState};
use std::net::SocketAddr;

use super::message::RawMessage;
use super::rules::Refusal;

/// How much longer than the request an answer may be. A request with a forged source must not
/// turn into more bytes at the victim; a To tag and a status line need a little room.
const ROOM: usize = 48;

/// Writes refusals. The same request always gets the same To tag, as a stateless server must.
#[derive(Default)]
pub(crate) struct Answerer {
    tags: RandomState,
}

impl Answerer {
    /// The refusal in bytes, or `None` where nothing may be answered: an ACK, a response, a
    /// request whose headers cannot be echoed, or one too short to be worth it.
    pub(crate) fn answer(
        &self,
        message: &RawMessage<'_>,
        refusal: &Refusal,
        source: SocketAddr,
        request_length: usize,
    ) -> Option<Vec<u8>> {
        let response = message.start_line.starts_with("SIP/");
        if response || message.start_line.starts_with("ACK ") {
            return None;
        }
        let room = request_length + ROOM;
        [refusal.hint.as_ref(), None]
            .into_iter()
            .filter_map(|hint| self.write(message, refusal, hint, source))
            .find(|answer| answer.len() <= room)
            .map(String::into_bytes)
    }

    fn write(
        &self,
        message: &RawMessage<'_>,
        refusal: &Refusal,
        hint: Option<&(&'static str, String)>,
        source: SocketAddr,
    ) -> Option<String> {
        // A request that lacks some of these is told so with what it has.
        let named = |name| message.all(name).next();
        let (from, to) = (named("from"), named("to"));
        let (call_id, cseq) = (named("call-id"), named("cseq")?);
        let mut vias = message.all("via");
        let top = received_from(vias.next()?, source);
        let to = to.map(|to| {
            if has_tag(to) {
                return to.to_owned();
            }
            format!("{to};tag={}", self.tag(&top, from, call_id, cseq))
        });
        let mut answer = format!("SIP/2.0 {} {}\r\n", refusal.status, refusal.reason);
        write!(answer, "Via: {top}\r\n").ok()?;
        for via in vias {
            write!(answer, "Via: {via}\r\n").ok()?;
        }
        let echoed = [("From", from), ("To", to.as_deref()), ("Call-ID", call_id)];
        for (name, value) in echoed.into_iter().chain([("CSeq", Some(cseq))]) {
            if let Some(value) = value {
                write!(answer, "{name}: {value}\r\n").ok()?;
            }
        }
        if let Some((name, value)) = hint {
            write!(answer, "{name}: {value}\r\n").ok()?;
        }
        answer.push_str("Content-Length: 0\r\n\r\n");
        Some(answer)
    }

    fn tag(&self, via: &str, from: Option<&str>, call_id: Option<&str>, cseq: &str) -> String {
        let hash = self.tags.hash_one((via, from, call_id, cseq));
        format!("{:08x}", hash & 0xffff_ffff)
    }
}

fn has_tag(to: &str) -> bool {
    let after_address = to.rsplit_once('>').map_or(to, |(_, after)| after);
    super::address::parameter(after_address, "tag").is_some()
}

/// The top Via with where it really came from: `received` when the address differs, `rport` when
/// it asks (RFC 3581 section 4).
fn received_from(via: &str, source: SocketAddr) -> String {
    let (first, others) = match via.split_once(',') {
        Some((first, others)) => (first.trim_end(), Some(others)),
        None => (via, None),
    };
    let mut parts = first.split(';');
    let mut top = parts.next().unwrap_or_default().trim().to_owned();
    let mut asked = false;
    for parameter in parts.map(str::trim) {
        let name = parameter.split('=').next().unwrap_or_default().trim();
        if name.eq_ignore_ascii_case("rport") {
            asked = true;
        } else if !name.eq_ignore_ascii_case("received") {
            top.push(';');
            top.push_str(parameter);
        }
    }
    let address = source.ip().to_canonical();
    let (_, said) = super::address::user_and_host(&format!("sip:{}", sent_by(first)));
    if asked || said.parse() != Ok(address) {
        // Writing to a String cannot fail.
        write!(top, ";received={address}").ok();
    }
    if asked {
        write!(top, ";rport={}", source.port()).ok();
    }
    match others {
        Some(others) => format!("{top},{others}"),
        None => top,
    }
}

/// Host and port of a Via value.
fn sent_by(via: &str) -> &str {
    let host = via.split_once([' ', '\t']).map_or("", |(_, rest)| rest);
    host.split(';').next().unwrap_or_default().trim()
}
