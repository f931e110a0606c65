//! From what came in to what is stored in one transaction: customer, message
//! or call, feedback, promise, and the first job.

use jiff::Timestamp;
use mostik_taxonomy::Language;
use uuid::Uuid;

use crate::{
    Address, Author, Call, Channel, Claimed, Conversation, ConversationId, Customer, CustomerId,
    Feedback, FeedbackId, FeedbackState, InboxId, Job, JobId, Message, MessageId, NewJob, Notice,
    NoticeId, NoticeKind, NoticeState, OfficeHours, Promise, PromiseId, PromiseState, Reference,
    ReturnPath, Source, Words,
};

/// A written message as a channel received it.
#[derive(Debug, Clone, PartialEq)]
pub struct Inbound {
    /// The inbox.
    pub inbox: InboxId,
    /// Its channel.
    pub channel: Channel,
    /// The channel's own id of the message; a second delivery has the same.
    pub external_id: String,
    /// By what the customer is recognised; none for a form without any.
    pub address: Option<Address>,
    /// How to answer.
    pub return_path: ReturnPath,
    /// The name shown or given.
    pub name: Option<Words>,
    /// The language of the words.
    pub language: Language,
    /// The words.
    pub text: Words,
    /// The page on which it was written.
    pub page: Option<String>,
    /// What the customer wrote about herself into a form.
    pub claimed: Option<Claimed>,
    /// When.
    pub at: Timestamp,
}

/// A phone call that reached the tone, as it ended.
#[derive(Debug, Clone, PartialEq)]
pub struct InboundCall {
    /// The inbox of the line.
    pub inbox: InboxId,
    /// The call.
    pub call: Call,
    /// By what the caller is recognised; none when withheld.
    pub address: Option<Address>,
    /// How to answer.
    pub return_path: ReturnPath,
    /// The display name the network gave.
    pub name: Option<Words>,
    /// The promise, if the caller heard it: made then, due then.
    pub promised: Option<(Timestamp, Timestamp)>,
}

/// All that one transaction stores when something came in. The store sets the
/// customer and the conversation to known ones, where they are known.
#[derive(Debug, Clone, PartialEq)]
pub struct Capture {
    /// By what to recognise the customer.
    pub address: Option<Address>,
    /// Used when nobody is known by that address; else name and language are updated.
    pub customer: Customer,
    /// Used when this customer has none in this inbox.
    pub conversation: Conversation,
    /// Unique by `(inbox, external_id)`: the guard against capturing twice.
    pub message: Message,
    /// The call, if it was one.
    pub call: Option<Call>,
    /// The feedback.
    pub feedback: Feedback,
    /// What was promised.
    pub promise: Promise,
    /// What the customer has been told already, or is to be told.
    pub notice: Notice,
    /// The first job, and the check of the promise.
    pub jobs: Vec<NewJob>,
}

/// What a capture came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Captured {
    /// The feedback, whether new or captured before.
    pub feedback: FeedbackId,
    /// Its short code.
    pub reference: Reference,
    /// Its promise.
    pub promise: Promise,
    /// False when the same message had been captured before.
    pub new: bool,
}

/// Gives fresh ids: UUIDs of version 7, so that ids sort by time.
pub type FreshId<'a> = &'a dyn Fn() -> Uuid;

/// Decides what is stored of a written message.
pub fn message(inbound: Inbound, hours: &OfficeHours, minutes: u32, fresh: FreshId<'_>) -> Capture {
    let ids = Ids::new(fresh);
    let at = inbound.at;
    let promise = Promise::first_answer(ids.promise, ids.feedback, at, hours, minutes);
    let first = Job::Classify { feedback: ids.feedback };
    let jobs = vec![
        NewJob {
            id: JobId::new(fresh()),
            dedup_key: format!("classify:{}", ids.feedback),
            job: first,
            run_at: at,
        },
        check(&promise, fresh),
    ];
    Capture {
        customer: ids.customer(inbound.name, inbound.language, at),
        conversation: ids.conversation(&inbound.inbox, at),
        message: Message {
            id: ids.message,
            inbox: inbound.inbox.clone(),
            external_id: inbound.external_id,
            conversation: ids.conversation,
            feedback: ids.feedback,
            author: Author::Customer,
            text: inbound.text.clone(),
            at,
        },
        call: None,
        feedback: Feedback {
            id: ids.feedback,
            reference: Reference::of(ids.feedback),
            inbox: inbound.inbox,
            channel: inbound.channel,
            customer: ids.customer,
            conversation: ids.conversation,
            source: Source::Message(ids.message),
            return_path: inbound.return_path,
            language: inbound.language,
            text: Some(inbound.text),
            page: inbound.page,
            claimed: inbound.claimed,
            state: FeedbackState::Captured,
            captured_at: at,
            updated_at: at,
            revision: 0,
        },
        notice: ids.received(NoticeState::Pending, at),
        address: inbound.address,
        promise,
        jobs,
    }
}

