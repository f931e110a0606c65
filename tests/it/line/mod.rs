//! The line as carriers, PBXs and phones of all makes find it.

mod bad_network;
mod carrier;
mod doctor;
mod keys_and_codecs;
mod ladder;
mod secure;
mod siege;
mod test_call;

use std::time::Duration;

use mostik_tests::World;
use mostik_tests::eventually::eventually;
use mostik_tests::phones::Sound;
use serde_json::Value;

use crate::journeys::desk;

/// Words are not what these tests are about.
const DEAF: &str = "[speech]\nengine = \"off\"\n";
const SOON: Duration = Duration::from_secs(30);

/// The newest call, when it is over.
async fn newest_call(world: &World) -> Value {
    eventually("a call to be kept", SOON, async || {
        let mut calls = world.api().all("/api/v1/calls").await;
        if calls.is_empty() { Err("none yet") } else { Ok(calls.swap_remove(0)) }
    })
    .await
}

/// What was kept of it.
async fn recording(world: &World, call: &Value) -> Sound {
    let url = call["recording"]["url"].as_str().expect("a recording");
    Sound::parse(&desk::bytes(&world.api(), url).await).expect("a WAV file")
}
