//! Chromium without a screen, through ChromeDriver
//! (WebDriver: <https://www.w3.org/TR/webdriver2/>).

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::eventually::eventually;
use crate::needs::{find_program, repository};
use crate::ports::PortBlock;

const PATIENCE: Duration = Duration::from_mins(1);
/// How long a page may take to show what a test waits for.
const APPEARANCE: Duration = Duration::from_secs(20);
/// The name WebDriver gives to element references in JSON.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Nothing but the page under test is asked for; the profile is empty and thrown away.
const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-device-scale-factor=1",
];

/// Runs the driver, and when its standard input ends (the window is dropped, or the test process is
/// gone, however it ended) ends the driver and the browser with this profile, which ChromeDriver
/// would leave behind, and removes the profile.
const KEEPER: &str = r#"
trap '' INT
profile=$1; shift
"$@" > /dev/null 2>&1 &
driver=$!
cat > /dev/null
kill "$driver"
for process in /proc/[0-9]*; do
    if tr '\0' ' ' < "$process/cmdline" 2> /dev/null | grep -qF -- "--user-data-dir=$profile "; then
        kill -s KILL "${process##*/}" 2> /dev/null
    fi
done
rm -rf "$profile"
"#;

/// Keys that are not letters, for [`Browser::presses`].
pub mod key {
    /// Return.
    pub const ENTER: &str = "\u{e007}";
    /// Tabulator.
    pub const TAB: &str = "\u{e004}";
    /// Escape.
    pub const ESCAPE: &str = "\u{e00c}";
    /// Arrow down.
    pub const DOWN: &str = "\u{e015}";
    /// Arrow up.
    pub const UP: &str = "\u{e013}";
}

/// A browser window. Closed when dropped.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    port: u16,
    session: String,
    keeper: Child,
    _ports: PortBlock,
}

impl Browser {
    /// Opens a window that prefers this language (`ru`, `en`); the test
    /// `needs!("chromedriver", "chromium")`.
    ///
    /// # Panics
    /// When the browser does not start.
    pub async fn open_in(language: &str) -> Self {
        let ports = PortBlock::take();
        let port = ports.single();
        // Removed by the keeper, which outlives this process.
        let profile = tempfile::Builder::new().prefix("mostik-browser-").tempdir();
        let profile = profile.expect("a profile").keep();
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER, "keeper"]).arg(&profile).arg("chromedriver");
        keeper.arg(format!("--port={port}")).arg("--log-level=SEVERE");
        let keeper = keeper.stdin(Stdio::piped()).spawn().expect("a shell");
        let client = crate::http::client(PATIENCE);
        let base = format!("http://127.0.0.1:{port}");
        eventually("ChromeDriver to be ready", PATIENCE, async || {
            client.get(format!("{base}/status")).send().await.map(drop)
        })
        .await;
        let capabilities = capabilities(&profile, language);
        let answer = client.post(format!("{base}/session")).json(&capabilities).send().await;
        let answer: Value = answer.expect("a session").json().await.expect("a session's JSON");
        let session = answer["value"]["sessionId"].as_str();
        let session = session.unwrap_or_else(|| panic!("no browser: {answer}")).to_owned();
        Self { client, port, session, keeper, _ports: ports }
    }

    /// Goes to an address and waits until it is loaded.
    pub async fn goes_to(&self, url: &str) {
        self.must(Method::POST, "/url", &json!({ "url": url })).await;
    }

    /// The address now shown.
    pub async fn address(&self) -> String {
        text(&self.must(Method::GET, "/url", &Value::Null).await)
    }

    /// The page's title.
    pub async fn title(&self) -> String {
        text(&self.must(Method::GET, "/title", &Value::Null).await)
    }

    /// Waits until an element with this CSS selector is there.
    pub async fn sees(&self, selector: &str) -> Element<'_> {
        eventually(&format!("«{selector}» on the page"), APPEARANCE, async || {
            self.find(selector).await
        })
        .await
    }

    /// Waits until the visible text of the page contains `words`.
    pub async fn reads(&self, words: &str) {
        eventually(&format!("«{words}» on the page"), APPEARANCE, async || {
            let shown = self.text("body").await?;
            if shown.contains(words) { Ok(()) } else { Err(shown) }
        })
        .await;
    }

    /// The visible text of the first element with this selector, if there is one.
    pub async fn text(&self, selector: &str) -> Result<String, String> {
        let element = self.find(selector).await?;
        let path = format!("/element/{}/text", element.id);
        self.command(Method::GET, &path, &Value::Null).await.map(|value| text(&value))
    }

    /// How many elements have this selector.
    pub async fn count(&self, selector: &str) -> usize {
        let asked = json!({ "using": "css selector", "value": selector });
        let found = self.must(Method::POST, "/elements", &asked).await;
        found.as_array().map_or(0, Vec::len)
    }

    /// Presses keys on whatever has the focus.
    pub async fn presses(&self, keys: &str) {
        let actions: Vec<Value> = keys
            .chars()
            .flat_map(|key| {
                let key = key.to_string();
                [
                    json!({ "type": "keyDown", "value": key }),
                    json!({ "type": "keyUp", "value": key }),
                ]
            })
            .collect();
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": actions });
        self.must(Method::POST, "/actions", &json!({ "actions": [keyboard] })).await;
    }

    /// Gives the page this size in CSS pixels: 390×844 is a telephone.
    pub async fn resizes(&self, width: u32, height: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1,
            "mobile": width < 600 });
        let asked = json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": metrics });
        self.must(Method::POST, "/goog/cdp/execute", &asked).await;
    }

    /// Runs JavaScript and returns what it returns.
    pub async fn runs(&self, script: &str) -> Value {
        self.must(Method::POST, "/execute/sync", &json!({ "script": script, "args": [] })).await
    }

    /// Saves a picture of the window to `target/screenshots/NAME.png`, and returns its path.
    ///
    /// # Panics
    /// When it cannot be saved.
    pub async fn screenshot(&self, name: &str) -> PathBuf {
        let picture = text(&self.must(Method::GET, "/screenshot", &Value::Null).await);
        let folder = repository().join("target/screenshots");
        std::fs::create_dir_all(&folder).expect("a folder for pictures");
        let file = folder.join(format!("{name}.png"));
        std::fs::write(&file, STANDARD.decode(picture).expect("base64")).expect("a picture");
        file
    }

    async fn find(&self, selector: &str) -> Result<Element<'_>, String> {
        let asked = json!({ "using": "css selector", "value": selector });
        let found = self.command(Method::POST, "/element", &asked).await?;
        Ok(Element { browser: self, id: text(&found[ELEMENT]), selector: selector.to_owned() })
    }

    async fn must(&self, method: Method, path: &str, body: &Value) -> Value {
        let answer = self.command(method, path, body).await;
        answer.unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    async fn command(&self, method: Method, path: &str, body: &Value) -> Result<Value, String> {
        let url = format!("http://127.0.0.1:{}/session/{}{path}", self.port, self.session);
        let mut request = self.client.request(method, url);
        if !body.is_null() {
            request = request.json(body);
        }
        let answer = request.send().await.map_err(|error| error.to_string())?;
        let mut answer: Value = answer.json().await.map_err(|error| error.to_string())?;
        match answer["value"]["error"].as_str() {
            Some(error) => Err(format!("{error}: {}", answer["value"]["message"])),
            None => Ok(answer["value"].take()),
        }
    }
}

