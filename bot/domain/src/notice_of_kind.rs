//! The words of notices to customers who told of no problem: praise, reviews,
//! questions, offers. Whoever praises is thanked and promised nothing; whoever
//! asks is promised an answer; whoever offers hears from the management.

use mostik_taxonomy::{Language, MessageKind};

use crate::notice::{AnsweredBy, Facts, NoticeKind, answered_how};

/// The body, where it differs from that of a complaint.
pub(crate) fn body(kind: NoticeKind, facts: &Facts<'_>) -> Option<String> {
    let russian = facts.language == Language::Russian;
    match facts.message_kind {
        MessageKind::Thanks | MessageKind::Review => match kind {
            NoticeKind::Received | NoticeKind::Thanked if russian => {
                Some(thanked_in_russian(facts))
            }
            NoticeKind::Received | NoticeKind::Thanked => Some(thanked_in_english(facts)),
            _ => None,
        },
        MessageKind::Question if russian => question_in_russian(kind, facts),
        MessageKind::Question => question_in_english(kind, facts),
        MessageKind::Cooperation if russian => offer_in_russian(kind, facts),
        MessageKind::Cooperation => offer_in_english(kind, facts),
        MessageKind::Complaint | MessageKind::Other => None,
    }
}

pub(crate) fn thanked_in_russian(facts: &Facts<'_>) -> String {
    let page = facts.page;
    let thanks = if facts.message_kind == MessageKind::Review {
        "Спасибо за отзыв: нам важно знать, что вышло хорошо, а что нет. Мы сохранили его, и наши \
         сотрудники его прочитают."
    } else {
        "Спасибо за тёплые слова! Мы сохранили их, и те, кого вы благодарите, смогут их прочитать."
    };
    format!("{thanks}\nЕсли захотите что-то добавить, напишите нам: {page}")
}

pub(crate) fn thanked_in_english(facts: &Facts<'_>) -> String {
    let page = facts.page;
    let thanks = if facts.message_kind == MessageKind::Review {
        "Thank you for your review: it helps us to know what went well and what did not. We have \
         kept it, and our staff will read it."
    } else {
        "Thank you for your kind words! We have kept them, and those whom you thank can read them."
    };
    format!("{thanks}\nShould you want to add something, write to us: {page}")
}

fn question_in_russian(kind: NoticeKind, facts: &Facts<'_>) -> Option<String> {
    let Facts { page, promised_by, reference, .. } = facts;
    let how = answered_how(facts.language, facts.answered_by);
    Some(match kind {
        NoticeKind::Received => format!(
            "Спасибо за вопрос.\n\
             Что мы сделаем: найдём того, кто знает ответ, и передадим ответ вам.\n\
             Когда: ответим {promised_by}.\n\
             Как: {how}: {page}\n\
             Номер обращения {reference}, запоминать его не нужно."
        ),
        NoticeKind::Delayed => format!(
            "Мы обещали ответить на ваш вопрос и не успели, просим прощения. {}\n\
             Когда: ответим {promised_by}.\n\
             Ход дела: {page}",
            if facts.with_owner_team {
                "Почему: ваш вопрос у тех, кто знает ответ, но ответа от них ещё нет."
            } else {
                "Почему: ваш вопрос ещё ждёт, пока на него ответит сотрудник."
            }
        ),
        _ => return None,
    })
}

fn question_in_english(kind: NoticeKind, facts: &Facts<'_>) -> Option<String> {
    let Facts { page, promised_by, reference, .. } = facts;
    let how = answered_how(facts.language, facts.answered_by);
    Some(match kind {
        NoticeKind::Received => format!(
            "Thank you for your question.\n\
             What we will do: find who knows the answer, and pass it on to you.\n\
             When: we will answer {promised_by}.\n\
             How: {how}: {page}\n\
             Your reference is {reference}; there is no need to remember it."
        ),
        NoticeKind::Delayed => format!(
            "We promised to answer your question and are late; we are sorry. {}\n\
             When: we will answer {promised_by}.\n\
             How things stand: {page}",
            if facts.with_owner_team {
                "Why: your question is with those who know the answer, but they have not given it yet."
            } else {
                "Why: your question is still waiting for one of us to answer it."
            }
        ),
        _ => return None,
    })
}

