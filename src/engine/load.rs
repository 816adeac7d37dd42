//! From a path to a text, or to the reason why there is none.

use std::{fs::File, io::Read, path::Path};

use crate::{
    base::{Diagnostic, Source, SourceError, SourceId, Span},
    engine::{Buffers, Plan},
    walk,
    yaml::Limits,
};

/// A file that was read.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) source: Source,
    /// Why its text cannot be judged, if it cannot.
    pub(super) refused: Option<Refused>,
}

/// A text that is not judged: which rule says so, and how.
#[derive(Debug)]
pub(super) struct Refused {
    rule: &'static str,
    message: String,
    offset: u32,
}

impl Refused {
    /// The finding, where the rule was selected.
    pub(super) fn finding(&self, source: SourceId, plan: &Plan<'_>) -> Option<Diagnostic> {
        let compiled = plan.rules().iter().find(|compiled| compiled.rule.id.as_str() == self.rule)?;
        Some(compiled.finding(self.message.clone(), Span::at(source, self.offset)))
    }
}

/// Reads the file at `path`, or what stands for it, and makes a text of it.
///
/// # Errors
/// The reason in one line when the system does not give the bytes.
pub(super) fn load(
    id: SourceId,
    path: &Path,
    shown: &str,
    limits: &Limits,
    buffers: &Buffers,
) -> Result<Loaded, String> {
    match read(path, limits, buffers)? {
        Some(bytes) => Ok(decode(id, shown, bytes)),
        None => Ok(too_large(id, shown, limits.file_size)),
    }
}

/// The bytes of the file at `path`; `None` when there are more than the limit.
///
/// # Errors
/// The reason in one line when the system does not give them.
pub(super) fn read(path: &Path, limits: &Limits, buffers: &Buffers) -> Result<Option<Vec<u8>>, String> {
    if let Some(bytes) = buffers.get(path) {
        return Ok((bytes.len() as u64 <= limits.file_size).then(|| bytes.to_vec()));
    }
    let reason = |error: std::io::Error| walk::reason(&error);
    let mut file = File::open(path).map_err(reason)?;
    let metadata = file.metadata().map_err(reason)?;
    if !metadata.is_file() {
        return Err("not a regular file".to_owned());
    }
    if metadata.len() > limits.file_size {
        return Ok(None);
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize + 1);
    // The file may grow while it is read; the limit holds all the same.
    let count = file.by_ref().take(limits.file_size + 1).read_to_end(&mut bytes).map_err(reason)?;
    Ok((count as u64 <= limits.file_size).then_some(bytes))
}

/// Makes a text of `bytes`.
pub(super) fn decode(id: SourceId, shown: &str, bytes: Vec<u8>) -> Loaded {
    match Source::decode(id, shown, bytes) {
        Ok(source) => Loaded { source, refused: None },
        Err(SourceError::NotUtf8 { offset, lossy }) => {
            let message =
                format!("byte {offset} is not valid UTF-8: the file is no text, or of another encoding");
            let refused = Refused { rule: "yaml-syntax", message, offset: offset as u32 };
            Loaded { source: Source::new(id, shown, lossy), refused: Some(refused) }
        }
    }
}

fn too_large(id: SourceId, shown: &str, limit: u64) -> Loaded {
    let message = format!("the file is larger than the limit of {limit} bytes (--max-file-size)");
    let refused = Refused { rule: "yaml-limit", message, offset: 0 };
    Loaded { source: Source::new(id, shown, ""), refused: Some(refused) }
}
