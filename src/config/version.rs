//! `required-version`: which versions of plimsoll a configuration is for.

use std::cmp::Ordering;

/// The comparisons, the longer ones first.
const OPERATORS: [(&str, &[Ordering]); 5] = [
    (">=", &[Ordering::Greater, Ordering::Equal]),
    ("<=", &[Ordering::Less, Ordering::Equal]),
    (">", &[Ordering::Greater]),
    ("<", &[Ordering::Less]),
    ("=", &[Ordering::Equal]),
];

/// Whether the version `own` is one that `required` means: comparisons with a comma between them, all of which hold.
/// Parts that a comparison leaves out are not compared: every 0.1.x is `=0.1`.
///
/// # Errors
/// What is wrong with `required`.
pub(super) fn allows(required: &str, own: &str) -> Result<bool, String> {
    // A preview of a version counts as that version.
    let own = own.split(['-', '+']).next().and_then(numbers).unwrap_or_default();
    let mut allows = true;
    for text in required.split(',').map(str::trim) {
        let operator = OPERATORS.iter().find_map(|(sign, means)| Some((text.strip_prefix(sign)?, *means)));
        let (number, means) =
            operator.ok_or_else(|| format!("`{text}` is not a comparison with a version"))?;
        let wanted = numbers(number.trim()).ok_or_else(|| format!("`{}` is not a version", number.trim()))?;
        let compared = own.get(..wanted.len()).unwrap_or(&own);
        allows &= means.contains(&compared.cmp(&wanted));
    }
    Ok(allows)
}

/// One to three numbers with points between them.
fn numbers(text: &str) -> Option<Vec<u32>> {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Option<Vec<u32>> =
        text.split('.').map(|part| part.parse().ok().filter(|_| is_number(part))).collect();
    parts.filter(|parts| parts.len() <= 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_looks_at_the_parts_that_it_names() {
        for (required, own, expected) in [
            (">=0.1", "0.1.0", true),
            (">=0.1", "0.1.0-next+7", true),
            (">=0.2", "0.1.9", false),
            (">0.1", "0.1.9", false),
            (">0.1.8", "0.1.9", true),
            ("<=0.1", "0.1.9", true),
            ("<0.10", "0.9.0", true),
            ("<1", "0.9.0", true),
            ("=0.1", "0.1.4", true),
            ("= 0.1.3", "0.1.4", false),
            (">=0.1, <0.3", "0.2.0", true),
            (">=0.1, <0.3", "0.3.0", false),
        ] {
            assert_eq!(allows(required, own), Ok(expected), "{required} for {own}");
        }
    }

    #[test]
    fn what_is_no_comparison_is_refused() {
        for text in ["", "0.1", ">=", ">=x", ">=1.2.3.4", ">=1,", "^1", ">=+1", ">=99999999999"] {
            assert!(allows(text, "0.1.0").is_err(), "{text}");
        }
    }
}
