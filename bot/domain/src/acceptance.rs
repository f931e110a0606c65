//! How far an owner team has come, folded from what happens on its issue.
//!
//! Plain rules, each of which names its evidence. Silence is no signal; our
//! own and other robots' doings never count.

use jiff::Timestamp;
use mostik_taxonomy::{AcceptanceStage, StageVerdict};
use serde::{Deserialize, Serialize};

use crate::{Actor, CloseReason, Happening, IssueId, SignalId, TrackerEvent, Words, as_text};

/// One piece of evidence for a stage. Append-only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AcceptanceSignal {
    /// Identity.
    pub id: SignalId,
    /// The issue on which it happened.
    pub issue: IssueId,
    /// Unique within the issue; see [`TrackerEvent::key`].
    pub key: String,
    /// The stage it speaks for.
    #[serde(with = "as_text")]
    pub stage: AcceptanceStage,
    /// What it was.
    pub kind: SignalKind,
    /// The comment, the label, the reason.
    pub quote: Words,
    /// When it happened.
    pub at: Timestamp,
    /// Where to see it.
    pub url: Option<String>,
}

/// What sort of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalKind {
    /// Somebody of the owner side wrote.
    Comment,
    /// A label.
    Label,
    /// The team's label was stripped.
    LabelRemoved,
    /// Somebody took it.
    Assignment,
    /// Planned.
    Milestone,
    /// A change was linked.
    LinkedChange,
    /// Work began.
    WorkStarted,
    /// Closed, as completed or as not planned.
    Closed,
    /// Opened again.
    Reopened,
    /// Locked.
    Locked,
    /// A manager or the team set the stage by hand.
    SetByHand,
}

impl SignalKind {
    /// The name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::Label => "label",
            Self::LabelRemoved => "label_removed",
            Self::Assignment => "assignment",
            Self::Milestone => "milestone",
            Self::LinkedChange => "linked_change",
            Self::WorkStarted => "work_started",
            Self::Closed => "closed",
            Self::Reopened => "reopened",
            Self::Locked => "locked",
            Self::SetByHand => "set_by_hand",
        }
    }
}

/// What one event says, before it has an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The stage it speaks for.
    pub stage: AcceptanceStage,
    /// What it was.
    pub kind: SignalKind,
    /// The comment, the label, the reason.
    pub quote: Words,
}

/// Labels that say a stage, in lower case with spaces and hyphens alike.
const LABELS: &[(AcceptanceStage, &[&str])] = &[
    (
        AcceptanceStage::Denial,
        &[
            "wontfix",
            "won't fix",
            "wont fix",
            "invalid",
            "not a bug",
            "works as intended",
            "working as intended",
            "by design",
            "cannot reproduce",
            "can't reproduce",
            "not planned",
            "не баг",
            "не ошибка",
            "не будем исправлять",
            "так задумано",
            "не воспроизводится",
        ],
    ),
    (
        AcceptanceStage::Comprehension,
        &[
            "backlog",
            "low priority",
            "priority: low",
            "later",
            "someday",
            "icebox",
            "needs triage",
            "under review",
            "p3",
            "p4",
            "бэклог",
            "низкий приоритет",
            "позже",
            "на рассмотрении",
        ],
    ),
    (
        AcceptanceStage::Acceptance,
        &[
            "bug",
            "confirmed",
            "accepted",
            "reproduced",
            "triaged",
            "approved",
            "planned",
            "good first issue",
            "help wanted",
            "баг",
            "ошибка",
            "подтверждено",
            "принято",
            "воспроизведено",
            "запланировано",
        ],
    ),
    (
        AcceptanceStage::Evangelism,
        &[
            "in progress",
            "high priority",
            "priority: high",
            "critical",
            "priority: critical",
            "urgent",
            "blocker",
            "fix ready",
            "p0",
            "p1",
            "в работе",
            "высокий приоритет",
            "срочно",
            "критично",
        ],
    ),
];