/// Decides what is stored of a call. The caller has been answered by voice.
pub fn call(
    inbound: InboundCall,
    hours: &OfficeHours,
    minutes: u32,
    fresh: FreshId<'_>,
) -> Capture {
    let ids = Ids::new(fresh);
    let call = inbound.call;
    let heard = call.tone_at.or(call.answered_at).unwrap_or(call.arrived_at);
    let mut promise = Promise::first_answer(ids.promise, ids.feedback, heard, hours, minutes);
    let told = if let Some(talk) = call.talks.last() {
        // A person has answered her: nothing is promised any more, and nothing to be confirmed.
        promise = Promise { state: PromiseState::Kept { at: talk.from }, ..promise };
        NoticeState::Sent { at: talk.from }
    } else if let Some((made_at, due_at)) = inbound.promised {
        promise = Promise { made_at, due_at, ..promise };
        NoticeState::Sent { at: made_at }
    } else {
        NoticeState::Pending
    };
    let jobs = vec![
        NewJob {
            id: JobId::new(fresh()),
            dedup_key: format!("transcribe:{}", ids.feedback),
            job: Job::Transcribe { feedback: ids.feedback },
            run_at: call.ended_at,
        },
        check(&promise, fresh),
    ];
    Capture {
        customer: ids.customer(inbound.name, call.language, call.arrived_at),
        conversation: ids.conversation(&inbound.inbox, call.arrived_at),
        message: Message {
            id: ids.message,
            inbox: inbound.inbox.clone(),
            external_id: call.id.to_string(),
            conversation: ids.conversation,
            feedback: ids.feedback,
            author: Author::Customer,
            text: Words::default(),
            at: heard,
        },
        feedback: Feedback {
            id: ids.feedback,
            reference: Reference::of(ids.feedback),
            inbox: inbound.inbox,
            channel: Channel::Phone,
            customer: ids.customer,
            conversation: ids.conversation,
            source: Source::Call(call.id),
            return_path: inbound.return_path,
            language: call.language,
            text: None,
            page: None,
            claimed: None,
            state: FeedbackState::Captured,
            captured_at: call.ended_at,
            updated_at: call.ended_at,
            revision: 0,
        },
        notice: ids.received(told, call.ended_at),
        address: inbound.address,
        call: Some(call),
        promise,
        jobs,
    }
}

/// When the promise is due, somebody must look whether it was kept.
fn check(promise: &Promise, fresh: FreshId<'_>) -> NewJob {
    NewJob {
        id: JobId::new(fresh()),
        dedup_key: format!("check-promise:{}", promise.id),
        job: Job::CheckPromise { promise: promise.id },
        run_at: promise.due_at,
    }
}

struct Ids {
    customer: CustomerId,
    conversation: ConversationId,
    message: MessageId,
    feedback: FeedbackId,
    promise: PromiseId,
    notice: NoticeId,
}

impl Ids {
    fn new(fresh: FreshId<'_>) -> Self {
        Self {
            customer: CustomerId::new(fresh()),
            conversation: ConversationId::new(fresh()),
            message: MessageId::new(fresh()),
            feedback: FeedbackId::new(fresh()),
            promise: PromiseId::new(fresh()),
            notice: NoticeId::new(fresh()),
        }
    }

    fn customer(&self, name: Option<Words>, language: Language, at: Timestamp) -> Customer {
        Customer { id: self.customer, name, language, first_seen: at }
    }

    fn conversation(&self, inbox: &InboxId, at: Timestamp) -> Conversation {
        Conversation {
            id: self.conversation,
            inbox: inbox.clone(),
            customer: self.customer,
            started_at: at,
        }
    }

    fn received(&self, state: NoticeState, at: Timestamp) -> Notice {
        Notice {
            id: self.notice,
            feedback: self.feedback,
            kind: NoticeKind::Received,
            text: Words::default(),
            state,
            created_at: at,
        }
    }
}
