//! Files from the model hub, continued where they broke off.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_RANGE, RANGE};
use reqwest::{Client, Response, StatusCode};
use tokio::fs::{File, OpenOptions};
use tokio::io::AsyncWriteExt;

use super::catalogue::ModelFile;
use super::fetch::Arrival;
use super::{ModelError, Source, Sources};
use crate::http;

/// A stream that breaks is taken up again so many times in a row without a byte of progress.
const FRUITLESS_ATTEMPTS: u32 = 3;
/// The slowest whole download that is waited for.
const LONGEST: Duration = Duration::from_hours(6);

/// Downloads every file that is not here yet.
pub(super) async fn download(arrival: &Arc<Arrival>, sources: &Sources) -> Result<(), ModelError> {
    let client = http::client()
        .connect_timeout(sources.connect_timeout)
        .read_timeout(sources.idle_timeout)
        .timeout(LONGEST)
        .build()
        .map_err(|error| broken(&error))?;
    for file in arrival.entry.files.iter().filter(|file| !arrival.is_done(file)) {
        let address = format!(
            "{}/{}/{}",
            sources.hub.trim_end_matches('/'),
            arrival.entry.hub_path,
            file.name
        );
        whole_file(arrival, &client, &address, file).await?;
    }
    Ok(())
}

async fn whole_file(
    arrival: &Arc<Arrival>,
    client: &Client,
    address: &str,
    file: &'static ModelFile,
) -> Result<(), ModelError> {
    let mut fruitless = 0;
    loop {
        let before = length_so_far(arrival, file).await;
        if before >= file.bytes {
            break;
        }
        match continue_file(arrival, client, address, file, before).await {
            Ok(()) => break,
            Err(error @ (ModelError::Disk(_) | ModelError::Damaged { .. })) => return Err(error),
            Err(error) => {
                let progressed = length_so_far(arrival, file).await > before;
                fruitless = if progressed { 1 } else { fruitless + 1 };
                // A hub that cannot be reached at all is not asked again: there is another way.
                if fruitless >= FRUITLESS_ATTEMPTS || !progressed && before == 0 {
                    return Err(error);
                }
            }
        }
    }
    let arrival = Arc::clone(arrival);
    blocking(move || arrival.accept(file)).await
}

async fn length_so_far(arrival: &Arrival, file: &ModelFile) -> u64 {
    tokio::fs::metadata(arrival.part(file)).await.map_or(0, |found| found.len())
}

async fn continue_file(
    arrival: &Arrival,
    client: &Client,
    address: &str,
    file: &ModelFile,
    before: u64,
) -> Result<(), ModelError> {
    let mut request = client.get(address);
    if before > 0 {
        request = request.header(RANGE, format!("bytes={before}-"));
    }
    let mut response = request.send().await.map_err(|error| broken(&error))?;
    let mut received = place_of(&response, before)?;
    let mut part = open_part(arrival, file, received).await?;
    while let Some(chunk) = response.chunk().await.map_err(|error| broken(&error))? {
        received += chunk.len() as u64;
        if received > file.bytes {
            drop(part);
            tokio::fs::remove_file(arrival.part(file)).await?;
            return Err(ModelError::Damaged { file: file.name.into() });
        }
        part.write_all(&chunk).await?;
        arrival.report(Source::Hub);
    }
    part.flush().await?;
    part.sync_all().await?;
    arrival.report(Source::Hub);
    if received == file.bytes {
        Ok(())
    } else {
        Err(ModelError::Hub(format!("{} ends after {received} bytes", file.name)))
    }
}

/// Where the body begins in the file: at its start, or where it was broken off.
fn place_of(response: &Response, before: u64) -> Result<u64, ModelError> {
    match response.status() {
        StatusCode::OK => Ok(0),
        StatusCode::PARTIAL_CONTENT => {
            let range = response.headers().get(CONTENT_RANGE).and_then(|value| value.to_str().ok());
            match range {
                Some(range) if range.starts_with(&format!("bytes {before}-")) => Ok(before),
                _ => Err(ModelError::Hub("it continues at another place than asked".into())),
            }
        }
        status => Err(ModelError::Hub(format!("it answers {status}"))),
    }
}

async fn open_part(arrival: &Arrival, file: &ModelFile, from: u64) -> Result<File, ModelError> {
    let part = OpenOptions::new()
        .create(true)
        .write(true)
        .append(from > 0)
        .truncate(from == 0)
        .open(arrival.part(file))
        .await?;
    Ok(part)
}

/// Runs work that blocks on the disk aside.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ModelError> + Send + 'static,
) -> Result<T, ModelError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(ModelError::Disk(std::io::Error::other(error))))
}

fn broken(error: &reqwest::Error) -> ModelError {
    ModelError::Hub(http::reason(error))
}
