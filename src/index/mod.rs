//! Facts across objects: owned, compact, kept after the trees are gone. Knows nothing of good or bad.

/// The facts of every object of a run.
#[derive(Debug, Default)]
pub struct Index {}
