//! Who calls and who is called.

use std::fmt;

/// One end of a call as its address header tells it (RFC 3261 section 20.10).
///
/// Personal data: `Debug` prints lengths only.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Party {
    /// The whole address, for instance `sip:+4930123@example.org`.
    pub uri: String,
    /// The part before `@`: a number or a name. Empty when there is none.
    pub user: String,
    /// The domain or IP address, without a port.
    pub host: String,
    /// The name shown on a phone's screen, when given.
    pub display_name: Option<String>,
}

impl Party {
    /// Whether the caller hides who they are (RFC 3323 section 4.1): there is no way back to them
    /// by this address.
    pub fn is_anonymous(&self) -> bool {
        self.user.is_empty()
            || self.user.eq_ignore_ascii_case("anonymous")
            || self.host.eq_ignore_ascii_case("anonymous.invalid")
    }
}

impl fmt::Debug for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.display_name.as_deref().unwrap_or_default();
        write!(
            f,
            "Party(user {} chars, host {} chars, name {} chars)",
            self.user.chars().count(),
            self.host.chars().count(),
            name.chars().count()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_keeps_numbers_and_names_to_itself() {
        let party = Party {
            uri: "sip:+4930123@example.org".into(),
            user: "+4930123".into(),
            host: "example.org".into(),
            display_name: Some("Ольга".into()),
        };
        assert_eq!(format!("{party:?}"), "Party(user 8 chars, host 11 chars, name 5 chars)");
    }

    #[test]
    fn a_withheld_number_is_anonymous() {
        let hidden = Party {
            user: "Anonymous".into(),
            host: "anonymous.invalid".into(),
            ..Party::default()
        };
        assert!(hidden.is_anonymous());
        assert!(Party::default().is_anonymous());
        let known = Party { user: "bob".into(), host: "example.org".into(), ..Party::default() };
        assert!(!known.is_anonymous());
    }
}
