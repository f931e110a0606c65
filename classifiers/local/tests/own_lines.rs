//! A company has words of its own: «гнездо» is its parcel locker, «ступень»
//! its tariff, and a "burrow" is a locker too. The shipped model cannot know.

use mostik_local::{
    LocalRootCause,
    training::{
        CannotLearn, Example, InUse, Task, read_examples, shipped_examples, train_with_own_lines,
    },
};

const CORRECTED: &[(&str, &[&str])] = &[
    (
        "delivery",
        &[
            "гнездо опять молчит",
            "Второй день хожу к гнезду на Лесной, а оно пустое",
            "гнездо на вокзале моргает красным и не отдаёт",
            "Пришла к гнезду, код набрала, дверца ни с места",
            "Почему моё гнездо поменяли на другое, в соседнем районе?",
            "мне сказали гнездо заполнено и всё вернули",
            "Гнездо у дома сняли, теперь ездить через весь город",
            "третье гнездо подряд не признаёт мой код",
            "Гнездо открылось, внутри ничего",
            "обещали в гнездо к среде, сегодня пятница",
            "в гнезде лежало чужое",
            "Гнездо закрыто на ремонт, а срок вышел завтра",
            "не могу дойти до гнезда, его обнесли забором",
            "а когда гнездо у метро снова заработает",
            "код от гнезда пришёл, а гнездо говорит занято",
            "The burrow by the station stays shut",
            "Third day the burrow says occupied",
            "my burrow was swapped for one across town",
            "burrow opened, nothing inside",
            "The burrow on Mill Road blinks red at me",
            "they moved my burrow and told nobody",
            "burrow code refused again",
            "Went to the burrow twice for nothing",
            "somebody else's things were in my burrow",
            "When will the burrow near the school be back",
        ],
    ),
    (
        "pricing",
        &[
            "меня без спроса перевели на пятую ступень",
            "Почему со второй ступени сразу на четвёртую?",
            "верните меня на прежнюю ступень",
            "ступень подняли, а ничего не изменилось",
            "За какую ступень вы с меня берёте, не понимаю",
            "у соседа третья ступень, у меня шестая, за одно и то же",
            "Хочу ступень ниже, оператор отказал",
            "ступень стала вдвое больше с января",
            "мне обещали первую ступень на год",
            "Ступень сменилась в середине месяца",
            "нижнюю ступень убрали совсем",
            "почему для новых ступень ниже, чем для старых",
            "со ступенью какой-то обман",
            "объясните мою ступень в этом месяце",
            "ступень не та что в договоре была",
            "You put me on rung five without asking",
            "Why did my rung go up again",
            "I want my old rung back",
            "my neighbour has rung two and I have rung six",
            "the lowest rung is gone, why",
            "new people get a lower rung than me",
            "rung changed in the middle of the month",
            "they promised me rung one for a year",
            "Explain this month's rung please",
            "my rung doubled in January",
        ],
    ),
];

const UNSEEN: &[(&str, &str)] = &[
    ("delivery", "гнездо возле парка не открывается"),
    ("delivery", "Снова гнездо пустое"),
    ("delivery", "набираю код, гнездо пищит и всё"),
    ("delivery", "зачем перенесли гнездо с нашей улицы"),
    ("delivery", "В гнезде не моё"),
    ("delivery", "The burrow near my office is stuck"),
    ("delivery", "burrow was empty when I came"),
    ("delivery", "my burrow does not take the code"),
    ("delivery", "why is the burrow shut on Sunday"),
    ("delivery", "they changed my burrow again"),
    ("pricing", "Опять подняли ступень"),
    ("pricing", "ступень у меня почему-то седьмая"),
    ("pricing", "как вернуть вторую ступень"),
    ("pricing", "мне положена первая ступень"),
    ("pricing", "за что мне такая ступень"),
    ("pricing", "My rung is wrong this month"),
    ("pricing", "put me back on rung three"),
    ("pricing", "why is my rung higher than hers"),
    ("pricing", "rung four for what exactly"),
    ("pricing", "you raised my rung and said nothing"),
];

