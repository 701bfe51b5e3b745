//! Whether something was said as we would say it: an object where we write one, a name where we write one.
//!
//! A [`Serializer`] that writes nothing: it holds each value that it is given against the one that stands there. Looked at
//! from this side, after reading, because before it the kinds of things that carry their kind inside (`{"type": …}`) are read by
//! serde into a form of its own, in which nobody can tell any more who takes an array for an object.
//!
//! What is not written is not looked at: fields that nobody knows, and those that a type leaves out. A type that leaves out
//! anything but nothing (`None`, an empty list) has to look after that field itself.

use serde::{
    Serialize, Serializer,
    ser::{
        Error as _, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
        SerializeTupleStruct, SerializeTupleVariant,
    },
};
use serde_json::{Error, Map, Value};

/// Holds what was read against what was said.
///
/// # Errors
/// Names the field, and what it has to be.
pub(super) fn compare<T: Serialize>(read: &T, said: &Value) -> Result<(), Error> {
    read.serialize(Said(said))
}

/// What stands where something would be written.
#[derive(Clone, Copy)]
struct Said<'a>(&'a Value);

impl<'a> Said<'a> {
    fn fields(self) -> Result<Fields<'a>, Error> {
        let fields = self.0.as_object().ok_or_else(|| Error::custom("an object is expected"))?;
        Ok(Fields { fields, key: None })
    }

    fn items(self) -> Result<Items<'a>, Error> {
        let items = self.0.as_array().ok_or_else(|| Error::custom("an array is expected"))?;
        Ok(Items(items.iter()))
    }

    fn name(self) -> Result<(), Error> {
        if self.0.is_string() { Ok(()) } else { Err(Error::custom("a string is expected")) }
    }

    fn number(self) -> Result<(), Error> {
        if self.0.is_number() { Ok(()) } else { Err(Error::custom("a number is expected")) }
    }

    /// What stands under the one name of an object.
    fn under(self, name: &str) -> Result<Self, Error> {
        self.fields()?.fields.get(name).map(Self).ok_or_else(|| Error::custom(format_args!("{name} is expected")))
    }
}

impl<'a> Serializer for Said<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Items<'a>;
    type SerializeTuple = Items<'a>;
    type SerializeTupleStruct = Items<'a>;
    type SerializeTupleVariant = Items<'a>;
    type SerializeMap = Fields<'a>;
    type SerializeStruct = Fields<'a>;
    type SerializeStructVariant = Fields<'a>;

    fn serialize_bool(self, _: bool) -> Result<(), Error> {
        if self.0.is_boolean() { Ok(()) } else { Err(Error::custom("true or false is expected")) }
    }

    fn serialize_i8(self, _: i8) -> Result<(), Error> {
        self.number()
    }

    fn serialize_i16(self, _: i16) -> Result<(), Error> {
        self.number()
    }

    fn serialize_i32(self, _: i32) -> Result<(), Error> {
        self.number()
    }

    fn serialize_i64(self, _: i64) -> Result<(), Error> {
        self.number()
    }

    fn serialize_u8(self, _: u8) -> Result<(), Error> {
        self.number()
    }

    fn serialize_u16(self, _: u16) -> Result<(), Error> {
        self.number()
    }

    fn serialize_u32(self, _: u32) -> Result<(), Error> {
        self.number()
    }

    fn serialize_u64(self, _: u64) -> Result<(), Error> {
        self.number()
    }

    fn serialize_f32(self, _: f32) -> Result<(), Error> {
        self.number()
    }

    fn serialize_f64(self, _: f64) -> Result<(), Error> {
        self.number()
    }

    fn serialize_char(self, _: char) -> Result<(), Error> {
        self.name()
    }

    fn serialize_str(self, _: &str) -> Result<(), Error> {
        self.name()
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), Error> {
        self.items().map(drop)
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        if self.0.is_null() { Ok(()) } else { Err(Error::custom("null is expected")) }
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<(), Error> {
        self.name()
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self.under(name)?)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'a>, Error> {
        self.items()
    }

    fn serialize_tuple(self, _: usize) -> Result<Items<'a>, Error> {
        self.items()
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items<'a>, Error> {
        self.items()
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Items<'a>, Error> {
        self.under(name)?.items()
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Fields<'a>, Error> {
        self.fields()
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields<'a>, Error> {
        self.fields()
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Fields<'a>, Error> {
        self.under(name)?.fields()
    }
}

/// An array's items in turn.
struct Items<'a>(std::slice::Iter<'a, Value>);

impl Items<'_> {
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.0.next().map_or(Ok(()), |said| value.serialize(Said(said)))
    }
}

impl SerializeSeq for Items<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.item(value)
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

impl SerializeTuple for Items<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.item(value)
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

impl SerializeTupleStruct for Items<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.item(value)
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

impl SerializeTupleVariant for Items<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.item(value)
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

/// An object's fields by name; one that nobody sent had a value of its own.
struct Fields<'a> {
    fields: &'a Map<String, Value>,
    key: Option<String>,
}

impl Fields<'_> {
    fn field<T: Serialize + ?Sized>(&self, name: &str, value: &T) -> Result<(), Error> {
        let Some(said) = self.fields.get(name) else { return Ok(()) };
        value.serialize(Said(said)).map_err(|error| Error::custom(format_args!("{name}: {error}")))
    }
}

impl SerializeStruct for Fields<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        self.field(name, value)
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

impl SerializeStructVariant for Fields<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        self.field(name, value)
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

impl SerializeMap for Fields<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.key = serde_json::to_value(key)?.as_str().map(str::to_owned);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.key.take().map_or(Ok(()), |name| self.field(&name, value))
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}
