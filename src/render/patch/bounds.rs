//! Bounds for what patches, replacements and variables build: each may be laid over what another one built.

use crate::yaml::{Kind, Tree};

/// Levels to which a patch may build; as deep as a text may nest.
pub(super) const DEEPEST: usize = 512;
/// Levels of a patch that is merged: each costs more stack than one that is only walked.
pub(super) const DEEPEST_PATCH: usize = 200;
/// Bytes of a text that is put together from others: texts that take from each other double what they hold.
pub(super) const LONGEST_TEXT: usize = 1 << 20;
/// Bytes that the replacements of one kustomization may copy, roughly.
const MOST_COPIED: usize = 64 << 20;
/// What a copied node costs besides its text.
const NODE: usize = 128;

/// What is left of the room for copies.
#[derive(Debug)]
pub struct Room(usize);

impl Default for Room {
    fn default() -> Self {
        Self(MOST_COPIED)
    }
}

impl Room {
    /// Takes what a copy of `value` needs.
    ///
    /// # Errors
    /// A few words when there is no room for it.
    pub(super) fn take(&mut self, value: &Tree<'_>) -> Result<(), String> {
        let text = if value.kind() == Kind::Scalar { value.as_text().map_or(0, |it| it.len()) } else { 0 };
        let cost = value.size().nodes.saturating_mul(NODE).saturating_add(text);
        self.0 = self.0.checked_sub(cost).ok_or_else(|| "the copies grow too large".to_owned())?;
        Ok(())
    }
}
