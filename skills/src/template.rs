//! Sentence templates: `(doe|zet) [de|het] {light} aan`. Parses them, refuses those that would
//! match anything. Does not match ([`crate::program`] does), and lists nothing
//! ([`crate::phrases`] does).
//!
//! `(a|b)` one of, `[a|b]` one of or nothing, `{slot}` a value, `<part>` a piece that the skill
//! names under `[parts]`, `^` and `$` the beginning and end of what was said.

use std::collections::BTreeMap;

use crate::lists::{ListId, Lists};
use crate::text;
use crate::things::Kind;

/// Longer templates (bytes, parts filled in) are refused: nobody could read them.
const TEMPLATE_BYTES_MAX: usize = 4_000;
/// Brackets within brackets.
const DEPTH_MAX: usize = 12;
/// Values in one template: each brings every name of the home where sentences are listed.
const SLOTS_MAX: usize = 24;
/// Parts in one template, those within parts included.
const PARTS_MAX: usize = 200;

/// What a `{slot}` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SlotKind {
    /// A thing of the house, a room's, or all.
    Things(Kind),
    /// A scene of the home.
    Scene,
    /// A person of the circle.
    Contact,
    /// A moment, or a rule for moments.
    When,
    /// A piece of the calendar: a day, an hour of one, a week.
    Period,
    /// A length of time.
    Duration,
    /// A length of time by which something changes; {duration} beside it is how long it is.
    By,
    /// A room of the home.
    Room,
    /// A device of the home, whatever it can do.
    Device,
    /// A number as a meter shows it, with or without a tenth.
    Tenths,
    /// A whole number, in words or digits.
    Number,
    /// A value of a list.
    List(ListId),
    /// The resident's own words, one or more.
    Words,
}

impl SlotKind {
    /// Each kind once: those that say most of a thing first.
    pub(crate) fn distinct<'a>(kinds: impl Iterator<Item = &'a Self>) -> Vec<Self> {
        let mut distinct = Vec::new();
        for kind in kinds {
            if !distinct.contains(kind) {
                distinct.push(*kind);
            }
        }
        let rank = |kind: &Self| Self::TABLE.iter().position(|(_, known)| known == kind);
        // A list's word is more than a number or a moment in general, and less than a name.
        distinct.sort_by_key(|kind| rank(kind).unwrap_or(Self::TABLE.len()));
        distinct
    }

    /// What every skill can use beside its own lists.
    pub(crate) const TABLE: &[(&'static str, Self)] = &[
        ("light", Self::Things(Kind::Light)),
        ("cover", Self::Things(Kind::Cover)),
        ("lock", Self::Things(Kind::Lock)),
        ("switch", Self::Things(Kind::Switch)),
        ("fan", Self::Things(Kind::Fan)),
        ("thermostat", Self::Things(Kind::Thermostat)),
        ("door", Self::Things(Kind::Door)),
        ("thermometer", Self::Things(Kind::Sensor)),
        ("scene", Self::Scene),
        ("contact", Self::Contact),
        ("room", Self::Room),
        ("device", Self::Device),
        ("number", Self::Number),
        ("tenths", Self::Tenths),
        ("when", Self::When),
        ("period", Self::Period),
        ("duration", Self::Duration),
        ("by", Self::By),
        ("words", Self::Words),
    ];

    /// A small number of its own.
    pub(crate) fn number(self) -> usize {
        match self {
            Self::List(list) => Self::TABLE.len() + list.number(),
            other => Self::TABLE.iter().position(|(_, known)| *known == other).unwrap_or(0),
        }
    }

    /// Takes times.
    pub(crate) fn is_time(self) -> bool {
        matches!(self, Self::When | Self::Duration | Self::By)
    }

    /// Of a thing of the house, which kind.
    pub(crate) fn thing(self) -> Option<Kind> {
        match self {
            Self::Things(kind) => Some(kind),
            Self::Scene
            | Self::Contact
            | Self::When
            | Self::Period
            | Self::Duration
            | Self::By
            | Self::Room
            | Self::Device
            | Self::Tenths
            | Self::Number
            | Self::List(_)
            | Self::Words => None,
        }
    }

    /// The name between the brackets.
    pub(crate) fn name(self, lists: &Lists) -> &str {
        match self {
            Self::List(list) => lists.name(list),
            Self::Things(_)
            | Self::Scene
            | Self::Contact
            | Self::Room
            | Self::Device
            | Self::Number
            | Self::Tenths
            | Self::When
            | Self::Period
            | Self::Duration
            | Self::By
            | Self::Words => {
                let row = Self::TABLE.iter().find(|(_, kind)| *kind == self);
                row.map_or("", |(name, _)| name)
            }
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    Word {
        raw: String,
        norm: String,
    },
    Slot(SlotKind),
    /// One of several sequences; an empty one among them makes it optional.
    Choice(Vec<Vec<Self>>),
    Start,
    End,
}

/// Why something written is refused, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What is wrong.
    pub problem: String,
    /// What to write instead.
    pub mend: String,
}

impl Refused {
    pub(crate) fn new(problem: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { problem: problem.into(), mend: mend.into() }
    }
}

/// What the templates of one file may refer to.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    pub(crate) parts: BTreeMap<String, String>,
    pub(crate) lists: BTreeMap<String, ListId>,
}

