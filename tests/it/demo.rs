//! The newcomer's first minute is a test at the same time.

use mostik_tests::needs;
use mostik_tests::needs::speech_models;
use mostik_tests::world::run;

#[tokio::test]
async fn the_demo_comes_out_as_told() {
    needs!("whisper-base");
    let models = speech_models();
    let models = models.to_str().expect("a plain path");
    let output = run(&["demo", "--no-look", "--models", models], "").await;
    let told = String::from_utf8_lossy(&output.stdout);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}\n{said}");

    // Two callers with the same words count on one issue; three messages have their own.
    let issues: Vec<_> = told.lines().filter(|line| line.contains("/board/")).collect();
    assert_eq!(issues.len(), 5, "{told}");
    let of_calls: Vec<_> = issues
        .iter()
        .filter(|line| line.trim_start().starts_with("phone"))
        .filter_map(|line| line.split_whitespace().last())
        .collect();
    assert_eq!(of_calls.len(), 2, "{told}");
    assert_eq!(of_calls[0], of_calls[1], "{told}");
    for stage in ["evangelism", "denial", "comprehension"] {
        assert!(told.contains(stage), "{stage} is missing in:\n{told}");
    }
}
