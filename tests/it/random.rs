//! How random tests run: the same cases each time, so that a red build means a change and not bad luck.
//! `PROPTEST_RNG_SEED` and `PROPTEST_CASES` look elsewhere and longer.

use proptest::test_runner::{Config, RngSeed};

/// A configuration of `cases` cases.
pub(crate) fn config(cases: u32) -> Config {
    let set = |name: &str| std::env::var_os(name).is_some();
    let default = Config::default();
    Config {
        cases: if set("PROPTEST_CASES") { default.cases } else { cases },
        rng_seed: if set("PROPTEST_RNG_SEED") { default.rng_seed } else { RngSeed::Fixed(20_261_124) },
        failure_persistence: None,
        ..default
    }
}
