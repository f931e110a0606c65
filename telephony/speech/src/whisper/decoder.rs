//! The decoder: one token after another, with a cache of what it has said.

use candle_core::{Device, Result, Tensor};

use super::layers::{BuildError, LayerNorm, Linear, numbers, scaled_softmax};
use super::rows;
use super::vocabulary::Token;
use super::weights::{WeightError, Weights};

/// Whisper's text decoder.
pub(crate) struct Decoder {
    /// Token rows; their transpose turns a state into scores.
    embeddings: Tensor,
    projection: Linear,
    positions: Vec<f32>,
    layers: Vec<Layer>,
    norm: LayerNorm,
    width: usize,
    tokens: usize,
}

struct Layer {
    self_norm: LayerNorm,
    self_query_key_value: Linear,
    self_output: Linear,
    heard_norm: LayerNorm,
    heard_query: Linear,
    heard_key_value: Linear,
    heard_output: Linear,
    feed_norm: LayerNorm,
    widen: Linear,
    narrow: Linear,
    heads: usize,
}

/// Keys and values of one window's sound, for every layer.
pub(crate) struct Heard {
    layers: Vec<(Tensor, Tensor)>,
}

/// Keys and values of the tokens that one hypothesis has said, for every layer.
#[derive(Clone)]
pub(crate) struct Said {
    layers: Vec<(Vec<f32>, Vec<f32>)>,
    count: usize,
}

impl Decoder {
    /// Takes the decoder's part out of the weights.
    pub(crate) fn take(weights: &mut Weights) -> std::result::Result<Self, BuildError> {
        let &[tokens, width] = weights.shape("decoder/embeddings/weight")? else {
            return Err(WeightError::Shape("decoder/embeddings/weight".into()).into());
        };
        let heads = weights.number("decoder/num_heads", 1..=64)?;
        let longest = weights.shape("decoder/position_encodings/encodings")?.first().copied();
        let positions = weights
            .take("decoder/position_encodings/encodings", &[longest.unwrap_or_default(), width])?;
        let matrix = weights.take("decoder/embeddings/weight", &[tokens, width])?;
        let embeddings = Tensor::from_vec(matrix, (tokens, width), &Device::Cpu)?;
        let projection = Linear::sharing(&embeddings)?;
        let mut layers = Vec::new();
        while weights.has(&format!("decoder/layer_{}/ffn/layer_norm/gamma", layers.len())) {
            let name = format!("decoder/layer_{}", layers.len());
            layers.push(Layer::take(weights, &name, width, heads)?);
        }
        let norm = LayerNorm::take(weights, "decoder/layer_norm", width)?;
        Ok(Self { embeddings, projection, positions, layers, norm, width, tokens })
    }

    /// Numbers in a row of what is heard.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// How many tokens are scored.
    pub(crate) fn tokens(&self) -> usize {
        self.tokens
    }

    /// The longest sequence of tokens.
    pub(crate) fn longest(&self) -> usize {
        self.positions.len() / self.width
    }

    /// Prepares an encoded window for [`Self::step`].
    pub(crate) fn hear(&self, encoded: &Tensor) -> Result<Heard> {
        let layers = self.layers.iter().map(|layer| layer.hear(encoded)).collect::<Result<_>>()?;
        Ok(Heard { layers })
    }

    /// A hypothesis that has said nothing.
    pub(crate) fn silent(&self) -> Said {
        Said { layers: vec![(Vec::new(), Vec::new()); self.layers.len()], count: 0 }
    }

    /// Says one token in each hypothesis; returns the state from which [`Self::scores`] scores
    /// the next one.
    pub(crate) fn step(
        &self,
        heard: &Heard,
        said: &mut [Said],
        tokens: &[Token],
    ) -> Result<Tensor> {
        let ids = Tensor::from_slice(tokens, tokens.len(), &Device::Cpu)?;
        let mut state = numbers(&self.embeddings.index_select(&ids, 0)?)?;
        for (row, said) in state.chunks_exact_mut(self.width).zip(&*said) {
            let Some(position) = self.positions.chunks_exact(self.width).nth(said.count) else {
                candle_core::bail!("the decoder's memory is full")
            };
            rows::add(row, position);
        }
        let mut state = Tensor::from_vec(state, (tokens.len(), self.width), &Device::Cpu)?;
        for (number, layer) in self.layers.iter().enumerate() {
            state = layer.forward(&state, &heard.layers[number], said, number)?;
        }
        for said in said {
            said.count += 1;
        }
        self.norm.forward(&state)
    }

    /// Scores every token, a row for each hypothesis.
    pub(crate) fn scores(&self, state: &Tensor) -> Result<Vec<f32>> {
        numbers(&self.projection.forward(state)?)
    }
}

