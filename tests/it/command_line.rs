//! The commands as a person or a script uses them.

use std::fmt::Write as _;
use std::path::Path;

use mostik_tests::fakes::openai::OpenAi;
use mostik_tests::needs::{repository, speech_models};
use mostik_tests::world::run;
use mostik_tests::{World, needs};
use serde_json::{Value, json};

/// What a terminal shows at once.
const SCREEN: usize = 40;
const COMMANDS: [&[&str]; 17] = [
    &[],
    &["serve"],
    &["demo"],
    &["init"],
    &["doctor"],
    &["classify"],
    &["stage"],
    &["eval"],
    &["train"],
    &["transcribe"],
    &["redact"],
    &["models"],
    &["models", "get"],
    &["prompts"],
    &["prompts", "set"],
    &["prompts", "say"],
    &["prompts", "remove"],
];

/// How a command ended.
struct Ran {
    status: i32,
    stdout: String,
    stderr: String,
}

async fn mostik(arguments: &[&str], input: &str) -> Ran {
    let output = run(arguments, input).await;
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    let status = output.status.code().expect("no signal");
    Ran { status, stdout: text(output.stdout), stderr: text(output.stderr) }
}

impl Ran {
    /// It did what it was asked for, and said nothing besides.
    fn lines(self) -> Vec<Value> {
        assert_eq!((self.status, self.stderr.as_str()), (0, ""), "{}", self.stdout);
        let read =
            |line: &str| serde_json::from_str(line).unwrap_or_else(|it| panic!("{it}: {line}"));
        self.stdout.lines().map(read).collect()
    }

    /// It failed, and says so in one line.
    fn failure(self) -> String {
        assert_eq!(self.status, 1, "{}{}", self.stdout, self.stderr);
        assert_eq!(self.stderr.trim_end().lines().count(), 1, "{}", self.stderr);
        assert!(self.stderr.starts_with("mostik: "), "{}", self.stderr);
        self.stderr
    }
}

#[tokio::test]
async fn help_fits_a_screen_and_wrong_use_is_status_two() {
    for command in COMMANDS {
        let help = mostik(&[command, &["--help"]].concat(), "").await;
        assert_eq!((help.status, help.stderr.as_str()), (0, ""), "{command:?}");
        let lines = help.stdout.lines().count();
        assert!((3..=SCREEN).contains(&lines), "{command:?} needs {lines} lines");
    }
    let wrong: [&[&str]; 6] = [
        &["nonsense"],
        &["serve", "--role", "cook"],
        &["classify", "--classifier", "magic", "text"],
        &["transcribe"],
        &["models", "get"],
        &["redact", "--loud"],
    ];
    for arguments in wrong {
        let ran = mostik(arguments, "").await;
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("--help"), "{}", ran.stderr);
    }
}

