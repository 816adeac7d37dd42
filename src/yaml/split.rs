//! Where documents begin and end. A line `---` or `...` at column 0 cannot stand inside any scalar, so
//! this is exact without reading what lies between.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem;

static DASHES: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(b"---"));
static DOTS: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(b"..."));

/// The byte ranges of the documents of `text`, without their `---` lines, as they appear in
/// [`super::Parsed::documents`]. Comments and directives before the first `---` belong to no document; a
/// text that has nothing else is one empty document.
pub fn split_documents(text: &str) -> impl Iterator<Item = Range<usize>> {
    Pieces::new(text).map(|piece| piece.start..piece.end)
}

/// One document's place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    /// Where the comments and directives before it begin; `start` when there are none.
    pub(super) prefix: usize,
    /// One past them, where its `---` begins.
    pub(super) prefix_end: usize,
    /// First byte after the `---` line; after the `---` itself when more stands on that line.
    pub(super) start: usize,
    /// The next `---` or `...`, or the end of the text.
    pub(super) end: usize,
    /// It begins with `---`.
    pub(super) explicit_start: bool,
}

/// Iterator over the documents of a text.
pub(super) struct Pieces<'t> {
    text: &'t [u8],
    dashes: memmem::FindIter<'t, 'static>,
    dots: memmem::FindIter<'t, 'static>,
    next_dashes: Option<usize>,
    next_dots: Option<usize>,
    at: usize,
    /// The line at `at` was begun by `...` or `---`, more of which may follow.
    explicit: bool,
    /// Start of a prefix that waits for its document.
    prefix: Option<(usize, usize)>,
    seen: bool,
    done: bool,
    /// What is left of a stream of JSON objects, and its end.
    stream: Option<(usize, usize)>,
}

impl<'t> Pieces<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let text = text.as_bytes();
        let mut dashes = DASHES.find_iter(text);
        let mut dots = DOTS.find_iter(text);
        let next_dashes = next_marker(text, &mut dashes);
        let next_dots = next_marker(text, &mut dots);
        Self {
            text,
            dashes,
            dots,
            next_dashes,
            next_dots,
            at: 0,
            explicit: false,
            prefix: None,
            seen: false,
            done: false,
            stream: None,
        }
    }

    /// The comments behind the last document, once all documents were taken.
    pub(super) fn rest(&self) -> Option<Range<usize>> {
        self.prefix.filter(|_| self.done).map(|(start, end)| start..end)
    }

    /// The next of several JSON objects without a mark between them; `piece` itself where it holds but one. kubectl
    /// reads such a stream where a file begins with `{`.
    fn first_object(&mut self, piece: Piece) -> Piece {
        let end = object_end(&self.text[piece.start..piece.end]).map(|length| piece.start + length);
        let follows = |end: &usize| self.text[*end..piece.end].trim_ascii_start().starts_with(b"{");
        let Some(end) = end.filter(follows) else { return piece };
        self.stream = Some((end, piece.end));
        Piece { end, ..piece }
    }

    /// The next marker line and whether it is `---`.
    fn marker(&mut self) -> Option<(usize, bool)> {
        let is_dashes = match (self.next_dashes, self.next_dots) {
            (Some(dashes), Some(dots)) => dashes < dots,
            (None, None) => return None,
            (dashes, _) => dashes.is_some(),
        };
        if is_dashes {
            let at = self.next_dashes?;
            self.next_dashes = next_marker(self.text, &mut self.dashes);
            Some((at, true))
        } else {
            let at = self.next_dots?;
            self.next_dots = next_marker(self.text, &mut self.dots);
            Some((at, false))
        }
    }

    /// What lies between the last marker and `end`, if it is a document.
    fn piece(&mut self, end: usize, last: bool) -> Option<Piece> {
        let whole = last && !self.seen;
        let is_document = self.explicit || has_content(self.text, self.at, end) || whole;
        if !is_document {
            let begin = self.prefix.map_or(self.at, |prefix| prefix.0);
            self.prefix = Some((begin, end));
            if !(last && has_directive(&self.text[begin..end])) {
                return None;
            }
        }
        let (prefix, prefix_end) = self.prefix.take().unwrap_or((self.at, self.at));
        self.seen = true;
        Some(Piece { prefix, prefix_end, start: self.at, end, explicit_start: self.explicit })
    }
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        if let Some((start, end)) = self.stream.take() {
            // As if a `---` stood before it.
            let piece = Piece { prefix: start, prefix_end: start, start, end, explicit_start: true };
            return Some(self.first_object(piece));
        }
        let is_first = !self.seen;
        let piece = self.next_marked()?;
        let begins = piece.prefix == 0 && piece.start == 0;
        Some(if is_first && begins { self.first_object(piece) } else { piece })
    }
}

