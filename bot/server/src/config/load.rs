use std::path::Path;

use anyhow::{Context as _, Result, bail};
use toml::{Table, Value};

use super::{Config, unknown_keys};

/// The commented defaults, as `mostik init` writes them.
pub const DEFAULT: &str = include_str!("default.toml");

/// Section and key of each secret.
const SECRETS: &[(&str, &str)] = &[
    ("store", "url"),
    ("github", "token"),
    ("github", "app_private_key"),
    ("github", "webhook_secret"),
    ("discord", "token"),
    ("classifier", "openai_key"),
    ("speech", "openai_key"),
    ("speech", "voice_key"),
];

/// Section, list, the key that names an entry, and the secret of each entry.
const LISTED_SECRETS: &[(&str, &str, &str, &str)] =
    &[("sip", "trunk", "name", "password"), ("sip", "phone", "user", "password")];

/// Larger files are no configuration.
const LONGEST_FILE: u64 = 1 << 20;

/// Reads the file, if one is named, over the defaults; `environment` looks up a variable.
pub fn load(file: Option<&Path>, environment: &dyn Fn(&str) -> Option<String>) -> Result<Config> {
    let given = match file {
        Some(file) => parse(&read(file)?).with_context(|| format!("in {}", file.display()))?,
        None => Table::new(),
    };
    let defaults = parse(DEFAULT).context("in the compiled-in defaults")?;
    let listed: Vec<(String, &str)> = LISTED_SECRETS
        .iter()
        .map(|(section, list, _, secret)| (format!("{section}.{list}"), *secret))
        .collect();
    let listed = listed.iter().map(|(section, secret)| (section.as_str(), *secret));
    let secrets: Vec<_> = SECRETS.iter().copied().chain(listed).collect();
    if let Some(said) = unknown_keys::find(&given, &defaults, &secrets) {
        bail!("{said}");
    }
    let mut merged = defaults;
    merge(&mut merged, given);
    reveal_secrets(&mut merged, environment)?;
    let config: Config = Value::Table(merged).try_into().map_err(|error| without_values(&error))?;
    config.check()?;
    Ok(config)
}

fn read(file: &Path) -> Result<String> {
    let told = || format!("cannot read {}", file.display());
    if std::fs::metadata(file).with_context(told)?.len() > LONGEST_FILE {
        bail!("{} is larger than {LONGEST_FILE} bytes", file.display());
    }
    std::fs::read_to_string(file).with_context(told)
}

fn parse(text: &str) -> Result<Table> {
    text.parse::<Table>().map_err(|error| {
        // The parser's own report quotes the line, and the line may hold a secret.
        let line = error.span().map(|span| text[..span.start].lines().count().max(1));
        let place = line.map(|line| format!("line {line}: ")).unwrap_or_default();
        anyhow::anyhow!("{place}{}", error.message())
    })
}

fn without_values(error: &toml::de::Error) -> anyhow::Error {
    anyhow::anyhow!("{}", error.message())
}

/// Tables are joined key by key; anything else, lists too, is replaced. Keys
/// that a table of a list leaves out get that list's first default.
fn merge(under: &mut Table, over: Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(Value::Table(under)), Value::Table(over)) => merge(under, over),
            (Some(Value::Array(under)), Value::Array(over)) => {
                let first = under.first().cloned();
                *under = over.into_iter().map(|value| complete(value, first.as_ref())).collect();
            }
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}

fn complete(value: Value, first: Option<&Value>) -> Value {
    match (value, first) {
        (Value::Table(over), Some(Value::Table(first))) => {
            let mut under = first.clone();
            merge(&mut under, over);
            Value::Table(under)
        }
        (value, _) => value,
    }
}

fn reveal_secrets(merged: &mut Table, environment: &dyn Fn(&str) -> Option<String>) -> Result<()> {
    for (section, key) in SECRETS {
        if let Some(table) = merged.get_mut(*section).and_then(Value::as_table_mut) {
            reveal(table, &[section], key, environment)?;
        }
    }
    for (section, list, name, key) in LISTED_SECRETS {
        let entries = merged
            .get_mut(*section)
            .and_then(|section| section.get_mut(*list)?.as_array_mut())
            .into_iter()
            .flatten();
        for entry in entries.filter_map(Value::as_table_mut) {
            let named = entry.get(*name).and_then(Value::as_str).unwrap_or_default().to_owned();
            if !named.is_empty() {
                reveal(entry, &[section, list, &named], key, environment)?;
            }
        }
    }
    Ok(())
}

