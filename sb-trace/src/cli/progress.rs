//! A progress line on a terminal, nothing in a pipe.

use crate::pipeline::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;

/// Shows on standard error what is read and how fast.
#[derive(Debug)]
pub struct Bar(ProgressBar);

impl Bar {
    /// A bar that is silent unless standard error is a terminal.
    pub fn new() -> Self {
        let bar = ProgressBar::no_length();
        if !std::io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        if let Ok(style) =
            ProgressStyle::with_template("{spinner} {bytes} at {bytes_per_sec}  {wide_msg}")
        {
            bar.set_style(style);
        }
        Self(bar)
    }
}

impl Default for Bar {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

impl Progress for Bar {
    fn input(&self, name: &str, total: usize) {
        self.0.set_message(if total > 1 {
            format!("{name} ({total} files)")
        } else {
            name.to_owned()
        });
    }

    fn bytes(&self, count: u64) {
        self.0.inc(count);
    }
}
