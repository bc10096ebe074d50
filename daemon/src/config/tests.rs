//! Tests of the whole reader: the homes of the project, a home with every mistake, and a great
//! many homes that nobody would write.

use proptest::prelude::*;

use omzien_core::{Command, Power};

use super::*;

const EXAMPLE: &str = include_str!("../../../images/example/home.toml");

fn home(text: &str) -> Source<'_> {
    Source { name: "home.toml", text, showing: Showing::Lines }
}

fn secrets(text: &str) -> Source<'_> {
    Source { name: SECRETS_FILE, text, showing: Showing::Nothing }
}

/// The mistakes as they are printed.
fn mistakes(home_text: &str, secrets_text: &str) -> String {
    read(home(home_text), secrets(secrets_text)).err().map_or(String::new(), |m| m.to_string())
}

#[test]
fn the_example_home_is_read_without_a_warning() {
    let loaded = read(home(EXAMPLE), secrets("")).unwrap_or_else(|found| panic!("{found}"));
    assert_eq!(loaded.warnings.to_string(), "");
    assert_eq!(loaded.plan.devices.len(), loaded.settings.devices.len());
    assert_eq!(loaded.plan.circle.len(), 3);
}

#[test]
fn the_reference_homes_are_read_without_a_warning() {
    for language in [Language::Nl, Language::En] {
        let loaded = reference(language);
        assert_eq!(loaded.warnings.to_string(), "");
        assert_eq!(loaded.plan.language, language);
    }
}

/// Everything that is wrong in `tests/homes/broken.toml` is said at once, in these words.
#[test]
fn all_mistakes_are_shown_at_once() {
    let text = include_str!("../../../tests/homes/broken.toml");
    let Err(found) = read(home(text), secrets("")) else { panic!("it is broken") };
    kept::same_as_file("tests/homes/broken.txt", &found.to_string());
}

/// A broken entry does not make those that refer to it wrong as well.
#[test]
fn one_slip_is_one_mistake() {
    for (before, after) in [
        ("name = \"gang\"", "nane = \"gang\""),
        ("can = [\"light\"]", "can = [\"lihgt\"]"),
        ("pronoun = \"she\"", "pronoun = \"shee\""),
        ("wait_min = 3", "wait_min = \"three\""),
        ("at = \"09:00\"", "at = \"9:00\""),
    ] {
        let broken = EXAMPLE.replacen(before, after, 1);
        assert_ne!(broken, EXAMPLE, "{before} is in the example");
        let Err(found) = read(home(&broken), secrets("")) else { panic!("{after} is wrong") };
        let start = broken.find(after).expect("it was put there");
        // `nane` is one slip with two sides: an unknown key and a missing one.
        for mistake in &found.0 {
            let place = mistake.place.clone().expect("a place");
            assert!(place.span.start.abs_diff(start) < 60, "{after}:\n{found}");
        }
    }
}

#[test]
fn a_syntax_error_is_shown_where_it_is() {
    let shown = mistakes("companion = \"Robin\nlanguage = \"nl\"\n", "");
    assert!(shown.starts_with("home.toml:1:"), "{shown}");
}

#[test]
fn a_secret_that_is_needed_is_asked_for_and_never_shown() {
    let fatma = "[circle.fatma]\nname = \"Fatma\"\nmay_know = []\nvia.ntfy = {}\n";
    let text = format!("{EXAMPLE}\n{fatma}");
    assert!(mistakes(&text, "").contains("reply_key"));
    let key = "0123456789abcdef0123456789abcdef";
    let without_topic = format!("[ntfy]\nreply_key = \"{key}\"\n");
    assert!(mistakes(&text, &without_topic).contains("`fatma` has no topic"));
    let whole = format!("{without_topic}topics.fatma = \"a-topic\"\n");
    assert_eq!(mistakes(&text, &whole), "");
    for broken in [
        whole.replace("reply_key", "replykey"),
        whole.replace("\"a-topic\"", "7"),
        whole.replace(&format!("\"{key}\""), &format!("[\"{key}\"]")),
        whole.replace(&format!("\"{key}\""), key),
        whole.replace("topics.fatma", "topics.anja"),
    ] {
        let shown = mistakes(&text, &broken);
        assert!(shown.contains(SECRETS_FILE), "{shown}");
        assert!(!shown.contains(key) && !shown.contains("a-topic"), "{shown}");
    }
}

