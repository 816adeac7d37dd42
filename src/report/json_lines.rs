//! The findings of [`json`](super::json) without what stands around them, for programs that read line by line.

use std::io::{self, Write};

use super::{Options, ignored, json::Finding, json_layout};
use crate::{engine::Outcome, rule::Registry};

pub(super) fn write(
    outcome: &Outcome,
    _: &Registry,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let findings = outcome.findings.iter().map(|finding| (finding, None));
    for (finding, silenced) in findings.chain(ignored(outcome, options)) {
        json_layout::write(&Finding::of(finding, silenced, outcome), 0, out)?;
    }
    Ok(())
}
