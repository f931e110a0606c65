//! Names for calls that tell nothing about the caller.

use sha2::{Digest, Sha256};

/// Names a call without telling its Call-ID, which often holds an address of the caller.
pub(crate) fn opaque_id(call_id: &str, from_tag: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(call_id);
    hash.update([0]);
    hash.update(from_tag);
    let digest = hash.finalize();
    let hex = digest.iter().take(10).map(|byte| format!("{byte:02x}"));
    format!("sip-{}", hex.collect::<String>())
}
