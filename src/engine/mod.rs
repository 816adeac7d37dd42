//! Order, parallelism, the outcome. Knows nothing of stdout or formats.

mod outcome;

pub use outcome::{FileClass, Outcome, Stats, Unreadable};
