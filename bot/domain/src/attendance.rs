use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Whether an operator takes calls, as set at the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendance {
    /// The name at the desk, which is the name in the configuration of the lines.
    pub operator: String,
    /// What the operator said.
    pub presence: Presence,
    /// Since when.
    pub since: Timestamp,
}

/// Whether an operator may be rung. That somebody is on a call is seen from the
/// calls themselves (see [`crate::LiveCall`]), never set by hand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Is rung. Who never said anything counts as this.
    #[default]
    Available,
    /// Is not rung.
    Away,
}

impl Presence {
    /// The name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Away => "away",
        }
    }

    /// What this operator said last.
    pub fn of(operator: &str, attendance: &[Attendance]) -> Self {
        attendance
            .iter()
            .find(|it| it.operator == operator)
            .map_or_else(Self::default, |it| it.presence)
    }
}

impl std::str::FromStr for Presence {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Available, Self::Away]
            .into_iter()
            .find(|presence| presence.as_str() == text)
            .ok_or_else(|| "use available or away".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_never_said_anything_is_available() {
        let away = Attendance {
            operator: "Вера".into(),
            presence: Presence::Away,
            since: Timestamp::UNIX_EPOCH,
        };
        assert_eq!(Presence::of("Вера", std::slice::from_ref(&away)), Presence::Away);
        assert_eq!(Presence::of("Пётр", &[away]), Presence::Available);
        assert_eq!("away".parse(), Ok(Presence::Away));
        assert!("on_a_call".parse::<Presence>().is_err(), "nobody sets that by hand");
    }
}
