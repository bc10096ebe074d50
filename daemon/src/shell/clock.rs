//! The clocks of the machine, read in one place: boot time for durations, wall time for people.

use std::fs;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use omzien_core::{BootId, Now, WallTrust, Zone};
use rustix::time::{ClockId, clock_gettime};

/// Where time comes from. The demo exchanges it for one that skips the quiet hours.
pub trait Clock {
    fn since_boot(&self) -> Duration;
    fn wall(&self) -> Timestamp;
    fn wall_trusted(&self) -> WallTrust;
    fn boot_id(&self) -> BootId;
    /// Waits until the boot clock shows `due`.
    fn sleep_until(&self, due: Duration) -> impl Future<Output = ()> + Send;

    fn now(&self, zone: &Zone) -> Now {
        Now {
            boot_id: self.boot_id(),
            since_boot_ms: u64::try_from(self.since_boot().as_millis()).unwrap_or(u64::MAX),
            wall: self.wall(),
            zone: zone.clone(),
            wall_trusted: self.wall_trusted(),
        }
    }
}

/// The machine's own clocks.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    boot_id: BootId,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { boot_id: read_boot_id() }
    }
}

impl Clock for SystemClock {
    /// Goes on through suspend, and is never set.
    fn since_boot(&self) -> Duration {
        let time = clock_gettime(ClockId::Boottime);
        let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
        Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
    }

    fn wall(&self) -> Timestamp {
        Timestamp::now()
    }

    /// A machine with a battery clock knows the time from the start; a Raspberry Pi does once
    /// systemd's time service says that it is synchronised.
    fn wall_trusted(&self) -> WallTrust {
        let vouched = ["/run/systemd/timesync/synchronized", "/dev/rtc0"];
        if vouched.iter().any(|path| Path::new(path).exists()) {
            WallTrust::Trusted
        } else {
            WallTrust::Unknown
        }
    }

    fn boot_id(&self) -> BootId {
        self.boot_id
    }

    async fn sleep_until(&self, due: Duration) {
        tokio::time::sleep(due.saturating_sub(self.since_boot())).await;
    }
}

/// The kernel's id of this boot; where there is none (no /proc), every start is a boot.
fn read_boot_id() -> BootId {
    let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let digits: String = text.chars().filter(char::is_ascii_hexdigit).take(16).collect();
    BootId(u64::from_str_radix(&digits, 16).unwrap_or_else(|_| std::process::id().into()))
}
