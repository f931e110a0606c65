//! Prompts recorded by phone, over real sockets.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::Instant;

use async_trait::async_trait;
use mostik_gateway::{
    Clip, CompletedCall, Entry, HostError, NoMessageEnd, PromptText, Studio, Termination,
};

use crate::desk::{Desk, notes, speech};
use crate::phone::{PATIENCE, Phone};

const STAR: u8 = 10;
const POUND: u8 = 11;
const CODE: &str = "270615";

/// A studio that keeps takes as they are.
pub(crate) struct Booth {
    prompts: PathBuf,
    open: AtomicBool,
    wrong: AtomicU8,
}

impl Booth {
    pub(crate) fn new(prompts: PathBuf) -> Self {
        Self { prompts, open: AtomicBool::new(false), wrong: AtomicU8::new(0) }
    }

    fn is_good(&self) -> bool {
        self.open.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Studio for Booth {
    async fn is_open(&self) -> bool {
        self.is_good()
    }

    async fn enters(&self, code: &str) -> Entry {
        if code == CODE {
            return Entry::Open;
        }
        self.wrong.fetch_add(1, Ordering::SeqCst);
        Entry::Wrong
    }

    async fn finished(&self, take: Clip) -> Option<Clip> {
        (take.seconds() > 0.1).then_some(take)
    }

    async fn keep(&self, prompt: &'static PromptText, take: Clip) -> Result<(), HostError> {
        let whole = self.prompts.join(prompt.file());
        let part = whole.with_extension("part");
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 8_000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(&part, spec).map_err(HostError::new)?;
        for sample in take.samples() {
            writer.write_sample(*sample).map_err(HostError::new)?;
        }
        writer.finalize().map_err(HostError::new)?;
        std::fs::rename(part, whole).map_err(HostError::new)
    }

    async fn restore(&self, prompt: &'static PromptText) -> Result<(), HostError> {
        std::fs::remove_file(self.prompts.join(prompt.file())).map_err(HostError::new)
    }

    async fn left(&self) {
        self.open.store(false, Ordering::SeqCst);
    }
}

async fn calls(desk: &Desk, line: &str) -> Phone {
    let mut phone = Phone::new(desk.edge).await;
    let offer = phone.description();
    assert_eq!(phone.call(line, &offer).await, 200);
    phone
}

async fn keys(phone: &mut Phone, keys: &str) {
    for key in keys.chars() {
        let event = match key {
            '*' => STAR,
            '#' => POUND,
            digit => u8::try_from(digit.to_digit(10).expect("a digit")).expect("small"),
        };
        phone.press(event).await;
    }
}

/// Takes that are being made.
fn takes(directory: &Path) -> usize {
    let entries = std::fs::read_dir(directory.join("calls")).expect("a directory");
    let names = entries.flatten().map(|entry| entry.file_name());
    names.filter(|name| name.to_string_lossy().starts_with("studio_")).count()
}

/// Speaks while it is recorded, in real time.
async fn records(phone: &mut Phone, directory: &Path, octets: &[u8]) {
    let deadline = Instant::now() + PATIENCE;
    while takes(directory) == 0 {
        assert!(Instant::now() < deadline, "nothing is recorded");
        tokio::task::yield_now().await;
    }
    phone.say_slowly(octets).await;
    keys(phone, "#").await;
}

fn visit_ended(call: &CompletedCall) {
    assert_eq!(call.termination, Termination::NoMessage(NoMessageEnd::Studio));
    assert_eq!((call.line.as_str(), call.keys.as_str()), ("studio", ""));
    assert_eq!((call.recording.as_ref(), call.tone_at), (None, None));
}

/// The beginning may be said before the recording has begun.
fn most_of(octets: &[u8]) -> &[u8] {
    &octets[1_600..]
}

#[tokio::test]
async fn a_recorded_prompt_is_heard_from_the_next_call_on_until_it_is_restored() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::open(directory.path(), 30_000, 0).await;
    desk.studio.open.store(true, Ordering::SeqCst);
    let mut admin = calls(&desk, "studio").await;
    keys(&mut admin, "123456#").await;
    keys(&mut admin, CODE).await;
    keys(&mut admin, "#101#1").await;
    records(&mut admin, directory.path(), &speech()).await;
    admin.hears(most_of(&speech())).await;
    assert!(desk.studio.wrong.load(Ordering::SeqCst) == 1 && takes(directory.path()) == 0);
    keys(&mut admin, "1").await;
    let file = directory.path().join("prompts/ru/welcome.wav");
    let shipped = std::fs::read(&file).expect("the short one");
    let deadline = Instant::now() + PATIENCE;
    while std::fs::read(&file).expect("never missing") == shipped {
        assert!(Instant::now() < deadline, "it is not kept");
        tokio::task::yield_now().await;
    }

    // While she is still there, the next caller hears it.
    let mut caller = calls(&desk, "support").await;
    caller.hears(most_of(&speech())).await;
    caller.hang_up().await;
    desk.next_call().await;

    keys(&mut admin, "101#").await;
    admin.hears(most_of(&speech())).await;
    keys(&mut admin, "2").await;
    while file.exists() {
        assert!(Instant::now() < deadline, "it is not restored");
        tokio::task::yield_now().await;
    }
    let caller = calls(&desk, "support").await;
    caller.hears(&shipped_welcome()).await;
    admin.hang_up().await;
    visit_ended(&desk.next_call().await);
    assert!(!desk.studio.is_good(), "the code is used");
    assert_eq!(Phone::new(desk.edge).await.call("studio", &admin.description()).await, 404);
}

/// µ-law octets of the beginning of the prompt that ships.
fn shipped_welcome() -> Vec<u8> {
    let wav = include_bytes!("../../prompts/ru/welcome.wav");
    wav[2_000..10_000].to_vec()
}

#[tokio::test]
async fn three_wrong_codes_end_the_call() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::open(directory.path(), 30_200, 0).await;
    let offer = Phone::new(desk.edge).await.description();
    assert_eq!(Phone::new(desk.edge).await.call("studio", &offer).await, 404);
    desk.next_call().await;
    desk.studio.open.store(true, Ordering::SeqCst);
    let mut guesser = calls(&desk, "studio").await;
    keys(&mut guesser, "270614#2706150#27061#").await;
    guesser.wait_for_bye().await;
    visit_ended(&desk.next_call().await);
    assert_eq!(desk.studio.wrong.load(Ordering::SeqCst), 3);
    assert!(desk.studio.is_good(), "she never was inside");
}

