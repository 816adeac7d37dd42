//! Bounds that no input may pass. Each has an option; reaching one is a finding, never a crash.

/// What one text may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes in a file. Default 64 MiB; checked by whoever reads the file.
    pub file_size: u64,
    /// Collections inside collections. Default 512.
    pub depth: u32,
    /// Nodes in a file. Default 4 million.
    pub nodes: u32,
    /// Nodes a document may gain by following aliases, counted with repetition. Default 100,000.
    pub alias_steps: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file_size: 64 << 20, depth: 512, nodes: 4_000_000, alias_steps: 100_000 }
    }
}

impl Limits {
    /// Readers and walkers recurse, so no option may lift the depth beyond what their stacks hold.
    pub(super) const DEEPEST: u32 = 1024;

    /// The depth that holds.
    pub(super) fn depth(&self) -> u32 {
        self.depth.min(Self::DEEPEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_option_lifts_the_depth_beyond_what_a_stack_holds() {
        assert_eq!(Limits::default().depth(), 512);
        assert_eq!(Limits { depth: u32::MAX, ..Limits::default() }.depth(), Limits::DEEPEST);
    }
}
