//! A call's two sockets, and the ciphers between them and the call.

use std::io::ErrorKind;
use std::net::{SocketAddr, UdpSocket};

use crate::srtp::{Opener, Protector};
use crate::{MediaPlan, RtpSockets};

/// What came out of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// Nothing more waits.
    Nothing,
    /// A plain packet of audio of this length is in the buffer.
    Audio(usize, SocketAddr),
    /// A plain compound of reports.
    Reports(usize, SocketAddr),
    /// Something that is not for us: not authentic, or seen before.
    Refused,
}

#[derive(Debug)]
pub(crate) struct Wire {
    sockets: RtpSockets,
    security: Option<(Protector, Opener)>,
}

impl Wire {
    pub(crate) fn new(sockets: RtpSockets, plan: &MediaPlan) -> Self {
        let mut wire = Self { sockets, security: None };
        wire.renegotiated(plan);
        wire
    }

    /// Keys that stay the same go on: their streams count on (RFC 4568 section 7.1.4).
    pub(crate) fn renegotiated(&mut self, plan: &MediaPlan) {
        let before = self.security.take();
        self.security = plan.srtp.map(|keys| {
            let (protector, opener) = before.unzip();
            (
                protector
                    .filter(|protector| protector.uses(&keys.ours))
                    .unwrap_or_else(|| Protector::new(keys.ours)),
                opener
                    .filter(|opener| opener.uses(&keys.theirs))
                    .unwrap_or_else(|| Opener::new(keys.theirs)),
            )
        });
    }

    /// The next datagram at the port of the audio, where reports may come too (RFC 5761).
    pub(crate) fn receive(&mut self, buffer: &mut [u8]) -> Arrival {
        match take(&self.sockets.rtp, buffer) {
            Some((length, source)) => self.opened(&mut buffer[..length], source),
            None => Arrival::Nothing,
        }
    }

    /// The next datagram at the port of the reports.
    pub(crate) fn receive_reports(&mut self, buffer: &mut [u8]) -> Arrival {
        let Some((length, source)) = take(&self.sockets.reports, buffer) else {
            return Arrival::Nothing;
        };
        match self.opened(&mut buffer[..length], source) {
            Arrival::Audio(..) => Arrival::Refused,
            arrival => arrival,
        }
    }

    fn opened(&mut self, datagram: &mut [u8], source: SocketAddr) -> Arrival {
        let reports = is_report(datagram);
        let length = match &mut self.security {
            None => Ok(datagram.len()),
            Some((_, opener)) if reports => opener.open_reports(datagram),
            Some((_, opener)) => opener.open(datagram),
        };
        match length {
            Ok(length) if reports => Arrival::Reports(length, source),
            Ok(length) => Arrival::Audio(length, source),
            Err(_) => Arrival::Refused,
        }
    }

    /// Sends a packet of audio. One that cannot be sent is lost, as in the network.
    pub(crate) fn send(&mut self, packet: &mut Vec<u8>, target: SocketAddr) -> bool {
        let secured = self.security.as_mut().map(|(protector, _)| protector.protect(packet));
        // What cannot be secured must not go out in the clear.
        secured.is_none_or(|secured| secured.is_ok())
            && self.sockets.rtp.send_to(packet, target).is_ok()
    }

    /// Sends reports, from the port of the audio when the ports are shared.
    pub(crate) fn send_reports(&mut self, packet: &mut Vec<u8>, target: SocketAddr, shared: bool) {
        let secured =
            self.security.as_mut().map(|(protector, _)| protector.protect_reports(packet));
        if secured.is_none_or(|secured| secured.is_ok()) {
            let socket = if shared { &self.sockets.rtp } else { &self.sockets.reports };
            let _ = socket.send_to(packet, target);
        }
    }
}

/// RFC 5761 section 4: the second octet tells them apart.
fn is_report(datagram: &[u8]) -> bool {
    matches!(datagram.get(1), Some(192..=223))
}

fn take(socket: &UdpSocket, buffer: &mut [u8]) -> Option<(usize, SocketAddr)> {
    loop {
        match socket.recv_from(buffer) {
            Ok(arrived) => return Some(arrived),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // Nothing more, or an ICMP echo of what we sent; the media timeout judges those.
            Err(_) => return None,
        }
    }
}
