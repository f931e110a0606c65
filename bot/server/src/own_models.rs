//! Models trained on a company's own lines: kept in versions in the data
//! folder, one of them in use, any of them to go back to.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;
use mostik_local::{
    InvalidModel, LocalRootCause, LocalStage,
    training::{InUse, OwnAnswers, Task},
};
use serde::{Deserialize, Serialize};

/// The name of the compiled-in model among the versions.
pub(crate) const SHIPPED: &str = "shipped";
/// Larger files are no models of ours.
const LARGEST_MODEL: u64 = 64 << 20;
const LARGEST_MANIFEST: u64 = 1 << 16;
/// Of fifty thousand lines, forty bytes each, and as much again.
const LARGEST_ANSWERS: u64 = 4 << 20;
const CURRENT: &str = "current";
/// The ending of the file of how own lines were answered before they were learnt.
const ANSWERS: &str = "answers";

/// What is known of one version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// As `v3`.
    pub(crate) name: String,
    /// As every classification by it says: `local/…`.
    pub(crate) version: String,
    /// When it was trained.
    pub(crate) at: Timestamp,
    /// Own lines it has learnt.
    pub(crate) own_lines: usize,
    /// Macro-F1 on own lines: of the version in use before.
    pub(crate) own_before: f32,
    /// … and of models that have seen only the others of them.
    pub(crate) own_after: f32,
    /// Macro-F1 on shipped trades left out: without own lines.
    pub(crate) shipped_before: f32,
    /// … and with them.
    pub(crate) shipped_after: f32,
}

/// Which file named the version in use, and when that was written; two are
/// equal only while no other version has been put to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp((u64, i64, i64));

/// The versions of one kind of model.
#[derive(Debug, Clone)]
pub(crate) struct OwnModels {
    folder: PathBuf,
}

impl OwnModels {
    /// Those in a data folder, which need not exist.
    pub(crate) fn of(data: &Path, task: Task) -> Self {
        let kind = match task {
            Task::RootCause => "root-cause",
            Task::Stage => "stage",
        };
        Self { folder: data.join("models").join(kind) }
    }

    /// The root-cause model in use. One that this Mostik cannot read, trained
    /// before an upgrade, is told and replaced by the shipped one.
    pub(crate) fn root_cause(data: &Path) -> Result<LocalRootCause> {
        let own = Self::of(data, Task::RootCause).usable(LocalRootCause::from_bytes)?;
        own.map_or_else(|| Ok(LocalRootCause::new()?), |(_, model)| Ok(model))
    }

    /// The stage model in use, likewise.
    pub(crate) fn stage(data: &Path) -> Result<LocalStage> {
        let own = Self::of(data, Task::Stage).usable(LocalStage::from_bytes)?;
        own.map_or_else(|| Ok(LocalStage::new()?), |(_, model)| Ok(model))
    }

    /// The model named as current, or why it cannot be used; none for the shipped one.
    pub(crate) fn strictly<T>(
        &self,
        read: fn(&[u8]) -> Result<T, InvalidModel>,
    ) -> Result<Option<T>> {
        let Some(bytes) = self.bytes_in_use()? else { return Ok(None) };
        Ok(Some(read(&bytes)?))
    }

    /// What a new model has to be better than: the version that answers now,
    /// and its name.
    pub(crate) fn to_beat(&self, task: Task) -> Result<(String, InUse)> {
        let shipped = (SHIPPED.to_owned(), InUse::default());
        // Read as a model only to learn whether it could answer.
        let used = match task {
            Task::RootCause => self.usable(LocalRootCause::from_bytes)?.map(|(bytes, _)| bytes),
            Task::Stage => self.usable(LocalStage::from_bytes)?.map(|(bytes, _)| bytes),
        };
        let Some(bytes) = used else { return Ok(shipped) };
        let name = self.current()?;
        let path = self.file(&name, ANSWERS);
        let answers = match bounded(&path, LARGEST_ANSWERS) {
            // Of a version trained before answers were kept.
            Err(error) if error.kind() == io::ErrorKind::NotFound => OwnAnswers::default(),
            read => {
                let told = || format!("cannot read {}", path.display());
                serde_json::from_slice(&read.with_context(told)?).with_context(told)?
            }
        };
        Ok((name, InUse { bytes: Some(bytes), answers }))
    }

