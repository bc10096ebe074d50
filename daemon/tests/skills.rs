//! Skills in the folder beside the home file, as an installer meets them: begun, checked, tried,
//! installed; a broken one is told and left out, and none replaces what keeps somebody safe. That
//! they answer in a home that runs is in `daemon.rs`.

#![allow(clippy::unwrap_used, reason = "a test may die where the home may not")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use omzien::config::{self, HomeSkills};
use omzien::workshop;
use omzien_skills::{Origin, Skills};

const HOME: &str = r#"
companion = "Robin"
language = "nl"
zone = "Europe/Amsterdam"
skills = ["lights", "time"]

[[resident]]
name = "mevrouw De Wit"
"#;

/// A skill that works, and one with a slip in its Dutch.
fn folder_beside(home: &Path) {
    let skills = home.with_file_name("skills");
    workshop::begin(&skills, "tea").unwrap();
    let coffee = workshop::begin(&skills, "coffee").unwrap();
    let dutch = coffee.join("nl.toml");
    let text = fs::read_to_string(&dutch).unwrap();
    fs::write(&dutch, text.replace("{kind} niet vinden", "{kindt} niet vinden")).unwrap();
}

#[test]
fn a_folder_is_bounded_and_what_is_no_skill_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let skills = folder.path().join("skills");
    for number in 0..32 {
        workshop::begin(&skills, &format!("tea{number:02}")).unwrap();
    }
    fs::create_dir(skills.join(".hidden")).unwrap();
    fs::create_dir(skills.join("another")).unwrap();
    fs::write(skills.join("README"), "notes").unwrap();
    fs::write(skills.join("tea00").join("nl.toml"), b"why = \"\xff\"").unwrap();
    fs::write(skills.join("tea01").join("nl.toml"), vec![b'#'; 70_000]).unwrap();
    fs::remove_file(skills.join("tea02").join("en.toml")).unwrap();
    fs::remove_file(skills.join("tea03").join("en.toml")).unwrap();
    fs::create_dir(skills.join("tea03").join("en.toml")).unwrap();
    let found = HomeSkills::of_folder(&skills);
    let left_out: Vec<&str> = found.left_out.iter().map(String::as_str).collect();
    // Thirty are looked at, by name; "another" is the first of them.
    let wanted = ["another", "tea00", "tea01", "tea02", "tea03", "tea29", "tea30", "tea31"];
    assert_eq!(left_out, wanted);
    let shown = found.mistakes.to_string();
    for words in [
        "this is no skill",
        "byte 7 is no UTF-8",
        "larger than 64 KiB",
        "the file is missing",
        "it is not a file",
        "more than 30 skills",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert_eq!(found.of_the_home().count(), 25);
    let none = HomeSkills::of_folder(&folder.path().join("nothing"));
    assert!(none.mistakes.is_empty());
    assert_eq!(none.skills.list().len(), Skills::built_in().list().len());
}

#[test]
fn a_home_reads_with_a_broken_skill_and_says_what_does_not_listen() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("home.toml");
    fs::write(&file, HOME.replace("\"time\"]", "\"time\", \"coffee\"]")).unwrap();
    folder_beside(&file);
    let help = folder.path().join("skills").join("help");
    fs::create_dir(&help).unwrap();
    fs::write(help.join("skill.toml"), "about = \"Nothing.\"").unwrap();
    let loaded = config::load(&file).unwrap();
    let left_out: Vec<&str> = loaded.left_out.iter().map(String::as_str).collect();
    assert_eq!(left_out, ["coffee", "help"]);
    let shown = loaded.in_skills.to_string();
    let place = "coffee/nl.toml:17:5: there is no slot \"kindt\"";
    assert!(shown.contains(place), "{shown}");
    assert!(shown.contains("help/skill.toml: \"help\" keeps the resident safe"), "{shown}");
    assert!(loaded.warnings.to_string().contains("the skill `tea` is in the folder"));
    let help = loaded.skills.list().iter().find(|skill| skill.name == "help").unwrap();
    assert_eq!(help.origin, Origin::Program);
    assert!(loaded.skills.listens("help") && !loaded.skills.listens("tea"));
}

fn omzien(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_omzien"));
    let Output { status, stdout, stderr } =
        command.current_dir(folder).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (status.code(), text(stdout), text(stderr))
}

