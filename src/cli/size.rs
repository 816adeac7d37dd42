//! Sizes of files as people write them.

/// Reads `1000`, `64KiB`, `64 MiB`, `1G`: bytes, with units of 1024 (`K` and `KiB` alike) or 1000 (`KB`).
pub(super) fn parse_size(text: &str) -> Result<u64, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let factor: Option<u64> = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => Some(1),
        "k" | "kib" => Some(1 << 10),
        "m" | "mib" => Some(1 << 20),
        "g" | "gib" => Some(1 << 30),
        "kb" => Some(1_000),
        "mb" => Some(1_000_000),
        "gb" => Some(1_000_000_000),
        _ => None,
    };
    let size = number.parse::<u64>().ok().zip(factor).and_then(|(number, factor)| number.checked_mul(factor));
    // Places in a text are 32 bits wide.
    size.filter(|size| *size < u64::from(u32::MAX)).ok_or_else(|| "write it as 64MiB, below 4GiB".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_and_without_units() {
        for (text, size) in [
            ("0", 0),
            ("1000", 1000),
            ("64MiB", 64 << 20),
            ("64 mib", 64 << 20),
            ("2K", 2048),
            ("3GB", 3_000_000_000),
        ] {
            assert_eq!(parse_size(text), Ok(size), "{text}");
        }
        for text in ["", "MiB", "-1", "1.5G", "4GiB", "99999999999999999999", "1 T"] {
            assert!(parse_size(text).is_err(), "{text}");
        }
    }
}
