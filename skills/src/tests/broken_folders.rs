//! Folders of a home that nobody would write: bytes turned over in real ones, brackets without
//! end, thousands of ways. Each is read or refused with its place, in bounded time and room.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use omzien_core::{Expectation, Expects, Language};
use proptest::prelude::*;

use super::{hearing, home};
use crate::built_in::FILES;
use crate::lists::Lists;
use crate::skill::{Folder, Origin, Skill};
use crate::{FILES_OF_A_SKILL, SkillError, Skills, Through, Vocabulary};

/// A debug build on a busy machine; a release build takes some milliseconds.
const PATIENCE: Duration = Duration::from_secs(20);
const NAMES: [&str; 6] = ["lights", "covers", "fans", "shopping", "timer", "measurement"];

fn copy(name: &str) -> [String; 4] {
    FILES_OF_A_SKILL.map(|file| {
        let path = format!("{name}/{file}");
        FILES.iter().find(|(known, _)| *known == path).expect("a file of ours").1.to_owned()
    })
}

fn read(texts: &[String; 4]) -> Result<Skill, Vec<SkillError>> {
    let files: BTreeMap<&str, &str> =
        FILES_OF_A_SKILL.into_iter().zip(texts.iter().map(String::as_str)).collect();
    let begun = Instant::now();
    let folder = Folder { name: "mine", files: &files, origin: Origin::Home, instead_of: None };
    let read = folder.read(&mut Lists::default());
    assert!(begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
    for error in read.iter().flat_map(|_| None).chain(read.as_ref().err().into_iter().flatten()) {
        assert!(error.path.starts_with("mine/") && error.line > 0 && error.column > 0);
        assert!(!error.problem.is_empty() && !error.mend.is_empty());
    }
    read
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..Default::default() })]

    #[test]
    fn bytes_turned_over_in_a_real_folder_are_read_or_refused(
        name in proptest::sample::select(NAMES.to_vec()),
        file in 0..4usize,
        turned in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut texts = copy(name);
        let mut bytes = texts[file].clone().into_bytes();
        for (at, byte) in turned {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        texts[file] = String::from_utf8_lossy(&bytes).into_owned();
        let _ = read(&texts);
    }

    #[test]
    fn pieces_of_a_real_folder_in_any_order_are_read_or_refused(
        name in proptest::sample::select(NAMES.to_vec()),
        file in 0..4usize,
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 2..6),
    ) {
        let mut texts = copy(name);
        let letters: Vec<char> = texts[file].chars().collect();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(letters.len())).collect();
        cuts.sort_unstable();
        let mut pieces: Vec<&[char]> = cuts.windows(2).map(|cut| &letters[cut[0]..cut[1]]).collect();
        pieces.reverse();
        texts[file] = pieces.concat().into_iter().collect();
        let _ = read(&texts);
    }

    #[test]
    fn any_template_is_read_or_refused(template in "[a-c()\\[\\]{}<>|^$ ]{0,60}") {
        let _ = read(&with_sentence(&template));
    }
}

const MANIFEST: &str = "about = \"Mine.\"\npurpose = \"comfort\"\nautonomy = \"resident_decides\"\n\
    listens = \"when_enabled\"\ntouches = []\n[intents.say]\nmeans = \"answer\"\n";

/// A skill of one sentence.
fn with_sentence(template: &str) -> [String; 4] {
    let speech = |template: &str| {
        let quoted = toml::Value::String(template.to_owned());
        format!(
            "why = \"So.\"\n[parts]\na = \"b <a>\"\nb = \"<b>\"\nc = \"\"\n[sentences]\n\
             say = [{quoted}]\n[answers]\n\"mine.say\" = \"Goed.\"\n"
        )
    };
    let examples = "example = []\n".to_owned();
    [MANIFEST.to_owned(), speech(template), speech("something of mine"), examples]
}

#[test]
fn what_has_no_end_is_refused() {
    let many = |piece: &str, times: usize| piece.repeat(times);
    let ways = |times: usize| {
        let ways: Vec<String> = (0..times).map(|number| format!("way{number}")).collect();
        format!("({})", ways.join("|"))
    };
    for template in [
        many("(", 2_000),
        many("[", 2_000),
        format!("mine {}{}", many("(", 13), many(")", 13)),
        format!("mine {}", ways(5_000)),
        format!("mine {}", many("{number} ", 100)),
        format!("mine {}", many("<c>", 300)),
        format!("mine {}", many("woord ", 1_000)),
        "mine <a>".to_owned(),
        "mine <b>".to_owned(),
        many("[mine] ", 100),
        many("(mine|) ", 100),
        "{words} \u{7}".to_owned(),
    ] {
        assert!(read(&with_sentence(&template)).is_err(), "{template:.60}");
    }
    let mut nested = with_sentence("something of mine");
    nested[0] = format!("about = {}{}", "[".repeat(5_000), "]".repeat(5_000));
    assert!(read(&nested).is_err());
    let mut large = with_sentence("something of mine");
    large[1].push_str(&"#\n".repeat(40_000));
    assert!(read(&large).is_err());
    let rows: Vec<String> =
        (0..3_000).map(|number| format!("\"mine {number} (a|b|c)\",")).collect();
    let mut rows_of = with_sentence("something of mine");
    rows_of[1] = rows_of[1].replace("say = [", &format!("say = [{}", rows.join("")));
    assert!(read(&rows_of).is_err());
}

/// The most that a folder can hold, thirty times: understanding stays quick beside it.
#[test]
fn as_much_as_there_is_room_for_takes_bounded_time() {
    let ways: Vec<String> = (0..180).map(|number| format!("way{number}")).collect();
    let sentence = format!("mine [{}] {{words}}", ways.join("|"));
    let rows = |count: usize| {
        let rows: Vec<String> =
            (0..count).map(|number| format!("\"number{number} {sentence}\"")).collect();
        rows.join(",\n")
    };
    let mut texts = with_sentence("something of mine");
    texts[1] = texts[1].replace("\"something of mine\"", "@").replace("say = [", "say = [\n");
    texts[1] = format!(
        "why = \"So.\"\n[sentences]\nsay = [{}]\n[answers]\n\"mine.say\" = \"Goed.\"\n",
        rows(45)
    );
    let one = read(&texts);
    assert!(one.is_ok(), "{one:?}");
    let files: Vec<(String, String)> = (0..30)
        .flat_map(|number| {
            let named =
                texts.clone().map(|text| text.replace("mine.say", &format!("mine{number}.say")));
            FILES_OF_A_SKILL
                .into_iter()
                .zip(named)
                .map(move |(file, text)| (format!("mine{number}/{file}"), text))
        })
        .collect();
    let begun = Instant::now();
    let files = files.iter().map(|(path, text)| (&**path, &**text));
    let (skills, errors) = Skills::with_those_of_a_home(files);
    assert!(errors.is_empty(), "{errors:?}");
    let vocabulary = Vocabulary::of(&home());
    let hearing = hearing(Language::Nl, Expects::Anything, Through::Text);
    let flood = "number7 mine way3 en nog zo wat ".repeat(200);
    for text in ["number7 mine way3 en nog zo wat", "hoe laat is het", &flood] {
        skills.understand(text, &hearing, &vocabulary);
    }
    skills.phrases(Language::Nl, &vocabulary, Expectation::default());
    assert!(begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
}
