//! Conditions on values, in three-valued logic: what a placeholder hides is unknown, and unknown never fires.

use std::borrow::Cow;

use super::{
    compiled::CompileError,
    file::{Clause, Literal, Literals},
    params::Params,
    pattern::Pattern,
};
use crate::{
    kube::{Value, settled_text, value},
    yaml::{Kind, Node, Path},
};

/// True, false, or hidden behind a placeholder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Truth {
    No,
    Unknown,
    Yes,
}

impl Truth {
    fn of(fact: bool) -> Self {
        if fact { Truth::Yes } else { Truth::No }
    }

    fn and(self, other: Truth) -> Self {
        match (self, other) {
            (Truth::No, _) | (_, Truth::No) => Truth::No,
            (Truth::Yes, Truth::Yes) => Truth::Yes,
            _ => Truth::Unknown,
        }
    }

    fn or(self, other: Truth) -> Self {
        match (self, other) {
            (Truth::Yes, _) | (_, Truth::Yes) => Truth::Yes,
            (Truth::No, Truth::No) => Truth::No,
            _ => Truth::Unknown,
        }
    }

    fn not(self) -> Self {
        match self {
            Truth::Yes => Truth::No,
            Truth::No => Truth::Yes,
            Truth::Unknown => Truth::Unknown,
        }
    }
}

/// Where a condition's path starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Root {
    Here,
    Pod,
    Object,
    Volume,
}

/// The nodes at which the paths of conditions may start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Roots<'a> {
    /// The subject, or the value, that is judged.
    pub(super) here: Option<Node<'a>>,
    /// The pod spec.
    pub(super) pod: Option<Node<'a>>,
    /// The object.
    pub(super) object: Node<'a>,
    /// The volume that a mount mounts.
    pub(super) volume: Option<Node<'a>>,
}

/// A clause made ready: paths parsed, parameters put in, expressions compiled.
#[derive(Debug)]
pub(super) struct Condition {
    root: Root,
    path: Path,
    inherit: bool,
    tests: Vec<Test>,
    any: Vec<Condition>,
    all: Vec<Condition>,
    not: Option<Box<Condition>>,
}

#[derive(Debug)]
enum Test {
    Present(bool),
    OneOf(Vec<Literal>),
    NotIn(Vec<Literal>),
    Matches(Pattern),
    NotMatches(Pattern),
    Below(f64),
    Above(f64),
    Contains(Vec<Literal>),
    Lacks(Vec<Literal>),
    Empty(bool),
}

impl Condition {
    pub(super) fn compile(clause: &Clause, params: &Params<'_>) -> Result<Self, CompileError> {
        let (root, path) = split_root(&clause.path)?;
        let all_of = |clauses: &[Clause]| {
            clauses.iter().map(|it| Self::compile(it, params)).collect::<Result<Vec<_>, _>>()
        };
        Ok(Self {
            root,
            path,
            inherit: clause.inherit,
            tests: tests(clause, params)?,
            any: all_of(&clause.any)?,
            all: all_of(&clause.all)?,
            not: clause.not.as_deref().map(|it| Self::compile(it, params).map(Box::new)).transpose()?,
        })
    }

    /// The first regular expression that does not compile.
    pub(super) fn broken_pattern(&self) -> Option<&str> {
        let own = self.tests.iter().find_map(|test| match test {
            Test::Matches(pattern) | Test::NotMatches(pattern) => pattern.broken(),
            _ => None,
        });
        let mut below = self.any.iter().chain(&self.all).chain(self.not.as_deref());
        own.or_else(|| below.find_map(Self::broken_pattern))
    }

    pub(super) fn eval(&self, roots: &Roots<'_>) -> Truth {
        let start = match self.root {
            Root::Here => roots.here,
            Root::Pod => roots.pod,
            Root::Object => Some(roots.object),
            Root::Volume => roots.volume,
        };
        let Some(start) = start else { return self.test(None, roots) };
        if self.path.is_empty() {
            return self.test(Some(start), roots);
        }
        let mut truth = Truth::No;
        self.path.visit(start, &mut |hit| {
            let node = hit.node.or_else(|| if self.inherit { self.path.find(roots.pod?) } else { None });
            truth = truth.or(if hit.barred { Truth::Unknown } else { self.test(node, roots) });
        });
        truth
    }