    fn usable<T>(
        &self,
        read: fn(&[u8]) -> Result<T, InvalidModel>,
    ) -> Result<Option<(Vec<u8>, T)>> {
        let Some(bytes) = self.bytes_in_use()? else { return Ok(None) };
        match read(&bytes) {
            Ok(model) => Ok(Some((bytes, model))),
            Err(why) => {
                let model = self.current()?;
                tracing::warn!(%model, %why, "train it again; until then the shipped one answers");
                Ok(None)
            }
        }
    }

    fn bytes_in_use(&self) -> Result<Option<Vec<u8>>> {
        let name = self.current()?;
        if name == SHIPPED {
            return Ok(None);
        }
        let path = self.file(&name, "bin");
        let bytes = bounded(&path, LARGEST_MODEL)
            .with_context(|| format!("cannot read the model {}", path.display()))?;
        Ok(Some(bytes))
    }

    /// Changes whenever another version is put to use; none before the first.
    pub(crate) fn stamp(&self) -> Option<Stamp> {
        use std::os::unix::fs::MetadataExt as _;
        let current = fs::metadata(self.folder.join(CURRENT)).ok()?;
        Some(Stamp((current.ino(), current.mtime(), current.mtime_nsec())))
    }

    /// The version in use, or [`SHIPPED`].
    pub(crate) fn current(&self) -> Result<String> {
        let path = self.folder.join(CURRENT);
        let name = match bounded(&path, 100) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(SHIPPED.to_owned()),
            read => read.with_context(|| format!("cannot read {}", path.display()))?,
        };
        let name = String::from_utf8_lossy(&name).trim().to_owned();
        if name == SHIPPED || number(&name).is_some() {
            return Ok(name);
        }
        bail!("{} names no version; use mostik train --rollback", path.display())
    }

    /// All versions, oldest first.
    pub(crate) fn list(&self) -> Result<Vec<Manifest>> {
        let told = || format!("cannot read {}", self.folder.display());
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.with_context(told)?,
        };
        let mut found = Vec::new();
        for entry in entries {
            let path = entry.with_context(told)?.path();
            if path.extension().is_some_and(|ending| ending == "json") {
                let text = bounded(&path, LARGEST_MANIFEST).with_context(told)?;
                let manifest: Manifest = serde_json::from_slice(&text)
                    .with_context(|| format!("{} is not a manifest", path.display()))?;
                found.push(manifest);
            }
        }
        found.sort_by_key(|manifest| number(&manifest.name));
        Ok(found)
    }

    /// Keeps a model as the newest version and puts it to use; its name.
    pub(crate) fn keep(
        &self,
        bytes: &[u8],
        answers: &OwnAnswers,
        mut manifest: Manifest,
    ) -> Result<String> {
        fs::create_dir_all(&self.folder)
            .with_context(|| format!("cannot make {}", self.folder.display()))?;
        let newest = self.list()?.iter().filter_map(|kept| number(&kept.name)).max().unwrap_or(0);
        manifest.name = format!("v{}", newest + 1);
        let text = serde_json::to_vec_pretty(&manifest)?;
        self.write(&self.file(&manifest.name, "bin"), bytes)?;
        self.write(&self.file(&manifest.name, ANSWERS), &serde_json::to_vec(answers)?)?;
        self.write(&self.file(&manifest.name, "json"), &text)?;
        self.write(&self.folder.join(CURRENT), manifest.name.as_bytes())?;
        Ok(manifest.name)
    }

    /// Puts an earlier version to use, by default the one before the current; its name.
    pub(crate) fn roll_back(&self, to: Option<&str>) -> Result<String> {
        let kept: Vec<String> = self.list()?.into_iter().map(|manifest| manifest.name).collect();
        let name = match to {
            Some(name) if name == SHIPPED || kept.iter().any(|kept| kept == name) => {
                name.to_owned()
            }
            Some(name) => {
                let all: Vec<&str> =
                    std::iter::once(SHIPPED).chain(kept.iter().map(String::as_str)).collect();
                bail!("there is no version {name:?}: {}", all.join(", "))
            }
            None => {
                let current = self.current()?;
                if current == SHIPPED {
                    bail!("the shipped model is in use: there is nothing before it");
                }
                let before = number(&current);
                let before = kept.iter().rev().find(|name| number(name) < before);
                before.cloned().unwrap_or_else(|| SHIPPED.to_owned())
            }
        };
        fs::create_dir_all(&self.folder)
            .with_context(|| format!("cannot make {}", self.folder.display()))?;
        self.write(&self.folder.join(CURRENT), name.as_bytes())?;
        Ok(name)
    }

    fn file(&self, name: &str, ending: &str) -> PathBuf {
        self.folder.join(format!("{name}.{ending}"))
    }

    /// Whole or not at all: a start in between reads the old or the new one.
    fn write(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        let told = || format!("cannot write {}", path.display());
        let begun = self.folder.join(format!(".{}", uuid::Uuid::new_v4().simple()));
        fs::write(&begun, bytes).with_context(told)?;
        fs::File::open(&begun).and_then(|file| file.sync_all()).with_context(told)?;
        fs::rename(&begun, path).with_context(told)
    }
}

