//! Things of which a rule file has one or a list.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};

use super::{
    AddItem, Check, Clause, MoveField, QuoteField, RemoveField, RemoveItem, RenameField, Repair, ReplaceText,
    SetField,
};

/// Reads one thing or a list of them; unlike an untagged enum, it keeps the line of a mistake. A path alone stands
/// for a thing that has nothing but a path.
pub(super) fn one_or_many<'de, D: Deserializer<'de>, T: OneOf>(deserializer: D) -> Result<Vec<T>, D::Error> {
    struct OneOrMany<T>(PhantomData<T>);

    impl<'de, T: OneOf> Visitor<'de> for OneOrMany<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "one {0} or a list of {0}s", T::NAME)
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
            T::of_path(text)
                .map(|it| vec![it])
                .ok_or_else(|| E::invalid_type(de::Unexpected::Str(text), &self))
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Vec<T>, A::Error> {
            Ok(vec![T::deserialize(MapAccessDeserializer::new(map))?])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
            let mut all = Vec::new();
            while let Some(one) = seq.next_element_seed(One(PhantomData))? {
                all.push(one);
            }
            Ok(all)
        }
    }

    struct One<T>(PhantomData<T>);

    impl<'de, T: OneOf> de::DeserializeSeed<'de> for One<T> {
        type Value = T;

        fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
            deserializer.deserialize_any(self)
        }
    }

    impl<'de, T: OneOf> Visitor<'de> for One<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(T::NAME)
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
            T::of_path(text).ok_or_else(|| E::invalid_type(de::Unexpected::Str(text), &self))
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
            T::deserialize(MapAccessDeserializer::new(map))
        }
    }

    deserializer.deserialize_any(OneOrMany(PhantomData))
}

/// Something of which a rule file has one or several.
pub(super) trait OneOf: for<'de> Deserialize<'de> {
    /// What a person calls one.
    const NAME: &'static str;

    /// What a path alone stands for.
    fn of_path(_: &str) -> Option<Self> {
        None
    }
}

macro_rules! one_of {
    ($($of:ty: $name:literal;)*) => {
        $(impl OneOf for $of {
            const NAME: &'static str = $name;
        })*
    };
}

one_of! {
    Check: "check";
    Clause: "condition";
    Repair: "fix";
    SetField: "field to set";
    RenameField: "field to rename";
    AddItem: "item to add";
    RemoveItem: "item to remove";
    MoveField: "field to move";
    ReplaceText: "text to replace";
}

impl OneOf for RemoveField {
    const NAME: &'static str = "field to remove";

    fn of_path(text: &str) -> Option<Self> {
        Some(Self { path: text.to_owned(), prune: false })
    }
}

impl OneOf for QuoteField {
    const NAME: &'static str = "value to quote";

    fn of_path(text: &str) -> Option<Self> {
        Some(Self { path: text.to_owned() })
    }
}