    fn test(&self, node: Option<Node<'_>>, roots: &Roots<'_>) -> Truth {
        let here = Roots { here: node, ..*roots };
        let mut truth = self.tests.iter().fold(Truth::Yes, |truth, test| truth.and(test.eval(node)));
        truth = self.all.iter().fold(truth, |truth, it| truth.and(it.eval(&here)));
        if !self.any.is_empty() {
            truth = truth.and(self.any.iter().fold(Truth::No, |any, it| any.or(it.eval(&here))));
        }
        match &self.not {
            Some(not) => truth.and(not.eval(&here).not()),
            None => truth,
        }
    }
}

fn split_root(text: &str) -> Result<(Root, Path), CompileError> {
    let (root, rest) = match text.strip_prefix('$').map(|it| it.split_once('.').unwrap_or((it, ""))) {
        None => (Root::Here, text),
        Some(("pod", rest)) => (Root::Pod, rest),
        Some(("object", rest)) => (Root::Object, rest),
        Some(("volume", rest)) => (Root::Volume, rest),
        Some(_) => return Err(CompileError::Root(text.to_owned())),
    };
    Ok((root, Path::parse(rest)?))
}

fn tests(clause: &Clause, params: &Params<'_>) -> Result<Vec<Test>, CompileError> {
    let list = |literals: &Literals| params.list(literals);
    let one = |literal: &Literal| params.list(&Literals::One(literal.clone()));
    let regex = |text: &String| match params.text(text)? {
        Cow::Borrowed(own) => Ok(Pattern::of_rule(own)),
        Cow::Owned(set) => Pattern::of_user(&set),
    };
    let mut tests = Vec::new();
    tests.extend(clause.present.map(Test::Present));
    tests.extend(clause.equals.as_ref().map(one).transpose()?.map(Test::OneOf));
    tests.extend(clause.not_equals.as_ref().map(one).transpose()?.map(Test::NotIn));
    tests.extend(clause.one_of.as_ref().map(list).transpose()?.map(Test::OneOf));
    tests.extend(clause.not_in.as_ref().map(list).transpose()?.map(Test::NotIn));
    tests.extend(clause.matches.as_ref().map(regex).transpose()?.map(Test::Matches));
    tests.extend(clause.not_matches.as_ref().map(regex).transpose()?.map(Test::NotMatches));
    tests.extend(clause.below.as_ref().map(|it| params.number(it)).transpose()?.map(Test::Below));
    tests.extend(clause.above.as_ref().map(|it| params.number(it)).transpose()?.map(Test::Above));
    tests.extend(clause.contains.as_ref().map(list).transpose()?.map(Test::Contains));
    tests.extend(clause.lacks.as_ref().map(list).transpose()?.map(Test::Lacks));
    tests.extend(clause.empty.map(Test::Empty));
    Ok(tests)
}

impl Test {
    fn eval(&self, node: Option<Node<'_>>) -> Truth {
        let typed = node.map_or(Value::Null, value);
        if let Test::Present(wanted) = self {
            return Truth::of((typed != Value::Null) == *wanted);
        }
        let Some(node) = node.filter(|_| typed != Value::Null) else { return Truth::No };
        match self {
            Test::Present(_) => Truth::No,
            Test::OneOf(literals) => is_one_of(node, &typed, literals),
            Test::NotIn(literals) => is_one_of(node, &typed, literals).not(),
            Test::Matches(regex) => matches(node, &typed, regex),
            Test::NotMatches(regex) => matches(node, &typed, regex).not(),
            Test::Below(bound) => compare(&typed, |number| number < *bound),
            Test::Above(bound) => compare(&typed, |number| number > *bound),
            Test::Contains(literals) => holds(node, &typed, literals),
            Test::Lacks(literals) if node.kind() == Kind::Sequence => holds(node, &typed, literals).not(),
            Test::Lacks(_) => Truth::Unknown,
            Test::Empty(_) if typed == Value::Unknown => Truth::Unknown,
            Test::Empty(wanted) => Truth::of(is_empty(node, &typed) == *wanted),
        }
    }
}

