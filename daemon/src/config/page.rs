//! A TOML text as a tree that knows where each key and value stands. It judges nothing.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mistake::{Mistake, Source};

/// One key of a table: where the key stands and what it holds.
pub(super) type Value<'t> = Spanned<DeValue<'t>>;

/// Parses a text. Every syntax error at once; a text with any has no tree.
pub(super) fn parse(source: Source<'_>) -> Result<DeTable<'_>, Vec<Mistake>> {
    let (table, errors) = DeTable::parse_recoverable(source.text);
    if errors.is_empty() {
        return Ok(table.into_inner());
    }
    let mistake = |error: toml::de::Error| {
        let span = error.span().unwrap_or(source.text.len()..source.text.len());
        let message = format!("this is not TOML: {}", error.message().replace('\n', ", "));
        Mistake::at(source, span, message, "mend this first; the rest is read after that")
    };
    Err(errors.into_iter().map(mistake).collect())
}

/// A cursor into the tree. Following a key that is not there stays where it is, so that a
/// mistake about something left out points at what it was left out of.
#[derive(Clone)]
pub(super) struct Cursor<'p, 't> {
    source: Source<'t>,
    table: Option<&'p DeTable<'t>>,
    value: Option<&'p Value<'t>>,
    key: Range<usize>,
    span: Range<usize>,
}

impl<'p, 't> Cursor<'p, 't> {
    pub(super) fn new(source: Source<'t>, table: &'p DeTable<'t>) -> Self {
        Self { source, table: Some(table), value: None, key: 0..0, span: 0..0 }
    }

    /// The value under a key of a table.
    pub(super) fn at(&self, key: &str) -> Self {
        let Some((key, value)) = self.table.and_then(|table| table.get_key_value(key)) else {
            return Self { table: None, value: None, ..self.clone() };
        };
        let span = pointing(key.span(), value);
        let table = value.get_ref().as_table();
        Self { source: self.source, table, value: Some(value), key: key.span(), span }
    }

    /// The value at a position of a list, from 0.
    pub(super) fn nth(&self, position: usize) -> Self {
        let list = self.value.and_then(|value| value.get_ref().as_array());
        let Some(value) = list.and_then(|list| list.get(position)) else {
            return self.clone();
        };
        let table = value.get_ref().as_table();
        let key = value.span();
        Self { source: self.source, table, value: Some(value), key: key.clone(), span: key }
    }

    /// The keys of a table, in the order in which they were written.
    pub(super) fn keys(&self) -> Vec<&'p str> {
        let mut keys: Vec<_> = self.table.into_iter().flat_map(|table| table.keys()).collect();
        keys.sort_by_key(|key| key.span().start);
        keys.into_iter().map(|key| key.get_ref().as_ref()).collect()
    }

    /// How many items a list has; 0 for anything else.
    pub(super) fn len(&self) -> usize {
        self.value.and_then(|value| value.get_ref().as_array()).map_or(0, |list| list.len())
    }

    /// A mistake about the value.
    pub(super) fn mistake(&self, message: impl Into<String>, mend: impl Into<String>) -> Mistake {
        Mistake::at(self.source, self.span.clone(), message, mend)
    }

    /// A mistake about the key itself.
    pub(super) fn key_mistake(
        &self,
        message: impl Into<String>,
        mend: impl Into<String>,
    ) -> Mistake {
        Mistake::at(self.source, self.key.clone(), message, mend)
    }
}

/// Where to point for a value: a table is known by its key, anything else by itself.
pub(super) fn pointing(key: Range<usize>, value: &Value<'_>) -> Range<usize> {
    match value.get_ref() {
        DeValue::Table(_) => key,
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_) => value.span(),
    }
}
