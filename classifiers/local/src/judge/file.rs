//! A judge as it is stored.

use super::{
    inputs::{NUMBERS, WORDS},
    questions::ANSWERS,
    weights::JudgeWeights,
};
use crate::{
    encoder::Encoder,
    model::{InvalidModel, Reader},
};

const MAGIC: &[u8; 8] = b"mostik-j";

pub(super) fn write(data_hash: u64, weights: &JudgeWeights) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend(Encoder::fingerprint().to_le_bytes());
    bytes.extend(data_hash.to_le_bytes());
    bytes.extend(weights.numbers.iter().flatten().flat_map(|weight| weight.to_le_bytes()));
    bytes.extend(weights.step.to_le_bytes());
    bytes.extend(weights.words.iter().flatten().map(|weight| weight.cast_unsigned()));
    bytes
}

pub(super) fn read(bytes: &[u8]) -> Result<(u64, JudgeWeights), InvalidModel> {
    let mut reader = Reader(bytes);
    if reader.take(MAGIC.len())? != MAGIC {
        return Err(InvalidModel("it does not begin like one"));
    }
    if reader.u64()? != Encoder::fingerprint() {
        return Err(InvalidModel("it was trained with another encoder"));
    }
    let data_hash = reader.u64()?;
    let mut numbers = vec![[0.0; ANSWERS]; NUMBERS];
    for weight in numbers.iter_mut().flatten() {
        *weight = reader.f32()?;
    }
    let step = reader.f32()?;
    let (rows, _) = reader.take(WORDS * ANSWERS)?.as_chunks::<ANSWERS>();
    let words = rows.iter().map(|row| row.map(u8::cast_signed)).collect();
    if reader.0.is_empty() {
        Ok((data_hash, JudgeWeights { numbers, words, step }))
    } else {
        Err(InvalidModel("something follows it"))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::COMPILED_IN, *};

    #[test]
    fn the_shipped_judge_is_read_and_a_damaged_one_refused() {
        let (data_hash, weights) = read(COMPILED_IN).expect("the shipped judge");
        assert_eq!(write(data_hash, &weights), COMPILED_IN);
        let refused = |bytes: &[u8]| read(bytes).is_err();
        assert!(refused(b"") && refused(MAGIC) && refused(&COMPILED_IN[1..]));
        assert!(refused(&COMPILED_IN[..COMPILED_IN.len() - 1]));
        assert!(refused(&[COMPILED_IN, b"x"].concat()));
        let mut not_finite = COMPILED_IN.to_vec();
        not_finite[24..28].copy_from_slice(&f32::NAN.to_le_bytes());
        assert!(refused(&not_finite));
    }
}