#[test]
fn secrets_that_others_can_read_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("home.toml");
    let beside = folder.path().join(SECRETS_FILE);
    std::fs::write(&path, EXAMPLE).expect("written");
    assert!(load(&path).is_ok(), "no secrets file is fine if nothing needs one");
    std::fs::write(&beside, "").expect("written");
    let mode = |mode| std::fs::set_permissions(&beside, std::fs::Permissions::from_mode(mode));
    mode(0o640).expect("changed");
    let shown = load(&path).expect_err("readable for a group").to_string();
    assert!(shown.contains(&format!("chmod 600 '{}'", beside.display())), "{shown}");
    mode(0o600).expect("changed");
    assert!(load(&path).is_ok());
}

#[test]
fn what_is_no_home_file_is_refused_in_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("home.toml");
    let shown = |path: &Path| load(path).expect_err("no home file").to_string();
    assert!(shown(&path).contains("there is no such file"));
    assert!(shown(folder.path()).contains("it is not a file"));
    std::fs::write(&path, b"companion = \"\xff\"").expect("written");
    assert!(shown(&path).contains("byte 13 is no UTF-8"));
    std::fs::write(&path, vec![b'#'; 1024 * 1024 + 1]).expect("written");
    assert!(shown(&path).contains("larger than 1 MiB"));
}

#[test]
fn a_list_without_end_is_bounded() {
    let device = |number: usize| {
        format!(
            "[device.d{number}]\nname = \"d{number}\"\nroom = \"hall\"\ncan = []\nvia.simulated = {{}}\n"
        )
    };
    let many: String = (0..501).map(device).collect();
    assert!(mistakes(&format!("{EXAMPLE}\n{many}"), "").contains("it has room for 500"));
}

/// What is not in `broken.toml`: an addition to the example home, its secrets, and what is said.
#[test]
fn every_contradiction_is_found() {
    let mail = "[mail]\nserver = \"mail.example.org\"\nfrom = \"robin@example.org\"\n";
    let user = format!("{mail}username = \"robin\"\n");
    let key = "[ntfy]\nreply_key = \"0123456789abcdef0123456789abcdef\"\n";
    let stranger = format!("{key}topics.anja = \"a\"\n");
    for (addition, secret, said) in [
        (user.as_str(), "", "this user has no password"),
        (&user, "[mail]\npassword = \"x\"\n", ""),
        ("", &stranger, "there is no person of the circle `anja`"),
        ("[mqtt]\nhost = \"10.0.0.2\"\nlisten = \"0.0.0.0:1883\"\n", "", "`host` is for a broker"),
        ("[mqtt]\nlisten = \"127.0.0.1:1883\"\n", "", ""),
    ] {
        let shown = mistakes(&format!("{EXAMPLE}\n{addition}"), secret);
        assert_eq!(shown.is_empty(), said.is_empty(), "{addition}:\n{shown}");
        assert!(shown.contains(said), "{said:?} is not in\n{shown}");
    }
}

/// Two people, and a file that says that only one of them can move.
#[test]
fn with_two_residents_it_cannot_tell() {
    let two = EXAMPLE.replacen(
        "[quiet_hours]",
        "[[resident]]\nname = \"meneer De Wit\"\n\n[quiet_hours]",
        1,
    );
    let loaded = read(home(&two), secrets("")).unwrap_or_else(|found| panic!("{found}"));
    assert_eq!(loaded.plan.watch.alone, omzien_core::plan::Alone::CannotTell);
    assert!(loaded.warnings.to_string().contains("it cannot tell who moves"));
    let surely =
        two.replacen("[watch.inactivity]", "[watch]\nalone = \"surely\"\n[watch.inactivity]", 1);
    assert!(mistakes(&surely, "").contains("movement may be the other's"));
}

#[test]
fn what_is_only_unwise_is_a_warning() {
    for (before, after, said) in [
        ("name = \"Piet\"", "name = \"anna\"", "is also the name of"),
        ("name = \"keuken\"", "name = \"Gang\"", "is also the name of"),
    ] {
        let unwise = EXAMPLE.replacen(before, after, 1);
        let loaded = read(home(&unwise), secrets("")).unwrap_or_else(|found| panic!("{found}"));
        assert!(loaded.warnings.to_string().contains(said), "{after}");
    }
}

/// A reload compares what it read with what holds: the same text is the same home.
#[test]
fn the_same_text_is_the_same_home() {
    let twice = [(); 2].map(|()| read(home(EXAMPLE), secrets("")).expect("it is whole"));
    assert_eq!(twice[0].plan, twice[1].plan);
    assert_eq!(twice[0].settings, twice[1].settings);
}

/// What a finger, a bad editor or a bad copy makes of a text.
#[derive(Clone, Debug)]
enum Slip {
    Delete { at: usize, length: usize },
    Insert { at: usize, piece: String },
    SwapLines { one: usize, other: usize },
    RepeatLine { line: usize },
    SwapWords { one: usize, other: usize },
}

