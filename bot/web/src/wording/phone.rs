//! Words for the desk's side of the phone: presence, the queue, conversations,
//! call-backs, outages.

use mostik_domain::{CallBackState, Direction, Language, LiveStage, OrderWhat, Presence, WaitEnd};

use super::{PhoneWords, Wording};

pub(super) static PHONE_RUSSIAN: PhoneWords = PhoneWords {
    title: "Телефон",
    lead: "Кто ждёт, кто с кем говорит, кому мы перезвоним.",
    presence_title: "Принимаете ли вы звонки",
    on_call: "Вы говорите с:",
    open_caller: "Открыть историю",
    talking_title: "Вы говорите с:",
    hand_on: "Передать звонок",
    hand_on_next: "Следующему свободному",
    hand_on_to: "Кому",
    hang_up: "Завершить звонок",
    history: "Что было раньше",
    history_none: "Этот номер у нас впервые: прежних обращений нет.",
    last_words: "Последние слова",
    note_title: "Почему вы ответили так?",
    note_write: "Написать",
    lines_owed: "Почему вы ответили так? Без вашей строки звонков:",
    note_hint: "Одной строкой, для коллег: что решили и почему.",
    note_save: "Записать",
    note_skip: "Добавить нечего",
    note_again: "Исправить строку",
    noted_by: "записал(а)",
    waiting_title: "Ждут человека",
    waiting_none: "Никто не ждёт.",
    place: "место",
    take: "Принять сейчас",
    unknown: "номер скрыт",
    ringing: "звоним:",
    with: "говорит с:",
    live_title: "Сейчас на линии",
    live_none: "Других звонков нет.",
    kept_title: "Перезвоним, сохранив место",
    kept_none: "Перезванивать никому не нужно.",
    queued: "в очереди с",
    asked: "попросили перезвонить",
    attempts: "попыток",
    twice: "Mostik останавливался во время звонка: возможно, мы позвонили дважды",
    not_before: "не раньше",
    cancel: "Снять с очереди",
    operators_title: "Операторы",
    operators_none: "Операторы ещё не названы.",
    outage_title: "Объявление о сбое",
    outage_none: "Объявления нет.",
    outage_lead: "Звонящие слышат его раньше всего остального. Объявить может любой оператор: о сбое первыми узнают те, кто говорит с клиентами.",
    every_line: "все линии",
    line: "Линия",
    until: "До",
    until_hint: "Пусто: пока не снимут.",
    until_cleared: "пока не снимут",
    shipped: "готовая фраза о сбое",
    text_ru: "Что услышат по-русски",
    text_en: "Что услышат по-английски",
    text_hint: "Пусто: готовая фраза. Свои слова звучат, если настроен голос.",
    set: "Объявить",
    clear: "Снять",
    set_by: "объявил(а)",
    over: "срок вышел",
    direction: "Направление",
    waited: "Ожидание",
    expected: "обещали около",
    talks: "Разговоры",
    confirmed: "Подтверждено кнопкой",
    attempt: "попытка",
    about_notice: "новость для клиента",
    call_back: "обратный звонок",
    transcript: "Разговор",
    stereo: "Стерео: слева звонивший, справа тот, кто ответил.",
    customer: "Клиент",
    operator: "Оператор",
};

pub(super) static PHONE_ENGLISH: PhoneWords = PhoneWords {
    title: "Phone",
    lead: "Who waits, who talks with whom, whom we will call back.",
    presence_title: "Whether you take calls",
    on_call: "You are talking to:",
    open_caller: "Open the history",
    talking_title: "You are talking to:",
    hand_on: "Hand the call on",
    hand_on_next: "To the next who is free",
    hand_on_to: "To whom",
    hang_up: "End the call",
    history: "What happened before",
    history_none: "This number is new to us: there is no earlier feedback.",
    last_words: "Last words",
    note_title: "Why was it answered so?",
    note_write: "Write it",
    lines_owed: "Why was it answered so? Calls without your line:",
    note_hint: "One line, for colleagues: what you decided, and why.",
    note_save: "Keep",
    note_skip: "Nothing to add",
    note_again: "Correct the line",
    noted_by: "written by",
    waiting_title: "Waiting for a person",
    waiting_none: "Nobody waits.",
    place: "place",
    take: "Take now",
    unknown: "number withheld",
    ringing: "ringing:",
    with: "talks with:",
    live_title: "On the line now",
    live_none: "No other calls.",
    kept_title: "To be called back, place kept",
    kept_none: "Nobody is to be called back.",
    queued: "in the queue since",
    asked: "asked to be called back",
    attempts: "attempts",
    twice: "Mostik stopped in the middle of a call: we may have called twice",
    not_before: "not before",
    cancel: "Take off the queue",
    operators_title: "Operators",
    operators_none: "No operators have been named yet.",
    outage_title: "Outage announcement",
    outage_none: "Nothing is announced.",
    outage_lead: "Callers hear it before anything else. Any operator may announce one: who talks with customers knows of it first.",
    every_line: "every line",
    line: "Line",
    until: "Until",
    until_hint: "Empty: until it is cleared.",
    until_cleared: "until it is cleared",
    shipped: "the shipped sentence about an outage",
    text_ru: "What is heard in Russian",
    text_en: "What is heard in English",
    text_hint: "Empty: the shipped sentence. Own words are spoken where a voice is configured.",
    set: "Announce",
    clear: "Clear",
    set_by: "announced by",
    over: "its time is over",
    direction: "Direction",
    waited: "Waited",
    expected: "was told about",
    talks: "Conversations",
    confirmed: "Confirmed by key",
    attempt: "attempt",
    about_notice: "news for the customer",
    call_back: "call-back",
    transcript: "Conversation",
    stereo: "Stereo: the caller on the left, whoever answered on the right.",
    customer: "Customer",
    operator: "Operator",
};

