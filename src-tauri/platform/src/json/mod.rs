//! Reading the JSON of others, and telling what is broken from what is wrong.
//!
//! serde takes more than the document of the HTTP interface allows: an array for an object (its fields in the order of the code), `{"name":null}`
//! or a number for a name, the last of several fields of one name. Clients that got away with it would break with the next field
//! that is added, and two readers of one body could understand two things. So what was read is held against what was said ([`spelling`]).

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value, map::Entry};

use crate::refusal::Refusal;

mod spelling;

/// The bytes as `T`, an object.
///
/// # Errors
/// Not JSON, nested too deeply, or a name twice in an object: `malformed-json`. JSON of another shape: `invalid-body`.
pub(crate) fn parse<T: DeserializeOwned + Serialize>(bytes: &[u8]) -> Result<T, Refusal> {
    let Told(value) = serde_json::from_slice(bytes).map_err(|error| Refusal::MalformedJson(error.to_string()))?;
    if !value.is_object() {
        return Err(Refusal::InvalidBody("an object is expected".to_owned()));
    }
    let invalid = |error: serde_json::Error| Refusal::InvalidBody(error.to_string());
    let read = T::deserialize(&value).map_err(invalid)?;
    spelling::compare(&read, &value).map_err(invalid)?;
    Ok(read)
}

/// A value in which each name of an object stands once, and in which 9.0 is the integer 9, as it is in JSON; to serde it is none.
struct Told(Value);

impl<'de> Deserialize<'de> for Told {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Listener).map(Self)
    }
}

struct Listener;

impl<'de> Visitor<'de> for Listener {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        // As far as a float tells whole numbers apart.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if value.fract() == 0.0 && value.abs() < EXACT {
            return Ok((value as i64).into());
        }
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut told = Vec::new();
        while let Some(Told(item)) = items.next_element()? {
            told.push(item);
        }
        Ok(told.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut told = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            match told.entry(name) {
                Entry::Vacant(place) => place.insert(fields.next_value::<Told>()?.0),
                Entry::Occupied(_) => return Err(A::Error::custom("a name stands twice in an object")),
            };
        }
        Ok(told.into())
    }
}
