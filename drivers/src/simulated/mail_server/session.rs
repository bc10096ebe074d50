//! One caller's talk with the mail twin, line by line: plain state, no socket. It never keeps
//! more of a mail than its bound, and no line of a caller can stop it.

use super::{Arrived, Fault, Shared, decode};
use crate::ntfy::Line;

/// A home's mail is a few kilobytes.
const MAIL_BYTES_MAX: usize = 256 * 1024;
const RECEIVERS_MAX: usize = 16;

/// What the server does after a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Listen,
    Say(String),
    SayAndEnd(String),
    End,
    /// Neither answers nor ends.
    Hang,
}

pub(super) struct Session<'a> {
    shared: &'a Shared,
    known: bool,
    from: Option<String>,
    to: Vec<String>,
    /// The text so far, while it is being sent.
    text: Option<Vec<u8>>,
}

/// A line of a caller outside a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Command<'a> {
    Hello { extended: Extended },
    Login { secret: &'a str },
    From(&'a str),
    To(&'a str),
    Data,
    Reset,
    Nothing,
    Quit,
    Unknown,
    Malformed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extended {
    Yes,
    No,
}

impl<'a> Command<'a> {
    pub(super) fn parse(line: &'a [u8]) -> Self {
        let Ok(line) = std::str::from_utf8(line) else { return Self::Malformed };
        let line = line.trim_end();
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match (verb.to_ascii_uppercase().as_str(), rest) {
            ("EHLO" | "HELO", "") => Self::Malformed,
            ("EHLO", _) => Self::Hello { extended: Extended::Yes },
            ("HELO", _) => Self::Hello { extended: Extended::No },
            ("AUTH", rest) => match rest.split_once(' ') {
                Some((how, secret)) if how.eq_ignore_ascii_case("plain") => Self::Login { secret },
                Some(_) | None => Self::Malformed,
            },
            ("MAIL", rest) => path(rest, "FROM:").map_or(Self::Malformed, Self::From),
            ("RCPT", rest) => match path(rest, "TO:") {
                Some(to) if !to.is_empty() => Self::To(to),
                Some(_) | None => Self::Malformed,
            },
            ("DATA", "") => Self::Data,
            ("RSET", "") => Self::Reset,
            ("NOOP", _) => Self::Nothing,
            ("QUIT", "") => Self::Quit,
            _ => Self::Unknown,
        }
    }
}

/// `FROM:<anna@example.org> SIZE=100` → the address.
fn path<'a>(rest: &'a str, word: &str) -> Option<&'a str> {
    let (head, tail) = rest.split_at_checked(word.len())?;
    let address = tail.trim_start().strip_prefix('<')?;
    let (address, _) = address.split_once('>')?;
    head.eq_ignore_ascii_case(word).then_some(address)
}

impl<'a> Session<'a> {
    pub(super) fn begin(shared: &'a Shared) -> (Self, String) {
        let greeting = match shared.fault(|fault| matches!(fault, Fault::Greeting(_))) {
            Some(fault) => refusal(fault),
            None => "220 twin ready\r\n".to_owned(),
        };
        let known = shared.login.is_none();
        (Self { shared, known, from: None, to: Vec::new(), text: None }, greeting)
    }

    pub(super) fn line(&mut self, line: &Line) -> Next {
        if self.text.is_some() {
            return self.text_line(line);
        }
        match line {
            Line::TooLong => say("500 line too long"),
            Line::Whole(line) => self.command(&Command::parse(line)),
        }
    }

    fn command(&mut self, command: &Command<'_>) -> Next {
        match command {
            Command::Hello { extended } => {
                self.reset();
                match (extended, &self.shared.login) {
                    (Extended::Yes, Some(_)) => say("250-twin\r\n250 AUTH PLAIN"),
                    (Extended::Yes, None) | (Extended::No, _) => say("250 twin"),
                }
            }
            Command::Login { secret } => self.login(secret),
            Command::From(_) if !self.known => say("530 who are you?"),
            Command::From(from) => {
                self.reset();
                self.from = Some((*from).to_owned());
                say("250 fine")
            }
            Command::To(_) | Command::Data if self.from.is_none() => say("503 from whom?"),
            Command::To(to) => self.receiver(to),
            Command::Data if self.to.is_empty() => say("503 to whom?"),
            Command::Data => {
                self.text = Some(Vec::new());
                say("354 go on, end with a dot")
            }
            Command::Reset => {
                self.reset();
                say("250 forgotten")
            }
            Command::Nothing => say("250 fine"),
            Command::Quit => Next::SayAndEnd("221 good day\r\n".to_owned()),
            Command::Unknown => say("502 not known here"),
            Command::Malformed => say("501 not understood"),
        }
    }

    fn login(&mut self, secret: &str) -> Next {
        let Some((name, password)) = &self.shared.login else {
            return say("502 not needed here");
        };
        let expected = format!("\0{name}\0{password}");
        self.known = decode::base64(secret).is_some_and(|given| given == expected.as_bytes());
        if self.known { say("235 welcome") } else { say("535 wrong name or password") }
    }

    fn receiver(&mut self, to: &str) -> Next {
        if let Some(fault) = self.shared.fault(|fault| matches!(fault, Fault::Receiver(_))) {
            return Next::Say(refusal(fault));
        }
        if self.to.len() == RECEIVERS_MAX {
            return say("452 too many receivers");
        }
        self.to.push(to.to_owned());
        say("250 fine")
    }

    fn text_line(&mut self, line: &Line) -> Next {
        if self.shared.fault(|fault| fault == Fault::HangUpInText).is_some() {
            return Next::End;
        }
        match line {
            Line::Whole(line) if without_return(line) == b"." => self.text_end(),
            Line::Whole(line) => {
                let line = without_return(line);
                // A dot at the beginning of a line was doubled on the way (RFC 5321, 4.5.2).
                self.add(line.strip_prefix(b".").unwrap_or(line));
                Next::Listen
            }
            Line::TooLong => {
                self.add(&[b'x'; MAIL_BYTES_MAX + 1]);
                Next::Listen
            }
        }
    }

    /// Keeps at most one byte more than allowed: enough to know that it is too much.
    fn add(&mut self, line: &[u8]) {
        if let Some(text) = &mut self.text {
            text.extend_from_slice(line);
            text.extend_from_slice(b"\r\n");
            text.truncate(MAIL_BYTES_MAX + 1);
        }
    }

    fn text_end(&mut self) -> Next {
        let text = self.text.take().unwrap_or_default();
        let mail = Arrived {
            from: self.from.take().unwrap_or_default(),
            to: std::mem::take(&mut self.to),
            raw: String::from_utf8_lossy(&text).into_owned(),
        };
        let here = |fault| matches!(fault, Fault::Mail(_) | Fault::Stall | Fault::LoseAnswer);
        match self.shared.fault(here) {
            Some(Fault::Stall) => Next::Hang,
            Some(Fault::LoseAnswer) => {
                self.shared.keep(mail);
                Next::End
            }
            Some(fault) => Next::Say(refusal(fault)),
            None if text.len() > MAIL_BYTES_MAX => say("552 too large"),
            None => {
                self.shared.keep(mail);
                say("250 taken")
            }
        }
    }

    fn reset(&mut self) {
        self.from = None;
        self.to.clear();
        self.text = None;
    }
}

fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn say(answer: &str) -> Next {
    Next::Say(format!("{answer}\r\n"))
}

fn refusal(fault: Fault) -> String {
    let code = match fault {
        Fault::Greeting(code) | Fault::Receiver(code) | Fault::Mail(code) => code,
        Fault::HangUpInText | Fault::Stall | Fault::LoseAnswer => 451,
    };
    format!("{code} as the script says\r\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn whole(line: &[u8]) -> Line {
        Line::Whole(line.to_vec())
    }

    fn answers(shared: &Shared, talk: &[&str]) -> Vec<Next> {
        let (mut session, _) = Session::begin(shared);
        talk.iter().map(|line| session.line(&whole(line.as_bytes()))).collect()
    }

    #[test]
    fn a_mail_is_taken_with_its_dots_restored() {
        let shared = Shared::default();
        let talk = [
            "EHLO home\r",
            "MAIL FROM:<home@example.org> BODY=8BITMIME\r",
            "rcpt to:<a@b.nl>\r",
            "DATA\r",
            "Subject: x\r",
            "\r",
            "..hidden\r",
            ".\r",
            "QUIT\r",
        ];
        let answers = answers(&shared, &talk);
        assert_eq!(answers.last(), Some(&Next::SayAndEnd("221 good day\r\n".into())));
        let state = shared.state();
        let mail = &state.mails[0];
        assert_eq!(
            (mail.from.as_str(), mail.to.as_slice()),
            ("home@example.org", &["a@b.nl".into()][..])
        );
        assert_eq!(mail.raw, "Subject: x\r\n\r\n.hidden\r\n");
    }

    #[test]
    fn out_of_order_is_refused() {
        let shared = Shared::default();
        let answers = answers(&shared, &["DATA", "RCPT TO:<a@b>", "MAIL FROM:<x@y>", "DATA"]);
        let codes: Vec<_> = answers
            .iter()
            .map(|next| match next {
                Next::Say(answer) => answer[..3].to_owned(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(codes, ["503", "503", "250", "503"]);
    }

    #[test]
    fn a_text_without_end_costs_no_memory() {
        let shared = Shared::default();
        let (mut session, _) = Session::begin(&shared);
        for line in ["MAIL FROM:<x@y>", "RCPT TO:<a@b>", "DATA"] {
            session.line(&whole(line.as_bytes()));
        }
        for _ in 0..100 {
            session.line(&whole(&[b'x'; 30_000]));
        }
        assert!(session.text.as_ref().unwrap().len() <= MAIL_BYTES_MAX + 1);
        assert_eq!(session.line(&whole(b".")), say("552 too large"));
        assert!(shared.state().mails.is_empty());
    }

    proptest! {
        #[test]
        fn no_line_makes_the_parser_panic(line: Vec<u8>) {
            let _ = Command::parse(&line);
        }

        #[test]
        fn an_address_comes_out_as_it_went_in(address in "[a-z.]{1,20}@[a-z.]{1,20}") {
            let line = format!("RCPT TO:<{address}>");
            prop_assert_eq!(Command::parse(line.as_bytes()), Command::To(&address));
        }

        /// Whatever a caller says, the session goes on, and only whole mails are kept.
        #[test]
        fn no_talk_stops_the_session(talk in proptest::collection::vec(
            "(EHLO x|MAIL FROM:<.?>|RCPT TO:<.?>|DATA|RSET|NOOP|AUTH PLAIN .?|\\.|.{0,9})\r?", 0..40,
        )) {
            let shared = Shared::default();
            let talk: Vec<&str> = talk.iter().map(String::as_str).collect();
            answers(&shared, &talk);
            for mail in &shared.state().mails {
                prop_assert!(!mail.to.is_empty());
            }
        }
    }
}
