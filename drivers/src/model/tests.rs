//! A model's whole way onto the machine, against a real web server on loopback and a pip that is
//! a shell script.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::*;

const CONTENT: &[u8] = b"the weights of a very small model, long enough to break off in the middle";

fn sum(bytes: &[u8]) -> Sum {
    Sum(Sha256::digest(bytes).into())
}

/// What a site can do to us.
#[derive(Clone, Copy, PartialEq)]
enum Manner {
    /// Breaks off after ten bytes of each answer.
    BreaksOff,
    /// Knows no ranges: always sends everything.
    KnowsNoRanges,
    /// Sends something else of the same length.
    Lies,
    /// Sends and sends.
    Floods,
    Refuses,
}

/// A web server on loopback, one answer a connection.
struct Site {
    address: String,
    requests: Arc<AtomicUsize>,
}

impl Site {
    fn open(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/model.bin", listener.local_addr().unwrap());
        let requests = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&requests);
        // Ends with the test's process.
        thread::spawn(move || {
            for stream in listener.incoming() {
                counter.fetch_add(1, Ordering::SeqCst);
                let mut stream = stream.unwrap();
                let offset = offset(&stream);
                // Whoever has heard enough hangs up.
                let _ = stream.write_all(&manner.answer(offset));
            }
        });
        Self { address, requests }
    }
}

/// Reads a request, and from where on it wants the file.
fn offset(stream: &TcpStream) -> Option<usize> {
    let head = BufReader::new(stream).lines().map_while(Result::ok);
    head.take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("range: bytes=")?.strip_suffix('-')?.parse().ok())
        .last()
}

impl Manner {
    fn answer(self, offset: Option<usize>) -> Vec<u8> {
        let head = |status, length| {
            format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n")
        };
        let end = CONTENT.len();
        let (head, body) = match (self, offset) {
            (Self::BreaksOff, None) => (head("200 OK", end), CONTENT[..10].to_vec()),
            (Self::BreaksOff, Some(from)) => {
                let range = format!("content-range: bytes {from}-{}/{end}\r\n", end - 1);
                let body = CONTENT[from..end.min(from + 10)].to_vec();
                (head("206 Partial Content", end - from) + &range, body)
            }
            (Self::KnowsNoRanges, _) => (head("200 OK", end), CONTENT.to_vec()),
            (Self::Lies, _) => (head("200 OK", end), vec![b'x'; end]),
            (Self::Floods, _) => (head("200 OK", 10 * end), vec![b'x'; 10 * end]),
            (Self::Refuses, _) => (head("404 Not Found", 0), Vec::new()),
        };
        [head.as_bytes(), b"\r\n", &body].concat()
    }
}

/// A folder for models, and a `python3` that writes what it is told into `--target`.
struct Machine {
    folder: TempDir,
    python: String,
}

impl Machine {
    fn new(pip: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let python = folder.path().join("python3").to_str().unwrap().to_owned();
        let machine = Self { folder, python };
        machine.teach(pip);
        machine
    }

    fn teach(&self, pip: &str) {
        // The arguments end in: --target FOLDER NAME.
        let script = format!("#!/bin/sh\nwhile [ $# -gt 2 ]; do shift; done\ncd \"$1\"\n{pip}\n");
        let draft = self.folder.path().join("draft");
        fs::write(&draft, script).unwrap();
        // Another process writes the program: Linux starts none that is open for writing, and a
        // test beside this one may be between its fork and its exec, holding our open files.
        let install = Command::new("install").arg(&draft).arg(&self.python).status();
        assert!(install.unwrap().success());
        fs::remove_file(draft).unwrap();
    }

