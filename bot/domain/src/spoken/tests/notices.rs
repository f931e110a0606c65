//! The same templates give the text and the spoken form (checklist #17).

use std::fmt::Write as _;

use mostik_taxonomy::{Language, MessageKind, RootCause};
use uuid::Uuid;

use crate::notice::{AnsweredBy, Facts, NoticeKind, promised_by, words};
use crate::spoken::{pieces, sentence};
use crate::{FeedbackId, OfficeHours, Reference, Words};

const KINDS: [NoticeKind; 7] = [
    NoticeKind::Received,
    NoticeKind::Accepted,
    NoticeKind::Fixed,
    NoticeKind::Declined,
    NoticeKind::Delayed,
    NoticeKind::FollowUp,
    NoticeKind::Thanked,
];
/// What a voice takes at once.
const MOST: usize = 600;

fn spoken_notices(language: Language, name: &str, why: &str) -> String {
    let hours = OfficeHours::new("Europe/Moscow", &["Mon-Fri 09:00-18:00".into()], &[]);
    let hours = hours.expect("valid hours");
    let [now, due] = ["2026-11-20T14:50:00Z", "2026-11-23T06:20:00Z"]
        .map(|time| time.parse().expect("a timestamp"));
    let by_when = promised_by(language, &hours, now, due);
    let reference = Reference::of(FeedbackId::new(Uuid::from_u128(0x7_3f20_91c4)));
    let name = Words::new(name);
    let facts = Facts {
        language,
        name: Some(&name),
        reference: &reference,
        message_kind: MessageKind::Complaint,
        root_cause: Some(&RootCause::Delivery),
        page: "https://help.example.org/c/fb_1",
        promised_by: &by_when,
        answered_by: AnsweredBy::Call,
        declined_why: Some(why),
        with_owner_team: true,
    };
    let mut all = String::new();
    for kind in KINDS {
        let said = sentence(language, words(kind, &facts).reveal());
        let said = pieces(&said, MOST).join("\n");
        writeln!(all, "── {} ──\n{said}\n", kind.as_str()).expect("memory");
    }
    all
}

#[test]
fn every_notice_as_it_is_heard() {
    insta::assert_snapshot!(
        "spoken_notices_ru",
        spoken_notices(Language::Russian, "Анна", "курьеров стало 2 вместо 5, наймём к 1 декабря")
    );
    insta::assert_snapshot!(
        "spoken_notices_en",
        spoken_notices(Language::English, "Anna", "2 couriers instead of 5 until 1 December")
    );
}
