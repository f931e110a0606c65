//! The local recogniser's queue, limits and shipped recordings.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use futures::future::join_all;
use mostik_speech::{
    Advice, Language, LocalOptions, LocalWhisper, ModelStore, Recording, SpeechError, SpeechToText,
};

fn demo(name: &str) -> Recording {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../bot/server/demo");
    Recording::open(&folder.join(name)).unwrap()
}

fn recogniser(options: LocalOptions) -> Option<LocalWhisper> {
    let store = std::env::var_os("MOSTIK_MODELS").map(ModelStore::new);
    let store = store.filter(|store| store.folder("whisper-base").is_some());
    if store.is_none() {
        assert!(std::env::var_os("MOSTIK_TESTS_STRICT").is_none(), "whisper-base is missing");
        let why = "set MOSTIK_MODELS to the folder that holds it";
        // Past the capture of test output, so that it is seen and counted.
        let _ = writeln!(std::io::stderr(), "SKIPPED (needs whisper-base): {why}");
    }
    Some(LocalWhisper::start(store?, options).unwrap())
}

fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Amid this call the model stops, as if nobody said more.
#[tokio::test]
async fn what_follows_a_sudden_stop_is_heard_too() {
    let Some(recogniser) = recogniser(LocalOptions::default()) else { return };
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/recordings");
    let recording = Recording::open(&folder.join("sudden_stop.wav")).unwrap();
    let transcript = recogniser.transcribe(&recording, Language::Russian).await.unwrap();
    assert!(words(&transcript.text).ends_with(&words("верните мне деньги")), "{}", transcript.text);
    let segments = &transcript.segments;
    assert!(segments.last().unwrap().end > 13.0, "{segments:?}");
    assert!(segments.is_sorted_by(|a, b| a.end <= b.start), "{segments:?}");
}

#[tokio::test]
async fn without_a_model_recordings_wait() {
    let folder = tempfile::tempdir().unwrap();
    let recogniser =
        LocalWhisper::start(ModelStore::new(folder.path()), LocalOptions::default()).unwrap();
    assert!(!recogniser.ready());
    assert_eq!(recogniser.name(), "whisper-base (local)");
    let error = recogniser.transcribe(&demo("en-copy.wav"), Language::English).await.unwrap_err();
    assert!(matches!(error, SpeechError::NotReady { .. }), "{error:?}");
    assert_eq!(error.advice(), Advice::AwaitReady);
}

#[tokio::test]
async fn a_damaged_model_is_named_and_does_not_end_the_worker() {
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("whisper-own");
    std::fs::create_dir(&model).unwrap();
    std::fs::write(model.join("config.json"), "{}").unwrap();
    std::fs::write(model.join("vocabulary.txt"), "a\nb\n").unwrap();
    std::fs::write(model.join("model.bin"), [0; 64]).unwrap();
    let options = LocalOptions { model: "whisper-own".into(), ..LocalOptions::default() };
    let recogniser = LocalWhisper::start(ModelStore::new(folder.path()), options).unwrap();
    for _ in 0..2 {
        let result = recogniser.transcribe(&demo("en-copy.wav"), Language::English).await;
        let error = result.unwrap_err();
        assert!(error.to_string().contains("vocabulary.txt"), "{error}");
        assert_eq!(error.advice(), Advice::GiveUp);
    }
}

#[tokio::test]
async fn the_demo_recordings_name_their_causes() {
    let Some(recogniser) = recogniser(LocalOptions::default()) else { return };
    for (file, hint, expected) in [
        ("ru-delivery-1.wav", Language::Russian, &["курьер", "заказ", "доставка"][..]),
        ("ru-pricing.wav", Language::Russian, &["денег", "скидка", "деньги"]),
        ("en-pricing.wav", Language::Russian, &["discount", "charged", "price", "refund"]),
        ("en-design.wav", Language::English, &["design", "button", "hidden"]),
        ("en-copy.wav", Language::English, &["description", "wrong", "text"]),
    ] {
        let transcript = recogniser.transcribe(&demo(file), hint).await.unwrap();
        let heard = words(&transcript.text);
        for word in expected {
            assert!(heard.iter().any(|other| other == word), "{file} lacks {word}: {heard:?}");
        }
        assert_eq!(transcript.language.code(), &file[..2]);
        assert!(transcript.confidence > 0.5, "{file}: {}", transcript.confidence);
    }
}

