//! What makes a call survive the process: beside each recording stands a note of the call as it
//! would be told if everything ended now. It goes away only when the host has kept the call.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::CompletedCall;

/// Longer notes were not written by us.
const LARGEST_NOTE: u64 = 1024 * 1024;

/// The track of those she talked to, beside her own `caller`.
pub(crate) fn track_of_people(caller: &Path) -> PathBuf {
    caller.with_extension("people.wav")
}

/// The directory of recordings and notes. Everything here blocks.
#[derive(Debug, Clone)]
pub(crate) struct Journal {
    directory: PathBuf,
}

impl Journal {
    /// Opens the directory, creating it when it is missing.
    pub(crate) fn open(directory: &Path) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        Ok(Self { directory: directory.into() })
    }

    /// Where the recording of a call will be when it is whole.
    pub(crate) fn recording(&self, id: &str) -> PathBuf {
        self.directory.join(format!("{id}.wav"))
    }

    /// Writes the note, so that either the old or the new one is there after a crash.
    pub(crate) fn write(&self, call: &CompletedCall) -> io::Result<()> {
        let new = self.directory.join(format!("{}.json.new", call.id));
        let mut file = File::create(&new)?;
        file.write_all(&serde_json::to_vec(call)?)?;
        file.sync_all()?;
        fs::rename(&new, self.note(&call.id))?;
        self.sync()
    }

    /// The host has the call.
    pub(crate) fn remove(&self, id: &str) -> io::Result<()> {
        match fs::remove_file(self.note(id)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => self.sync(),
        }
    }

    /// Every call the host does not have yet, as its note tells it. Notes that cannot be read stay
    /// where they are, for a person to look at.
    pub(crate) fn calls(&self) -> io::Result<Vec<CompletedCall>> {
        let mut calls = Vec::new();
        for entry in fs::read_dir(&self.directory)? {
            let path = entry?.path();
            if path.extension().is_none_or(|ending| ending != "json") {
                continue;
            }
            match read(&path) {
                Ok(call) if self.note(&call.id) == path => calls.push(call),
                Ok(_) => {
                    tracing::error!(note = %path.display(), "a call's note has another's name");
                }
                Err(error) => {
                    tracing::error!(note = %path.display(), %error, "a call's note is unreadable");
                }
            }
        }
        calls.sort_by_key(|call: &CompletedCall| call.arrived_at);
        Ok(calls)
    }

    fn note(&self, id: &str) -> PathBuf {
        self.directory.join(format!("{id}.json"))
    }

    fn sync(&self) -> io::Result<()> {
        File::open(&self.directory)?.sync_all()
    }
}

fn read(path: &Path) -> io::Result<CompletedCall> {
    let mut content = Vec::new();
    File::open(path)?.take(LARGEST_NOTE).read_to_end(&mut content)?;
    // The parser's message may quote the note, which holds a person's number.
    serde_json::from_slice(&content).map_err(|_| io::ErrorKind::InvalidData.into())
}
