//! Numbers of one kind, and what is told of them.

use std::time::Duration;

/// Measured values, in the order in which they were measured.
#[derive(Debug, Clone, Default)]
pub(crate) struct Samples(Vec<f64>);

impl Samples {
    pub(crate) fn push(&mut self, value: f64) {
        self.0.push(value);
    }

    /// Adds a duration, in milliseconds.
    pub(crate) fn push_ms(&mut self, took: Duration) {
        self.push(took.as_secs_f64() * 1000.0);
    }

    /// Adds what was measured in another turn.
    pub(crate) fn extend(&mut self, turn: &Self) {
        self.0.extend(&turn.0);
    }

    pub(crate) fn mean(&self) -> f64 {
        self.0.iter().sum::<f64>() / self.0.len() as f64
    }

    /// The smallest value that `percent` of all do not exceed.
    pub(crate) fn percentile(&self, percent: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let rank = (percent / 100.0 * sorted.len() as f64).ceil() as usize;
        sorted.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
    }

    pub(crate) fn median(&self) -> f64 {
        self.percentile(50.0)
    }

    /// The median of each value's ratio to the one measured beside it.
    pub(crate) fn ratio_to(&self, floor: &Self) -> f64 {
        Self(self.0.iter().zip(&floor.0).map(|(ours, floor)| ours / floor).collect()).median()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(values: &[f64]) -> Samples {
        Samples(values.to_vec())
    }

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let values = samples(&[5.0, 1.0, 4.0, 2.0, 3.0]);
        assert_eq!(values.median(), 3.0);
        assert_eq!(values.percentile(99.0), 5.0, "of few values the largest");
    }

    #[test]
    fn one_disturbed_round_does_not_decide_the_ratio() {
        let ratio = samples(&[1.1, 9.0, 2.4]).ratio_to(&samples(&[1.0, 1.0, 2.0]));
        assert_eq!(ratio, 1.2);
    }
}
