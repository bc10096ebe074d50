//! A sentence as it is pronounced: times, dates, amounts, units, telephone numbers and short forms
//! in words, names as the home says they sound. Pure; what is shown and kept stays as written.
//!
//! What it does not recognise it leaves to the voice. The words are in `language/*.toml`.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};
use omzien_core::Language;

use super::{Speech, number, speech};
use crate::language::{self, Money, Speakable, Unit};

/// A telephone number of a country has at most so many digits, one with a `+` two more.
const TELEPHONE_DIGITS: usize = 10;
/// Fewer than this are no telephone number, unless the table knows it.
const TELEPHONE_DIGITS_MIN: usize = 8;
/// A row of digits this long is a code, and no amount.
const CODE_DIGITS_MIN: usize = 5;

/// See [`crate::Skills::speakable`]. At most proportional to text × the home's pronunciations.
pub(crate) fn speakable(
    text: &str,
    language: Language,
    say_as: &BTreeMap<String, String>,
) -> String {
    let table = &language::tongue(language).speakable;
    let reader = Reader { table, speech: speech(language) };
    let mut said = String::with_capacity(text.len() + 32);
    let mut rest = text;
    let mut before: Option<char> = None;
    while let Some(first) = rest.chars().next() {
        let begins = !before.is_some_and(char::is_alphanumeric);
        let read = begins.then(|| named(rest, say_as).or_else(|| reader.read(rest))).flatten();
        let after = match read {
            Some((words, after)) => {
                said.push_str(&words);
                after
            }
            // Of what is no number as a whole, no part is one.
            None if begins && first.is_ascii_digit() => {
                let (left, after) = rest.split_at(rest.find(' ').unwrap_or(rest.len()));
                said.push_str(left);
                after
            }
            None => {
                reader.letter(first, &mut said);
                &rest[first.len_utf8()..]
            }
        };
        before = rest[..rest.len() - after.len()].chars().next_back();
        rest = after;
    }
    said
}

/// Words, and the text after what they stand for.
type Read<'t> = Option<(String, &'t str)>;

/// The longest name or word of the home that stands here, as it sounds.
fn named<'t>(text: &'t str, say_as: &BTreeMap<String, String>) -> Read<'t> {
    say_as
        .iter()
        .filter_map(|(written, spoken)| Some((after_word(text, written)?, spoken)))
        .min_by_key(|(after, _)| after.len())
        .map(|(after, spoken)| (spoken.clone(), after))
}

/// What follows a whole word, however it is capitalised; `None`: the text begins otherwise.
fn after_word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let mut letters = text.chars();
    for wanted in word.chars() {
        let found = letters.next()?;
        if found != wanted && !found.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
    }
    let after = letters.as_str();
    (!word.is_empty() && ends(after)).then_some(after)
}

/// No word goes on here.
fn ends(after: &str) -> bool {
    !after.starts_with(char::is_alphanumeric)
}

/// The leading digits, at least one, and what follows.
fn digits(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// One of these signs, and then a digit: what follows the sign.
fn joined<'t>(text: &'t str, signs: &[char]) -> Option<&'t str> {
    text.strip_prefix(signs).filter(|after| after.starts_with(|next: char| next.is_ascii_digit()))
}

struct Reader {
    table: &'static Speakable,
    speech: &'static dyn Speech,
}

/// An amount as it was written.
struct Amount<'t> {
    whole: i64,
    /// The digits behind the comma.
    decimals: &'t str,
}

