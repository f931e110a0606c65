//! `mostik prompts`: what the line says, listed and replaced, by a file or by a voice.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use mostik_tests::fakes::fault::Fault;
use mostik_tests::fakes::openai::OpenAi;
use mostik_tests::needs;
use mostik_tests::world::run;

/// A tone as WAV: 16 bits, one channel.
fn wav(rate: u32, seconds: u32) -> Vec<u8> {
    let samples = (0..rate * seconds).map(|at| if at / 20 % 2 == 0 { 4_000_i16 } else { -4_000 });
    let data: Vec<u8> = samples.flat_map(i16::to_le_bytes).collect();
    let length = u32::try_from(data.len()).expect("short");
    let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
    file.extend(rate.to_le_bytes());
    file.extend((rate * 2).to_le_bytes());
    file.extend(b"\x02\0\x10\0data");
    file.extend(length.to_le_bytes());
    file.extend(data);
    file
}

struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new(config: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("mostik.toml"), config).expect("written");
        Self { folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    /// Runs `mostik prompts …` on this desk's data: status, output, complaint.
    async fn prompts(&self, arguments: &[&str]) -> (i32, String, String) {
        let place = ["--config", &self.path("mostik.toml"), "--data", &self.path("data")];
        let output = run(&[&["prompts"], arguments, &place].concat(), "").await;
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        let status = output.status.code().expect("no signal");
        (status, text(output.stdout), text(output.stderr))
    }

    async fn done(&self, arguments: &[&str]) -> String {
        let (status, out, err) = self.prompts(arguments).await;
        assert_eq!(status, 0, "{arguments:?}: {err}");
        format!("{out}{err}")
    }

    async fn refused(&self, arguments: &[&str]) -> String {
        let (status, out, err) = self.prompts(arguments).await;
        assert_eq!((status, out.as_str()), (1, ""), "{arguments:?}: {err}");
        assert!(err.starts_with("mostik: ") && err.trim_end().lines().count() == 1, "{err}");
        err
    }

    /// The line of one prompt in the list.
    async fn listed(&self, name: &str) -> String {
        let list = self.done(&[]).await;
        let line = list.lines().find(|line| line.split_whitespace().any(|word| word == name));
        line.unwrap_or_else(|| panic!("no {name} in {list}")).to_owned()
    }
}

#[tokio::test]
async fn a_recording_replaces_a_prompt_until_it_is_removed() {
    let desk = Desk::new("");
    let shipped = desk.listed("ru/welcome").await;
    assert!(shipped.starts_with("101 ") && shipped.contains("shipped"), "{shipped}");
    assert!(shipped.ends_with("Здравствуйте! Благодарим вас за звонок. Разговор записывается."));
    assert!(desk.listed("en/welcome").await.starts_with("501 "));
    let file = desk.path("mine.wav");
    std::fs::write(&file, wav(44_100, 2)).expect("written");
    for name in ["ru/welcome", "501", "tone"] {
        assert!(desk.done(&["set", name, &file]).await.contains("2.0 s"));
    }
    for name in ["ru/welcome", "en/welcome", "tone"] {
        let line = desk.listed(name).await;
        assert!(line.contains(" 2.0 s  own"), "{line}");
    }
    desk.done(&["remove", "ru/welcome"]).await;
    assert_eq!(desk.listed("ru/welcome").await, shipped);
    assert!(desk.refused(&["remove", "ru/welcome"]).await.contains("is not replaced"));
}

#[tokio::test]
async fn a_code_for_the_studio_is_new_each_time_and_for_its_owner_only() {
    let desk = Desk::new("");
    let mut codes = Vec::new();
    for _ in 0..2 {
        let said = desk.done(&["record"]).await;
        assert!(said.contains("Call prompts ") && said.contains("15 minutes"), "{said}");
        let code = said.split_whitespace().find(|word| word.parse::<u32>().is_ok());
        let code = code.unwrap_or_else(|| panic!("no code in {said}")).to_owned();
        assert_eq!(code.len(), 6, "{said}");
        let file = Path::new(&desk.path("data")).join("prompts.code");
        let kept = std::fs::read_to_string(&file).expect("written");
        assert!(kept.contains(&code), "{kept}");
        let mode = std::fs::metadata(&file).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        codes.push(code);
    }
    assert_ne!(codes[0], codes[1]);
    let nobody = Desk::new("[phone]\nstudio = ''\n");
    assert!(nobody.refused(&["record"]).await.contains("phone.studio is empty"));
    assert!(!Path::new(&nobody.path("data/prompts.code")).exists());
}

