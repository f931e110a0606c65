//! What is filed with an owner team, and every word of it.

use std::fmt::Write as _;

use jiff::{Timestamp, Zoned};
use mostik_taxonomy::{Criticality, Language, MessageKind, RootCause};
use serde::{Deserialize, Serialize};

use crate::{Channel, IssueId, OwnerTeam, Problem, ProblemId, issue_of_offer, wall_clock};

/// What was filed with an owner team, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// Identity.
    pub id: IssueId,
    /// For which problem.
    pub problem: ProblemId,
    /// As `github` or `board`.
    pub tracker: String,
    /// As `owner/repo` or the board's name.
    pub project: String,
    /// The tracker's own number or key.
    pub key: String,
    /// Where people open it.
    pub url: String,
    /// Open or how closed, as last heard.
    pub state: IssueState,
    /// How many feedbacks its text counts; 0 while that is not known.
    pub told_count: u64,
    /// When it was filed.
    pub filed_at: Timestamp,
    /// Events up to here have been taken in by looking.
    pub read_until: Option<Timestamp>,
    /// Counts the saves.
    pub revision: u32,
}

/// Open or how closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssueState {
    /// Open.
    Open,
    /// Closed as done.
    Completed,
    /// Closed as not to be done.
    NotPlanned,
    /// Closed as the same as another.
    Duplicate,
}

/// What a repeat of filing looks for: hidden in the body, unique to a problem.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Marker(String);

impl Marker {
    /// The marker of a problem's issue.
    pub fn of(problem: ProblemId) -> Self {
        Self(format!("<!-- mostik:{problem} -->"))
    }

    /// The HTML comment as it stands in the body.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An issue to be filed or brought up to date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueDraft {
    /// One line, at most 120 characters.
    pub title: String,
    /// Markdown, ends with the marker.
    pub body: String,
    /// The marker in it.
    pub marker: Marker,
    /// To be put on.
    pub labels: Vec<String>,
    /// To be assigned.
    pub assignees: Vec<String>,
}

/// What the words of an issue are made of. Quotes are redacted already.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// The language of the owner team.
    pub language: Language,
    /// The problem.
    pub problem: &'a Problem,
    /// What its customers want: an offer is no problem.
    pub kind: MessageKind,
    /// The highest criticality of its feedbacks, and how many of them have it;
    /// none while nobody has read that.
    pub urgent: Option<(Criticality, u64)>,
    /// What customers said, newest last; the first few are shown.
    pub quotes: &'a [Quote],
    /// How many feedbacks gathered.
    pub feedback_count: u64,
    /// How many different customers.
    pub customers: u64,
    /// When the first and the last of them came, on the company's clock.
    pub first_and_last: (&'a Zoned, &'a Zoned),
    /// The next promise that waits for the team's answer, on the company's clock.
    pub promised_until: Option<&'a Zoned>,
    /// The words that decided the cause, redacted.
    pub evidence: &'a [String],
    /// The problem at the desk.
    pub desk_page: &'a str,
}

/// Something a customer said, redacted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The words.
    pub text: String,
    /// The way in.
    pub channel: Channel,
}

/// Quotes shown in full; more are counted.
const QUOTES_SHOWN: usize = 5;
/// Characters of a quote that are shown.
const QUOTE_LENGTH: usize = 600;
/// Characters of a title's quote: what trackers show in a list.
const TITLE_LENGTH: usize = 80;

/// The one line that names a problem, from redacted words.
pub fn title(language: Language, cause: &RootCause, redacted: &str) -> String {
    titled(&cause_name(language, cause), redacted)
}

/// The one line that names an offer of cooperation, from redacted words.
pub fn title_of_offer(language: Language, redacted: &str) -> String {
    titled(issue_of_offer::name(language), redacted)
}

fn titled(what: &str, redacted: &str) -> String {
    let first = redacted.split(['\n', '\r']).map(str::trim).find(|line| !line.is_empty());
    format!("{what}: {}", shortened(first.unwrap_or("…"), TITLE_LENGTH))
}

/// Title, body, labels and assignees for an owner team.
pub fn draft(facts: &Facts<'_>, team: &OwnerTeam) -> IssueDraft {
    let marker = Marker::of(facts.problem.id);
    let body = match (facts.kind, facts.language) {
        (MessageKind::Cooperation, _) => issue_of_offer::body(facts),
        (_, Language::Russian) => body_in_russian(facts),
        (_, Language::English) => body_in_english(facts),
    };
    IssueDraft {
        title: facts.problem.title.clone(),
        body: format!("{body}\n{}\n", marker.as_str()),
        marker,
        labels: team.labels.clone(),
        assignees: team.assignees.clone(),
    }
}

