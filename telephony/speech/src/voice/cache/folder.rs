//! The sentences on disk: one WAV file each, named by hash.
//!
//! A file's modification time says when it was made, its access time when it was last used.

use std::collections::HashMap;
use std::fs::{self, DirBuilder, File, FileTimes, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use sha2::{Digest as _, Sha256};

use super::{Name, locked};
use crate::{Recording, Spoken};

/// Larger files are none of ours: two minutes at 8 kHz are 1.9 MB.
const LARGEST_FILE: u64 = 4 << 20;
/// A chunk after the audio that holds its SHA-256, so that damage is noticed and never played.
const SEAL: &[u8; 8] = b"sha2\x20\0\0\0";
const SEAL_LENGTH: usize = SEAL.len() + 32;
/// How often is looked for what is too old.
const SWEPT_EVERY: Duration = Duration::from_hours(1);
/// An unfinished file as old as this was left behind by a crash.
const ABANDONED: Duration = Duration::from_hours(1);

/// The folder and what is in it.
pub(super) struct Folder {
    path: PathBuf,
    most_bytes: u64,
    keep_for: Duration,
    contents: Mutex<Contents>,
}

#[derive(Default)]
struct Contents {
    files: HashMap<String, Kept>,
    bytes: u64,
    /// When was last looked for what is too old.
    swept: Option<SystemTime>,
}

#[derive(Clone, Copy)]
struct Kept {
    bytes: u64,
    made: SystemTime,
    used: SystemTime,
}

impl Folder {
    pub(super) fn open(path: PathBuf, most_bytes: u64, keep_for: Duration) -> io::Result<Self> {
        make(&path)?;
        let folder = Self { path, most_bytes, keep_for, contents: Mutex::default() };
        folder.sweep()?;
        folder.make_room(0);
        Ok(folder)
    }

    /// Forgets what is too old, when that was not done for a while.
    fn sweep(&self) -> io::Result<()> {
        let now = SystemTime::now();
        let lately = |swept: SystemTime| swept.elapsed().is_ok_and(|age| age < SWEPT_EVERY);
        if locked(&self.contents).swept.is_some_and(lately) {
            return Ok(());
        }
        let oldest = now.checked_sub(self.keep_for).unwrap_or(SystemTime::UNIX_EPOCH);
        self.forget_older_than(oldest)?;
        locked(&self.contents).swept = Some(now);
        Ok(())
    }

    /// The sentence, if it is there and whole; a damaged file is removed.
    pub(super) fn get(&self, name: Name) -> Option<Spoken> {
        let file = file_name(name);
        let path = self.path.join(&file);
        let content = match read(&path) {
            Ok((_, made)) if made.elapsed().is_ok_and(|age| age > self.keep_for) => {
                self.remove(&file);
                return None;
            }
            Ok((content, _)) => content,
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::warn!(error = %error.kind(), "a kept sentence cannot be read");
                }
                self.forget(&file);
                return None;
            }
        };
        let spoken = unsealed(&content);
        if spoken.is_none() {
            tracing::warn!("a kept sentence is damaged; it is made anew");
            self.remove(&file);
        } else {
            self.note_use(&file, &path);
        }
        spoken
    }

    /// Keeps a sentence; the file appears whole, by one rename.
    pub(super) fn put(&self, name: Name, spoken: &Spoken) -> io::Result<()> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let content = sealed(spoken);
        let bytes = u64::try_from(content.len()).unwrap_or(u64::MAX);
        if bytes > self.most_bytes || bytes > LARGEST_FILE {
            return Ok(());
        }
        self.sweep()?;
        self.make_room(bytes);
        let file = file_name(name);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let unfinished = self.path.join(format!("{name}.{}-{number}.part", std::process::id()));
        let written = write(&unfinished, &content)
            .and_then(|()| fs::rename(&unfinished, self.path.join(&file)));
        if written.is_err() {
            // What could be written stays behind otherwise.
            let _ = fs::remove_file(&unfinished);
        } else {
            let now = SystemTime::now();
            self.note(file, Kept { bytes, made: now, used: now });
        }
        written
    }

    pub(super) fn forget_older_than(&self, time: SystemTime) -> io::Result<usize> {
        // Another process may have put files there.
        self.look()?;
        let old: Vec<String> = {
            let contents = locked(&self.contents);
            let old = contents.files.iter().filter(|(_, kept)| kept.made < time);
            old.map(|(file, _)| file.clone()).collect()
        };
        for file in &old {
            match fs::remove_file(self.path.join(file)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => self.forget(file),
            }
        }
        Ok(old.len())
    }

    /// Counts what is there and clears away what a crash left behind.
    fn look(&self) -> io::Result<()> {
        let mut seen = Contents::default();
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            let (Ok(file), Ok(metadata)) = (entry.file_name().into_string(), entry.metadata())
            else {
                continue;
            };
            let made = metadata.modified()?;
            let extension = Path::new(&file).extension().and_then(|it| it.to_str());
            match extension {
                Some("wav") if metadata.is_file() => {
                    let used = metadata.accessed().unwrap_or(made);
                    seen.bytes += metadata.len();
                    seen.files.insert(file, Kept { bytes: metadata.len(), made, used });
                }
                Some("part") if made.elapsed().is_ok_and(|age| age > ABANDONED) => {
                    fs::remove_file(entry.path())?;
                }
                _ => {}
            }
        }
        let mut contents = locked(&self.contents);
        seen.swept = contents.swept;
        *contents = seen;
        Ok(())
    }

    /// Removes what was used longest ago until `bytes` more fit.
    fn make_room(&self, bytes: u64) {
        let mut leaving = Vec::new();
        {
            let mut contents = locked(&self.contents);
            let most = self.most_bytes.saturating_sub(bytes);
            if contents.bytes > most {
                let mut by_use: Vec<(SystemTime, String)> =
                    contents.files.iter().map(|(file, kept)| (kept.used, file.clone())).collect();
                by_use.sort_unstable();
                // A tenth more than needed: the next sentences find room without sorting.
                let goal = most - most.min(self.most_bytes / 10);
                for (_, file) in by_use {
                    if contents.bytes <= goal {
                        break;
                    }
                    contents.drop_file(&file);
                    leaving.push(file);
                }
            }
        }
        for file in leaving {
            // Gone already, or not ours to remove: then it is counted at the next start.
            let _ = fs::remove_file(self.path.join(file));
        }
    }

    fn note(&self, file: String, kept: Kept) {
        let mut contents = locked(&self.contents);
        contents.drop_file(&file);
        contents.bytes += kept.bytes;
        contents.files.insert(file, kept);
    }

    fn note_use(&self, file: &str, path: &Path) {
        let now = SystemTime::now();
        if let Some(kept) = locked(&self.contents).files.get_mut(file) {
            kept.used = now;
        }
        // Only the order in which sentences go depends on it.
        let _ = File::open(path).and_then(|it| it.set_times(FileTimes::new().set_accessed(now)));
    }

    fn forget(&self, file: &str) {
        locked(&self.contents).drop_file(file);
    }

    fn remove(&self, file: &str) {
        self.forget(file);
        // If it stays it is found damaged again, and replaced by the next sentence of its name.
        let _ = fs::remove_file(self.path.join(file));
    }
}

