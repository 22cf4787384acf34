//! The rules between steps: what runs after a failure or an interrupt, how often a failed hook is
//! tried again, and which code remains.

use std::time::Duration;

use super::session::{Session, Step};
use super::{OnInterrupt, Options};
use crate::benchmark::{Benchmark, Hook};
use crate::error::{Error, interrupted};
use crate::exec::signal::Interrupts;
use crate::hook::outcome::Outcome;
use crate::units;

/// The first pause before a failed hook is tried again; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// Steps of one benchmark, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The steps.
    pub steps: Vec<Step>,
}

impl Plan {
    /// After a failure the steps before the plan's own cleanup are left out, not the cleanup.
    fn cleans_up(&self) -> bool {
        self.steps.iter().any(|step| step.hook() == Some(Hook::Cleanup))
    }

    fn cleans_up_after_interrupt(&self, options: &Options) -> bool {
        match options.on_interrupt {
            Some(choice) => choice == OnInterrupt::Cleanup,
            None => self.cleans_up(),
        }
    }

    /// The steps as words: `prepare, invoke 10, cleanup`.
    pub fn words(&self) -> String {
        self.steps.iter().map(Step::words).collect::<Vec<_>>().join(", ")
    }
}

/// Takes all steps; gives the first failure's exit code.
pub fn carry_out(
    plan: &Plan,
    benchmark: &Benchmark,
    options: &Options,
    interrupts: &Interrupts,
    talk: &dyn Fn(&str),
) -> Result<u8, Error> {
    let mut session = Session::open(benchmark, options, interrupts, talk)?;
    let result = take_steps(plan, options, interrupts, &mut session);
    session.close()?;
    result
}

fn take_steps(
    plan: &Plan,
    options: &Options,
    interrupts: &Interrupts,
    session: &mut Session<'_>,
) -> Result<u8, Error> {
    let mut first_failure = None;
    let mut steps = plan.steps.clone();
    let (mut cleaned, mut noted) = (false, false);
    loop {
        let stop = interrupts.seen();
        if let Some(stop) = stop {
            if !noted {
                session.note_interrupt(stop.signal)?;
                noted = true;
            }
            first_failure.get_or_insert(interrupted(stop.signal));
        }
        if first_failure.is_some() {
            let again = stop.is_some_and(|stop| stop.count > 1);
            let wanted = if stop.is_some() {
                plan.cleans_up_after_interrupt(options)
            } else {
                plan.cleans_up()
            };
            if again || cleaned || !wanted || !session.has_run() {
                break;
            }
            steps = vec![Step::Hook(Hook::Cleanup)];
        }
        if steps.is_empty() {
            break;
        }
        let step = steps.remove(0);
        cleaned = step.hook() == Some(Hook::Cleanup);
        match take(&step, stop.is_some(), options, session) {
            Ok(outcome) => {
                if outcome != Outcome::Returned {
                    first_failure.get_or_insert(outcome.exit_code());
                }
            }
            // Without a run nothing was done that would need a cleanup.
            Err(error) if !session.has_run() && first_failure.is_none() => return Err(error),
            Err(error) => {
                session.say(&format!("{} failed: {error}", step.words()));
                session.annotate(&error);
                if let Some(hint) = error.hint() {
                    session.say(&format!("hint: {hint}"));
                }
                first_failure.get_or_insert(error.exit_code());
            }
        }
        // What came during the step belongs to it, even if the hook ended by itself in time.
        if cleaned && first_failure.is_some() {
            break;
        }
    }
    Ok(first_failure.unwrap_or(0))
}

/// Takes a step, and again as often as `--retry` allows.
fn take(
    step: &Step,
    despite_interrupt: bool,
    options: &Options,
    session: &mut Session<'_>,
) -> Result<Outcome, Error> {
    let mut left = step.hook().and_then(|hook| options.retries.of(hook)).unwrap_or(0);
    let mut pause = FIRST_PAUSE;
    loop {
        let outcome = session.take(step, despite_interrupt)?;
        let done = matches!(outcome, Outcome::Returned | Outcome::Interrupted { .. });
        if done || left == 0 {
            return Ok(outcome);
        }
        session.say(&format!(
            "trying {} again in {} ({left} left)",
            step.words(),
            units::duration(pause)
        ));
        if let Some(signal) = session.wait(pause) {
            return Ok(Outcome::Interrupted { signal });
        }
        left -= 1;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