impl Pieces<'_> {
    /// The next document as marks divide the text.
    fn next_marked(&mut self) -> Option<Piece> {
        while !self.done {
            let Some((marker, is_dashes)) = self.marker() else {
                self.done = true;
                return self.piece(self.text.len(), true);
            };
            let piece = self.piece(before_mark(self.text, marker), false);
            self.at = after_marker(self.text, marker + 3);
            self.explicit = is_dashes;
            if piece.is_some() {
                return piece;
            }
        }
        None
    }
}

/// The end of the JSON object that `text` begins with; `None` where it begins with anything else, or never ends.
fn object_end(text: &[u8]) -> Option<usize> {
    let bare = text.strip_prefix(BOM).unwrap_or(text).trim_ascii_start();
    let inside = bare.strip_prefix(b"{")?.trim_ascii_start();
    if !inside.starts_with(b"\"") {
        return None;
    }
    let mut at = text.len() - inside.len();
    let mut depth = 1usize;
    loop {
        at += memchr::memchr3(b'"', b'{', b'}', text.get(at..)?)?;
        match text[at] {
            b'{' => depth += 1,
            b'}' if depth == 1 => return Some(at + 1),
            b'}' => depth -= 1,
            _ => at = string_end(text, at + 1)?,
        }
        at += 1;
    }
}

/// The closing quote of a string whose first character is at `at`.
fn string_end(text: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        if text[at] == b'"' {
            return Some(at);
        }
        at += 2;
    }
}

/// The next place where three marker characters stand alone at a line's start.
fn next_marker(text: &[u8], found: &mut memmem::FindIter<'_, '_>) -> Option<usize> {
    found.find(|&at| {
        // A mark may stand before a `---`, when files were joined; a `...` comes before any mark.
        let marked = text[at] == b'-';
        let before = text[..at].strip_suffix(BOM).filter(|_| marked).unwrap_or(&text[..at]);
        matches!(before.last(), None | Some(b'\n' | b'\r'))
            && matches!(text.get(at + 3), None | Some(b' ' | b'\t' | b'\n' | b'\r'))
    })
}

/// A byte order mark in UTF-8.
pub(super) const BOM: &[u8] = "\u{FEFF}".as_bytes();

/// Where the line of a marker begins, which a byte order mark may stand before.
fn before_mark(text: &[u8], marker: usize) -> usize {
    text[..marker].strip_suffix(BOM).map_or(marker, <[u8]>::len)
}

/// The next line's start when nothing but blanks follows on the marker's own line.
fn after_marker(text: &[u8], at: usize) -> usize {
    let blanks = text[at..].iter().take_while(|&&byte| byte == b' ' || byte == b'\t').count();
    match text[at + blanks..] {
        [b'\r', b'\n', ..] => at + blanks + 2,
        [b'\r' | b'\n', ..] => at + blanks + 1,
        [] => at + blanks,
        _ => at,
    }
}

/// Whether anything but blanks, comments and directives stands in `text[start..end]`.
fn has_content(text: &[u8], start: usize, end: usize) -> bool {
    let line_start = matches!(text[..start].last(), None | Some(b'\n' | b'\r'));
    lines(&text[start..end]).enumerate().any(|(number, line)| {
        let line = if number == 0 { line.strip_prefix(BOM).unwrap_or(line) } else { line };
        let trimmed = line.trim_ascii_start();
        let directive = line.starts_with(b"%") && (number > 0 || line_start);
        !trimmed.is_empty() && trimmed[0] != b'#' && !directive
    })
}

fn has_directive(text: &[u8]) -> bool {
    lines(text).any(|line| line.strip_prefix(BOM).unwrap_or(line).starts_with(b"%"))
}

/// Lines without their breaks; a `\r\n` gives an empty line more, which does not matter here.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut start = 0;
    let ends = memchr::memchr2_iter(b'\n', b'\r', text).chain([text.len()]);
    ends.map(move |end| &text[std::mem::replace(&mut start, end + 1)..end])
}
