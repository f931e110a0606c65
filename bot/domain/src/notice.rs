//! What a customer is told, and every word of it.

use jiff::Timestamp;
use mostik_taxonomy::{Language, MessageKind, RootCause};
use serde::{Deserialize, Serialize};

use crate::{
    CallAttempts, FeedbackId, NoticeId, OfficeHours, Reference, Refused, Words, notice_of_kind,
    wall_clock,
};

/// One thing told to a customer; at most one of each kind per feedback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Identity.
    pub id: NoticeId,
    /// About what.
    pub feedback: FeedbackId,
    /// What sort of news.
    pub kind: NoticeKind,
    /// What was said or will be; empty until it is put into words.
    pub text: Words,
    /// Whether it was told.
    pub state: NoticeState,
    /// When it was decided to tell it.
    pub created_at: Timestamp,
}

/// The sorts of news.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// It arrived; this is promised.
    Received,
    /// The owner team agrees that it is a problem.
    Accepted,
    /// It is fixed.
    Fixed,
    /// It will not be changed, and why.
    Declined,
    /// The promise cannot be kept in time, and why.
    Delayed,
    /// A week after closing.
    FollowUp,
    /// Thanks for praise, to whoever was answered as if something were wrong: a
    /// caller who was promised a call back, or by a person's correction.
    Thanked,
}

impl NoticeKind {
    /// The name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Accepted => "accepted",
            Self::Fixed => "fixed",
            Self::Declined => "declined",
            Self::Delayed => "delayed",
            Self::FollowUp => "follow_up",
            Self::Thanked => "thanked",
        }
    }
}

/// Whether a notice was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "name")]
pub enum NoticeState {
    /// Not yet tried.
    Pending,
    /// Being sent: after a crash in this state it may be told twice on a
    /// channel that knows no idempotency key.
    Sending,
    /// Told by the customer's channel, or spoken in the call.
    Sent {
        /// When.
        at: Timestamp,
    },
    /// On the customer's own page, the only place where she can be told.
    Posted {
        /// When.
        at: Timestamp,
    },
    /// Waits for a call to the customer: Mostik's own where it may ring her, else a person's.
    AwaitingCall {
        /// Since when.
        since: Timestamp,
        /// How far Mostik itself has come.
        #[serde(default)]
        attempts: CallAttempts,
    },
    /// Could not be told.
    Undeliverable {
        /// For the operator, without personal data.
        why: String,
        /// When given up.
        at: Timestamp,
    },
}

impl NoticeState {
    /// The name in the API.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sending => "sending",
            Self::Sent { .. } => "sent",
            Self::Posted { .. } => "posted",
            Self::AwaitingCall { .. } => "awaiting_call",
            Self::Undeliverable { .. } => "undeliverable",
        }
    }

    /// True once nothing more will be tried.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Sent { .. } | Self::Posted { .. } | Self::Undeliverable { .. })
    }
}

impl Notice {
    /// Moves on; a notice that was told stays told.
    pub fn in_state(self, state: NoticeState) -> Result<Self, Refused> {
        if self.state.is_final() {
            return Err(Refused { from: self.state.as_str(), to: state.as_str() });
        }
        Ok(Self { state, ..self })
    }
}

/// What the words of a notice are made of.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// The customer's language.
    pub language: Language,
    /// The customer's name, when known.
    pub name: Option<&'a Words>,
    /// The short code.
    pub reference: &'a Reference,
    /// What the customer wants of us: nothing is promised that does not fit it.
    pub message_kind: MessageKind,
    /// The cause, when named.
    pub root_cause: Option<&'a RootCause>,
    /// The customer's own page.
    pub page: &'a str,
    /// By when an answer is promised, as people say it (see [`promised_by`]).
    pub promised_by: &'a str,
    /// How she will be answered.
    pub answered_by: AnsweredBy,
    /// Why it was declined, in the owner team's words.
    pub declined_why: Option<&'a str>,
    /// For a delay: whether the owner team has it already.
    pub with_owner_team: bool,
}

