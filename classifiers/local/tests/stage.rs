//! What anyone may expect of the compiled-in model of acceptance stages.

use mostik_local::LocalStage;
use mostik_taxonomy::{AcceptanceStage, StageClassifier};

fn classifier() -> LocalStage {
    LocalStage::new().expect("the compiled-in model is good")
}

#[test]
fn plain_comments_are_read_in_both_languages() {
    let classifier = classifier();
    for (text, expected) in [
        ("Это не баг, так и задумано. Закрываю.", AcceptanceStage::Denial),
        ("Works as intended, closing as won't fix.", AcceptanceStage::Denial),
        ("Понимаю, но сейчас нет времени, в бэклог", AcceptanceStage::Comprehension),
        ("Makes sense, low priority for now, PRs welcome", AcceptanceStage::Comprehension),
        ("Подтверждаю, воспроизводится, это наша ошибка", AcceptanceStage::Acceptance),
        ("Confirmed, I can reproduce it. Definitely a bug.", AcceptanceStage::Acceptance),
        ("Исправили, выкатываем сегодня", AcceptanceStage::Evangelism),
        ("Fixed, will be released today", AcceptanceStage::Evangelism),
        ("Stop whining, I don't work for you", AcceptanceStage::Anger),
        ("Достали со своими жалобами", AcceptanceStage::Anger),
    ] {
        assert_eq!(classifier.stage_now(text).stage, expected, "{text}");
    }
}

#[test]
fn politeness_and_questions_are_never_denial() {
    let classifier = classifier();
    for text in [
        "Thank you for the report!",
        "Thanks! Which browser do you use?",
        "Could you please share a screenshot?",
        "Sorry for the delay, could you tell me the order number?",
        "Спасибо за сообщение!",
        "Подскажите, пожалуйста, какой у вас браузер?",
        "Извините за неудобства. Уточните номер заказа, пожалуйста",
        "Добрый день, коллеги! Не могли бы вы прислать запись звонка?",
        "Does it not work in Firefox either?",
        "А в другом браузере не пробовали?",
        "👍",
        "",
    ] {
        let verdict = classifier.stage_now(text);
        assert_ne!(verdict.stage, AcceptanceStage::Denial, "{text}");
        assert_ne!(verdict.stage, AcceptanceStage::Anger, "{text}");
    }
}

#[test]
fn only_own_words_count() {
    let classifier = classifier();
    let quoted = "> works as intended, won't fix\n\nConfirmed, this is a real bug, assigned to me.";
    assert_eq!(classifier.stage_now(quoted).stage, AcceptanceStage::Acceptance);
    let only_code = "```\nfixed, released today\n```";
    assert_eq!(classifier.stage_now(only_code).stage, AcceptanceStage::NoSignal);
}

#[tokio::test]
async fn it_answers_behind_the_trait_as_directly() {
    let classifier = classifier();
    let answered = classifier.stage("Fixed in main").await.expect("an answer");
    assert_eq!(answered, classifier.stage_now("Fixed in main"));
    assert!(answered.version.starts_with("local/") && answered.version == classifier.version());
}