fn corrections() -> Vec<Example> {
    let lines: Vec<String> = CORRECTED
        .iter()
        .flat_map(|(label, texts)| texts.iter().map(move |text| (label, text)))
        .enumerate()
        .map(|(id, (label, text))| {
            let lang = if text.is_ascii() { "en" } else { "ru" };
            format!(
                "{{\"id\":\"own-{id}\",\"lang\":\"{lang}\",\"trade\":\"own\",\"text\":\"{text}\",\"label\":\"{label}\"}}"
            )
        })
        .collect();
    read_examples(Task::RootCause, &lines.join("\n")).expect("good lines")
}

fn right(model: &LocalRootCause) -> usize {
    let is_right = |(label, text): &&(&str, &str)| {
        model.classify_now(text, mostik_taxonomy::Language::Russian).root_cause.as_str() == *label
    };
    UNSEEN.iter().filter(is_right).count()
}

#[test]
fn fifty_corrections_teach_a_company_s_words_and_forget_nothing() {
    let own = corrections();
    assert_eq!(own.len(), 50);
    let shipped = shipped_examples(Task::RootCause).expect("good lines");
    let trained = train_with_own_lines(Task::RootCause, &shipped, &own, &InUse::default());
    let trained = trained.expect("enough lines");
    let (before, after) = (LocalRootCause::new().expect("shipped"), &trained.bytes);
    let after = LocalRootCause::from_bytes(after).expect("a model");
    assert_ne!(before.version(), after.version());
    let (before, after) = (right(&before), right(&after));
    println!(
        "unseen {before} -> {after} of 20; own {:.3} -> {:.3}; shipped {:.4} -> {:.4}",
        trained.own_before.accuracy(),
        trained.own_after.accuracy(),
        trained.shipped_before.macro_f1(),
        trained.shipped_after.macro_f1()
    );
    assert!(before <= 12, "the shipped model knows {before} of these words already");
    assert!(after >= 18, "{after} of 20 after training");
    assert!(trained.own_after.accuracy() > trained.own_before.accuracy() + 0.2);
    assert!(trained.shipped_after.macro_f1() >= trained.shipped_before.macro_f1() - 0.01);
    assert!(trained.is_better());
}

#[test]
fn wrong_corrections_are_not_kept() {
    let mut own: Vec<Example> = shipped_examples(Task::Stage).expect("good lines");
    let shipped = own.clone();
    own.truncate(40);
    // Labels at odds with what was said, and with each other.
    for (place, example) in own.iter_mut().enumerate() {
        example.labels = vec![place % 6];
    }
    let trained = train_with_own_lines(Task::Stage, &shipped, &own, &InUse::default());
    let trained = trained.expect("enough lines");
    assert!(!trained.is_better());
}

#[test]
fn a_handful_of_lines_is_refused() {
    let own = corrections();
    let few = train_with_own_lines(Task::RootCause, &[], &own[..5], &InUse::default());
    assert_eq!(few.err(), Some(CannotLearn::Count(5)));
}

/// Few of the shipped lines, so that three trainings do not take long.
#[test]
fn what_is_in_use_is_neither_beaten_by_itself_nor_praised_for_what_it_knows_by_heart() {
    let shipped: Vec<Example> =
        shipped_examples(Task::RootCause).expect("good lines").into_iter().step_by(12).collect();
    let own = corrections();
    let train = |own: &[Example], in_use: &InUse| {
        train_with_own_lines(Task::RootCause, &shipped, own, in_use).expect("enough lines")
    };
    let first = train(&own[..40], &InUse::default());
    assert!(first.is_better());
    let in_use = InUse { bytes: Some(first.bytes.clone()), answers: first.own_answers.clone() };
    let again = train(&own[..40], &in_use);
    let (before, then) = (again.own_before.confusion(), first.own_after.confusion());
    assert_eq!(before, then, "it was asked what it knows by heart");
    assert!(!again.is_better_on_own_lines());
    let mut wrong = own.clone();
    for (place, example) in wrong.iter_mut().enumerate() {
        example.labels = vec![place % 5];
    }
    let misled = train(&wrong, &in_use);
    let (gained, lost) = (misled.gained, misled.lost);
    assert!(!misled.is_better_on_own_lines(), "kept for {gained} more and {lost} no longer");
}