    fn get(&self, address: &str, report: &mut Report<'_>) -> Result<PathBuf, ModelError> {
        get_into(self.folder.path(), &model(address), &self.python, report)
    }

    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

const NO_PIP: &str = "echo 'No module named pip' >&2; exit 1";
const GOOD_PIP: &str = "mkdir -p in; case $2 in \
                        one*) printf 'the weights ' > in/one;; \
                        two*) printf 'in two parts' > in/two;; esac";
const NOBODY: &str = "http://127.0.0.1:1/model.bin";

fn model(address: &str) -> Model {
    let wheel = |name: &str, part: &str| Wheel {
        name: format!("{name}==1.0.0"),
        part: part.to_owned(),
        download_bytes: 12,
    };
    Model {
        name: "small".to_owned(),
        purpose: Purpose::Speech,
        about: String::new(),
        licence: "MIT".to_owned(),
        source: String::new(),
        file: "model.bin".to_owned(),
        size_bytes: CONTENT.len() as u64,
        machine: None,
        also: vec![],
        url: Some(Url { address: address.to_owned(), sha256: sum(CONTENT) }),
        packages: Some(Packages {
            sha256: sum(b"the weights in two parts"),
            wheels: vec![wheel("one", "in/one"), wheel("two", "in/two")],
            convert: None,
            beside: vec![],
        }),
    }
}

#[test]
fn a_line_that_keeps_breaking_is_taken_up_where_it_broke() {
    let (site, machine) = (Site::open(Manner::BreaksOff), Machine::new(NO_PIP));
    let mut done = Vec::new();
    let path = machine.get(&site.address, &mut |progress| {
        if let Progress::Downloading { done_bytes, total_bytes } = progress {
            done.push((done_bytes, total_bytes));
        }
    });
    assert_eq!(fs::read(path.unwrap()).unwrap(), CONTENT);
    assert_eq!(site.requests.load(Ordering::SeqCst), CONTENT.len().div_ceil(10));
    assert_eq!(done, [(CONTENT.len() as u64, CONTENT.len() as u64)]);
    assert_eq!(machine.files(), ["model.bin", "model.bin.lock", "python3"]);
}

#[test]
fn a_beginning_from_an_earlier_run_is_continued_or_replaced() {
    for (manner, beginning) in [
        (Manner::BreaksOff, &CONTENT[..70]),
        (Manner::KnowsNoRanges, &CONTENT[..70]),
        (Manner::KnowsNoRanges, [0; 1000].as_slice()),
    ] {
        let (site, machine) = (Site::open(manner), Machine::new(NO_PIP));
        fs::write(machine.folder.path().join("model.bin.partial"), beginning).unwrap();
        let path = machine.get(&site.address, &mut |_| {}).unwrap();
        assert_eq!(fs::read(path).unwrap(), CONTENT);
        assert_eq!(site.requests.load(Ordering::SeqCst), 1);
    }
}

#[test]
fn a_model_that_is_there_asks_nobody() {
    let (site, machine) = (Site::open(Manner::Refuses), Machine::new(NO_PIP));
    fs::write(machine.folder.path().join("model.bin"), CONTENT).unwrap();
    machine.get(&site.address, &mut |_| {}).unwrap();
    assert_eq!(site.requests.load(Ordering::SeqCst), 0);
}

#[test]
fn a_false_file_is_thrown_away_and_both_ways_are_explained() {
    for (manner, words) in [
        (Manner::Lies, "not what the list of models says"),
        (Manner::Floods, "more than the model's size"),
        (Manner::Refuses, "answers 404"),
    ] {
        let (site, machine) = (Site::open(manner), Machine::new(NO_PIP));
        let error = machine.get(&site.address, &mut |_| {}).unwrap_err().to_string();
        for part in [words, "apt-get install python3-pip", "model.bin (73 bytes)"] {
            assert!(error.contains(part), "`{part}` is not in: {error}");
        }
        assert!(!machine.files().iter().any(|name| name == "model.bin"), "{words}");
        assert!(!machine.files().iter().any(|name| name.contains("partial")), "{words}");
    }
}

#[test]
fn one_way_is_enough_and_its_failure_is_the_only_one_told() {
    let machine = Machine::new(GOOD_PIP);
    let by_packages = Model { url: None, ..model(NOBODY) };
    let mut steps = 0;
    let path = get_into(machine.folder.path(), &by_packages, &machine.python, &mut |progress| {
        assert!(matches!(progress, Progress::Installing { .. }), "{progress:?}");
        steps += 1;
    });
    assert_eq!(fs::read(path.unwrap()).unwrap(), b"the weights in two parts");
    assert_eq!(steps, 2);
    let machine = Machine::new(GOOD_PIP);
    let by_url = Model { packages: None, ..model(NOBODY) };
    let error = get_into(machine.folder.path(), &by_url, &machine.python, &mut |_| {});
    let error = error.unwrap_err().to_string();
    assert!(error.contains("From its site") && !error.contains("From packages"), "{error}");
}

#[test]
fn a_board_hears_with_what_was_chosen_for_it() {
    for (says, hears) in [
        ("Raspberry Pi 4 Model B Rev 1.5\0", "whisper-tiny"),
        ("Raspberry Pi 5 Model B Rev 1.0\0", "whisper-base"),
        ("Raspberry Pi 400 Rev 1.0\0", "whisper-tiny"),
        ("Some other board\0", "whisper-base"),
        ("", "whisper-base"),
    ] {
        assert_eq!(for_board(says).name, hears, "{says:?}");
    }
}

#[test]
fn without_the_site_the_packages_bring_it() {
    let machine = Machine::new(GOOD_PIP);
    let mut steps = Vec::new();
    let path = machine.get(NOBODY, &mut |progress| match progress {
        Progress::Detour { because } => steps.push(because.to_string()),
        Progress::Installing { wheel } => steps.push(wheel.name.clone()),
        other => panic!("{other:?}"),
    });
    assert_eq!(fs::read(path.unwrap()).unwrap(), b"the weights in two parts");
    assert!(steps[0].contains("refused"), "{steps:?}");
    assert_eq!(steps[1..], ["one==1.0.0", "two==1.0.0"]);
    assert_eq!(machine.files(), ["model.bin", "model.bin.lock", "python3"]);
}

#[test]
fn wheels_that_came_are_kept_when_the_next_one_fails() {
    let fails = "case $2 in two*) echo 'no route to the registry' >&2; exit 1;; esac";
    let machine = Machine::new(&format!("{fails}; {GOOD_PIP}"));
    let error = machine.get(NOBODY, &mut |_| {}).unwrap_err().to_string();
    assert!(error.contains("two==1.0.0: no route to the registry"), "{error}");
    let mut steps = Vec::new();
    machine.teach(GOOD_PIP);
    machine
        .get(NOBODY, &mut |progress| {
            if let Progress::Installing { wheel } = progress {
                steps.push(wheel.name.clone());
            }
        })
        .unwrap();
    assert_eq!(steps, ["two==1.0.0"]);
}

#[test]
fn what_must_lie_beside_a_model_comes_with_it_or_the_model_does_not_come() {
    for (sum, comes) in [(sum(b"about it"), true), (sum(b"something else"), false)] {
        let machine = Machine::new(&format!("{GOOD_PIP}; printf 'about it' > in/about"));
        let mut model = Model { url: None, ..model(NOBODY) };
        let packages = model.packages.as_mut().unwrap();
        let (part, file) = ("in/about".to_owned(), "model.bin.json".to_owned());
        packages.beside.push(Beside { part, file, sha256: sum });
        let got = get_into(machine.folder.path(), &model, &machine.python, &mut |_| {});
        assert_eq!(got.is_ok(), comes, "{got:?}");
        let files = machine.files();
        let there = |name: &str| files.iter().any(|file| file == name);
        assert_eq!((there("model.bin"), there("model.bin.json")), (comes, comes), "{files:?}");
    }
}

#[test]
fn a_false_or_empty_package_is_refused() {
    for (pip, words) in [
        ("mkdir -p in; printf other > in/one; printf other > in/two", "not what the list"),
        ("true", "does not hold in/one"),
    ] {
        let machine = Machine::new(pip);
        let error = machine.get(NOBODY, &mut |_| {}).unwrap_err().to_string();
        assert!(error.contains(words), "`{words}` is not in: {error}");
        assert!(!machine.files().iter().any(|name| name == "model.bin"), "{words}");
    }
}

#[test]
fn a_second_run_waits_for_the_first_and_fetches_nothing() {
    let machine = Machine::new(NO_PIP);
    let file = machine.folder.path().join("model.bin");
    let held = lock(&beside(&file, "lock"), &mut |_| {}).unwrap();
    let (waiting, waits) = std::sync::mpsc::channel();
    thread::scope(|scope| {
        let second = scope.spawn(|| {
            machine.get(NOBODY, &mut |progress| {
                if matches!(progress, Progress::Waiting) {
                    waiting.send(()).unwrap();
                }
            })
        });
        waits.recv().unwrap();
        fs::write(&file, CONTENT).unwrap();
        drop(held);
        assert_eq!(second.join().unwrap().unwrap(), file);
    });
}

#[test]
fn the_folder_follows_the_base_directory_specification() {
    let some = |path: &str| Some(OsString::from(path));
    let of = |cache, home| folder(cache, home).ok();
    assert_eq!(of(some("/c"), some("/h")), Some(PathBuf::from("/c/omzien/models")));
    for ignored in [None, some(""), some("relative")] {
        assert_eq!(of(ignored, some("/h")), Some(PathBuf::from("/h/.cache/omzien/models")));
    }
    assert_eq!(of(None, None), None);
}

#[test]
fn an_unknown_name_is_answered_with_the_known_ones() {
    let error = named("wisper").unwrap_err().to_string();
    assert!(error.contains("whisper-base, whisper-tiny, silero-vad"), "{error}");
}
