//! Resource quantities: `500m`, `1.5Gi`, `2e3`. Source: `resource.Quantity` of apimachinery.

use std::cmp::Ordering;

/// An amount of a resource, exact to the nano, as the API server keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity {
    nanos: i128,
}

impl Quantity {
    /// Reads a quantity; amounts below a nano are rounded up, as the API server does.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, unsigned) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let end = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
        let (digits, suffix) = unsigned.split_at(end);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty() || fraction.contains('.') || digits.len() > 40 {
            return None;
        }
        let mantissa: i128 = format!("0{whole}{fraction}").parse().ok()?;
        let nanos = scale(mantissa, i32::try_from(fraction.len()).ok()?, suffix)?;
        Some(Self { nanos: if negative { -nanos } else { nanos } })
    }

    /// In thousandths: millicores for CPU. Rounded up.
    pub fn millis(self) -> i128 {
        divide_up(self.nanos, 1_000_000)
    }

    /// In whole units: bytes for memory. Rounded up.
    pub fn units(self) -> i128 {
        divide_up(self.nanos, 1_000_000_000)
    }

    /// Whether it is nothing, more, or less.
    pub fn sign(self) -> Ordering {
        self.nanos.cmp(&0)
    }
}

/// `mantissa / 10^decimals * suffix`, in nanos.
fn scale(mantissa: i128, decimals: i32, suffix: &str) -> Option<i128> {
    let binary = match suffix {
        "Ki" => Some(10),
        "Mi" => Some(20),
        "Gi" => Some(30),
        "Ti" => Some(40),
        "Pi" => Some(50),
        "Ei" => Some(60),
        _ => None,
    };
    if let Some(shift) = binary {
        let scaled = mantissa.checked_mul(1 << shift)?.checked_mul(1_000_000_000)?;
        return Some(divide_up(scaled, 10i128.checked_pow(decimals.unsigned_abs())?));
    }
    let exponent = match suffix {
        "n" => -9,
        "u" => -6,
        "m" => -3,
        "" => 0,
        "k" => 3,
        "M" => 6,
        "G" => 9,
        "T" => 12,
        "P" => 15,
        "E" => 18,
        _ => suffix.strip_prefix(['e', 'E'])?.parse::<i8>().ok()?.into(),
    };
    let power: i32 = exponent + 9 - decimals;
    let factor = 10i128.checked_pow(power.unsigned_abs())?;
    if power >= 0 { mantissa.checked_mul(factor) } else { Some(divide_up(mantissa, factor)) }
}

fn divide_up(amount: i128, by: i128) -> i128 {
    let whole = amount.div_euclid(by);
    if amount.rem_euclid(by) == 0 { whole } else { whole + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_exactly() {
        for (text, millis) in [
            ("1", 1000),
            ("500m", 500),
            ("0.5", 500),
            (".5", 500),
            ("5.", 5000),
            ("1.5Gi", 1_610_612_736_000),
            ("2e3", 2_000_000),
            ("2E3", 2_000_000),
            ("1E", 1_000_000_000_000_000_000_000),
            ("1n", 1),
            ("-1", -1000),
            ("0.0005", 1),
        ] {
            assert_eq!(Quantity::parse(text).map(Quantity::millis), Some(millis), "{text}");
        }
        for text in ["", "m", "1.2.3", "1mi", "1 Gi", "Gi", "1e", "--1", "1e99", "${CPU}"] {
            assert_eq!(Quantity::parse(text), None, "{text}");
        }
    }

    #[test]
    fn quantities_compare_across_units() {
        let quantity = |text| Quantity::parse(text).unwrap();
        assert!(quantity("1Gi") > quantity("1G"));
        assert_eq!(quantity("1000m"), quantity("1"));
        assert_eq!(quantity("128Mi").units(), 134_217_728);
    }
}
