//! saphyr as referee: does a strict YAML 1.2 reader take this document too?

use saphyr_parser::{Event, Parser};

/// Why a strict reader refuses a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Byte offset in the text that was given.
    pub offset: u32,
    /// The reader's words.
    pub message: String,
}

/// Events after which the referee is stopped: it keeps a queue of tokens for each, and a document of this
/// size was not written by hand.
const MOST_EVENTS: usize = 1_000_000;

/// Asks saphyr-parser about one document; `None` when it takes it.
pub fn refusal(document: &str) -> Option<Refusal> {
    let mut parser = Parser::new_from_str(document);
    for _ in 0..MOST_EVENTS {
        match parser.next_event()? {
            Ok((Event::StreamEnd, _)) => return None,
            Ok(_) => {}
            Err(error) => {
                let offset = byte_offset(document, error.marker().index());
                return Some(Refusal { offset, message: error.info().to_owned() });
            }
        }
    }
    None
}

/// saphyr counts characters.
fn byte_offset(text: &str, characters: usize) -> u32 {
    text.char_indices().nth(characters).map_or(text.len(), |(offset, _)| offset) as u32
}
