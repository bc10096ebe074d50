//! Home Assistant's own sentences, as they are and disturbed: is the intent that both have found,
//! with the same slots? Of what Omzien does not do nothing is judged.

use std::collections::BTreeMap;
use std::fmt;

use omzien_core::Language;
use serde::Deserialize;
use serde_json::Value;

use super::data::{Data, NoData};
use crate::understanding::Reader;

/// What Omzien does, by the names of their files: before the first `_` the kind of thing.
const DONE: &[&str] = &[
    "climate",
    "cover",
    "fan",
    "homeassistant",
    "light",
    "lock",
    "scene",
    "script",
    "shopping",
    "HassLightSet/name",
    "HassTurnOff/domain",
    "HassTurnOff/name",
    "HassTurnOn/area",
    "HassTurnOn/domain",
];
/// Theirs, and nothing that can be compared: an answer of their own making, or the state of
/// something that Omzien has no word for.
const NOT_COMPARED: &[&str] = &["HassRespond"];
/// What the slots are compared by; the rest says which kind of thing it is, and so does a name.
const COMPARED: &[&str] =
    &["name", "area", "floor", "brightness", "color", "temperature", "position", "item", "message"];

#[derive(Debug, Deserialize)]
struct Sentence {
    text: String,
    intent: String,
    slots: BTreeMap<String, Value>,
    /// What was known beside the sentence; an area is that of whoever spoke.
    #[serde(default)]
    context: BTreeMap<String, Value>,
    file: String,
    #[serde(default)]
    perturbation: Option<String>,
}

/// What came out, by how the sentences were disturbed.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    rows: BTreeMap<String, Row>,
    /// What was wanted, what was found, the sentence.
    pub(crate) misses: Vec<(String, String, String)>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Row {
    sentences: usize,
    intent: usize,
    with_slots: usize,
}

/// Judges the sentences of `ha_intents` or `ha_perturbed`.
pub(crate) fn judge(
    data: &Data,
    name: &str,
    language: Language,
    reader: &Reader,
) -> Result<Outcome, NoData> {
    let sentences: Vec<Sentence> = data.sentences(name, language)?;
    let mut outcome = Outcome::default();
    for sentence in sentences.iter().filter(|sentence| is_done(sentence)) {
        let kind = sentence.perturbation.as_deref().unwrap_or("as they are");
        let row = outcome.rows.entry(kind.to_owned()).or_default();
        row.sentences += 1;
        let found = reader.line(&sentence.text);
        let same = found.equivalent.as_deref() == Some(&*sentence.intent);
        let mut theirs = sentence.slots.clone();
        theirs.retain(|slot, value| sentence.was_said(slot, value));
        let slots = same && same_slots(&theirs, &found.slots);
        row.intent += usize::from(same);
        row.with_slots += usize::from(slots);
        if !slots {
            let wanted = format!("{} {}", sentence.intent, json(&sentence.slots));
            let intent = found.intent.unwrap_or_default();
            let equivalent = found.equivalent.unwrap_or_default();
            let found = format!("{intent} {equivalent} {}", json(&found.slots));
            outcome.misses.push((format!("{kind}: {wanted}"), found, sentence.text.clone()));
        }
    }
    Ok(outcome)
}

fn is_done(sentence: &Sentence) -> bool {
    DONE.iter().any(|done| sentence.file.starts_with(done))
        && !NOT_COMPARED.contains(&sentence.intent.as_str())
}

fn json(slots: &BTreeMap<String, Value>) -> String {
    serde_json::to_string(slots).unwrap_or_default()
}

impl Sentence {
    /// Where it was said is in nobody's words, nor is a name of all things.
    fn was_said(&self, slot: &str, value: &Value) -> bool {
        self.context.get(slot) != Some(value) && (slot != "name" || value != "all")
    }
}

/// Everything that they heard was heard by us.
fn same_slots(theirs: &BTreeMap<String, Value>, ours: &BTreeMap<String, Value>) -> bool {
    let length = |slots: &BTreeMap<String, Value>, prefix: &str| {
        let of = |unit: &str| slots.get(&format!("{prefix}{unit}")).and_then(Value::as_f64);
        let units = [("hours", 3_600.0), ("minutes", 60.0), ("seconds", 1.0)];
        units.map(|(unit, worth)| of(unit).unwrap_or(0.0) * worth).iter().sum::<f64>()
    };
    let lasts = ["", "start_"].iter().all(|prefix| {
        let wanted = length(theirs, prefix);
        wanted == 0.0 || (wanted - length(ours, prefix)).abs() < 0.5
    });
    lasts
        && COMPARED.iter().all(|slot| match theirs.get(*slot) {
            None => true,
            // Of several spellings one.
            Some(Value::Array(any)) => {
                ours.get(*slot).is_some_and(|found| any.iter().any(|wanted| same(wanted, found)))
            }
            Some(wanted) => ours.get(*slot).is_some_and(|found| same(wanted, found)),
        })
}

fn same(wanted: &Value, found: &Value) -> bool {
    match (wanted.as_f64(), found.as_f64()) {
        (Some(wanted), Some(found)) => (wanted - found).abs() < 1e-6,
        (None, None) => {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_lowercase();
            text(wanted) == text(found)
        }
        (Some(_), None) | (None, Some(_)) => false,
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (kind, row)) in self.rows.iter().enumerate() {
            let share = |part: usize| 100.0 * part as f64 / row.sentences.max(1) as f64;
            let line = if place == 0 { "" } else { "\n" };
            write!(
                f,
                "{line}  {kind:<16} intent and slots {:>5.1} %, intent {:>5.1} % of {}",
                share(row.with_slots),
                share(row.intent),
                row.sentences
            )?;
        }
        Ok(())
    }
}