fn offer_in_russian(kind: NoticeKind, facts: &Facts<'_>) -> Option<String> {
    let Facts { page, promised_by, reference, .. } = facts;
    let how = match facts.answered_by {
        AnsweredBy::Chat => "напишем вам сюда",
        AnsweredBy::Page => "ответ появится на вашей странице",
        AnsweredBy::Call => "перезвоним вам",
    };
    Some(match kind {
        NoticeKind::Received => format!(
            "Спасибо за предложение.\n\
             Что мы сделаем: передадим его руководству.\n\
             Когда: ответим {promised_by}.\n\
             Как: {how}: {page}\n\
             Номер обращения {reference}, запоминать его не нужно."
        ),
        NoticeKind::Accepted => format!(
            "Руководство прочитало ваше предложение и занялось им. Мы сообщим вам, что будет \
             решено.\nХод дела: {page}"
        ),
        NoticeKind::Fixed => format!(
            "Руководство рассмотрело ваше предложение, и с нашей стороны всё по нему сделано. \
             Если с вами ещё не связались, напишите нам: {page}"
        ),
        NoticeKind::Declined => format!(
            "Мы передали ваше предложение руководству, и оно его рассмотрело. Скажем честно: \
             сейчас мы его не примем.\n{}\n\
             Спасибо, что подумали о нас. Если что-то изменится с вашей стороны, напишите: {page}",
            match facts.declined_why {
                Some(why) => format!("Причина, как её назвали: «{why}»"),
                None => "Причину нам не назвали.".to_owned(),
            }
        ),
        NoticeKind::Delayed => format!(
            "Мы обещали ответить на ваше предложение и не успели, просим прощения. {}\n\
             Когда: ответим {promised_by}.\n\
             Ход дела: {page}",
            if facts.with_owner_team {
                "Почему: оно у руководства, но ответа ещё нет."
            } else {
                "Почему: оно ещё ждёт, пока его посмотрит сотрудник."
            }
        ),
        NoticeKind::FollowUp => format!(
            "Неделю назад мы закончили работу с вашим предложением. Если что-то осталось без \
             ответа, напишите нам: {page}"
        ),
        NoticeKind::Thanked => return None,
    })
}

fn offer_in_english(kind: NoticeKind, facts: &Facts<'_>) -> Option<String> {
    let Facts { page, promised_by, reference, .. } = facts;
    let how = match facts.answered_by {
        AnsweredBy::Chat => "we will write to you here",
        AnsweredBy::Page => "our answer will appear on your own page",
        AnsweredBy::Call => "we will call you back",
    };
    Some(match kind {
        NoticeKind::Received => format!(
            "Thank you for your offer.\n\
             What we will do: pass it to our management.\n\
             When: we will answer {promised_by}.\n\
             How: {how}: {page}\n\
             Your reference is {reference}; there is no need to remember it."
        ),
        NoticeKind::Accepted => format!(
            "Our management has read your offer and is looking into it. We will tell you what is \
             decided.\nHow things stand: {page}"
        ),
        NoticeKind::Fixed => format!(
            "Our management has considered your offer, and all that was to be done on our side is \
             done. If nobody has been in touch with you yet, write to us: {page}"
        ),
        NoticeKind::Declined => format!(
            "We passed your offer to our management, and they have considered it. To be honest \
             with you: we will not take it up for now.\n{}\n\
             Thank you for thinking of us. Should something change on your side, write to us: \
             {page}",
            match facts.declined_why {
                Some(why) => format!("The reason, in their words: “{why}”"),
                None => "We were not given a reason.".to_owned(),
            }
        ),
        NoticeKind::Delayed => format!(
            "We promised to answer your offer and are late; we are sorry. {}\n\
             When: we will answer {promised_by}.\n\
             How things stand: {page}",
            if facts.with_owner_team {
                "Why: it is with our management, but they have not answered yet."
            } else {
                "Why: it is still waiting for one of us to look at it."
            }
        ),
        NoticeKind::FollowUp => format!(
            "A week ago we finished our work on your offer. If anything is left unanswered, write \
             to us: {page}"
        ),
        NoticeKind::Thanked => return None,
    })
}