/// The stage that a label says, if it says one.
pub fn stage_of_label(label: &str) -> Option<AcceptanceStage> {
    let plain = |text: &str| {
        let spaced: String = text
            .to_lowercase()
            .chars()
            .map(|c| if c == '-' || c == '_' { ' ' } else { c })
            .collect();
        spaced.trim().to_owned()
    };
    let label = plain(label);
    LABELS
        .iter()
        .find(|(_, names)| names.iter().any(|name| plain(name) == label))
        .map(|(stage, _)| *stage)
}

/// What an event says about the stage. `verdict` is the stage classifier's
/// answer for a comment; `own_labels` are those that we put on when filing.
pub fn evidence(
    event: &TrackerEvent,
    verdict: Option<&StageVerdict>,
    own_labels: &[String],
) -> Option<Evidence> {
    use AcceptanceStage::{Acceptance, Anger, Denial, Evangelism};
    // A merge queue that closes an issue as completed does it for a person.
    let merged = event.actor == Actor::Robot
        && event.what == Happening::Closed { reason: CloseReason::Completed };
    if event.actor != Actor::Person && !merged {
        return None;
    }
    let (stage, kind, quote) = match &event.what {
        Happening::Commented { text } => {
            let stage = verdict.map(|verdict| verdict.stage)?;
            (stage, SignalKind::Comment, text.clone())
        }
        Happening::Labeled { label } => {
            (stage_of_label(label)?, SignalKind::Label, Words::new(label))
        }
        Happening::Unlabeled { label } if own_labels.contains(label) => {
            (Anger, SignalKind::LabelRemoved, Words::new(label))
        }
        Happening::Assigned => (Acceptance, SignalKind::Assignment, Words::default()),
        Happening::Milestoned { title } => (Acceptance, SignalKind::Milestone, Words::new(title)),
        Happening::LinkedChange => (Evangelism, SignalKind::LinkedChange, Words::default()),
        Happening::WorkStarted => (Evangelism, SignalKind::WorkStarted, Words::default()),
        Happening::Closed { reason } => match reason {
            CloseReason::Completed => (Evangelism, SignalKind::Closed, Words::new("completed")),
            CloseReason::NotPlanned => (Denial, SignalKind::Closed, Words::new("not planned")),
            CloseReason::Duplicate => return None,
        },
        Happening::Reopened => (Acceptance, SignalKind::Reopened, Words::default()),
        Happening::Locked { reason } => match reason.as_deref() {
            Some("resolved") => return None,
            other => (Anger, SignalKind::Locked, Words::new(other.unwrap_or_default())),
        },
        Happening::Unlabeled { .. } | Happening::Unassigned | Happening::Demilestoned => {
            return None;
        }
    };
    (stage != AcceptanceStage::NoSignal).then_some(Evidence { stage, kind, quote })
}

/// The stage that a problem's signals amount to, and since when: the newest
/// signal decides; of several in one second the one that goes furthest. `since`
/// is when the unbroken run of that stage began.
pub fn fold(signals: &[AcceptanceSignal]) -> Option<(AcceptanceStage, Timestamp)> {
    let mut ordered: Vec<_> = signals.iter().map(|signal| (signal.at, signal.stage)).collect();
    ordered.sort_unstable_by_key(|(at, stage)| (at.as_second(), *stage));
    let (_, stage) = *ordered.last()?;
    let run = ordered.iter().rev().take_while(|(_, earlier)| *earlier == stage);
    run.last().map(|(since, _)| (stage, *since))
}

/// Webhook and polling may tell the same event under different keys (a webhook
/// for a label has no event id): alike within this many seconds is the same.
const SAME_EVENT_SECONDS: i64 = 10;

