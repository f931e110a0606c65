//! Speaks the lines of standard input by a program, and times each: made, found on disk, found in
//! memory.
//!
//! `speak FOLDER ru text2wave -o {out} -eval '(voice_msu_ru_nsh_clunits)' < lines`

use std::io::BufRead as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mostik_speech::{
    CacheOptions, CachedSpeech, Language, ProgramOptions, SpeechProgram, TextToSpeech,
};
use secrecy::SecretSlice;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("which folder keeps what is spoken?")?;
    let language: Language = arguments.next().ok_or("which language?")?.parse()?;
    let program = arguments.collect::<Vec<_>>();
    let open = || {
        let programs = vec![(language, program.clone())];
        let engine = SpeechProgram::new(ProgramOptions { programs, ..ProgramOptions::default() });
        let key = SecretSlice::from(b"measured".to_vec());
        let options = CacheOptions {
            folder: folder.clone().into(),
            key,
            most_bytes: 200 << 20,
            keep_for: Duration::from_hours(1),
        };
        CachedSpeech::open(Arc::new(engine), options)
    };
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let voice = open()?;
        let began = Instant::now();
        let spoken = voice.speak(&line, language).await?;
        let made = began.elapsed();
        let voice = open()?;
        let began = Instant::now();
        voice.speak(&line, language).await?;
        let on_disk = began.elapsed();
        let began = Instant::now();
        voice.speak(&line, language).await?;
        let in_memory = began.elapsed();
        println!(
            "{} characters, {:.1} s of audio: {made:?}, {on_disk:?}, {in_memory:?}",
            line.chars().count(),
            spoken.seconds()
        );
    }
    Ok(())
}
