//! Desk phones prove who they are: by REGISTER, and when they call.

use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::{HasHeaders, Header, StatusCode};
use rsipstack::transaction::transaction::Transaction;
use tokio::time::Instant;

use super::new_call::{called_party, source_of};
use super::registry::cseq_number;
use super::{Reception, allow, refuse};
use crate::registrar::{Answer, Ask, Claim};
use crate::screen::{parse_address, user_and_host};
use crate::stack::transport_of;

impl Reception {
    pub(super) async fn registration(&self, mut transaction: Transaction) {
        let Some(registrar) = &self.registrar else {
            self.counting.refused_method.add();
            return refuse(&mut transaction, 405, allow()).await;
        };
        let Some(ask) = ask_of(&transaction) else {
            self.counting.refused_malformed.add();
            return refuse(&mut transaction, 400, vec![]).await;
        };
        let answer = registrar.register(&ask, Instant::now());
        match answer.status {
            200 => self.counting.registrations.add(),
            401 if ask.claim.proofs.is_empty() => {}
            401 | 403 | 503 => self.counting.refused_proof.add(),
            _ => self.counting.refused_malformed.add(),
        }
        tell(&mut transaction, answer).await;
    }

    /// The desk phone that calls, or `None` for who needs no password: a trunk, whom the phones'
    /// network trusts, and everybody where no phones register. Who has to prove it and does not
    /// is told so here.
    pub(super) async fn calling_phone(
        &self,
        transaction: &mut Transaction,
    ) -> Result<Option<String>, Refused> {
        let Some(registrar) = &self.registrar else {
            return Ok(None);
        };
        let claim = claim_of(transaction, "INVITE");
        let caller = transaction.original.from_header().ok().and_then(|from| {
            let from = parse_address(from.value())?;
            Some(user_and_host(from.uri).0)
        });
        let Some((claim, caller)) = claim.zip(caller) else {
            self.counting.refused_malformed.add();
            refuse(transaction, 400, vec![]).await;
            return Err(Refused);
        };
        let trunk = self.trunk_of(claim.source, &transaction.original.uri);
        if trunk.is_some() || registrar.trusts(claim.source.ip()) {
            return Ok(None);
        }
        match registrar.caller(&claim, &caller, Instant::now()) {
            Ok(phone) => Ok(Some(phone)),
            Err(answer) => {
                if answer.status != 401 || !claim.proofs.is_empty() {
                    self.counting.refused_proof.add();
                }
                tell(transaction, answer).await;
                Err(Refused)
            }
        }
    }
}

/// A request that has its answer.
pub(super) struct Refused;

/// A phone that hears nothing asks again.
async fn tell(transaction: &mut Transaction, answer: Answer) {
    let headers = answer.headers.into_iter().map(|(name, value)| Header::Other(name.into(), value));
    let status = StatusCode::from(answer.status);
    transaction.reply_with(status, headers.collect(), None).await.ok();
}

fn ask_of(transaction: &Transaction) -> Option<Ask> {
    let request = &transaction.original;
    let connection = transaction.connection.as_ref()?;
    Some(Ask {
        claim: claim_of(transaction, "REGISTER")?,
        to: parse_address(request.to_header().ok()?.value())?.uri.to_owned(),
        contacts: values(request, "Contact"),
        expires: values(request, "Expires").into_iter().next(),
        call_id: request.call_id_header().ok()?.value().to_owned(),
        number: cseq_number(request)?,
        transport: transport_of(connection),
        flow: Some(connection.clone()),
    })
}

/// Who a request says it is by.
fn claim_of(transaction: &Transaction, method: &'static str) -> Option<Claim> {
    let request = &transaction.original;
    let called = called_party(&request.uri);
    Some(Claim {
        method,
        target: (called.user, called.host),
        proofs: values(request, "Authorization"),
        body: request.body.clone(),
        source: source_of(transaction)?,
    })
}

/// The values of every header of that name, in order; not for those that name the transaction.
pub(super) fn values(message: &impl HasHeaders, name: &str) -> Vec<String> {
    let named = message.headers().iter().filter_map(|header| {
        let line = match header {
            Header::Other(found, value) => {
                return found.eq_ignore_ascii_case(name).then(|| value.trim().to_owned());
            }
            // Every message has these and nobody asks for them here; writing them costs time.
            Header::Via(_)
            | Header::From(_)
            | Header::To(_)
            | Header::CallId(_)
            | Header::CSeq(_)
            | Header::MaxForwards(_)
            | Header::ContentLength(_) => return None,
            other => other.to_string(),
        };
        let (found, value) = line.split_once(':')?;
        found.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    });
    named.collect()
}
