//! A REGISTER of a desk phone.

use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::{HasHeaders, Header, StatusCode};
use rsipstack::transaction::transaction::Transaction;
use tokio::time::Instant;

use super::new_call::source_of;
use super::registry::cseq_number;
use super::{Reception, allow, refuse};
use crate::registrar::Ask;
use crate::screen::parse_address;
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
            401 if ask.proofs.is_empty() => {}
            401 | 403 | 503 => self.counting.refused_proof.add(),
            _ => self.counting.refused_malformed.add(),
        }
        let headers =
            answer.headers.into_iter().map(|(name, value)| Header::Other(name.into(), value));
        let status = StatusCode::from(answer.status);
        // A phone that hears nothing asks again.
        transaction.reply_with(status, headers.collect(), None).await.ok();
    }
}

fn ask_of(transaction: &Transaction) -> Option<Ask> {
    let request = &transaction.original;
    let connection = transaction.connection.as_ref()?;
    Some(Ask {
        uri: request.uri.to_string(),
        to: parse_address(request.to_header().ok()?.value())?.uri.to_owned(),
        proofs: values(request, "Authorization"),
        contacts: values(request, "Contact"),
        expires: values(request, "Expires").into_iter().next(),
        call_id: request.call_id_header().ok()?.value().to_owned(),
        number: cseq_number(request)?,
        body: request.body.clone(),
        source: source_of(transaction)?,
        transport: transport_of(connection),
        flow: Some(connection.clone()),
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
