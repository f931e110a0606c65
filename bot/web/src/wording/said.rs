//! Words for what a message says beside its cause, and for how often people
//! and the model agree.

use mostik_domain::{
    Complexity, ContactRisk, Criticality, Language, Mentioned, MessageKind, issue,
};

use super::{AgreementWords, SaidWords, Wording};

pub(super) static SAID_RUSSIAN: SaidWords = SaidWords {
    title: "Что понято из слов",
    kind: "Чего хочет клиент",
    kind_by: "уточнил(а)",
    urgency: "Срочность",
    complexity: "Сложность",
    risk: "Риск ухода",
    mentions: "Названо",
    correct: "Клиент хочет другого",
    correct_hint: "Благодарность мы сохраним, предложение передадим руководству, на вопрос ответит оператор.",
    sort: "Порядок",
    by_newest: "новые",
    by_urgency: "срочные",
};

pub(super) static SAID_ENGLISH: SaidWords = SaidWords {
    title: "Read from the words",
    kind: "The customer wants",
    kind_by: "corrected by",
    urgency: "Urgency",
    complexity: "Complexity",
    risk: "Risk of leaving",
    mentions: "Named",
    correct: "The customer wants something else",
    correct_hint: "Praise is kept, an offer goes to the management, a question is answered by an operator.",
    sort: "Order",
    by_newest: "newest",
    by_urgency: "urgent",
};

pub(super) static AGREEMENT_RUSSIAN: AgreementWords = AgreementWords {
    title: "Люди и модель",
    lead: "Как часто люди называют ту же причину, что и модель, по неделям. Люди смотрят прежде всего на то, в чём модель не уверена, поэтому на всех обращениях она, вероятно, ошибается реже.",
    none: "За это время никто не называл причин.",
    week: "Неделя с",
    cause: "Модель назвала",
    named: "Люди проверили",
    agreed: "Согласны",
    instead: "Назвали вместо этого",
    total: "Всего",
    by_customers: "из них клиенты",
    shortened: "Показаны только самые новые решения: их слишком много.",
    weeks: "Недель",
};

pub(super) static AGREEMENT_ENGLISH: AgreementWords = AgreementWords {
    title: "People and the model",
    lead: "How often people name the cause that the model had named, by week. People look first at what the model is unsure of, so over all feedback it is likely right more often.",
    none: "Nobody has named a cause in this time.",
    week: "Week of",
    cause: "The model said",
    named: "People judged",
    agreed: "Agreed",
    instead: "Named instead",
    total: "All",
    by_customers: "of these, by customers",
    shortened: "Only the newest decisions are shown: there are too many.",
    weeks: "Weeks",
};

/// Picks the text of the language: Russian first, as everywhere.
const fn pick(words: &Wording, russian: &'static str, english: &'static str) -> &'static str {
    match words.language {
        Language::Russian => russian,
        Language::English => english,
    }
}

impl Wording {
    pub(crate) const fn kind(&self, kind: MessageKind) -> &'static str {
        match kind {
            MessageKind::Question => pick(self, "вопрос", "question"),
            MessageKind::Complaint => pick(self, "жалоба", "complaint"),
            MessageKind::Thanks => pick(self, "благодарность", "thanks"),
            MessageKind::Review => pick(self, "отзыв", "review"),
            MessageKind::Cooperation => pick(self, "сотрудничество", "cooperation"),
            MessageKind::Other => pick(self, "другое", "other"),
        }
    }

    pub(crate) const fn criticality(&self, criticality: Criticality) -> &'static str {
        issue::criticality_name(self.language, criticality)
    }

    /// The same where it stands alone, for those that must be seen.
    pub(crate) const fn criticality_mark(&self, criticality: Criticality) -> Option<&'static str> {
        match criticality {
            Criticality::Critical => Some(pick(self, "критично", "critical")),
            Criticality::High => Some(pick(self, "срочно", "urgent")),
            Criticality::Normal | Criticality::Low => None,
        }
    }

    pub(crate) const fn complexity(&self, complexity: Complexity) -> &'static str {
        match complexity {
            Complexity::Simple => pick(self, "хватит готового ответа", "a prepared answer will do"),
            Complexity::Normal => pick(self, "одна проблема", "one problem"),
            Complexity::Complex => {
                pick(self, "несколько проблем или спор", "several problems or a dispute")
            }
        }
    }

    pub(crate) const fn contact_risk(&self, risk: ContactRisk) -> &'static str {
        match risk {
            ContactRisk::Low => pick(self, "не виден", "none to be seen"),
            ContactRisk::Raised => pick(self, "может уйти", "may leave"),
            ContactRisk::High => pick(self, "вот-вот уйдёт", "about to leave"),
        }
    }

    pub(crate) const fn mentioned(&self, what: Mentioned) -> &'static str {
        match what {
            Mentioned::Product => pick(self, "товар", "product"),
            Mentioned::Order => pick(self, "номер", "number"),
        }
    }
}
