//! Label selectors in one line: `app=web,tier!=db,env in (dev,test),!legacy`. Source: `labels.Parse` of
//! Kubernetes.

use super::{PatchError, smp::is_null};
use crate::yaml::Node;

/// Requirements on labels or annotations that must all hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabelSelector {
    requirements: Vec<Requirement>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Requirement {
    key: String,
    operator: Operator,
    values: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Exists,
    Missing,
    In,
    NotIn,
    Greater,
    Less,
}

impl LabelSelector {
    /// Reads the text at `node`; nothing there asks for nothing.
    ///
    /// # Errors
    /// [`PatchError`] when it is no selector.
    pub fn read(node: Option<Node<'_>>) -> Result<Self, PatchError> {
        let Some(node) = node.filter(|node| !is_null(*node)) else { return Ok(Self::default()) };
        let text = node.text().unwrap_or_default();
        Self::parse(&text)
            .ok_or_else(|| PatchError::new(format!("`{text}` is not a label selector"), node.span()))
    }

    /// Reads the written form; `None` when it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut tokens = Tokens { rest: text };
        let mut requirements = Vec::new();
        if tokens.peek() == Token::End {
            return Some(Self::default());
        }
        loop {
            requirements.push(requirement(&mut tokens)?);
            match tokens.next() {
                Token::End => return Some(Self { requirements }),
                Token::Sign(",") if matches!(tokens.peek(), Token::Word(_) | Token::Sign("!")) => {}
                _ => return None,
            }
        }
    }

    /// Whether the mapping `labels` meets them.
    pub fn matches(&self, labels: Option<Node<'_>>) -> bool {
        self.requirements.iter().all(|requirement| {
            let own = labels.and_then(|it| it.get(&requirement.key)).and_then(Node::text);
            requirement.matches(own.as_deref())
        })
    }
}

impl Requirement {
    fn matches(&self, own: Option<&str>) -> bool {
        let among = |own: &str| self.values.iter().any(|value| value == own);
        match self.operator {
            Operator::Exists => own.is_some(),
            Operator::Missing => own.is_none(),
            Operator::In => own.is_some_and(among),
            Operator::NotIn => !own.is_some_and(among),
            Operator::Greater | Operator::Less => self.compare(own).unwrap_or(false),
        }
    }

    fn compare(&self, own: Option<&str>) -> Option<bool> {
        let own: i64 = own?.parse().ok()?;
        let limit: i64 = self.values.first()?.parse().ok()?;
        Some(if self.operator == Operator::Greater { own > limit } else { own < limit })
    }
}

fn requirement(tokens: &mut Tokens<'_>) -> Option<Requirement> {
    let is_missing = tokens.take("!");
    let key = tokens.word().filter(|key| is_key(key))?.to_owned();
    if is_missing {
        return Some(Requirement { key, operator: Operator::Missing, values: Vec::new() });
    }
    let (operator, values) = match tokens.peek() {
        Token::End | Token::Sign(",") => (Operator::Exists, Vec::new()),
        Token::Word("in") => (Operator::In, listed(tokens)?),
        Token::Word("notin") => (Operator::NotIn, listed(tokens)?),
        Token::Sign(sign @ ("=" | "==" | "!=" | ">" | "<")) => {
            tokens.next();
            let operator = match sign {
                "!=" => Operator::NotIn,
                ">" => Operator::Greater,
                "<" => Operator::Less,
                _ => Operator::In,
            };
            (operator, vec![value(tokens)?])
        }
        _ => return None,
    };
    let is_compared = matches!(operator, Operator::Greater | Operator::Less);
    if is_compared && values.iter().any(|value| value.parse::<i64>().is_err()) {
        return None;
    }
    Some(Requirement { key, operator, values })
}

/// A value after an operator; it may be empty.
fn value(tokens: &mut Tokens<'_>) -> Option<String> {
    match tokens.peek() {
        Token::End | Token::Sign(",") => Some(String::new()),
        _ => tokens.word().filter(|value| is_value(value)).map(str::to_owned),
    }
}

/// `in (a, b)`: the values between the brackets, of which each may be empty.
fn listed(tokens: &mut Tokens<'_>) -> Option<Vec<String>> {
    tokens.next();
    if !tokens.take("(") {
        return None;
    }
    let mut values = Vec::new();
    loop {
        match tokens.peek() {
            Token::Word(word) if is_value(word) => {
                values.push(word.to_owned());
                tokens.next();
            }
            Token::Sign("," | ")") => values.push(String::new()),
            _ => return None,
        }
        match tokens.next() {
            Token::Sign(",") => {}
            Token::Sign(")") => return Some(values),
            _ => return None,
        }
    }
}

