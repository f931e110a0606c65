//! Programs that speak, and programs that misbehave: small shell scripts, run as an admin would.

use std::time::Instant;

use super::*;

fn voice(arguments: &[&str], time_limit: Duration) -> SpeechProgram {
    let list = arguments.iter().map(|argument| (*argument).to_owned()).collect();
    SpeechProgram::new(ProgramOptions {
        programs: vec![(Language::English, list)],
        time_limit,
        at_once: 2,
    })
}

fn script(script: &str) -> SpeechProgram {
    // `$0` and what follows are arguments of the script.
    voice(&["sh", "-c", script, "{out}", "{language}", "{text}"], Duration::from_secs(5))
}

/// The header of a WAV file and a second of a square wave, by printf and head.
const TONE: &str = r"tone() { printf 'RIFF\377\377\377\377WAVEfmt \020\000\000\000\001\000\001\000\100\037\000\000\200\076\000\000\002\000\020\000data\377\377\377\377'; while :; do printf '\000\020\000\020\000\020\000\020\000\360\000\360\000\360\000\360'; done | head -c 16000; }; ";

const TOO_LONG_A_FILE: &str = r#"exec 3>&2 2>&-
    head -c 20000000 /dev/zero > "$0" || { echo file too large >&3; exit 1; }"#;

async fn say(voice: &SpeechProgram) -> Result<Spoken, VoiceError> {
    voice.speak("Secret words", Language::English).await
}

#[tokio::test]
async fn audio_comes_from_the_file_or_from_the_output() {
    let from_file = script(&format!("{TONE} tone > \"$0\""));
    assert!((say(&from_file).await.unwrap().seconds() - 1.3).abs() < 0.05);
    let arguments = ["sh", "-c", &format!("{TONE} tone")];
    let from_output = voice(&arguments, Duration::from_secs(5));
    assert!((say(&from_output).await.unwrap().seconds() - 1.3).abs() < 0.05);
}

#[tokio::test]
async fn the_text_is_its_input_and_no_shell_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let heard = folder.path().join("heard");
    let listening = format!(
        "{TONE} {{ cat; cat \"$2\"; echo \" $1\"; }} > '{}'; tone > \"$0\"",
        heard.display()
    );
    let text = "$(reboot) `id` \"quoted\" 'too'; Анна";
    script(&listening).speak(text, Language::English).await.unwrap();
    assert_eq!(std::fs::read_to_string(heard).unwrap(), format!("{text}\n{text} en\n"));
}

#[tokio::test]
async fn a_program_that_hangs_is_killed_with_all_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let note = folder.path().join("started");
    let hanging = format!("sleep 600 & echo $! > '{}'; wait", note.display());
    let voice = voice(&["sh", "-c", &hanging], Duration::from_millis(700));
    let began = Instant::now();
    let error = say(&voice).await.unwrap_err();
    assert_eq!(error, VoiceError::TooSlow { limit: Duration::from_millis(700) });
    assert!(began.elapsed() < Duration::from_secs(4));
    let child = std::fs::read_to_string(note).unwrap();
    let stat = format!("/proc/{}/stat", child.trim());
    let ended = async {
        // Gone, or a zombie that its new parent has not yet reaped.
        while std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z ")) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), ended).await.expect("the grandchild is killed");
}

#[tokio::test]
async fn a_program_that_leaves_its_output_open_behind_it_is_not_waited_for() {
    let voice = voice(&["sh", "-c", "sleep 600 &"], Duration::from_millis(700));
    assert!(matches!(say(&voice).await, Err(VoiceError::TooSlow { .. })));
}

#[tokio::test]
async fn what_misbehaves_gets_a_clear_error_without_the_words() {
    let endless = voice(&["sh", "-c", "cat /dev/zero"], Duration::from_secs(5));
    for (voice, expected) in [
        (script("exit 3"), "exit status: 3"),
        (script("echo no such voice >&2; exit 1"), "no such voice"),
        (script("cat >&2; exit 1"), "bytes of complaint"),
        (script("true"), "wrote no file"),
        (script("mkfifo \"$0\""), "cannot be read"),
        (script("echo not audio > \"$0\""), "not a WAV file"),
        // Stopped by its limit where that was set before the file was begun.
        (script(TOO_LONG_A_FILE), "file too large"),
        (script("kill -9 $$"), "signal: 9"),
        (script(": > \"$0\""), "not a WAV file"),
        (endless, "larger than 10 MB"),
        (voice(&["/nonexistent/voice"], Duration::from_secs(5)), "cannot be started"),
    ] {
        let error = say(&voice).await.unwrap_err().to_string();
        assert!(error.contains(expected), "{expected}: {error}");
        assert!(!error.to_lowercase().contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn a_language_without_a_program_has_no_voice() {
    let voice = script("exit 0");
    assert_eq!(
        voice.speak("Да", Language::Russian).await,
        Err(VoiceError::NoVoice(Language::Russian))
    );
    assert_eq!(voice.voice(Language::Russian), None);
    assert!(voice.voice(Language::English).is_some());
    assert_eq!(voice.name(), "sh (program)");
}

#[tokio::test]
async fn a_crowd_is_turned_away_at_once() {
    let voice = Arc::new(voice(&["sleep", "600"], Duration::from_millis(300)));
    let asked = (0..SpeechProgram::PLACES + 8).map(|_| {
        let voice = voice.clone();
        tokio::spawn(async move { say(&voice).await.unwrap_err() })
    });
    let mut busy = 0;
    for answer in asked.collect::<Vec<_>>() {
        match answer.await.unwrap() {
            VoiceError::Busy => busy += 1,
            VoiceError::TooSlow { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(busy, 8);
}
