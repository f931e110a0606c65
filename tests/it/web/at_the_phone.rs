//! The phone's side of the desk: what the phone is doing, as stories begin with it.

use jiff::{SignedDuration, Timestamp};
use mostik_domain::{
    Address, AddressKind, Call, CallBack, CallBackId, CallBackState, CallId, Change, CustomerId,
    Decision, Language, LiveCall, LiveStage, OrderWhat, Talk, WaitEnd, Waited,
};
use mostik_store::Store as _;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use uuid::Uuid;

use super::given::Web;

pub(super) fn waiting(place: u32) -> LiveStage {
    LiveStage::Waiting { place, since: Timestamp::now() - SignedDuration::from_secs(75) }
}

pub(super) fn talking(operator: &str) -> LiveStage {
    LiveStage::Talking { operator: operator.to_owned() }
}

/// A call of somebody unknown that the phone is busy with.
pub(super) fn live(stage: LiveStage) -> LiveCall {
    LiveCall {
        id: CallId::new(Uuid::now_v7()),
        line: "support".to_owned(),
        caller: "sip:+74951234567@carrier.example".into(),
        customer: None,
        language: Language::Russian,
        stage,
        since: Timestamp::now(),
        arrived_at: Timestamp::now(),
        hand_ons: 0,
    }
}

pub(super) fn asked_to_be_called_back() -> CallBack {
    let value = "sip:+79031112233@carrier.example".into();
    CallBack {
        id: CallBackId::new(Uuid::now_v7()),
        call: CallId::new(Uuid::now_v7()),
        line: "sales".to_owned(),
        address: Address { kind: AddressKind::Sip, value, proved: true },
        name: Some("Борис <b>".into()),
        customer: None,
        language: Language::Russian,
        in_queue_since: Timestamp::now() - SignedDuration::from_mins(12),
        asked_at: Timestamp::now() - SignedDuration::from_mins(2),
        attempts: 0,
        state: CallBackState::Waiting { not_before: None },
        came_by: None,
        perhaps_called_twice: false,
        revision: 0,
    }
}

impl Web {
    /// The phone tells what it is doing.
    pub(super) async fn phone_does(&self, call: &LiveCall) {
        self.submit(Decision::nothing().and(Change::SaveLiveCall(call.clone()))).await;
    }

    /// Somebody talks with a customer.
    pub(super) async fn picks_up(&self, operator: &str, customer: Option<CustomerId>) -> LiveCall {
        let call = LiveCall { customer, ..live(talking(operator)) };
        self.phone_does(&call).await;
        call
    }

    /// The call is over, and stored with who talked.
    pub(super) async fn talked(&self, operator: &str) -> CallId {
        let (_, id) = self.call(b"RIFF").await;
        let call = self.store.call(id).await.expect("a read").expect("a call");
        let talk = Talk { operator: operator.into(), from: call.arrived_at, to: call.ended_at };
        let waited =
            Waited { milliseconds: 65_000, expected_milliseconds: None, ended: WaitEnd::Answered };
        let call = Call { talks: vec![talk], waited: Some(waited), ..call };
        self.submit(Decision::nothing().and(Change::SaveCall(call))).await;
        id
    }

    /// What the phone was asked to do.
    pub(super) async fn ordered(&self) -> Vec<(String, OrderWhat)> {
        let orders = self.store.desk_orders(Timestamp::now()).await.expect("a read");
        orders.into_iter().map(|order| (order.by, order.what)).collect()
    }

    /// A page of a signed-in person, as text.
    pub(super) async fn reads(&self, session: &str, path: &str) -> String {
        let answer = self.page(session, path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.text().await.expect("a page")
    }

    /// An answer of the API to a program.
    pub(super) async fn asked(
        &self,
        method: Method,
        path: &str,
        body: Value,
    ) -> (StatusCode, Value) {
        let mut request = self.api(method, path);
        if !body.is_null() {
            request = request.json(&body);
        }
        let answer = request.send().await.expect("an answer");
        let status = answer.status();
        let text = answer.text().await.expect("text");
        (status, serde_json::from_str(&text).unwrap_or_default())
    }
}
