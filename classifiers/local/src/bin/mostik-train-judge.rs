//! Makes the judge of messages anew from its judged lines, and prints how often
//! it judges lines that it has not learnt from as their readers did. To be run
//! again whenever those lines, the cues of `mostik-text` or the encoder change.

use std::{error::Error, fs, path::Path};

use mostik_local::training::{Task, shipped_examples, shipped_judged, train_judge};

fn main() -> Result<(), Box<dyn Error>> {
    let judged = shipped_judged(&shipped_examples(Task::RootCause)?)?;
    let (bytes, shares) = train_judge(&judged);
    fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("models/judge.bin"), bytes)?;
    println!("{} messages, of every tenth what the others have taught:", judged.len());
    for (question, share) in shares {
        println!("{question}: {share:.3}");
    }
    Ok(())
}
