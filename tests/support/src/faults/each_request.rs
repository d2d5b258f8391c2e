use proptest::prelude::ProptestConfig;

/// The usual number of cases of a random test.
const USUAL_CASES: u32 = 256;

/// The requests at which a test injects its fault, one in each run: the first, the second, and so on, until a run makes fewer.
///
/// Where random tests try fewer cases than usual, as in `make test-fast`, as small a share of the requests, from any on.
pub fn each_request() -> impl Iterator<Item = usize> {
    let step = (USUAL_CASES / ProptestConfig::default().cases.max(1)).max(1) as usize;
    (fastrand::usize(..step)..).step_by(step)
}
