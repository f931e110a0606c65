//! The encoder as it is stored: little-endian, every length checked.

use std::fmt;

/// Bytes that are not an encoder of this version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidEncoder(pub(super) &'static str);

impl fmt::Display for InvalidEncoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not an encoder that this version can use: {}", self.0)
    }
}

impl std::error::Error for InvalidEncoder {}

/// What remains to be read.
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

impl<'a> Bytes<'a> {
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], InvalidEncoder> {
        let (taken, rest) =
            self.0.split_at_checked(count).ok_or(InvalidEncoder("it is cut short"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], InvalidEncoder> {
        self.take(N)?.try_into().map_err(|_| InvalidEncoder("it is cut short"))
    }

    pub(super) fn byte(&mut self) -> Result<u8, InvalidEncoder> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// A whole number within `1..=most`.
    pub(super) fn size(&mut self, most: usize) -> Result<usize, InvalidEncoder> {
        let size = u32::from_le_bytes(self.array()?) as usize;
        if size == 0 || size > most {
            Err(InvalidEncoder("a size is out of range"))
        } else {
            Ok(size)
        }
    }

    /// A finite number.
    pub(super) fn number(&mut self) -> Result<f32, InvalidEncoder> {
        let value = f32::from_le_bytes(self.array()?);
        if value.is_finite() { Ok(value) } else { Err(InvalidEncoder("a number is not finite")) }
    }

    pub(super) fn numbers(&mut self, count: usize) -> Result<Vec<f32>, InvalidEncoder> {
        (0..count).map(|_| self.number()).collect()
    }
}
