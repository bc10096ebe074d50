//! Compares a tree with the schema of what it should be: unknown keys, missing keys, wrong kinds,
//! wrong words and wrong amounts, all at once, each with its span and mend.
//!
//! The schema is derived from the types in [`super::file`] and in the drivers, the same from
//! which the reference in `docs/ref/home.md` is written; so a key, its bounds and its explanation
//! are written down once. Nothing here knows what a key means: names that refer to each other
//! are compared in [`super::resolve`].

use std::borrow::Cow;
use std::ops::Range;

use schemars::{JsonSchema, SchemaGenerator};
use serde_json::Value as Json;
use toml::Spanned;
use toml::de::{DeArray, DeString, DeTable, DeValue};

use super::format;
use super::mistake::{Mistake, Showing, Source};
use super::nearest::{list, suggest};
use super::page::{Value, pointing};

/// What one table or value must look like.
#[derive(Clone, Debug)]
pub(super) struct Shape(Json);

/// Whether something may be read on, or had a mistake and must be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Soundness {
    Sound,
    Broken,
}

use Soundness::{Broken, Sound};

impl Shape {
    pub(super) fn of<T: JsonSchema>() -> Self {
        Self(SchemaGenerator::default().into_root_schema_for::<T>().to_value())
    }

    #[cfg(test)]
    pub(super) fn as_json(&self) -> &Json {
        &self.0
    }

    /// The same for a part of a file: nothing is needed at the top.
    #[cfg(test)]
    pub(super) fn lenient(mut self) -> Self {
        if let Some(root) = self.0.as_object_mut() {
            root.remove("required");
        }
        self
    }

    /// Finds every mistake of shape, and removes from the tree the smallest entries that have
    /// one, so that the rest can still be read and compared.
    pub(super) fn prune(&self, source: Source<'_>, table: &mut DeTable<'_>) -> Vec<Mistake> {
        let mut walk = Walk { source, root: &self.0, found: Vec::new() };
        walk.table(&self.0, table, &Spot::top(source), Entries::Prune);
        walk.found
    }
}

/// A `$ref` is followed; "or null" is dropped, since TOML has no null.
pub(super) fn follow<'s>(root: &'s Json, schema: &'s Json) -> &'s Json {
    let referred = schema.get("$ref").and_then(Json::as_str);
    if let Some(target) = referred.and_then(|name| root.pointer(name.trim_start_matches('#'))) {
        return follow(root, target);
    }
    let Some(choices) = schema.get("anyOf").and_then(Json::as_array) else { return schema };
    let is_null = |choice: &&Json| choice.get("type").and_then(Json::as_str) == Some("null");
    let mut others = choices.iter().filter(|choice| !is_null(choice));
    match (others.next(), others.next()) {
        (Some(only), None) => follow(root, only),
        (Some(_), Some(_)) | (None, _) => schema,
    }
}

/// The words an enum may be written as.
pub(super) fn words(schema: &Json) -> Vec<&str> {
    let listed = schema.get("enum").and_then(Json::as_array).into_iter().flatten();
    let own = listed.chain(schema.get("const")).filter_map(Json::as_str);
    let choices = schema.get("oneOf").and_then(Json::as_array).into_iter().flatten();
    own.chain(choices.flat_map(words)).collect()
}

/// The tables of which an enum must be exactly one: `mqtt = { … }` or `gpio = { … }`.
pub(super) fn tags<'s>(root: &'s Json, schema: &'s Json) -> Vec<(&'s str, &'s Json)> {
    let choices = schema.get("oneOf").and_then(Json::as_array).into_iter().flatten();
    choices
        .map(|choice| follow(root, choice))
        .filter_map(|choice| choice.get("properties").and_then(Json::as_object))
        .flat_map(|properties| properties.iter().map(|(tag, inner)| (tag.as_str(), inner)))
        .collect()
}

/// Where a value stands and what to call it.
struct Spot {
    /// `device.front_door`; empty at the top.
    path: String,
    /// Where to point when something is missing in it.
    span: Range<usize>,
}

impl Spot {
    fn top(source: Source<'_>) -> Self {
        let end = source.text.trim_end().len();
        Self { path: String::new(), span: end..end }
    }

    fn key(&self, key: &Spanned<DeString<'_>>, value: &Value<'_>) -> Self {
        let name = key.get_ref();
        let path =
            if self.path.is_empty() { name.to_string() } else { format!("{}.{name}", self.path) };
        Self { path, span: pointing(key.span(), value) }
    }

