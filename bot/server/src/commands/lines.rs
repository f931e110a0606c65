//! JSONL in, JSONL out, as the lines come: answered side by side on all cores,
//! given out in their order, with only a few batches in memory at a time.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read as _},
    num::NonZero,
    path::PathBuf,
    process::ExitCode,
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

/// Longer lines are no messages.
const LONGEST_LINE: u64 = 1 << 20;
/// Lines that one thread takes at once; fewer when no more have come yet.
const BATCH: usize = 64;
/// Batches read ahead, for each thread.
const AHEAD: usize = 2;
/// Broken lines that are told one by one.
const TOLD: usize = 20;

/// One text to work on.
#[derive(Debug, Deserialize)]
pub(super) struct Line {
    /// Comes back with the answer, whatever it is.
    #[serde(default)]
    pub(super) id: serde_json::Value,
    /// The text.
    pub(super) text: String,
}

/// One answer as its line of JSON.
pub(super) fn answer(answer: &impl Serialize) -> Result<String> {
    Ok(serde_json::to_string(answer)?)
}

/// Writes a report to stdout; who reads it may have seen enough.
pub(super) fn tell(report: &str) -> Result<()> {
    match io::Write::write_all(&mut io::stdout().lock(), report.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// One thread for each core.
pub(super) fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// A line as it was read, or what is wrong with it.
type Read = Result<Line, String>;
/// The answer to a line, or why there is none.
type Answered = Result<String, String>;
type Answer = dyn Fn(Vec<Line>) -> Vec<Result<String>> + Send + Sync;

struct Batch {
    lines: Vec<Read>,
    answers: SyncSender<Vec<Answered>>,
}

/// Answers one file of JSONL, plain arguments, or standard input, by so many
/// threads. A broken line is told on stderr and leaves the others theirs.
pub(super) fn answer_each(
    arguments: &[String],
    threads: usize,
    answer: impl Fn(Line) -> Result<String> + Send + Sync + 'static,
) -> Result<ExitCode> {
    answer_together(arguments, threads, move |lines| lines.into_iter().map(&answer).collect())
}

/// The same for who has a cheaper way with several lines: gets as many as have
/// come together and gives one answer for each, in their order.
pub(super) fn answer_together(
    arguments: &[String],
    threads: usize,
    answer: impl Fn(Vec<Line>) -> Vec<Result<String>> + Send + Sync + 'static,
) -> Result<ExitCode> {
    let source = Source::of(arguments)?;
    let (to_threads, batches) = sync_channel::<Batch>(threads * AHEAD);
    let (in_order, answered) = sync_channel(threads * AHEAD);
    let (batches, answer): (_, Arc<Answer>) = (Arc::new(Mutex::new(batches)), Arc::new(answer));
    for _ in 0..threads {
        let (batches, answer) = (batches.clone(), answer.clone());
        thread::spawn(move || work(&batches, &*answer));
    }
    // Left alone when nobody reads the answers any more: it may wait for input for ever.
    let reader = thread::spawn(move || source.read(&mut Batches { to_threads, in_order }));
    let broken = write(&answered)?;
    let Some(broken) = broken else { return Ok(ExitCode::SUCCESS) };
    match reader.join() {
        Ok(read) => read?,
        Err(_) => bail!("reading broke off"),
    }
    Ok(if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn work(batches: &Mutex<Receiver<Batch>>, answer: &Answer) {
    loop {
        let next = batches.lock().ok().and_then(|batches| batches.recv().ok());
        let Some(batch) = next else { return };
        // Nobody waits for it when the answers are not read any more.
        let _ = batch.answers.send(answered(batch.lines, answer));
    }
}

/// Answers the good lines together; broken ones keep their place.
fn answered(lines: Vec<Read>, answer: &Answer) -> Vec<Answered> {
    let broken: Vec<Option<String>> =
        lines.iter().map(|line| line.as_ref().err().cloned()).collect();
    let mut answers = answer(lines.into_iter().flatten().collect()).into_iter();
    let told = |answer: Option<Result<String>>| match answer {
        Some(answer) => answer.map_err(|error| format!("{error:#}")),
        None => Err("no answer".to_owned()),
    };
    broken.into_iter().map(|broken| broken.map_or_else(|| told(answers.next()), Err)).collect()
}

/// Writes all answers; how many lines were broken, or none when who reads us
/// has heard enough: `mostik classify … | head`.
fn write(answered: &Receiver<Receiver<Vec<Answered>>>) -> Result<Option<usize>> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut broken = 0;
    for batch in answered {
        let batch = batch.recv().context("answering broke off")?;
        match write_batch(&batch, &mut out, &mut broken) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(None),
            written => written?,
        }
    }
    if broken > TOLD {
        eprintln!("mostik: {} more lines could not be answered", broken - TOLD);
    }
    Ok(Some(broken))
}

fn write_batch(batch: &[Answered], out: &mut impl io::Write, broken: &mut usize) -> io::Result<()> {
    for answered in batch {
        match answered {
            Ok(line) => writeln!(out, "{line}")?,
            Err(why) => {
                *broken += 1;
                if *broken <= TOLD {
                    eprintln!("mostik: {}", why.split_whitespace().collect::<Vec<_>>().join(" "));
                }
            }
        }
    }
    out.flush()
}

enum Source {
    Stdin,
    File(File, String),
    Texts(Vec<String>),
}

impl Source {
    /// A lone argument that names a file is read; anything else is a text.
    fn of(arguments: &[String]) -> Result<Self> {
        Ok(match arguments {
            [] => Self::Stdin,
            [file] if is_file_name(file) => {
                let opened = File::open(file).with_context(|| format!("cannot read {file}"))?;
                Self::File(opened, file.clone())
            }
            texts => Self::Texts(texts.to_vec()),
        })
    }

    fn read(self, batches: &mut Batches) -> Result<()> {
        match self {
            Self::Stdin => {
                read_lines(BufReader::new(io::stdin().lock()), "standard input", batches)
            }
            Self::File(file, name) => read_lines(BufReader::new(file), &name, batches),
            Self::Texts(texts) => {
                let lines = texts.into_iter().zip(1_u64..);
                let lines = lines.map(|(text, number)| Ok(Line { id: number.into(), text }));
                batches.put(lines.collect());
                Ok(())
            }
        }
    }
}

fn is_file_name(argument: &str) -> bool {
    PathBuf::from(argument).is_file()
        || [".jsonl", ".json"].iter().any(|ending| argument.ends_with(ending))
}

/// Where batches go: to the threads, and their answers' places in order.
struct Batches {
    to_threads: SyncSender<Batch>,
    in_order: SyncSender<Receiver<Vec<Answered>>>,
}

impl Batches {
    /// Waits while enough is read ahead. False when nobody wants more.
    fn put(&mut self, lines: Vec<Read>) -> bool {
        let (answers, place) = sync_channel(1);
        self.in_order.send(place).is_ok() && self.to_threads.send(Batch { lines, answers }).is_ok()
    }
}

fn read_lines<R: io::Read>(
    mut input: BufReader<R>,
    name: &str,
    batches: &mut Batches,
) -> Result<()> {
    let mut lines = Vec::new();
    for number in 1_u64.. {
        let Some(bytes) = next_line(&mut input).with_context(|| format!("cannot read {name}"))?
        else {
            break;
        };
        if !bytes.iter().all(u8::is_ascii_whitespace) {
            lines.push(parse(&bytes).map_err(|why| format!("{name}, line {number}: {why}")));
        }
        // What has come is answered before waiting for more.
        let more_is_here = input.buffer().contains(&b'\n');
        if (lines.len() == BATCH || !more_is_here)
            && !lines.is_empty()
            && !batches.put(std::mem::take(&mut lines))
        {
            return Ok(());
        }
    }
    if !lines.is_empty() {
        batches.put(lines);
    }
    Ok(())
}

/// The next line, cut where it is longer than a message can be; none at the end.
pub(super) fn next_line(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let read = input.by_ref().take(LONGEST_LINE + 1).read_until(b'\n', &mut bytes)?;
    if read == 0 {
        return Ok(None);
    }
    if bytes.len() as u64 > LONGEST_LINE && bytes.last() != Some(&b'\n') {
        input.skip_until(b'\n')?;
    }
    Ok(Some(bytes))
}

/// Reads one line of JSON; what is wrong with it without its words.
pub(super) fn parse<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, String> {
    if bytes.len() as u64 > LONGEST_LINE {
        return Err(format!("longer than {LONGEST_LINE} bytes"));
    }
    serde_json::from_slice(bytes).map_err(|error| format!("not like {{\"id\",\"text\"}}: {error}"))
}
