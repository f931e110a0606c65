//! What people had to do with a call, as it is kept.

use jiff::Timestamp;
use mostik_domain::{
    CallBack, CallBackId, CallBackState, CallId, Change, Decision, Talk, WaitEnd, Waited, Words,
};
use mostik_gateway::{CompletedCall, HostError};

use super::{Phone, caller::address_of, meeting::language_of};

/// A conversation that was cut off lasted to the end of its call.
pub(super) fn talk(talk: mostik_gateway::Talk, ended_at: Timestamp) -> Talk {
    Talk { operator: talk.person, from: talk.from, to: talk.to.unwrap_or(ended_at) }
}

pub(super) const fn waited(waited: mostik_gateway::Waited) -> Waited {
    let mostik_gateway::Waited { milliseconds, expected_milliseconds, ended } = waited;
    let ended = match ended {
        mostik_gateway::WaitEnd::Answered => WaitEnd::Answered,
        mostik_gateway::WaitEnd::Left => WaitEnd::Left,
        mostik_gateway::WaitEnd::CallBack => WaitEnd::CallBack,
        mostik_gateway::WaitEnd::Message => WaitEnd::Message,
        mostik_gateway::WaitEnd::Lost => WaitEnd::Lost,
    };
    Waited { milliseconds, expected_milliseconds, ended }
}

/// Who asked to be called in her turn, at the address she called from.
pub(super) fn kept_place(call: &CompletedCall) -> Result<Option<CallBack>, HostError> {
    let (Some(in_queue_since), Some(address)) = (call.place_kept, address_of(&call.caller)) else {
        return Ok(None);
    };
    let id: CallId = call.id.replace('-', "").parse().map_err(HostError::new)?;
    Ok(Some(CallBack {
        // A call asks at most once: told again, it is the same.
        id: CallBackId::new(id.uuid()),
        call: id,
        line: call.line.clone(),
        address,
        name: call.caller.display_name.clone().map(Words::new),
        customer: None,
        language: language_of(call.language),
        in_queue_since,
        asked_at: call.ended_at,
        attempts: 0,
        state: CallBackState::Waiting { not_before: None },
        came_by: call.facts.came_by.as_ref().map(ToString::to_string),
        perhaps_called_twice: false,
        revision: 0,
    }))
}

impl Phone {
    pub(super) async fn keep_place(&self, place: Option<CallBack>) -> Result<(), HostError> {
        let Some(place) = place else { return Ok(()) };
        let store = &self.intake.store;
        if store.call_back(place.id).await.map_err(HostError::new)?.is_some() {
            return Ok(());
        }
        let now = self.intake.clock.now();
        let keep = Decision::nothing().and(Change::SaveCallBack(place));
        store.submit(keep, now).await.map_err(HostError::new)
    }
}
