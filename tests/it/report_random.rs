//! No text and no span makes a report panic, lie about its form, or let a control character through.

use plimsoll::{
    base::{SourceId, Span},
    report::{Format, Options, safe},
};
use proptest::prelude::*;

use crate::report::Case;

/// Pieces of which a hostile file may be made.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => "[a-z: \\-]{0,12}",
        2 => Just("\n".to_owned()),
        1 => Just("\r\n".to_owned()),
        1 => Just("\r".to_owned()),
        1 => Just("\t".to_owned()),
        1 => "[가-힣😀é👩‍💻\u{301}\u{feff}]{1,4}",
        1 => "[\u{0}-\u{1f}\u{7f}-\u{9f}\u{61c}\u{200b}-\u{200f}\u{2028}-\u{202e}\u{2066}-\u{2069}]{1,3}",
        1 => "[a-z가]{200,400}",
        1 => proptest::char::any().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// A span of one of two files, which need not fit its text.
fn span() -> impl Strategy<Value = (u32, u32, u32)> {
    (0..3_u32, 0..700_u32, 0..700_u32)
}

proptest! {
    #![proptest_config(crate::random::config(100))]

    #[test]
    fn random_texts_and_spans_are_reported(
        texts in [text(), text()],
        words in [text(), text(), text()],
        spans in prop::collection::vec(span(), 1..6),
        unicode in any::<bool>(),
    ) {
        let mut case = Case::default();
        case.file(&words[0], &texts[0]);
        case.file("other.yaml", &texts[1]);
        // The last source id is not in the table.
        let spans: Vec<_> =
            spans.into_iter().map(|(id, a, b)| Span::new(SourceId(id), a.min(b), a.max(b))).collect();
        for primary in &spans {
            let finding = case.find(*primary, &words[1]);
            finding.message.clone_from(&words[2]);
            finding.help = Some(words[1].clone());
            finding.overlays = vec![words[0].clone()];
            for related in &spans {
                finding.relate(*related, words[2].as_str());
            }
        }
        let options = Options { unicode, ..Options::default() };
        for format in Format::ALL {
            let text = case.print(*format, &options);
            let raw = text.chars().find(|&c| c != '\n' && safe::is_unsafe(c));
            prop_assert_eq!(raw, None, "{}: {:?}", format, text);
            if matches!(format, Format::Json | Format::Sarif) {
                serde_json::from_str::<serde_json::Value>(&text).unwrap();
            }
        }
        prop_assert_eq!(case.print(Format::Concise, &options).lines().count(), spans.len());
    }
}
