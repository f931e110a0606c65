//! SIPp (<https://sipp.readthedocs.io>).

use std::fmt::Write as _;
use std::path::Path;

use super::plan::{CallPlan, CallReport, Codec, Ending};
use super::{capture, g711, read, scripts};
use crate::ports::PortBlock;
use crate::process::Process;

const SCENARIO: &str = "scenario.xml";
const MESSAGES: &str = "messages";
const STATISTICS: &str = "statistics";

pub(super) fn start(plan: &CallPlan, folder: &Path, ports: &PortBlock) -> Process {
    assert!(plan.keys.is_empty(), "this SIPp phone has no keys; use PJSIP");
    if let Some(speech) = &plan.speech {
        let encode = match plan.codec {
            Codec::Pcmu => g711::to_ulaw,
            Codec::Pcma => g711::to_alaw,
            Codec::G722 => panic!("this SIPp phone has no G.722; use PJSIP"),
        };
        let encoded: Vec<u8> = speech.samples.iter().map(|it| encode(*it)).collect();
        std::fs::write(folder.join("speech.raw"), encoded).expect("the speech");
    }
    std::fs::write(folder.join(SCENARIO), scenario(plan, folder)).expect("the scenario");
    let (user, host) = plan.host_and_port();
    let transport = match plan.transport {
        super::Transport::Udp => "u1",
        super::Transport::Tcp => "t1",
        super::Transport::Tls => panic!("this SIPp has no TLS; use PJSIP or baresip"),
    };
    let calls = plan.calls.to_string();
    Process::start("sipp", |command| {
        capture(command, folder);
        command.args([host, "-s", user, "-t", transport, "-nostdin", "-nd"]);
        command.args(["-i", "127.0.0.1", "-mi", "127.0.0.1", "-sf", SCENARIO]);
        command.args(["-m", &calls, "-l", &calls, "-r", &calls, "-rp", "1000"]);
        command.arg("-p").arg(ports.single().to_string());
        command.arg("-mp").arg(ports.media().start().to_string());
        command.arg("-timeout").arg(format!("{}s", plan.longest.as_secs()));
        command.args(["-trace_err", "-error_file", "errors", "-trace_msg"]);
        command.args(["-message_file", MESSAGES, "-trace_stat", "-stf", STATISTICS]);
        command.args(["-fd", "1"]);
    })
}

fn scenario(plan: &CallPlan, folder: &Path) -> String {
    let template = |name: &str| {
        let text = std::fs::read_to_string(scripts().join(name)).expect("a scenario of ours");
        text.replace("{{caller}}", &plan.caller)
            .replace("{{payload}}", &plan.codec.payload().to_string())
            .replace("{{codec}}", plan.codec.name())
    };
    if plan.ending == Ending::BeforeAnswer {
        return template("sipp_cancel.xml");
    }
    let speech = plan.speech.as_ref().map_or_else(String::new, |_| {
        let file = folder.join("speech.raw");
        let (payload, codec) = (plan.codec.payload(), plan.codec.name());
        format!(
            r#"<nop><action><exec rtp_stream="{},1,{payload},{codec}/8000"/></action></nop>"#,
            file.display()
        )
    });
    let (ending, length) = match plan.own_end() {
        Some(length) => ("sipp_hang_up.xml", length),
        None => ("sipp_be_hung_up.xml", plan.longest),
    };
    let ending = template(ending).replace("{{milliseconds}}", &length.as_millis().to_string());
    let call = template("sipp_call.xml");
    let call = if plan.knows_events { call } else { without_key_events(&call) };
    call.replace("{{speech}}", &speech).replace("{{ending}}", &ending)
}

fn without_key_events(call: &str) -> String {
    call.replace(" 101\n", "\n")
        .replace("a=rtpmap:101 telephone-event/8000\n", "")
        .replace("a=fmtp:101 0-16\n", "")
}

pub(super) fn report(plan: &CallPlan, folder: &Path) -> CallReport {
    let messages = read(folder, MESSAGES);
    let statuses = final_statuses(&messages);
    let (completed, _) = counted(&read(folder, STATISTICS));
    let mut output = read(folder, "errors");
    let _ = write!(output, "{}\n{}", read(folder, "stderr"), last_part(&messages));
    CallReport {
        answered: statuses.iter().filter(|status| **status == 200).count(),
        completed,
        ended_by_peer: if plan.ending == Ending::PeerHangsUp { completed } else { 0 },
        refusals: statuses.into_iter().filter(|status| *status >= 300).collect(),
        output,
        ..CallReport::default()
    }
}

/// The final answer to each INVITE, retransmissions counted once.
fn final_statuses(messages: &str) -> Vec<u16> {
    let mut seen: Vec<(&str, u16)> = Vec::new();
    for message in messages.split("message received").skip(1) {
        let status = message
            .lines()
            .find_map(|line| line.strip_prefix("SIP/2.0 ")?.get(..3)?.parse::<u16>().ok());
        let header =
            |name: &str| message.lines().find_map(|line| Some(line.strip_prefix(name)?.trim()));
        let is_invite = header("CSeq:").is_some_and(|it| it.ends_with("INVITE"));
        if let (Some(status @ 200..), Some(call), true) = (status, header("Call-ID:"), is_invite)
            && !seen.contains(&(call, status))
        {
            seen.push((call, status));
        }
    }
    seen.into_iter().map(|(_, status)| status).collect()
}

/// Successful and failed calls in the last line of the statistics.
fn counted(statistics: &str) -> (usize, usize) {
    let mut lines = statistics.lines();
    let names: Vec<&str> = lines.next().unwrap_or_default().split(';').collect();
    let last: Vec<&str> = lines.next_back().unwrap_or_default().split(';').collect();
    let value = |name: &str| {
        let column = names.iter().position(|it| *it == name)?;
        last.get(column)?.trim().parse().ok()
    };
    (value("SuccessfulCall(C)").unwrap_or(0), value("FailedCall(C)").unwrap_or(0))
}

fn last_part(text: &str) -> &str {
    let from = text.len().saturating_sub(4000);
    let from = (from..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    &text[from..]
}