/// A label's key: a name of up to 63 bytes, after a domain and a slash perhaps.
fn is_key(key: &str) -> bool {
    let (domain, name) = key.rsplit_once('/').map_or((None, key), |(domain, name)| (Some(domain), name));
    let is_domain = |domain: &str| {
        domain.len() <= 253
            && domain.split('.').all(|part| {
                !part.is_empty()
                    && !part.starts_with('-')
                    && !part.ends_with('-')
                    && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            })
    };
    !name.is_empty() && is_value(name) && domain.is_none_or(is_domain)
}

/// A label's value: empty, or up to 63 letters, digits, `-`, `_` and `.`, the first and the last a letter
/// or digit.
fn is_value(value: &str) -> bool {
    let is_end = |c: Option<char>| c.is_none_or(|c| c.is_ascii_alphanumeric());
    value.len() <= 63
        && is_end(value.chars().next())
        && is_end(value.chars().last())
        && value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'t> {
    Word(&'t str),
    Sign(&'t str),
    End,
}

struct Tokens<'t> {
    rest: &'t str,
}

impl<'t> Tokens<'t> {
    fn split(&self) -> (Token<'t>, &'t str) {
        let is_sign = |c: char| matches!(c, '=' | '!' | '(' | ')' | ',' | '>' | '<');
        let is_space = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
        let rest = self.rest.trim_start_matches(is_space);
        if rest.is_empty() {
            return (Token::End, rest);
        }
        if rest.starts_with(is_sign) {
            let length = if rest.starts_with("==") || rest.starts_with("!=") { 2 } else { 1 };
            let (sign, rest) = rest.split_at(length);
            return (Token::Sign(sign), rest);
        }
        let end = rest.find(|c| is_sign(c) || is_space(c)).unwrap_or(rest.len());
        let (word, rest) = rest.split_at(end);
        (Token::Word(word), rest)
    }

    fn peek(&self) -> Token<'t> {
        self.split().0
    }

    fn next(&mut self) -> Token<'t> {
        let (token, rest) = self.split();
        self.rest = rest;
        token
    }

    fn take(&mut self, sign: &str) -> bool {
        let is_next = self.peek() == Token::Sign(sign);
        if is_next {
            self.next();
        }
        is_next
    }

    fn word(&mut self) -> Option<&'t str> {
        let Token::Word(word) = self.peek() else { return None };
        self.next();
        Some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::patch::testing::{parsed, root};

    #[test]
    fn selectors_match_as_in_kubernetes() {
        let labels = parsed(0, "{app: web, tier: '', n: '5'}");
        let labels = root(&labels);
        let matching = [
            "",
            " ",
            "app",
            "!other",
            "app=web",
            "app==web",
            "app = web",
            "app!=db",
            "other!=x",
            "app in (db, web)",
            "app notin (db)",
            "other notin (db)",
            "tier=",
            "tier in (,x)",
            "n>4",
            "n<6",
            "app=web,!other,n in (5)",
            "tier=,app",
            "app in(web)",
            "tier in ()",
            "app in (a,,web)",
        ];
        for text in matching {
            assert!(LabelSelector::parse(text).unwrap().matches(Some(labels)), "{text}");
        }
        for text in [
            "other",
            "!app",
            "app=db",
            "app!=web",
            "app in (db)",
            "app notin (web)",
            "n>5",
            "app>1",
            "other=x",
            "notin",
            "app=in",
            "a in (,)",
        ] {
            assert!(!LabelSelector::parse(text).unwrap().matches(Some(labels)), "{text}");
        }
        for text in [
            "a=(b",
            "a in b",
            "a in (b",
            "=a",
            "a,,b",
            "a,",
            ",a",
            "a=b=c",
            "a b",
            "!",
            "!a=b",
            "a>x",
            "-a",
            "a=-b",
            "A/b=c",
            "a in ()x",
            "n>",
            "a/b/c",
            "!!a",
            "a in (b c)",
            "a~b",
        ] {
            assert_eq!(LabelSelector::parse(text), None, "{text}");
        }
        assert!(LabelSelector::parse("!app").unwrap().matches(None));
    }
}
