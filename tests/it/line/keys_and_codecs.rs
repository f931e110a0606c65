//! Keys by tones, and every codec there and back.

use std::time::Duration;

use mostik_tests::phones::{CallPlan, Codec, Ending, Phone, Sound};
use mostik_tests::{World, needs};

use super::{DEAF, newest_call, recording};
use crate::journeys::callers::{ALWAYS_OPEN, complaint};

#[tokio::test]
async fn an_old_telephone_s_tones_are_keys() {
    needs!("sipp");
    let world = World::plan().config(ALWAYS_OPEN).config(DEAF).start().await;
    let words = complaint("ru-delivery-1");
    let press = |key| Sound::key(key, Duration::from_millis(120));
    for codec in [Codec::Pcmu, Codec::Pcma] {
        let plan = CallPlan::to(world.sip_uri("support"))
            .with(codec)
            .without_key_events()
            .says_after(Duration::from_millis(500), &press('1'))
            .says_after(Duration::from_secs(3), &words)
            .says_after(Duration::from_millis(500), &press('#'));
        Phone::Sipp.call(plan).await.expect_completed(1);
        let call = newest_call(&world).await;
        assert_eq!(call["termination"], "message_left/pound", "{codec:?}: {call}");
        assert_eq!(call["keys"], 2, "nothing that was said is a key: {call}");
        assert!(recording(&world, &call).await.likeness_of(&words) > 0.9);
    }
}

#[tokio::test]
async fn what_is_said_by_any_codec_is_kept_as_loud_as_it_was() {
    needs!("pjsua2");
    let world = World::plan().config(ALWAYS_OPEN).config(DEAF).start().await;
    let words = complaint("en-pricing");
    for (codec, name) in [(Codec::Pcmu, "PCMU"), (Codec::Pcma, "PCMA"), (Codec::G722, "G722")] {
        let plan = CallPlan::to(world.sip_uri("support"))
            .with(codec)
            .presses_after(Duration::from_millis(500), "1")
            .says_after(Duration::from_secs(3), &words)
            .ending(Ending::AfterSpeech);
        Phone::Pjsip.call(plan).await.expect_completed(1);
        let call = newest_call(&world).await;
        assert_eq!(call["codec"], name, "{call}");
        let kept = recording(&world, &call).await;
        let likeness = kept.likeness_of(&words);
        assert!(likeness > 0.9, "{name}: {likeness:.2}");
        let beside = kept.loudness_beside(&words);
        // Seconds are laid side by side to 20 ms, which tells where words begin and end.
        let mean = beside.iter().sum::<f64>() / f64::from(u32::try_from(beside.len()).unwrap_or(1));
        assert!(beside.len() > 2 && (0.9..1.1).contains(&mean), "{name}: {beside:.2?}");
        assert!(beside.iter().all(|it| (0.6..1.5).contains(it)), "{name}: {beside:.2?}");
    }
}