impl Reader {
    fn read<'t>(&self, text: &'t str) -> Read<'t> {
        self.short(text)
            .or_else(|| self.date(text))
            .or_else(|| self.time(text))
            .or_else(|| self.telephone(text))
            .or_else(|| self.money(text))
            .or_else(|| self.quantity(text))
    }

    /// A sign that has a name, or none at all; everything else is left as it is.
    fn letter(&self, letter: char, said: &mut String) {
        let name = self.table.signs.iter().find(|(sign, _)| sign.chars().eq([letter]));
        match (letter, name) {
            (_, Some((_, name))) => said.push_str(name),
            // Pictures and arrows: a voice reads them out, or stumbles.
            ('\u{2022}'.., None) if !letter.is_alphanumeric() => {}
            (_, None) => said.push(letter),
        }
    }

    /// "Dhr.", "a.u.b.", "½".
    fn short<'t>(&self, text: &'t str) -> Read<'t> {
        self.table
            .short
            .iter()
            .find_map(|(short, long)| Some((long.clone(), after_word(text, short)?)))
    }

    /// "2026-11-22", and "22-11-2026" where that has one meaning.
    fn date<'t>(&self, text: &'t str) -> Read<'t> {
        let (first, after) = digits(text)?;
        let (second, after) = digits(joined(after, &['-', '/'])?)?;
        let (third, after) = digits(joined(after, &['-', '/'])?)?;
        let (year, month, day) = match (first.len(), second.len(), third.len()) {
            (4, 2, 2) => (first, second, third),
            (1 | 2, 1 | 2, 4) if self.table.day_first => (third, second, first),
            _ => return None,
        };
        let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
        let day = self.speech.day_of_month(date.day().unsigned_abs().into());
        let month = self.speech.month(date);
        let year = self.speech.year(date.year().unsigned_abs().into());
        ends(after).then(|| (format!("{day} {month} {year}"), after))
    }

    /// "21:30", "8.30 uur", "8 pm".
    fn time<'t>(&self, text: &'t str) -> Read<'t> {
        let (hour, after) = digits(text).filter(|(hour, _)| hour.len() <= 2)?;
        let (minute, colon, after) = match joined(after, &[':', '.']) {
            Some(rest) => {
                let (minute, rest) = digits(rest).filter(|(minute, _)| minute.len() == 2)?;
                (minute, after.starts_with(':'), rest)
            }
            None => ("0", false, after),
        };
        let word = |words: &[String]| {
            let after = after.trim_start_matches([' ', '\u{a0}']);
            words.iter().find_map(|word| after_word(after, word))
        };
        let (morning, evening) = (word(&self.table.before_noon), word(&self.table.after_noon));
        let spelt = if minute == "0" { None } else { word(&self.table.oclock) };
        let ends = colon && ends(after) && joined(after, &[':', '.', ',']).is_none();
        let after = morning.or(evening).or(spelt).or(ends.then_some(after))?;
        let hour: i8 = hour.parse().ok()?;
        let hour = match (morning.is_some(), evening.is_some(), hour) {
            (true, _, 12) => 0,
            (_, true, 1..=11) => hour + 12,
            _ => hour,
        };
        let time = Time::new(hour, minute.parse().ok()?, 0, 0).ok()?;
        Some((self.speech.time_in_day(time), after))
    }

    /// Digit by digit, in the groups in which it is written, or in pairs.
    fn telephone<'t>(&self, text: &'t str) -> Read<'t> {
        let (plus, start) = match joined(text, &['+']) {
            Some(start) => (true, start),
            None => (false, text),
        };
        let (first, mut after) = digits(start)?;
        let mut groups = vec![first];
        let mut count = first.len();
        let most = TELEPHONE_DIGITS + if plus { 2 } else { 0 };
        let known = self.table.telephones.iter().any(|known| known == first);
        let code = first.len() >= CODE_DIGITS_MIN || first.len() > 1 && first.starts_with('0');
        if plus || first.starts_with('0') {
            while count < most
                && let Some((group, rest)) = joined(after, &[' ', '-']).and_then(digits)
            {
                groups.push(group);
                count += group.len();
                after = rest;
            }
        }
        let whole = count >= TELEPHONE_DIGITS_MIN;
        if !whole && groups.len() > 1 {
            after = digits(start)?.1;
            groups.truncate(1);
        }
        let is_one = whole && (plus || first.starts_with('0')) || !plus && (known || code);
        // "0,25", "08:30" and "12500,75" are something else.
        if !is_one || !ends(after) || joined(after, &[',', '.', ':', '/']).is_some() {
            return None;
        }
        let pairs: Vec<&str> = match groups[..] {
            [only] if only.len() > 4 => {
                // ASCII digits: every place is the edge of one.
                (0..only.len()).step_by(2).map(|at| &only[at..only.len().min(at + 2)]).collect()
            }
            _ => groups,
        };
        let groups: Vec<String> = pairs.iter().map(|group| self.digit_by_digit(group)).collect();
        let plus = if plus { format!("{} ", self.table.plus) } else { String::new() };
        Some((plus + &groups.join(", "), after))
    }

    fn digit_by_digit(&self, digits: &str) -> String {
        let words = digits.bytes().map(|digit| self.speech.number(u32::from(digit - b'0')));
        words.collect::<Vec<_>>().join(" ")
    }

    /// "€ 12,50", "12,50 euro".
    fn money<'t>(&self, text: &'t str) -> Read<'t> {
        let before = self.table.money.iter().find_map(|money| {
            Some((money, text.strip_prefix(&*money.sign)?.trim_start_matches([' ', '\u{a0}'])))
        });
        let (money, (amount, after)) = match before {
            Some((money, amount)) => (money, self.amount(amount)?),
            None => {
                let (amount, after) = self.amount(text)?;
                let behind = after.trim_start_matches([' ', '\u{a0}']);
                let money = self.table.money.iter().find_map(|money| {
                    let names = [&money.sign, &money.one, &money.many];
                    let after = names.iter().find_map(|name| after_word(behind, name))?;
                    Some((money, after))
                });
                let (money, after) = money?;
                (money, (amount, after))
            }
        };
        let after = after.strip_prefix(",-").unwrap_or(after);
        let cents: i64 = match amount.decimals.len() {
            0 => 0,
            2 => amount.decimals.parse().ok()?,
            _ => return None,
        };
        ends(after).then(|| (self.amount_of_money(money, amount.whole, cents), after))
    }

    fn amount_of_money(&self, money: &Money, whole: i64, cents: i64) -> String {
        let said = |value| number(self.speech, value);
        let name = if whole == 1 { &money.one } else { &money.many };
        match (whole, cents) {
            (_, 0) => format!("{} {name}", said(whole)),
            (0, _) => format!("{} {}", said(cents), money.hundredth),
            _ => format!("{} {name} {}", said(whole), said(cents)),
        }
    }

    /// A number with what it counts: "2,5 mg", "-3 °C", "8-10 km", "22 november".
    fn quantity<'t>(&self, text: &'t str) -> Read<'t> {
        let (minus, start) = match joined(text, &['-', '\u{2212}']) {
            Some(start) => (format!("{} ", self.speech.minus()), start),
            None => (String::new(), text),
        };
        let (amount, mut after) = self.amount(start)?;
        let mut words = minus + &self.amount_in_words(&amount);
        let mut one = amount.whole == 1 && amount.decimals.is_empty();
        if let Some((until, rest)) =
            joined(after, &['-', '\u{2013}']).and_then(|rest| self.amount(rest))
        {
            words = format!("{words} {} {}", self.table.until, self.amount_in_words(&until));
            (one, after) = (false, rest);
        }
        if joined(after, &['-', '\u{2013}', '/']).is_some() {
            return None;
        }
        let spaced = after.trim_start_matches([' ', '\u{a0}']);
        if amount.decimals.is_empty() && spaced.len() < after.len() && self.is_month(spaced) {
            let day = u32::try_from(amount.whole).ok().filter(|day| (1..=31).contains(day))?;
            return Some((self.speech.day_of_month(day), after));
        }
        let unit = self.table.units.iter().find_map(|unit| {
            let Unit { sign, .. } = unit;
            Some((unit, spaced.strip_prefix(&**sign).filter(|after| ends(after))?))
        });
        match unit {
            Some((unit, after)) => {
                let name = if one { &unit.one } else { &unit.many };
                Some((format!("{words} {name}"), after))
            }
            // "5G", "3b": a name of something.
            None => ends(after).then_some((words, after)),
        }
    }

    fn is_month(&self, text: &str) -> bool {
        let months = (1..=12).map(|month| self.speech.month(Date::constant(2000, month, 1)));
        months.into_iter().any(|month| after_word(text, month).is_some())
    }

    fn amount_in_words(&self, amount: &Amount<'_>) -> String {
        let whole = number(self.speech, amount.whole);
        match amount.decimals {
            "" => whole,
            decimals => {
                format!("{whole} {} {}", self.table.comma, self.digit_by_digit(decimals))
            }
        }
    }

    /// Digits with this language's signs for thousands and decimals; neither an address nor a
    /// version ("1.2.3").
    fn amount<'t>(&self, text: &'t str) -> Option<(Amount<'t>, &'t str)> {
        let (first, mut after) = digits(text)?;
        let mut whole = first.to_owned();
        let thousand = &[self.table.thousands];
        if first.len() <= 3 {
            while let Some((group, rest)) =
                joined(after, thousand).and_then(digits).filter(|(group, _)| group.len() == 3)
            {
                whole.push_str(group);
                after = rest;
            }
        }
        let mut decimals = "";
        if let Some((digits, rest)) = joined(after, &[',', '.']).and_then(digits) {
            (decimals, after) = (digits, rest);
        }
        let whole = whole.parse().ok()?;
        joined(after, &[',', '.', ':', '/'])
            .is_none()
            .then_some((Amount { whole, decimals }, after))
    }
}

#[cfg(test)]
mod tests;
