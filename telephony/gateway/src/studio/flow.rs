//! What is said and done in the studio, as a pure state machine.
//!
//! code → number of a prompt → how it sounds now, what now? → recording → how it would sound,
//! keep it? → the next number. Every input either moves the call on or is refused.

use std::fmt;

use crate::PromptLibrary;

/// So many wrong codes end the call.
const MOST_WRONG: u8 = 3;
/// So often in a row nothing may be pressed.
const MOST_SILENCES: u8 = 3;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// The call is up.
    Answered,
    /// What was to be said was said to its end.
    SaidAll,
    /// A key.
    Key(char),
    /// A timer that was started ran out.
    TimeOut(Timer),
    /// The code is right.
    CodeRight,
    /// The code is wrong.
    CodeWrong,
    /// No code is good any more.
    CodeGone,
    /// The take can be heard.
    TakeReady,
    /// Nothing was said in it.
    TakeEmpty,
    /// The take stands in the prompt's place; or the one that ships is back.
    Done,
    /// The disk refused.
    Failed,
    /// The caller hung up.
    RemoteHungUp,
    /// The signalling peer vanished.
    TrunkFailed,
    /// No more audio arrives. Some phones send none while their owner listens.
    MediaLost,
    /// We must end now.
    Shutdown,
}

/// The times a studio call waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timer {
    /// Nothing was pressed.
    NoKey,
    /// The take has its longest length.
    Take,
    /// The call has.
    Call,
}

/// What is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Say {
    /// A prompt of the menu, in the menu's language.
    Prompt(&'static str),
    /// The prompt of this number, as it sounds now.
    AsItSounds(u16),
    /// The take, as it would sound.
    Take,
    /// The tone.
    Tone,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Say these one after the other, instead of what is still said.
    Say(Vec<Say>),
    /// Say no more.
    BeQuiet,
    /// Ask whether this is the code.
    TryCode(Keyed),
    /// Record from now on.
    Record,
    /// End the take, and make it ready to be heard.
    FinishTake,
    /// Put the take in the place of the prompt of this number.
    Keep(u16),
    /// Go back to the prompt of this number as it ships.
    Restore(u16),
    /// Start this timer anew.
    StartTimer(Timer),
    /// Forget this timer.
    StopTimer(Timer),
    /// End the call.
    HangUp,
}

/// How a studio call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The caller hung up.
    HungUp,
    /// Too many wrong codes, or there is none any more.
    Refused,
    /// Nothing was pressed for long.
    Silent,
    /// It lasted too long.
    Limit,
    /// The disk refused.
    Failed,
    /// The line broke.
    Broken,
    /// We were shutting down.
    Shutdown,
}

/// Where a studio call is. The number is that of the prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Not yet answered.
    Arriving,
    /// A code is being keyed.
    Code(Keyed),
    /// It is being looked at.
    TryingCode,
    /// The number of a prompt is being keyed.
    Number(Keyed),
    /// She hears it, and says what now.
    Chosen(u16),
    /// She is told to speak, then the tone.
    Tone(u16),
    /// She speaks.
    Recording(u16),
    /// The take is made ready.
    Finishing(u16),
    /// She hears the take, and says whether it is kept.
    Judging(u16),
    /// It is being kept.
    Keeping(u16),
    /// The prompt that ships is being brought back.
    Restoring(u16),
    /// There is no more to be said but this.
    Parting(End),
    /// Over.
    Ended(End),
}

/// Digits up to `#`. One more than any answer has are kept, so that a longer one is not taken for
/// its beginning. `Debug` tells how many.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Keyed {
    digits: [u8; Self::MOST],
    count: usize,
}

impl Keyed {
    const MOST: usize = 7;

    /// These digits, as far as they are kept.
    pub fn of(digits: &str) -> Self {
        digits.chars().fold(Self::default(), |keyed, digit| keyed.and(digit).unwrap_or(keyed))
    }

    /// With one more digit; `None` when that is none, or there are too many.
    fn and(mut self, key: char) -> Option<Self> {
        let digit = u8::try_from(key).ok().filter(u8::is_ascii_digit)?;
        *self.digits.get_mut(self.count)? = digit;
        self.count += 1;
        Some(self)
    }

