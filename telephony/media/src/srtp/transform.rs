//! The ciphers: RFC 3711 section 4 (counter mode and HMAC-SHA1) and RFC 7714 (GCM).

use aes::Aes128Enc;
use aes_gcm::aead::AeadInPlace as _;
use aes_gcm::{Aes128Gcm, Tag};
use ctr::cipher::{InnerIvInit as _, KeyInit as _, StreamCipher as _};
use hmac::{Hmac, Mac as _};
use sha1::Sha1;

use super::keys::KEY_LENGTH;
use super::{MasterKey, RTCP_HEADER, SrtpError, SrtpSuite};

type Counter = ctr::Ctr128BE<Aes128Enc>;

const REPORT_TAG: usize = 10;
const GCM_TAG: usize = 16;

/// What a master key becomes for packets, and for reports.
pub(super) struct Transform {
    rtp: Session,
    rtcp: Session,
}

enum Session {
    Counter { cipher: Box<Aes128Enc>, salt: [u8; 14], authentication: Box<Hmac<Sha1>>, tag: usize },
    Galois { cipher: Box<Aes128Gcm>, salt: [u8; 12] },
}

impl Transform {
    pub(super) fn new(master: &MasterKey) -> Self {
        let tag = if master.suite == SrtpSuite::AesCm32 { 4 } else { REPORT_TAG };
        Self {
            rtp: Session::derive(master, 0, tag),
            // RFC 4568 section 6.2: reports keep the long tag.
            rtcp: Session::derive(master, 3, REPORT_TAG),
        }
    }

    pub(super) fn seal_rtp(
        &self,
        packet: &mut Vec<u8>,
        header: usize,
        rollover: u32,
    ) -> Result<(), SrtpError> {
        let (stream, index) = rtp_position(packet, rollover);
        match &self.rtp {
            Session::Counter { cipher, salt, authentication, tag } => {
                xor(cipher, salt, stream, index, &mut packet[header..]);
                let code = code(authentication, packet, &rollover.to_be_bytes());
                packet.extend_from_slice(&code[..*tag]);
            }
            Session::Galois { cipher, salt } => {
                let nonce = nonce(salt, stream, index);
                let (head, body) = packet.split_at_mut(header);
                let tag = cipher
                    .encrypt_in_place_detached(&nonce.into(), head, body)
                    .map_err(|_| SrtpError::Malformed)?;
                packet.extend_from_slice(&tag);
            }
        }
        Ok(())
    }

    pub(super) fn open_rtp(
        &self,
        packet: &mut [u8],
        header: usize,
        rollover: u32,
    ) -> Result<usize, SrtpError> {
        let (stream, index) = rtp_position(packet, rollover);
        match &self.rtp {
            Session::Counter { cipher, salt, authentication, tag } => {
                let length = shortened(packet.len(), *tag, header)?;
                let (content, given) = packet.split_at_mut(length);
                verify(authentication, content, &rollover.to_be_bytes(), given)?;
                xor(cipher, salt, stream, index, &mut content[header..]);
                Ok(length)
            }
            Session::Galois { cipher, salt } => {
                let length = shortened(packet.len(), GCM_TAG, header)?;
                let (content, tag) = packet.split_at_mut(length);
                let (head, body) = content.split_at_mut(header);
                let nonce = nonce(salt, stream, index);
                cipher
                    .decrypt_in_place_detached(&nonce.into(), head, body, &tag_of(tag)?)
                    .map_err(|_| SrtpError::NotAuthentic)?;
                Ok(length)
            }
        }
    }

    pub(super) fn seal_rtcp(&self, packet: &mut Vec<u8>, index: u32) -> Result<(), SrtpError> {
        let stream = super::word(packet, 4).ok_or(SrtpError::Malformed)?;
        let position = u64::from(index & super::LAST_REPORT);
        match &self.rtcp {
            Session::Counter { cipher, salt, authentication, tag } => {
                xor(cipher, salt, stream, position, &mut packet[RTCP_HEADER..]);
                packet.extend_from_slice(&index.to_be_bytes());
                let code = code(authentication, packet, &[]);
                packet.extend_from_slice(&code[..*tag]);
            }
            Session::Galois { cipher, salt } => {
                let associated = associated(packet, index);
                let nonce = nonce(salt, stream, position);
                let tag = cipher
                    .encrypt_in_place_detached(
                        &nonce.into(),
                        &associated,
                        &mut packet[RTCP_HEADER..],
                    )
                    .map_err(|_| SrtpError::Malformed)?;
                packet.extend_from_slice(&tag);
                packet.extend_from_slice(&index.to_be_bytes());
            }
        }
        Ok(())
    }

    /// Where the index of a report of this length stands.
    pub(super) fn report_index_at(&self, length: usize) -> Option<usize> {
        let (behind, tag) = match &self.rtcp {
            Session::Counter { tag, .. } => (4 + tag, 0),
            Session::Galois { .. } => (4, GCM_TAG),
        };
        length.checked_sub(behind).filter(|at| *at >= RTCP_HEADER + tag)
    }