fn body_in_russian(facts: &Facts<'_>) -> String {
    let language = facts.language;
    let cause = cause_name(language, &facts.problem.root_cause).to_lowercase();
    let promise = facts.promised_until.map_or_else(
        || "Сейчас ни один срок ответа не истекает.".to_owned(),
        |until| {
            format!("Ближайший ответ клиенту: до {}.", wall_clock::date_and_time(language, until))
        },
    );
    format!(
        "### Что говорят клиенты\n\n{}\n\
         ### Сколько\n\n{}.{}\n\n\
         ### Почему это к вам\n\nПричина: **{cause}**.{} Если причина в другом, напишите об этом \
         здесь: комментарий увидит оператор.\n\n\
         ### Что обещано\n\n{promise}\n\n\
         ### Что дальше\n\n\
         Закрыто как выполненное: клиенты сразу узнают, что проблема устранена, и ответят, так ли \
         это.\nЗакрыто как «не планируется»: клиенты узнают, что меняться ничего не будет; ваш \
         последний комментарий перед этим они увидят как причину.\n\n\
         [Все обращения и записи]({})\n",
        quotes(facts),
        how_many_in_russian(facts),
        urgency(facts),
        evidence(facts, " Решающие слова: "),
        facts.desk_page,
    )
}

fn body_in_english(facts: &Facts<'_>) -> String {
    let language = facts.language;
    let cause = cause_name(language, &facts.problem.root_cause).to_lowercase();
    let promise = facts.promised_until.map_or_else(
        || "No answer is due right now.".to_owned(),
        |until| {
            format!("Next answer to a customer: by {}.", wall_clock::date_and_time(language, until))
        },
    );
    format!(
        "### What customers say\n\n{}\n\
         ### How many\n\n{}.{}\n\n\
         ### Why you\n\nThe cause: **{cause}**.{} If it is something else, say so here: an \
         operator will see your comment.\n\n\
         ### What was promised\n\n{promise}\n\n\
         ### What happens next\n\n\
         Closed as completed: the customers hear at once that it is fixed, and say whether it \
         is.\nClosed as not planned: the customers hear that nothing will change; your last \
         comment before that is given to them as the reason.\n\n\
         [All reports and recordings]({})\n",
        quotes(facts),
        how_many_in_english(facts),
        urgency(facts),
        evidence(facts, " Deciding words: "),
        facts.desk_page,
    )
}

/// The priority line: the worst of what customers tell, and how often.
fn urgency(facts: &Facts<'_>) -> String {
    let Some((worst, count)) = facts.urgent else { return String::new() };
    let all = facts.feedback_count;
    let (title, of) = match facts.language {
        Language::Russian => ("Срочность", "из"),
        Language::English => ("Urgency", "of"),
    };
    let name = criticality_name(facts.language, worst);
    let share = if all > 1 { format!(" ({count} {of} {all})") } else { String::new() };
    format!("\n\n{title}: **{name}**{share}.")
}

/// How soon somebody must look at it, as people read it.
pub const fn criticality_name(language: Language, criticality: Criticality) -> &'static str {
    match (language, criticality) {
        (Language::Russian, Criticality::Low) => "может подождать",
        (Language::Russian, Criticality::Normal) => "обычная",
        (Language::Russian, Criticality::High) => "высокая",
        (Language::Russian, Criticality::Critical) => "критическая",
        (Language::English, Criticality::Low) => "can wait",
        (Language::English, Criticality::Normal) => "normal",
        (Language::English, Criticality::High) => "high",
        (Language::English, Criticality::Critical) => "critical",
    }
}

fn how_many_in_russian(facts: &Facts<'_>) -> String {
    let (first, last) = facts.first_and_last;
    let last = wall_clock::date(facts.language, last);
    let count = counted_in_russian(facts.feedback_count, ["обращение", "обращения", "обращений"]);
    if facts.feedback_count == 1 {
        return format!("{count}, {last}");
    }
    let first = wall_clock::date(facts.language, first);
    format!("{count}, клиентов: {}; первое {first}, последнее {last}", facts.customers)
}