/// Reads one template, and refuses one that takes anything.
pub(crate) fn parse(source: &str, scope: &Scope) -> Result<Vec<Node>, Refused> {
    let nodes = read(source, scope)?;
    match is_anything(&nodes) {
        true => Err(Refused::new(
            format!("{source:?} matches sentences about anything"),
            "give every way through it at least one word of its own",
        )),
        false => Ok(nodes),
    }
}

/// Reads one template.
pub(crate) fn read(source: &str, scope: &Scope) -> Result<Vec<Node>, Refused> {
    let source = fill_in(source, &scope.parts)?;
    let mut reader = Reader { rest: &source, depth: 0, lists: &scope.lists };
    let nodes = reader.sequence()?;
    if !reader.rest.is_empty() {
        return Err(Refused::new(
            format!("a closing bracket too many before {:?}", reader.rest),
            "take it out, or open it first",
        ));
    }
    if kinds(&nodes).len() > SLOTS_MAX {
        let problem = format!("the template names more than {SLOTS_MAX} values");
        return Err(Refused::new(problem, "make two of it"));
    }
    Ok(nodes)
}

/// Does it match with no word of its own, or with nothing said?
pub(crate) fn is_anything(nodes: &[Node]) -> bool {
    let least = least_words(nodes);
    least.words == 0 && (least.free || least.tokens == 0)
}

/// May it take the resident's own words?
pub(crate) fn takes_own_words(nodes: &[Node]) -> bool {
    least_words(nodes).free
}

/// How much room it takes: words, values, brackets.
pub(crate) fn size(nodes: &[Node]) -> usize {
    let inside = |node: &Node| match node {
        Node::Choice(ways) => ways.iter().map(|way| size(way)).sum(),
        Node::Word { .. } | Node::Slot(_) | Node::Start | Node::End => 0,
    };
    nodes.iter().map(|node| 1 + inside(node)).sum()
}

/// Every kind of value that one of its ways names, as often as it does.
pub(crate) fn kinds(nodes: &[Node]) -> Vec<SlotKind> {
    let of = |node: &Node| match node {
        Node::Slot(kind) => vec![*kind],
        Node::Choice(ways) => ways.iter().flat_map(|way| kinds(way)).collect(),
        Node::Word { .. } | Node::Start | Node::End => Vec::new(),
    };
    nodes.iter().flat_map(of).collect()
}

/// Is such a value named on every way through it?
pub(crate) fn always_names(nodes: &[Node], such: &impl Fn(SlotKind) -> bool) -> bool {
    nodes.iter().any(|node| match node {
        Node::Slot(kind) => such(*kind),
        Node::Choice(ways) => ways.iter().all(|way| always_names(way, such)),
        Node::Word { .. } | Node::Start | Node::End => false,
    })
}

fn fill_in(source: &str, parts: &BTreeMap<String, String>) -> Result<String, Refused> {
    let too_long = || Refused::new("the template is too long", "make two of it");
    let mut filled = source.to_owned();
    let mut parts_left = PARTS_MAX;
    // A part may use parts; these bounds end one that uses itself.
    while filled.len() <= TEMPLATE_BYTES_MAX
        && let Some(from) = filled.find('<')
    {
        parts_left = parts_left.checked_sub(1).ok_or_else(too_long)?;
        let Some(length) = filled[from..].find('>') else {
            return Err(Refused::new("a `<` without `>`", "close it, as in `<switch>`"));
        };
        let name = filled[from + 1..from + length].to_owned();
        let Some(part) = parts.get(&name) else {
            let known = parts.keys().cloned().collect::<Vec<_>>().join(", ");
            return Err(Refused::new(
                format!("there is no part {name:?}"),
                format!("add it under [parts]; there are: {known}"),
            ));
        };
        filled.replace_range(from..=from + length, part);
    }
    if filled.len() > TEMPLATE_BYTES_MAX { Err(too_long()) } else { Ok(filled) }
}

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
    lists: &'a BTreeMap<String, ListId>,
}

