//! SPEC: what a hook may ask of the driver through its `spec`.

pub mod requests;
pub mod workload;
