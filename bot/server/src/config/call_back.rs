//! What `[call_back]` says: whom Mostik rings, how often, and by which trunk.

use std::time::Duration;

use mostik_channels::{CallBackPlan, WhomToCall};
use serde::Deserialize;

use super::{Config, WrongValue, wrong};

section!(CallBack {
    enabled: bool,
    trunk: Vec<String>,
    caller_id: String,
    allowed_prefixes: Vec<String>,
    country_code: String,
    per_hour: usize,
    per_customer_per_day: usize,
    longest_seconds: u64,
    ring_seconds: u64,
    attempts_after_minutes: Vec<u32>,
});

/// A week: nobody waits longer for the next try.
const LONGEST_PAUSE: u32 = 7 * 24 * 60;
const MOST_ATTEMPTS: usize = 10;

impl Config {
    /// How customers are rung; none when people call them.
    pub fn call_back(&self) -> Result<Option<CallBackPlan>, WrongValue> {
        let section = &self.call_back;
        let plan = CallBackPlan {
            whom: WhomToCall {
                trunks: self.call_back_trunks()?,
                allowed_prefixes: section.checked_prefixes()?,
                country_code: section.checked_country()?,
                own_lines: self.own_lines(),
            },
            caller_id: section.checked_caller()?,
            attempts_after_minutes: section.checked_attempts()?,
            ring_for: Duration::from_secs(within(
                "call_back.ring_seconds",
                section.ring_seconds,
                5..=180,
            )?),
            longest: Duration::from_secs(within(
                "call_back.longest_seconds",
                section.longest_seconds,
                30..=3_600,
            )?),
            max_message: self.longest_message(),
            per_hour: within("call_back.per_hour", section.per_hour, 1..=10_000)?,
            per_customer_per_day: within(
                "call_back.per_customer_per_day",
                section.per_customer_per_day,
                1..=100,
            )?,
        };
        let numbers = !plan.whom.trunks.is_empty();
        if section.enabled && numbers && plan.whom.allowed_prefixes.is_empty() {
            let why = "name the numbers that the trunk may call, as [\"+7\"]".to_owned();
            return Err(wrong("call_back.allowed_prefixes")(why));
        }
        Ok(section.enabled.then_some(plan))
    }

    fn call_back_trunks(&self) -> Result<Vec<String>, WrongValue> {
        let known = |name: &&String| self.sip.trunk.iter().any(|trunk| trunk.name == **name);
        match self.call_back.trunk.iter().find(|name| name.is_empty() || !known(name)) {
            Some(name) => {
                Err(wrong("call_back.trunk")(format!("no [[sip.trunk]] is named {name:?}")))
            }
            None => Ok(self.call_back.trunk.clone()),
        }
    }

    /// Nobody calls himself.
    fn own_lines(&self) -> Vec<String> {
        let lines = self.phone.line.iter().map(|line| line.number.clone());
        let others = [&self.phone.echo, &self.phone.studio].into_iter().cloned();
        let others = others.filter(|number| !number.is_empty());
        let accounts = self.sip.trunk.iter().map(|trunk| trunk.username.clone());
        let accounts = accounts.filter(|account| !account.is_empty());
        let caller = Some(self.call_back.caller_id.clone()).filter(|caller| !caller.is_empty());
        lines.chain(others).chain(accounts).chain(caller).collect()
    }

    fn longest_message(&self) -> Duration {
        let longest = self.phone.line.iter().map(|line| line.max_message_seconds).max();
        Duration::from_secs(longest.unwrap_or(120))
    }
}

impl CallBack {
    fn checked_prefixes(&self) -> Result<Vec<String>, WrongValue> {
        let is_prefix = |prefix: &&String| {
            prefix.strip_prefix('+').is_some_and(|digits| {
                (1..=15).contains(&digits.len())
                    && digits.bytes().all(|byte| byte.is_ascii_digit())
                    && !digits.starts_with('0')
            })
        };
        match self.allowed_prefixes.iter().find(|prefix| !is_prefix(prefix)) {
            Some(prefix) => {
                let why = format!("{prefix:?} is not the beginning of a number, as \"+7\"");
                Err(wrong("call_back.allowed_prefixes")(why))
            }
            None => Ok(self.allowed_prefixes.clone()),
        }
    }

    fn checked_country(&self) -> Result<String, WrongValue> {
        let code = &self.country_code;
        let digits = code.bytes().all(|byte| byte.is_ascii_digit()) && !code.starts_with('0');
        if digits && (1..=3).contains(&code.len()) {
            return Ok(code.clone());
        }
        let why = format!("{code:?} is not a country's telephone code, as \"7\"");
        Err(wrong("call_back.country_code")(why))
    }

    fn checked_caller(&self) -> Result<Option<String>, WrongValue> {
        let caller = &self.caller_id;
        if caller.is_empty() {
            return Ok(None);
        }
        let digits = caller.strip_prefix('+').unwrap_or(caller);
        let number =
            (3..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        if number {
            return Ok(Some(caller.clone()));
        }
        let why = format!("{caller:?} is not a number, as \"+74951234567\"");
        Err(wrong("call_back.caller_id")(why))
    }

    fn checked_attempts(&self) -> Result<Vec<u32>, WrongValue> {
        let attempts = &self.attempts_after_minutes;
        let short = attempts.iter().all(|minutes| *minutes <= LONGEST_PAUSE);
        if (1..=MOST_ATTEMPTS).contains(&attempts.len()) && short {
            return Ok(attempts.clone());
        }
        let why = format!("name 1 to {MOST_ATTEMPTS} pauses of at most {LONGEST_PAUSE} minutes");
        Err(wrong("call_back.attempts_after_minutes")(why))
    }
}

fn within<T: PartialOrd + std::fmt::Display + Copy>(
    key: &'static str,
    value: T,
    range: std::ops::RangeInclusive<T>,
) -> Result<T, WrongValue> {
    if range.contains(&value) {
        return Ok(value);
    }
    Err(wrong(key)(format!("{value} is not from {} to {}", range.start(), range.end())))
}