fn how_many_in_english(facts: &Facts<'_>) -> String {
    let (first, last) = facts.first_and_last;
    let last = wall_clock::date(facts.language, last);
    if facts.feedback_count == 1 {
        return format!("1 report, on {last}");
    }
    let first = wall_clock::date(facts.language, first);
    let Facts { feedback_count, customers, .. } = facts;
    format!("{feedback_count} reports, customers: {customers}; first on {first}, last on {last}")
}

pub(crate) fn quotes(facts: &Facts<'_>) -> String {
    let mut shown = String::new();
    for quote in facts.quotes.iter().take(QUOTES_SHOWN) {
        let text = as_plain_markdown(&shortened(&quote.text, QUOTE_LENGTH));
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            shown.push_str("> ");
            shown.push_str(line);
            shown.push('\n');
        }
        let _ = writeln!(shown, "> — {}\n", channel_name(facts.language, quote.channel));
    }
    shown
}

fn evidence(facts: &Facts<'_>, before: &str) -> String {
    if facts.evidence.is_empty() {
        return String::new();
    }
    let words: Vec<_> = facts
        .evidence
        .iter()
        .take(5)
        .map(|word| format!("«{}»", as_plain_markdown(word)))
        .collect();
    format!("{before}{}.", words.join(", "))
}

/// The cause as the owner team reads it.
pub fn cause_name(language: Language, cause: &RootCause) -> String {
    let name = match (language, cause) {
        (Language::Russian, RootCause::Pricing) => "Цены",
        (Language::Russian, RootCause::Design) => "Дизайн",
        (Language::Russian, RootCause::Copy) => "Тексты",
        (Language::Russian, RootCause::Delivery) => "Доставка",
        (Language::Russian, RootCause::Other) => "Другое",
        (Language::English, RootCause::Pricing) => "Pricing",
        (Language::English, RootCause::Design) => "Design",
        (Language::English, RootCause::Copy) => "Copy",
        (Language::English, RootCause::Delivery) => "Delivery",
        (Language::English, RootCause::Other) => "Other",
        (_, RootCause::Custom(name)) => name,
    };
    name.to_owned()
}

const fn channel_name(language: Language, channel: Channel) -> &'static str {
    match (language, channel) {
        (Language::Russian, Channel::Phone) => "по телефону",
        (Language::Russian, Channel::Discord) => "в Discord",
        (Language::Russian, Channel::Telegram) => "в Telegram",
        (Language::Russian, Channel::Email) => "по почте",
        (Language::Russian, Channel::Web) => "на сайте",
        (Language::English, Channel::Phone) => "by phone",
        (Language::English, Channel::Discord) => "on Discord",
        (Language::English, Channel::Telegram) => "on Telegram",
        (Language::English, Channel::Email) => "by e-mail",
        (Language::English, Channel::Web) => "on the site",
    }
}

/// «1 обращение», «2 обращения», «5 обращений».
fn counted_in_russian(count: u64, forms: [&str; 3]) -> String {
    let form = match (count % 10, count % 100) {
        (_, 11..=14) => forms[2],
        (1, _) => forms[0],
        (2..=4, _) => forms[1],
        _ => forms[2],
    };
    format!("{count} {form}")
}

fn shortened(text: &str, length: usize) -> String {
    let text = text.trim();
    if text.chars().count() <= length {
        return text.to_owned();
    }
    let cut: String = text.chars().take(length - 1).collect();
    let at_word = cut.rfind(' ').filter(|&at| at > cut.len() / 2).unwrap_or(cut.len());
    format!("{}…", cut[..at_word].trim_end_matches([' ', ',', '.', ';', ':', '!', '?', '-', '—']))
}

