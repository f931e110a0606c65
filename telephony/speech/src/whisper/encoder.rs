//! The encoder: from a spectrogram to what the decoder listens to.

use candle_core::{Device, Result, Tensor};

use super::layers::{BuildError, LayerNorm, Linear, scaled_softmax};
use super::rows;
use super::weights::Weights;

/// Frames that a convolution looks at.
const KERNEL: usize = 3;

/// Whisper's audio encoder.
pub(crate) struct Encoder {
    first: Linear,
    second: Linear,
    positions: Vec<f32>,
    layers: Vec<Layer>,
    norm: LayerNorm,
    width: usize,
    bands: usize,
}

struct Layer {
    attention_norm: LayerNorm,
    query_key_value: Linear,
    attention_output: Linear,
    feed_norm: LayerNorm,
    widen: Linear,
    narrow: Linear,
    heads: usize,
}

impl Encoder {
    /// Takes the encoder's part out of the weights.
    pub(crate) fn take(weights: &mut Weights) -> std::result::Result<Self, BuildError> {
        let &[width, bands, KERNEL] = weights.shape("encoder/conv1/weight")? else {
            return Err(super::weights::WeightError::Shape("encoder/conv1/weight".into()).into());
        };
        let heads = weights.number("encoder/num_heads", 1..=64)?;
        let frames = weights.shape("encoder/position_encodings/encodings")?.first().copied();
        let positions = weights
            .take("encoder/position_encodings/encodings", &[frames.unwrap_or_default(), width])?;
        let first = take_convolution(weights, "encoder/conv1", width, bands)?;
        let second = take_convolution(weights, "encoder/conv2", width, width)?;
        let mut layers = Vec::new();
        while weights.has(&format!("encoder/layer_{}/ffn/layer_norm/gamma", layers.len())) {
            let name = format!("encoder/layer_{}", layers.len());
            layers.push(Layer::take(weights, &name, width, heads)?);
        }
        let norm = LayerNorm::take(weights, "encoder/layer_norm", width)?;
        Ok(Self { first, second, positions, layers, norm, width, bands })
    }

    /// Numbers in a row of what is heard.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Mel bands that a frame must have.
    pub(crate) fn bands(&self) -> usize {
        self.bands
    }

    /// The longest input, in frames after the halving (20 ms each).
    pub(crate) fn longest(&self) -> usize {
        self.positions.len() / self.width
    }

    /// Encodes frames (an even number of them): half as many rows come out.
    pub(crate) fn forward(&self, frames: &[f32]) -> Result<Tensor> {
        let rows = unfold(frames, self.bands, 1)?;
        let rows = self.first.forward_gelu(&rows)?;
        let rows = unfold(&super::layers::numbers(&rows)?, self.width, 2)?;
        let mut state = super::layers::numbers(&self.second.forward_gelu(&rows)?)?;
        if state.len() > self.positions.len() {
            candle_core::bail!("the window is longer than the encoder")
        }
        rows::add(&mut state, &self.positions);
        let count = state.len() / self.width;
        let mut state = Tensor::from_vec(state, (count, self.width), &Device::Cpu)?;
        for layer in &self.layers {
            state = layer.forward(&state)?;
        }
        self.norm.forward(&state)
    }
}

impl Layer {
    fn take(
        weights: &mut Weights,
        name: &str,
        width: usize,
        heads: usize,
    ) -> std::result::Result<Self, BuildError> {
        let attention = format!("{name}/self_attention");
        let feed = format!("{name}/ffn");
        Ok(Self {
            attention_norm: LayerNorm::take(weights, &format!("{attention}/layer_norm"), width)?,
            query_key_value: Linear::take(
                weights,
                &format!("{attention}/linear_0"),
                3 * width,
                width,
            )?,
            attention_output: Linear::take(
                weights,
                &format!("{attention}/linear_1"),
                width,
                width,
            )?,
            feed_norm: LayerNorm::take(weights, &format!("{feed}/layer_norm"), width)?,
            widen: Linear::take(weights, &format!("{feed}/linear_0"), 4 * width, width)?,
            narrow: Linear::take(weights, &format!("{feed}/linear_1"), width, 4 * width)?,
            heads,
        })
    }

