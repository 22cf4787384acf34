//! The rules between steps: what runs after a failure or an interrupt, and which code remains.

use super::session::{Session, Step};
use super::{OnInterrupt, Options};
use crate::benchmark::{Benchmark, Hook};
use crate::error::{Error, interrupted};
use crate::exec::signal::Interrupts;
use crate::hook::outcome::Outcome;

/// Steps of one benchmark, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The steps.
    pub steps: Vec<Step>,
}

impl Plan {
    /// After a failure the steps before the plan's own cleanup are left out, not the cleanup.
    fn cleans_up(&self) -> bool {
        self.steps.iter().any(|step| step.hook == Hook::Cleanup)
    }

    fn cleans_up_after_interrupt(&self, options: &Options) -> bool {
        match options.on_interrupt {
            Some(choice) => choice == OnInterrupt::Cleanup,
            None => self.cleans_up(),
        }
    }

    /// The steps as words: `prepare, invoke 10, cleanup`.
    pub fn words(&self) -> String {
        let words = self.steps.iter().map(|step| match step.number {
            Some(number) => format!("{} {number}", step.hook),
            None => step.hook.to_string(),
        });
        words.collect::<Vec<_>>().join(", ")
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
    let mut cleaned = false;
    loop {
        let stop = interrupts.seen();
        if let Some(stop) = stop {
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
            steps = vec![Step { hook: Hook::Cleanup, number: None }];
        }
        if steps.is_empty() {
            break;
        }
        let step = steps.remove(0);
        cleaned = step.hook == Hook::Cleanup;
        match session.take(step, stop.is_some()) {
            Ok(outcome) => {
                if outcome != Outcome::Returned {
                    first_failure.get_or_insert(outcome.exit_code());
                }
            }
            // Without a run nothing was done that would need a cleanup.
            Err(error) if !session.has_run() && first_failure.is_none() => return Err(error),
            Err(error) => {
                session.say(&format!("{} failed: {error}", step.hook));
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
