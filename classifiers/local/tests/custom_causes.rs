//! Two causes that no shipped line knows, by eight examples in each language.

use std::time::Instant;

use mostik_local::{
    CustomCause, LocalRootCause, WithCustomCauses,
    training::{Task, shipped_examples},
};
use mostik_taxonomy::Language;

const SECURITY: (&str, &[&str], &[&str]) = (
    "Accounts stolen or broken into, phishing, fraud in our name. Взлом и кража аккаунтов, \
     фишинг, мошенники от нашего имени.",
    &[
        "Мой аккаунт взломали и поменяли пароль",
        "Пришло письмо якобы от вас со ссылкой на поддельный сайт",
        "кто-то вошёл в мой личный кабинет с чужого устройства",
        "мне звонили мошенники и представлялись вашей службой безопасности",
        "украли доступ к профилю, почту сменили",
        "с моего аккаунта оформили заказ, это не я",
        "фишинговая страница копирует ваш вход",
        "пришла смс с кодом, хотя я ничего не запрашивал",
        "My account was hacked and the password changed",
        "I got an email pretending to be you with a fake login page",
        "Somebody logged into my profile from another country",
        "A scammer called me and said he was your security team",
        "they stole my login and changed the email",
        "someone placed an order from my account, it was not me",
        "there is a phishing site that copies your sign in page",
        "I keep getting verification codes I never asked for",
    ],
    &[
        "взломали мой профиль, не могу войти, пароль уже другой",
        "Получил подозрительное письмо от вашего имени, просят данные карты",
        "Мошенники звонят вашим клиентам и выманивают коды",
        "кто-то чужой сидит в моём аккаунте",
        "мне приходят коды подтверждения которых я не просила",
        "Someone broke into my account last night",
        "I think your email about a prize is a phishing attempt",
        "A fraudster pretended to work for you and wanted my password",
        "there was a login from Brazil and it wasn't me",
        "my profile got stolen and now I can't get in",
    ],
);

const STAFF: (&str, &[&str], &[&str]) = (
    "Rude, lazy or ignorant employees. Грубые, ленивые или некомпетентные сотрудники.",
    &[
        "Оператор нахамила мне по телефону",
        "Продавец грубил и закатывал глаза",
        "менеджер разговаривал со мной как с идиоткой",
        "сотрудник в зале сидел в телефоне и не подошёл",
        "консультант ничего не знает, послал меня читать инструкцию",
        "кассирша наорала на моего ребёнка",
        "администратор бросила трубку посреди разговора",
        "ваш специалист вёл себя по-хамски",
        "The operator was rude to me on the phone",
        "The salesman rolled his eyes and swore at me",
        "your manager talked to me as if I were an idiot",
        "the clerk kept looking at his phone and ignored us",
        "the consultant knew nothing and told me to google it",
        "the cashier yelled at my kid",
        "the receptionist hung up on me in mid sentence",
        "your technician behaved like a boor",
    ],
    &[
        "Девушка на линии мне нагрубила и бросила трубку",
        "хамское отношение персонала, ноги моей больше не будет",
        "сотрудница на кассе накричала на пожилую женщину",
        "Менеджер вёл себя высокомерно и отказался помочь",
        "консультанты стоят и болтают между собой, на покупателей ноль внимания",
        "The lady at the desk was incredibly rude",
        "Your employee shouted at my mother",
        "staff ignored us for twenty minutes while chatting",
        "the support agent was condescending and hung up",
        "the guy at the counter had no clue and was arrogant about it",
    ],
);

fn with_both() -> WithCustomCauses {
    let cause = |name: &str, (description, examples, _): (&str, &[&str], &[&str])| CustomCause {
        root_cause: name.parse().expect("a name"),
        description: description.to_owned(),
        examples: examples.iter().map(ToString::to_string).collect(),
    };
    let causes = [cause("security", SECURITY), cause("staff", STAFF)];
    WithCustomCauses::new(LocalRootCause::new().expect("shipped"), &causes)
}

#[test]
fn examples_teach_new_causes_and_leave_the_four_alone() {
    let begun = Instant::now();
    let classifier = with_both();
    println!("learnt in {:?}", begun.elapsed());
    for (name, (_, _, unseen)) in [("security", SECURITY), ("staff", STAFF)] {
        let mut right = 0;
        for text in unseen {
            let found = classifier.classify_now(text, Language::Russian);
            if found.root_cause.as_str() == name {
                right += 1;
            } else {
                println!("{name}: {text} -> {:?}", found.causes);
            }
        }
        println!("{name}: {right} of {}", unseen.len());
        assert!(right * 10 >= unseen.len() * 8, "{name}: {right} of {}", unseen.len());
    }
    let plain = LocalRootCause::new().expect("shipped");
    let shipped = shipped_examples(Task::RootCause).expect("good lines");
    let (mut asked, mut taken, mut of_other, mut others) = (0_usize, 0_usize, 0_usize, 0_usize);
    // Every fifth line, and none of those that were learnt beside the examples.
    for (_, example) in shipped.iter().enumerate().filter(|(at, _)| at % 5 == 2 && at % 24 != 0) {
        let before = plain.classify_now(&example.text, example.language);
        let after = classifier.classify_now(&example.text, example.language);
        let lost = matches!(after.root_cause.as_str(), "security" | "staff");
        if before.root_cause.as_str() == "other" {
            others += 1;
            of_other += usize::from(lost);
        } else {
            asked += 1;
            taken += usize::from(lost);
            assert!(lost || after.root_cause == before.root_cause, "{}", example.id);
        }
    }
    println!("taken from the four: {taken} of {asked}; from other: {of_other} of {others}");
    assert!(asked > 500 && taken * 100 <= asked * 3, "{taken} of {asked} taken away");
}

#[test]
fn every_answer_names_the_causes_it_knew() {
    let classifier = with_both();
    let found = classifier.classify_now("кассирша на меня наорала", Language::Russian);
    assert_eq!(found.root_cause.as_str(), "staff");
    assert!(found.evidence.iter().any(|word| word.contains("кассирша")), "{:?}", found.evidence);
    assert_eq!(found.version, classifier.version());
    assert!(found.version.starts_with("local/") && found.version.contains('+'));
    let none = WithCustomCauses::new(LocalRootCause::new().expect("shipped"), &[]);
    let text = "The courier never came";
    let plain = LocalRootCause::new().expect("shipped").classify_now(text, Language::English);
    let same = none.classify_now(text, Language::English);
    assert_eq!((same.root_cause, same.confidence), (plain.root_cause, plain.confidence));
    for hostile in ["", "\u{0}", "123", &"а".repeat(200_000)] {
        let found = classifier.classify_now(hostile, Language::Russian);
        assert!((0.0..=1.0).contains(&found.confidence.value()));
    }
}
