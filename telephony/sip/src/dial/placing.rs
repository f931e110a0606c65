//! The task that places one call: attempt after attempt until somebody answers or all is tried.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use rsipstack::sip::Uri;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::attempt::{Answered, Attempt, Outcome, Patience};
use super::branches::end_other_branches;
use super::letter::Letter;
use super::reply::to_tag;
use super::{
    DialEvent, DialFailure, OwnDialog, SessionText, Signers, challenge_in, hops_of_contacts,
    retry_after, status_of,
};
use crate::outward::{Hop, NoWay, Outward, WayOut};
use crate::reception::{Placed, Reception};
use crate::stack::Exit;
use crate::trunk::{Directory, Trunk};
use crate::{Call, Credentials};

/// Redirects that are followed (RFC 3261 section 8.1.3.4).
const MAX_REDIRECTS: usize = 3;

/// INVITEs sent for one call, whatever the other sides answer.
const MAX_INVITES: usize = 12;

/// What placing a call needs.
pub(crate) struct PlacingParts {
    pub(crate) id: String,
    pub(crate) reception: Arc<Reception>,
    pub(crate) outward: Arc<Outward>,
    pub(crate) directory: Arc<Directory>,
    pub(crate) hops: Vec<Hop>,
    pub(crate) credentials: Option<Credentials>,
    /// The way back to a desk phone.
    pub(crate) phone: Option<WayOut>,
    pub(crate) trunk: Option<Arc<Trunk>>,
    pub(crate) ring_for: Duration,
    /// How long a place may say nothing before the next is tried.
    pub(crate) first_word: Duration,
    pub(crate) events: mpsc::Sender<DialEvent>,
    pub(crate) give_up: CancellationToken,
    /// Counts the call; free again when it ended.
    pub(crate) place: OwnedSemaphorePermit,
}

/// A call being placed.
pub(crate) struct Placing {
    parts: PlacingParts,
    letter: Letter,
    /// What binds the call to the phone it goes to.
    exit: Option<Arc<Exit>>,
    signers: Signers,
    /// Where to try next.
    hops: VecDeque<Hop>,
    redirects: usize,
    /// What to report when nothing is left to try.
    failure: DialFailure,
}

/// What to do after an attempt.
enum Next {
    /// The same place again, now with a proof.
    Again,
    /// The next place.
    Elsewhere,
    Stop(DialFailure),
}

impl Placing {
    pub(super) fn new(mut parts: PlacingParts, letter: Letter) -> Self {
        let hops = std::mem::take(&mut parts.hops).into();
        let exit = parts.phone.as_ref().and_then(|way| way.bind(&parts.outward, &letter.call_id));
        let exit = exit.map(Arc::new);
        let (signers, failure) = (Signers::default(), DialFailure::Unreachable);
        Self { parts, letter, exit, signers, hops, redirects: 0, failure }
    }

    pub(crate) async fn run(mut self) {
        tracing::info!("placing a call");
        let patience = Patience {
            until: Instant::now() + self.parts.ring_for,
            first_word: self.parts.first_word,
            give_up: self.parts.give_up.clone(),
            hurry: self.parts.reception.hurry(),
        };
        let mut invites = 0;
        while let Some(hop) = self.hops.front().cloned() {
            invites += 1;
            if invites > MAX_INVITES {
                break;
            }
            let outcome = match self.attempt(&hop, &patience).await {
                Ok(outcome) => outcome,
                Err(failure) => {
                    self.failure = failure;
                    self.hops.pop_front();
                    continue;
                }
            };
            self.learn_from(&outcome);
            let next = match outcome {
                (Outcome::Answered(answered), way) => return self.answered(*answered, way).await,
                (Outcome::Refused(response), _) => self.after_refusal(&response).await,
                (Outcome::Silent, _) => Next::Elsewhere,
                (Outcome::Broken, _) => Next::Stop(DialFailure::Broken),
                (Outcome::GivenUp(failure), _) => {
                    tracing::info!(%failure, "call given up");
                    return;
                }
            };
            match next {
                Next::Again => {}
                Next::Elsewhere => drop(self.hops.pop_front()),
                Next::Stop(failure) => {
                    self.failure = failure;
                    break;
                }
            }
        }
        tracing::info!(failure = %self.failure, "call not placed");
        self.parts.events.send(DialEvent::Failed(self.failure)).await.ok();
    }

