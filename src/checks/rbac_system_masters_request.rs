//! Certificate requests whose subject is in the group that no role can hold back.

use crate::{
    kube::read_text,
    rule::{Context, Native},
    yaml::Path,
};

pub(crate) const CHECK: Native = Native::Object(check);

/// The request is a certificate request in PEM, base64 once more as every `[]byte` of the API. Organisations are
/// groups; their names stand in it as plain bytes.
fn check(ctx: &mut Context<'_, '_>) {
    const GROUP: &str = "system:masters";
    let object = ctx.object();
    let path = Path::of(&["spec", "request"]);
    let Some(request) = read_text(path.find(object.root())).known() else { return };
    let pem = String::from_utf8(decode(&request)).unwrap_or_default();
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    if memchr::memmem::find(&decode(&body), GROUP.as_bytes()).is_none() {
        return;
    }
    let say = format!("`spec.request` asks for a certificate of the group `{GROUP}`");
    ctx.report(object.place(&path), &say);
}

/// Decodes base64 up to the first thing that is none.
fn decode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0_u32);
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => break,
        };
        bits = bits << 6 | u32::from(six);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xFF) as u8);
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_decoded_with_and_without_padding() {
        for (text, expected) in [("", ""), ("TQ==", "M"), ("TWE", "Ma"), ("TW\nFu", "Man"), ("TWFu!x", "Man")]
        {
            assert_eq!(decode(text), expected.as_bytes(), "{text}");
        }
    }
}
