//! Anchors, tags and aliases.

use super::{Parser, Props, Step};
use crate::yaml::cook::percent_decoded;
use crate::yaml::tape::{Raw, Style};

impl Parser<'_> {
    /// Reads the anchor and tag at `pos`, in any order, as far as they stand on one line.
    pub(super) fn properties(&mut self) -> Step<Props> {
        let mut props = Props::NONE;
        loop {
            let start = self.pos;
            let one = if self.here() == b'&' { self.anchor()? } else { self.tag()? };
            props = self.merge(props, one)?;
            let next = super::lines::skip_blanks(self.bytes, self.pos);
            if next == self.pos && !self.ends_property(next) {
                return Err(self.property_runs_on(start));
            }
            if !matches!(self.byte(next), b'&' | b'!') {
                return Ok(props);
            }
            self.pos = next;
        }
    }

    fn ends_property(&self, at: usize) -> bool {
        self.is_blank_or_end(at)
            || (self.brackets > 0 && matches!(self.byte(at), b',' | b'[' | b']' | b'{' | b'}'))
    }

    /// Puts two sets of properties together; a node has one anchor and one tag at most.
    pub(super) fn merge(&mut self, a: Props, b: Props) -> Step<Props> {
        let twice = match (a.anchor.and(b.anchor), a.tag.and(b.tag)) {
            (Some(anchor), _) => Some((anchor, "this value already has an anchor")),
            (None, Some(tag)) => Some((tag, "this value already has a tag")),
            (None, None) => None,
        };
        if let Some((range, message)) = twice {
            return Err(self.fail(range.0 as usize, range.1 as usize, message));
        }
        Ok(Props { anchor: a.anchor.or(b.anchor), tag: a.tag.or(b.tag) })
    }

    fn anchor(&mut self) -> Step<Props> {
        let start = self.pos;
        self.pos = self.name_end(start + 1);
        if self.pos == start + 1 {
            return Err(self.fail(start, start + 1, "an anchor needs a name after its `&`"));
        }
        let odd = |byte: &u8| !byte.is_ascii_alphanumeric() && !b"-_".contains(byte);
        let name = self.bytes.get(start + 1..self.pos).unwrap_or_default();
        if name.iter().find(|byte| odd(byte)).is_some_and(|byte| !b"?:,]}%@`".contains(byte)) {
            self.beyond_go_yaml(
                start,
                self.pos,
                "go-yaml takes only letters, digits, `-` and `_` in an anchor",
            );
        }
        Ok(Props { anchor: Some((start as u32, self.pos as u32)), tag: None })
    }

    /// The end of an anchor's name: it runs to a blank or a bracket or comma.
    fn name_end(&self, start: usize) -> usize {
        let rest = self.bytes.get(start..).unwrap_or_default();
        let end = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',' | b'[' | b']' | b'{' | b'}');
        rest.iter().position(end).map_or(self.bytes.len(), |length| start + length)
    }

    fn tag(&mut self) -> Step<Props> {
        let start = self.pos;
        if self.byte(start + 1) == b'<' {
            let rest = self.bytes.get(start..).unwrap_or_default();
            let length = rest.iter().position(|byte| matches!(byte, b'>' | b' ' | b'\t' | b'\n' | b'\r'));
            let end = length.map_or(self.bytes.len(), |length| start + length);
            if self.byte(end) != b'>' || end == start + 2 {
                return Err(self.fail(start, end, "this tag is never closed by `>`"));
            }
            let tag = self.slice(start + 2, end);
            if !tag.bytes().all(|byte| is_tag_byte(byte) || b",[]".contains(&byte)) || !escapes_are_whole(tag)
            {
                return Err(self.fail(
                    start,
                    end + 1,
                    "only the characters of an address may stand in this tag",
                ));
            }
            self.pos = end + 1;
        } else {
            let rest = self.bytes.get(start + 1..).unwrap_or_default();
            // In block context go-yaml takes commas and square brackets too.
            let loose = |byte: &u8| self.brackets == 0 && matches!(byte, b',' | b'[' | b']');
            let end = rest.iter().position(|byte| !is_tag_byte(*byte) && !loose(byte));
            let length = end.unwrap_or(rest.len());
            self.lenient |= rest.iter().take(length).any(loose);
            self.pos = start + 1 + length;
            self.check_handle(start)?;
        }
        Ok(Props { anchor: None, tag: Some((start as u32, self.pos as u32)) })
    }

    /// `!name!suffix` needs a `%TAG` directive for `!name!`.
    fn check_handle(&mut self, start: usize) -> Step {
        let tag = self.slice(start, self.pos);
        if !escapes_are_whole(tag) {
            return Err(self.fail(
                start,
                self.pos,
                "a `%` in a tag needs two hexadecimal digits, and they must say UTF-8",
            ));
        }
        let name = tag.trim_start_matches('!').find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let is_handle = name.is_some_and(|at| tag.as_bytes().get(at + 1) == Some(&b'!'));
        let (handle, suffix) = match name {
            _ if tag.starts_with("!!") => ("!!", &tag[2..]),
            Some(at) if is_handle => tag.split_at(at + 2),
            _ => ("!", &tag[1..]),
        };
        // Only go-yaml takes another `!` after the handle.
        self.lenient |= suffix.contains('!');
        if suffix.is_empty() && handle != "!" {
            return Err(self.fail(start, self.pos, "this tag has nothing behind its handle"));
        }
        if matches!(handle, "!" | "!!") || self.directives.has_handle(handle) {
            return Ok(());
        }
        let message = format!("no `%TAG` directive says what the handle `{handle}` means");
        Err(self.fail(start, self.pos, message))
    }

    /// Reads the alias at `pos`. What it stands for is looked up by [`Parser::link_alias`], once the node
    /// is laid down.
    pub(super) fn alias(&mut self) -> Step<Raw> {
        let start = self.pos;
        let mut end = self.name_end(start + 1);
        // go-yaml ends a name before a colon, YAML 1.2 does not: `*a: v` means what is defined.
        if self.bytes.get(end.saturating_sub(1)) == Some(&b':') && end > start + 2 {
            let whole = self.anchors.get(self.slice(start + 1, end));
            if whole.is_none() && self.anchors.get(self.slice(start + 1, end - 1)).is_some() {
                end -= 1;
                self.lenient = true;
            }
        }
        if end == start + 1 {
            return Err(self.fail(start, start + 1, "`*` begins an alias: quote the value if it is text"));
        }
        self.pos = end;
        Ok(Raw::new(Style::Alias, start as u32, end as u32))
    }

    /// Looks up what the alias `node` stands for; does nothing for other nodes.
    pub(super) fn link_alias(&mut self, node: u32) -> Step {
        let Some(&raw) = self.out.nodes.get(node as usize) else { return Ok(()) };
        if raw.style() != Style::Alias {
            return Ok(());
        }
        let (start, end) = (raw.start as usize, raw.end as usize);
        let name = self.slice(start + 1, end);
        let Some(target) = self.anchors.get(name) else {
            let message =
                format!("no anchor `&{name}` stands before this alias: quote the value if it is text");
            return Err(self.fail(start, end, message));
        };
        let Some(size) = target.size else {
            return Err(self.alias_inside_itself(start, end, target.node));
        };
        self.anchors.steps = self.anchors.steps.saturating_add(size);
        if self.anchors.steps > self.limits.alias_steps {
            return Err(self.too_many_alias_steps(start, end));
        }
        if self.depth + target.height > self.limits.depth() {
            return Err(self.too_deep(start));
        }
        self.reach(self.depth + target.height);
        self.out.aliases.push((node, target.node));
        Ok(())
    }

    /// An alias takes over its node's anchor and tag, and has none of its own.
    pub(super) fn refuse_properties(&mut self, props: Props) -> Step {
        let Some((start, end)) = props.anchor.or(props.tag) else { return Ok(()) };
        Err(self.fail(start as usize, end as usize, "an alias has neither anchor nor tag of its own"))
    }
}

/// A byte that may stand in a tag's shorthand, `!` included.
fn is_tag_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-#;/?:@&=+$_.~*'()%!".contains(&byte)
}

/// Whether `text` is made of what a URI is made of (YAML 1.2.2 §5.6).
pub(super) fn is_address(text: &str) -> bool {
    text.bytes().all(|byte| is_tag_byte(byte) || b",[]".contains(&byte)) && escapes_are_whole(text)
}

/// Whether each `%` in `text` begins two hexadecimal digits, and these say text.
fn escapes_are_whole(text: &str) -> bool {
    !text.contains('%') || percent_decoded(text).is_some()
}
