//! Where a classified feedback goes on, by what the customer wants and how sure
//! the cause is.

use mostik_taxonomy::{Band, ContactRisk, MessageKind, RootCause, Thresholds};

use crate::{Classification, DecidedBy, ReviewReason};

/// Where a feedback goes once its customer has been answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// To the team that owns its cause.
    ToOwner,
    /// To the team that takes offers (checklist #152).
    Offered,
    /// Nowhere: it was thanked for and is kept (checklist #151).
    Kept,
    /// To a person, for this reason.
    ToPerson(ReviewReason),
}

/// The way of a feedback with this classification. Praise never goes to an
/// owner team by itself: there is nothing to fix. Where the words and the cause
/// contradict each other a person looks, so that no complaint is lost among
/// praise; a review of which the cause is sure tells of a problem.
pub fn way(named: &Classification, thresholds: Thresholds) -> Way {
    let sure = thresholds.band(named.confidence) == Band::Act;
    let other = named.root_cause == RootCause::Other;
    let blames = sure && !other;
    let cause_by_person = !matches!(named.decided_by, DecidedBy::Model { .. });
    let read = named.understanding.as_ref().is_none_or(|it| it.kind_by.is_none());
    let asked = || Way::ToPerson(ReviewReason::LowConfidence);
    match named.kind() {
        MessageKind::Cooperation if read && blames => asked(),
        MessageKind::Cooperation => Way::Offered,
        MessageKind::Thanks if read && !other => asked(),
        MessageKind::Review if read && blames => Way::ToOwner,
        MessageKind::Review if read && (!sure || leaves(named)) => asked(),
        MessageKind::Thanks | MessageKind::Review => Way::Kept,
        MessageKind::Question if !blames || !(read || cause_by_person) => {
            Way::ToPerson(ReviewReason::Question)
        }
        _ if sure => Way::ToOwner,
        _ => asked(),
    }
}

/// As what the customer is answered: whoever is not sure to praise or to offer
/// something is not thanked for it.
pub fn answered_as(named: &Classification, thresholds: Thresholds) -> MessageKind {
    match (named.kind(), way(named, thresholds)) {
        (kind @ (MessageKind::Thanks | MessageKind::Review), Way::Kept)
        | (kind @ MessageKind::Cooperation, Way::Offered)
        | (kind @ MessageKind::Question, _) => kind,
        _ => MessageKind::Complaint,
    }
}

fn leaves(named: &Classification) -> bool {
    named.understanding.as_ref().is_some_and(|it| it.contact_risk > ContactRisk::Low)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use mostik_taxonomy::{Complexity, Confidence, Criticality};

    use super::*;
    use crate::Understanding;

    fn named(kind: MessageKind, cause: RootCause, confidence: f32) -> Classification {
        let understanding = Understanding {
            kind,
            kind_by: None,
            criticality: Criticality::Normal,
            complexity: Complexity::Normal,
            contact_risk: ContactRisk::Low,
            mentions: Vec::new(),
        };
        Classification {
            root_cause: cause,
            confidence: Confidence::new(confidence),
            causes: Vec::new(),
            decided_by: DecidedBy::Model { version: "local/1".into() },
            evidence: Vec::new(),
            understanding: Some(understanding),
            at: Timestamp::UNIX_EPOCH,
        }
    }

    fn goes(named: &Classification) -> Way {
        way(named, Thresholds::new(0.7, 0.5).expect("ordered"))
    }

    #[test]
    fn the_whole_table() {
        let rows = MessageKind::ALL.iter().flat_map(|kind| {
            [(RootCause::Delivery, 0.9), (RootCause::Delivery, 0.4), (RootCause::Other, 0.9)].map(
                |(cause, confidence)| {
                    let way = goes(&named(*kind, cause.clone(), confidence));
                    let way = match way {
                        Way::ToPerson(reason) => format!("to a person: {}", reason.as_str()),
                        other => format!("{other:?}"),
                    };
                    format!("{kind:12} {cause:8} {confidence:.1} → {way}")
                },
            )
        });
        insta::assert_snapshot!("ways", rows.collect::<Vec<_>>().join("\n"));
    }

    #[test]
    fn praise_with_a_cause_is_never_filed_by_itself() {
        for cause in RootCause::BUILT_IN {
            for confidence in [0.0, 0.3, 0.6, 0.8, 1.0] {
                let way = goes(&named(MessageKind::Thanks, cause.clone(), confidence));
                assert!(!matches!(way, Way::ToOwner | Way::Offered), "{cause}: {way:?}");
                assert!(way != Way::Kept || cause == RootCause::Other, "{cause} is lost");
            }
        }
    }

    #[test]
    fn who_may_be_angry_is_not_thanked_for_kind_words() {
        use MessageKind::{Complaint, Cooperation, Review, Thanks};
        let thresholds = Thresholds::new(0.7, 0.5).expect("ordered");
        let told =
            |kind, cause, confidence| answered_as(&named(kind, cause, confidence), thresholds);
        for kind in [Thanks, Review, Cooperation] {
            assert_eq!(told(kind, RootCause::Delivery, 0.9), Complaint);
            assert_eq!(told(kind, RootCause::Other, 0.9), kind);
        }
        assert_eq!(told(Thanks, RootCause::Delivery, 0.3), Complaint);
        assert_eq!(told(Review, RootCause::Other, 0.3), Complaint);
    }

    #[test]
    fn a_person_who_names_a_cause_says_that_something_is_wrong() {
        let read = named(MessageKind::Thanks, RootCause::Other, 0.9);
        let by = Classification::by_operator(RootCause::Delivery, "Анна", Timestamp::UNIX_EPOCH);
        let named = by.after(Some(&read));
        assert_eq!(named.kind(), MessageKind::Complaint);
        assert_eq!(goes(&named), Way::ToOwner);
    }

    #[test]
    fn the_kind_that_a_person_names_counts_more_than_the_cause() {
        let read = named(MessageKind::Complaint, RootCause::Delivery, 0.9);
        assert_eq!(goes(&read), Way::ToOwner);
        assert_eq!(goes(&read.clone().of_kind(MessageKind::Thanks, "Анна")), Way::Kept);
        let asked = read.of_kind(MessageKind::Question, "Анна");
        assert_eq!(goes(&asked), Way::ToPerson(ReviewReason::Question));
    }

    #[test]
    fn a_review_by_somebody_who_leaves_is_read_by_a_person() {
        let mut review = named(MessageKind::Review, RootCause::Other, 0.9);
        assert_eq!(goes(&review), Way::Kept);
        if let Some(understanding) = &mut review.understanding {
            understanding.contact_risk = ContactRisk::Raised;
        }
        assert_eq!(goes(&review), Way::ToPerson(ReviewReason::LowConfidence));
    }
}