/// An element of the page.
#[derive(Debug)]
pub struct Element<'b> {
    browser: &'b Browser,
    id: String,
    selector: String,
}

impl Element<'_> {
    /// Clicks it.
    pub async fn click(&self) {
        self.must(Method::POST, "click", &json!({})).await;
    }

    /// Types into it.
    pub async fn types(&self, text: &str) {
        self.must(Method::POST, "value", &json!({ "text": text })).await;
    }

    /// Empties a field.
    pub async fn clears(&self) {
        self.must(Method::POST, "clear", &json!({})).await;
    }

    /// Its visible text.
    pub async fn text(&self) -> String {
        text(&self.must(Method::GET, "text", &Value::Null).await)
    }

    /// An attribute, if it has it.
    pub async fn attribute(&self, name: &str) -> Option<String> {
        let value = self.must(Method::GET, &format!("attribute/{name}"), &Value::Null).await;
        value.as_str().map(str::to_owned)
    }

    async fn must(&self, method: Method, act: &str, body: &Value) -> Value {
        let path = format!("/element/{}/{act}", self.id);
        let answer = self.browser.command(method, &path, body).await;
        answer.unwrap_or_else(|error| panic!("«{}» {act}: {error}", self.selector))
    }
}

impl Drop for Browser {
    /// The end of its standard input is the keeper's sign.
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        if let Err(error) = self.keeper.wait() {
            crate::needs::say(&format!("the browser was not closed: {error}"));
        }
    }
}

fn capabilities(profile: &Path, language: &str) -> Value {
    let mut flags: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
    flags.push(format!("--user-data-dir={}", profile.display()));
    flags.push(format!("--lang={language}"));
    flags.push("--window-size=1280,900".to_owned());
    json!({ "capabilities": { "alwaysMatch": {
        "browserName": "chrome",
        "goog:chromeOptions": {
            "args": flags, "binary": find_program("chromium"),
            "prefs": { "intl.accept_languages": language },
        },
    } } })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