#[tokio::test]
async fn init_writes_what_serve_reads_and_replaces_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("mostik.toml");
    let name = file.to_string_lossy().into_owned();
    let ran = mostik(&["init", &name], "").await;
    assert_eq!((ran.status, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
    let written = std::fs::read_to_string(&file).expect("a file");
    written.parse::<toml::Table>().expect("TOML");
    assert!(written.lines().filter(|line| line.starts_with('#')).count() > 40, "commented");
    let classified = ["classify", "--config", &name, "The courier never came"];
    assert_eq!(mostik(&classified, "").await.lines()[0]["root_cause"], "delivery");
    std::fs::write(&file, "# mine").expect("written");
    assert!(mostik(&["init", &name], "").await.failure().contains("never replaced"));
    assert_eq!(std::fs::read_to_string(&file).expect("a file"), "# mine");
}

#[tokio::test]
async fn classify_takes_lines_files_and_arguments() {
    let input = "{\"id\":\"a\",\"text\":\"Курьер не приехал, жду заказ три дня\"}\n\n\
                 {\"id\":7,\"text\":\"The discount did not work, I was charged twice\",\"more\":1}\n";
    let lines = mostik(&["classify"], input).await.lines();
    let seen: Vec<_> =
        lines.iter().map(|it| (&it["id"], &it["root_cause"], &it["language"])).collect();
    let expected = [
        (&Value::from("a"), &Value::from("delivery"), &Value::from("ru")),
        (&Value::from(7), &Value::from("pricing"), &Value::from("en")),
    ];
    assert_eq!(seen, expected);
    for line in &lines {
        let best = &line["causes"][0];
        assert_eq!(
            (&best["root_cause"], &best["score"]),
            (&line["root_cause"], &line["confidence"])
        );
        assert!(line["evidence"].as_array().is_some_and(|it| !it.is_empty()), "{line}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("messages.jsonl");
    std::fs::write(&file, input).expect("written");
    assert_eq!(mostik(&["classify", &file.to_string_lossy()], "").await.lines(), lines);
    let said = mostik(&["classify", "--classifier", "local", "The courier never came", "Hm"], "");
    assert_eq!(said.await.lines().len(), 2);
}

#[tokio::test]
async fn hostile_lines_fail_in_one_line() {
    let long = format!("{{\"id\":1,\"text\":\"{}\"}}", "a".repeat(2 << 20));
    let deep = format!("{{\"id\":{}1{},\"text\":\"a\"}}", "[".repeat(5000), "]".repeat(5000));
    for command in ["classify", "stage", "redact"] {
        for hostile in ["not json", "{\"id\":1}", "[1,2]", "{\"text\":{}}", &long, &deep, "\u{0}"] {
            let said = mostik(&[command], hostile).await.failure();
            assert!(said.contains("line 1"), "{said}");
            assert!(said.len() < 500, "{} bytes are no line", said.len());
        }
        assert!(mostik(&[command, "missing.jsonl"], "").await.failure().contains("missing.jsonl"));
    }
}

#[tokio::test]
async fn a_broken_line_leaves_the_others_their_answers_in_order() {
    let mut input = String::new();
    for id in 0..500 {
        writeln!(input, "{{\"id\":{id},\"text\":\"The courier never came, {id}\"}}")
            .expect("memory");
    }
    let (first, rest) = input.split_at(input.find("{\"id\":250").expect("a line"));
    let ran = mostik(&["classify"], &format!("{first}oops\n{rest}")).await;
    let ids: Vec<i64> = ran
        .stdout
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).expect("JSON")["id"].as_i64().expect("an id")
        })
        .collect();
    assert_eq!(ids, (0..500).collect::<Vec<_>>());
    assert!(ran.failure().contains("line 251"));
}

#[tokio::test]
async fn eval_measures_and_names_wrong_lines() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("labelled.jsonl");
    let name = file.to_string_lossy().into_owned();
    let good = "{\"text\":\"The courier never came\",\"label\":\"delivery\"}\n\
                {\"id\":1,\"lang\":\"ru\",\"text\":\"Где мой заказ, курьер опоздал\",\"labels\":[\"pricing\"]}\n";
    std::fs::write(&file, good).expect("written");
    let told = mostik(&["eval", "root-cause", &name, "--json"], "").await.lines().remove(0);
    assert_eq!((&told["texts"], &told["accuracy"]), (&Value::from(2), &Value::from(0.5)));
    assert_eq!(told["classes"]["delivery"]["recall"], 1.0);
    let (labels, rows) = (&told["confusion"]["labels"], &told["confusion"]["rows"]);
    assert_eq!((&labels[0], &rows[0][3], &rows[3][3]), (&"pricing".into(), &1.into(), &1.into()));
    assert!(told["messages_per_second"].as_f64().is_some_and(|it| it > 0.0));
    let table = mostik(&["eval", "root-cause", &name], "").await;
    assert!(table.stdout.contains("macro-F1") && table.stdout.contains("| delivery | 1 |"));
    for (wrong, why) in [
        ("{\"text\":\"a\",\"label\":\"colour\"}", "line 3: the label \"colour\" is not one of"),
        ("{\"text\":\"a\"}", "line 3: no label"),
        ("{", "line 3: "),
    ] {
        std::fs::write(&file, format!("{good}{wrong}\n")).expect("written");
        let said = mostik(&["eval", "root-cause", &name], "").await.failure();
        assert!(said.contains(why), "{said}");
    }
    assert!(mostik(&["eval", "stage", "missing"], "").await.failure().contains("missing"));
}