    fn forward(&self, state: &Tensor) -> Result<Tensor> {
        let heard = self.attend(&self.attention_norm.forward(state)?)?;
        let state = (state + self.attention_output.forward(&heard)?)?;
        let wide = self.widen.forward_gelu(&self.feed_norm.forward(&state)?)?;
        state + self.narrow.forward(&wide)?
    }

    fn attend(&self, state: &Tensor) -> Result<Tensor> {
        let (count, width) = state.dims2()?;
        let head = width / self.heads;
        let all = self.query_key_value.forward(state)?.reshape((count, 3, self.heads, head))?;
        let part = |n: usize| all.narrow(1, n, 1)?.squeeze(1)?.transpose(0, 1);
        let (query, key, value) = (part(0)?, part(1)?, part(2)?);
        #[expect(clippy::cast_precision_loss, reason = "a head is 64 wide")]
        let scale = 1.0 / (head as f32).sqrt();
        // One head at a time: the scores of all heads would not fit the processor's cache.
        let heads: Vec<Tensor> = (0..self.heads)
            .map(|n| {
                let scores = query.get(n)?.matmul(&key.get(n)?.t()?)?;
                scaled_softmax(&scores, scale)?;
                scores.matmul(&value.get(n)?)
            })
            .collect::<Result<_>>()?;
        Tensor::cat(&heads, 1)
    }
}

/// A convolution as a matrix over unfolded rows: outputs by (kernel, inputs).
fn take_convolution(
    weights: &mut Weights,
    name: &str,
    outputs: usize,
    inputs: usize,
) -> std::result::Result<Linear, BuildError> {
    let kernel = weights.take(&format!("{name}/weight"), &[outputs, inputs, KERNEL])?;
    let bias = weights.take(&format!("{name}/bias"), &[outputs])?;
    let mut matrix = vec![0.0; kernel.len()];
    for (row, kernel) in
        matrix.chunks_exact_mut(KERNEL * inputs).zip(kernel.chunks_exact(KERNEL * inputs))
    {
        for (input, taps) in kernel.chunks_exact(KERNEL).enumerate() {
            for (tap, weight) in taps.iter().enumerate() {
                row[tap * inputs + input] = *weight;
            }
        }
    }
    Linear::new(matrix, Some(bias), outputs, KERNEL * inputs)
}

/// Lays each frame's neighbourhood (before, itself, after; silence outside) into one row.
fn unfold(frames: &[f32], width: usize, stride: usize) -> Result<Tensor> {
    let mut padded = vec![0.0; width];
    padded.extend_from_slice(frames);
    padded.resize(frames.len() + 2 * width, 0.0);
    let count = (frames.len() / width).div_ceil(stride);
    let mut rows = Vec::with_capacity(count * KERNEL * width);
    for row in 0..count {
        let start = row * stride * width;
        rows.extend_from_slice(&padded[start..start + KERNEL * width]);
    }
    Tensor::from_vec(rows, (count, KERNEL * width), &Device::Cpu)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfolding_lays_neighbours_side_by_side() {
        let frames = [1.0, 2.0, 3.0, 4.0];
        let rows = |stride| unfold(&frames, 1, stride).unwrap().to_vec2::<f32>().unwrap();
        assert_eq!(rows(1), [[0.0, 1.0, 2.0], [1.0, 2.0, 3.0], [2.0, 3.0, 4.0], [3.0, 4.0, 0.0]]);
        assert_eq!(rows(2), [[0.0, 1.0, 2.0], [2.0, 3.0, 4.0]]);
    }
}
