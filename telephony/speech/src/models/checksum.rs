//! Whether a file is the one that the catalogue names.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::ModelError;
use super::catalogue::ModelFile;

/// Compares length and SHA-256. Blocks on the disk.
pub(super) fn verify(path: &Path, expected: &ModelFile) -> Result<(), ModelError> {
    let file = File::open(path)?;
    let right_length = file.metadata()?.len() == expected.bytes;
    if right_length && sha256(file)? == expected.sha256 {
        Ok(())
    } else {
        Err(ModelError::Damaged { file: expected.name.into() })
    }
}

/// SHA-256 (FIPS 180-4) in hexadecimal.
fn sha256(mut source: impl Read) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        match source.read(&mut buffer)? {
            0 => break,
            count => hasher.update(&buffer[..count]),
        }
    }
    let mut hexadecimal = String::with_capacity(64);
    for byte in hasher.finalize() {
        let _ = write!(hexadecimal, "{byte:02x}");
    }
    Ok(hexadecimal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_example_is_met() {
        assert_eq!(
            sha256(&b"abc"[..]).unwrap(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
