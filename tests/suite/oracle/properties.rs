//! The real program and the oracle agree on thousands of logs, for every rule of `--by`, every
//! choice of pairs, `--expect` and `--max-trace`.
//!
//! The logs are the same in every run; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` ask for others.

use super::compare::{Case, agree};
use super::generate::{by_label, bytes, log};
use super::traces::By;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

/// Runs a property on so many cases.
fn check(cases: u32, strategy: impl Strategy<Value = Case>) {
    let mut config = Config { failure_persistence: None, ..Config::default() };
    if std::env::var_os("PROPTEST_RNG_SEED").is_none() {
        config.rng_seed = RngSeed::Fixed(0x5b);
    }
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = cases;
    }
    let property = |case: Case| agree(&case).map_err(TestCaseError::fail);
    if let Err(error) = TestRunner::new(config).run(&strategy, property) {
        panic!("{error}");
    }
}

#[test]
fn by_auto() {
    check(1500, log(Just(By::Auto)));
}

#[test]
fn by_id() {
    check(600, log(Just(By::Id)));
}

#[test]
fn by_source() {
    check(300, log(Just(By::Source)));
}

#[test]
fn by_file() {
    check(600, log(Just(By::File)));
}

#[test]
fn by_label_name() {
    check(1000, log(by_label()));
}

#[test]
fn arbitrary_bytes() {
    check(2500, bytes());
}
