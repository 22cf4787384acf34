//! End-to-end tests of the driver.
fn main() {}
