//! The findings of [`json`](super::json) without what stands around them, for programs that read line by line.

use std::io::{self, Write};

use super::{Options, json::Finding, json_layout, told};
use crate::{engine::Outcome, rule::Registry};

pub(super) fn write(
    outcome: &Outcome,
    _: &Registry,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    for (finding, silenced) in told(outcome, options) {
        json_layout::write(&Finding::of(finding, silenced, outcome), 0, out)?;
    }
    Ok(())
}