    async fn attempt(
        &mut self,
        hop: &Hop,
        patience: &Patience,
    ) -> Result<(Outcome, WayOut), DialFailure> {
        let reached = tokio::select! {
            reached = self.reach(hop) => reached,
            () = self.parts.give_up.cancelled() => {
                let failure = DialFailure::Cancelled;
                self.hops.clear();
                return Err(failure);
            }
        };
        let way = reached.map_err(|reason| {
            tracing::debug!(%reason, "no way to place the call");
            DialFailure::Unreachable
        })?;
        let stack = self.parts.outward.hall.stack.clone();
        let learned = self.parts.trunk.as_ref().and_then(|trunk| trunk.seen_at(way.ours));
        let contact = way.contact(self.letter.caller_user(), learned);
        let uri = self.letter.target.to_string();
        let proofs = self.signers.sign("INVITE", &uri, self.letter.offer());
        let invite = self.letter.write(&stack, &way, &contact, proofs);
        let invite = invite.ok_or(DialFailure::Broken)?;
        let attempt = Attempt {
            reception: self.parts.reception.clone(),
            outward: self.parts.outward.clone(),
            way: way.clone(),
            exit: self.exit.clone(),
            credentials: self.parts.credentials.clone(),
            events: Some(self.parts.events.clone()),
            patience: patience.clone(),
        };
        Ok((attempt.run(invite, contact).await, way))
    }

    /// Takes from a trunk's answer where it sees us, for what we say next.
    fn learn_from(&self, (outcome, way): &(Outcome, WayOut)) {
        let response = match outcome {
            Outcome::Answered(answered) => &answered.response,
            Outcome::Refused(response) => response,
            Outcome::Silent | Outcome::Broken | Outcome::GivenUp(_) => return,
        };
        if let Some(trunk) = self.parts.trunk.as_ref().filter(|_| self.parts.outward.learns) {
            trunk.learn_from(response, way);
        }
    }

    /// The way to a hop; to a desk phone there is only the one it came by.
    async fn reach(&self, hop: &Hop) -> Result<WayOut, NoWay> {
        match &self.parts.phone {
            Some(way) if way.hop == *hop => Ok(way.clone()),
            _ => self.parts.outward.reach(hop).await,
        }
    }

    async fn after_refusal(&mut self, response: &rsipstack::sip::Response) -> Next {
        let status = status_of(response);
        match status {
            401 | 407 => {
                let challenge = challenge_in(response).ok();
                let accepted = challenge.zip(self.parts.credentials.as_ref()).is_some_and(
                    |(challenge, credentials)| self.signers.accept(status, challenge, credentials),
                );
                if accepted { Next::Again } else { Next::Stop(DialFailure::Unauthorized) }
            }
            422 => match self.letter.session.lengthened(response) {
                Some(longer) => {
                    self.letter.session = longer;
                    Next::Again
                }
                None => Next::Stop(DialFailure::of_status(status, None)),
            },
            300..=399 => self.redirect(hops_of_contacts(response)).await,
            503 => {
                self.failure = DialFailure::Unavailable { retry_after: retry_after(response) };
                Next::Elsewhere
            }
            status => Next::Stop(DialFailure::of_status(status, None)),
        }
    }

    /// Goes where a redirect leads, when that is a configured place.
    async fn redirect(&mut self, contacts: Vec<Uri>) -> Next {
        self.redirects += 1;
        let elsewhere = Next::Stop(DialFailure::RedirectedElsewhere);
        if self.redirects > MAX_REDIRECTS {
            return elsewhere;
        }
        for contact in contacts {
            let hops = self.parts.directory.hops_to(&contact).await;
            if !hops.is_empty() {
                self.letter.target = Uri { headers: vec![], ..contact };
                self.hops = hops.into();
                return Next::Again;
            }
        }
        elsewhere
    }

    async fn answered(mut self, answered: Answered, way: WayOut) {
        let Answered { dialog, states, response, session, transaction, invite } = answered;
        self.signers.succeeded();
        let parts = self.parts;
        let (outward, credentials) = (parts.outward.clone(), parts.credentials);
        let own = OwnDialog::new(dialog.clone(), outward, way.clone(), credentials);
        let placed = Placed {
            own,
            id: parts.id.clone(),
            dialog,
            exit: self.exit,
            states,
            peer: way.hop.address,
            flow: way.flow(),
            place: parts.place,
            offer: self.letter.into_offer(),
            signers: self.signers,
        };
        let (handle, ladder) = parts.reception.adopt(placed, &response);
        let call = Call::new(parts.id, None, handle, ladder);
        // When nobody waits any more the call is dropped, which hangs up.
        parts.events.send(DialEvent::Answered(call, SessionText(session))).await.ok();
        let stack = parts.outward.hall.stack.clone();
        let winner = to_tag(&response);
        parts.reception.spawn(async move {
            end_other_branches(&stack, &way, invite, transaction, winner).await;
        });
    }
}