fn is_one_of(node: Node<'_>, typed: &Value<'_>, literals: &[Literal]) -> Truth {
    literals.iter().fold(Truth::No, |truth, literal| truth.or(equals(node, typed, literal)))
}

/// Whether the API server would read `node` as `literal`. A value of another type is one that it refuses, so
/// nothing is known about it.
fn equals(node: Node<'_>, typed: &Value<'_>, literal: &Literal) -> Truth {
    match (typed, literal) {
        (Value::Unknown, _) => Truth::Unknown,
        (Value::Bool(own), Literal::Bool(other)) => Truth::of(own == other),
        #[expect(clippy::cast_precision_loss, reason = "field values are far below 2^52")]
        (Value::Int(own), Literal::Int(_) | Literal::Float(_)) => {
            Truth::of(literal.number() == Some(*own as f64))
        }
        (Value::Float(own), Literal::Int(_) | Literal::Float(_)) => Truth::of(literal.number() == Some(*own)),
        (_, Literal::Text(other)) => {
            settled_text(node).map_or(Truth::No, |own| Truth::of(own == other.as_str()))
        }
        _ => Truth::Unknown,
    }
}

fn matches(node: Node<'_>, typed: &Value<'_>, regex: &Pattern) -> Truth {
    match (typed, settled_text(node)) {
        (Value::Unknown, _) | (_, None) => Truth::Unknown,
        (_, Some(text)) => Truth::of(regex.is_match(&text)),
    }
}

fn compare(typed: &Value<'_>, test: impl Fn(f64) -> bool) -> Truth {
    match typed {
        #[expect(clippy::cast_precision_loss, reason = "bounds in rules are far below 2^52")]
        Value::Int(own) => Truth::of(test(*own as f64)),
        Value::Float(own) => Truth::of(test(*own)),
        _ => Truth::Unknown,
    }
}

fn holds(node: Node<'_>, typed: &Value<'_>, literals: &[Literal]) -> Truth {
    if *typed == Value::Unknown {
        return Truth::Unknown;
    }
    node.items().fold(Truth::No, |truth, item| truth.or(is_one_of(item, &value(item), literals)))
}

fn is_empty(node: Node<'_>, typed: &Value<'_>) -> bool {
    match typed {
        Value::Sequence => node.items().next().is_none(),
        Value::Mapping => node.entries().next().is_none(),
        Value::Text(text) => text.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        base::SourceId,
        rule::Registry,
        yaml::{self, Limits},
    };

    fn eval(clause: &str, text: &str) -> Truth {
        let registry = Registry::embedded().unwrap();
        let set = BTreeMap::new();
        let params = Params::new(&registry.rules()[0], &set);
        let clause: Clause = serde_yaml::from_str(clause).unwrap();
        let parsed = yaml::parse(SourceId(0), text, &Limits::default());
        let root = parsed.root(&parsed.documents()[0]).unwrap();
        let roots = Roots { here: Some(root), pod: None, object: root, volume: None };
        Condition::compile(&clause, &params).unwrap().eval(&roots)
    }

    #[test]
    fn what_a_placeholder_hides_is_unknown_at_every_depth() {
        for clause in ["{path: a.b, present: false}", "{path: a.b, equals: 1}", "{path: a, empty: false}"] {
            assert_eq!(eval(clause, "a: ${X}"), Truth::Unknown, "{clause}");
        }
        assert_eq!(eval("{path: a.b, present: false}", "a: {}"), Truth::Yes);
        assert_eq!(eval("{path: a, empty: false}", "a: [x]"), Truth::Yes);
    }

    #[test]
    fn a_placeholder_with_a_default_is_compared_by_its_default() {
        assert_eq!(eval("{path: a, equals: Default}", "a: ${X:=Default}"), Truth::Yes);
        assert_eq!(eval("{path: a, matches: '='}", "a: ${X:=1}"), Truth::No);
        assert_eq!(eval("{path: a, equals: true}", "a: ${X:-true}"), Truth::Yes);
    }
}
