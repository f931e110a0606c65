use std::{net::SocketAddr, path::Path, time::Duration};

use anyhow::{Context as _, Result, ensure};
use mostik_media::Clip;
use mostik_speech::ModelStore;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::phone;

/// A shipped recording, who calls with it, and what is said.
struct Caller {
    name: &'static str,
    number: &'static str,
    words: &'static str,
    wav: &'static [u8],
}

const CALLERS: [Caller; 2] = [
    Caller {
        name: "Мария",
        number: "79990000001",
        words: "о доставке, по-русски",
        wav: include_bytes!("../../../demo/ru-delivery-1.wav"),
    },
    Caller {
        name: "Ольга",
        number: "79990000002",
        words: "о той же доставке, теми же словами",
        wav: include_bytes!("../../../demo/ru-delivery-2.wav"),
    },
];

/// What is written on the site, in both languages.
const MESSAGES: [(&str, &str); 3] = [
    ("Anna", "I was charged a delivery fee of 9 euros although the site promised free shipping."),
    ("Пётр", "Не могу найти кнопку оплаты: на телефоне она спрятана под баннером."),
    ("Kate", "The parcel has not arrived, the courier is a week late and nobody answers."),
];

/// The greeting must be over and the tone sounded before the recording begins.
const GREETING: Duration = Duration::from_secs(20);
const MODEL_WITHIN: Duration = Duration::from_mins(4);
const FILED_WITHIN: Duration = Duration::from_mins(1);

/// The whole story; fails where it does not come out as told.
pub(super) async fn live(web: u16, sip: u16, data: &Path, models: &Path) -> Result<()> {
    let desk = Desk::new(web, data)?;
    let hears = get_model(models).await;
    println!("1. Two customers call about the same parcel service.");
    let line = SocketAddr::from(([127, 0, 0, 1], sip));
    let calls = CALLERS.iter().map(|caller| call(line, caller));
    futures::future::try_join_all(calls).await?;
    println!("2. Three write on the site.");
    let mut pages = Vec::new();
    for (name, text) in MESSAGES {
        pages.push(desk.write(name, text).await?);
    }
    println!("3. Each is answered with a promise, its cause found, its owner told:");
    let expected = MESSAGES.len() + if hears { CALLERS.len() } else { 0 };
    let feedback = desk.settled(expected).await?;
    for one in &feedback {
        println!("   {}", in_one_line(one));
    }
    let problems = desk.get("/api/v1/problems").await?;
    println!("4. Owners react on the board:");
    let expected = desk.owners_react(&problems).await?;
    println!("5. The stages they have come to, each with its evidence:");
    for problem in desk.judged(&expected).await? {
        println!("   {:13} {}", text(&problem, "/acceptance/stage"), text(&problem, "/title"));
    }
    println!("6. A customer's own page, without any login: {}", pages.join("  "));
    Ok(())
}

