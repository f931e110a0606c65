//! The weight file of CTranslate2 (`model.bin`, binary version 6), which the published
//! faster-whisper models use.
//!
//! Little-endian throughout: version, name and revision of the specification, count; then for
//! each variable its name, rank, dimensions, element type, byte length and bytes. Names end with
//! a zero byte that their length counts. Aliases follow, which Whisper does not need here.

use std::collections::HashMap;
use std::io::{self, Read};

use half::f16;

/// Reads no more variables than this; whisper-large-v3 has 1,262.
const MAX_VARIABLES: u32 = 10_000;
const MAX_RANK: u8 = 4;
const MAX_NAME: u16 = 512;
const VERSIONS: std::ops::RangeInclusive<u32> = 5..=6;

/// The named arrays of a model, widened to single precision.
pub(crate) struct Weights {
    arrays: HashMap<String, Array>,
}

/// An array in row-major order.
pub(crate) struct Array {
    pub(crate) shape: Vec<usize>,
    pub(crate) values: Vec<f32>,
}

/// Why a weight file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WeightError {
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    #[error("it is no Whisper model of CTranslate2: {0}")]
    Foreign(String),
    #[error("it is damaged: {0}")]
    Damaged(String),
    #[error("{0} is missing")]
    Missing(String),
    #[error("{0} has an unexpected shape")]
    Shape(String),
}

impl Weights {
    /// Reads a whole file of `length` bytes; nothing is allocated that the file cannot fill.
    pub(crate) fn read(source: impl Read, length: u64) -> Result<Self, WeightError> {
        let mut reader = Bounded { source, left: length };
        let version = reader.u32()?;
        if !VERSIONS.contains(&version) {
            return Err(WeightError::Foreign(format!("binary version {version}")));
        }
        let specification = reader.name()?;
        if specification != "WhisperSpec" {
            return Err(WeightError::Foreign(format!("specification {specification:?}")));
        }
        let _revision = reader.u32()?;
        let count = reader.u32()?;
        if count > MAX_VARIABLES {
            return Err(WeightError::Damaged(format!("{count} variables")));
        }
        let mut arrays = HashMap::new();
        for _ in 0..count {
            let name = reader.name()?;
            let array = reader.array(&name)?;
            arrays.insert(name, array);
        }
        Ok(Self { arrays })
    }

    /// Takes an array of the given shape out.
    pub(crate) fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, WeightError> {
        let array = self.arrays.remove(name).ok_or_else(|| WeightError::Missing(name.into()))?;
        if array.shape == shape { Ok(array.values) } else { Err(WeightError::Shape(name.into())) }
    }

    /// The shape of an array.
    pub(crate) fn shape(&self, name: &str) -> Result<&[usize], WeightError> {
        let array = self.arrays.get(name).ok_or_else(|| WeightError::Missing(name.into()))?;
        Ok(&array.shape)
    }

    /// A number stored as an array of rank 0, if it is a whole one in `range`.
    #[expect(clippy::cast_possible_truncation, reason = "checked against the range")]
    #[expect(clippy::cast_sign_loss, reason = "checked against the range")]
    #[expect(clippy::cast_precision_loss, reason = "the range is small")]
    pub(crate) fn number(
        &self,
        name: &str,
        range: std::ops::RangeInclusive<usize>,
    ) -> Result<usize, WeightError> {
        let array = self.arrays.get(name).ok_or_else(|| WeightError::Missing(name.into()))?;
        match array.values[..] {
            [value] if value >= *range.start() as f32 && value <= *range.end() as f32 => {
                Ok(value as usize)
            }
            _ => Err(WeightError::Shape(name.into())),
        }
    }

    /// Whether there is an array of that name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.arrays.contains_key(name)
    }
}

struct Bounded<R> {
    source: R,
    left: u64,
}

impl<R: Read> Bounded<R> {
    fn bytes(&mut self, count: u64) -> Result<Vec<u8>, WeightError> {
        self.left = self
            .left
            .checked_sub(count)
            .ok_or_else(|| WeightError::Damaged("it ends too early".into()))?;
        let size = usize::try_from(count)
            .map_err(|_| WeightError::Damaged("too large for this machine".into()))?;
        let mut buffer = vec![0; size];
        self.source.read_exact(&mut buffer)?;
        Ok(buffer)
    }

    fn u8(&mut self) -> Result<u8, WeightError> {
        Ok(self.bytes(1)?[0])
    }

    fn u16(&mut self) -> Result<u16, WeightError> {
        let bytes = self.bytes(2)?;
        Ok(u16::from_le_bytes([bytes[0], bytes[1]]))
    }