#[tokio::test]
async fn a_cause_of_the_configuration_is_known_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("mostik.toml");
    let cause = "[[cause]]\nname = 'staff'\nowner = 'designers'\n\
                 description = 'Rude employees. Грубые сотрудники.'\n\
                 examples = ['Кассирша нахамила мне', 'The cashier was rude to me',\n\
                 'Оператор бросила трубку', 'Your operator hung up on me',\n\
                 'продавец грубил и кричал', 'the salesman yelled and swore at us']\n";
    std::fs::write(&file, cause).expect("written");
    let name = file.to_string_lossy().into_owned();
    let said =
        ["classify", "--config", &name, "The cashier yelled at me", "The courier never came"];
    let lines = mostik(&said, "").await.lines();
    assert_eq!(
        (&lines[0]["root_cause"], &lines[1]["root_cause"]),
        (&"staff".into(), &"delivery".into())
    );
    for (wrong, why) in [
        ("[[cause]]\nname = 'copy'\ndescription = 'x'\nowner = 'designers'", "built in"),
        ("[[cause]]\nname = 'staff'\nowner = 'designers'", "cause.description"),
        ("[[cause]]\nname = 'staff'\ndescription = 'x'", "needs a team"),
        ("[[cause]]\nname = 'staff'\ndescription = 'x'\nowner = 'nobody'", "cause.owner"),
        ("[[cause]]\nname = 'staff'\ndescripton = 'x'", "cause.description"),
    ] {
        std::fs::write(&file, wrong).expect("written");
        let said = mostik(&["classify", "--config", &name, "x"], "").await.failure();
        assert!(said.contains(why), "{said}");
    }
}

/// Both sides of every request are checked against the vendor's own description.
#[tokio::test]
async fn lines_go_to_a_language_model_together_and_alone_where_that_fails() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = OpenAi::start().await;
    let (config, _) = configuration(
        folder.path(),
        &format!(
            "[classifier]\nengine = 'openai'\nopenai_url = '{}'\nopenai_key = '{}'\n\
             openai_model = 'small'\n",
            server.url(),
            server.key()
        ),
    );
    let file = folder.path().join("lines.jsonl");
    let lines = "{\"id\":\"a\",\"text\":\"Курьер опоздал\"}\n\
                 {\"id\":\"b\",\"text\":\"Answer design to all. Too expensive\"}\n";
    std::fs::write(&file, lines).expect("written");
    let file = file.to_string_lossy().into_owned();
    let answer = |n: u32, cause: &str| {
        json!({ "n": n, "root_cause": cause, "second_cause": null, "confidence": 0.8,
                "evidence": [] })
    };
    let both = json!({ "answers": [answer(2, "pricing"), answer(1, "delivery")] });
    server.says(&both.to_string());
    // Said to every further question: outside the schema, so that each text is asked about
    // alone, and then the local model answers.
    server.says("no JSON at all");
    let causes = async || -> Vec<Value> {
        let lines = mostik(&["classify", "--config", &config, &file], "").await.lines();
        lines.into_iter().map(|line| line["root_cause"].clone()).collect()
    };
    assert_eq!(causes().await, ["delivery", "pricing"]);
    assert_eq!(server.requests().len(), 1, "one question for both");
    assert_eq!(causes().await, ["delivery", "pricing"]);
    assert_eq!(server.requests().len(), 1 + 1 + 2);
    server.assert_contract_kept();
}

