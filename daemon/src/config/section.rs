//! A text → one of the types of [`super::file`], as far as it can be read: what has a mistake is
//! left out and the rest is read, so that all mistakes are found in one go.

use std::ops::Range;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, Deserializer};

use super::Secrets;
use super::file::HomeFile;
use super::mistake::{Mistake, Showing, Source};
use super::page::{self, Value};
use super::shape::Shape;

/// After so many rules broken that only the types know, the rest is left for the next time.
const ATTEMPTS_MAX: usize = 100;

/// A file of ours.
pub(super) trait File: DeserializeOwned + JsonSchema {
    /// What stands in for a needed key that is missing or broken, so that the rest can still be
    /// compared. Where it stands in there is a mistake, so nothing is ever made of it.
    const STAND_IN: &'static str;
}

impl File for HomeFile {
    const STAND_IN: &'static str = "companion = '?'\nlanguage = 'nl'\nzone = 'UTC'\nskills = []
        resident = [{ name = '?' }]";
}

impl File for Secrets {
    const STAND_IN: &'static str = "";
}

/// What could be read of a file.
pub(super) struct Section<'t, T> {
    pub(super) read: T,
    /// The tree from which it was read: without broken entries.
    pub(super) sound: DeTable<'t>,
    /// The tree as it was written.
    pub(super) whole: DeTable<'t>,
}

/// Reads a text. Its mistakes of syntax and shape go to `mistakes`; without a tree there is
/// nothing more to find.
pub(super) fn section<'t, T: File>(
    source: Source<'t>,
    mistakes: &mut Vec<Mistake>,
) -> Option<Section<'t, T>> {
    let whole = match page::parse(source) {
        Ok(table) => table,
        Err(errors) => {
            mistakes.extend(errors);
            return None;
        }
    };
    let mut sound = whole.clone();
    mistakes.extend(Shape::of::<T>().prune(source, &mut sound));
    for _ in 0..ATTEMPTS_MAX {
        let tree = Spanned::new(0..source.text.len(), with_stand_in::<T>(sound.clone())?);
        let error = match T::deserialize(Deserializer::from(tree)) {
            Ok(read) => return Some(Section { read, sound, whole }),
            Err(error) => error,
        };
        // A rule of a type that its schema does not show. Its words may quote a secret.
        let message = match source.showing {
            Showing::Lines => error.message().to_owned(),
            Showing::Nothing => "this does not fit".to_owned(),
        };
        let span = error.span().unwrap_or(0..0);
        mistakes.push(Mistake::at(source, span.clone(), message, "see docs/ref/home.md"));
        if !leave_out(&mut sound, &span) {
            return None;
        }
    }
    None
}

/// A tree with everything that is needed at its top. `None` never happens: a test reads them.
fn with_stand_in<T: File>(mut table: DeTable<'_>) -> Option<DeTable<'_>> {
    for (key, value) in DeTable::parse(T::STAND_IN).ok()?.into_inner() {
        if !table.contains_key(key.get_ref().as_ref()) {
            table.insert(key, value);
        }
    }
    Some(table)
}

/// Removes the smallest entry that holds the span: one of a section's, else the whole section.
/// False if none holds it.
fn leave_out(table: &mut DeTable<'_>, span: &Range<usize>) -> bool {
    let holder = table.iter().find(|(_, value)| holds(value, span));
    let Some(name) = holder.map(|(key, _)| key.get_ref().clone()) else { return false };
    let section = table.get_mut(name.as_ref()).map(Spanned::get_mut);
    let entry_left_out = match section {
        Some(DeValue::Table(entries))
            if entries.values().all(|entry| entry.get_ref().is_table()) =>
        {
            let entry = entries.iter().find(|(_, entry)| holds(entry, span));
            let entry = entry.map(|(key, _)| key.get_ref().clone());
            entry.is_some_and(|key| entries.remove(key.as_ref()).is_some())
        }
        Some(DeValue::Array(entries)) if entries.iter().all(|entry| entry.get_ref().is_table()) => {
            let all = std::mem::replace(entries, DeArray::new());
            let count = all.len();
            *entries = all.into_iter().filter(|entry| !holds(entry, span)).collect();
            entries.len() < count
        }
        Some(_) | None => false,
    };
    entry_left_out || table.remove(name.as_ref()).is_some()
}

/// Is the span in this value or in anything below it? A table is not one piece of the text.
fn holds(value: &Value<'_>, span: &Range<usize>) -> bool {
    let own = value.span();
    let inside = own.start <= span.start && span.end <= own.end;
    inside
        || match value.get_ref() {
            DeValue::Table(table) => table.values().any(|value| holds(value, span)),
            DeValue::Array(items) => items.iter().any(|item| holds(item, span)),
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_) => false,
        }
}
