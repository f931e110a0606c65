//! What every store must do: one list of behaviours, each run on SQLite (a file
//! of its own) and on PostgreSQL (a database of its own).

mod access;
mod at_the_phone;
mod board;
mod call_backs;
mod capturing;
mod deciding;
mod files;
mod forgetting;
mod given;
mod hostile;
mod leasing;
mod likely;
mod migrating;
mod nodes;
mod problems;
mod reading;
mod said;
mod talks;
mod waking;

use mostik_store::{AccessStore, Store};
use mostik_store_postgres::PostgresStore;
use mostik_store_sqlite::SqliteStore;
use tempfile::TempDir;

/// Both halves of a store, as every backend has them.
trait Backend: Store + AccessStore {}

impl<T: Store + AccessStore> Backend for T {}

/// An empty store in a file of its own; the folder goes when the test ends.
async fn sqlite() -> (TempDir, SqliteStore) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = SqliteStore::open(&folder.path().join("data/mostik.db")).await;
    (folder, store.expect("a fresh file opens"))
}

/// An empty store in a database of its own, and where it is.
async fn postgres() -> (String, PostgresStore) {
    let database = mostik_tests::postgres::database().await;
    let store = PostgresStore::connect(&database.url.clone().into()).await;
    (database.url, store.expect("a fresh database opens"))
}

/// Runs each behaviour on each backend, as a test of its own.
macro_rules! every_store {
    ($($topic:ident::{$($behaviour:ident),* $(,)?};)*) => {
        mod on_sqlite {$(
            mod $topic {$(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $behaviour() {
                    let (_folder, store) = super::super::sqlite().await;
                    super::super::$topic::$behaviour(&store).await;
                }
            )*}
        )*}
        mod on_postgres {$(
            mod $topic {$(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $behaviour() {
                    mostik_tests::needs!("postgres");
                    let (_url, store) = super::super::postgres().await;
                    super::super::$topic::$behaviour(&store).await;
                }
            )*}
        )*}
    };
}

every_store! {
    capturing::{
        a_message_is_captured_once,
        twenty_deliveries_at_once_are_captured_once,
        a_customer_is_recognised_by_address,
        twenty_first_messages_of_one_address_make_one_customer,
        a_claimed_address_renames_nobody,
        without_an_address_nobody_is_recognised,
        a_call_is_captured_with_its_recording,
        a_capture_that_is_dropped_half_way_leaves_all_or_nothing,
    };
    leasing::{
        the_longest_waiting_due_job_comes_first,
        only_jobs_of_the_asked_steps_are_handed_out,
        many_workers_never_get_the_same_job,
        jobs_of_one_lane_never_run_side_by_side,
        many_workers_respect_a_lane,
        a_lease_that_ran_out_frees_job_and_lane,
        a_retried_job_waits_and_counts_its_attempts,
        who_is_overtaken_has_not_failed,
        an_unused_lease_does_not_count,
        a_dead_job_runs_again_when_asked,
        a_job_with_a_taken_key_is_not_queued,
        the_next_due_time_knows_leases_and_lanes,
        jobs_are_listed_and_counted,
        a_lost_lease_cannot_be_given_back,
    };
    deciding::{
        a_commit_stores_changes_next_jobs_and_done_together,
        an_outdated_feedback_is_refused_and_nothing_is_stored,
        what_is_not_there_is_not_saved,
        a_lease_that_ran_out_cannot_commit,
        an_older_attempt_cannot_commit,
        a_lease_commits_once,
        a_decision_of_a_person_is_stored_without_a_job,
        one_of_many_concurrent_saves_wins,
        a_second_notice_of_a_kind_is_ignored,
        promises_are_added_and_updated,
        a_transcript_is_replaced_and_a_call_corrected,
        a_message_is_added_once,
        a_cursor_is_remembered,
    };
    problems::{
        a_problem_is_opened_only_by_who_saw_the_latest,
        one_of_many_opens_a_problem,
        look_alikes_are_open_problems_of_the_team,
        a_problem_has_one_issue_per_project,
        an_outdated_issue_or_problem_is_refused,
        a_signal_counts_once,
        feedback_gathers_under_its_problem,
        problems_are_filtered_and_paged,
    };
    likely::{
        words_find_open_problems_whatever_their_endings,
        full_text_follows_what_becomes_of_a_feedback,
        one_problem_of_many_reports_does_not_hide_another,
        open_problems_are_told_newest_first,
        a_problem_is_told_with_its_first_voices,
        hostile_texts_are_only_words,
    };
    board::{
        numbers_go_up_from_one,
        many_filings_get_different_numbers,
        what_happened_is_kept_in_order,
        a_marker_is_filed_once,
        a_card_knows_its_issue,
    };
    reading::{
        a_list_goes_newest_first_page_by_page,
        every_filter_narrows,
        words_are_found_in_any_case,
        details_hold_everything,
        what_persons_decided_can_be_learnt,
        the_newest_external_id_tells_where_to_read_on,
        calls_are_listed_with_what_they_became,
        calls_that_wait_are_listed_oldest_first,
        what_is_unknown_is_none,
        it_answers_a_ping,
    };
    said::{
        the_most_urgent_come_first_page_by_page,
        kinds_are_told_apart,
        judgements_tell_what_the_model_had_said,
    };
    at_the_phone::{
        the_last_word_of_an_operator_counts,
        a_live_call_is_told_until_it_ends,
        an_order_is_open_until_it_is_done_or_too_old,
        of_a_call_that_is_over_nothing_is_asked,
        an_outage_is_told_on_its_line,
        what_happens_at_the_phone_is_heard,
    };
    call_backs::{
        places_are_kept_in_the_order_of_the_queue,
        neither_cancelling_nor_dialling_is_lost,
        a_call_asks_once,
        what_is_over_is_forgotten_in_time,
        a_dump_of_a_call_back_shows_nobody,
    };
    talks::{
        a_call_is_kept_with_all_that_people_did,
        recent_waits_are_of_those_who_were_answered,
        a_line_about_a_call_is_never_lost,
        who_answered_owes_a_line,
        a_forgotten_call_takes_its_line_along,
        a_caller_is_met_with_her_latest_feedback,
        a_customer_has_her_calls,
    };
    forgetting::{
        old_calls_are_forgotten_and_messages_stay,
        no_more_calls_stay_explained_than_asked,
    };
    hostile::{
        hostile_texts_are_kept_as_they_are,
        enormous_keys_still_guard_against_repeats,
        hostile_filters_find_nothing_and_break_nothing,
        errors_never_quote_a_customer,
    };
    access::{
        users_are_kept_and_renamed,
        a_token_opens_until_it_expires,
        one_of_many_takes_a_sign_in_link,
        an_installation_secret_stays_the_first_one,
    };
    waking::{
        a_capture_and_a_commit_are_heard,
        what_was_refused_is_not_heard,
    };
}