/// Puts the value of one secret in its place, wherever it was given.
fn reveal(
    table: &mut Table,
    path: &[&str],
    key: &str,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<()> {
    let file = table.remove(&format!("{key}_file"));
    let variable = format!("MOSTIK_{}_{key}", path.join("_")).to_uppercase().replace('-', "_");
    let given = table.get(key).and_then(Value::as_str).is_some_and(|value| !value.is_empty());
    let value = match (environment(&variable), file) {
        (Some(value), _) => value,
        (None, Some(Value::String(file))) if !given => {
            read(Path::new(&file)).with_context(|| format!("for {}.{key}", path.join(".")))?
        }
        _ => return Ok(()),
    };
    table.insert(key.to_owned(), Value::String(value.trim_end().to_owned()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn with(text: &str) -> Result<Config> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("mostik.toml");
        std::fs::write(&file, text)?;
        load(Some(&file), &|_| None)
    }

    fn refusal(text: &str) -> String {
        match with(text) {
            Ok(_) => panic!("{text:?} was accepted"),
            Err(error) => format!("{error:#}"),
        }
    }

    #[test]
    fn nothing_configured_is_a_whole_configuration() {
        let config = load(None, &|_| None).expect("defaults");
        assert_eq!(config.public_url(), "http://127.0.0.1:8080");
        assert_eq!(config.ownership().expect("owners").teams().count(), 5);
    }

    #[test]
    fn unknown_keys_name_the_nearest_known_one() {
        assert_eq!(
            refusal("[web]\nlissten = 'x'"),
            "unknown key \"web.lissten\"; the nearest known key is \"web.listen\""
        );
        assert!(refusal("[gihub]\ntoken = 'x'").contains("\"github\""));
        assert!(refusal("[[owner]]\nteem = 'x'").contains("\"owner.team\""));
    }

    #[test]
    fn wrong_values_say_which_key_and_never_the_secret() {
        for (text, expected) in [
            ("[[owner]]\nteam = 'all'\nkinds = ['thanks']", "owner.kinds: \"thanks\": only"),
            ("[answers]\nresponse_minutes = 31", "answers.response_minutes: no prompt says 31"),
            ("[company]\noffice_hours = ['Mon']", "company.office_hours"),
            ("[classifier]\nact = 0.2", "classifier.act"),
            ("[sip]\nlisten = ['sctp:1']", "sip.listen"),
            (
                "[speech]\nvoice_engine = 'robot'",
                "speech.voice_engine: \"robot\" is not one of off",
            ),
            ("[speech]\nvoice_engine = 'openai'", "speech.voice_url: the voice \"openai\" needs"),
            ("[speech]\nvoice_engine = 'openai'\nvoice_url = 'https://'", "speech.voice_url"),
            (
                "[speech]\nvoice_engine = 'openai'\nvoice_url = 'http://a/v1'\nvoice_model = ''",
                "speech.voice_model",
            ),
            (
                "[speech]\nvoice_engine = 'openai'\nvoice_url = 'http://a/v1'\n\
                 voice_name_ru = ''\nvoice_name_en = ''",
                "speech.voice_name_ru",
            ),
            ("[speech]\nvoice_engine = 'program'", "speech.voice_program_ru: the voice"),
            (
                "[speech]\nvoice_engine = 'program'\nvoice_program_en = ['say', '{output}']",
                "speech.voice_program_en: {output} is not one of {text}",
            ),
            (
                "[speech]\nvoice_engine = 'program'\nvoice_program_en = [' ']",
                "speech.voice_program_en: the first entry",
            ),
            ("[speech]\nvoice_days = 0", "speech.voice_days: 0 is not from 1 to 3650"),
            ("[speech]\nvoice_seconds = 0", "speech.voice_seconds: 0 is not from 1 to 30"),
            ("[sip]\nrtp_ports = '9-5'", "sip.rtp_ports"),
            ("[call_back]\ntrunk = ['main']", "call_back.trunk: no [[sip.trunk]] is named"),
            ("[call_back]\nallowed_prefixes = ['7']", "call_back.allowed_prefixes"),
            ("[call_back]\nallowed_prefixes = ['+']", "call_back.allowed_prefixes"),
            ("[call_back]\ncountry_code = '+7'", "call_back.country_code"),
            ("[call_back]\ncaller_id = 'Mostik'", "call_back.caller_id"),
            ("[call_back]\nper_hour = 0", "call_back.per_hour: 0 is not from 1 to 10000"),
            ("[call_back]\nlongest_seconds = 5", "call_back.longest_seconds"),
            ("[call_back]\nring_seconds = 999", "call_back.ring_seconds"),
            ("[call_back]\nattempts_after_minutes = []", "call_back.attempts_after_minutes"),
            (
                "[call_back]\nenabled = true\ntrunk = ['a']\n\
                 [[sip.trunk]]\nname = 'a'\nregistrar = 'a.example'",
                "call_back.allowed_prefixes: name the numbers",
            ),
            ("[[owner]]\nteam = 'a'\ntracker = 'github'\nproject = 'a/b'", "owner.tracker"),
            ("[[owner]]\nteam = 'a'\ntracker = 'github'\nproject = 'a'", "owner.project"),
        ] {
            assert!(refusal(text).contains(expected), "{text}: {}", refusal(text));
        }
        for text in ["[github]\ntoken = hunter2", "[github]\ntoken = ['hunter2']"] {
            assert!(!refusal(text).contains("hunter2"), "{}", refusal(text));
        }
    }

    #[test]
    fn a_secret_comes_from_the_environment_a_value_or_a_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let secret = folder.path().join("token");
        std::fs::write(&secret, "of file\n").expect("written");
        let file = folder.path().join("mostik.toml");
        std::fs::write(&file, format!("[github]\ntoken_file = {secret:?}")).expect("written");
        let token = |environment: &dyn Fn(&str) -> Option<String>| {
            let config = load(Some(&file), environment).expect("valid");
            config.github.token.expose_secret().to_owned()
        };
        assert_eq!(token(&|_| None), "of file");
        let set = |name: &str| (name == "MOSTIK_GITHUB_TOKEN").then(|| "of environment".to_owned());
        assert_eq!(token(&set), "of environment");
    }

    #[test]
    fn a_trunk_s_password_comes_from_the_environment_or_a_file_too() {
        let folder = tempfile::tempdir().expect("a folder");
        let secret = folder.path().join("password");
        std::fs::write(&secret, "of file\n").expect("written");
        let file = folder.path().join("mostik.toml");
        let text = format!(
            "[[sip.trunk]]\nname = 'my-carrier'\nregistrar = 'sip.example.com'\n\
             username = '100'\npassword_file = {secret:?}"
        );
        std::fs::write(&file, text).expect("written");
        let password = |environment: &dyn Fn(&str) -> Option<String>| {
            let config = load(Some(&file), environment).expect("valid");
            config.sip.trunk[0].password.expose_secret().to_owned()
        };
        assert_eq!(password(&|_| None), "of file");
        let set = |name: &str| {
            (name == "MOSTIK_SIP_TRUNK_MY_CARRIER_PASSWORD").then(|| "of environment".to_owned())
        };
        assert_eq!(password(&set), "of environment");
        assert!(refusal("[[sip.trunk]]\npasword = 'x'").contains("\"sip.trunk.password\""));
    }

    #[test]
    fn a_list_of_ones_own_replaces_the_default_one() {
        let config =
            with("[[owner]]\nteam = 'all'\nroot_causes = ['pricing', 'delivery']").unwrap();
        let ownership = config.ownership().expect("owners");
        let teams: Vec<_> = ownership.teams().map(|team| team.project.clone()).collect();
        assert_eq!(teams, ["all"]);
    }
}
