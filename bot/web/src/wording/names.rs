//! Names of what the domain counts up. Exhaustive: a new state without a name
//! does not compile.

use mostik_domain::{
    AcceptanceStage, BoardColumn, CallAttempts, Channel, FeedbackState, Happening, Language,
    NoticeKind, NoticeState, ProblemState, ReviewReason, Role, RootCause, SignalKind, Step, issue,
};

use super::Wording;

/// Picks the text of the language: Russian first, as everywhere.
const fn pick(words: &Wording, russian: &'static str, english: &'static str) -> &'static str {
    match words.language {
        Language::Russian => russian,
        Language::English => english,
    }
}

impl Wording {
    pub(crate) fn cause(&self, cause: &RootCause) -> String {
        issue::cause_name(self.language, cause)
    }

    pub(crate) const fn state(&self, state: &FeedbackState) -> &'static str {
        match state {
            FeedbackState::Captured => pick(self, "получено", "received"),
            FeedbackState::Transcribed => pick(self, "расшифровано", "transcribed"),
            FeedbackState::Classified { .. } => pick(self, "причина названа", "cause named"),
            FeedbackState::Answered(_) => pick(self, "клиенту ответили", "customer answered"),
            FeedbackState::Routed(_) => pick(self, "у команды", "with the team"),
            FeedbackState::Filed(_) => pick(self, "задача создана", "issue filed"),
            FeedbackState::Resolved { .. } => pick(self, "исправлено", "fixed"),
            FeedbackState::Declined { .. } => pick(self, "отклонено", "declined"),
            FeedbackState::NeedsReview { .. } => pick(self, "ждёт человека", "waits for a person"),
        }
    }

    /// The same by the name in the API, for filters.
    pub(crate) fn state_named(&self, name: &str) -> &'static str {
        match name {
            "captured" => self.state(&FeedbackState::Captured),
            "transcribed" => self.state(&FeedbackState::Transcribed),
            "classified" => pick(self, "причина названа", "cause named"),
            "answered" => pick(self, "клиенту ответили", "customer answered"),
            "routed" => pick(self, "у команды", "with the team"),
            "filed" => pick(self, "задача создана", "issue filed"),
            "resolved" => pick(self, "исправлено", "fixed"),
            "declined" => pick(self, "отклонено", "declined"),
            _ => pick(self, "ждёт человека", "waits for a person"),
        }
    }

    pub(crate) const fn review(&self, reason: &ReviewReason) -> &'static str {
        match reason {
            ReviewReason::NoTranscript { .. } => {
                pick(self, "слова звонка неизвестны", "the words of the call are not known")
            }
            ReviewReason::LowConfidence => pick(self, "причина неясна", "the cause is not clear"),
            ReviewReason::Question => {
                pick(self, "клиент ждёт ответа", "the customer waits for an answer")
            }
            ReviewReason::Unrouted { .. } => {
                pick(self, "нет команды для этой причины", "no team owns this cause")
            }
            ReviewReason::NotSolved => {
                pick(self, "клиент говорит: не решено", "the customer says: not solved")
            }
            ReviewReason::StepFailed { .. } => pick(self, "шаг не удался", "a step failed"),
        }
    }

    pub(crate) const fn channel(&self, channel: Channel) -> &'static str {
        match channel {
            Channel::Phone => pick(self, "звонок", "phone"),
            Channel::Discord => "Discord",
            Channel::Telegram => "Telegram",
            Channel::Email => pick(self, "почта", "e-mail"),
            Channel::Web => pick(self, "сайт", "web"),
        }
    }

    pub(crate) const fn notice(&self, kind: NoticeKind) -> &'static str {
        match kind {
            NoticeKind::Received => {
                pick(self, "получили и ответим в срок", "received, with a promise")
            }
            NoticeKind::Accepted => pick(self, "команда подтвердила", "the team has confirmed it"),
            NoticeKind::Fixed => pick(self, "исправлено", "it is fixed"),
            NoticeKind::Declined => pick(self, "меняться не будет", "it will not be changed"),
            NoticeKind::Delayed => pick(self, "задерживаемся", "we are late"),
            NoticeKind::FollowUp => pick(self, "вопрос через неделю", "a week later"),
            NoticeKind::Thanked => {
                pick(self, "благодарим за добрые слова", "thanks for the praise")
            }
        }
    }

    pub(crate) const fn notice_state(&self, state: &NoticeState) -> &'static str {
        match state {
            NoticeState::Pending => pick(self, "готовится", "being prepared"),
            NoticeState::Sending => pick(self, "отправляется", "being sent"),
            NoticeState::Sent { .. } => pick(self, "сообщили", "told"),
            NoticeState::Posted { .. } => pick(self, "на личной странице", "on the own page"),
            NoticeState::AwaitingCall { attempts, .. } => self.awaiting_call(attempts),
            NoticeState::Undeliverable { .. } => pick(self, "не доставлено", "not delivered"),
        }
    }

    const fn awaiting_call(&self, attempts: &CallAttempts) -> &'static str {
        let ringing = attempts.next_at.is_some();
        match attempts {
            CallAttempts { calling_since: Some(_), .. } => {
                pick(self, "звоним сейчас", "being called now")
            }
            CallAttempts { perhaps_called_twice: true, .. } if ringing => pick(
                self,
                "позвоним ещё раз: прошлый звонок прервал сбой, возможно, клиент его слышал",
                "to be called again: a crash cut the last call short, she may have heard it",
            ),
            CallAttempts { perhaps_called_twice: true, .. } => pick(
                self,
                "нужно позвонить: прошлый звонок прервал сбой, возможно, клиент его слышал",
                "to be called: a crash cut our last call short, she may have heard it",
            ),
            CallAttempts { made: 0, .. } if ringing => pick(self, "позвоним", "we will call"),
            _ if ringing => {
                pick(self, "не дозвонились, позвоним ещё", "not reached, we will call again")
            }
            _ => pick(self, "нужно позвонить", "to be called"),
        }
    }

    pub(crate) const fn problem_state(&self, state: &ProblemState) -> &'static str {
        match state {
            ProblemState::Open => pick(self, "открыта", "open"),
            ProblemState::Fixed { .. } => pick(self, "исправлена", "fixed"),
            ProblemState::Declined { .. } => pick(self, "отклонена", "declined"),
        }
    }

    pub(crate) fn problem_state_named(&self, name: &str) -> &'static str {
        match name {
            "fixed" => pick(self, "исправленные", "fixed"),
            "declined" => pick(self, "отклонённые", "declined"),
            _ => pick(self, "открытые", "open"),
        }
    }

    pub(crate) const fn stage(&self, stage: AcceptanceStage) -> &'static str {
        match stage {
            AcceptanceStage::NoSignal => pick(self, "реакции ещё нет", "no reaction yet"),
            AcceptanceStage::Anger => pick(self, "гнев", "anger"),
            AcceptanceStage::Denial => pick(self, "отрицание", "denial"),
            AcceptanceStage::Comprehension => pick(self, "понимание", "comprehension"),
            AcceptanceStage::Acceptance => pick(self, "принятие", "acceptance"),
            AcceptanceStage::Evangelism => pick(self, "евангелизм", "evangelism"),
        }
    }

    /// What a team in that stage would say.
    pub(crate) const fn stage_saying(&self, stage: AcceptanceStage) -> &'static str {
        match stage {
            AcceptanceStage::NoSignal => "",
            AcceptanceStage::Anger => pick(
                self,
                "«Как ты смеешь мне говорить, что что-то не так?»",
                "“How dare you tell me that something is wrong?”",
            ),
            AcceptanceStage::Denial => {
                pick(self, "«Это не важная проблема.»", "“This is not an important problem.”")
            }
            AcceptanceStage::Comprehension => pick(
                self,
                "«Я понял, но у нас и так много проблем.»",
                "“I see, but we have many problems as it is.”",
            ),
            AcceptanceStage::Acceptance => {
                pick(self, "«Это реально проблема.»", "“This is a real problem.”")
            }
            AcceptanceStage::Evangelism => pick(
                self,
                "«Нам нужно это исправить прямо сейчас.»",
                "“We need to fix this right now.”",
            ),
        }
    }

    pub(crate) const fn signal(&self, kind: SignalKind) -> &'static str {
        match kind {
            SignalKind::Comment => pick(self, "комментарий", "comment"),
            SignalKind::Label => pick(self, "метка", "label"),
            SignalKind::LabelRemoved => pick(self, "метка снята", "label removed"),
            SignalKind::Assignment => pick(self, "взято в работу", "taken"),
            SignalKind::Milestone => pick(self, "запланировано", "planned"),
            SignalKind::LinkedChange => pick(self, "связано изменение", "change linked"),
            SignalKind::WorkStarted => pick(self, "работа началась", "work began"),
            SignalKind::Closed => pick(self, "закрыто", "closed"),
            SignalKind::Reopened => pick(self, "открыто снова", "opened again"),
            SignalKind::Locked => pick(self, "обсуждение закрыто", "locked"),
            SignalKind::SetByHand => pick(self, "установлено вручную", "set by hand"),
        }
    }

    /// As what an issue was closed, by the stage that the closing speaks for.
    pub(crate) const fn closed_as(&self, stage: AcceptanceStage) -> &'static str {
        match stage {
            AcceptanceStage::Evangelism => pick(self, "исправлено", "fixed"),
            _ => pick(self, "делать не будем", "will not be done"),
        }
    }

    pub(crate) const fn column(&self, column: BoardColumn) -> &'static str {
        match column {
            BoardColumn::New => pick(self, "Новые", "New"),
            BoardColumn::Later => pick(self, "Позже", "Later"),
            BoardColumn::Accepted => pick(self, "Подтверждены", "Accepted"),
            BoardColumn::InWork => pick(self, "В работе", "In work"),
            BoardColumn::Done => pick(self, "Исправлены", "Done"),
            BoardColumn::Declined => pick(self, "Не будем делать", "Declined"),
        }
    }

    /// What happened, without the words of a comment.
    pub(crate) fn happening(&self, what: &Happening) -> String {
        use mostik_domain::CloseReason::{Completed, Duplicate, NotPlanned};
        match what {
            Happening::Commented { .. } => pick(self, "комментарий", "comment").into(),
            Happening::Labeled { label } => format!("{} «{label}»", pick(self, "метка", "label")),
            Happening::Unlabeled { label } => {
                format!("{} «{label}»", pick(self, "снята метка", "label removed"))
            }
            Happening::Assigned => pick(self, "взято", "taken").into(),
            Happening::Unassigned => pick(self, "снято с исполнителя", "given up").into(),
            Happening::Milestoned { title } => {
                format!("{} «{title}»", pick(self, "запланировано:", "planned:"))
            }
            Happening::Demilestoned => pick(self, "снято с плана", "unplanned").into(),
            Happening::LinkedChange => pick(self, "связано изменение", "change linked").into(),
            Happening::WorkStarted => pick(self, "работа началась", "work began").into(),
            Happening::Closed { reason: Completed } => {
                pick(self, "закрыто: исправлено", "closed: fixed").into()
            }
            Happening::Closed { reason: NotPlanned } => {
                pick(self, "закрыто: делать не будем", "closed: will not be done").into()
            }
            Happening::Closed { reason: Duplicate } => {
                pick(self, "закрыто: повтор", "closed: duplicate").into()
            }
            Happening::Reopened => pick(self, "открыто снова", "opened again").into(),
            Happening::Locked { .. } => pick(self, "обсуждение закрыто", "locked").into(),
        }
    }

    pub(crate) const fn role(&self, role: Role) -> &'static str {
        match role {
            Role::Owner => pick(self, "команда (доска и проблемы)", "owner (board and problems)"),
            Role::Operator => pick(self, "оператор (обращения)", "operator (feedback)"),
            Role::Manager => pick(self, "руководитель (стадии)", "manager (stages)"),
            Role::Admin => pick(self, "администратор (люди)", "admin (people)"),
        }
    }

    pub(crate) const fn step(&self, step: Step) -> &'static str {
        match step {
            Step::Transcribe => pick(self, "расшифровать звонок", "transcribe the call"),
            Step::Classify => pick(self, "найти причину", "find the cause"),
            Step::Answer => pick(self, "ответить клиенту", "answer the customer"),
            Step::Route => pick(self, "выбрать команду", "choose the team"),
            Step::File => pick(self, "создать задачу", "file the issue"),
            Step::Track => pick(self, "следить за задачей", "track the issue"),
            Step::Tell => pick(self, "сообщить клиенту", "tell the customer"),
            Step::Ring => pick(self, "позвонить клиенту", "call the customer"),
        }
    }

    /// What a message with that cause is about, as a customer would say it.
    pub(crate) fn about(&self, cause: &RootCause) -> String {
        match cause {
            RootCause::Pricing => pick(self, "цены и списания", "prices and charges").into(),
            RootCause::Design => pick(
                self,
                "пользоваться сайтом или приложением неудобно",
                "the site or the app is hard to use",
            )
            .into(),
            RootCause::Copy => pick(self, "тексты и описания", "texts and descriptions").into(),
            RootCause::Delivery => pick(self, "доставка", "delivery").into(),
            RootCause::Other => pick(self, "что-то другое", "something else").into(),
            RootCause::Custom(name) => name.to_string(),
        }
    }

    /// To whom it was passed, after «Мы передали это …».
    pub(crate) const fn passed_to(&self, cause: Option<&RootCause>) -> &'static str {
        match cause {
            Some(RootCause::Pricing) => {
                pick(self, "тем, кто отвечает за цены", "the team that looks after our prices")
            }
            Some(RootCause::Design) => pick(self, "дизайнерам", "our designers"),
            Some(RootCause::Copy) => pick(self, "редакции сайта", "our site editors"),
            Some(RootCause::Delivery) => pick(self, "службе доставки", "our delivery team"),
            Some(RootCause::Other | RootCause::Custom(_)) | None => {
                pick(self, "тем, кто может это исправить", "the people who can fix it")
            }
        }
    }
}
