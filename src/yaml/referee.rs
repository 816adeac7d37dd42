//! saphyr as referee: does a strict YAML 1.2 reader take this document too?

use saphyr_parser::Parser;

/// Why a strict reader refuses a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Byte offset in the text that was given.
    pub offset: u32,
    /// The reader's words.
    pub message: String,
}

/// Bytes up to which the referee is asked: it needs some hundred times as many, and nobody writes a longer
/// document by hand.
const MOST_BYTES: usize = 1 << 20;

/// Asks saphyr-parser about one document; `None` when it takes it, or when it would take too long.
pub fn refusal(document: &str) -> Option<Refusal> {
    if document.len() > MOST_BYTES {
        return None;
    }
    let mut parser = Parser::new_from_str(document);
    let error = std::iter::from_fn(|| parser.next_event()).find_map(Result::err)?;
    let offset = byte_offset(document, error.marker().index());
    Some(Refusal { offset, message: error.info().to_owned() })
}

/// saphyr counts characters.
fn byte_offset(text: &str, characters: usize) -> u32 {
    text.char_indices().nth(characters).map_or(text.len(), |(offset, _)| offset) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_referee_refuses_what_only_go_yaml_takes() {
        for text in ["a:\n  b: \"c\n  d\"\n", "a: [\nb\n]\n", "\"\\ud83d\\ude00\"\n", "a: \"b\"#c\n"] {
            assert!(refusal(text).is_some(), "{text:?}");
        }
        assert_eq!(refusal("a: [b, {c: d}]\n# e\n"), None);
        assert_eq!(refusal(""), None);
    }

    #[test]
    fn its_place_is_told_in_bytes() {
        let text = "파드: \"이름\"\n키: \"\\d\"\n";
        let refusal = refusal(text).unwrap();
        assert!(text.is_char_boundary(refusal.offset as usize));
        assert!(refusal.offset as usize > text.find('키').unwrap(), "{refusal:?}");
        assert!((refusal.offset as usize) <= text.len());
    }
}