/// How a customer will hear from us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnsweredBy {
    /// In the chat in which she wrote.
    Chat,
    /// On her own page.
    Page,
    /// By phone.
    Call,
}

/// In place of the link, where others read along.
pub const fn link_elsewhere(language: Language) -> &'static str {
    match language {
        Language::Russian => "ссылку мы прислали вам личным сообщением",
        Language::English => "we have sent you the link in a direct message",
    }
}

/// By when, as people say it, on the company's clock.
pub fn promised_by(
    language: Language,
    hours: &OfficeHours,
    now: Timestamp,
    due: Timestamp,
) -> String {
    wall_clock::by_when(language, &hours.local(now), &hours.local(due))
}

/// The words of a notice.
pub fn words(kind: NoticeKind, facts: &Facts<'_>) -> Words {
    let greeting = greeting(facts);
    let body = notice_of_kind::body(kind, facts).unwrap_or_else(|| match facts.language {
        Language::Russian => in_russian(kind, facts),
        Language::English => in_english(kind, facts),
    });
    Words::new(format!("{greeting}\n{body}"))
}

fn greeting(facts: &Facts<'_>) -> String {
    let name = facts.name.filter(|name| !name.is_blank()).map(|name| name.reveal().trim());
    match (facts.language, name) {
        (Language::Russian, Some(name)) => format!("Здравствуйте, {name}!"),
        (Language::Russian, None) => "Здравствуйте!".to_owned(),
        (Language::English, Some(name)) => format!("Hello {name},"),
        (Language::English, None) => "Hello,".to_owned(),
    }
}

/// Where the answer will come, as the end of a sentence.
pub(crate) const fn answered_how(language: Language, by: AnsweredBy) -> &'static str {
    match (language, by) {
        (Language::Russian, AnsweredBy::Chat) => {
            "напишем вам сюда; весь ход дела виден на вашей странице"
        }
        (Language::Russian, AnsweredBy::Page) => "ответ и весь ход дела появятся на вашей странице",
        (Language::Russian, AnsweredBy::Call) => {
            "перезвоним вам; весь ход дела виден на вашей странице"
        }
        (Language::English, AnsweredBy::Chat) => {
            "we will write to you here; how things stand is on your own page"
        }
        (Language::English, AnsweredBy::Page) => {
            "our answer and how things stand will appear on your own page"
        }
        (Language::English, AnsweredBy::Call) => {
            "we will call you back; how things stand is on your own page"
        }
    }
}

fn in_russian(kind: NoticeKind, facts: &Facts<'_>) -> String {
    let Facts { page, promised_by, reference, .. } = facts;
    let owner = owner_in_russian(facts.root_cause);
    match kind {
        NoticeKind::Received => format!(
            "Спасибо, что рассказали нам об этом. Если что-то пошло не так, просим прощения.\n\
             Что мы сделаем: найдём причину и передадим её тем, кто может её устранить.\n\
             Когда: ответим {promised_by}.\n\
             Как: {}: {page}\n\
             Номер обращения {reference}, запоминать его не нужно.",
            answered_how(facts.language, facts.answered_by)
        ),
        NoticeKind::Accepted => format!(
            "Ваше сообщение дошло до тех, кто может помочь: {owner} подтверждает, что это \
             действительно проблема. Мы сообщим вам, как только её решат.\n\
             Ход дела: {page}"
        ),
        NoticeKind::Fixed => format!(
            "Хорошая новость: {owner} сообщает, что проблема, о которой вы рассказали, устранена. \
             Ещё раз просим прощения за неудобства.\n\
             Решили ли мы вашу проблему? Ответьте, пожалуйста, одним нажатием: {page}"
        ),
        NoticeKind::Declined => format!(
            "Мы передали ваше сообщение, и {owner} его рассмотрела. Скажем честно: сейчас менять \
             это не будут.\n{}\n\
             Нам жаль, что это не тот ответ, которого вы ждали. Если для вас это важно, напишите \
             нам об этом, ваше сообщение прочитает человек: {page}",
            match facts.declined_why {
                Some(why) => format!("Причина, как её назвали: «{why}»"),
                None => "Причину нам не назвали.".to_owned(),
            }
        ),
        NoticeKind::Delayed => format!(
            "Мы обещали ответить и не успели, просим прощения. {}\n\
             Когда: ответим {promised_by}.\n\
             Ход дела: {page}",
            if facts.with_owner_team {
                format!(
                    "Почему: ваше сообщение у нужных людей ({owner}), но ответа от них ещё нет."
                )
            } else {
                "Почему: ваше сообщение ещё ждёт, пока его посмотрит сотрудник.".to_owned()
            }
        ),
        NoticeKind::FollowUp => format!(
            "Неделю назад мы закрыли ваше обращение. Всё ли теперь хорошо? Ещё раз просим прощения \
             за неудобства.\nЕсли что-то не так, напишите нам: {page}"
        ),
        NoticeKind::Thanked => notice_of_kind::thanked_in_russian(facts),
    }
}

