//! Recordings: whole at the end, readable after a crash, honest about errors.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use mostik_media::{PART_SUFFIX, Recorder, RecorderError, repair};

const MINUTE: Duration = Duration::from_mins(1);

fn part_of(path: &Path) -> PathBuf {
    PathBuf::from(format!("{}{PART_SUFFIX}", path.display()))
}

fn read(path: &Path) -> Vec<i16> {
    let mut reader = hound::WavReader::open(path).expect("a WAV file");
    let spec = reader.spec();
    assert_eq!((spec.channels, spec.sample_rate, spec.bits_per_sample), (1, 8000, 16));
    reader.samples().map(|sample| sample.expect("whole")).collect()
}

fn speech(seconds: usize) -> Vec<i16> {
    (0..seconds * 8000).map(|index| i16::try_from(index % 20_000).expect("small")).collect()
}

#[tokio::test]
async fn what_was_written_is_read_back() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("call.wav");
    let mut recorder = Recorder::create(&path, MINUTE).expect("created");
    assert!(part_of(&path).exists());
    let said = speech(3);
    for frame in said.chunks(160) {
        recorder.write(frame).expect("room for three seconds");
    }
    let whole = recorder.finish().await.expect("finished");
    assert_eq!(read(&path), said);
    assert_eq!((whole.path.as_path(), whole.seconds), (path.as_path(), 3.0));
    assert_eq!(whole.bytes, std::fs::metadata(&path).expect("there").len());
    assert!(!part_of(&path).exists());
}

#[tokio::test]
async fn the_part_is_a_readable_recording_at_every_moment() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("call.wav");
    let mut recorder = Recorder::create(&path, MINUTE).expect("created");
    assert_eq!(read(&part_of(&path)), []);
    let said = speech(2);
    for frame in said.chunks(160) {
        recorder.write(frame).expect("room");
    }
    let deadline = Instant::now() + Duration::from_secs(10);
    while read(&part_of(&path)).len() < said.len() {
        assert!(Instant::now() < deadline, "the samples never reached the file");
        std::thread::yield_now();
    }
    assert_eq!(read(&part_of(&path)), said);
}

#[tokio::test]
async fn a_broken_off_recording_is_repaired() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("call.wav");
    let part = part_of(&path);
    let said = speech(1);
    let mut bytes = std::fs::read({
        Recorder::create(&path, MINUTE).expect("created").finish().await.expect("empty").path
    })
    .expect("a header");
    // The header still claims nothing, and the last sample is torn.
    bytes.extend(said.iter().flat_map(|sample| sample.to_le_bytes()));
    bytes.push(7);
    std::fs::remove_file(&path).expect("there");
    std::fs::write(&part, &bytes).expect("written");
    let recorded = repair(&part).expect("repaired");
    assert_eq!(read(&path), said);
    assert!((recorded.seconds - 1.0).abs() < 1e-9);
    assert!(!part.exists());
}

#[test]
fn a_part_that_never_got_its_header_becomes_an_empty_recording() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("call.wav");
    for torn in [&b""[..], b"RIFF", b"RIFF\0\0\0\0WAVEfmt "] {
        std::fs::write(part_of(&path), torn).expect("written");
        assert_eq!(repair(&part_of(&path)).expect("repaired").bytes, 44);
        assert_eq!(read(&path), []);
    }
}

#[test]
fn what_is_no_recording_is_left_alone() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("call.wav");
    for content in [&b"PK\x03\x04 something else"[..], b"RI"] {
        std::fs::write(part_of(&path), content).expect("written");
        assert!(matches!(repair(&part_of(&path)), Err(RecorderError::NotARecording)));
        assert_eq!(std::fs::read(part_of(&path)).expect("there"), content);
    }
    assert!(matches!(repair(&path), Err(RecorderError::NotARecording)));
    assert!(matches!(repair(&part_of(&directory.path().join("x"))), Err(RecorderError::Disk(_))));
}

#[tokio::test]
async fn a_recording_has_a_longest_length_and_never_replaces_another() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("call.wav");
    let mut recorder = Recorder::create(&path, Duration::from_secs(1)).expect("created");
    recorder.write(&speech(1)).expect("exactly a second");
    assert!(matches!(recorder.write(&[0]), Err(RecorderError::TooLong)));
    assert!(matches!(Recorder::create(&path, MINUTE), Err(RecorderError::Disk(_))));
    assert!((recorder.finish().await.expect("kept").seconds - 1.0).abs() < 1e-9);
}
