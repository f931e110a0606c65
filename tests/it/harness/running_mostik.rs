//! The product as the harness starts, kills and stops it.

use std::time::Duration;

use mostik_tests::World;
use mostik_tests::world::run;

#[tokio::test]
async fn mostik_starts_survives_sigkill_and_stops_on_request() {
    let mut world = World::start().await;
    let health = world.public().try_get("/healthz").await;
    assert_eq!(health.status, 200, "{}", health.text);
    assert_eq!(world.public().try_get("/api/v1/feedback").await.status, 401);
    let id = world.writes("Курьер не приехал, доставка опоздала на три дня").await;
    world.kill_nine();
    world.restart().await;
    assert_eq!(world.feedback(&id).await["id"], id.as_str());
    assert_eq!(world.all_feedback().await.len(), 1);
    world.assert_log_keeps_silent_about(&["Курьер", &world.admin_token()]);
    world.stop().await;
}

#[tokio::test]
async fn worlds_do_not_disturb_each_other() {
    let (one, other) = tokio::join!(World::start(), World::start());
    let id = one.writes("Your delivery fee is far too expensive").await;
    assert!(other.all_feedback().await.is_empty());
    one.feedback_becomes(&id, "filed", Duration::from_secs(20)).await;
}

#[tokio::test]
async fn commands_run_to_their_end() {
    let output = run(&["--help"], "").await;
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("mostik"));
    let output = run(&["no-such-command"], "").await;
    assert_eq!(output.status.code(), Some(2));
}
