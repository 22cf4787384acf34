//! The benchmarks inside this program, unpacked when they are run.

use std::path::{Path, PathBuf};

use super::pattern::matches;
use super::{Benchmark, discover};
use crate::error::Error;

/// A benchmark for one cloud.
#[derive(Debug, Clone, Copy)]
pub struct Shipped {
    /// What `--benchmarks` takes.
    pub name: &'static str,
    /// What `--cloud` takes.
    pub cloud: &'static str,
    /// One sentence for `sb-run list`.
    pub about: &'static str,
    files: &'static [(&'static str, &'static str)],
}

/// A file of a benchmark's folder, by its own name or another.
macro_rules! file {
    ($folder:literal, $name:literal) => {
        file!($folder, $name, $name)
    };
    ($folder:literal, $name:literal, $target:literal) => {
        ($target, include_str!(concat!("../../benchmarks/", $folder, "/", $name)))
    };
}

/// Where a benchmark runs if `--cloud` does not say.
pub const DEFAULT_CLOUD: &str = "local";

/// All of them.
pub const SHIPPED: &[Shipped] = &[
    Shipped {
        name: "thumbnail_generator",
        cloud: "local",
        about: "thumbnails of PNG images over HTTP on this machine; a self-test, needs python3 only",
        files: &[
            file!("thumbnail_generator/local", "thumbnail_generator_benchmark.py"),
            file!("thumbnail_generator/local", "thumbnail_service.py"),
            file!("thumbnail_generator/shared", "client.py"),
            file!("thumbnail_generator/shared", "thumbnail.py"),
            file!("thumbnail_generator/shared", "statement.py"),
            file!("thumbnail_generator/shared", "png.py"),
        ],
    },
    Shipped {
        name: "thumbnail_generator",
        cloud: "aws",
        about: "the same on AWS Lambda by the Serverless Framework; not tried on a real cloud yet",
        files: &[
            file!("thumbnail_generator/aws", "thumbnail_generator_benchmark.py"),
            file!("thumbnail_generator/aws", "handler.py"),
            file!("thumbnail_generator/aws", "serverless.yml"),
            file!("thumbnail_generator/aws", "Dockerfile"),
            file!("thumbnail_generator/aws", "README.md"),
            file!("thumbnail_generator/shared", "client.py"),
            file!("thumbnail_generator/shared", "thumbnail.py"),
            file!("thumbnail_generator/shared", "statement.py"),
            file!("thumbnail_generator/shared", "png.py"),
        ],
    },
    Shipped {
        name: "thumbnail_generator",
        cloud: "azure",
        about: "the same on Azure Functions by az and func; not tried on a real cloud yet",
        files: &[
            file!("thumbnail_generator/azure", "thumbnail_generator_benchmark.py"),
            file!("thumbnail_generator/azure", "function_app.py"),
            file!("thumbnail_generator/azure", "statement.py"),
            file!("thumbnail_generator/azure", "host.json"),
            file!("thumbnail_generator/azure", "requirements.txt"),
            file!("thumbnail_generator/azure", "funcignore", ".funcignore"),
            file!("thumbnail_generator/azure", "Dockerfile"),
            file!("thumbnail_generator/azure", "README.md"),
            file!("thumbnail_generator/shared", "client.py"),
            file!("thumbnail_generator/shared", "thumbnail.py"),
            file!("thumbnail_generator/shared", "png.py"),
        ],
    },
];

/// The benchmarks of this name, or pattern with `*`, for this cloud.
pub fn find(name: &str, cloud: &str) -> Result<Vec<&'static Shipped>, Error> {
    // '-' and '_' are the same in names, as they are in flags.
    let wanted = name.replace('-', "_");
    let named = |one: &&Shipped| matches(&wanted, one.name);
    let variants: Vec<&Shipped> = SHIPPED.iter().filter(named).collect();
    if variants.is_empty() {
        let mut known: Vec<String> = SHIPPED.iter().map(|one| one.name.to_string()).collect();
        known.dedup();
        return Err(Error::UnknownBenchmark { name: name.into(), known });
    }
    let found: Vec<&Shipped> = variants.iter().filter(|one| one.cloud == cloud).copied().collect();
    if found.is_empty() {
        return Err(Error::NotShippedFor {
            name: wanted,
            cloud: cloud.into(),
            clouds: variants.iter().map(|one| one.cloud.to_string()).collect(),
        });
    }
    Ok(found)
}

impl Shipped {
    /// Its own folder in `work`, where a later verb finds it again.
    pub fn folder(&self, work: &Path) -> PathBuf {
        work.join(format!("{}-{}", self.name, self.cloud))
    }

    /// Writes the files to that folder.
    pub fn unpack(&self, work: &Path) -> Result<Benchmark, Error> {
        let folder = self.folder(work);
        std::fs::create_dir_all(&folder).map_err(Error::io("create", &folder))?;
        for (name, content) in self.files {
            let path = folder.join(name);
            crate::state::atomic::write(&path, content.as_bytes(), 0o644)?;
        }
        let benchmark = discover::find(&folder, None)?;
        Ok(Benchmark { shipped: Some(self.name), ..benchmark })
    }
}
