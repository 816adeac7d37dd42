//! One text that plimsoll has read, and the table of all of them.

use std::sync::{Arc, OnceLock};

use super::{LineIndex, Position, SourceId, Span};

/// How the bytes on disk spell the text. A fix may only write what it can spell again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark (the mark stays in the text).
    Utf8,
    /// UTF-16, little endian, by its byte order mark; spans count the transcoded text.
    Utf16Le,
    /// UTF-16, big endian.
    Utf16Be,
}

/// The bytes are not text. The file's fault, reported as a finding.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The bytes are not UTF-8 (nor UTF-16 by their mark).
    #[error("not valid UTF-8 at byte {offset}")]
    NotUtf8 {
        /// First byte that is not UTF-8.
        offset: usize,
        /// The text with replacement characters, so that the place can be shown.
        lossy: String,
    },
}

/// A text with its name; line numbers are counted when first asked for.
#[derive(Debug)]
pub struct Source {
    /// Its number in the run.
    pub id: SourceId,
    /// The path as shown: relative where it was given so, `/` between its parts.
    pub path: String,
    /// UTF-8 text, byte for byte as in the file unless it was UTF-16.
    pub text: String,
    /// How the file spells it.
    pub encoding: Encoding,
    lines: OnceLock<LineIndex>,
}

impl Source {
    /// A source whose text is already UTF-8.
    pub fn new(id: SourceId, path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { id, path: path.into(), text: text.into(), encoding: Encoding::Utf8, lines: OnceLock::new() }
    }

    /// Decodes `bytes`: UTF-16 when they begin with its mark, UTF-8 otherwise.
    ///
    /// # Errors
    /// [`SourceError::NotUtf8`] with the offset of the first bad byte.
    pub fn decode(id: SourceId, path: impl Into<String>, bytes: Vec<u8>) -> Result<Self, SourceError> {
        let (text, encoding) = match bytes.as_slice() {
            [0xFF, 0xFE, rest @ ..] => (decode_utf16(rest, u16::from_le_bytes)?, Encoding::Utf16Le),
            [0xFE, 0xFF, rest @ ..] => (decode_utf16(rest, u16::from_be_bytes)?, Encoding::Utf16Be),
            _ => (decode_utf8(bytes)?, Encoding::Utf8),
        };
        Ok(Self { encoding, ..Self::new(id, path, text) })
    }

    /// The whole text as a span.
    pub fn span(&self) -> Span {
        Span::new(self.id, 0, self.text.len() as u32)
    }

    /// The text's lines.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    /// Line and columns of byte `offset`.
    pub fn position(&self, offset: u32) -> Position {
        self.lines().position(&self.text, offset)
    }

    /// The text that `span` covers; empty when it is not of this source.
    pub fn slice(&self, span: Span) -> &str {
        if span.source == self.id { self.text.get(span.range()).unwrap_or_default() } else { "" }
    }
}

fn decode_utf8(bytes: Vec<u8>) -> Result<String, SourceError> {
    String::from_utf8(bytes).map_err(|error| SourceError::NotUtf8 {
        offset: error.utf8_error().valid_up_to(),
        lossy: String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, SourceError> {
    let units = bytes.chunks(2).map(|pair| match pair {
        [a, b] => unit([*a, *b]),
        // Half a unit at the end: a lone surrogate never decodes, so it is reported like one.
        _ => 0xD800,
    });
    let mut text = String::with_capacity(bytes.len());
    let mut offset = 2;
    for decoded in char::decode_utf16(units.clone()) {
        let Ok(c) = decoded else {
            let lossy = char::decode_utf16(units)
                .map(|decoded| decoded.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect();
            return Err(SourceError::NotUtf8 { offset, lossy });
        };
        text.push(c);
        offset += 2 * c.len_utf16();
    }
    Ok(text)
}

/// Every source of a run by its id. A path is always known; the text is kept only where a report
/// needs it.
#[derive(Debug, Default)]
pub struct Sources {
    entries: Vec<(String, Option<Arc<Source>>)>,
}

impl Sources {
    /// A table in which only the paths are known yet, in id order.
    pub fn with_paths(paths: impl IntoIterator<Item = String>) -> Self {
        Self { entries: paths.into_iter().map(|path| (path, None)).collect() }
    }

    /// Appends `text` under `path` and returns its id.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) -> SourceId {
        let id = SourceId(self.entries.len() as u32);
        let source = Source::new(id, path, text);
        self.entries.push((source.path.clone(), Some(Arc::new(source))));
        id
    }

    /// Keeps the text of a source whose path is in the table.
    pub fn keep(&mut self, source: Arc<Source>) {
        let index = source.id.0 as usize;
        if let Some(entry) = self.entries.get_mut(index) {
            entry.1 = Some(source);
        }
    }

    /// The path of `id`, as shown.
    pub fn path(&self, id: SourceId) -> &str {
        self.entries.get(id.0 as usize).map_or("", |(path, _)| path)
    }

    /// The source with its text, where that was kept.
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.entries.get(id.0 as usize)?.1.as_deref()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf16_by_its_mark_becomes_utf8() {
        let mut bytes = vec![0xFF, 0xFE];
        bytes.extend("kind: 파드".encode_utf16().flat_map(u16::to_le_bytes));
        let source = Source::decode(SourceId(0), "a.yaml", bytes).unwrap();
        assert_eq!((source.text.as_str(), source.encoding), ("kind: 파드", Encoding::Utf16Le));
    }

    #[test]
    fn bytes_that_are_no_text_name_the_first_bad_one() {
        let error = Source::decode(SourceId(0), "a.yaml", b"a: \xff\n".to_vec()).unwrap_err();
        assert!(matches!(error, SourceError::NotUtf8 { offset: 3, .. }));
        let odd = Source::decode(SourceId(0), "a.yaml", vec![0xFE, 0xFF, 0, b'a', 0]).unwrap_err();
        assert!(matches!(odd, SourceError::NotUtf8 { offset: 4, .. }));
    }
}
