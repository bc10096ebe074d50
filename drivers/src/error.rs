//! Why a driver could not be opened. Troubles while it runs are not here: they go into the inbox
//! as `Trouble`, and the driver goes on.

/// Each variant tells what to do.
#[derive(Debug, thiserror::Error)]
pub enum DriverError {
    #[error("cannot start a thread for {what}: {why}; the machine is out of memory or threads")]
    Thread { what: &'static str, why: std::io::Error },
    /// `place` is where it stands in `home.toml` or the secrets file; the problem holds no secret.
    #[error("{place}: {problem}; {mend}")]
    Setting { place: String, problem: String, mend: &'static str },
    #[error("cannot listen on {address}: {why}; free the port, or configure another one")]
    Port { address: std::net::SocketAddr, why: std::io::Error },
    #[error("the GPIO pins cannot be used: {why}; {mend}")]
    Pins { why: String, mend: &'static str },
}
