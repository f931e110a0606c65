//! Why something cannot be done, in words for a person at a page.

use mostik_domain::Language;

/// What people can be refused, where a sentence helps them on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    Empty,
    TooLong,
    NoWordsYet,
    NotACall,
    NotWaiting,
    NotWithTheTeam,
    NeverRouted,
    AlreadyThere,
    NotAnswered,
    NoStage,
    QuestionClosed,
    QuestionAnswered,
    BeingFiled,
    IssueOpen,
    IssueClosed,
    TooManyLabels,
    ChangedMeanwhile,
    NoSuchProblem,
    NotYourCall,
    HandedOnTooOften,
    ToYourself,
    CallerNotWaiting,
    OnAnotherCall,
    CallIsOver,
    NoSuchColleague,
    ColleagueAway,
    NotAnOperator,
    BeingCalledNow,
    CallBackIsOver,
    NoSuchLine,
    AlreadyPast,
}

impl Refusal {
    /// The sentence in that language.
    pub(crate) const fn words(self, language: Language) -> &'static str {
        match language {
            Language::Russian => self.in_russian(),
            Language::English => self.in_english(),
        }
    }

    const fn in_russian(self) -> &'static str {
        match self {
            Self::Empty => "Напишите, пожалуйста, хотя бы слово.",
            Self::TooLong => "Текст слишком длинный. Сократите его, пожалуйста.",
            Self::NoWordsYet => "Слова звонка ещё неизвестны. Сначала запишите, что было сказано.",
            Self::NotACall => "Это письменное сообщение: слова клиента не меняют.",
            Self::NotWaiting => "Это обращение уже не ждёт человека.",
            Self::NotWithTheTeam => {
                "У команды этого обращения ещё нет. Назовите причину или выберите команду."
            }
            Self::NeverRouted => "Это обращение ещё не передавали команде.",
            Self::AlreadyThere => "Обращение уже относится к этой проблеме.",
            Self::NotAnswered => "Сначала назовите причину: клиент должен получить ответ раньше.",
            Self::NoStage => "Выберите одну из пяти стадий.",
            Self::QuestionClosed => "На этот вопрос сейчас отвечать не нужно.",
            Self::QuestionAnswered => "Вы уже ответили на этот вопрос. Спасибо!",
            Self::BeingFiled => "Задача как раз создаётся. Попробуйте ещё раз через мгновение.",
            Self::IssueOpen => "Задача уже открыта.",
            Self::IssueClosed => "Задача закрыта. Сначала откройте её снова.",
            Self::TooManyLabels => "У задачи уже 20 меток, больше нельзя.",
            Self::ChangedMeanwhile => "Кто-то успел раньше. Посмотрите, как обстоят дела теперь.",
            Self::NoSuchProblem => "Такой проблемы нет. Проверьте номер.",
            Self::NotYourCall => "С этим человеком сейчас говорите не вы.",
            Self::HandedOnTooOften => {
                "Этот звонок уже передавали дважды. Пожалуйста, доведите разговор до конца сами."
            }
            Self::ToYourself => "Этот звонок уже у вас.",
            Self::CallerNotWaiting => "Этот человек уже не ждёт.",
            Self::OnAnotherCall => "Вы уже говорите. Сначала завершите этот разговор.",
            Self::CallIsOver => "Этот звонок уже закончился.",
            Self::NoSuchColleague => "Такого оператора нет. Выберите коллегу из списка.",
            Self::ColleagueAway => "Этого коллеги нет на месте. Выберите другого.",
            Self::NotAnOperator => "Звонки принимают только операторы.",
            Self::BeingCalledNow => "Этому человеку как раз звонят.",
            Self::CallBackIsOver => "Этот обратный звонок уже завершён.",
            Self::NoSuchLine => "Такой линии нет. Выберите линию из списка.",
            Self::AlreadyPast => "Это время уже прошло. Выберите более позднее.",
        }
    }

    const fn in_english(self) -> &'static str {
        match self {
            Self::Empty => "Please write at least a word.",
            Self::TooLong => "The text is too long. Please shorten it.",
            Self::NoWordsYet => {
                "Nobody knows yet what was said in this call. Type the words first."
            }
            Self::NotACall => "This was written: the customer's words are not to be changed.",
            Self::NotWaiting => "This no longer waits for a person.",
            Self::NotWithTheTeam => {
                "The owner team does not have it yet. Name the cause or choose the team."
            }
            Self::NeverRouted => "This was never with an owner team.",
            Self::AlreadyThere => "It is counted under that problem already.",
            Self::NotAnswered => "Name the cause first: the customer must be answered before.",
            Self::NoStage => "Choose one of the five stages.",
            Self::QuestionClosed => "There is no question to answer at the moment.",
            Self::QuestionAnswered => "You have answered this already. Thank you!",
            Self::BeingFiled => "The issue is just being filed. Try again in a moment.",
            Self::IssueOpen => "The issue is open already.",
            Self::IssueClosed => "The issue is closed. Open it again first.",
            Self::TooManyLabels => "The issue has 20 labels already; there is no room for more.",
            Self::ChangedMeanwhile => "Somebody was faster. Look at how things stand now.",
            Self::NoSuchProblem => "There is no such problem. Check the id.",
            Self::NotYourCall => "You are not the one who talks with this caller.",
            Self::HandedOnTooOften => {
                "This call was handed on twice already. Please see it through yourself."
            }
            Self::ToYourself => "This call is with you already.",
            Self::CallerNotWaiting => "This caller does not wait any more.",
            Self::OnAnotherCall => "You are talking already. End that call first.",
            Self::CallIsOver => "This call is over already.",
            Self::NoSuchColleague => "There is no such operator. Choose a colleague from the list.",
            Self::ColleagueAway => "This colleague is away. Choose another.",
            Self::NotAnOperator => "Only operators take calls.",
            Self::BeingCalledNow => "This person is being called right now.",
            Self::CallBackIsOver => "This call-back is over already.",
            Self::NoSuchLine => "There is no such line. Choose one from the list.",
            Self::AlreadyPast => "That time is past already. Choose a later one.",
        }
    }
}