/// The number in a version's name; nothing else can name a file here.
fn number(name: &str) -> Option<u32> {
    name.strip_prefix('v')?.parse().ok()
}

fn bounded(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    use io::Read as _;
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other(format!("larger than {most} bytes")));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        Manifest {
            name: String::new(),
            version: "local/1".into(),
            at: Timestamp::UNIX_EPOCH,
            own_lines: 50,
            own_before: 0.4,
            own_after: 0.9,
            shipped_before: 0.85,
            shipped_after: 0.85,
        }
    }

    #[test]
    fn versions_are_kept_used_and_gone_back_to() {
        let data = tempfile::tempdir().expect("a folder");
        let models = OwnModels::of(data.path(), Task::Stage);
        assert_eq!(models.current().expect("none yet"), SHIPPED);
        assert!(models.roll_back(None).is_err(), "nothing is before the shipped model");
        assert_eq!(models.keep(b"one", &OwnAnswers::default(), manifest()).expect("kept"), "v1");
        assert_eq!(models.keep(b"two", &OwnAnswers::default(), manifest()).expect("kept"), "v2");
        assert_eq!(models.current().expect("read"), "v2");
        assert_eq!(models.roll_back(None).expect("back"), "v1");
        assert_eq!(models.roll_back(None).expect("back"), SHIPPED);
        assert_eq!(models.roll_back(Some("v2")).expect("forth"), "v2");
        for stranger in ["v3", "../current", ""] {
            assert!(models.roll_back(Some(stranger)).is_err(), "{stranger:?}");
        }
        assert_eq!(models.keep(b"three", &OwnAnswers::default(), manifest()).expect("kept"), "v3");
        let names: Vec<_> = models.list().expect("read").into_iter().map(|m| m.name).collect();
        assert_eq!(names, ["v1", "v2", "v3"]);
    }

    #[test]
    fn a_model_of_another_release_leaves_the_shipped_one_in_use() {
        let data = tempfile::tempdir().expect("a folder");
        let models = OwnModels::of(data.path(), Task::RootCause);
        models.keep(b"mostik-0 of long ago", &OwnAnswers::default(), manifest()).expect("kept");
        let used = OwnModels::root_cause(data.path()).expect("a model");
        assert_eq!(used.version(), LocalRootCause::new().expect("shipped").version());
        fs::write(data.path().join("models/root-cause/current"), "../../etc/passwd")
            .expect("written");
        assert!(OwnModels::root_cause(data.path()).is_err(), "a stray name was followed");
    }
}
