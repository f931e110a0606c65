//! Many calls by TLS with encrypted audio (SRTP). SIPp has neither here, so PJSIP calls: real
//! speech, real ciphers, and much work for the callers themselves.

use std::path::Path;
use std::time::Duration;

use mostik_tests::phones::{CallPlan, Encryption, Ending, Phone, Sound, Transport};

use crate::subject::Subject;
use crate::swarm::recording;
use crate::usage::Watch;

/// Calls of one PJSIP process; more than these its Python binding does not make.
const CALLS_OF_A_PROCESS: u32 = 4;
const KEY_AFTER: Duration = Duration::from_millis(500);
const WORDS_AFTER: Duration = Duration::from_secs(2);

/// So many at once, each speaking for so long.
pub(crate) async fn secure(calls: u32, speaks: Duration, folder: &Path) {
    let (world, uri) = Subject::secured(folder).await;
    let words = Sound::read(&recording());
    let mut speech = words.clone();
    while speech.length() < speaks {
        speech = speech.then(&words);
    }
    let watch = Watch::start(world.process_id());
    let mut phones = Vec::new();
    for _ in 0..calls.div_ceil(CALLS_OF_A_PROCESS) {
        let plan = CallPlan::to(&uri)
            .over(Transport::Tls)
            .encrypted(Encryption::Required)
            .presses_after(KEY_AFTER, "1")
            .says_after(WORDS_AFTER, &speech)
            .ending(Ending::AfterSpeech)
            .times(usize::try_from(CALLS_OF_A_PROCESS).unwrap_or(1));
        phones.push(Phone::Pjsip.dial(plan));
    }
    let mut answered = 0;
    for phone in phones {
        let report = phone.over().await;
        answered += report.answered;
        if report.answered < report.completed.max(1) {
            println!("{}", report.output);
        }
    }
    let taken = watch.stop();
    let kept = world.api().all("/api/v1/calls?limit=200").await;
    let sum = |name: &str| kept.iter().filter_map(|call| call["audio"][name].as_u64()).sum::<u64>();
    let encrypted = kept.iter().filter(|call| call["audio"]["encrypted"] == true).count();
    let least = u64::try_from(speech.length().as_millis()).unwrap_or(0).saturating_sub(2_000);
    let long = |call: &&serde_json::Value| {
        call["recording"]["milliseconds"].as_u64().is_some_and(|it| it >= least)
    };
    println!(
        "TLS and SRTP: {answered} answered, {encrypted} encrypted, {} recordings whole, {} of {} \
         packets lost, core {:.1} / {:.1} %, {} MB, {} files",
        kept.iter().filter(long).count(),
        sum("lost_in"),
        sum("packets_in") + sum("lost_in"),
        taken.cpu_percent,
        taken.busiest_percent,
        taken.megabytes,
        taken.files,
    );
}
