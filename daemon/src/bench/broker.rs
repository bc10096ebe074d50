//! The broker between the daemon and its house: a mosquitto of its own, or the one that the
//! daemon brings.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use omzien_drivers::simulated::free_port;
use tempfile::NamedTempFile;

/// Running on a free port of loopback; it ends when this is dropped.
#[derive(Debug)]
pub enum Broker {
    Mosquitto(Mosquitto),
    /// Not running yet: the daemon starts it on this port.
    Embedded {
        port: u16,
    },
}

#[derive(Debug)]
pub struct Mosquitto {
    port: u16,
    child: Child,
    _settings: NamedTempFile,
}

/// Why there is no mosquitto.
#[derive(Debug, thiserror::Error)]
pub enum NoBroker {
    #[error(
        "mosquitto is not installed; `apt install mosquitto` brings it, and --embedded measures \
         with omzien's own broker"
    )]
    NotInstalled,
    #[error("mosquitto does not start: {0}")]
    Broken(String),
    #[error("mosquitto does not start: {0}")]
    Io(#[from] io::Error),
}

impl Broker {
    pub fn mosquitto() -> Result<Self, NoBroker> {
        let program = find("mosquitto").ok_or(NoBroker::NotInstalled)?;
        let port = free_port()?;
        let mut settings = NamedTempFile::new()?;
        write!(settings, "listener {port} 127.0.0.1\nallow_anonymous true\n")?;
        let mut child = Command::new(program)
            .arg("-c")
            .arg(settings.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let log = child.stderr.take().map(BufReader::new);
        let running = Self::Mosquitto(Mosquitto { port, child, _settings: settings });
        // It says so, or it ends and says why.
        let mut said = String::new();
        let mut lines = log.into_iter().flat_map(BufRead::lines).map_while(Result::ok);
        while let Some(line) = lines.next() {
            if line.ends_with(" running") {
                // It goes on talking, and would wait for a reader.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(running);
            }
            said.push_str(&line);
            said.push('\n');
        }
        Err(NoBroker::Broken(said))
    }

    pub fn embedded() -> io::Result<Self> {
        Ok(Self::Embedded { port: free_port()? })
    }

    pub fn port(&self) -> u16 {
        match self {
            Self::Mosquitto(mosquitto) => mosquitto.port,
            Self::Embedded { port } => *port,
        }
    }

    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port()).into()
    }

    /// Of the home file: with a host it is a broker of one's own.
    pub(super) fn host_line(&self) -> &'static str {
        match self {
            Self::Mosquitto(_) => "host = \"127.0.0.1\"\n",
            Self::Embedded { .. } => "",
        }
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// On the path, or where Debian puts a server.
fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([Path::new("/usr/sbin").to_owned()]);
    folders.map(|folder| folder.join(name)).find(|file| file.is_file())
}