impl Reader<'_> {
    /// Up to the end, a `|` or a closing bracket, none of which it takes.
    fn sequence(&mut self) -> Result<Vec<Node>, Refused> {
        let mut nodes = Vec::new();
        loop {
            self.rest = self.rest.trim_start();
            let Some(first) = self.rest.chars().next() else { return Ok(nodes) };
            match first {
                '|' | ')' | ']' => return Ok(nodes),
                '(' => nodes.push(self.choice(')')?),
                '[' => nodes.push(self.choice(']')?),
                '{' => nodes.push(self.slot()?),
                '^' => nodes.push(self.sign(Node::Start)),
                '$' => nodes.push(self.sign(Node::End)),
                '}' => {
                    return Err(Refused::new("a `}` without `{`", "write `{light}`"));
                }
                _ => self.words(&mut nodes),
            }
        }
    }

    fn sign(&mut self, node: Node) -> Node {
        self.rest = &self.rest[1..];
        node
    }

    fn choice(&mut self, closing: char) -> Result<Node, Refused> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(Refused::new("too many brackets within brackets", "make two of it"));
        }
        self.rest = &self.rest[1..];
        let mut ways = vec![self.sequence()?];
        while let Some(rest) = self.rest.strip_prefix('|') {
            self.rest = rest;
            ways.push(self.sequence()?);
        }
        self.rest = self.rest.strip_prefix(closing).ok_or_else(|| {
            Refused::new(format!("a bracket is not closed by `{closing}`"), "close it")
        })?;
        self.depth -= 1;
        if closing == ']' {
            ways.push(Vec::new());
        }
        Ok(Node::Choice(ways))
    }

    fn slot(&mut self) -> Result<Node, Refused> {
        let Some(length) = self.rest.find('}') else {
            return Err(Refused::new("a `{` without `}`", "close it, as in `{light}`"));
        };
        let name = &self.rest[1..length];
        self.rest = &self.rest[length + 1..];
        let built_in = SlotKind::TABLE.iter().find(|(known, _)| *known == name);
        let kind = built_in
            .map(|(_, kind)| *kind)
            .or_else(|| self.lists.get(name).map(|list| SlotKind::List(*list)));
        kind.map(Node::Slot).ok_or_else(|| {
            let known = SlotKind::TABLE.iter().map(|(known, _)| *known);
            let known: Vec<_> = known.chain(self.lists.keys().map(String::as_str)).collect();
            Refused::new(
                format!("there is no slot {name:?}"),
                format!("add a list `[lists.{name}]`, or use one of: {}", known.join(", ")),
            )
        })
    }

    fn words(&mut self, nodes: &mut Vec<Node>) {
        let length = self
            .rest
            .find(|letter: char| letter.is_whitespace() || "()[]{}|^$".contains(letter))
            .unwrap_or(self.rest.len());
        for token in text::tokens(&self.rest[..length]) {
            nodes.push(Node::Word { raw: token.raw, norm: token.norm });
        }
        self.rest = &self.rest[length..];
    }
}

/// The least that a way through the template asks for.
struct Least {
    words: usize,
    tokens: usize,
    /// It may take the resident's own words.
    free: bool,
}

fn least_words(nodes: &[Node]) -> Least {
    let mut least = Least { words: 0, tokens: 0, free: false };
    for node in nodes {
        match node {
            Node::Word { .. } => {
                least.words += 1;
                least.tokens += 1;
            }
            Node::Slot(kind) => {
                least.tokens += 1;
                least.free |= *kind == SlotKind::Words;
            }
            Node::Choice(ways) => {
                let ways: Vec<Least> = ways.iter().map(|way| least_words(way)).collect();
                least.words += ways.iter().map(|way| way.words).min().unwrap_or(0);
                least.tokens += ways.iter().map(|way| way.tokens).min().unwrap_or(0);
                least.free |= ways.iter().any(|way| way.free);
            }
            Node::Start | Node::End => {}
        }
    }
    least
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_and_boundless_templates_are_refused() {
        for source in ["(a|b", "a)", "{lamp}", "{words}", "[a]", "[a] {words}", "<x>", "a {", "}"] {
            assert!(parse(source, &Scope::default()).is_err(), "{source}");
        }
        for itself in ["a <x>", "<x>", "<x><x>"] {
            let parts = BTreeMap::from([("x".to_owned(), itself.to_owned())]);
            let itself = Scope { parts, lists: BTreeMap::new() };
            assert!(parse("<x>", &itself).is_err());
        }
        assert!(parse(&"a ".repeat(3_000), &Scope::default()).is_err());
        assert!(parse(&"a {number} ".repeat(30), &Scope::default()).is_err());
        assert!(parse(&"(".repeat(100), &Scope::default()).is_err());
    }
}
