//! A call that we placed and somebody answered: from here on it is like any other.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rsipstack::dialog::dialog::DialogStateReceiver;
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::sip::Response;
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::Reception;
use super::leg::Leg;
use super::refresh::Life;
use super::registry::CallEntry;
use super::reliable::Ringing;
use super::way::Way;
use crate::dial::{OwnDialog, Signers};
use crate::line::Line;
use crate::link::{HandleEnd, link};
use crate::stack::Exit;
use crate::{DialFailure, Ladder};

/// An answered call of ours.
pub(crate) struct Placed {
    pub(crate) id: String,
    pub(crate) dialog: InviteDialog,
    pub(crate) states: DialogStateReceiver,
    /// Where the answer came from.
    pub(crate) peer: SocketAddr,
    /// Ends with the stream the call goes by.
    pub(crate) flow: Option<CancellationToken>,
    pub(crate) place: OwnedSemaphorePermit,
    pub(crate) signers: Signers,
    /// Our description, for as long as nobody changes it.
    pub(crate) offer: String,
    pub(crate) own: OwnDialog,
    /// What binds its datagrams to the phone it goes to.
    pub(crate) exit: Option<Arc<Exit>>,
}

impl Reception {
    /// A place for one more call of ours, when there is one.
    pub(crate) fn place_for_call(&self) -> Result<OwnedSemaphorePermit, DialFailure> {
        if self.leaving.load(Ordering::SeqCst) {
            return Err(DialFailure::ShuttingDown);
        }
        let place = self.places.clone().try_acquire_owned();
        place.map_err(|_| DialFailure::TooManyCalls)
    }

    /// Cancelled when calls in progress must end.
    pub(crate) fn hurry(&self) -> CancellationToken {
        self.hurry.clone()
    }

    /// Takes the call in, so that its requests find it, and runs it to its end.
    pub(crate) fn adopt(
        self: &Arc<Self>,
        placed: Placed,
        response: &Response,
    ) -> (HandleEnd, Ladder) {
        let ladder = self.stack.ladders.claim(&placed.dialog.id().call_id);
        let (handle, end) = link();
        let entry = CallEntry::new(placed.dialog.clone(), placed.own, end.events.clone(), 0);
        let entry = Arc::new(entry.signing_with(placed.signers));
        entry.answered();
        end.line.set(Line { entry: entry.clone() }).ok();
        self.registry.enter(entry.clone());
        let way = Way::to_answerer(response, placed.peer, placed.flow, &self.stack.contacts);
        let way = way.leaving_by(placed.exit);
        let leg = Leg {
            entry,
            end,
            way,
            states: placed.states,
            gone: CancellationToken::new(),
            hurry: self.hurry.clone(),
            counting: self.counting.clone(),
            caller_offered: true,
            place: Some(placed.place),
            life: Life::of_ours(response, placed.offer),
            timer: None,
            ringing: Ringing::default(),
            referral: None,
        };
        self.spawn(self.clone().accompany_placed(leg, placed.id));
        (handle, ladder)
    }

    async fn accompany_placed(self: Arc<Self>, leg: Leg, id: String) {
        let dialog = leg.entry.dialog.id();
        let span = tracing::info_span!("call", id);
        leg.run_answered().instrument(span).await;
        self.registry.forget_dialog(&dialog);
        self.stack.ladders.close(&dialog.call_id, true);
    }
}