    fn u32(&mut self) -> Result<u32, WeightError> {
        let bytes = self.bytes(4)?;
        Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    fn name(&mut self) -> Result<String, WeightError> {
        let length = self.u16()?;
        if length > MAX_NAME {
            return Err(WeightError::Damaged(format!("a name of {length} bytes")));
        }
        let mut bytes = self.bytes(u64::from(length))?;
        if bytes.pop() != Some(0) {
            return Err(WeightError::Damaged("a name without its end".into()));
        }
        String::from_utf8(bytes).map_err(|_| WeightError::Damaged("a name that is no text".into()))
    }

    fn array(&mut self, name: &str) -> Result<Array, WeightError> {
        let damaged = |what: &str| WeightError::Damaged(format!("{name} has {what}"));
        let rank = self.u8()?;
        if rank > MAX_RANK {
            return Err(damaged("too many dimensions"));
        }
        let mut shape = Vec::with_capacity(rank.into());
        for _ in 0..rank {
            shape.push(self.u32()? as usize);
        }
        let kind = ElementType::from_code(self.u8()?).ok_or_else(|| damaged("an unknown type"))?;
        let length = self.u32()?;
        let elements = shape.iter().try_fold(1_usize, |product, &size| product.checked_mul(size));
        if elements.and_then(|count| count.checked_mul(kind.bytes())) != Some(length as usize) {
            return Err(damaged("a length that contradicts its shape"));
        }
        let bytes = self.bytes(u64::from(length))?;
        let values = bytes.chunks_exact(kind.bytes()).map(|element| kind.widen(element)).collect();
        Ok(Array { shape, values })
    }
}

#[derive(Clone, Copy)]
enum ElementType {
    Float32,
    Int8,
    Int16,
    Int32,
    Float16,
}

impl ElementType {
    fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            0 => Self::Float32,
            1 => Self::Int8,
            2 => Self::Int16,
            3 => Self::Int32,
            4 => Self::Float16,
            _ => return None,
        })
    }

    const fn bytes(self) -> usize {
        match self {
            Self::Int8 => 1,
            Self::Int16 | Self::Float16 => 2,
            Self::Float32 | Self::Int32 => 4,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "whole numbers here are small settings")]
    fn widen(self, element: &[u8]) -> f32 {
        match (self, element) {
            (Self::Float32, &[a, b, c, d]) => f32::from_le_bytes([a, b, c, d]),
            (Self::Int32, &[a, b, c, d]) => i32::from_le_bytes([a, b, c, d]) as f32,
            (Self::Int16, &[a, b]) => f32::from(i16::from_le_bytes([a, b])),
            (Self::Float16, &[a, b]) => f16::from_le_bytes([a, b]).to_f32(),
            (Self::Int8, &[a]) => f32::from(i8::from_le_bytes([a])),
            _ => f32::NAN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &str) -> Vec<u8> {
        let mut bytes = u16::try_from(name.len() + 1).unwrap().to_le_bytes().to_vec();
        bytes.extend(name.as_bytes());
        bytes.push(0);
        bytes
    }

    fn variable(name: &str, shape: &[u32], kind: u8, data: &[u8]) -> Vec<u8> {
        let mut bytes = text(name);
        bytes.push(u8::try_from(shape.len()).unwrap());
        bytes.extend(shape.iter().flat_map(|size| size.to_le_bytes()));
        bytes.push(kind);
        bytes.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
        bytes.extend(data);
        bytes
    }

    fn file(variables: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = 6_u32.to_le_bytes().to_vec();
        bytes.extend(text("WhisperSpec"));
        bytes.extend(3_u32.to_le_bytes());
        bytes.extend(u32::try_from(variables.len()).unwrap().to_le_bytes());
        bytes.extend(variables.concat());
        bytes
    }

    fn good() -> Vec<u8> {
        let halves: Vec<u8> =
            [1.5, -2.0].into_iter().flat_map(|v| f16::from_f32(v).to_le_bytes()).collect();
        file(&[
            variable("a/weight", &[1, 2], 4, &halves),
            variable("heads", &[], 2, &8_i16.to_le_bytes()),
            variable("b", &[1], 0, &0.25_f32.to_le_bytes()),
        ])
    }

    fn read(bytes: &[u8]) -> Result<Weights, WeightError> {
        Weights::read(bytes, bytes.len() as u64)
    }

    #[test]
    fn arrays_are_widened_and_checked_for_shape() {
        let mut weights = read(&good()).unwrap();
        assert_eq!(weights.number("heads", 1..=64).unwrap(), 8);
        assert!(weights.number("heads", 1..=4).is_err());
        assert_eq!(weights.shape("a/weight").unwrap(), [1, 2]);
        assert!(weights.has("b") && !weights.has("c"));
        assert_eq!(weights.take("a/weight", &[1, 2]).unwrap(), [1.5, -2.0]);
        assert!(matches!(weights.take("a/weight", &[1, 2]), Err(WeightError::Missing(_))));
        assert!(matches!(weights.take("b", &[2]), Err(WeightError::Shape(_))));
    }

    #[test]
    fn a_file_cut_anywhere_is_refused() {
        let whole = good();
        for cut in 0..whole.len() {
            assert!(read(&whole[..cut]).is_err(), "cut at {cut}");
            // The length of the directory entry may lie too.
            assert!(Weights::read(&whole[..cut], u64::MAX).is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn absurd_sizes_are_refused_before_they_are_allocated() {
        let mut huge = file(&[variable("a", &[u32::MAX, u32::MAX, u32::MAX], 0, &[])]);
        assert!(matches!(read(&huge), Err(WeightError::Damaged(_))));
        huge = file(&[variable("a", &[1 << 29], 0, &[])]);
        let end = huge.len();
        huge[end - 4..].copy_from_slice(&(1_u32 << 31).to_le_bytes());
        assert!(matches!(read(&huge), Err(WeightError::Damaged(_))));
        let mut many = good();
        many[22..26].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(read(&many).is_err());
    }

    #[test]
    fn foreign_files_are_named() {
        let mut old = good();
        old[0] = 2;
        let mut other = good();
        other[6] = b'X';
        for bytes in [old, other, b"GGUF....".to_vec()] {
            let error = read(&bytes).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.contains("no Whisper model"), "{error}");
        }
    }

    #[test]
    fn every_one_byte_change_is_survived() {
        let whole = good();
        for at in 0..whole.len() {
            for value in [0, 1, 2, 4, 0x7f, 0x80, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] = value;
                let _ = read(&bytes).map(|weights| weights.number("heads", 1..=64).is_ok());
            }
        }
    }
}