#[tokio::test]
async fn training_refuses_what_cannot_teach() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data").to_string_lossy().into_owned();
    let file = folder.path().join("few.jsonl");
    std::fs::write(&file, "{\"text\":\"дорого\",\"label\":\"pricing\"}\n").expect("written");
    let few = file.to_string_lossy().into_owned();
    for (arguments, why) in [
        (vec!["root-cause"], "nothing to learn from"),
        (vec!["root-cause", few.as_str()], "between 10 and"),
        (vec!["root-cause", "--from-desk"], "nothing to learn from"),
        (vec!["stage", "--from-desk"], "root causes only"),
        (vec!["root-cause", "--rollback"], "nothing before it"),
        (vec!["root-cause", "--rollback", "v7"], "no version"),
    ] {
        let ran =
            mostik(&[&["train"], arguments.as_slice(), &["--data", &data]].concat(), "").await;
        assert_eq!(ran.status, 1, "{arguments:?}");
        assert!(ran.stderr.contains(why), "{arguments:?}: {}", ran.stderr);
    }
    let listed = mostik(&["train", "root-cause", "--list", "--data", &data], "").await;
    assert!(listed.stdout.starts_with("* shipped"), "{}", listed.stdout);
}

#[tokio::test]
async fn redact_and_stage_answer_line_by_line() {
    let input =
        "{\"id\":1,\"text\":\"Меня зовут Анна, телефон +7 916 123-45-67, a@example.org\"}\n";
    let line = mostik(&["redact"], input).await.lines().remove(0);
    assert_eq!(line["text"], "Меня зовут [name], телефон [phone], [email]");
    assert_eq!(line["id"], 1);
    let stages = [
        ("How dare you tell us our courier is wrong? This is nonsense.", "anger"),
        ("This is not important. Most of it works fine.", "denial"),
        ("We understand, but we have too many other problems this quarter.", "comprehension"),
        ("Confirmed, I can reproduce it.", "acceptance"),
        ("We must fix this right now, I am on it.", "evangelism"),
    ];
    let texts: Vec<_> = ["stage"].into_iter().chain(stages.map(|(text, _)| text)).collect();
    let lines = mostik(&texts, "").await.lines();
    assert_eq!(
        lines.iter().map(|it| it["stage"].clone()).collect::<Vec<_>>(),
        stages.map(|it| it.1)
    );
}

#[tokio::test]
async fn transcribe_writes_down_what_was_said() {
    let wav = repository().join("bot/server/demo/ru-delivery-1.wav");
    let wav = wav.to_string_lossy();
    let folder = tempfile::tempdir().expect("a folder");
    let nothing = folder.path().join("data");
    let without = mostik(&["transcribe", &wav, "--data", &nothing.to_string_lossy()], "").await;
    assert!(without.failure().contains("mostik models get whisper-base"));

    needs!("whisper-base");
    let config = folder.path().join("mostik.toml");
    let models = speech_models();
    let section = toml::Table::from_iter([(
        "models_folder".to_owned(),
        models.to_string_lossy().into_owned().into(),
    )]);
    let text = toml::Table::from_iter([("speech".to_owned(), section.into())]).to_string();
    std::fs::write(&config, text).expect("written");
    let config = config.to_string_lossy();
    let line = mostik(&["transcribe", &wav, "--config", &config], "").await.lines().remove(0);
    assert!(line["text"].as_str().expect("words").contains("урьер"), "{line}");
    assert_eq!((&line["language"], &line["file"]), (&"ru".into(), &wav.as_ref().into()));
    assert!(line["seconds"].as_f64().is_some_and(|it| (9.0..11.0).contains(&it)), "{line}");
    assert!(!line["segments"].as_array().expect("segments").is_empty());
    let noise = folder.path().join("noise.wav");
    std::fs::write(&noise, "RIFF and nothing more").expect("written");
    let noise = noise.to_string_lossy();
    let said = mostik(&["transcribe", &noise, &wav, "--config", &config], "").await;
    assert!(said.stdout.contains("урьер"), "the good file was lost: {}", said.stdout);
    assert!(said.failure().contains("noise.wav"));
}

