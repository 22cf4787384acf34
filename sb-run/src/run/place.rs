//! Where the hooks of a session run: on this machine, or in the image that the Dockerfile beside
//! the benchmark file describes.

use std::hash::{Hash, Hasher};
use std::path::PathBuf;

use super::{Mode, Options};
use crate::benchmark::mount::Mount;
use crate::benchmark::{Benchmark, glance};
use crate::error::{Error, plain};
use crate::exec::context;
use crate::exec::engine::Engine;
use crate::exec::signal::Interrupts;
use crate::spec::images;
use crate::state::config_file::{ConfigFile, state_folder};

/// The image of hooks under `--docker` if there is no Dockerfile.
const IMAGE_VARIABLE: &str = "SB_IMAGE";
const DEFAULT_IMAGE: &str = "python3.9";

/// Where hooks run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// On this machine.
    Host,
    /// In a container.
    Container(Inside),
}

/// A container for hooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inside {
    /// Its image.
    pub image: String,
    /// The benchmark's folder in it.
    pub mount: Mount,
    /// Credentials.
    pub volumes: Vec<String>,
}

impl Place {
    /// The image, if it is a container.
    pub fn image(&self) -> Option<&str> {
        match self {
            Self::Host => None,
            Self::Container(inside) => Some(&inside.image),
        }
    }

    /// A file of the benchmark's folder as hooks see it.
    pub fn seen(&self, file: &std::path::Path) -> String {
        match (self, file.file_name()) {
            (Self::Container(inside), Some(name)) => {
                format!("{}/{}", inside.mount.inside, name.to_string_lossy())
            }
            _ => file.to_string_lossy().into_owned(),
        }
    }
}

/// Decides, and builds the image if there is one to be built.
pub fn choose(
    benchmark: &Benchmark,
    options: &Options,
    engine: &Engine,
    interrupts: &Interrupts,
    say: &dyn Fn(&str),
) -> Result<Place, Error> {
    let dockerfile = benchmark.folder.join("Dockerfile").is_file();
    if options.mode == Mode::Local || (options.mode == Mode::Auto && !dockerfile) {
        return Ok(Place::Host);
    }
    let forced = options.mode == Mode::Docker;
    let source = std::fs::read(&benchmark.file).unwrap_or_default();
    let source = String::from_utf8_lossy(&source);
    let stay = |why: &str| {
        say(&format!("hooks run on this machine, not in the image of the Dockerfile: {why}"));
        Ok(Place::Host)
    };
    if !forced && glance::builds_images(&source) {
        return stay("the benchmark builds images itself (spec.build)");
    }
    if let Err(why) = engine.answers() {
        return if forced { Err(Error::Engine { problem: why }) } else { stay(&why) };
    }
    let image = if dockerfile {
        build(benchmark, options, engine, interrupts, say)?
    } else {
        let named = std::env::var(IMAGE_VARIABLE).ok().filter(|name| !name.is_empty());
        images::resolve(named.as_deref().unwrap_or(DEFAULT_IMAGE)).to_string()
    };
    match engine.python_version(&image) {
        Some(version) if is_new_enough(&version) => {}
        found => {
            let found =
                found.map_or("it has no python3".into(), |found| format!("it has Python {found}"));
            let why = format!("hooks need Python 3.8 or newer, and {found} ({image})");
            return if forced { Err(Error::Engine { problem: why }) } else { stay(&why) };
        }
    }
    let mut values = glance::values(&source);
    if let Ok(file) = ConfigFile::read(&benchmark.folder)
        && let Some((name, _)) = file.open_runs().first()
        && let Some(kept) = file.values(name)
    {
        values = crate::state::values::merged(&values, kept);
    }
    say(&format!("hooks run in {image}"));
    Ok(Place::Container(Inside {
        image,
        mount: Mount::new(&benchmark.folder, values.get("root")),
        volumes: images::secret_mounts(values.get("provider")),
    }))
}

fn build(
    benchmark: &Benchmark,
    options: &Options,
    engine: &Engine,
    interrupts: &Interrupts,
    say: &dyn Fn(&str),
) -> Result<String, Error> {
    let stem = benchmark.short_name().file_stem().unwrap_or_default().to_string_lossy();
    let plain_name: String = stem
        .to_ascii_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    // One name per folder, as two benchmarks of one name may be at work at the same time.
    let mut hasher = std::hash::DefaultHasher::new();
    benchmark.folder.hash(&mut hasher);
    let folder_hash = hasher.finish() & 0xffff_ffff;
    let tag = format!("sb-hooks/{}:{folder_hash:08x}", plain_name.trim_matches('-'));
    say("building the image of the Dockerfile ...");
    let folder = context::copy(&benchmark.folder, &left_out(benchmark, options))
        .map_err(Error::io("copy for the build", &benchmark.folder))?;
    let output = engine.build(
        folder.path(),
        "Dockerfile",
        &tag,
        &benchmark.folder.to_string_lossy(),
        interrupts,
    );
    match output {
        Ok(output) if output.status.success() => Ok(tag),
        Ok(output) => {
            let mut words = output.stdout;
            words.extend_from_slice(&output.stderr);
            let words = String::from_utf8_lossy(&words).into_owned();
            let lines: Vec<&str> = words.lines().filter(|line| !line.trim().is_empty()).collect();
            let last = lines.iter().skip(lines.len().saturating_sub(12));
            let tail: Vec<String> = last.map(|line| format!("  {line}")).collect();
            Err(Error::Engine {
                problem: format!("building the Dockerfile failed:\n{}", tail.join("\n")),
            })
        }
        Err(error) => match interrupts.seen() {
            Some(seen) => Err(Error::Interrupted { signal: seen.signal }),
            None => Err(Error::Engine {
                problem: format!("building the Dockerfile failed: {}", plain(&error)),
            }),
        },
    }
}

/// What is never part of a build: results and state.
pub fn left_out(benchmark: &Benchmark, options: &Options) -> Vec<PathBuf> {
    vec![benchmark.folder.join("out"), state_folder(&benchmark.folder), options.out.clone()]
}

fn is_new_enough(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= (3, 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        assert!(is_new_enough("3.8.0") && is_new_enough("3.11.7") && is_new_enough("4.0"));
        assert!(!is_new_enough("3.7.17") && !is_new_enough("2.7.18") && !is_new_enough(""));
    }
}
