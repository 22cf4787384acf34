//! Which benchmarks are meant, and where each is to run: names, clouds and regions are crossed.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::args::Flags;
use crate::benchmark::shipped::{self, Shipped};
use crate::benchmark::{Benchmark, discover, glance, provides, regions, shown};
use crate::error::Error;
use crate::run::Options;
use crate::run::session::work_folder;

/// A benchmark that is meant, with its options; a shipped one is unpacked only when it is needed.
#[derive(Debug)]
pub(super) struct Target {
    what: What,
    pub(super) options: Options,
}

#[derive(Debug, Clone)]
enum What {
    File(Benchmark),
    Shipped(&'static Shipped, PathBuf),
}

impl Target {
    pub(super) fn benchmark(&self) -> Result<Benchmark, Error> {
        match &self.what {
            What::File(benchmark) => Ok(benchmark.clone()),
            What::Shipped(shipped, work) => shipped.unpack(work),
        }
    }

    pub(super) fn folder(&self) -> PathBuf {
        match &self.what {
            What::File(benchmark) => benchmark.folder.clone(),
            What::Shipped(shipped, work) => shipped.folder(work),
        }
    }

    /// Calls `work` with the benchmark; a shipped one is unpacked for that time only.
    pub(super) fn visit<T>(
        &self,
        work: impl FnOnce(&Benchmark) -> Result<T, Error>,
    ) -> Result<T, Error> {
        match &self.what {
            What::File(benchmark) => work(benchmark),
            What::Shipped(shipped, _) => {
                let folder =
                    tempfile::tempdir().map_err(Error::system("make a temporary folder"))?;
                work(&shipped.unpack(folder.path())?)
            }
        }
    }

    /// `app_benchmark.py on aws in eu-west-1`
    pub(super) fn name(&self) -> String {
        self.file_name() + &self.place_words()
    }

    /// The provider that a file declares, if it is another than the cloud that was asked for.
    pub(super) fn other_provider(&self) -> Option<String> {
        let (What::File(benchmark), Some(cloud)) = (&self.what, &self.options.cloud) else {
            return None;
        };
        let source = std::fs::read(&benchmark.file).unwrap_or_default();
        let values = glance::values(&String::from_utf8_lossy(&source));
        let declared = values.get("provider").filter(|declared| !declared.is_null())?;
        let fits = provides(Some(declared), &Value::from(cloud.as_str()));
        (!fits).then(|| declared.as_str().map_or_else(|| declared.to_string(), str::to_string))
    }

    /// The file, or the name of a shipped one.
    pub(super) fn file_name(&self) -> String {
        match &self.what {
            What::File(benchmark) => shown(&benchmark.file),
            What::Shipped(shipped, _) => shipped.name.to_string(),
        }
    }

    /// ` on aws in eu-west-1`, as far as the user chose it.
    pub(super) fn place_words(&self) -> String {
        let cloud = self.options.cloud.iter().map(|cloud| format!(" on {cloud}"));
        let region = self.options.region.iter().map(|region| format!(" in {region}"));
        cloud.chain(region).collect()
    }
}

/// All of them, in the order in which they are to be taken.
pub(super) fn all(flags: &Flags, options: &Options, here: &Path) -> Result<Vec<Target>, Error> {
    let choices = |typed: &[String]| -> Vec<Option<String>> {
        let named = || typed.iter().map(|name| Some(name.trim().to_string()));
        if typed.is_empty() { vec![None] } else { named().collect() }
    };
    let mut targets = Vec::new();
    for cloud in choices(&flags.cloud) {
        let regions = regions_of(cloud.as_deref(), flags)?;
        for what in named(flags, cloud.as_deref(), options, here)? {
            for region in &regions {
                let options =
                    Options { cloud: cloud.clone(), region: region.clone(), ..options.clone() };
                targets.push(Target { what: what.clone(), options });
            }
        }
    }
    Ok(targets)
}

/// The regions that were named, as this cloud writes them; those of other clouds that were named are
/// left out.
fn regions_of(cloud: Option<&str>, flags: &Flags) -> Result<Vec<Option<String>>, Error> {
    let named = flags.region.iter().map(|region| region.trim());
    let Some(cloud) = cloud else {
        let regions: Vec<_> = named.map(|region| Some(region.to_string())).collect();
        return Ok(if regions.is_empty() { vec![None] } else { regions });
    };
    let mut regions = Vec::new();
    let mut wrong = None;
    for region in named {
        let of_another = || flags.cloud.iter().any(|other| regions::is_of(other.trim(), region));
        match regions::canonical(cloud, region) {
            Ok(region) => regions.push(Some(region)),
            Err(problem) if of_another() => wrong = Some(problem),
            Err(problem) => return Err(Error::Usage(problem)),
        }
    }
    match wrong {
        Some(problem) if regions.is_empty() => Err(Error::Usage(problem)),
        None if regions.is_empty() => Ok(vec![None]),
        _ => Ok(regions),
    }
}

fn named(
    flags: &Flags,
    cloud: Option<&str>,
    options: &Options,
    here: &Path,
) -> Result<Vec<What>, Error> {
    if flags.benchmarks.is_empty() {
        return Ok(vec![What::File(discover::find(here, flags.file.as_deref())?)]);
    }
    let cloud = cloud.unwrap_or(shipped::DEFAULT_CLOUD);
    let work = work_folder(&options.out);
    let mut found: Vec<&'static Shipped> = Vec::new();
    for name in &flags.benchmarks {
        for one in shipped::find(name.trim(), cloud)? {
            if !found.iter().any(|there| std::ptr::eq(*there, one)) {
                found.push(one);
            }
        }
    }
    Ok(found.into_iter().map(|one| What::Shipped(one, work.clone())).collect())
}