impl Layer {
    fn take(
        weights: &mut Weights,
        name: &str,
        width: usize,
        heads: usize,
    ) -> std::result::Result<Self, BuildError> {
        let own = format!("{name}/self_attention");
        let heard = format!("{name}/attention");
        let feed = format!("{name}/ffn");
        let mut linear = |block: &str, number: usize, outputs: usize, inputs: usize| {
            Linear::take(weights, &format!("{block}/linear_{number}"), outputs, inputs)
        };
        let (self_query_key_value, self_output) =
            (linear(&own, 0, 3 * width, width)?, linear(&own, 1, width, width)?);
        let heard_query = linear(&heard, 0, width, width)?;
        let heard_key_value = linear(&heard, 1, 2 * width, width)?;
        let heard_output = linear(&heard, 2, width, width)?;
        let (widen, narrow) =
            (linear(&feed, 0, 4 * width, width)?, linear(&feed, 1, width, 4 * width)?);
        let mut norm =
            |block: &str| LayerNorm::take(weights, &format!("{block}/layer_norm"), width);
        Ok(Self {
            self_norm: norm(&own)?,
            self_query_key_value,
            self_output,
            heard_norm: norm(&heard)?,
            heard_query,
            heard_key_value,
            heard_output,
            feed_norm: norm(&feed)?,
            widen,
            narrow,
            heads,
        })
    }

    /// Keys (heads, width of a head, frames) and values (heads, frames, width of a head).
    fn hear(&self, encoded: &Tensor) -> Result<(Tensor, Tensor)> {
        let (frames, width) = encoded.dims2()?;
        let both = self.heard_key_value.forward(encoded)?.reshape((
            frames,
            2,
            self.heads,
            width / self.heads,
        ))?;
        let key = both.narrow(1, 0, 1)?.squeeze(1)?.permute((1, 2, 0))?.contiguous()?;
        let value = both.narrow(1, 1, 1)?.squeeze(1)?.transpose(0, 1)?.contiguous()?;
        Ok((key, value))
    }

    fn forward(
        &self,
        state: &Tensor,
        heard: &(Tensor, Tensor),
        said: &mut [Said],
        number: usize,
    ) -> Result<Tensor> {
        let own = self.attend_said(&self.self_norm.forward(state)?, said, number)?;
        let state = (state + self.self_output.forward(&own)?)?;
        let sound = self.attend_heard(&self.heard_norm.forward(&state)?, heard)?;
        let state = (state + self.heard_output.forward(&sound)?)?;
        let wide = self.widen.forward_gelu(&self.feed_norm.forward(&state)?)?;
        state + self.narrow.forward(&wide)?
    }

    fn attend_heard(&self, state: &Tensor, (key, value): &(Tensor, Tensor)) -> Result<Tensor> {
        let (count, width) = state.dims2()?;
        let head = width / self.heads;
        let query =
            self.heard_query.forward(state)?.reshape((count, self.heads, head))?.transpose(0, 1)?;
        let scores = query.matmul(key)?;
        scaled_softmax(&scores, scale(head))?;
        scores.matmul(value)?.transpose(0, 1)?.reshape((count, width))
    }

    fn attend_said(&self, state: &Tensor, said: &mut [Said], number: usize) -> Result<Tensor> {
        let (count, width) = state.dims2()?;
        let all = numbers(&self.self_query_key_value.forward(state)?)?;
        let mut output = vec![0.0; count * width];
        for ((row, said), output) in
            all.chunks_exact(3 * width).zip(said).zip(output.chunks_exact_mut(width))
        {
            let (keys, values) = &mut said.layers[number];
            keys.extend_from_slice(&row[width..2 * width]);
            values.extend_from_slice(&row[2 * width..]);
            for head in 0..self.heads {
                let span = head * (width / self.heads)..(head + 1) * (width / self.heads);
                attend(
                    &row[span.clone()],
                    keys,
                    values,
                    width,
                    &mut output[span.clone()],
                    span.start,
                );
            }
        }
        Tensor::from_vec(output, (count, width), &Device::Cpu)
    }
}

/// One head of one hypothesis; `at` is where the head begins in rows of `width`.
fn attend(
    query: &[f32],
    keys: &[f32],
    values: &[f32],
    width: usize,
    output: &mut [f32],
    at: usize,
) {
    let span = at..at + query.len();
    let scale = scale(query.len());
    let mut weights: Vec<f32> =
        keys.chunks_exact(width).map(|key| rows::dot(query, &key[span.clone()]) * scale).collect();
    rows::softmax(&mut weights);
    for (weight, value) in weights.iter().zip(values.chunks_exact(width)) {
        for (output, value) in output.iter_mut().zip(&value[span.clone()]) {
            *output += weight * value;
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a head is 64 wide")]
fn scale(head: usize) -> f32 {
    1.0 / (head as f32).sqrt()
}
