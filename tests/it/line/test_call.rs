//! `mostik call`.

use mostik_tests::World;
use mostik_tests::needs::repository;
use mostik_tests::phones::Sound;
use mostik_tests::world::run;

use super::DEAF;

#[tokio::test]
async fn the_echo_gives_back_what_was_said() {
    let world = World::with(DEAF).await;
    let folder = tempfile::tempdir().expect("a folder");
    let heard = folder.path().join("heard.wav");
    let said = repository().join("telephony/gateway/prompts/ru/welcome.wav");
    let config = world.config_file();
    let uri = world.sip_uri("echo");
    let arguments = ["call", &uri, "--play", &said.to_string_lossy()]
        .map(str::to_owned)
        .into_iter()
        .chain(["--record".to_owned(), heard.to_string_lossy().into_owned()])
        .chain(["--config".to_owned(), config.to_string_lossy().into_owned()])
        .collect::<Vec<_>>();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ran = run(&arguments, "").await;
    let told = String::from_utf8(ran.stdout).expect("UTF-8");
    assert!(ran.status.success(), "{told}");
    assert!(told.contains("answered after") && told.contains(" 0 lost"), "{told}");
    let keys = run(&["call", &uri, "--keys", "17#"], "").await;
    let pressed = String::from_utf8(keys.stdout).expect("UTF-8");
    assert!(pressed.contains("key 1\nkey 7\nkey #"), "{pressed}");
    let likeness = Sound::read(&heard).likeness_of(&Sound::read(&said));
    assert!(likeness > 0.8, "{likeness:.2}: {told}");
}

#[tokio::test]
async fn who_is_not_there_is_told_in_one_line() {
    let world = World::with(DEAF).await;
    let nobody = world.sip_uri("nobody");
    for (arguments, said) in [
        (vec!["call", nobody.as_str()], "the number is not known there"),
        (vec!["call", "sip:a@127.0.0.1:9", "--seconds", "1"], "mostik: "),
        (vec!["call", "not-an-address"], "sip:support@"),
        (vec!["call", "sip:a@127.0.0.1", "--trunk", "none"], "no trunk is named"),
        (vec!["call", "show", "call_x"], "is not like call_"),
    ] {
        let ran = run(&arguments, "").await;
        let told = String::from_utf8(ran.stderr).expect("UTF-8");
        assert_eq!(ran.status.code(), Some(1), "{arguments:?}: {told}");
        assert!(told.contains(said) && told.trim().lines().count() == 1, "{arguments:?}: {told}");
    }
}
