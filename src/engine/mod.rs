//! Order, parallelism, the outcome. Knows nothing of stdout or formats.

mod around;
mod baseline;
mod buffers;
mod collect;
mod disk;
mod failure;
mod files;
mod finish;
mod fix;
mod judge;
mod load;
mod merged;
mod outcome;
mod overrule;
mod partials;
mod plan;
mod quick;
mod rendered;
mod replace;
mod request;
mod roots;
mod run;
mod scope;
mod stop;
mod stretch;
mod suppress;
mod texts;
mod told;
mod unchanged;

pub use around::work_tree;
pub use baseline::{Baseline, BaselineError, Known};
pub use buffers::Buffers;
pub use disk::Disk;
pub use failure::Failure;
pub use finish::{finish, judge_all};
pub use fix::{Draft, Drafts, Fixable, Fixed, Fixing, Refused, fix, fixable};
pub use judge::{Judged, Reading, Role, judge, judge_parsed};
pub use outcome::{FileClass, Outcome, Stats, Unreadable};
pub use plan::{Choice, Plan, PlanError};
pub use quick::{Before, Changed, judge_changed};
pub use replace::{RewriteError, replace, rewrite};
pub use request::{Request, Stdin};
pub use run::run;
pub use scope::Scope;
pub use stop::Stop;
pub use suppress::{
    Added, Ignored, Left, Migrated, Silencing, add_ignores, check_reason, may_migrate, migrate, open_list,
};
