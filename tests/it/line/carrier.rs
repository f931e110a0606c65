//! Kamailio as the carrier: Mostik registers with it, and its calls come by it.

use std::time::Duration;

use mostik_tests::eventually::eventually;
use mostik_tests::kamailio::{Algorithm, Kamailio, Manners, PASSWORD};
use mostik_tests::phones::{CallPlan, Ending, Phone};
use mostik_tests::{World, needs};

use super::{DEAF, SOON, newest_call, recording};
use crate::journeys::callers::{ALWAYS_OPEN, complaint};

/// The account, and the line that its calls are for.
const NUMBER: &str = "4951234567";

async fn customer_of(carrier: &Kamailio, transport: &str) -> World {
    let config = format!(
        r#"
[phone]
line = [{{ number = "{NUMBER}" }}]
[[sip.trunk]]
name = "carrier"
registrar = "{}"
transport = "{transport}"
username = "{NUMBER}"
password = "{PASSWORD}"
"#,
        carrier.address(),
    );
    World::plan().config(ALWAYS_OPEN).config(DEAF).config(&config).start().await
}

pub(super) async fn is_registered(world: &World) {
    eventually("the trunk to be registered", SOON, async || {
        let metrics = world.api().try_get("/metrics").await.expect(200).text;
        let registered = r#"mostik_sip_trunk_registered{trunk="carrier"} 1"#;
        if metrics.contains(registered) { Ok(()) } else { Err(world.log()) }
    })
    .await;
}

/// Calls the number at the carrier, and says something.
async fn a_call_comes_through(world: &World, carrier: &Kamailio) {
    let words = complaint("ru-delivery-1");
    let plan = CallPlan::to(carrier.uri(NUMBER))
        .presses_after(Duration::from_millis(500), "1")
        .says_after(Duration::from_secs(3), &words)
        .ending(Ending::AfterSpeech);
    let report = Phone::Pjsip.call(plan).await;
    assert_eq!(report.answered, 1, "{}", report.output);
    let call = newest_call(world).await;
    assert_eq!(call["trunk"], "carrier", "{call}");
    assert!(recording(world, &call).await.likeness_of(&words) > 0.9);
}

#[tokio::test]
async fn a_number_at_a_carrier_that_asks_by_md5_is_answered() {
    needs!("kamailio", "pjsua2");
    let carrier = Kamailio::start(Manners::default()).await;
    let world = customer_of(&carrier, "udp").await;
    is_registered(&world).await;
    a_call_comes_through(&world, &carrier).await;
    world.assert_log_keeps_silent_about(&[PASSWORD]);
}

#[tokio::test]
async fn a_carrier_that_asks_by_sha_256_over_a_stream_is_answered_too() {
    needs!("kamailio", "pjsua2");
    let manners = Manners { algorithm: Algorithm::Sha256, ..Manners::default() };
    let carrier = Kamailio::start(manners).await;
    let world = customer_of(&carrier, "tcp").await;
    is_registered(&world).await;
    a_call_comes_through(&world, &carrier).await;
}

#[tokio::test]
async fn a_wrong_password_is_told_where_people_look() {
    needs!("kamailio");
    let carrier = Kamailio::start(Manners::default()).await;
    let config = format!(
        "[[sip.trunk]]\nname = \"carrier\"\nregistrar = \"{}\"\nusername = \"{NUMBER}\"\n\
         password = \"wrong\"\n",
        carrier.address()
    );
    let world = World::plan().config(DEAF).config(&config).start().await;
    let why = eventually("the failure to be told", SOON, async || {
        let ready = world.public().try_get("/readyz").await.expect(200).json();
        let checks = ready["checks"].as_array().cloned().unwrap_or_default();
        let trunk = checks.into_iter().find(|check| check["name"] == "trunk carrier");
        trunk
            .and_then(|check| Some(check["why"].as_str()?.to_owned()))
            .filter(|why| why.contains("password"))
            .ok_or(ready.to_string())
    })
    .await;
    let page = world.api().try_get("/desk/calls?lang=en").await.expect(200).text;
    assert!(page.contains("trunk carrier") && page.contains(&why), "{page}");
}
