use std::{
    fs::{self, File, OpenOptions},
    io::Write as _,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

/// Everything that Mostik keeps on this machine. Readable by its owner only.
#[derive(Debug, Clone)]
pub(crate) struct DataFolder(PathBuf);

impl DataFolder {
    /// Makes the folder where it is missing.
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .with_context(|| format!("cannot make the data folder {}", folder.display()))?;
        let folder = folder
            .canonicalize()
            .with_context(|| format!("cannot use the data folder {}", folder.display()))?;
        Ok(Self(folder))
    }

    /// The folder itself.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// A path within.
    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Held while this process works on the folder: two at once would take
    /// each other's jobs and calls.
    pub(crate) fn lock(&self) -> Result<File> {
        let path = self.join("lock");
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("cannot open {}", path.display()))?;
        file.try_lock().map_err(|_| {
            anyhow::anyhow!("another mostik works on {}; stop it, or use --data", self.0.display())
        })?;
        Ok(file)
    }

    /// The API token: made at the first start, kept in `admin.token` (mode 0600).
    pub(crate) fn api_token(&self) -> Result<String> {
        self.kept_secret("admin.token")
    }

    /// What names the files of kept sentences, in `voice.key`.
    pub(crate) fn voice_key(&self) -> Result<String> {
        self.kept_secret("voice.key")
    }

    /// A secret of this installation: made when it is first asked for.
    fn kept_secret(&self, name: &str) -> Result<String> {
        let path = self.join(name);
        if let Ok(token) = fs::read_to_string(&path) {
            let token = token.trim().to_owned();
            anyhow::ensure!(token.len() >= 32, "{} is too short: remove it", path.display());
            return Ok(token);
        }
        let token = format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple());
        let told = || format!("cannot write {}", path.display());
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .with_context(told)?;
        writeln!(file, "{token}").with_context(told)?;
        file.sync_all().with_context(told)?;
        Ok(token)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_token_stays_and_is_for_its_owner_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = DataFolder::open(&folder.path().join("data")).expect("made");
        let token = data.api_token().expect("written");
        assert_eq!(data.api_token().expect("read"), token);
        let mode = |path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode(data.join("admin.token")), 0o600);
        assert_eq!(mode(data.join("")), 0o700);
    }

    #[test]
    fn two_processes_cannot_share_a_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = DataFolder::open(folder.path()).expect("made");
        let held = data.lock().expect("first");
        assert!(data.lock().is_err());
        drop(held);
        assert!(data.lock().is_ok());
    }
}