/// Feminine singular, as the sentences around it need.
fn owner_in_russian(cause: Option<&RootCause>) -> &'static str {
    match cause {
        Some(RootCause::Pricing) => "команда, которая отвечает за цены",
        Some(RootCause::Design) => "команда дизайна",
        Some(RootCause::Copy) => "редакция сайта",
        Some(RootCause::Delivery) => "служба доставки",
        Some(RootCause::Other | RootCause::Custom(_)) | None => "ответственная команда",
    }
}

fn in_english(kind: NoticeKind, facts: &Facts<'_>) -> String {
    let Facts { page, promised_by, reference, .. } = facts;
    let owner = owner_in_english(facts.root_cause);
    match kind {
        NoticeKind::Received => format!(
            "Thank you for telling us. If something went wrong, we are sorry.\n\
             What we will do: find the cause and pass it to those who can remove it.\n\
             When: we will answer {promised_by}.\n\
             How: {}: {page}\n\
             Your reference is {reference}; there is no need to remember it.",
            answered_how(facts.language, facts.answered_by)
        ),
        NoticeKind::Accepted => format!(
            "Your message has reached the people who can help: {owner} confirms that this is a \
             real problem. We will tell you as soon as it is solved.\n\
             How things stand: {page}"
        ),
        NoticeKind::Fixed => format!(
            "Good news: {owner} reports that the problem you told us about is fixed. Once more, \
             we are sorry for the trouble.\n\
             Did we solve your problem? One press is enough to answer: {page}"
        ),
        NoticeKind::Declined => format!(
            "We passed your message on, and {owner} has looked at it. To be honest with you: it \
             will not be changed for now.\n{}\n\
             We are sorry that this is not the answer you hoped for. If it matters to you, write \
             to us about it and a person will read it: {page}",
            match facts.declined_why {
                Some(why) => format!("The reason, in their words: “{why}”"),
                None => "We were not given a reason.".to_owned(),
            }
        ),
        NoticeKind::Delayed => format!(
            "We promised you an answer and are late; we are sorry. {}\n\
             When: we will answer {promised_by}.\n\
             How things stand: {page}",
            if facts.with_owner_team {
                format!(
                    "Why: your message is with the right people ({owner}), but they have not answered yet."
                )
            } else {
                "Why: your message is still waiting for one of us to look at it.".to_owned()
            }
        ),
        NoticeKind::FollowUp => format!(
            "A week ago we closed your case. Is all well now? Once more, we are sorry for the \
             trouble.\nIf something is not right, write to us: {page}"
        ),
        NoticeKind::Thanked => notice_of_kind::thanked_in_english(facts),
    }
}