fn slip() -> impl Strategy<Value = Slip> {
    let place = || any::<prop::sample::Index>().prop_map(|index| index.index(usize::MAX));
    let piece = prop_oneof![
        "[\\[\\]{}=.,\"'#\\\\\n\t 0-9a-z\u{e9}\u{1F642}]{1,6}",
        Just("[[device]]\n".to_owned()),
        Just("= {}".to_owned()),
        Just("\"\"\"".to_owned()),
        Just("99999999999999999999".to_owned()),
        Just("nan".to_owned()),
        Just("[".repeat(200)),
    ];
    prop_oneof![
        (place(), 1..40usize).prop_map(|(at, length)| Slip::Delete { at, length }),
        (place(), piece).prop_map(|(at, piece)| Slip::Insert { at, piece }),
        (place(), place()).prop_map(|(one, other)| Slip::SwapLines { one, other }),
        place().prop_map(|line| Slip::RepeatLine { line }),
        (place(), place()).prop_map(|(one, other)| Slip::SwapWords { one, other }),
    ]
}

fn slipped(text: &str, slip: &Slip) -> String {
    let whole_lines: Vec<&str> = text.split_inclusive('\n').collect();
    let words: Vec<&str> = text.split_inclusive([' ', '"', '=', '.']).collect();
    let swapped = |mut parts: Vec<&str>, one: usize, other: usize| {
        let count = parts.len().max(1);
        if !parts.is_empty() {
            parts.swap(one % count, other % count);
        }
        parts.concat()
    };
    match slip {
        Slip::Delete { at, length } => {
            let start = text.floor_char_boundary(at % (text.len() + 1));
            let end = text.ceil_char_boundary((start + length).min(text.len()));
            format!("{}{}", &text[..start], &text[end..])
        }
        Slip::Insert { at, piece } => {
            let (before, after) = text.split_at(text.floor_char_boundary(at % (text.len() + 1)));
            format!("{before}{piece}{after}")
        }
        Slip::SwapLines { one, other } => swapped(whole_lines, *one, *other),
        Slip::RepeatLine { line } => {
            let line = whole_lines.get(line % whole_lines.len().max(1)).copied();
            format!("{text}{}", line.unwrap_or_default())
        }
        Slip::SwapWords { one, other } => swapped(words, *one, *other),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever is in a file: it is read, or there is a mistake that can be shown, inside it.
    #[test]
    fn no_text_makes_it_panic_or_point_outside(slips in prop::collection::vec(slip(), 1..6)) {
        let text = slips.iter().fold(EXAMPLE.to_owned(), |text, slip| slipped(&text, slip));
        if let Err(found) = read(home(&text), secrets("")) {
            prop_assert!(!found.is_empty());
            prop_assert!(!found.to_string().is_empty());
            for mistake in &found.0 {
                let place = mistake.place.clone();
                let place = place.ok_or_else(|| TestCaseError::fail("a mistake without place"))?;
                prop_assert!(text.get(place.span).is_some());
                prop_assert!(place.line <= text.lines().count() + 1);
                prop_assert!(!mistake.message.is_empty() && !mistake.mend.is_empty());
            }
        }
    }

    #[test]
    fn no_secrets_make_it_panic(text in "[a-z\\[\\]=\"\\. \n0-9]{0,80}") {
        let _ = read(home(EXAMPLE), secrets(&text));
    }
}

#[test]
fn a_scene_is_told_only_what_its_devices_can_and_never_unlocks() {
    let scene =
        |sets: &str| format!("{EXAMPLE}\n[scene.night]\nname = \"naar bed\"\nsets = [{sets}]\n");
    let lamp = "{ light = { devices = [\"bedroom_light\"], power = \"off\" } }";
    let read_back = read(home(&scene(lamp)), secrets("")).unwrap_or_else(|found| panic!("{found}"));
    let night = &read_back.plan.scenes[&"night".into()];
    assert_eq!(night.sets, [("bedroom_light".into(), Command::Light(Power::Off))]);
    for (sets, problem) in [
        ("", "needs at least 1"),
        ("{ light = { devices = [\"bedrom_light\"], power = \"off\" } }", "there is no device"),
        ("{ lock = { devices = [\"bedroom_light\"] } }", "cannot do `lock`"),
        ("{ dimmer = { devices = [\"bedroom_light\"], percent = 400 } }", "400"),
        ("{ unlock = { devices = [\"bedroom_light\"] } }", "unlock"),
        ("{ lock = { devices = [\"bedroom_light\"], is = \"unlocked\" } }", "is"),
    ] {
        let shown = mistakes(&scene(sets), "");
        assert!(shown.contains(problem), "{sets}:\n{shown}");
    }
}
