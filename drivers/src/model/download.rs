//! The first way to a model: its ordinary file over HTTPS. What arrived is kept beside the file
//! and continued by the next try. It never takes more bytes than the list of models announces.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use reqwest::header::{CONTENT_RANGE, RANGE};
use reqwest::{Client, Response, StatusCode};

use super::error::ModelError;
use super::manifest::Url;
use super::{Progress, Report, beside, file};

/// A site that is there answers well within this.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest silence between two pieces of the body.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// A connection that breaks after bringing something is taken up again this often.
const RESUMES_MAX: usize = 16;
/// One report a mebibyte.
const REPORT_BYTES: u64 = 1 << 20;

/// Downloads into `FILE.partial`, checks size and sum, and renames it to `FILE`.
pub(super) fn download(
    url: &Url,
    size_bytes: u64,
    file: &Path,
    report: &mut Report<'_>,
) -> Result<(), ModelError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(ModelError::file("open a connection for", file))?;
    let partial = beside(file, "partial");
    runtime.block_on(Transfer { url, size_bytes, partial: &partial, report }.run())?;
    file::check(&partial, url.sha256)?;
    file::publish(&partial, file)
}

struct Transfer<'a, 'b> {
    url: &'a Url,
    size_bytes: u64,
    partial: &'a Path,
    report: &'a mut Report<'b>,
}

impl Transfer<'_, '_> {
    /// Returns when `size_bytes` are there.
    async fn run(mut self) -> Result<(), ModelError> {
        let client = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .build()
            .map_err(|error| self.unreachable(&error))?;
        for _ in 0..RESUMES_MAX {
            let before = self.have();
            if before == self.size_bytes {
                return Ok(());
            }
            match self.attempt(&client).await {
                Ok(()) | Err(ModelError::Unreachable { .. }) if self.have() > before => {}
                Ok(()) => return Err(self.broken("it sends nothing")),
                Err(error) => return Err(error),
            }
        }
        if self.have() == self.size_bytes {
            return Ok(());
        }
        Err(self.broken("the connection keeps breaking"))
    }

    /// One request: from where the partial file ends, if the server can do that.
    async fn attempt(&mut self, client: &Client) -> Result<(), ModelError> {
        let have = self.have();
        let mut request = client.get(&self.url.address);
        if have > 0 {
            request = request.header(RANGE, format!("bytes={have}-"));
        }
        let response = request.send().await.map_err(|error| self.unreachable(&error))?;
        let mut options = OpenOptions::new();
        match response.status() {
            StatusCode::PARTIAL_CONTENT if continues_at(&response, have) => options.append(true),
            StatusCode::OK => options.write(true).truncate(true).create(true),
            other => {
                let _ = fs::remove_file(self.partial);
                let address = self.url.address.clone();
                return Err(ModelError::Refused { address, status: other.as_u16() });
            }
        };
        let opened = options.open(self.partial);
        self.receive(response, opened.map_err(ModelError::file("write", self.partial))?).await
    }

    async fn receive(&mut self, mut body: Response, mut partial: File) -> Result<(), ModelError> {
        let mut have = self.have();
        let mut reported = have;
        while let Some(bytes) = body.chunk().await.map_err(|error| self.unreachable(&error))? {
            have += bytes.len() as u64;
            if have > self.size_bytes {
                let _ = fs::remove_file(self.partial);
                return Err(self.broken("it sends more than the model's size"));
            }
            partial.write_all(&bytes).map_err(ModelError::file("write", self.partial))?;
            if have - reported >= REPORT_BYTES || have == self.size_bytes {
                reported = have;
                let total_bytes = self.size_bytes;
                (self.report)(Progress::Downloading { done_bytes: have, total_bytes });
            }
        }
        Ok(())
    }

    /// Bytes of the partial file. One that is too long is no beginning of ours.
    fn have(&self) -> u64 {
        let bytes = fs::metadata(self.partial).map_or(0, |found| found.len());
        if bytes > self.size_bytes {
            let _ = fs::remove_file(self.partial);
            return 0;
        }
        bytes
    }

    fn unreachable(&self, error: &reqwest::Error) -> ModelError {
        let mut reason: &dyn std::error::Error = error;
        while let Some(deeper) = reason.source() {
            reason = deeper;
        }
        self.broken(&reason.to_string())
    }

    fn broken(&self, reason: &str) -> ModelError {
        ModelError::Unreachable { address: self.url.address.clone(), reason: reason.to_owned() }
    }
}

fn continues_at(response: &Response, offset: u64) -> bool {
    let range = response.headers().get(CONTENT_RANGE).and_then(|range| range.to_str().ok());
    range.is_some_and(|range| range.starts_with(&format!("bytes {offset}-")))
}