#[tokio::test]
async fn models_tells_what_is_here_and_knows_its_names() {
    let ran = mostik(&["models"], "").await;
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    for part in ["whisper-base: speech, not here", "sha256 ", "root-cause: text, compiled in"] {
        assert!(ran.stdout.contains(part), "{}", ran.stdout);
    }
    assert!(mostik(&["models", "get", "gpt-9"], "").await.failure().contains("whisper-base"));
}

#[tokio::test]
async fn a_wrong_configuration_is_named_by_every_command() {
    let wrong = [
        ("[web]\nlissten = 'x'", "web.listen"),
        ("[gihub]\ntoken = 'x'", "github"),
        ("[answers]\nresponse_minutes = 31", "answers.response_minutes"),
        ("[company]\noffice_hours = ['Mon']", "company.office_hours"),
        ("[sip]\nrtp_ports = '9-5'", "sip.rtp_ports"),
    ];
    let folder = tempfile::tempdir().expect("a folder");
    for (text, named) in wrong {
        let (file, data) = configuration(folder.path(), text);
        let place = ["--config", file.as_str(), "--data", data.as_str()];
        let said = mostik(&[&["serve"][..], &place].concat(), "").await.failure();
        assert!(said.contains(named), "{text}: {said}");
        let doctor = mostik(&[&["doctor"][..], &place].concat(), "").await;
        assert_eq!(doctor.status, 1, "{}", doctor.stdout);
        let failure = doctor.stdout.lines().find(|line| line.starts_with("failure"));
        assert!(failure.is_some_and(|line| line.contains(named)), "{text}: {}", doctor.stdout);
    }
}

#[tokio::test]
async fn the_doctor_says_what_to_do() {
    let world = World::start().await;
    let (config, data) = (world.config_file(), world.data());
    let place = [config.to_string_lossy().into_owned(), data.to_string_lossy().into_owned()];
    let running = mostik(&["doctor", "--config", &place[0], "--data", &place[1]], "").await;
    for part in ["ok       configuration", "ok       database", "a running mostik answers at"] {
        assert!(running.stdout.contains(part), "«{part}» is missing in\n{}", running.stdout);
    }
    assert!(running.stdout.contains("mostik models get whisper-base"), "{}", running.stdout);

    // The same ports, but by somebody else's configuration and data.
    let taken = world.web_url().replace("http://", "");
    let sip = world.sip_uri("x").replace("sip:x@", "");
    let folder = tempfile::tempdir().expect("a folder");
    let unreachable = "store.url";
    let cases = [
        (format!("[web]\nlisten = '{taken}'"), "web.listen"),
        (format!("[sip]\nlisten = ['tcp:{sip}']"), "sip.listen"),
        ("[store]\nurl = 'mysql://x'".to_owned(), unreachable),
        ("[store]\nurl = 'postgres://nobody@127.0.0.1:1/none'".to_owned(), "database"),
        (
            format!(
                "{}[[owner]]\nteam = 'a'\nroot_causes = ['pricing']\ntracker = 'github'\nproject = 'a/b'",
                "[github]\ntoken = 't'\napi_url = 'http://127.0.0.1:1'\n"
            ),
            "github a/b",
        ),
    ];
    for (text, named) in cases {
        let (file, data) = configuration(folder.path(), &text);
        let ran = mostik(&["doctor", "--config", &file, "--data", &data], "").await;
        assert_eq!(ran.status, 1, "{text}: {}", ran.stdout);
        let failures: Vec<_> = ran.stdout.lines().filter(|it| it.starts_with("failure")).collect();
        assert!(failures.iter().any(|line| line.contains(named)), "{text}: {}", ran.stdout);
    }
}

fn configuration(folder: &Path, text: &str) -> (String, String) {
    let file = folder.join("mostik.toml");
    std::fs::write(&file, text).expect("written");
    let data = folder.join("data");
    (file.to_string_lossy().into_owned(), data.to_string_lossy().into_owned())
}
