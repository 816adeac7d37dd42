//! Applies the repairs that findings carry: in memory and in rounds, each proven by a run over the changed texts.
//!
//! A round takes all fixes whose edits lie apart. What it changes must still be YAML, differ nowhere but where an edit
//! says so, keep its comments, lose the findings that were meant and gain none; fixes that break any of it are taken
//! back, the others stay.

mod compare;
mod drafts;
mod patch;
mod rounds;
mod segments;
mod sift;
mod tally;
#[cfg(test)]
mod tests;
mod unit;

use std::collections::BTreeMap;

use super::Outcome;
use crate::{
    base::{Encoding, RuleId, Safety},
    rule::Registry,
    yaml::Limits,
};

pub use drafts::{Draft, Drafts};
pub use rounds::fix;

/// What may be applied.
#[derive(Debug, Clone, Copy)]
pub struct Fixing<'f> {
    /// The least promise that a fix must make; [`Safety::Manual`] counts as [`Safety::Unsafe`].
    pub least: Safety,
    /// Tells which findings come to light when others are gone.
    pub registry: &'f Registry,
    /// What one text may cost.
    pub limits: Limits,
}

/// What fixing came to.
#[derive(Debug)]
pub struct Fixed {
    /// The last run: what is left, with its places in the changed texts.
    pub outcome: Outcome,
    /// The texts that changed, by the shown paths of their files.
    pub drafts: Drafts,
    /// How many findings were fixed, by the shown path of the file and the rule.
    pub fixed: BTreeMap<(String, RuleId), usize>,
    /// Fixes that were not applied, or taken back, in the order of their findings.
    pub refused: Vec<Refused>,
    /// Fixes may be left, for the bound on rounds was reached.
    pub is_cut_short: bool,
}

/// A fix that was not applied, though it might have been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The shown path of the file in which its finding is.
    pub path: String,
    /// The line of the finding, from 1.
    pub line: u32,
    /// The rule.
    pub rule: RuleId,
    /// What it would have done.
    pub title: String,
    /// Why not, without a period.
    pub why: String,
}

/// How many findings have a fix that is not applied yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fixable {
    /// Those that the options of the run allow.
    pub now: usize,
    /// Those that are fixed when unsafe fixes are allowed.
    pub more: usize,
    /// The run has fixed what it could.
    pub is_after: bool,
}

/// Counts the findings of `outcome` that have a fix which makes the promise `least`, and those that have only a lesser
/// one. Files that were not walked are never changed, so what is found there counts for nothing.
pub fn fixable(outcome: &Outcome, least: Safety) -> Fixable {
    let mut fixable = Fixable::default();
    for finding in &outcome.findings {
        let is_walked =
            |fix: &&crate::base::Fix| fix.edits.iter().all(|it| outcome.is_walked(it.span.source));
        let fixes = finding.fixes.iter().filter(|fix| !fix.edits.is_empty()).filter(is_walked);
        match fixes.map(|fix| fix.safety).max() {
            Some(best) if best >= least.max(Safety::Unsafe) => fixable.now += 1,
            Some(Safety::Unsafe) => fixable.more += 1,
            _ => {}
        }
    }
    fixable
}

/// `text` as the bytes of a file in `encoding`, with the mark by which UTF-16 is known.
pub(super) fn encode(text: &str, encoding: Encoding) -> Vec<u8> {
    let wide = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(unit).collect()
    };
    match encoding {
        Encoding::Utf8 => text.as_bytes().to_vec(),
        Encoding::Utf16Le => wide(u16::to_le_bytes),
        Encoding::Utf16Be => wide(u16::to_be_bytes),
    }
}
