//! Figures out of many.

/// The value below which so many percent of the values are.
pub(crate) fn percentile(values: &mut [f64], percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get((values.len() * percent / 100).min(values.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}

/// Of pairs of seconds, ours and of the bare requests, the one whose ratio is the median: the two were measured one after
/// the other, when the machine was equally busy.
pub(crate) fn median(pairs: &[(f64, f64)]) -> (f64, f64) {
    let mut pairs = pairs.to_vec();
    pairs.sort_by(|a, b| (a.1 / a.0).total_cmp(&(b.1 / b.0)));
    pairs.get(pairs.len() / 2).copied().unwrap_or((f64::NAN, f64::NAN))
}
