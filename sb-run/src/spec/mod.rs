//! SPEC: what a hook may ask of the driver.

pub mod commands;
pub mod images;
pub mod noise;
pub mod python_json;
pub mod rates;
pub mod requests;
pub mod upscale;
pub mod workload;