    pub(super) fn open_rtcp(
        &self,
        packet: &mut [u8],
        index_at: usize,
        index: u32,
        encrypted: bool,
    ) -> Result<usize, SrtpError> {
        let stream = super::word(packet, 4).ok_or(SrtpError::Malformed)?;
        let position = u64::from(index & super::LAST_REPORT);
        match &self.rtcp {
            Session::Counter { cipher, salt, authentication, .. } => {
                let (content, given) = packet.split_at_mut(index_at + 4);
                verify(authentication, content, &[], given)?;
                if encrypted {
                    xor(cipher, salt, stream, position, &mut content[RTCP_HEADER..index_at]);
                }
                Ok(index_at)
            }
            Session::Galois { cipher, salt } if encrypted => {
                let length = index_at - GCM_TAG;
                let associated = associated(packet, index);
                let nonce = nonce(salt, stream, position);
                let (content, rest) = packet.split_at_mut(length);
                let tag = tag_of(&rest[..GCM_TAG])?;
                cipher
                    .decrypt_in_place_detached(
                        &nonce.into(),
                        &associated,
                        &mut content[RTCP_HEADER..],
                        &tag,
                    )
                    .map_err(|_| SrtpError::NotAuthentic)?;
                Ok(length)
            }
            // RFC 7714 knows reports that are only authenticated; nobody sends them.
            Session::Galois { .. } => Err(SrtpError::NotAuthentic),
        }
    }
}

impl Session {
    /// RFC 3711 section 4.3: encryption key, authentication key and salt by three labels.
    fn derive(master: &MasterKey, label: u8, tag: usize) -> Self {
        let prf = Aes128Enc::new(&master.key().into());
        let derived = |label: u8, into: &mut [u8]| {
            let mut salt = master.salt();
            salt[7] ^= label;
            xor(&prf, &salt, 0, 0, into);
        };
        let (mut key, mut salt) = ([0; KEY_LENGTH], [0; 14]);
        derived(label, &mut key);
        derived(label + 2, &mut salt);
        if master.suite == SrtpSuite::AesGcm {
            let mut short = [0; 12];
            short.copy_from_slice(&salt[..12]);
            return Self::Galois { cipher: Box::new(Aes128Gcm::new(&key.into())), salt: short };
        }
        let mut authentication_key = [0; 20];
        derived(label + 1, &mut authentication_key);
        // An HMAC key is padded to the block of its hash, which is what a key of any length
        // below it becomes; so the whole block can be given at once.
        let mut block = [0; 64];
        block[..20].copy_from_slice(&authentication_key);
        let authentication = Box::new(<Hmac<Sha1> as hmac::digest::KeyInit>::new(&block.into()));
        Self::Counter { cipher: Box::new(Aes128Enc::new(&key.into())), salt, authentication, tag }
    }
}

/// RFC 3711 section 4.1.1: the keystream of one packet.
fn xor(cipher: &Aes128Enc, salt: &[u8; 14], stream: u32, index: u64, data: &mut [u8]) {
    let mut start = [0; 16];
    start[..14].copy_from_slice(salt);
    for (octet, part) in start[4..8].iter_mut().zip(stream.to_be_bytes()) {
        *octet ^= part;
    }
    for (octet, part) in start[8..14].iter_mut().zip(&index.to_be_bytes()[2..]) {
        *octet ^= part;
    }
    let mut keystream =
        Counter::from_core(ctr::CtrCore::inner_iv_init(cipher.clone(), &start.into()));
    keystream.apply_keystream(data);
}

/// RFC 7714 sections 8.1 and 9.1: both put the stream at 2 and the index at 6.
fn nonce(salt: &[u8; 12], stream: u32, index: u64) -> [u8; 12] {
    let mut nonce = *salt;
    for (octet, part) in nonce[2..6].iter_mut().zip(stream.to_be_bytes()) {
        *octet ^= part;
    }
    for (octet, part) in nonce[6..].iter_mut().zip(&index.to_be_bytes()[2..]) {
        *octet ^= part;
    }
    nonce
}

fn tag_of(octets: &[u8]) -> Result<Tag, SrtpError> {
    <[u8; GCM_TAG]>::try_from(octets).map(Tag::from).map_err(|_| SrtpError::Malformed)
}

fn associated(packet: &[u8], index: u32) -> [u8; 12] {
    let mut associated = [0; 12];
    associated[..8].copy_from_slice(&packet[..8]);
    associated[8..].copy_from_slice(&index.to_be_bytes());
    associated
}

fn rtp_position(packet: &[u8], rollover: u32) -> (u32, u64) {
    let sequence = u64::from(u16::from_be_bytes([packet[2], packet[3]]));
    (super::word(packet, 8).unwrap_or(0), (u64::from(rollover) << 16) | sequence)
}

fn shortened(length: usize, tag: usize, header: usize) -> Result<usize, SrtpError> {
    length.checked_sub(tag).filter(|rest| *rest >= header).ok_or(SrtpError::Malformed)
}

fn code(authentication: &Hmac<Sha1>, packet: &[u8], after: &[u8]) -> [u8; 20] {
    let mut code = authentication.clone();
    code.update(packet);
    code.update(after);
    code.finalize().into_bytes().into()
}

/// Compares in constant time.
fn verify(
    authentication: &Hmac<Sha1>,
    packet: &[u8],
    after: &[u8],
    given: &[u8],
) -> Result<(), SrtpError> {
    let mut code = authentication.clone();
    code.update(packet);
    code.update(after);
    code.verify_truncated_left(given).map_err(|_| SrtpError::NotAuthentic)
}
