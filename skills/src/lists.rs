//! Named lists of values that a skill's sentences choose from: colours, curtains, cities. Holds the
//! words of the skills' files; knows no home and no sentence.

use std::collections::{BTreeMap, HashMap};

use omzien_core::Language;
use omzien_core::intent::Given;

use crate::template::Refused;
use crate::text;

/// A list, by its place among all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ListId(u16);

impl ListId {
    pub(crate) fn number(self) -> usize {
        usize::from(self.0)
    }
}

/// A list as a file writes it: `red = ["rood", "rode"]`, the first being how it is said back.
pub(crate) type RawList = BTreeMap<String, Vec<String>>;

/// Every list of every skill and language.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lists {
    all: Vec<List>,
    /// So many are the program's; behind them come those of a home.
    of_program: Option<usize>,
}

#[derive(Clone, Debug)]
struct List {
    language: Language,
    name: String,
    /// What each form stands for; without spaces, so that "licht blauw" is "lichtblauw".
    by_form: HashMap<String, Given>,
    forms: Vec<String>,
}

impl Lists {
    /// Takes in a list. Refuses one that could not be told apart from another reading.
    pub(crate) fn add(
        &mut self,
        language: Language,
        name: &str,
        raw: &RawList,
    ) -> Result<ListId, Refused> {
        let (by_form, forms) = (HashMap::new(), Vec::new());
        let mut list = List { language, name: name.to_owned(), by_form, forms };
        for (id, forms) in raw {
            let Some(written) = forms.first() else {
                return Err(Refused::new(
                    format!("{id:?} of the list {name:?} has no words"),
                    format!("write how it is said, as in `{id} = [\"…\"]`"),
                ));
            };
            for form in forms {
                let given = Given::Listed { id: id.clone(), written: written.clone() };
                let joined = text::joined(form);
                let empty = joined.is_empty();
                // "Bed time" and "bedtime" are two spellings of one, and both can be heard.
                let before = list.by_form.insert(joined, given.clone());
                if empty || before.is_some_and(|before| before != given) {
                    let problem = if empty { "has no words" } else { "stands for two things" };
                    return Err(Refused::new(
                        format!("{form:?} of the list {name:?} {problem}"),
                        "keep it once, where it belongs",
                    ));
                }
                list.forms.push(form.clone());
            }
        }
        let place = u16::try_from(self.all.len())
            .map_err(|_| Refused::new("there are too many lists", "make one of two"))?;
        self.all.push(list);
        Ok(ListId(place))
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.all.len()
    }

    /// Those that were added since there were so many are forgotten: nothing names them.
    pub(crate) fn forget_from(&mut self, count: usize) {
        self.all.truncate(count);
    }

    pub(crate) fn name(&self, id: ListId) -> &str {
        &self.list(id).name
    }

    /// What a form, spaces left out, stands for.
    pub(crate) fn get(&self, id: ListId, joined: &str) -> Option<&Given> {
        self.list(id).by_form.get(joined)
    }

    /// Every form, as it was written.
    pub(crate) fn forms(&self, id: ListId) -> &[String] {
        &self.list(id).forms
    }

    /// What is added from now on is not the program's.
    pub(crate) fn end_of_program(&mut self) {
        self.of_program = Some(self.count());
    }

    /// Every form of a language.
    pub(crate) fn all_forms(&self, language: Language) -> impl Iterator<Item = &String> {
        forms(&self.all, language)
    }

    /// Those in the program's own lists.
    pub(crate) fn forms_of_program(&self, language: Language) -> impl Iterator<Item = &String> {
        forms(&self.all[..self.of_program.unwrap_or(self.all.len())], language)
    }

    /// An id is given out by `add` alone; those of a refused skill are forgotten with it.
    fn list(&self, id: ListId) -> &List {
        &self.all[usize::from(id.0)]
    }
}

fn forms(lists: &[List], language: Language) -> impl Iterator<Item = &String> {
    let spoken = lists.iter().filter(move |list| list.language == language);
    spoken.flat_map(|list| &list.forms)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(entries: &[(&str, &[&str])]) -> RawList {
        let owned = |forms: &&[&str]| forms.iter().map(|form| (*form).to_owned()).collect();
        entries.iter().map(|(id, forms)| ((*id).to_owned(), owned(forms))).collect()
    }

    #[test]
    fn a_form_stands_for_its_entry_with_or_without_its_space() {
        let mut lists = Lists::default();
        let colours = [("red", &["rood", "rode"][..]), ("sky", &["licht blauw"])];
        let id = lists.add(Language::Nl, "colour", &raw(&colours)).unwrap();
        let red = Given::Listed { id: "red".into(), written: "rood".into() };
        assert_eq!(lists.get(id, "rode"), Some(&red));
        assert!(lists.get(id, "lichtblauw").is_some());
        assert_eq!(lists.get(id, "groen"), None);
        assert_eq!(lists.forms(id), ["rood", "rode", "licht blauw"]);
        assert_eq!(lists.name(id), "colour");
    }

    #[test]
    fn an_entry_without_words_and_a_form_of_two_entries_are_refused() {
        let mut lists = Lists::default();
        let twice = [("red", &["rood"][..]), ("dark", &["Rood"])];
        for entries in [&[("red", &[][..])][..], &[("red", &["!"][..])], &twice] {
            assert!(lists.add(Language::Nl, "colour", &raw(entries)).is_err(), "{entries:?}");
        }
    }
}