/// Whether calls can be turned into words: the model is fetched where it is missing.
async fn get_model(folder: &Path) -> bool {
    let models = ModelStore::new(folder);
    if models.folder("whisper-base").is_some() {
        return true;
    }
    println!("0. Getting the speech model (147 MB, once) …");
    let until = Instant::now() + MODEL_WITHIN;
    while Instant::now() < until {
        if models.folder("whisper-base").is_some() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    println!("   It cannot be had now: the calls will wait at the desk, with their audio.");
    false
}

async fn call(line: SocketAddr, caller: &Caller) -> Result<()> {
    println!("   {} ({})", caller.name, caller.words);
    let recording = Clip::from_wav(caller.wav).context("a shipped recording")?;
    phone::call(line, "support", caller.number, recording.samples(), GREETING).await
}

struct Desk {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Desk {
    fn new(web: u16, data: &Path) -> Result<Self> {
        let token = std::fs::read_to_string(data.join("admin.token"))?.trim().to_owned();
        let http = reqwest::Client::builder().timeout(Duration::from_secs(10)).build()?;
        Ok(Self { http, url: format!("http://127.0.0.1:{web}"), token })
    }

    async fn get(&self, path: &str) -> Result<Value> {
        let request = self.http.get(format!("{}{path}", self.url)).bearer_auth(&self.token);
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    /// Writes as a customer; returns her page.
    async fn write(&self, name: &str, words: &str) -> Result<String> {
        println!("   {name}: {words}");
        let body = json!({ "text": words, "from": { "name": name }, "page": "/checkout" });
        let request = self.http.post(format!("{}/api/v1/messages", self.url)).json(&body);
        let captured: Value = request.send().await?.error_for_status()?.json().await?;
        Ok(text(&captured, "/page").to_owned())
    }

    /// Waits until that many are filed or wait for a person.
    async fn settled(&self, expected: usize) -> Result<Vec<Value>> {
        let until = Instant::now() + FILED_WITHIN;
        loop {
            let all = self.get("/api/v1/feedback").await?;
            let settled: Vec<Value> = items(&all)
                .iter()
                .filter(|one| matches!(text(one, "/state"), "filed" | "needs_review"))
                .cloned()
                .collect();
            if settled.len() >= expected {
                return Ok(settled);
            }
            ensure!(Instant::now() < until, "{} of {expected} came through", settled.len());
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Waits until each problem has come to its expected stage.
    async fn judged(&self, expected: &[(String, &str)]) -> Result<Vec<Value>> {
        let until = Instant::now() + FILED_WITHIN;
        loop {
            let problems = self.get("/api/v1/problems").await?;
            let reached = |(id, stage): &(String, &str)| {
                let same = |problem: &&Value| text(problem, "/id") == id;
                let problem = items(&problems).iter().find(same);
                problem.is_some_and(|problem| text(problem, "/acceptance/stage") == *stage)
            };
            if expected.iter().all(reached) {
                return Ok(items(&problems).to_vec());
            }
            ensure!(Instant::now() < until, "an owner's reaction was not understood");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// One team fixes it, the next declines with a reason, the third has no time;
    /// returns the stage that each problem should come to.
    async fn owners_react(&self, problems: &Value) -> Result<Vec<(String, &'static str)>> {
        let mut expected = Vec::new();
        for (turn, problem) in items(problems).iter().enumerate() {
            let Some(issue) = problem.pointer("/issue/url").and_then(Value::as_str) else {
                continue;
            };
            let team = text(problem, "/owner_team");
            let stage = match turn % 3 {
                0 => {
                    println!("   {team}: confirms, works, and has it fixed");
                    self.press(issue, "move", &[("column", "accepted")]).await?;
                    self.press(issue, "move", &[("column", "in_work")]).await?;
                    self.press(issue, "done", &[]).await?;
                    "evangelism"
                }
                1 => {
                    println!("   {team}: declines, and says why");
                    let why = "Работает как задумано, менять не планируем.";
                    self.press(issue, "decline", &[("text", why)]).await?;
                    "denial"
                }
                _ => {
                    println!("   {team}: understands, but has no time now");
                    let later = "Понимаем, но сейчас нет времени: займёмся в следующем квартале.";
                    self.press(issue, "comment", &[("text", later)]).await?;
                    "comprehension"
                }
            };
            expected.push((text(problem, "/id").to_owned(), stage));
        }
        Ok(expected)
    }

    async fn press(&self, issue: &str, button: &str, form: &[(&str, &str)]) -> Result<()> {
        let request =
            self.http.post(format!("{issue}/{button}")).bearer_auth(&self.token).form(form);
        request.send().await?.error_for_status()?;
        Ok(())
    }
}

fn in_one_line(feedback: &Value) -> String {
    format!(
        "{:8} {:13} {:9} → {:12} {}",
        text(feedback, "/channel"),
        text(feedback, "/state"),
        text(feedback, "/classification/root_cause"),
        text(feedback, "/owner_team"),
        text(feedback, "/issue/url"),
    )
}

fn items(page: &Value) -> &[Value] {
    page["items"].as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or("–")
}
