use std::{
    io::{self, SeekFrom},
    path::{Component, Path, PathBuf},
    pin::Pin,
};

use async_trait::async_trait;
use tokio::{
    fs::File,
    io::{AsyncRead, AsyncSeekExt},
};

use crate::ports::Recordings;

/// Recordings as files of one folder.
#[derive(Debug, Clone)]
pub struct RecordingFolder(PathBuf);

impl RecordingFolder {
    /// The folder; it need not exist yet.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into())
    }

    /// Only a plain file name stays within the folder.
    fn path(&self, file: &str) -> io::Result<PathBuf> {
        let mut parts = Path::new(file).components();
        match (parts.next(), parts.next()) {
            (Some(Component::Normal(name)), None) => Ok(self.0.join(name)),
            _ => Err(io::Error::new(io::ErrorKind::InvalidInput, "not a plain file name")),
        }
    }
}

#[async_trait]
impl Recordings for RecordingFolder {
    async fn size(&self, file: &str) -> io::Result<Option<u64>> {
        match tokio::fs::metadata(self.path(file)?).await {
            Ok(found) => Ok(found.is_file().then_some(found.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn read_from(
        &self,
        file: &str,
        offset: u64,
    ) -> io::Result<Pin<Box<dyn AsyncRead + Send>>> {
        let mut audio = File::open(self.path(file)?).await?;
        audio.seek(SeekFrom::Start(offset)).await?;
        Ok(Box::pin(audio))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_name_leads_out_of_the_folder() {
        let folder = RecordingFolder::new("/var/recordings");
        for hostile in ["../secret", "/etc/passwd", "a/../../b", "a/b", "", ".", ".."] {
            assert!(folder.size(hostile).await.is_err(), "{hostile}");
            assert!(folder.read_from(hostile, 0).await.is_err(), "{hostile}");
        }
    }
}
