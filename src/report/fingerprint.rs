//! What makes a finding the same finding in the next run: GitHub's hash of its line, and plimsoll's own
//! hash of its rule and object.

use std::collections::HashMap;

use crate::base::Diagnostic;

/// Characters that one hash covers.
const WINDOW: usize = 100;
const BASE: u64 = 37;
/// `BASE` to the power of `WINDOW`, modulo 2^64.
const BASE_TO_WINDOW: u64 = {
    let mut power: u64 = 1;
    let mut step = 0;
    while step < WINDOW {
        power = power.wrapping_mul(BASE);
        step += 1;
    }
    power
};
/// Stands for the end of the file.
const END: u16 = 0xFFFF;

/// GitHub code scanning's `primaryLocationLineHash` of every line of a text: a rolling hash over the 100
/// UTF-16 units from the line's start on, without spaces and tabs, every line break as LF; and how many
/// lines up to here have had the same hash. GitHub computes it itself where a result lacks it, and warns
/// where the two differ.
#[derive(Debug)]
pub(super) struct LineHashes(Vec<(u64, u32)>);

impl LineHashes {
    /// Hashes every line of `text` in one pass.
    pub(super) fn new(text: &str) -> Self {
        let mut roller = Roller::default();
        let mut after_cr = false;
        for unit in text.encode_utf16() {
            let is_second_half_of_break = after_cr && unit == u16::from(b'\n');
            after_cr = unit == u16::from(b'\r');
            if unit == u16::from(b' ') || unit == u16::from(b'\t') || is_second_half_of_break {
                continue;
            }
            roller.push(if after_cr { u16::from(b'\n') } else { unit });
        }
        roller.push(END);
        roller.finish()
    }

    /// The hash of `line` (from 1) as GitHub writes it; `None` past the last line.
    pub(super) fn get(&self, line: u32) -> Option<String> {
        let (hash, nth) = self.0.get(line.checked_sub(1)? as usize)?;
        Some(format!("{hash:x}:{nth}"))
    }
}

/// The last [`WINDOW`] units and their hash.
struct Roller {
    window: [u16; WINDOW],
    /// Whether a line starts with the unit at that place of the window.
    starts: [bool; WINDOW],
    /// The window's oldest unit.
    oldest: usize,
    hash: u64,
    at_line_start: bool,
    lines: Vec<(u64, u32)>,
    seen: HashMap<u64, u32>,
}

impl Default for Roller {
    fn default() -> Self {
        Self {
            window: [0; WINDOW],
            starts: [false; WINDOW],
            oldest: 0,
            hash: 0,
            at_line_start: true,
            lines: Vec::new(),
            seen: HashMap::new(),
        }
    }
}

impl Roller {
    fn push(&mut self, unit: u16) {
        self.emit();
        self.starts[self.oldest] = std::mem::replace(&mut self.at_line_start, unit == u16::from(b'\n'));
        self.roll(unit);
    }

    /// The window is full of what follows its oldest unit: if a line starts there, this is its hash.
    fn emit(&mut self) {
        if std::mem::take(&mut self.starts[self.oldest]) {
            let nth = self.seen.entry(self.hash).or_default();
            *nth += 1;
            self.lines.push((self.hash, *nth));
        }
    }

    fn roll(&mut self, unit: u16) {
        let gone = u64::from(std::mem::replace(&mut self.window[self.oldest], unit));
        self.hash = self
            .hash
            .wrapping_mul(BASE)
            .wrapping_add(u64::from(unit))
            .wrapping_sub(gone.wrapping_mul(BASE_TO_WINDOW));
        self.oldest = (self.oldest + 1) % WINDOW;
    }

    /// Rolls the last lines out of the window.
    fn finish(mut self) -> LineHashes {
        for _ in 0..WINDOW {
            self.emit();
            self.roll(0);
        }
        LineHashes(self.lines)
    }
}

/// `plimsoll/v1`: FNV-1a, 64 bits, over rule, object, container and field path, as 16 hexadecimal digits. It
/// outlives moves of the line and of the file; only a finding without an object is told apart by `path` and
/// message.
pub(super) fn stable(finding: &Diagnostic, path: &str) -> String {
    let mut hash = Fnv::new();
    hash.field(finding.rule.as_str());
    if let Some(subject) = &finding.subject {
        let object = &*subject.object;
        hash.field(&object.api_version);
        hash.field(&object.kind);
        hash.optional(object.namespace.as_deref());
        hash.field(&object.name);
        hash.optional(subject.container.as_deref());
        hash.field(&subject.path);
    } else {
        hash.field(path);
        hash.field(&finding.message);
    }
    format!("{:016x}", hash.0)
}

/// FNV-1a.
struct Fnv(u64);

impl Fnv {
    fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn byte(&mut self, byte: u8) {
        self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }

