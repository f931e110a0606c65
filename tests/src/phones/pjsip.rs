//! PJSIP (<https://docs.pjsip.org>) through its Python binding.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::plan::{Answer, CallPlan, CallReport, Ending};
use super::sound::Sound;
use super::{capture, read, scripts};
use crate::needs::peers;
use crate::ports::PortBlock;
use crate::process::Process;

pub(super) fn start(plan: &CallPlan, folder: &Path, ports: &PortBlock) -> Process {
    assert!(plan.knows_events, "PJSIP always offers key events; use SIPp");
    let wav = plan.speech.as_ref().map(|speech| {
        let file = folder.join("speech.wav");
        speech.write(&file);
        file
    });
    let ending = match (plan.ending, plan.own_end()) {
        (Ending::BeforeAnswer, _) => json!("before_answer"),
        (_, Some(length)) => json!(length.as_secs_f64()),
        (_, None) => json!("peer"),
    };
    let keys: Vec<Value> =
        plan.keys.iter().map(|(pause, keys)| json!([pause.as_secs_f64(), keys])).collect();
    let holds: Vec<Value> = (plan.holds.iter())
        .map(|(after, length)| json!([after.as_secs_f64(), length.as_secs_f64()]))
        .collect();
    let answers: Vec<Value> = plan
        .answers
        .iter()
        .enumerate()
        .map(|(nth, answer)| described(folder, nth, answer))
        .collect();
    let heard: Vec<PathBuf> = (0..plan.calls).map(|nth| heard(folder, nth)).collect();
    let description = json!({
        "uri": plan.uri.as_ref().map(|uri| format!("{uri};transport={}", plan.transport.name())),
        "port": plan.port,
        "transport": plan.transport.name(), "caller": plan.caller, "wav": wav, "heard": heard,
        "keys": keys, "key_way": plan.key_way.name(), "holds": holds,
        "encryption": plan.encryption.name(), "codec": plan.codec.name(), "rtp_port": ports.media().start(),
        "ending": ending, "longest": plan.longest.as_secs_f64(), "answers": answers,
    });
    let file = folder.join("plan.json");
    std::fs::write(&file, description.to_string()).expect("the plan");
    let python = peers().join("venv/bin/python");
    Process::start(&python.to_string_lossy(), |command| {
        capture(command, folder);
        command.arg(scripts().join("pjsip_phone.py")).arg(file);
    })
}

fn described(folder: &Path, nth: usize, answer: &Answer) -> Value {
    let wav = answer.speech.as_ref().map(|speech| {
        let file = folder.join(format!("answer-{nth}.wav"));
        speech.write(&file);
        file
    });
    let keys: Vec<Value> =
        answer.keys.iter().map(|(pause, keys)| json!([pause.as_secs_f64(), keys])).collect();
    let ending = answer.hangs_up_after.map_or(json!("peer"), |after| json!(after.as_secs_f64()));
    let heard = heard_answering(folder, nth);
    json!({ "status": answer.status, "keys": keys, "wav": wav, "heard": heard, "ending": ending })
}

fn heard_answering(folder: &Path, nth: usize) -> PathBuf {
    folder.join(format!("heard-answering-{nth}.wav"))
}

fn heard(folder: &Path, nth: usize) -> PathBuf {
    folder.join(format!("heard-{nth}.wav"))
}

pub(super) fn report(plan: &CallPlan, folder: &Path) -> CallReport {
    let output = read(folder, "stdout");
    let events: Vec<Value> =
        output.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let of = |name: &str| events.iter().filter(|event| event["event"] == name).collect::<Vec<_>>();
    let (answered, ended) = (of("answered"), of("ended"));
    let by_peer = ended.iter().filter(|event| event["by"] == "peer").count();
    let statuses: Vec<u16> =
        ended.iter().filter_map(|event| u16::try_from(event["status"].as_u64()?).ok()).collect();
    let completed = match plan.ending {
        Ending::BeforeAnswer => statuses.iter().filter(|status| **status == 487).count(),
        Ending::PeerHangsUp => by_peer.min(answered.len()),
        Ending::After(_) | Ending::AfterSpeech => ended.len() - by_peer,
    };
    let is_over = !of("over").is_empty();
    let answering = (0..plan.answers.len()).map(|nth| heard_answering(folder, nth));
    let files = (0..plan.calls).map(|nth| heard(folder, nth));
    CallReport {
        answered: answered.len(),
        completed,
        ended_by_peer: by_peer,
        refusals: statuses.into_iter().filter(|status| *status >= 300).collect(),
        heard: files.filter(|file| is_over && file.exists()).map(|it| Sound::read(&it)).collect(),
        called: of("called").len(),
        taken: of("taken").len(),
        heard_answering: answering
            .filter(|file| is_over && file.exists())
            .map(|file| Sound::read(&file))
            .collect(),
        output: output + &read(folder, "stderr"),
    }
}