    fn item(&self, position: usize, value: &Value<'_>) -> Self {
        Self { path: format!("{} (number {})", self.path, position + 1), span: value.span() }
    }

    fn name(&self) -> Cow<'_, str> {
        if self.path.is_empty() { "the file".into() } else { format!("`{}`", self.path).into() }
    }
}

/// What a broken entry of a table does to the table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Entries {
    /// It is removed.
    Prune,
    /// It breaks the table.
    Keep,
}

struct Walk<'s> {
    source: Source<'s>,
    root: &'s Json,
    found: Vec<Mistake>,
}

impl<'s> Walk<'s> {
    fn mistake(&mut self, spot: &Spot, message: String, mend: String) -> Soundness {
        self.found.push(Mistake::at(self.source, spot.span.clone(), message, mend));
        Broken
    }

    fn value(&mut self, schema: &'s Json, value: &mut Value<'_>, spot: &Spot) -> Soundness {
        let schema = follow(self.root, schema);
        let (words, tags) = (words(schema), tags(self.root, schema));
        let kind = Kind::of(schema);
        match value.get_mut() {
            DeValue::String(text) if !words.is_empty() => self.word(text, &words, spot),
            DeValue::Table(table) if !tags.is_empty() => self.tagged(&tags, table, spot),
            _ if !words.is_empty() || !tags.is_empty() => {
                let names: Vec<_> = tags.iter().map(|(tag, _)| *tag).collect();
                let mend = if words.is_empty() {
                    format!("write a table with one of {}", list(&names))
                } else {
                    format!("write one of {}, in quotes", list(&words))
                };
                self.mistake(spot, format!("{} is none of its choices", spot.name()), mend)
            }
            DeValue::String(text) if kind.takes(Kind::Text) => self.text(schema, text, spot),
            DeValue::Integer(number) if kind.takes(Kind::Whole) => {
                match i64::from_str_radix(number.as_str(), number.radix()) {
                    Ok(amount) => self.amount(schema, Amount::Whole(amount), spot),
                    Err(_) => {
                        self.mistake(spot, "this number is too large".into(), "lower it".into())
                    }
                }
            }
            DeValue::Float(number) if kind.takes(Kind::Number) => {
                let amount = number.as_str().parse().unwrap_or(f64::NAN);
                self.amount(schema, Amount::Number(amount), spot)
            }
            DeValue::Boolean(_) if kind.takes(Kind::Switch) => Sound,
            DeValue::Array(items) if kind.takes(Kind::List) => self.list(schema, items, spot),
            DeValue::Table(table) if kind.takes(Kind::Table) => {
                self.table(schema, table, spot, Entries::Keep)
            }
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => self.wrong_kind(schema, kind, value, spot),
        }
    }

    fn wrong_kind(
        &mut self,
        schema: &Json,
        kind: Kind,
        value: &Value<'_>,
        spot: &Spot,
    ) -> Soundness {
        let (wanted, found) = (kind.in_words(), Kind::found(value.get_ref()));
        let format = schema.get("format").and_then(Json::as_str);
        let mend = format.and_then(|format| format::check(format, "").err());
        let mend = mend.unwrap_or_else(|| format!("write {wanted}"));
        self.mistake(spot, format!("{} must be {wanted}, not {found}", spot.name()), mend)
    }

    fn word(&mut self, text: &str, words: &[&str], spot: &Spot) -> Soundness {
        if words.contains(&text) {
            return Sound;
        }
        let message = match self.source.showing {
            Showing::Lines => format!("{} cannot be {text:?}", spot.name()),
            Showing::Nothing => format!("{} is none of its choices", spot.name()),
        };
        self.mistake(spot, message, suggest(text, words))
    }

    fn text(&mut self, schema: &Json, text: &str, spot: &Spot) -> Soundness {
        let characters = text.chars().count() as u64;
        let bound = |name: &str| schema.get(name).and_then(Json::as_u64);
        if let Some(min) = bound("minLength").filter(|min| characters < *min) {
            let message = format!("{} is too short", spot.name());
            return self.mistake(spot, message, format!("it has at least {min} characters"));
        }
        if let Some(max) = bound("maxLength").filter(|max| characters > *max) {
            let message = format!("{} is too long", spot.name());
            return self.mistake(spot, message, format!("it has at most {max} characters"));
        }
        let format = schema.get("format").and_then(Json::as_str);
        match format.map_or(Ok(()), |format| format::check(format, text)) {
            Ok(()) => Sound,
            Err(mend) => self.mistake(spot, format!("{} cannot be read", spot.name()), mend),
        }
    }