impl Contents {
    fn drop_file(&mut self, file: &str) {
        if let Some(kept) = self.files.remove(file) {
            self.bytes -= kept.bytes;
        }
    }
}

fn file_name(name: Name) -> String {
    format!("{name}.wav")
}

/// Makes the folder, for its owner alone, whoever made it before.
#[cfg(unix)]
fn make(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn make(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).create(path)
}

/// What is in a file, and when that was made.
fn read(path: &Path) -> io::Result<(Vec<u8>, SystemTime)> {
    let file = File::open(path)?;
    let made = file.metadata()?.modified()?;
    let mut content = Vec::new();
    file.take(LARGEST_FILE + 1).read_to_end(&mut content)?;
    Ok((content, made))
}

fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // Not synced: a file that a power failure damages is noticed by its seal.
    options.open(path)?.write_all(content)
}

fn sealed(spoken: &Spoken) -> Vec<u8> {
    let mut content = spoken.to_wav();
    let hash = Sha256::digest(&content);
    content.extend_from_slice(SEAL);
    content.extend_from_slice(&hash);
    content
}

fn unsealed(content: &[u8]) -> Option<Spoken> {
    let (wav, seal) = content.split_at_checked(content.len().checked_sub(SEAL_LENGTH)?)?;
    let (head, hash) = seal.split_at_checked(SEAL.len())?;
    if head != SEAL || hash != &Sha256::digest(wav)[..] {
        return None;
    }
    let recording = Recording::from_wav(wav.to_vec()).ok()?;
    (recording.sample_rate() == Spoken::SAMPLE_RATE).then(|| Spoken::from_recording(&recording))
}
