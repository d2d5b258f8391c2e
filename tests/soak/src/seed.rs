//! The seed of all random choices.

use fastrand::Rng;

/// Gives each lane its own generator, so that its choices do not depend on the timing of other lanes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seed(pub(crate) u64);

impl Seed {
    /// The generator of that name.
    pub(crate) fn generator(self, name: &str) -> Rng {
        // FNV-1a: the same in every build.
        let hash = name
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Rng::with_seed(self.0 ^ hash)
    }
}
