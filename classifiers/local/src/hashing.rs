//! Our own hashes: the compiled-in models depend on them, so they never change
//! with a library or a machine.

const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// FNV-1a, begun with a seed and finished so that the low bits are good.
pub(crate) fn hash(seed: u64, bytes: &[u8]) -> u64 {
    finish(extend(begin(seed), bytes))
}

/// The state before any byte.
pub(crate) const fn begin(seed: u64) -> u64 {
    OFFSET ^ seed.wrapping_mul(PRIME)
}

/// FNV-1a without finishing, to be continued.
pub(crate) fn extend(state: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(state, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(PRIME))
}

pub(crate) const fn finish(value: u64) -> u64 {
    let value = (value ^ (value >> 32)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value ^ (value >> 29)
}
