use std::{io::Write as _, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use mostik_domain::{Language, spoken};
use mostik_gateway::{Prompt, PromptLibrary, SpokenLanguage, Words};

use super::Place;
use crate::{
    data_folder::DataFolder,
    own_prompts::{self, OwnPrompts, Replaceable},
    prompt_code::{GOOD_FOR, PromptCode},
    wiring,
};

/// What the phone line says.
#[derive(Debug, Args)]
pub(super) struct Prompts {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Put a recording of yours in a prompt's place
    Set {
        /// LANGUAGE/NAME or the number, as listed; also tone and music
        prompt: String,
        /// A WAV file of 8 to 48 kHz
        file: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Speak a prompt by the configured voice
    Say {
        /// LANGUAGE/NAME or the number, as listed
        prompt: String,
        /// What it will say
        text: String,
        #[command(flatten)]
        place: Place,
    },
    /// Go back to the prompt that ships
    Remove {
        /// LANGUAGE/NAME or the number, as listed; also tone and music
        prompt: String,
        #[command(flatten)]
        place: Place,
    },
    /// Get a code by which prompts are recorded through the phone
    Record {
        #[command(flatten)]
        place: Place,
    },
}

impl Prompts {
    pub(super) async fn run(self) -> Result<ExitCode> {
        match self.command {
            None => list(&self.place)?,
            Some(Command::Set { prompt, file, place }) => {
                let prompt = Replaceable::find(&prompt)?;
                let seconds = own(&place)?
                    .install(prompt, own_prompts::read(&file)?)
                    .with_context(|| file.display().to_string())?;
                told(prompt, &format!("is your recording now ({seconds:.1} s)"));
            }
            Some(Command::Say { prompt, text, place }) => say(&prompt, &text, &place).await?,
            Some(Command::Remove { prompt, place }) => {
                let prompt = Replaceable::find(&prompt)?;
                if !own(&place)?.remove(prompt)? {
                    bail!("{} is not replaced", prompt.name());
                }
                told(prompt, "is again the one that ships");
            }
            Some(Command::Record { place }) => record(&place)?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn own(place: &Place) -> Result<OwnPrompts> {
    Ok(OwnPrompts::of(&DataFolder::open(&place.data)?))
}

fn told(prompt: Replaceable, what: &str) {
    eprintln!("{} {what}; a Mostik that runs says it from the next call on", prompt.name());
}

fn record(place: &Place) -> Result<()> {
    let number = place.config()?.phone.studio;
    if number.is_empty() {
        bail!("nobody can call: phone.studio is empty; set it to \"prompts\" and start again");
    }
    let code = PromptCode::of(&DataFolder::open(&place.data)?).make(Timestamp::now())?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "Call {number} on the running Mostik and key {code} #")?;
    writeln!(out, "The code is good for one visit, within {} minutes.", GOOD_FOR.as_mins())?;
    Ok(())
}

/// Number, name, length, whose it is, and the words as shipped; a line each.
fn list(place: &Place) -> Result<()> {
    let own = own(place)?;
    let library = PromptLibrary::load(own.folder())?;
    let mut out = std::io::stdout().lock();
    for text in PromptLibrary::texts() {
        let words = Words::Named(text.name);
        let seconds = library.clip(Prompt { language: text.language, words });
        let seconds = seconds.map_or(0.0, |clip| clip.seconds());
        let prompt = Replaceable::Text(text);
        let whose = if own.replaces(prompt) { "own" } else { "shipped" };
        writeln!(
            out,
            "{}  {:<20} {seconds:4.1} s  {whose:<7}  {}",
            text.number,
            prompt.name(),
            text.text
        )?;
    }
    for (name, words) in [("tone", Words::Tone), ("music", Words::Music)] {
        let prompt = Replaceable::find(name)?;
        let clip = library.clip(Prompt { language: SpokenLanguage::Russian, words });
        let seconds = clip.map_or(0.0, |clip| clip.seconds());
        let whose = if own.replaces(prompt) { "own" } else { "shipped" };
        writeln!(out, "     {name:<20} {seconds:4.1} s  {whose}")?;
    }
    Ok(())
}

async fn say(prompt: &str, text: &str, place: &Place) -> Result<()> {
    let prompt = Replaceable::find(prompt)?;
    let Replaceable::Text(shipped) = prompt else {
        bail!("{} has no words", prompt.name());
    };
    let config = place.config()?;
    let data = DataFolder::open(&place.data)?;
    let Some(voice) = wiring::voice(&config, &data)? else {
        bail!("no voice is configured: set speech.voice_engine to \"program\" or \"openai\"");
    };
    let language = match shipped.language {
        SpokenLanguage::Russian => Language::Russian,
        SpokenLanguage::English => Language::English,
    };
    let words = spoken::sentence(language, text);
    let spoken = voice
        .speak(&words, wiring::spoken(language))
        .await
        .with_context(|| format!("{} did not speak it", voice.name()))?;
    let seconds = OwnPrompts::of(&data).install(prompt, spoken.to_wav())?;
    told(prompt, &format!("says {words:?} now ({seconds:.1} s)"));
    Ok(())
}