    fn amount(&mut self, schema: &Json, amount: Amount, spot: &Spot) -> Soundness {
        let format = schema.get("format").and_then(Json::as_str).unwrap_or_default();
        let widest = match format {
            "uint8" => Some(f64::from(u8::MAX)),
            "uint16" => Some(f64::from(u16::MAX)),
            "uint32" | "uint" => Some(f64::from(u32::MAX)),
            _ => None,
        };
        let min = schema.get("minimum").and_then(Json::as_f64);
        let max = schema.get("maximum").and_then(Json::as_f64).or(widest);
        let number = amount.as_f64();
        let inside = min.is_none_or(|min| number >= min) && max.is_none_or(|max| number <= max);
        if inside && number.is_finite() {
            return Sound;
        }
        let mend = match (min, max) {
            (Some(min), Some(max)) => format!("write a number from {min} to {max}"),
            (Some(min), None) => format!("write a number of at least {min}"),
            (None, Some(max)) => format!("write a number of at most {max}"),
            (None, None) => "write a number".to_owned(),
        };
        self.mistake(spot, format!("{} is out of bounds", spot.name()), mend)
    }

    /// A list; of tables, the broken ones are removed as those of a section are.
    fn list(&mut self, schema: &'s Json, items: &mut DeArray<'_>, spot: &Spot) -> Soundness {
        let mut soundness = self.count(schema, "Items", items.len(), spot);
        let Some(inner) = schema.get("items") else { return soundness };
        let whole = std::mem::replace(items, DeArray::new());
        let of_tables = whole.iter().all(|item| item.get_ref().is_table());
        for (position, mut item) in whole.into_iter().enumerate() {
            let spot = spot.item(position, &item);
            match self.value(inner, &mut item, &spot) {
                Sound => items.push(item),
                Broken if of_tables => {}
                Broken => soundness = Broken,
            }
        }
        soundness
    }

    /// Too many or too few entries of a list or table.
    fn count(&mut self, schema: &Json, what: &str, count: usize, spot: &Spot) -> Soundness {
        let bound = |name: &str| schema.get(format!("{name}{what}")).and_then(Json::as_u64);
        if let Some(min) = bound("min").filter(|min| (count as u64) < *min) {
            let message = format!("{} has {count} entries", spot.name());
            return self.mistake(spot, message, format!("it needs at least {min}"));
        }
        if let Some(max) = bound("max").filter(|max| (count as u64) > *max) {
            let message = format!("{} has {count} entries", spot.name());
            return self.mistake(spot, message, format!("it has room for {max}"));
        }
        Sound
    }

    /// Exactly one of the choices.
    fn tagged(
        &mut self,
        tags: &[(&'s str, &'s Json)],
        table: &mut DeTable<'_>,
        spot: &Spot,
    ) -> Soundness {
        let names: Vec<_> = tags.iter().map(|(tag, _)| *tag).collect();
        let count = table.len();
        let mut soundness = Sound;
        if count != 1 {
            let message = format!("{} must be exactly one of its choices", spot.name());
            soundness = self.mistake(spot, message, format!("write one of {}", list(&names)));
        }
        for (key, value) in table.iter_mut() {
            let inside = match tags.iter().find(|(tag, _)| tag == key.get_ref()) {
                Some((_, inner)) => self.value(inner, value, &spot.key(key, value)),
                None => self.unknown(key, &names, spot),
            };
            if inside == Broken {
                soundness = Broken;
            }
        }
        soundness
    }

    fn unknown(&mut self, key: &Spanned<DeString<'_>>, known: &[&str], spot: &Spot) -> Soundness {
        let name = key.get_ref();
        let at = Spot { path: String::new(), span: key.span() };
        let message = format!("`{name}` is not a key of {}", spot.name());
        self.mistake(&at, message, suggest(name, known))
    }