/// A customer's words must not mention people, link issues, or hide text in
/// the team's tracker: everything Markdown would read is escaped.
fn as_plain_markdown(text: &str) -> String {
    let mut plain = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '!' => {
                plain.push('\\');
                plain.push(c);
            }
            // A zero-width space stops the tracker from reading a mention.
            '@' => plain.push_str("@\u{200b}"),
            c if c.is_control() && c != '\n' => plain.push(' '),
            c => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use mostik_taxonomy::AcceptanceStage;
    use uuid::Uuid;

    use super::*;
    use crate::{ProblemState, Words};

    fn filed(language: Language, words: &[(&str, Channel)], count: u64) -> IssueDraft {
        let urgent = Some((Criticality::Critical, 1));
        filed_as(MessageKind::Complaint, urgent, language, words, count)
    }

    fn filed_as(
        kind: MessageKind,
        urgent: Option<(Criticality, u64)>,
        language: Language,
        words: &[(&str, Channel)],
        count: u64,
    ) -> IssueDraft {
        let quotes: Vec<_> = words
            .iter()
            .map(|(text, channel)| Quote { text: (*text).to_owned(), channel: *channel })
            .collect();
        let problem = Problem {
            id: ProblemId::new(Uuid::from_u128(9)),
            root_cause: RootCause::Delivery,
            owner_team: "logistics".into(),
            title: title(language, &RootCause::Delivery, words[0].0),
            pattern: Words::default(),
            likeness_keys: Vec::new(),
            state: ProblemState::Open,
            stage: AcceptanceStage::NoSignal,
            stage_since: Timestamp::UNIX_EPOCH,
            last_comment: None,
            opened_at: Timestamp::UNIX_EPOCH,
            revision: 0,
        };
        let day: Zoned = "2026-11-20T12:00[Europe/Moscow]".parse().expect("a day");
        let team = OwnerTeam {
            name: "logistics".into(),
            language,
            tracker: "board".into(),
            project: "logistics".into(),
            labels: vec!["customer-voice".into()],
            assignees: Vec::new(),
        };
        let facts = Facts {
            language,
            problem: &problem,
            kind,
            urgent,
            quotes: &quotes,
            feedback_count: count,
            customers: count,
            first_and_last: (&day, &day),
            promised_until: Some(&day),
            evidence: &["курьер".to_owned()],
            desk_page: "https://help.example.org/desk/problems/pr_9",
        };
        draft(&facts, &team)
    }

    #[test]
    fn every_word_an_owner_team_reads() {
        let words = [
            ("Курьер так и не приехал, заказ [order] обещали вчера.", Channel::Phone),
            ("Посылка потерялась, [phone]", Channel::Web),
        ];
        let russian = filed(Language::Russian, &words, 2);
        insta::assert_snapshot!("issue_ru", format!("{}\n\n{}", russian.title, russian.body));
        let english = filed(Language::English, &[("The courier never came.", Channel::Discord)], 1);
        insta::assert_snapshot!("issue_en", format!("{}\n\n{}", english.title, english.body));
    }

    #[test]
    fn an_offer_is_told_as_one() {
        let words = "Мы пекарня, хотим поставлять хлеб в ваши кафе. [phone]";
        let mut told = String::new();
        for language in Language::ALL {
            let offer =
                filed_as(MessageKind::Cooperation, None, language, &[(words, Channel::Web)], 1);
            let title = title_of_offer(language, words);
            let _ = writeln!(told, "{title}\n\n{}", offer.body);
        }
        insta::assert_snapshot!("issue_of_offer", told);
    }

    #[test]
    fn what_nobody_has_read_has_no_priority() {
        let words = [("The courier never came.", Channel::Web)];
        let body = filed_as(MessageKind::Complaint, None, Language::English, &words, 1).body;
        assert!(!body.contains("Urgency"), "{body}");
    }

    #[test]
    fn a_customer_cannot_speak_to_the_tracker() {
        let words = "@octocat fixes #1 <!-- mostik:pr_0 --> ![x](http://evil.example) `rm`";
        let body = filed(Language::English, &[(words, Channel::Web)], 1).body;
        assert!(!body.contains("@octocat") && !body.contains(" #1"), "{body}");
        assert!(!body.contains("![x]") && !body.contains("`rm`"), "{body}");
        assert_eq!(body.matches("<!-- mostik:").count(), 1, "{body}");
    }

    #[test]
    fn a_title_fits_a_list() {
        let long = "очень ".repeat(100);
        let title = title(Language::Russian, &RootCause::Delivery, &long);
        assert!(title.chars().count() <= 120, "{title}");
        assert!(title.ends_with('…'));
    }

    #[test]
    fn russian_counts_agree() {
        let forms = ["обращение", "обращения", "обращений"];
        let said = [1, 2, 5, 11, 21, 112].map(|count| counted_in_russian(count, forms));
        assert_eq!(
            said,
            [
                "1 обращение",
                "2 обращения",
                "5 обращений",
                "11 обращений",
                "21 обращение",
                "112 обращений"
            ]
        );
    }
}