/// Two customers with the same words must be recognised as such, whatever the silence before.
#[tokio::test]
async fn the_same_words_are_heard_alike() {
    let Some(recogniser) = recogniser(LocalOptions::default()) else { return };
    let mut heard = Vec::new();
    for file in ["ru-delivery-1.wav", "ru-delivery-2.wav"] {
        heard.push(recogniser.transcribe(&demo(file), Language::Russian).await.unwrap());
    }
    assert_eq!(words(&heard[0].text), words(&heard[1].text));
    let (early, late) = (heard[0].segments[0].start, heard[1].segments[0].start);
    assert!(late - early > 0.7, "{early} {late}");
}

/// A recording of more than one window: every part is there, in order of time.
#[tokio::test]
async fn long_recordings_are_heard_to_their_end() {
    let Some(recogniser) = recogniser(LocalOptions { beam: 1, ..LocalOptions::default() }) else {
        return;
    };
    let files = ["en-copy.wav", "en-design.wav", "en-pricing.wav", "en-copy.wav", "en-design.wav"];
    let recordings: Vec<Recording> = files.iter().map(|file| demo(file)).collect();
    let mut file = recordings[0].wav()[..44].to_vec();
    assert_eq!(&file[36..40], b"data");
    file[40..44].fill(0xff);
    for recording in &recordings {
        file.extend_from_slice(&recording.wav()[44..]);
        file.extend(vec![0; 16_000 * 3]);
    }
    let long = Recording::from_wav(file).unwrap();
    assert!(long.seconds() > 58.0);
    let transcript = recogniser.transcribe(&long, Language::English).await.unwrap();
    let heard = words(&transcript.text);
    for word in ["polyester", "menu", "refund"] {
        assert!(heard.iter().any(|other| other == word), "{word} is missing: {heard:?}");
    }
    assert_eq!(heard.iter().filter(|word| *word == "polyester").count(), 2);
    for pair in transcript.segments.windows(2) {
        assert!(pair[0].start <= pair[0].end && pair[0].end <= pair[1].start + 0.3);
    }
    let last = transcript.segments.last().unwrap();
    assert!(last.start > 45.0 && last.end <= long.seconds(), "{last:?}");
}

#[tokio::test]
async fn a_full_queue_refuses_what_does_not_fit() {
    let options = LocalOptions { queue: 1, ..LocalOptions::default() };
    let Some(recogniser) = recogniser(options) else { return };
    let recording = demo("ru-pricing.wav");
    // One at work and one in the queue: of four at once, two at least are refused.
    let attempts = (0..4).map(|_| recogniser.transcribe(&recording, Language::Russian));
    let results = join_all(attempts).await;
    let refused = results.iter().filter(|result| matches!(result, Err(SpeechError::Busy))).count();
    let heard = results.iter().filter(|result| result.is_ok()).count();
    assert!(refused >= 2 && heard >= 1 && refused + heard == 4, "{results:?}");
}

#[tokio::test]
async fn a_recording_that_takes_too_long_is_given_up_and_the_next_is_heard() {
    let hurried = LocalOptions { time_limit: Duration::from_millis(1), ..LocalOptions::default() };
    let Some(hurried) = recogniser(hurried) else { return };
    let error = hurried.transcribe(&demo("ru-pricing.wav"), Language::Russian).await.unwrap_err();
    assert!(matches!(error, SpeechError::TooSlow { .. }), "{error:?}");
    let Some(recogniser) = recogniser(LocalOptions::default()) else { return };
    let recording = demo("ru-pricing.wav");
    let impatient = recogniser.transcribe(&recording, Language::Russian);
    assert!(tokio::time::timeout(Duration::from_millis(1), impatient).await.is_err());
    let answer = recogniser.transcribe(&demo("en-copy.wav"), Language::English).await;
    assert!(!answer.unwrap().is_empty());
}
