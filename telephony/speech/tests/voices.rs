//! Real voices: festival for Russian, flite (inside ffmpeg) for English, as `prompts/make.sh` of the
//! gateway uses them. With `MOSTIK_MODELS` what they say is also heard again by the recogniser.

use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mostik_speech::{
    CacheOptions, CachedSpeech, Language, LocalOptions, LocalWhisper, ModelStore, ProgramOptions,
    Recording, SpeechProgram, SpeechToText, Spoken, TextToSpeech,
};
use secrecy::SecretSlice;

const RUSSIAN: [&str; 4] = ["text2wave", "-o", "{out}", "-eval"];
const RUSSIAN_VOICE: &str = "(voice_msu_ru_nsh_clunits)";
const ENGLISH: [&str; 10] = [
    "ffmpeg",
    "-nostdin",
    "-loglevel",
    "error",
    "-f",
    "lavfi",
    "-i",
    "flite=textfile={text}:voice=slt",
    "-f",
    "wav",
];

fn voices() -> SpeechProgram {
    let words = |list: &[&str], last: &str| {
        list.iter().copied().chain([last]).map(str::to_owned).collect::<Vec<_>>()
    };
    SpeechProgram::new(ProgramOptions {
        programs: vec![
            (Language::Russian, words(&RUSSIAN, RUSSIAN_VOICE)),
            (Language::English, words(&ENGLISH, "-")),
        ],
        ..ProgramOptions::default()
    })
}

/// Says it past the capture of test output; where nothing may be missing it is a failure.
fn is_here(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let here = std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    if !here {
        skipped(program);
    }
    here
}

fn skipped(needs: &str) {
    assert!(std::env::var_os("MOSTIK_TESTS_STRICT").is_none(), "{needs} is missing");
    let _ = writeln!(std::io::stderr(), "SKIPPED (needs {needs}): real voices");
}

fn rms_dbfs(spoken: &Spoken) -> f64 {
    let sum: f64 = spoken.samples().iter().map(|sample| f64::from(*sample).powi(2)).sum();
    let mean = sum / (spoken.seconds() * f64::from(Spoken::SAMPLE_RATE));
    10.0 * (mean / f64::from(i16::MAX).powi(2)).log10()
}

const SENTENCES: [(Language, &str, &str); 2] = [
    (Language::Russian, "Мы ответим вам завтра до восемнадцати часов.", "часов"),
    (Language::English, "We will answer your question tomorrow by six p.m.", "tomorrow"),
];

#[tokio::test]
async fn programs_speak_both_languages_and_the_cache_speaks_at_once() {
    if !is_here("text2wave") || !is_here("ffmpeg") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let options = CacheOptions {
        folder: folder.path().join("spoken"),
        key: SecretSlice::from(b"key".to_vec()),
        most_bytes: 1 << 20,
        keep_for: Duration::from_hours(1),
    };
    let voice = CachedSpeech::open(Arc::new(voices()), options).unwrap();
    for (language, text, _) in SENTENCES {
        let began = Instant::now();
        let spoken = voice.speak(text, language).await.unwrap();
        let made = began.elapsed();
        let began = Instant::now();
        assert_eq!(voice.speak(text, language).await.unwrap(), spoken);
        println!("{language}: {spoken:?} made in {made:?}, found in {:?}", began.elapsed());
        assert!((1.5..6.0).contains(&spoken.seconds()), "{spoken:?}");
        let level = rms_dbfs(&spoken);
        assert!((-24.0..-18.0).contains(&level), "{language}: {level}");
    }
}

#[tokio::test]
async fn what_is_spoken_is_understood() {
    if !is_here("text2wave") || !is_here("ffmpeg") {
        return;
    }
    let store = std::env::var_os("MOSTIK_MODELS").map(ModelStore::new);
    let Some(store) = store.filter(|store| store.folder("whisper-base").is_some()) else {
        return skipped("whisper-base");
    };
    let recogniser = LocalWhisper::start(store, LocalOptions::default()).unwrap();
    for (language, text, word) in SENTENCES {
        let spoken = voices().speak(text, language).await.unwrap();
        let recording = Recording::from_wav(spoken.to_wav()).unwrap();
        let heard = recogniser.transcribe(&recording, language).await.unwrap();
        println!("{language}: {}", heard.text);
        assert_eq!(heard.language, language);
        assert!(heard.text.to_lowercase().contains(word), "{}", heard.text);
    }
}

#[tokio::test]
async fn a_voice_that_festival_does_not_have_is_an_error() {
    if !is_here("text2wave") {
        return;
    }
    let list = RUSSIAN.iter().copied().chain(["(voice_of_nobody)"]).map(str::to_owned).collect();
    let voice = SpeechProgram::new(ProgramOptions {
        programs: vec![(Language::Russian, list)],
        time_limit: Duration::from_secs(30),
        ..ProgramOptions::default()
    });
    let error = voice.speak("Добрый день.", Language::Russian).await.unwrap_err().to_string();
    assert!(error.contains("voice_of_nobody") && !error.contains("день"), "{error}");
}
