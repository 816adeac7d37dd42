//! Values in rule files and configurations.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess, SeqAccess, Visitor},
};

/// A value in a rule file or a configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Literal {
    /// `true`, `false`
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// Text; `$name` stands for the value of a parameter.
    Text(String),
}

/// One value or several.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Literals {
    /// A list.
    Many(Vec<Literal>),
    /// A single value.
    One(Literal),
}

/// Any value, with the keys of mappings in the order written.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// A single value.
    Scalar(Literal),
    /// A list.
    List(Vec<Data>),
    /// Keys and values.
    Map(Vec<(String, Data)>),
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Data::Scalar(literal) => literal.serialize(serializer),
            Data::List(items) => items.serialize(serializer),
            Data::Map(entries) => serializer.collect_map(entries.iter().map(|(key, value)| (key, value))),
        }
    }
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyData;

        impl<'de> Visitor<'de> for AnyData {
            type Value = Data;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a scalar, a list or a mapping")
            }

            fn visit_bool<E>(self, it: bool) -> Result<Data, E> {
                Ok(Data::Scalar(Literal::Bool(it)))
            }

            fn visit_i64<E>(self, it: i64) -> Result<Data, E> {
                Ok(Data::Scalar(Literal::Int(it)))
            }

            fn visit_u64<E: de::Error>(self, it: u64) -> Result<Data, E> {
                i64::try_from(it).map(|it| Data::Scalar(Literal::Int(it))).map_err(E::custom)
            }

            fn visit_f64<E>(self, it: f64) -> Result<Data, E> {
                Ok(Data::Scalar(Literal::Float(it)))
            }

            fn visit_str<E>(self, it: &str) -> Result<Data, E> {
                Ok(Data::Scalar(Literal::Text(it.to_owned())))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Data, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Data::Map(entries))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Data, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Data::List(items))
            }
        }

        deserializer.deserialize_any(AnyData)
    }
}
