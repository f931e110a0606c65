//! Rings customers about notices, by the gateway of this process.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use mostik_domain::{CallMissed, CustomerId, Feedback, Language, NoticeId, NoticeKind, RootCause};
use mostik_gateway::call_back::{CallBackOrder, CallBacks, News, Outcome, Topic};
use mostik_gateway::{CompletedCall, NotAnswered, SpokenLanguage, Termination};

use super::caps::Caps;
use super::may_call::{MayNot, Target, WhomToCall};

/// When the line cannot take an order just now.
const LINE_BUSY: SignedDuration = SignedDuration::from_mins(1);

/// How customers are rung, as configured.
#[derive(Debug, Clone)]
pub struct CallBackPlan {
    /// Whom, and by which way.
    pub whom: WhomToCall,
    /// Who calls, as a number or an address; none takes the trunk's own.
    pub caller_id: Option<String>,
    /// Minutes from the decision to the first try, from the first to the second, and so on: as
    /// many as there are tries.
    pub attempts_after_minutes: Vec<u32>,
    /// How long it rings.
    pub ring_for: Duration,
    /// The longest call, from its answer.
    pub longest: Duration,
    /// The longest message that is recorded.
    pub max_message: Duration,
    /// Calls an hour, to all customers.
    pub per_hour: usize,
    /// Calls in 24 hours to one customer.
    pub per_customer_per_day: usize,
}

impl CallBackPlan {
    /// When the next try is made after so many, or never.
    pub fn next_attempt(&self, made: u32, now: Timestamp) -> Option<Timestamp> {
        let minutes = self.attempts_after_minutes.get(usize::try_from(made).ok()?)?;
        Some(now + SignedDuration::from_mins(i64::from(*minutes)))
    }

    /// How long one try takes at the longest, from the order to its end.
    pub fn longest_try(&self) -> Duration {
        self.ring_for + self.longest
    }
}

/// What a customer is rung about.
#[derive(Debug, Clone)]
pub struct CallMatter {
    /// The notice.
    pub notice: NoticeId,
    /// What sort of news.
    pub kind: NoticeKind,
    /// The how manieth try, from 1.
    pub attempt: u32,
    /// About what, and how she came.
    pub feedback: Feedback,
}

/// What a try came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rung {
    /// She heard the news.
    Told,
    /// She did not.
    Missed(CallMissed),
    /// Nobody was called, because as many calls as may be were placed, or the line is not open.
    NotBefore(Timestamp),
    /// She may not be called.
    MayNot(MayNot),
}

/// Rings customers.
#[async_trait]
pub trait RingsCustomers: Send + Sync {
    /// Rings once, and returns when the call has ended. Takes minutes. What she answered is kept
    /// by the phone itself before this returns.
    async fn ring(&self, matter: &CallMatter, now: Timestamp) -> Rung;
}

/// Rings by the gateway.
#[derive(Debug)]
pub struct CallerBack {
    desk: CallBacks,
    plan: CallBackPlan,
    caps: Mutex<Caps>,
}

impl CallerBack {
    /// Orders calls at `desk`.
    pub fn new(desk: CallBacks, plan: CallBackPlan) -> Self {
        let caps = Mutex::new(Caps::new(plan.per_hour, plan.per_customer_per_day));
        Self { desk, plan, caps }
    }

    fn take_turn(&self, customer: CustomerId, now: Timestamp) -> Result<(), Timestamp> {
        self.caps.lock().unwrap_or_else(PoisonError::into_inner).take(customer, now)
    }

    fn order(&self, matter: &CallMatter, target: Target) -> CallBackOrder {
        let feedback = &matter.feedback;
        let cause = feedback.state.classification().map(|named| &named.root_cause);
        CallBackOrder {
            about: matter.notice.to_string(),
            attempt: matter.attempt,
            line: line_of(feedback),
            to: target.to.reveal().to_owned(),
            route: target.route,
            from: self.plan.caller_id.clone(),
            display_name: None,
            ring_for: self.plan.ring_for,
            longest: self.plan.longest,
            max_message: self.plan.max_message,
            language: spoken(feedback.language),
            topic: topic(cause),
            news: news(matter.kind),
        }
    }
}

#[async_trait]
impl RingsCustomers for CallerBack {
    async fn ring(&self, matter: &CallMatter, now: Timestamp) -> Rung {
        let target = match self.plan.whom.may_call(&matter.feedback.return_path) {
            Ok(target) => target,
            Err(why) => return Rung::MayNot(why),
        };
        if let Err(again_at) = self.take_turn(matter.feedback.customer, now) {
            tracing::info!(notice = %matter.notice, "as many call-backs as may be were placed");
            return Rung::NotBefore(again_at);
        }
        let call = match self.desk.order(self.order(matter, target)) {
            Ok(call) => call,
            Err(why) => {
                tracing::info!(notice = %matter.notice, %why, "a call-back has to wait");
                return Rung::NotBefore(now + LINE_BUSY);
            }
        };
        match call.await {
            Ok(call) => rung(&call),
            Err(why) => {
                tracing::warn!(notice = %matter.notice, %why, "a call-back was lost sight of");
                Rung::Missed(CallMissed::Interrupted)
            }
        }
    }
}

/// The line she had called.
fn line_of(feedback: &Feedback) -> String {
    let inbox = feedback.inbox.to_string();
    inbox.split_once(':').map_or(inbox.clone(), |(_, line)| line.to_owned())
}

fn rung(call: &CompletedCall) -> Rung {
    let Some(report) = &call.call_back else { return Rung::Missed(CallMissed::Failed) };
    metrics::counter!("mostik_call_backs_total", "outcome" => report.outcome.name()).increment(1);
    if report.outcome.heard_news() {
        return Rung::Told;
    }
    Rung::Missed(match report.outcome {
        Outcome::NoAnswer => CallMissed::NoAnswer,
        Outcome::Busy => CallMissed::Busy,
        Outcome::Declined => CallMissed::Declined,
        Outcome::UnknownNumber => CallMissed::UnknownNumber,
        Outcome::Mailbox => CallMissed::Mailbox,
        Outcome::HungUp { .. } => CallMissed::HungUp,
        Outcome::WantsPerson { .. } => CallMissed::WantsPerson,
        Outcome::Failed if is_shutdown(call) => CallMissed::Interrupted,
        Outcome::Failed | Outcome::BrokenOff { .. } | Outcome::Survey { .. } | Outcome::Told => {
            CallMissed::Failed
        }
    })
}

fn is_shutdown(call: &CompletedCall) -> bool {
    call.termination == Termination::NotAnswered(NotAnswered::Shutdown)
}

pub(super) const fn spoken(language: Language) -> SpokenLanguage {
    match language {
        Language::Russian => SpokenLanguage::Russian,
        Language::English => SpokenLanguage::English,
    }
}

const fn news(kind: NoticeKind) -> News {
    match kind {
        NoticeKind::Received => News::Received,
        NoticeKind::Accepted => News::Accepted,
        NoticeKind::Fixed => News::Fixed,
        NoticeKind::Declined => News::Declined,
        NoticeKind::Delayed => News::Delayed,
        NoticeKind::FollowUp => News::FollowUp,
        NoticeKind::Thanked => News::Thanked,
    }
}

fn topic(cause: Option<&RootCause>) -> Topic {
    match cause {
        Some(RootCause::Pricing) => Topic::Pricing,
        Some(RootCause::Design) => Topic::Design,
        Some(RootCause::Copy) => Topic::Copy,
        Some(RootCause::Delivery) => Topic::Delivery,
        _ => Topic::Other,
    }
}