/// The way of docs/guide/skills.md.
#[test]
fn an_installer_begins_checks_tries_and_installs_a_skill() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let (code, said, _) = omzien(at, &["skill", "new", "tea"]);
    assert_eq!(code, Some(0), "{said}");
    let (code, said, told) = omzien(at, &["skill", "check", "skills/tea"]);
    assert_eq!((code, &*told), (Some(0), ""), "{said}");
    assert!(said.contains("tea: read; 20 examples tried"), "{said}");
    let sentence = "waar staat de thee";
    let (code, said, _) = omzien(at, &["skill", "try", "skills/tea", sentence]);
    assert_eq!(code, Some(0));
    for line in [
        "  means   tea.where (in the folder)",
        "  by      <please> waar (staat|staan|ligt|bewaar ik) [de|het] {kind}",
        "  says    Kijk eens in het kastje naast het fornuis, daar hoort zwarte thee.",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    let (code, said, _) =
        omzien(at, &["skill", "try", "skills/tea", "--lang", "en", "mind the gap"]);
    assert_eq!(code, Some(1), "{said}");

    fs::write(at.join("home.toml"), HOME.replace("\"time\"]", "\"time\", \"tea\"]")).unwrap();
    let (code, said, told) = omzien(at, &["check", "--home", "home.toml"]);
    assert_eq!(code, Some(0), "{told}");
    assert!(said.contains("From the folder `skills` beside it: tea."), "{said}");
    let (code, said, _) = omzien(at, &["say", "--home", "home.toml", sentence]);
    assert_eq!(code, Some(0));
    assert!(said.contains("says: Kijk eens in het kastje"), "{said}");
    let (code, said, _) = omzien(at, &["skill", "list", "--home", "home.toml"]);
    assert_eq!(code, Some(0));
    let parameter =
        "  brew_min: How long does the tea brew? (write a number of minutes from 1 to 15";
    assert!(said.contains(parameter), "{said}");
    let row = said.lines().find(|line| line.starts_with("tea ")).unwrap();
    assert!(row.contains(" listens ") && row.contains(" folder "), "{row}");

    let dutch = at.join("skills").join("tea").join("nl.toml");
    let text = fs::read_to_string(&dutch).unwrap();
    let all = text.replace("\"ik kan [de|het] {kind} niet vinden\"", "\"[{kind}] {words}\"");
    fs::write(&dutch, all).unwrap();
    for arguments in [&["skill", "check", "skills"][..], &["check", "--home", "home.toml"]] {
        let (code, _, told) = omzien(at, arguments);
        assert_eq!(code, Some(2), "{told}");
        let place = "nl.toml:17:5: \"[{kind}] {words}\" matches sentences about anything: it would \
                     take \"de trein naar het noorden is weer te laat\"";
        assert!(told.contains(place), "{told}");
    }
}

#[test]
fn what_the_home_file_sets_of_a_skill_is_said_and_judged() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    workshop::begin(&at.join("skills"), "tea").unwrap();
    let home = |set: &str| {
        let home = HOME.replace("\"time\"]", "\"time\", \"tea\"]");
        fs::write(at.join("home.toml"), format!("{home}\n{set}\n")).unwrap();
    };
    for (set, said) in
        [("", "vier minuten trekken"), ("[skill.tea]\nbrew_min = 7", "zeven minuten")]
    {
        home(set);
        let (code, answer, told) = omzien(at, &["say", "--home", "home.toml", "hoe zet ik thee"]);
        assert_eq!(code, Some(0), "{told}");
        assert!(answer.contains(said), "{answer}");
    }
    for (set, told) in [
        ("[skill.tea]\nbrew_min = 70", "11:12: 70 does not fit here"),
        ("[skill.tea]\nbrew_mins = 7", "no parameter `brew_mins`"),
        ("[skill.time]\nfast = true", "nothing of it can be set"),
        ("[skill.teaa]\nbrew_min = 7", "did you mean `tea`?"),
    ] {
        home(set);
        let shown = config::load(&at.join("home.toml")).unwrap_err().to_string();
        assert!(shown.contains(told), "{told}: {shown}");
    }
}

#[test]
fn two_skills_that_claim_a_sentence_are_told_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    workshop::begin(&at.join("skills"), "tea").unwrap();
    let dutch = at.join("skills").join("tea").join("nl.toml");
    let text = fs::read_to_string(&dutch).unwrap();
    let clock = text
        .replace("\"ik kan [de|het] {kind}", "\"hoe laat is het\",\n    \"ik kan [de|het] {kind}");
    // Not every way names what the answer says.
    let clock = clock.replace("daar hoort {kind}", "daar hoort de thee");
    fs::write(&dutch, clock).unwrap();
    let (code, _, told) = omzien(at, &["skill", "check", "skills"]);
    assert_eq!(code, Some(2));
    let claim = "tea.where and time.now both claim \"hoe laat is het\"; time.now gets it";
    assert!(told.contains(claim), "{told}");
}
