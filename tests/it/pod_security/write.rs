//! Writes a value as YAML in one of the many ways in which people write it.

use serde_yaml::Value;

/// Decides between ways of writing, by bytes that come round again when they are used up.
pub(crate) struct Style<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Style<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn pick<T: Copy>(&mut self, ways: &[T]) -> T {
        let byte = self.bytes.get(self.at % self.bytes.len().max(1)).copied().unwrap_or(0);
        self.at += 1;
        ways[usize::from(byte) % ways.len()]
    }
}

/// Appends `value`, which stands behind a key or a dash, at `indent` spaces.
pub(crate) fn write(value: &Value, indent: usize, style: &mut Style<'_>, out: &mut String) {
    let is_flow = match value {
        Value::Mapping(fields) => fields.is_empty() || style.pick(&[false, false, true]),
        Value::Sequence(items) => items.is_empty() || style.pick(&[false, false, true]),
        _ => true,
    };
    match value {
        _ if is_flow => {
            out.push(' ');
            write_flow(value, style, out);
            out.push_str(style.pick(&["\n", "\n", " # why not\n"]));
        }
        Value::Mapping(fields) => {
            out.push('\n');
            for (key, value) in fields {
                let key = key.as_str().unwrap_or_default();
                let quote = style.pick(&["", "", "\"", "'"]);
                out.push_str(&format!("{:indent$}{quote}{key}{quote}:", ""));
                write(value, indent + style.pick(&[2, 2, 4]), style, out);
            }
        }
        Value::Sequence(items) => {
            out.push('\n');
            for item in items {
                out.push_str(&format!("{:indent$}-", ""));
                write(item, indent + 2, style, out);
            }
        }
        _ => {}
    }
}

fn write_flow(value: &Value, style: &mut Style<'_>, out: &mut String) {
    match value {
        Value::Mapping(fields) => {
            out.push('{');
            for (at, (key, value)) in fields.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                out.push_str(&format!("\"{}\": ", key.as_str().unwrap_or_default()));
                write_flow(value, style, out);
            }
            out.push('}');
        }
        Value::Sequence(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                write_flow(item, style, out);
            }
            out.push(']');
        }
        scalar => out.push_str(&written(scalar, style)),
    }
}

fn written(scalar: &Value, style: &mut Style<'_>) -> String {
    match scalar {
        Value::Bool(true) => style.pick(&["true", "True", "yes", "on", "y", "TRUE"]).to_string(),
        Value::Bool(false) => style.pick(&["false", "False", "no", "off", "n", "NO"]).to_string(),
        Value::Null => style.pick(&["null", "~", "Null"]).to_string(),
        Value::Number(number) if number.as_u64() == Some(0) => {
            style.pick(&["0", "0x0", "00", "0.0", "0b0", "+0"]).to_string()
        }
        Value::Number(number) => number.to_string(),
        Value::String(text) => {
            let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-./".contains(&b));
            match style.pick(&["", "'", "\""]) {
                "" if is_plain => text.clone(),
                "'" => format!("'{text}'"),
                _ => format!("\"{text}\""),
            }
        }
        _ => String::new(),
    }
}
