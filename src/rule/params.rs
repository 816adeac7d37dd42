//! The values of a rule's parameters: the user's, else the rule's own.

use std::{borrow::Cow, collections::BTreeMap};

use super::{
    Rule,
    compiled::CompileError,
    file::{Data, Literal, Literals},
};
use crate::yaml::Draft;

/// A rule's parameters as they hold for one run.
#[derive(Debug, Clone, Copy)]
pub struct Params<'r> {
    rule: &'r Rule,
    set: &'r BTreeMap<String, Literals>,
}

impl<'r> Params<'r> {
    /// The parameters of `rule`, overridden by what the user `set`.
    pub fn new(rule: &'r Rule, set: &'r BTreeMap<String, Literals>) -> Self {
        Self { rule, set }
    }

    /// The value of the parameter `name`.
    pub fn get(&self, name: &str) -> Option<&'r Literals> {
        self.set.get(name).or_else(|| self.rule.params.get(name).map(|param| &param.default))
    }

    /// The parameter `name` as texts; empty when there is no such parameter.
    pub fn texts(&self, name: &str) -> Vec<&'r str> {
        let literals: &[Literal] = match self.get(name) {
            Some(Literals::Many(literals)) => literals,
            Some(Literals::One(literal)) => std::slice::from_ref(literal),
            None => &[],
        };
        literals
            .iter()
            .filter_map(|it| if let Literal::Text(text) = it { Some(text.as_str()) } else { None })
            .collect()
    }

    /// The parameter `name` as a whole number.
    pub fn int(&self, name: &str) -> Option<i64> {
        if let Some(Literals::One(Literal::Int(int))) = self.get(name) { Some(*int) } else { None }
    }

    /// `literals` with `$name` replaced by the parameter's values.
    pub(super) fn list(&self, literals: &Literals) -> Result<Vec<Literal>, CompileError> {
        let own = match literals {
            Literals::Many(literals) => literals.clone(),
            Literals::One(literal) => vec![literal.clone()],
        };
        let mut list = Vec::with_capacity(own.len());
        for literal in own {
            match &literal {
                Literal::Text(text) if text.starts_with('$') => match self.param(text)? {
                    Literals::Many(literals) => list.extend(literals.iter().cloned()),
                    Literals::One(literal) => list.push(literal.clone()),
                },
                _ => list.push(literal),
            }
        }
        Ok(list)
    }

    /// `words` with `$name` replaced by the parameter's texts.
    pub(super) fn words(&self, words: &[String]) -> Result<Vec<String>, CompileError> {
        let mut all = Vec::with_capacity(words.len());
        for word in words {
            match word.strip_prefix('$') {
                Some(name) => {
                    self.param(word)?;
                    all.extend(self.texts(name).into_iter().map(str::to_owned));
                }
                None => all.push(word.clone()),
            }
        }
        Ok(all)
    }

    /// `data` with `$name` replaced by the parameter's value, ready to be written.
    pub(super) fn draft(&self, data: &Data) -> Result<Draft, CompileError> {
        match data {
            Data::Scalar(Literal::Text(text)) if text.starts_with('$') => Ok(match self.param(text)? {
                Literals::One(literal) => literal.draft(),
                Literals::Many(literals) => Draft::List(literals.iter().map(Literal::draft).collect()),
            }),
            Data::Scalar(literal) => Ok(literal.draft()),
            Data::List(items) => {
                Ok(Draft::List(items.iter().map(|it| self.draft(it)).collect::<Result<_, _>>()?))
            }
            Data::Map(entries) => {
                let entry = |(key, value): &(String, Data)| Ok((key.clone(), self.draft(value)?));
                Ok(Draft::Map(entries.iter().map(entry).collect::<Result<_, CompileError>>()?))
            }
        }
    }

    pub(super) fn number(&self, literal: &Literal) -> Result<f64, CompileError> {
        let number = match literal {
            Literal::Text(text) if text.starts_with('$') => match self.param(text)? {
                Literals::One(literal) => literal.number(),
                Literals::Many(_) => None,
            },
            literal => literal.number(),
        };
        number.ok_or_else(|| CompileError::NotANumber(format!("{literal:?}")))
    }

    pub(super) fn text<'t>(&self, text: &'t str) -> Result<Cow<'t, str>, CompileError> {
        if !text.starts_with('$') {
            return Ok(Cow::Borrowed(text));
        }
        match self.param(text)? {
            Literals::One(Literal::Text(text)) => Ok(Cow::Owned(text.clone())),
            _ => Err(CompileError::Param(text.to_owned())),
        }
    }

    fn param(&self, reference: &str) -> Result<&'r Literals, CompileError> {
        self.get(reference.trim_start_matches('$')).ok_or_else(|| CompileError::Param(reference.to_owned()))
    }
}

impl Literal {
    /// As a value that can be written.
    pub(super) fn draft(&self) -> Draft {
        match self {
            Literal::Bool(it) => Draft::Bool(*it),
            Literal::Int(it) => Draft::Int(*it),
            Literal::Float(it) => Draft::Float(*it),
            Literal::Text(text) => Draft::Text(text.clone()),
        }
    }

    /// Its value, if it is a number.
    pub fn number(&self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "numbers in rules are far below 2^52")]
            Literal::Int(int) => Some(*int as f64),
            Literal::Float(float) => Some(*float),
            Literal::Bool(_) | Literal::Text(_) => None,
        }
    }
}
