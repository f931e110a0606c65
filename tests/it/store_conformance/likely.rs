//! Problems that a new feedback may be about are found by what was said.

use mostik_domain::{Change, Feedback, FeedbackId, Problem, Words};

use super::Backend;
use super::given::{at, captured, feedback, opened, problem, routed, submitted};

/// A problem of the logisticians that begins with these words.
async fn reported(store: &dyn Backend, words: &str) -> (Problem, FeedbackId) {
    let known = problem("logistics", words, &[]);
    opened(store, &known).await;
    let id = also(store, &known, words).await;
    (known, id)
}

/// Somebody else says it of a known problem.
async fn also(store: &dyn Backend, known: &Problem, words: &str) -> FeedbackId {
    let id = captured(store, &format!("{}/{words}", known.id), words).await.feedback;
    routed(store, id, known).await.id
}

async fn found(store: &dyn Backend, text: &str) -> Vec<mostik_domain::ProblemId> {
    store.problems_sharing_words(text, 10).await.expect("an answer")
}

pub(super) async fn words_find_open_problems_whatever_their_endings(store: &dyn Backend) {
    let (late, _) = reported(store, "Курьер опоздал на три часа").await;
    let (broken, _) = reported(store, "Посылку привезли разбитой").await;
    let (charged, _) = reported(store, "I was charged twice for one parcel").await;
    captured(store, "alone", "Курьеры, посылки, charges").await;
    for (asked, problem) in [
        ("где же курьера носит", &late),
        ("РАЗБИТАЯ ПОСЫЛКА!", &broken),
        ("they charge me two times", &charged),
        ("Часы", &late),
    ] {
        assert_eq!(found(store, asked).await, [problem.id], "{asked}");
    }
    assert_eq!(found(store, "посылку и курьера").await.len(), 2);
    assert!(found(store, "не вижу кнопки").await.is_empty());
    assert_eq!(store.problems_sharing_words("посылка курьер", 1).await.expect("read").len(), 1);
    let fixed = late.state.clone().fixed(at(9)).expect("fixed");
    submitted(store, vec![Change::SaveProblem(Problem { state: fixed, ..late })]).await;
    assert!(found(store, "курьер").await.is_empty(), "only what is open gathers");
}

pub(super) async fn full_text_follows_what_becomes_of_a_feedback(store: &dyn Backend) {
    let (late, first) = reported(store, "Курьер опоздал").await;
    let (other, _) = reported(store, "Посылку привезли разбитой").await;
    let moved = feedback(store, first).await;
    let retold =
        Feedback { text: Some("Водитель перепутал адрес".into()), ..moved };
    submitted(store, vec![Change::SaveFeedback(retold)]).await;
    assert!(found(store, "курьер").await.is_empty(), "what is said no more is not found");
    assert_eq!(found(store, "водитель").await, [late.id]);
    let answered = feedback(store, first).await;
    let state = answered.state.answered().cloned().expect("answered");
    let state = mostik_domain::FeedbackState::Answered(state)
        .routed_to("logistics", other.id, at(6))
        .expect("a route");
    let moved = feedback(store, first).await.in_state(state, at(6));
    submitted(store, vec![Change::SaveFeedback(moved)]).await;
    assert_eq!(found(store, "водитель").await, [other.id], "it is counted elsewhere now");
}

pub(super) async fn one_problem_of_many_reports_does_not_hide_another(store: &dyn Backend) {
    let (late, _) = reported(store, "Курьер опоздал").await;
    for i in 0..30 {
        also(store, &late, &format!("Курьер опоздал снова, раз {i}")).await;
    }
    let (rude, _) = reported(store, "Курьер накричал на ребёнка").await;
    assert_eq!(found(store, "курьер накричал").await, [rude.id, late.id]);
}

pub(super) async fn open_problems_are_told_newest_first(store: &dyn Backend) {
    let (first, _) = reported(store, "Первая").await;
    let (second, _) = reported(store, "Вторая").await;
    let (third, _) = reported(store, "Третья").await;
    let declined = second.state.clone().declined(at(9), None).expect("declined");
    submitted(store, vec![Change::SaveProblem(Problem { state: declined, ..second })]).await;
    assert_eq!(store.open_problems(10).await.expect("a read"), [third.id, first.id]);
    assert_eq!(store.open_problems(1).await.expect("a read"), [third.id]);
}

pub(super) async fn a_problem_is_told_with_its_first_voices(store: &dyn Backend) {
    let (late, _) = reported(store, "Опоздал").await;
    for i in 1..8 {
        also(store, &late, &format!("Опоздал {i}")).await;
    }
    let (other, _) = reported(store, "Разбили").await;
    let unknown = problem("logistics", "Нет такой", &[]).id;
    let mut told = store.voiced_problems(&[late.id, unknown, other.id]).await.expect("a read");
    told.sort_by_key(|it| it.card.problem.id);
    let voices = |at: usize| -> Vec<&str> { told[at].voices.iter().map(Words::reveal).collect() };
    assert_eq!(told.len(), 2);
    assert_eq!(voices(0), ["Опоздал", "Опоздал 1", "Опоздал 2", "Опоздал 3", "Опоздал 4"]);
    assert_eq!((told[0].card.feedback_count, voices(1)), (8, vec!["Разбили"]));
    assert!(store.voiced_problems(&[]).await.expect("a read").is_empty());
}

pub(super) async fn hostile_texts_are_only_words(store: &dyn Backend) {
    let (late, _) = reported(store, "Курьер опоздал OR NEAR \"x\" * & | ! <-> :*").await;
    let many = "курьер слово ".repeat(20_000);
    let long = "я".repeat(200_000);
    let operators = "курьер\" OR 1=1 -- ' NEAR( * ^ & | ! <-> \\ : ( ) {col} \0 \u{202e}";
    for text in [many.as_str(), operators, "AND OR NOT NEAR курьер"] {
        assert_eq!(found(store, text).await, [late.id], "{text:.30}");
    }
    for text in [long.as_str(), "", "\0", "' \" * -", "()", "12345 67890", "🙂"] {
        assert!(found(store, text).await.is_empty(), "{text:.30}");
    }
    assert_eq!(store.problems_sharing_words("курьер", u32::MAX).await.expect("read").len(), 1);
    assert_eq!(store.open_problems(u32::MAX).await.expect("a read"), [late.id]);
}
