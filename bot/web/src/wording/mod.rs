//! Every word of the pages, in both languages: one struct, so that a missing
//! word does not compile.

mod en;
mod names;
mod phone;
mod ru;
mod said;
mod time;

use mostik_domain::Language;

pub(crate) use time::When;

/// All words of one language.
pub(crate) struct Wording {
    /// Which language it is.
    pub(crate) language: Language,
    /// What stands on every page.
    pub(crate) common: Common,
    /// The page for everybody.
    pub(crate) front: Front,
    /// A customer's own page.
    pub(crate) own: Own,
    /// Signing in and people.
    pub(crate) sign_in: SignIn,
    /// What waits for a person.
    pub(crate) triage: Triage,
    /// The list of feedback and one feedback.
    pub(crate) feedback: FeedbackWords,
    /// What a message says beside its cause.
    pub(crate) said: &'static SaidWords,
    /// How often people and the model agree.
    pub(crate) agreement: &'static AgreementWords,
    /// Problems that a feedback may be about.
    pub(crate) likely: LikelyWords,
    /// Problems and their acceptance.
    pub(crate) problem: ProblemWords,
    /// The built-in board.
    pub(crate) board: BoardWords,
    /// Calls as the line saw them.
    pub(crate) calls: CallWords,
    /// Who waits at the phone, and who talks to whom.
    pub(crate) phone: &'static PhoneWords,
    /// Jobs that stopped.
    pub(crate) jobs: JobWords,
    /// Pages for what went wrong.
    pub(crate) error: ErrorWords,
}

impl Wording {
    /// The words of that language.
    pub(crate) const fn of(language: Language) -> &'static Self {
        match language {
            Language::Russian => &ru::RUSSIAN,
            Language::English => &en::ENGLISH,
        }
    }
}

macro_rules! words {
    ($($(#[$doc:meta])* $group:ident { $($word:ident)* })*) => {$(
        $(#[$doc])*
        pub(crate) struct $group {
            $(pub(crate) $word: &'static str,)*
        }
    )*};
}

words! {
    /// What stands on every page.
    Common {
        skip tagline other_language other_code triage feedback problems board phone calls jobs agreement people sign_out
        menu keys_on keys_off news newer older nothing all optional home
    }
    /// The page for everybody.
    Front {
        title lead text text_hint name email phone contact_hint more send call_title call_text
        how_title how_1 how_2 how_3 staff not_sent
    }
    /// A customer's own page.
    Own {
        title reference no_need keep_link step_1 step_2 step_3 step_4_open step_4_fixed
        step_4_declined received with_person not_solved passed confirmed working fixed declined
        declined_why declined_no_why promised answer_by promise_kept promise_broken question yes
        no said_yes said_no no_why thanks_yes correspondence you us you_called transcribing
        write_more write_hint send
        thanked reviewed question_received question_answered offer_received offer_passed offer_considered offer_declined
        step_2_question step_2_offer step_4_considered confirm_title confirm_cause confirm_right
        confirm_yes confirm_no confirm_unseen confirm_hint
    }
    /// Signing in and people.
    SignIn {
        title link_lead enter token token_hint token_wrong link_used people_lead name role added
        add add_button new_link link_once
    }
    /// What waits for a person.
    Triage {
        title waiting on_the_line calls late dead waiting_title waiting_empty calls_title calls_empty called
        late_title late_empty since due tell
    }
    /// The list of feedback and one feedback.
    FeedbackWords {
        title search state cause team channel show count none no_words words transcript_by
        recording type_words type_hint language type_save why decided_model suggests_model
        decided_by sure deciding correct correct_hint suggested give_team finish return_team
        answer answer_hint_page answer_hint_call answer_hint_chat answer_send merge merge_button
        problem_id facts customer unnamed earlier contact own_page_only anonymous claimed unproved
        page owner unrouted problem issue captured promises notices correspondence customers_page
        kept broken due history
    }
    /// What a message says beside its cause.
    SaidWords {
        title kind kind_by urgency complexity risk mentions correct correct_hint sort by_newest
        by_urgency
    }
    /// How often people and the model agree.
    AgreementWords {
        title lead none week cause named agreed instead total by_customers shortened weeks
    }
    /// Problems that a feedback may be about.
    LikelyWords {
        title hint join
    }
    /// Problems and their acceptance.
    ProblemWords {
        title lead stage since evidence no_evidence set_title set_reason set state why_declined
        reports issue not_filed words_hidden
    }
    /// The built-in board.
    BoardWords {
        title lead all_teams empty take taken free done decline decline_hint decline_reason reopen
        comment comment_button label label_button unlabel history filed acts problem
    }
    /// Calls as the line saw them.
    CallWords {
        title lead none one became ladder ladder_hint came sent arrived caller line setup tone
        length transport codec keys sound heard said packets lost level jitter round_trip seconds
        milliseconds decibels
    }
    /// Who waits at the phone, and who talks to whom.
    PhoneWords {
        title lead presence_title on_call open_caller talking_title
        hand_on hand_on_next hand_on_to hang_up history history_none
        last_words note_title note_write lines_owed note_hint note_save note_skip note_again noted_by
        waiting_title waiting_none place take unknown ringing with live_title live_none
        kept_title kept_none queued asked attempts twice not_before cancel operators_title
        operators_none outage_title outage_none outage_lead every_line line until until_hint
        until_cleared shipped text_ru text_en text_hint set clear set_by over
        direction waited expected talks confirmed attempt about_notice call_back transcript
        stereo customer operator
    }
    /// Jobs that stopped.
    JobWords {
        title lead none attempts stopped again
    }
    /// Pages for what went wrong.
    ErrorWords {
        not_found not_found_text forbidden forbidden_text conflict conflict_text too_large
        too_large_text too_many too_many_text invalid invalid_text busy busy_text ours ours_text
    }
}
