//! What a start finds in the recordings directory, hostile files included.

use std::path::Path;

use mostik_gateway::{CompletedCall, Gateway, MessageEnd, NoMessageEnd, Termination};

const ID: &str = "call_01a2000cc7967255af07c21a9a4abebf";

fn note(id: &str, tone: bool) -> String {
    let tone = if tone { "\"2026-11-21T10:00:05Z\"" } else { "null" };
    format!(
        r#"{{"id":"{id}","line":"support","caller":{{"uri":"sip:a@b","user":"a","host":"b",
        "display_name":null}},"language":"ru","arrived_at":"2026-11-21T10:00:00Z",
        "answered_at":"2026-11-21T10:00:01Z","tone_at":{tone},"ended_at":"2026-11-21T10:00:01Z",
        "termination":{{"result":"no_message","reason":"interrupted"}},"promise":null,
        "recording":null,"codec":"PCMA","keys":"","packets":{{"received":0,"lost":0}}}}"#
    )
}

fn write(directory: &Path, name: &str, content: impl AsRef<[u8]>) {
    std::fs::write(directory.join(name), content).expect("written");
}

/// A WAV file of ours around these samples.
fn wav(samples: &[i16]) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 8_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::new(&mut file, spec).expect("a writer");
    for sample in samples {
        writer.write_sample(*sample).expect("memory");
    }
    writer.finalize().expect("memory");
    file.into_inner()
}

fn spoken() -> Vec<i16> {
    let wav = include_bytes!("../../../media/tests/speech/ru.wav");
    mostik_media::Clip::from_wav(wav).expect("speech").samples().to_vec()
}

async fn recover(directory: &Path) -> Vec<CompletedCall> {
    Gateway::recover(directory).await.expect("a readable directory")
}

#[tokio::test]
async fn speech_in_a_broken_off_recording_makes_it_a_message() {
    let directory = tempfile::tempdir().expect("a directory");
    write(directory.path(), &format!("{ID}.json"), note(ID, true));
    write(directory.path(), &format!("{ID}.wav.part"), wav(&spoken()));
    let [call] = &recover(directory.path()).await[..] else { panic!("one call") };
    assert_eq!(call.termination, Termination::MessageLeft(MessageEnd::Interrupted));
    let recording = call.recording.as_ref().expect("repaired");
    assert_eq!(recording.file_name, format!("{ID}.wav"));
    assert!((recording.seconds - 3.737).abs() < 0.01, "{recording:?}");
    assert!(directory.path().join(&recording.file_name).exists());
    assert_eq!(
        recover(directory.path()).await,
        std::slice::from_ref(call),
        "until the host has it"
    );
}

#[tokio::test]
async fn silence_is_no_message_but_stays_a_recording() {
    let directory = tempfile::tempdir().expect("a directory");
    write(directory.path(), &format!("{ID}.json"), note(ID, true));
    write(directory.path(), &format!("{ID}.wav.part"), wav(&vec![0; 16_000]));
    let [call] = &recover(directory.path()).await[..] else { panic!("one call") };
    assert_eq!(call.termination, Termination::NoMessage(NoMessageEnd::Interrupted));
    assert!(call.recording.is_some());
}

#[tokio::test]
async fn a_recording_prepared_but_not_begun_is_thrown_away() {
    let directory = tempfile::tempdir().expect("a directory");
    write(directory.path(), &format!("{ID}.json"), note(ID, false));
    write(directory.path(), &format!("{ID}.wav.part"), wav(&[]));
    let [call] = &recover(directory.path()).await[..] else { panic!("one call") };
    assert_eq!((&call.recording, call.tone_at), (&None, None));
    assert!(!directory.path().join(format!("{ID}.wav")).exists());
}

#[tokio::test]
async fn words_without_a_noted_tone_are_kept_with_a_reckoned_one() {
    let directory = tempfile::tempdir().expect("a directory");
    write(directory.path(), &format!("{ID}.json"), note(ID, false));
    write(directory.path(), &format!("{ID}.wav.part"), wav(&spoken()));
    let [call] = &recover(directory.path()).await[..] else { panic!("one call") };
    let length = call.ended_at.duration_since(call.tone_at.expect("reckoned")).as_secs_f64();
    assert!((length - 3.737).abs() < 0.01, "{length}");
}

#[tokio::test]
async fn hostile_files_hide_no_call() {
    let directory = tempfile::tempdir().expect("a directory");
    write(directory.path(), "a.json", "{");
    write(directory.path(), "b.json", vec![b'['; 3 << 20]);
    write(directory.path(), "c.json", [0xff; 100]);
    write(directory.path(), "d.json", note(ID, true));
    write(directory.path(), "e.json", note("../../etc/passwd", true));
    write(directory.path(), "f.json.new", note(ID, true));
    std::fs::create_dir(directory.path().join("g.json")).expect("created");
    let other = ID.replace("bf", "c0");
    write(directory.path(), &format!("{other}.json"), note(&other, true));
    write(directory.path(), &format!("{other}.wav.part"), "not audio at all");
    write(directory.path(), &format!("{ID}.json"), note(ID, true));
    write(directory.path(), &format!("{ID}.wav"), wav(&spoken()));
    let calls = recover(directory.path()).await;
    assert_eq!(calls.len(), 2);
    let whole = calls.iter().find(|call| call.id == ID).expect("there");
    assert!(whole.recording.is_some());
    let broken = calls.iter().find(|call| call.id == other).expect("there");
    assert_eq!(broken.recording, None);
}

#[tokio::test]
async fn a_directory_that_cannot_be_is_named() {
    let directory = tempfile::tempdir().expect("a directory");
    write(directory.path(), "file", "");
    let error = Gateway::recover(&directory.path().join("file/calls")).await.expect_err("a file");
    assert!(error.to_string().contains("file/calls"), "{error}");
}
