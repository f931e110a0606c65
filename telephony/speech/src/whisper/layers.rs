//! The layers that encoder and decoder are made of.

use candle_core::{CpuStorage, Device, InplaceOp1, Layout, Result, Storage, Tensor};

use super::weights::{WeightError, Weights};
use super::{few_rows, rows};

/// A matrix and an optional bias.
pub(crate) struct Linear {
    /// Outputs by inputs.
    weight: Tensor,
    bias: Option<Vec<f32>>,
    outputs: usize,
}

/// Scales and shifts of a layer norm.
pub(crate) struct LayerNorm {
    gamma: Vec<f32>,
    beta: Vec<f32>,
}

/// Why a model cannot be put together.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BuildError {
    #[error(transparent)]
    Weights(#[from] WeightError),
    #[error("{0}")]
    Tensor(#[from] candle_core::Error),
    #[error("its parts do not belong together")]
    Mismatch,
}

impl Linear {
    /// Takes `{name}/weight` and `{name}/bias` out of the weights.
    pub(crate) fn take(
        weights: &mut Weights,
        name: &str,
        outputs: usize,
        inputs: usize,
    ) -> std::result::Result<Self, BuildError> {
        let matrix = weights.take(&format!("{name}/weight"), &[outputs, inputs])?;
        let bias = format!("{name}/bias");
        let bias = if weights.has(&bias) { Some(weights.take(&bias, &[outputs])?) } else { None };
        Self::new(matrix, bias, outputs, inputs)
    }

    /// From a matrix of `outputs` rows.
    pub(crate) fn new(
        matrix: Vec<f32>,
        bias: Option<Vec<f32>>,
        outputs: usize,
        inputs: usize,
    ) -> std::result::Result<Self, BuildError> {
        let weight = Tensor::from_vec(matrix, (outputs, inputs), &Device::Cpu)?;
        Ok(Self { weight, bias, outputs })
    }

    /// From a matrix of one row for each output that is used elsewhere too.
    pub(crate) fn sharing(matrix: &Tensor) -> std::result::Result<Self, BuildError> {
        Ok(Self { weight: matrix.clone(), bias: None, outputs: matrix.dim(0)? })
    }

    fn multiply(&self, input: &Tensor) -> Result<Tensor> {
        let (rows, inputs) = input.dims2()?;
        if rows > few_rows::MOST_ROWS {
            return input.matmul(&self.weight.t()?);
        }
        let (storage, _) = self.weight.storage_and_layout();
        let Storage::Cpu(CpuStorage::F32(matrix)) = &*storage else {
            candle_core::bail!("weights must be of single precision")
        };
        let product = few_rows::multiply(matrix, &numbers(input)?, inputs);
        Tensor::from_vec(product, (rows, self.outputs), &Device::Cpu)
    }

    /// Applies the layer to every row.
    pub(crate) fn forward(&self, input: &Tensor) -> Result<Tensor> {
        let output = self.multiply(input)?;
        if let Some(bias) = &self.bias {
            change_rows(&output, self.outputs, |row| rows::add(row, bias))?;
        }
        Ok(output)
    }

    /// Applies the layer and the Gaussian error linear unit to every row.
    pub(crate) fn forward_gelu(&self, input: &Tensor) -> Result<Tensor> {
        let output = self.multiply(input)?;
        change_rows(&output, self.outputs, |row| {
            if let Some(bias) = &self.bias {
                rows::add(row, bias);
            }
            rows::gelu(row);
        })?;
        Ok(output)
    }
}

impl LayerNorm {
    /// Takes `{name}/gamma` and `{name}/beta` out of the weights.
    pub(crate) fn take(
        weights: &mut Weights,
        name: &str,
        width: usize,
    ) -> std::result::Result<Self, BuildError> {
        let gamma = weights.take(&format!("{name}/gamma"), &[width])?;
        let beta = weights.take(&format!("{name}/beta"), &[width])?;
        Ok(Self { gamma, beta })
    }

    /// Normalises every row into a new tensor.
    pub(crate) fn forward(&self, input: &Tensor) -> Result<Tensor> {
        let output = input.copy()?;
        change_rows(&output, self.gamma.len(), |row| {
            rows::layer_norm(row, &self.gamma, &self.beta);
        })?;
        Ok(output)
    }
}

/// Turns every row of scores, multiplied by `scale`, into probabilities.
pub(crate) fn scaled_softmax(scores: &Tensor, scale: f32) -> Result<()> {
    let width = scores.dim(candle_core::D::Minus1)?;
    change_rows(scores, width, |row| {
        for value in &mut *row {
            *value *= scale;
        }
        rows::softmax(row);
    })
}

/// Changes every row of `width` numbers in place; the tensor must be contiguous.
fn change_rows(tensor: &Tensor, width: usize, work: impl Fn(&mut [f32]) + Sync) -> Result<()> {
    tensor.inplace_op1(&RowChange { width, work })
}

struct RowChange<F> {
    width: usize,
    work: F,
}

impl<F: Fn(&mut [f32]) + Sync> InplaceOp1 for RowChange<F> {
    fn name(&self) -> &'static str {
        "row-change"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
        let (CpuStorage::F32(values), Some((start, end))) = (storage, layout.contiguous_offsets())
        else {
            candle_core::bail!("rows must be contiguous and of single precision")
        };
        rows::each_row(&mut values[start..end], self.width, &self.work);
        Ok(())
    }
}

/// The numbers of a tensor, copied out in row-major order.
pub(crate) fn numbers(tensor: &Tensor) -> Result<Vec<f32>> {
    tensor.flatten_all()?.to_vec1()
}