/// Picks the text of the language: Russian first, as everywhere.
const fn pick(words: &Wording, russian: &'static str, english: &'static str) -> &'static str {
    match words.language {
        Language::Russian => russian,
        Language::English => english,
    }
}

impl Wording {
    pub(crate) const fn presence(&self, presence: Presence) -> &'static str {
        match presence {
            Presence::Available => pick(self, "на месте", "available"),
            Presence::Away => pick(self, "нет на месте", "away"),
        }
    }

    pub(crate) const fn on_a_call(&self) -> &'static str {
        pick(self, "говорит", "on a call")
    }

    pub(crate) const fn live_stage(&self, stage: &LiveStage) -> &'static str {
        match stage {
            LiveStage::Greeting => pick(self, "слушает приветствие", "hears the greeting"),
            LiveStage::Recording => pick(self, "оставляет сообщение", "leaves a message"),
            LiveStage::Waiting { .. } => pick(self, "ждёт человека", "waits for a person"),
            LiveStage::Ringing { .. } => pick(self, "звоним оператору", "an operator is rung"),
            LiveStage::Talking { .. } => pick(self, "разговор", "talking"),
        }
    }

    /// What was asked of the phone and is not done yet.
    pub(crate) const fn order(&self, what: &OrderWhat) -> &'static str {
        match what {
            OrderWhat::HandOn { .. } => pick(self, "передаём …", "being handed on …"),
            OrderWhat::HangUp => pick(self, "завершаем …", "being ended …"),
            OrderWhat::TakeNow => pick(self, "соединяем с вами …", "being connected …"),
        }
    }

    pub(crate) const fn call_back_state(&self, state: &CallBackState) -> &'static str {
        match state {
            CallBackState::Waiting { .. } => pick(self, "ждёт очереди", "waits for the turn"),
            CallBackState::Calling { .. } => pick(self, "звоним", "being called"),
            CallBackState::Reached { .. } => pick(self, "дозвонились", "reached"),
            CallBackState::GaveUp { .. } => pick(self, "не дозвонились", "not reached"),
            CallBackState::Cancelled { .. } => pick(self, "снято", "taken off"),
        }
    }

    pub(crate) const fn wait_end(&self, end: WaitEnd) -> &'static str {
        match end {
            WaitEnd::Answered => pick(self, "ответил оператор", "an operator answered"),
            WaitEnd::Left => pick(self, "положил трубку", "hung up"),
            WaitEnd::CallBack => pick(self, "попросил перезвонить", "asked to be called back"),
            WaitEnd::Message => pick(self, "оставил сообщение", "left a message"),
            WaitEnd::Lost => pick(self, "связь прервалась", "the connection broke"),
        }
    }

    pub(crate) const fn direction(&self, direction: Direction) -> &'static str {
        match direction {
            Direction::Incoming => pick(self, "позвонили нам", "incoming"),
            Direction::Outgoing { .. } => pick(self, "позвонили мы", "outgoing"),
        }
    }

    /// How often a call was handed on, of how often it may be.
    pub(crate) fn hand_ons(&self, count: u8, most: u8) -> String {
        match self.language {
            Language::Russian => format!("Передавали: {count} из {most}"),
            Language::English => format!("Handed on: {count} of {most}"),
        }
    }

    /// «1 мин 05 с», "1 min 05 s".
    pub(crate) fn length(&self, milliseconds: u64) -> String {
        let seconds = milliseconds.div_ceil(1000);
        let (minutes, rest) = (seconds / 60, seconds % 60);
        match (self.language, minutes) {
            (Language::Russian, 0) => format!("{rest} с"),
            (Language::Russian, _) => format!("{minutes} мин {rest:02} с"),
            (Language::English, 0) => format!("{rest} s"),
            (Language::English, _) => format!("{minutes} min {rest:02} s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_read_as_people_say_them() {
        let (ru, en) = (Wording::of(Language::Russian), Wording::of(Language::English));
        for (milliseconds, russian, english) in [
            (0, "0 с", "0 s"),
            (41_200, "42 с", "42 s"),
            (65_000, "1 мин 05 с", "1 min 05 s"),
            (3_600_000, "60 мин 00 с", "60 min 00 s"),
        ] {
            assert_eq!(
                (ru.length(milliseconds), en.length(milliseconds)),
                (russian.into(), english.into())
            );
        }
    }
}
