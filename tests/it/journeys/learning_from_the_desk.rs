//! What people name at the desk and customers confirm on their pages becomes a
//! new version of the model, which every later classification names.

use std::time::Duration;

use mostik_tests::World;
use mostik_tests::world::run_for;
use serde_json::json;

const SOON: Duration = Duration::from_mins(1);
/// Learning takes all cores for a minute; they are not alone here.
const LEARNING: Duration = Duration::from_mins(8);

/// Words that only this company has: a "burrow" is its parcel locker, a "rung"
/// its tariff. The shipped model cannot know.
const BURROWS: [&str; 5] =
    ["The burrow", "My burrow", "That burrow again:", "гнездо", "Моё гнездо"];
const OF_BURROWS: [&str; 5] = [
    "by the station stays shut",
    "was empty when I came",
    "не принимает код",
    "опять моргает красным",
    "on Mill Road said occupied",
];
const RUNGS: [&str; 5] = ["My rung", "The rung", "This rung again:", "ступень", "Моя ступень"];
const OF_RUNGS: [&str; 5] = [
    "went up in January",
    "is higher than hers",
    "опять выше чем была",
    "стала седьмой без спроса",
    "is not what they promised",
];

fn lines() -> Vec<(String, &'static str)> {
    let crossed = |names: [&str; 5], ends: [&str; 5], cause: &'static str| {
        let line = move |name: &str, end: &str| (format!("{name} {end}"), cause);
        names
            .iter()
            .flat_map(|name| ends.iter().map(move |end| line(name, end)))
            .collect::<Vec<_>>()
    };
    [crossed(BURROWS, OF_BURROWS, "delivery"), crossed(RUNGS, OF_RUNGS, "pricing")].concat()
}

/// Answered, and out of every step's hands.
async fn settled(world: &World, id: &str) {
    mostik_tests::eventually::eventually("a classification", SOON, async || {
        let feedback = world.feedback(id).await;
        let waits = ["filed", "needs_review", "answered"].iter().any(|it| feedback["state"] == *it);
        if waits { Ok(()) } else { Err(feedback.to_string()) }
    })
    .await;
}

#[tokio::test]
async fn corrections_become_a_version_that_every_classification_names() {
    let mut world = World::with("[web]\npublic_rate_per_minute = 0\n").await;
    let mut shipped = None;
    for (place, (text, cause)) in lines().into_iter().enumerate() {
        let sent = world.public().post("/api/v1/messages", &json!({ "text": text })).await;
        let sent = sent.expect(202).json();
        let id = sent["feedback"].as_str().expect("an id").to_owned();
        settled(&world, &id).await;
        let before = world.feedback(&id).await;
        shipped.get_or_insert(before["classification"]["version"].clone());
        let asked =
            matches!(before["classification"]["kind"].as_str(), Some("complaint" | "other"));
        // Every tenth is confirmed by the customer, the rest by an operator.
        if place % 10 == 3 && asked {
            let page = sent["page"].as_str().expect("her own page");
            let path = page.strip_prefix(&world.web_url()).expect("a page of this desk");
            let path = format!("{path}/cause");
            world.public().post_form(&path, &[("cause", cause)]).await.expect(200);
        } else {
            let change = json!({ "root_cause": cause });
            world.api().patch(&format!("/api/v1/feedback/{id}"), &change).await.expect(200);
        }
    }
    let shipped = shipped.expect("a version");
    let agreement = world.api().get("/api/v1/reports/agreement").await;
    let customers = agreement["items"][0]["by_customers"].as_u64().expect("a count");
    assert!(customers >= 3, "{agreement}");
    world.stop().await;

    let (config, data) = (world.config_file(), world.data());
    let place =
        ["--config", config.to_str().expect("a path"), "--data", data.to_str().expect("a path")];
    let train = [&["train", "root-cause", "--from-desk"], place.as_slice()].concat();
    let trained = run_for(&train, "", LEARNING).await;
    let told = String::from_utf8_lossy(&trained.stderr).into_owned();
    let report = String::from_utf8_lossy(&trained.stdout).into_owned();
    assert!(trained.status.success(), "{told}\n{report}");
    assert!(report.contains("Kept as v1"), "{report}");
    assert!(told.contains(&format!("customers named {customers}")), "{told}");

    world.restart().await;
    for (text, cause) in [
        ("burrow near my office is stuck and shut again", "delivery"),
        ("why is my rung higher than before", "pricing"),
    ] {
        let id = world.writes(text).await;
        settled(&world, &id).await;
        let named = world.feedback(&id).await["classification"].clone();
        assert_eq!(named["root_cause"], cause, "{named}");
        assert_ne!(named["version"], shipped, "{named}");
        assert_eq!(named["decided_by"], "model");
    }
}
