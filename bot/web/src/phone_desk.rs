//! Who is at the phone: what the pages and the API both read of it.

use mostik_domain::{CallId, LiveCall, Presence, Role};

use crate::{error::ProblemDocument, guard::Person, refusal::Refusal, state::WebState};

/// An operator as colleagues see her.
pub(crate) struct AtThePhone {
    /// Her name at the desk.
    pub(crate) name: String,
    /// What she said.
    pub(crate) presence: Presence,
    /// The call that she is in.
    pub(crate) call: Option<CallId>,
}

impl AtThePhone {
    /// Whether a call can be handed on to her.
    pub(crate) fn is_free(&self) -> bool {
        self.presence == Presence::Available && self.call.is_none()
    }
}

/// Everybody who takes calls, in the order of the configuration; then others of
/// that role, or who once said whether they take calls.
pub(crate) async fn operators(
    state: &WebState,
    live: &[LiveCall],
) -> Result<Vec<AtThePhone>, ProblemDocument> {
    let attendance = state.store.attendance().await?;
    let users = state.access.users().await?;
    let configured = state.settings.operators.iter().cloned();
    let by_role = users.into_iter().filter(|user| user.role == Role::Operator);
    let said = attendance.iter().map(|it| it.operator.clone());
    let mut names: Vec<String> = Vec::new();
    for name in configured.chain(by_role.map(|user| user.name)).chain(said) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names
        .into_iter()
        .map(|name| AtThePhone {
            presence: Presence::of(&name, &attendance),
            call: call_of(&name, live).map(|call| call.id),
            name,
        })
        .collect())
}

/// The call in which somebody talks.
pub(crate) fn call_of<'a>(operator: &str, live: &'a [LiveCall]) -> Option<&'a LiveCall> {
    live.iter().find(|call| call.talking_with() == Some(operator))
}

/// A colleague to whom a call may be handed on.
pub(crate) async fn colleague(state: &WebState, name: &str) -> Result<String, ProblemDocument> {
    let all = operators(state, &[]).await?;
    let found = all.into_iter().find(|it| it.name == name).ok_or_else(|| {
        ProblemDocument::invalid("to", "there is no operator of this name")
            .because(Refusal::NoSuchColleague)
    })?;
    if found.presence == Presence::Away {
        return Err(Refusal::ColleagueAway.into());
    }
    Ok(found.name)
}

/// The operator in whose name something is done: the one who asks, or, for a
/// manager or a program, the one who is named.
pub(crate) fn in_the_name_of(
    person: &Person,
    named: Option<String>,
) -> Result<String, ProblemDocument> {
    match named {
        None => Ok(person.name.clone()),
        Some(name) if name == person.name || person.is_manager() => Ok(name),
        Some(_) => Err(ProblemDocument::forbidden(
            "acting for another operator needs the role manager or above",
        )),
    }
}

/// A live call, or that it is over.
pub(crate) async fn live_call(state: &WebState, id: CallId) -> Result<LiveCall, ProblemDocument> {
    state.store.live_call(id).await?.ok_or_else(|| Refusal::CallIsOver.into())
}

/// The number of a caller as people read it: `+74951234567` of
/// `sip:+74951234567@carrier.example`.
pub(crate) fn number(address: &str) -> &str {
    let without = address.strip_prefix("sips:").or_else(|| address.strip_prefix("sip:"));
    let without = without.unwrap_or(address);
    without.split(['@', ';']).next().unwrap_or(without)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_without_what_carriers_add() {
        assert_eq!(number("sip:+74951234567@carrier.example"), "+74951234567");
        assert_eq!(number("sips:anna@example.org;user=phone"), "anna");
        assert_eq!(number("+7 495"), "+7 495");
        assert_eq!(number(""), "");
    }
}
