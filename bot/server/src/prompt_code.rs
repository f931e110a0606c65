//! The one-time code of the studio: written by `mostik prompts record`, read by the phone line.

use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::PathBuf,
};

use anyhow::{Context as _, Result};
use jiff::{SignedDuration, Timestamp};
use mostik_gateway::Entry;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use crate::data_folder::DataFolder;

/// How long a code is good.
pub(crate) const GOOD_FOR: SignedDuration = SignedDuration::from_mins(15);
/// So many wrong tries end it, over all calls.
const MOST_WRONG: u8 = 3;
/// A longer file is none of ours.
const LARGEST_FILE: u64 = 1_024;

/// The file `prompts.code` of the data folder. Everything here blocks for a moment.
#[derive(Debug, Clone)]
pub(crate) struct PromptCode(PathBuf);

/// What stands in the file.
#[derive(Serialize, Deserialize)]
struct Good {
    code: String,
    until: Timestamp,
    #[serde(default)]
    wrong: u8,
}

impl fmt::Debug for Good {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Good").field("until", &self.until).finish_non_exhaustive()
    }
}

impl PromptCode {
    pub(crate) fn of(data: &DataFolder) -> Self {
        Self(data.join("prompts.code"))
    }

    /// A new code of six digits, instead of the one before.
    pub(crate) fn make(&self, now: Timestamp) -> Result<String> {
        let code = format!("{:06}", uuid::Uuid::new_v4().as_u128() % 1_000_000);
        let good = Good { code: code.clone(), until: now + GOOD_FOR, wrong: 0 };
        self.write(&good).with_context(|| format!("cannot write {}", self.0.display()))?;
        Ok(code)
    }

    /// Whether there is a code that is good now.
    pub(crate) fn is_good(&self, now: Timestamp) -> bool {
        self.read(now).is_some()
    }

    /// Somebody keyed this.
    pub(crate) fn enters(&self, keyed: &str, now: Timestamp) -> Entry {
        let Some(good) = self.read(now) else { return Entry::Shut };
        if bool::from(good.code.as_bytes().ct_eq(keyed.as_bytes())) {
            return Entry::Open;
        }
        let wrong = good.wrong.saturating_add(1);
        if wrong < MOST_WRONG && self.write(&Good { wrong, ..good }).is_ok() {
            return Entry::Wrong;
        }
        // What cannot be counted is not tried again.
        self.forget();
        Entry::Shut
    }

    /// It is used.
    pub(crate) fn forget(&self) {
        if let Err(error) = fs::remove_file(&self.0)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::error!(%error, "the code of the studio cannot be removed");
        }
    }

    /// What is unreadable or too old is no code.
    fn read(&self, now: Timestamp) -> Option<Good> {
        let mut content = Vec::new();
        File::open(&self.0).ok()?.take(LARGEST_FILE).read_to_end(&mut content).ok()?;
        let good: Good = serde_json::from_slice(&content).ok()?;
        let made_by_us = good.code.len() == 6 && good.until <= now + GOOD_FOR;
        (made_by_us && now < good.until && good.wrong < MOST_WRONG).then_some(good)
    }

    fn write(&self, good: &Good) -> std::io::Result<()> {
        let unfinished = self.0.with_extension(format!("{}.part", std::process::id()));
        // Made anew, so that nobody else's permissions stay.
        let _ = fs::remove_file(&unfinished);
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
        file.write_all(&serde_json::to_vec(good)?)?;
        file.sync_all()?;
        fs::rename(&unfinished, &self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn code() -> (tempfile::TempDir, PromptCode) {
        let folder = tempfile::tempdir().expect("a folder");
        let data = DataFolder::open(folder.path()).expect("made");
        (folder, PromptCode::of(&data))
    }

    fn at(time: &str) -> Timestamp {
        format!("2026-11-03T{time}Z").parse().expect("a time")
    }

    #[test]
    fn a_code_is_good_for_a_quarter_of_an_hour_and_one_visit() {
        let (_folder, code) = code();
        assert!(!code.is_good(at("10:00:00")));
        assert_eq!(code.enters("000000", at("10:00:00")), Entry::Shut);
        let digits = code.make(at("10:00:00")).expect("written");
        assert!(digits.len() == 6 && digits.bytes().all(|it| it.is_ascii_digit()), "{digits}");
        let mode = fs::metadata(&code.0).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        assert_eq!(code.enters(&digits, at("10:14:59")), Entry::Open);
        assert!(code.is_good(at("10:14:59")) && !code.is_good(at("10:15:00")));
        assert_eq!(code.enters(&digits, at("10:15:00")), Entry::Shut);
        code.forget();
        assert_eq!(code.enters(&digits, at("10:01:00")), Entry::Shut);
    }

    #[test]
    fn three_wrong_tries_end_it_whoever_makes_them() {
        let (_folder, code) = code();
        let now = at("10:00:00");
        let digits = code.make(now).expect("written");
        let longer = format!("{digits}0");
        assert_eq!(code.enters(&longer, now), Entry::Wrong);
        assert_eq!(code.enters("", now), Entry::Wrong);
        assert_eq!(code.clone().enters(&digits[..5], now), Entry::Shut);
        assert_eq!(code.enters(&digits, now), Entry::Shut);
        assert!(!code.0.exists());
        let digits = code.make(now).expect("a new one");
        assert_eq!(code.enters(&digits, now), Entry::Open);
    }

    #[test]
    fn what_is_no_code_opens_nothing() {
        let (_folder, code) = code();
        let now = at("10:00:00");
        for content in [
            String::new(),
            "123456".into(),
            r#"{"code":"","until":"2026-11-03T10:05:00Z"}"#.into(),
            r#"{"code":"123456","until":"2036-11-03T10:05:00Z"}"#.into(),
            r#"{"code":"123456","until":"2026-11-03T10:05:00Z","wrong":3}"#.into(),
            format!(r#"{{"code":"123456","until":"2026-11-03T10:05:00Z"{}}}"#, " ".repeat(2_000)),
        ] {
            fs::write(&code.0, &content).expect("written");
            assert_eq!(code.enters("123456", now), Entry::Shut, "{content}");
            assert_eq!(code.enters("", now), Entry::Shut, "{content}");
        }
        let good = Good { code: "123456".into(), until: now, wrong: 0 };
        assert!(!format!("{good:?}").contains("123456"));
    }
}