    /// A table with known keys, or with names of the household's own choice as keys.
    fn table(
        &mut self,
        schema: &'s Json,
        table: &mut DeTable<'_>,
        spot: &Spot,
        entries: Entries,
    ) -> Soundness {
        let Some(properties) = schema.get("properties").and_then(Json::as_object) else {
            return self.named_entries(schema, table, spot);
        };
        let known: Vec<_> = properties.keys().map(String::as_str).collect();
        let needed: Vec<_> = schema
            .get("required")
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
            .filter_map(Json::as_str)
            .collect();
        let mut soundness = Sound;
        for name in needed.iter().filter(|name| !table.contains_key(**name)) {
            let about = first_sentence(follow(self.root, &properties[*name]), &properties[*name]);
            let mend = format!("add `{name} = …`{about}");
            soundness = self.mistake(spot, format!("{} has no `{name}`", spot.name()), mend);
        }
        let mut broken = Vec::new();
        for (key, value) in table.iter_mut() {
            let name = key.get_ref();
            let inside = match properties.get(name.as_ref()) {
                Some(inner) => self.value(inner, value, &spot.key(key, value)),
                None => self.unknown(key, &known, spot),
            };
            if inside == Broken {
                broken.push(name.clone());
            }
        }
        if entries == Entries::Keep && !broken.is_empty() {
            soundness = Broken;
        }
        remove(table, &broken);
        soundness
    }

    fn named_entries(
        &mut self,
        schema: &'s Json,
        table: &mut DeTable<'_>,
        spot: &Spot,
    ) -> Soundness {
        let soundness = self.count(schema, "Properties", table.len(), spot);
        if let Some(inner) = schema.get("additionalProperties").filter(|inner| inner.is_object()) {
            let mut broken = Vec::new();
            for (key, value) in table.iter_mut() {
                if self.value(inner, value, &spot.key(key, value)) == Broken {
                    broken.push(key.get_ref().clone());
                }
            }
            remove(table, &broken);
        }
        soundness
    }
}

fn remove(table: &mut DeTable<'_>, keys: &[DeString<'_>]) {
    for key in keys {
        table.remove(key.as_ref());
    }
}

/// ": how long these people have before the next step", or nothing.
fn first_sentence(followed: &Json, own: &Json) -> String {
    let text = own.get("description").or_else(|| followed.get("description"));
    let text = text.and_then(Json::as_str).unwrap_or_default();
    let end = text.find(". ").or_else(|| text.find(".\n")).unwrap_or(text.len());
    let sentence = text[..end].trim_end_matches('.').replace('\n', " ");
    let mut characters = sentence.chars();
    match characters.next() {
        Some(first) => format!(": {}{}", first.to_lowercase(), characters.as_str()),
        None => String::new(),
    }
}

#[derive(Clone, Copy)]
enum Amount {
    Whole(i64),
    Number(f64),
}

impl Amount {
    fn as_f64(self) -> f64 {
        match self {
            // Bounds in a home file are far below 2^53, where this is exact.
            Self::Whole(amount) => amount as f64,
            Self::Number(amount) => amount,
        }
    }
}

/// What kind of value a schema asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Whole,
    Number,
    Switch,
    List,
    Table,
    Any,
}

impl Kind {
    fn of(schema: &Json) -> Self {
        let named = match schema.get("type") {
            Some(Json::Array(names)) => {
                names.iter().filter_map(Json::as_str).find(|name| *name != "null")
            }
            Some(named) => named.as_str(),
            None => None,
        };
        match named {
            Some("string") => Self::Text,
            Some("integer") => Self::Whole,
            Some("number") => Self::Number,
            Some("boolean") => Self::Switch,
            Some("array") => Self::List,
            Some("object") => Self::Table,
            Some(_) | None => Self::Any,
        }
    }

    fn takes(self, found: Self) -> bool {
        self == found || self == Self::Any || (self == Self::Number && found == Self::Whole)
    }

    fn in_words(self) -> &'static str {
        match self {
            Self::Text => "a text in quotes",
            Self::Whole => "a whole number",
            Self::Number => "a number",
            Self::Switch => "true or false",
            Self::List => "a list in [ ]",
            Self::Table => "a table in { }",
            Self::Any => "another kind of value",
        }
    }

    fn found(value: &DeValue<'_>) -> &'static str {
        match value {
            DeValue::String(_) => Self::Text.in_words(),
            DeValue::Integer(_) => Self::Whole.in_words(),
            DeValue::Float(_) => "a number with a point",
            DeValue::Boolean(_) => Self::Switch.in_words(),
            DeValue::Datetime(_) => "a time without quotes",
            DeValue::Array(_) => Self::List.in_words(),
            DeValue::Table(_) => Self::Table.in_words(),
        }
    }
}