    /// A field and its end; 0xFF is in no UTF-8 text.
    fn field(&mut self, text: &str) {
        text.bytes().for_each(|byte| self.byte(byte));
        self.byte(0xFF);
    }

    /// A field that may be absent, which is not the same as empty.
    fn optional(&mut self, text: Option<&str>) {
        self.byte(u8::from(text.is_some()));
        self.field(text.unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::base::{Label, LineIndex, ObjectId, RuleId, Severity, SourceId, Span, Subject};

    /// The definition, without rolling: for each line the polynomial over its 100 units.
    fn by_definition(text: &str) -> Vec<String> {
        let lf_only = text.replace("\r\n", "\n").replace('\r', "\n");
        let mut units: Vec<u16> = lf_only.encode_utf16().filter(|&unit| unit != 32 && unit != 9).collect();
        units.push(0xFFFF);
        let mut starts = vec![0];
        starts.extend((1..units.len()).filter(|&at| units[at - 1] == 10));
        let mut all: Vec<u64> = Vec::new();
        let hash = |&start: &usize| {
            let unit = |at: usize| u64::from(units.get(start + at).copied().unwrap_or(0));
            (0..100)
                .map(|at| unit(at).wrapping_mul(37_u64.wrapping_pow(99 - at as u32)))
                .fold(0, u64::wrapping_add)
        };
        let mut written = Vec::new();
        for hash in starts.iter().map(hash) {
            all.push(hash);
            written.push(format!("{hash:x}:{}", all.iter().filter(|&&other| other == hash).count()));
        }
        written
    }

    fn computed(text: &str) -> Vec<String> {
        let hashes = LineHashes::new(text);
        (1..).map_while(|line| hashes.get(line)).collect()
    }

    #[test]
    fn line_hashes_are_those_of_the_definition() {
        let long = "a".repeat(250);
        for text in [
            "",
            "kind: Pod",
            "kind: Pod\n",
            "a: 1\nb:\n  - c\n\n\n---\na: 1\n",
            "이름: 웹\n이름: 웹\n",
            "emoji: 😀👩‍💻\nb: 2\n",
            "a: 1\r\nb: 2\r\n",
            "a: 1\rb: 2",
            "a\r \nb",
            "a\r\r\nb",
            "\t tabs and spaces \n   ",
            &format!("{long}\n{long}\n{long}"),
            &"x\n".repeat(500),
        ] {
            assert_eq!(computed(text), by_definition(text), "{text:?}");
        }
    }

    #[test]
    fn a_known_vector_and_the_same_for_every_line_break() {
        // 97·37^99 + 0xFFFF·37^98 modulo 2^64, computed with arbitrary precision.
        assert_eq!(computed("a"), ["53b5d4aabe50d64:1"]);
        assert_eq!(computed("a: 1\r\nb: 2\r\n"), computed("a: 1\nb: 2\n"));
    }

    #[test]
    fn there_are_as_many_hashes_as_lines() {
        for text in ["", "a", "a\n", "a\r\nb\rc\n\n", "\r \n", "\n\n\n"] {
            assert_eq!(computed(text).len(), LineIndex::new(text).line_count() as usize, "{text:?}");
        }
    }

    fn finding(namespace: Option<&str>, container: Option<&str>, field: &str) -> Diagnostic {
        let object = ObjectId {
            api_version: "v1".into(),
            kind: "Pod".into(),
            namespace: namespace.map(Into::into),
            name: "web".into(),
        };
        Diagnostic {
            rule: RuleId::new("host-network"),
            severity: Severity::High,
            message: "message".into(),
            primary: Label { span: Span::at(SourceId(0), 7), text: String::new() },
            related: Vec::new(),
            subject: Some(Subject {
                object: Arc::new(object),
                container: container.map(Into::into),
                path: field.into(),
            }),
            help: None,
            fixes: Vec::new(),
            overlays: Vec::new(),
            spared: Vec::new(),
            absence: false,
        }
    }

    #[test]
    fn the_stable_hash_outlives_moves_and_tells_objects_apart() {
        let here = finding(None, None, "spec.hostNetwork");
        let mut moved = here.clone();
        moved.primary.span = Span::at(SourceId(3), 99);
        moved.message = "reworded".into();
        assert_eq!(stable(&here, "a.yaml"), stable(&moved, "b.yaml"));
        let others = [
            finding(Some(""), None, "spec.hostNetwork"),
            finding(None, Some(""), "spec.hostNetwork"),
            finding(None, Some("a"), "spec.hostNetwork"),
            finding(None, None, "spec.hostPID"),
        ];
        for other in others {
            assert_ne!(stable(&here, ""), stable(&other, ""), "{:?}", other.subject);
        }
    }

    #[test]
    fn a_finding_without_an_object_is_told_apart_by_path_and_message() {
        let mut broken = finding(None, None, "");
        broken.subject = None;
        assert_ne!(stable(&broken, "a.yaml"), stable(&broken, "b.yaml"));
    }
}
