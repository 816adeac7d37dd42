//! What the checks of AppArmor's and of seccomp's profiles share: the two have the same mistakes to offer.

mod annotation;
mod choice;
mod container;
mod field;
mod repair;

pub(super) use annotation::{advise_field, in_container, invalid_value, misplaced, path_fault, redundant};
pub(super) use choice::{Choice, apparmor, seccomp};
pub(super) use container::unknown_container;
pub(super) use field::{Fault, disallowed, invalid_type, localhost_and_type_agree, unsupported};
pub(super) use repair::{by_field, choose, choose_default, move_to_field, remove, rename, use_default};
