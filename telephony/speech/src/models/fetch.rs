//! Getting a model: a locked working folder, the hub, the packages, one rename.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::catalogue::{Entry, ModelFile};
use super::{ModelError, Progress, Source, Sources, checksum, hub, packages};

/// Told how far a download is.
pub(super) type Report = Arc<dyn Fn(Progress) + Send + Sync>;

/// A model on its way, in a folder that no reader looks into.
pub(super) struct Arrival {
    pub(super) entry: &'static Entry,
    pub(super) folder: PathBuf,
    report: Report,
}

/// Gets a model into `store`/`name`; either it is there whole afterwards, or not at all.
pub(super) async fn fetch(
    store: &Path,
    entry: &'static Entry,
    sources: &Sources,
    report: Report,
) -> Result<PathBuf, ModelError> {
    fs::create_dir_all(store)?;
    let _lock = lock(store, entry)?;
    let folder = store.join(format!(".{}.partial", entry.name));
    fs::create_dir_all(&folder)?;
    let arrival = Arc::new(Arrival { entry, folder, report });
    if let Err(hub) = hub::download(&arrival, sources).await {
        tracing::info!(model = entry.name, reason = %hub, "the hub does not deliver, trying packages");
        packages::download(&arrival, sources).await.map_err(|packages| ModelError::Nowhere {
            hub: Box::new(hub),
            packages: Box::new(packages),
        })?;
    }
    let target = store.join(entry.name);
    let store = store.to_owned();
    hub::blocking(move || arrival.put_in_place(&store, &target).map(|()| target)).await
}

/// Holds off other processes until the file is closed.
fn lock(store: &Path, entry: &Entry) -> Result<File, ModelError> {
    let file = File::create(store.join(format!(".{}.lock", entry.name)))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ModelError::InProgress),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

impl Arrival {
    /// Where a verified file stands.
    pub(super) fn done(&self, file: &ModelFile) -> PathBuf {
        self.folder.join(file.name)
    }

    /// Where a file stands that is not yet whole.
    pub(super) fn part(&self, file: &ModelFile) -> PathBuf {
        self.folder.join(format!("{}.part", file.name))
    }

    /// Whether a file has been verified already.
    pub(super) fn is_done(&self, file: &ModelFile) -> bool {
        self.done(file).is_file()
    }

    /// Takes a file in when it is whole and right; throws it away otherwise. Blocks on the disk.
    pub(super) fn accept(&self, file: &ModelFile) -> Result<(), ModelError> {
        let part = self.part(file);
        if let Err(error) = checksum::verify(&part, file) {
            fs::remove_file(&part)?;
            return Err(error);
        }
        File::open(&part)?.sync_all()?;
        fs::rename(&part, self.done(file))?;
        Ok(())
    }

    /// Tells how far it is, by what lies in the folder.
    pub(super) fn report(&self, source: Source) {
        let length = |path: PathBuf| fs::metadata(path).map_or(0, |found| found.len());
        let received = self
            .entry
            .files
            .iter()
            .map(|file| length(self.done(file)).max(length(self.part(file))).min(file.bytes))
            .sum();
        (self.report)(Progress { source, received, total: self.entry.bytes() });
    }

    fn put_in_place(&self, store: &Path, target: &Path) -> Result<(), ModelError> {
        if target.exists() {
            // What stood there was not whole.
            fs::remove_dir_all(target)?;
        }
        File::open(&self.folder)?.sync_all()?;
        fs::rename(&self.folder, target)?;
        File::open(store)?.sync_all()?;
        Ok(())
    }
}