#[tokio::test]
async fn hanging_up_while_recording_keeps_nothing() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::open(directory.path(), 30_400, 0).await;
    desk.studio.open.store(true, Ordering::SeqCst);
    let file = directory.path().join("prompts/en/thanks.wav");
    let before = std::fs::read(&file).expect("the short one");
    let mut admin = calls(&desk, "studio").await;
    keys(&mut admin, &format!("{CODE}#515#1")).await;
    let deadline = Instant::now() + PATIENCE;
    while takes(directory.path()) == 0 {
        assert!(Instant::now() < deadline, "nothing is recorded");
        tokio::task::yield_now().await;
    }
    admin.say(&speech()).await;
    admin.hang_up().await;
    visit_ended(&desk.next_call().await);
    assert_eq!(std::fs::read(&file).expect("there"), before);
    assert_eq!(takes(directory.path()), 0);
    assert_eq!(notes(directory.path()), []);
}

#[tokio::test]
async fn a_file_that_is_put_there_is_heard_from_the_next_call_on_and_a_damaged_one_is_not() {
    let directory = tempfile::tempdir().expect("a directory");
    let prompts = directory.path().join("own");
    let mut desk = Desk::open_with(directory.path(), 30_600, 0, Some(prompts.clone())).await;
    let put = |content: &[u8]| {
        std::fs::create_dir_all(prompts.join("ru")).expect("made");
        std::fs::write(prompts.join("ru/part"), content).expect("written");
        std::fs::rename(prompts.join("ru/part"), prompts.join("ru/welcome.wav")).expect("named");
    };
    let mut caller = calls(&desk, "support").await;
    caller.hears(&shipped_welcome()).await;
    caller.hang_up().await;
    desk.next_call().await;
    let own = include_bytes!("../../prompts/en/closed.wav");
    for content in [own as &[u8], b"no audio"] {
        put(content);
        let mut caller = calls(&desk, "support").await;
        caller.hears(&own[2_000..10_000]).await;
        caller.hang_up().await;
        desk.next_call().await;
    }
}