fn owner_in_english(cause: Option<&RootCause>) -> &'static str {
    match cause {
        Some(RootCause::Pricing) => "the team that looks after our prices",
        Some(RootCause::Design) => "our design team",
        Some(RootCause::Copy) => "our site editors",
        Some(RootCause::Delivery) => "our delivery team",
        Some(RootCause::Other | RootCause::Custom(_)) | None => "the team responsible",
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const KINDS: [NoticeKind; 6] = [
        NoticeKind::Received,
        NoticeKind::Accepted,
        NoticeKind::Fixed,
        NoticeKind::Declined,
        NoticeKind::Delayed,
        NoticeKind::FollowUp,
    ];

    fn told(language: Language, name: &str) -> String {
        told_of(MessageKind::Complaint, &KINDS, language, name)
    }

    fn told_of(
        message_kind: MessageKind,
        kinds: &[NoticeKind],
        language: Language,
        name: &str,
    ) -> String {
        let reference = Reference::of(FeedbackId::new(Uuid::from_u128(77)));
        let name = Words::new(name);
        let facts = Facts {
            language,
            name: Some(&name),
            reference: &reference,
            message_kind,
            root_cause: Some(&RootCause::Delivery),
            page: "https://help.example.org/c/fb_1",
            promised_by: "(by when)",
            answered_by: AnsweredBy::Chat,
            declined_why: Some("(why not)"),
            with_owner_team: true,
        };
        let all = kinds
            .iter()
            .map(|kind| format!("── {} ──\n{}\n", kind.as_str(), words(*kind, &facts).reveal()));
        all.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn every_word_a_customer_is_told() {
        insta::assert_snapshot!("notices_ru", told(Language::Russian, "Анна"));
        insta::assert_snapshot!("notices_en", told(Language::English, "Anna"));
    }

    #[test]
    fn every_word_that_fits_a_kind() {
        for (kind, kinds) in [
            (MessageKind::Thanks, &[NoticeKind::Received, NoticeKind::Thanked][..]),
            (MessageKind::Review, &[NoticeKind::Received, NoticeKind::Thanked]),
            (MessageKind::Question, &[NoticeKind::Received, NoticeKind::Delayed]),
            (MessageKind::Cooperation, &KINDS),
        ] {
            insta::assert_snapshot!(
                format!("notices_{kind}_ru"),
                told_of(kind, kinds, Language::Russian, "Анна")
            );
            insta::assert_snapshot!(
                format!("notices_{kind}_en"),
                told_of(kind, kinds, Language::English, "Anna")
            );
        }
    }

    #[test]
    fn who_praises_is_promised_no_repair_and_who_offers_no_solution() {
        for language in Language::ALL {
            let all = [KINDS.as_slice(), &[NoticeKind::Thanked]].concat();
            let praised = told_of(
                MessageKind::Thanks,
                &[NoticeKind::Received, NoticeKind::Thanked],
                language,
                "",
            );
            let offered = told_of(MessageKind::Cooperation, &all, language, "").to_lowercase();
            for word in
                ["причин", "устран", "просим прощения", "sorry", "cause", "remove", "ответим"]
            {
                assert!(!praised.to_lowercase().contains(word), "{word}: {praised}");
            }
            let lines = offered.lines().filter(|line| !line.starts_with("──"));
            let offered = lines.collect::<Vec<_>>().join("\n");
            for word in ["проблем", "устран", "problem", "fixed", "solve"] {
                assert!(!offered.contains(word), "{word}: {offered}");
            }
        }
    }

    #[test]
    fn a_declined_problem_is_never_called_fixed() {
        for language in Language::ALL {
            let text = told(language, "");
            let declined = text.split("── declined ──").nth(1).and_then(|t| t.split("──").next());
            let declined = declined.expect("a declined notice").to_lowercase();
            for word in ["устранен", "исправлен", "fixed", "solved", "works now"] {
                assert!(!declined.contains(word), "{declined}");
            }
        }
    }

    #[test]
    fn what_was_told_stays_told() {
        let notice = Notice {
            id: NoticeId::new(Uuid::from_u128(1)),
            feedback: FeedbackId::new(Uuid::from_u128(2)),
            kind: NoticeKind::Fixed,
            text: Words::default(),
            state: NoticeState::Sent { at: Timestamp::UNIX_EPOCH },
            created_at: Timestamp::UNIX_EPOCH,
        };
        assert!(notice.in_state(NoticeState::Pending).is_err());
    }
}
