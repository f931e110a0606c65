//! Exponentials by plain arithmetic: the mathematical library of another
//! machine rounds differently, and training must give the same bytes everywhere.

/// Probabilities proportional to the exponentials of the scores.
pub(crate) fn softmax(scores: &[f32]) -> Vec<f32> {
    let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f64> = scores.iter().map(|score| exp(f64::from(score - most))).collect();
    let sum: f64 = powers.iter().sum();
    #[expect(clippy::cast_possible_truncation, reason = "a probability")]
    let probabilities = powers.iter().map(|power| (power / sum) as f32).collect();
    probabilities
}

/// e^x for x ≤ 0, to about six digits.
fn exp(x: f64) -> f64 {
    if x < -700.0 {
        return 0.0;
    }
    // e^x = (e^(x/1024))^1024, and the series of a small argument is short.
    let small = x / 1024.0;
    let series = 1.0 + small * (1.0 + small / 2.0 * (1.0 + small / 3.0 * (1.0 + small / 4.0)));
    (0..10).fold(series, |power, _| power * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_library() {
        for x in [0.0, -0.5, -1.0, -7.25, -30.0] {
            assert!((exp(x) - f64::exp(x)).abs() <= 1e-6 * f64::exp(x), "{x}");
        }
        assert!(exp(-5000.0) < f64::MIN_POSITIVE);
        assert!((softmax(&[1.0, 2.0, 3.0]).iter().sum::<f32>() - 1.0).abs() < 1e-6);
    }
}