    const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        self.digits.get(..self.count).and_then(|it| str::from_utf8(it).ok()).unwrap_or_default()
    }

    /// The prompt of that number of three digits.
    fn prompt(&self) -> Option<u16> {
        let number = self.as_str().parse().ok().filter(|_| self.count == 3)?;
        PromptLibrary::text_by_number(number).map(|text| text.number)
    }
}

impl fmt::Debug for Keyed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} keyed", self.count)
    }
}

/// A studio call as the machine sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StudioFlow {
    /// Where it is.
    pub state: State,
    /// Whether the code was right.
    pub entered: bool,
    /// How many codes were wrong.
    pub wrong: u8,
    /// How often in a row nothing was pressed.
    pub silences: u8,
}

/// The answer to an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The call moved on; do these in order.
    Moved(StudioFlow, Vec<Action>),
    /// The input means nothing here; the call is as it was.
    Refused(StudioFlow),
}

impl Default for StudioFlow {
    fn default() -> Self {
        Self { state: State::Arriving, entered: false, wrong: 0, silences: 0 }
    }
}

impl StudioFlow {
    /// How the call ended, once it did.
    pub const fn end(&self) -> Option<End> {
        match self.state {
            State::Ended(end) => Some(end),
            _ => None,
        }
    }

    /// Moves on, or refuses.
    #[must_use]
    pub fn step(self, input: Input) -> Step {
        match (self.state, input) {
            (State::Ended(_), _) | (State::Parting(_), Input::Failed) => Step::Refused(self),
            (_, Input::RemoteHungUp) => self.over(End::HungUp),
            (_, Input::TrunkFailed) | (State::Recording(_), Input::MediaLost) => {
                self.over(End::Broken)
            }
            (_, Input::Shutdown) => self.over(End::Shutdown),
            (_, Input::TimeOut(Timer::Call)) => self.over(End::Limit),
            (_, Input::TimeOut(Timer::NoKey)) => self.silent(),
            (_, Input::Failed) => self.part(End::Failed, "sorry"),
            (state, input) => self.in_order(state, input),
        }
    }

    /// What may happen in this state only.
    fn in_order(self, state: State, input: Input) -> Step {
        match (state, input) {
            (State::Arriving, Input::Answered) => self.answered(),
            (
                State::Code(_) | State::Number(_) | State::Chosen(_) | State::Judging(_),
                Input::SaidAll,
            ) => Step::Moved(self, vec![Action::StartTimer(Timer::NoKey)]),
            (State::Code(keyed) | State::Number(keyed), Input::Key(key)) => self.keyed(keyed, key),
            (State::TryingCode, input) => self.tried(input),
            (State::Chosen(number), Input::Key(key)) => self.what_now(number, key),
            (State::Tone(number), Input::SaidAll) => {
                let actions = vec![Action::Record, Action::StartTimer(Timer::Take)];
                self.to(State::Recording(number), actions)
            }
            (State::Tone(_), Input::Key('*')) => self.choose(&[]),
            (State::Recording(number), Input::Key('#') | Input::TimeOut(Timer::Take)) => {
                let actions = vec![Action::StopTimer(Timer::Take), Action::FinishTake];
                self.to(State::Finishing(number), actions)
            }
            (State::Finishing(number), Input::TakeReady) => {
                self.ask(State::Judging(number), vec![Say::Prompt("studio_keep"), Say::Take])
            }
            (State::Finishing(number), Input::TakeEmpty) => self.speak(number),
            (State::Judging(number), Input::Key(key)) => self.judged(number, key),
            (State::Keeping(_), Input::Done) => self.choose(&["studio_kept"]),
            (State::Restoring(_), Input::Done) => self.choose(&["studio_restored"]),
            (State::Parting(end), Input::SaidAll) => self.over(end),
            _ => Step::Refused(self),
        }
    }

    fn answered(self) -> Step {
        let actions =
            vec![Action::StartTimer(Timer::Call), Action::Say(vec![Say::Prompt("studio_pin")])];
        self.to(State::Code(Keyed::default()), actions)
    }

