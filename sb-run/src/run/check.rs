//! Loads a benchmark file without running a hook: for `validate` and `--dry-run`.

use std::time::Duration;

use serde_json::Value;

use super::Options;
use crate::benchmark::config::{self, Config};
use crate::benchmark::{Benchmark, Hook};
use crate::error::Error;
use crate::exec::signal::Interrupts;
use crate::hook::child::{self, Begun, Call, Host};
use crate::hook::outcome::Outcome;
use crate::hook::output::Output;
use crate::hook::protocol::Loaded;
use crate::state::run_folder::random;

/// What the file declares, if it can be run.
pub fn check(
    benchmark: &Benchmark,
    options: &Options,
    interrupts: &Interrupts,
) -> Result<Config, Error> {
    let live = Box::new(std::io::stderr());
    let output = Output::start(Some(live)).map_err(Error::system("make a pipe"))?;
    let token = format!("{:016x}", random());
    let call = Call {
        benchmark,
        hook: Hook::Prepare,
        token: &token,
        timeout: options.timeouts.all,
        output: &output,
        interrupts,
        despite_interrupt: false,
    };
    let mut host = OnlyLoad { file: benchmark, config: None };
    let ended = child::run(&call, &mut host)?;
    output.finish(None).map_err(Error::system("keep the output"))?;
    host.config.ok_or(match ended.outcome {
        Some(Outcome::Interrupted { signal }) => Error::Interrupted { signal },
        _ => Error::Usage("loading the benchmark file took longer than --timeout allows".into()),
    })
}

struct OnlyLoad<'a> {
    file: &'a Benchmark,
    config: Option<Config>,
}

const NO_HOOK: &str = "no hook is running";

impl Host for OnlyLoad<'_> {
    fn loaded(&mut self, loaded: &Loaded, _pid: u32) -> Result<Option<Begun>, Error> {
        self.config = Some(config::check(&self.file.file, loaded)?);
        Ok(None)
    }
    fn set(&mut self, _: String, _: Value) -> Result<(), String> {
        Err(NO_HOOK.into())
    }
    fn remove(&mut self, _: String) -> Result<(), String> {
        Err(NO_HOOK.into())
    }
    fn command_started(&mut self, _: u64, _: &str, _: Option<&str>) -> Result<(), String> {
        Err(NO_HOOK.into())
    }
    fn command_ended(
        &mut self,
        _: u64,
        _: &str,
        _: i32,
        _: Duration,
        _: Option<bool>,
    ) -> Result<Option<String>, String> {
        Err(NO_HOOK.into())
    }
    fn not_available(&mut self, _: &str) -> String {
        NO_HOOK.into()
    }
    fn say(&mut self, _: &str) {}
}
