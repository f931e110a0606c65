//! Recordings: whole at the end, readable after a crash, honest about errors.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use mostik_media::{PART_SUFFIX, Recorder, RecorderError, join_channels, repair};

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

#[tokio::test]
async fn a_recording_goes_on_where_it_ended_or_later() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("call.wav");
    let mut first = Recorder::create_after(&path, 800, MINUTE).expect("created");
    first.write(&speech(1)).expect("room");
    first.finish().await.expect("finished");
    assert_eq!(read(&path), [vec![0; 800], speech(1)].concat());
    let mut second = Recorder::resume(&path, 10_000, MINUTE).expect("resumed");
    assert!(!path.exists() && part_of(&path).exists(), "a crash would leave it to be repaired");
    second.write(&[5; 160]).expect("room");
    second.finish().await.expect("finished");
    assert_eq!(read(&path), [vec![0; 800], speech(1), vec![0; 1_200], vec![5; 160]].concat());
    let third = Recorder::resume(&path, 0, MINUTE).expect("nothing is cut off");
    assert_eq!(third.finish().await.expect("finished").bytes, 44 + 10_160 * 2);
    std::fs::write(&path, b"RIFF, but not ours").expect("written");
    assert!(matches!(Recorder::resume(&path, 0, MINUTE), Err(RecorderError::NotARecording)));
    assert!(path.exists(), "what is not ours stays as it was");
}

#[test]
fn two_recordings_become_the_two_channels_of_one() {
    let directory = tempfile::tempdir().expect("a directory");
    let (left, right) = (directory.path().join("call.wav"), directory.path().join("other.wav"));
    let write = |path: &Path, samples: &[i16]| {
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 8000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(path, spec).expect("created");
        for sample in samples {
            writer.write_sample(*sample).expect("written");
        }
        writer.finalize().expect("whole");
    };
    write(&left, &[1, 2, 3]);
    write(&right, &[0, 0, 7, 8, 9]);
    let joined = join_channels(&left, &right).expect("joined");
    assert_eq!((joined.path.as_path(), joined.bytes), (left.as_path(), 44 + 5 * 4));
    let mut reader = hound::WavReader::open(&left).expect("a WAV file");
    assert_eq!((reader.spec().channels, reader.spec().sample_rate), (2, 8000));
    let samples: Vec<i16> = reader.samples().map(|sample| sample.expect("whole")).collect();
    assert_eq!(samples, [1, 0, 2, 0, 3, 7, 0, 8, 0, 9]);
    assert!(!right.exists());
    // Done already: a repeat after a crash between the two changes nothing.
    write(&right, &[4]);
    assert_eq!(join_channels(&left, &right).expect("joined before").bytes, 44 + 5 * 4);
    assert!(!right.exists());
    assert_eq!(hound::WavReader::open(&left).expect("a WAV file").duration(), 5);
}