    /// A key of a code or a number: `#` ends it, `*` begins it anew.
    fn keyed(self, keyed: Keyed, key: char) -> Step {
        match (self.state, key) {
            (_, '#') if keyed.is_empty() => Step::Refused(self),
            (State::Code(_), '#') => self.pressed(State::TryingCode, vec![Action::TryCode(keyed)]),
            (_, '#') => match keyed.prompt() {
                Some(number) => self.tell(number),
                None => self.choose(&["studio_unknown"]),
            },
            (state, key) => {
                let keyed = if key == '*' { Some(Keyed::default()) } else { keyed.and(key) };
                let Some(keyed) = keyed else { return Step::Refused(self) };
                let state = match state {
                    State::Code(_) => State::Code(keyed),
                    _ => State::Number(keyed),
                };
                self.pressed(state, vec![Action::StartTimer(Timer::NoKey)])
            }
        }
    }

    fn tried(self, input: Input) -> Step {
        match input {
            Input::CodeRight => Self { entered: true, ..self }.choose(&[]),
            Input::CodeWrong if self.wrong + 1 < MOST_WRONG => {
                let again = Self { wrong: self.wrong + 1, ..self };
                let said = ["studio_wrong_pin", "studio_pin"].map(Say::Prompt).to_vec();
                again.ask(State::Code(Keyed::default()), said)
            }
            Input::CodeWrong | Input::CodeGone => self.part(End::Refused, "studio_wrong_pin"),
            _ => Step::Refused(self),
        }
    }

    fn what_now(self, number: u16, key: char) -> Step {
        match key {
            '1' => self.speak(number),
            '2' => self.pressed(State::Restoring(number), vec![Action::Restore(number)]),
            '*' => self.choose(&[]),
            _ => Step::Refused(self),
        }
    }

    fn judged(self, number: u16, key: char) -> Step {
        match key {
            '1' => self.pressed(State::Keeping(number), vec![Action::Keep(number)]),
            '2' => self.speak(number),
            '*' => self.choose(&[]),
            _ => Step::Refused(self),
        }
    }

    fn tell(self, number: u16) -> Step {
        self.ask(State::Chosen(number), how_it_sounds(number))
    }

    fn speak(self, number: u16) -> Step {
        self.ask(State::Tone(number), vec![Say::Prompt("studio_speak"), Say::Tone])
    }

    /// Which prompt is next? Told after these.
    fn choose(self, told: &[&'static str]) -> Step {
        let said = told.iter().chain(&["studio_choose"]).copied().map(Say::Prompt).collect();
        self.ask(State::Number(Keyed::default()), said)
    }

    /// Says what she may answer to.
    fn ask(self, state: State, said: Vec<Say>) -> Step {
        let asked = Self { silences: 0, ..self };
        asked.to(state, vec![Action::StopTimer(Timer::NoKey), Action::Say(said)])
    }

    /// What is said ends at a key that does something.
    fn pressed(self, state: State, mut actions: Vec<Action>) -> Step {
        actions.splice(..0, [Action::StopTimer(Timer::NoKey), Action::BeQuiet]);
        Self { silences: 0, ..self }.to(state, actions)
    }

    /// She is told again what she may press; what she had keyed is forgotten.
    fn silent(self) -> Step {
        let silences = self.silences + 1;
        let (state, said) = match self.state {
            State::Code(_) => (State::Code(Keyed::default()), vec![Say::Prompt("studio_pin")]),
            State::Number(_) => {
                (State::Number(Keyed::default()), vec![Say::Prompt("studio_choose")])
            }
            State::Chosen(number) => (State::Chosen(number), how_it_sounds(number)),
            State::Judging(number) => {
                (State::Judging(number), vec![Say::Prompt("studio_keep"), Say::Take])
            }
            _ => return Step::Refused(self),
        };
        if silences == MOST_SILENCES {
            return self.over(End::Silent);
        }
        Self { silences, ..self }.to(state, vec![Action::Say(said)])
    }

    fn part(self, end: End, said: &'static str) -> Step {
        let actions = vec![Action::StopTimer(Timer::NoKey), Action::Say(vec![Say::Prompt(said)])];
        self.to(State::Parting(end), actions)
    }

    fn over(self, end: End) -> Step {
        self.to(State::Ended(end), vec![Action::HangUp])
    }

    fn to(self, state: State, actions: Vec<Action>) -> Step {
        Step::Moved(Self { state, ..self }, actions)
    }
}

fn how_it_sounds(number: u16) -> Vec<Say> {
    vec![Say::Prompt("studio_now"), Say::AsItSounds(number), Say::Prompt("studio_what_now")]
}
