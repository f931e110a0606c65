//! Makes the reader of personal data of `mostik-text` anew from the marked
//! messages beside it, and prints how much it finds in messages it has not
//! learnt from. To be run again whenever those messages, the rules of redaction
//! or the training lines of this crate (from which it knows ordinary words) change.

use std::{error::Error, fs, path::Path};

use mostik_local::training::{Task, shipped_examples};
use mostik_text::tagger::{Lists, Marked, cross_validate, train};

fn main() -> Result<(), Box<dyn Error>> {
    let text_crate = Path::new(env!("CARGO_MANIFEST_DIR")).join("../text");
    let training = |file: &str| fs::read_to_string(text_crate.join("training").join(file));
    let mut lines = Vec::new();
    for file in ["personal_data_ru.txt", "personal_data_en.txt"] {
        let read = Marked::read_all(&training(file)?);
        lines.extend(read.map_err(|error| format!("{file}: {error}"))?);
    }
    let mut texts = Vec::new();
    for task in [Task::RootCause, Task::Stage] {
        texts.extend(shipped_examples(task)?.into_iter().map(|example| example.text));
    }
    let lists = Lists {
        texts,
        given_names: training("given_names.txt")?,
        surnames: training("surnames.txt")?,
    };
    fs::write(text_crate.join("models/personal_data.bin"), train(&lines, &lists))?;
    println!("{} messages, of every tenth what the others have taught:", lines.len());
    println!("{}", cross_validate(&lines, &lists));
    Ok(())
}