/// Whether a signal tells again what another one told.
pub fn tells_again(new: &AcceptanceSignal, old: &AcceptanceSignal) -> bool {
    new.key == old.key
        || (new.kind == old.kind
            && new.kind != SignalKind::Comment
            && new.quote == old.quote
            && (new.at.as_second() - old.at.as_second()).abs() <= SAME_EVENT_SECONDS)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn event(actor: Actor, what: Happening) -> TrackerEvent {
        TrackerEvent { key: "k".into(), actor, at: Timestamp::UNIX_EPOCH, url: None, what }
    }

    fn signal(second: i64, stage: AcceptanceStage) -> AcceptanceSignal {
        AcceptanceSignal {
            id: SignalId::new(Uuid::from_u128(1)),
            issue: IssueId::new(Uuid::from_u128(1)),
            key: second.to_string(),
            stage,
            kind: SignalKind::Label,
            quote: Words::default(),
            at: Timestamp::from_second(second).expect("in range"),
            url: None,
        }
    }

    #[test]
    fn the_whole_table_of_signals() {
        let closed = |reason| Happening::Closed { reason };
        let label = |label: &str| Happening::Labeled { label: label.into() };
        let events = [
            ("label bug", label("bug")),
            ("label Won't Fix", label("Won't Fix")),
            ("label low-priority", label("low-priority")),
            ("label in progress", label("in progress")),
            ("label срочно", label("срочно")),
            ("label red", label("red")),
            ("our label off", Happening::Unlabeled { label: "customer-voice".into() }),
            ("other label off", Happening::Unlabeled { label: "red".into() }),
            ("assigned", Happening::Assigned),
            ("unassigned", Happening::Unassigned),
            ("milestone", Happening::Milestoned { title: "May".into() }),
            ("linked change", Happening::LinkedChange),
            ("work started", Happening::WorkStarted),
            ("closed completed", closed(CloseReason::Completed)),
            ("closed not planned", closed(CloseReason::NotPlanned)),
            ("closed duplicate", closed(CloseReason::Duplicate)),
            ("reopened", Happening::Reopened),
            ("locked", Happening::Locked { reason: Some("too heated".into()) }),
            ("locked resolved", Happening::Locked { reason: Some("resolved".into()) }),
        ];
        let own = ["customer-voice".to_owned()];
        let table: Vec<_> = events
            .into_iter()
            .map(|(name, what)| {
                let said = |actor| {
                    evidence(&event(actor, what.clone()), None, &own)
                        .map_or("-".to_owned(), |evidence| evidence.stage.to_string())
                };
                format!(
                    "{name:20} person: {:13} robot: {:13} ourselves: {}",
                    said(Actor::Person),
                    said(Actor::Robot),
                    said(Actor::Ourselves)
                )
            })
            .collect();
        insta::assert_snapshot!("signals", table.join("\n"));
    }

    #[test]
    fn the_newest_signal_decides_and_the_stage_may_move_back() {
        use AcceptanceStage::{Acceptance, Comprehension, Denial, Evangelism};
        assert_eq!(fold(&[]), None);
        let stage = |signals: &[AcceptanceSignal]| {
            fold(signals).map(|(stage, since)| (stage, since.as_second()))
        };
        assert_eq!(stage(&[signal(5, Acceptance), signal(1, Denial)]), Some((Acceptance, 5)));
        assert_eq!(
            stage(&[signal(1, Acceptance), signal(9, Comprehension)]),
            Some((Comprehension, 9))
        );
        assert_eq!(stage(&[signal(3, Evangelism), signal(3, Acceptance)]), Some((Evangelism, 3)));
        let run = [signal(1, Denial), signal(4, Acceptance), signal(8, Acceptance)];
        assert_eq!(stage(&run), Some((Acceptance, 4)), "since the run began");
    }

    #[test]
    fn webhook_and_polling_tell_one_event_once() {
        let of_webhook = signal(100, AcceptanceStage::Denial);
        let of_polling =
            AcceptanceSignal { key: "event:7".into(), ..signal(102, AcceptanceStage::Denial) };
        assert!(tells_again(&of_polling, &of_webhook));
        let later = signal(500, AcceptanceStage::Denial);
        assert!(!tells_again(&later, &of_webhook));
    }
}