#[tokio::test]
async fn what_cannot_be_done_is_said_in_one_line() {
    let desk = Desk::new("");
    let (good, bad) = (desk.path("good.wav"), desk.path("bad.wav"));
    std::fs::write(&good, wav(8_000, 1)).expect("written");
    std::fs::write(&bad, "no audio").expect("written");
    for (arguments, why) in [
        (&["set", "ru/hello", &good] as &[&str], "no prompt \"ru/hello\""),
        (&["set", "../welcome", &good], "no prompt"),
        (&["set", "ru/welcome", &bad], "not a WAV file"),
        (&["set", "ru/welcome", "missing.wav"], "missing.wav"),
        (&["set", "ru/welcome", "/dev/zero"], "larger than"),
        (&["say", "ru/welcome", "Привет"], "no voice is configured"),
        (&["say", "tone", "Привет"], "tone has no words"),
    ] {
        let said = desk.refused(arguments).await;
        assert!(said.contains(why), "{why}: {said}");
    }
    assert!(!Path::new(&desk.path("data/prompts")).exists());
}

#[tokio::test]
async fn a_server_speaks_a_prompt_once_and_in_words() {
    let server = OpenAi::start().await;
    server.speaks(wav(24_000, 2));
    let desk = Desk::new(&format!(
        "[speech]\nvoice_engine = 'openai'\nvoice_url = '{}'\nvoice_key = '{}'\n\
         voice_model = 'tts-1'\nvoice_name_ru = 'nova'\nvoice_name_en = ''\n",
        server.url(),
        server.key()
    ));
    let text = "Ответим до 18:00, заказ № 5";
    for prompt in ["ru/closed", "ru/outage"] {
        let said = desk.done(&["say", prompt, text]).await;
        assert!(said.contains("Ответим до восемнадцати часов, заказ номер пять"), "{said}");
        assert!(desk.listed(prompt).await.contains(" own "));
    }
    let asked = server.requests();
    assert_eq!(asked.len(), 1, "the second time it was kept: {asked:?}");
    assert_eq!(asked[0].path, "/v1/audio/speech");
    assert_eq!(asked[0].body["input"], "Ответим до восемнадцати часов, заказ номер пять");
    assert_eq!(
        (&asked[0].body["voice"], &asked[0].body["model"]),
        (&"nova".into(), &"tts-1".into())
    );
    assert!(desk.refused(&["say", "en/closed", "Hello"]).await.contains("no voice is configured"));
    let long = "слово ".repeat(200);
    assert!(desk.refused(&["say", "ru/closed", &long]).await.contains("600 characters"));
    server.trouble("/audio/speech", Fault::TooManyRequests { retry_after: 7 }, 1);
    let before = desk.listed("ru/closed").await;
    let said = desk.refused(&["say", "ru/closed", "Сегодня закрыто"]).await;
    assert!(said.contains("cannot answer now: status 429"), "{said}");
    assert_eq!(desk.listed("ru/closed").await, before);
    let kept = std::fs::read_dir(desk.path("data/spoken")).expect("a folder").count();
    assert_eq!(kept, 1);
    server.assert_contract_kept();
}

#[tokio::test]
async fn the_doctor_listens_to_the_voice() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    std::fs::write(
        path("mostik.toml"),
        "[speech]\nvoice_engine = 'program'\nvoice_program_ru = ['false']\n[sip]\nlisten = []\n\
         [web]\nlisten = '127.0.0.1:0'\n",
    )
    .expect("written");
    let config = path("mostik.toml");
    let output = run(&["doctor", "--config", &config, "--data", &path("data")], "").await;
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    let line = |name: &str| said.lines().find(|line| line.contains(name)).unwrap_or_default();
    assert!(line("voice ru").starts_with("failure"), "{said}");
    assert!(line("voice ru").contains("false (program): the voice failed"), "{said}");
    assert!(line("voice en").contains("not configured"), "{said}");
    assert!(!Path::new(&path("data/spoken")).exists());
}

#[tokio::test]
async fn a_program_speaks_a_prompt() {
    needs!("text2wave", "ffmpeg");
    let desk = Desk::new(
        "[speech]\nvoice_engine = 'program'\n\
         voice_program_ru = ['text2wave', '-o', '{out}', '-eval', '(voice_msu_ru_nsh_clunits)']\n\
         voice_program_en = ['ffmpeg', '-f', 'lavfi', '-i', \
         'flite=textfile={text}:voice=slt', '{out}']\n",
    );
    desk.done(&["say", "ru/closed", "Сегодня мы работаем до 14:30."]).await;
    desk.done(&["say", "en/closed", "Today we are open until 14:30."]).await;
    for name in ["ru/closed", "en/closed"] {
        let line = desk.listed(name).await;
        let seconds = line.split_whitespace().nth(2).and_then(|it| it.parse::<f64>().ok());
        assert!(
            line.contains(" own ") && seconds.is_some_and(|it| (1.5..8.0).contains(&it)),
            "{line}"
        );
    }
}
