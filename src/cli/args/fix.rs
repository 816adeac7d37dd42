//! The options about fixes.

use clap::Args;

use crate::base::Safety;

/// What they have no part in.
const OTHERS: [&str; 2] = ["add_ignore", "show_files"];

#[derive(Debug, Args)]
#[command(next_help_heading = "Fixes")]
pub(in crate::cli) struct FixOptions {
    /// Fix what can be fixed, and print what is left.
    #[arg(long, conflicts_with_all = OTHERS)]
    pub(in crate::cli) fix: bool,
    /// Count fixes that may stop a working image from working, too; apply them where fixes are applied.
    #[arg(long)]
    pub(in crate::cli) unsafe_fixes: bool,
    /// Print what would be fixed as a diff, and write nothing; exit with 1 where that is anything.
    #[arg(long, conflicts_with_all = OTHERS)]
    pub(in crate::cli) diff: bool,
    /// Fix what can be fixed, and print no findings.
    #[arg(long, conflicts_with_all = OTHERS)]
    pub(in crate::cli) fix_only: bool,
    /// Name what was fixed, by file and rule.
    #[arg(long)]
    pub(in crate::cli) show_fixes: bool,
}

impl FixOptions {
    /// Whether anything is to be fixed, be it only for show.
    pub(in crate::cli) fn is_fixing(&self) -> bool {
        self.fix || self.diff || self.fix_only
    }

    /// The least promise of a fix that counts.
    pub(in crate::cli) fn least(&self) -> Safety {
        if self.unsafe_fixes { Safety::Unsafe } else { Safety::Safe }
    }
}
