//! baresip (<https://github.com/baresip/baresip>), a softphone without a screen. It hangs up when
//! its sound file ends.

use std::path::Path;

use super::plan::{CallPlan, CallReport, Encryption, Ending};
use super::sound::Sound;
use super::{capture, read};
use crate::ports::PortBlock;
use crate::process::Process;

const MODULES: &str = "/usr/lib/baresip/modules";

pub(super) fn start(plan: &CallPlan, folder: &Path, ports: &PortBlock) -> Process {
    assert!(plan.keys.is_empty() && plan.calls == 1, "baresip makes one call and has no keys here");
    assert!(plan.ending != Ending::BeforeAnswer, "baresip does not give up while it rings here");
    let longest = plan.own_end().unwrap_or(plan.longest);
    let quiet = Sound::silence(longest);
    let speech = plan.speech.as_ref().unwrap_or(&quiet);
    // The file's end would end the call: who waits for the other side stays silent at the line.
    let speech = match plan.ending {
        Ending::AfterSpeech => speech.clone(),
        _ => speech.clone().then(&quiet),
    };
    speech.write(&folder.join("speech.wav"));
    std::fs::write(folder.join("config"), config(folder, ports)).expect("its configuration");
    let account = format!(
        "<sip:{}@127.0.0.1>;regint=0;audio_codecs={}/8000/1;answermode=auto{}\n",
        plan.caller,
        plan.codec.name(),
        match plan.encryption {
            Encryption::Off => "",
            Encryption::Offered => ";mediaenc=srtp",
            Encryption::Required => ";mediaenc=srtp-mand",
        }
    );
    std::fs::write(folder.join("accounts"), account).expect("its account");
    let dial = format!("/dial {};transport={}", plan.callee(), plan.transport.name());
    let seconds = longest.as_secs_f64().ceil().to_string();
    Process::start("baresip", |command| {
        capture(command, folder);
        command.arg("-f").arg(folder).args(["-e", &dial, "-t", &seconds]);
    })
}

fn config(folder: &Path, ports: &PortBlock) -> String {
    let (wav, media) = (folder.join("speech.wav"), ports.media());
    format!(
        "poll_method epoll\nsip_listen 127.0.0.1:0\nsip_verify_server no\nnet_interface 127.0.0.1\n\
         audio_source aufile,{wav}\naudio_player aufile,{out}\naudio_alert aufile,{out}\n\
         ausrc_srate 8000\nauplay_srate 8000\nausrc_channels 1\nauplay_channels 1\n\
         audio_level no\nrtp_ports {first}-{last}\nrtcp_mux no\njitter_buffer_type fixed\n\
         jitter_buffer_delay 5-10\nmodule_path {MODULES}\nmodule stdio.so\nmodule g711.so\n\
         module aufile.so\nmodule uuid.so\nmodule srtp.so\nmodule_tmp account.so\nmodule_app menu.so\n",
        wav = wav.display(),
        out = folder.join("out.wav").display(),
        first = media.start(),
        last = media.end(),
    )
}

pub(super) fn report(folder: &Path) -> CallReport {
    let output = read(folder, "stdout") + &read(folder, "stderr");
    let answered = usize::from(output.contains("Call established"));
    let by_peer = output
        .lines()
        .any(|line| line.contains("session closed") && !line.contains("Connection reset by user"));
    let refusals = output
        .lines()
        .filter_map(|line| line.split("session closed: ").nth(1)?.get(..3)?.parse().ok())
        .filter(|status| *status >= 300);
    CallReport {
        answered,
        completed: answered,
        ended_by_peer: usize::from(by_peer && answered == 1),
        refusals: refusals.collect(),
        output,
        ..CallReport::default()
    }
}
