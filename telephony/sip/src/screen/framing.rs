//! Cutting a byte stream into messages (RFC 3261 section 18.3) and keep-alives (RFC 5626
//! section 4.4.1).

use super::message::{Length, MAX_MESSAGE, content_length, find, is_token_byte, read_headers};

/// One thing found in a stream.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// A whole message.
    Message(Vec<u8>),
    /// A double line end: the peer wants one back.
    Ping,
}

/// Why a stream cannot be read on. Where the next message starts is unknown, so it must close.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum FramingError {
    /// No SIP at all.
    NotSip,
    /// Larger than we read; the head, when it is complete.
    TooLong(Option<Vec<u8>>),
    /// The head of a message whose length is missing or wrong.
    Length(Vec<u8>),
}

/// Collects the bytes of one stream; holds at most one message and what was read after it.
#[derive(Default)]
pub(crate) struct Framer {
    buffer: Vec<u8>,
    /// How far the head was searched for its end.
    searched: usize,
    half_ping: bool,
}

impl Framer {
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Whether the peer is in the middle of a message.
    pub(crate) fn is_mid_message(&self) -> bool {
        !self.buffer.is_empty()
    }

    /// The next thing in what was pushed; `None` when more bytes are needed.
    pub(crate) fn next(&mut self) -> Result<Option<Frame>, FramingError> {
        while self.buffer.starts_with(b"\r\n") {
            self.buffer.drain(..2);
            self.searched = 0;
            self.half_ping = !self.half_ping;
            if !self.half_ping {
                return Ok(Some(Frame::Ping));
            }
        }
        match self.buffer.first() {
            None => return Ok(None),
            Some(b'\r') if self.buffer.len() == 1 => return Ok(None),
            Some(first) if !is_token_byte(*first) => return Err(FramingError::NotSip),
            Some(_) => self.half_ping = false,
        }
        let from = self.searched.saturating_sub(3);
        let Some(end) = find(&self.buffer[from..], b"\r\n\r\n").map(|at| from + at + 4) else {
            self.searched = self.buffer.len();
            return match self.buffer.len() {
                0..MAX_MESSAGE => Ok(None),
                _ => Err(FramingError::TooLong(None)),
            };
        };
        let whole = self.whole_length(end)?;
        if self.buffer.len() < whole {
            return Ok(None);
        }
        let rest = self.buffer.split_off(whole);
        self.searched = 0;
        Ok(Some(Frame::Message(std::mem::replace(&mut self.buffer, rest))))
    }

    fn whole_length(&self, head_end: usize) -> Result<usize, FramingError> {
        let head = &self.buffer[..head_end];
        let text = std::str::from_utf8(&head[..head_end - 4]).map_err(|_| FramingError::NotSip)?;
        let (headers, _) = read_headers(text.split("\r\n").skip(1));
        match content_length(&headers) {
            Length::Given(body) if body <= MAX_MESSAGE - head_end.min(MAX_MESSAGE) => {
                Ok(head_end + body)
            }
            Length::Given(_) => Err(FramingError::TooLong(Some(head.to_vec()))),
            Length::Missing | Length::Wrong => Err(FramingError::Length(head.to_vec())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INFO: &[u8] = b"INFO sip:a SIP/2.0\r\nContent-Length: 4\r\n\r\nbody";

    fn all(framer: &mut Framer) -> Vec<Frame> {
        std::iter::from_fn(|| framer.next().unwrap()).collect()
    }

    #[test]
    fn messages_are_found_however_the_bytes_arrive() {
        let mut stream = INFO.repeat(3);
        stream.splice(0..0, *b"\r\n");
        for size in 1..stream.len() {
            let mut framer = Framer::default();
            let mut found = Vec::new();
            for bytes in stream.chunks(size) {
                framer.push(bytes);
                found.extend(all(&mut framer));
            }
            let expected: Vec<_> = (0..3).map(|_| Frame::Message(INFO.to_vec())).collect();
            assert_eq!(found, expected, "in pieces of {size}");
            assert!(!framer.is_mid_message());
        }
    }

    #[test]
    fn a_double_line_end_is_a_ping_also_in_pieces() {
        let mut framer = Framer::default();
        framer.push(b"\r\n\r\n");
        assert_eq!(all(&mut framer), [Frame::Ping]);
        for byte in b"\r\n\r" {
            framer.push(&[*byte]);
            assert_eq!(all(&mut framer), []);
        }
        framer.push(b"\n");
        assert_eq!(all(&mut framer), [Frame::Ping]);
    }

    #[test]
    fn a_stream_that_is_not_sip_is_given_up_at_once() {
        for bytes in [&b"\x16\x03\x01"[..], b"\0", b" INFO", b"\r\r"] {
            let mut framer = Framer::default();
            framer.push(bytes);
            assert_eq!(framer.next(), Err(FramingError::NotSip), "{bytes:?}");
        }
    }

    #[test]
    fn an_endless_head_or_body_is_given_up_at_64_kib() {
        let mut framer = Framer::default();
        let mut pushed = 0;
        let error = loop {
            framer.push(&[b'A'; 1000]);
            pushed += 1000;
            match framer.next() {
                Ok(None) => assert!(pushed < MAX_MESSAGE),
                Ok(Some(frame)) => panic!("{frame:?}"),
                Err(error) => break error,
            }
        };
        assert_eq!(error, FramingError::TooLong(None));
        let head = b"INFO sip:a SIP/2.0\r\nl: 99999999\r\n\r\n";
        let mut framer = Framer::default();
        framer.push(head);
        assert_eq!(framer.next(), Err(FramingError::TooLong(Some(head.to_vec()))));
    }

    #[test]
    fn a_stream_needs_a_length() {
        for length in ["", "l: x\r\n", "l: -1\r\n", "l: 1\r\nl: 2\r\n"] {
            let head = format!("INFO sip:a SIP/2.0\r\n{length}To: a\r\n\r\n").into_bytes();
            let mut framer = Framer::default();
            framer.push(&head);
            assert_eq!(framer.next(), Err(FramingError::Length(head)));
        }
    }
}
