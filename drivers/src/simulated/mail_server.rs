//! A small SMTP server (RFC 5321, as much of it as a home's mails need): the twin of the `mail`
//! driver, for tests and for the demonstration, on this machine only.
//!
//! It keeps mails in memory and delivers none. It speaks no TLS, so the encrypted line is not
//! proven by it. Faults come by script: [`Fault`].

mod decode;
mod session;

use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

use self::session::{Next, Session};
use super::own_thread::OwnThread;
use crate::ntfy::Lines;

/// Callers at the same moment; more are not answered until one is gone.
const CALLERS_MAX: usize = 16;
/// A caller who says nothing for this long is hung up on (RFC 5321 suggests five minutes).
const PATIENCE: Duration = Duration::from_secs(300);
/// The oldest mail is forgotten beyond this.
const MAILS_MAX: usize = 1000;

/// What goes wrong. Each happens once, in the order of the script, when a caller comes that far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The greeting has this code: 421, 554.
    Greeting(u16),
    /// The receiver is refused with this code: 450, 550.
    Receiver(u16),
    /// The whole mail is refused with this code: 451, 552.
    Mail(u16),
    /// The connection ends in the middle of the text.
    HangUpInText,
    /// The text is read, not taken, and nothing is answered.
    Stall,
    /// The mail is taken, and the connection ends before the answer.
    LoseAnswer,
}

/// A mail that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    pub from: String,
    pub to: Vec<String>,
    /// Header lines, an empty line, and the text as it was sent.
    pub raw: String,
}

impl Arrived {
    /// The value of a header, unfolded and decoded.
    pub fn header(&self, name: &str) -> Option<String> {
        let (headers, _) = self.raw.split_once("\r\n\r\n")?;
        let unfolded = headers.replace("\r\n ", " ").replace("\r\n\t", " ");
        let found = unfolded.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })?;
        Some(decode::words(&found))
    }

    /// The text as a reader shows it.
    pub fn text(&self) -> String {
        let (_, body) = self.raw.split_once("\r\n\r\n").unwrap_or_default();
        let encoding = self.header("Content-Transfer-Encoding").unwrap_or_default();
        let bytes = match encoding.to_ascii_lowercase().as_str() {
            "base64" => decode::base64(body),
            "quoted-printable" => decode::quoted_printable(body),
            _ => Some(body.as_bytes().to_vec()),
        };
        let text = bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        text.unwrap_or_else(|| body.to_owned()).replace("\r\n", "\n")
    }
}

/// The server. It ends when dropped.
#[derive(Debug)]
pub struct MailServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    /// `None` while it is down.
    serving: Option<OwnThread>,
}

#[derive(Debug, Default)]
struct Shared {
    login: Option<(String, String)>,
    state: Mutex<State>,
    arrived: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct State {
    mails: VecDeque<Arrived>,
    faults: VecDeque<Fault>,
    callers: usize,
}

impl MailServer {
    /// Starts on a free port of this machine. With a login (name, password) it takes mail only
    /// after it.
    pub fn start(login: Option<(&str, &str)>) -> io::Result<Self> {
        let login = login.map(|(name, password)| (name.to_owned(), password.to_owned()));
        let shared = Arc::new(Shared { login, ..Shared::default() });
        let mut server = Self { address: (Ipv4Addr::LOCALHOST, 0).into(), shared, serving: None };
        server.up()?;
        Ok(server)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends every connection and takes no new one.
    pub fn down(&mut self) {
        self.serving = None;
    }

    /// Takes connections again, at the same address.
    pub fn up(&mut self) -> io::Result<()> {
        let listener = std::net::TcpListener::bind(self.address)?;
        listener.set_nonblocking(true)?;
        self.address = listener.local_addr()?;
        let shared = Arc::clone(&self.shared);
        self.serving = Some(OwnThread::start("mail-twin", serve(listener, shared))?);
        Ok(())
    }

    pub fn fail_next(&self, faults: impl IntoIterator<Item = Fault>) {
        self.shared.state().faults.extend(faults);
    }

    /// What was taken, oldest first.
    pub fn mails(&self) -> Vec<Arrived> {
        self.shared.state().mails.iter().cloned().collect()
    }

    /// How often somebody connected.
    pub fn callers(&self) -> usize {
        self.shared.state().callers
    }

    /// Waits until `count` mails were taken since the start.
    pub async fn wait_for(&self, count: usize) {
        let mut arrived = self.shared.arrived.subscribe();
        // The sender lives as long as `self`.
        let _ = arrived.wait_for(|so_far| *so_far >= count).await;
    }
}

impl Shared {
    /// A panic elsewhere does not make a mail untrue.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next fault of the script, if it belongs to where the caller is now.
    fn fault(&self, here: impl Fn(Fault) -> bool) -> Option<Fault> {
        let mut state = self.state();
        let due = state.faults.front().copied().filter(|fault| here(*fault));
        if due.is_some() {
            state.faults.pop_front();
        }
        due
    }

    fn keep(&self, mail: Arrived) {
        let mut state = self.state();
        state.mails.push_back(mail);
        if state.mails.len() > MAILS_MAX {
            state.mails.pop_front();
        }
        drop(state);
        self.arrived.send_modify(|so_far| *so_far += 1);
    }
}

async fn serve(listener: std::net::TcpListener, shared: Arc<Shared>) {
    let listener = match TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return tracing::error!(%error, "the mail twin has no listener"),
    };
    let room = Arc::new(Semaphore::new(CALLERS_MAX));
    loop {
        // Invariant: the semaphore is never closed.
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else { continue };
        shared.state().callers += 1;
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            // A caller who hangs up is not worth a word.
            let _ = talk(stream, &shared).await;
            drop(place);
        });
    }
}

async fn talk(mut stream: TcpStream, shared: &Shared) -> io::Result<()> {
    let (mut session, greeting) = Session::begin(shared);
    stream.write_all(greeting.as_bytes()).await?;
    let mut lines = Lines::default();
    let mut bytes = vec![0; 4096];
    loop {
        let count = timeout(PATIENCE, stream.read(&mut bytes)).await??;
        if count == 0 {
            return Ok(());
        }
        for line in lines.push(&bytes[..count]) {
            match session.line(&line) {
                Next::Listen => {}
                Next::Say(answer) => stream.write_all(answer.as_bytes()).await?,
                Next::SayAndEnd(answer) => return stream.write_all(answer.as_bytes()).await,
                Next::End => return Ok(()),
                Next::Hang => std::future::pending().await,
            }
        }
    }
}
