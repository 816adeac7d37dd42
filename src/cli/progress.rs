//! A bar on standard error, for runs that take long enough to wonder.

use std::{
    sync::OnceLock,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

/// How long a run may take before it shows how far it is.
const PATIENCE: Duration = Duration::from_millis(500);

/// Shows nothing until [`PATIENCE`] has passed, then a bar that is gone when the run is.
pub(super) struct Progress {
    start: Instant,
    wanted: bool,
    bar: OnceLock<ProgressBar>,
}

impl Progress {
    /// Begins to wait; shows nothing at all unless `wanted`.
    pub(super) fn new(wanted: bool) -> Self {
        Self { start: Instant::now(), wanted, bar: OnceLock::new() }
    }

    /// So many files are done, of so many. May be called by many threads.
    pub(super) fn update(&self, done: usize, total: usize) {
        if !self.wanted || (self.bar.get().is_none() && self.start.elapsed() < PATIENCE) {
            return;
        }
        let bar = self.bar.get_or_init(|| {
            let style = ProgressStyle::with_template("{bar:40} {pos}/{len} files");
            ProgressBar::new(total as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        bar.set_position(done as u64);
    }

    /// Takes the bar away.
    pub(super) fn finish(self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}
