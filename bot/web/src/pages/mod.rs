//! The pages: rendered on the server, usable without script, live with it.

mod agreement;
mod board;
mod call_people;
mod caller;
mod calls;
mod desk_acts;
mod error_page;
mod feedback_list;
mod feedback_page;
mod front;
mod highlight;
mod jobs;
mod likely;
mod live;
mod markdown;
mod own_kind;
mod own_page;
mod people;
mod phone;
mod phone_acts;
mod presence;
mod problems;
mod said;
mod shell;
mod sign_in;
mod triage;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};

pub(crate) use error_page::{friendly, not_found};

use crate::state::WebState;

/// Bytes of a submitted form: 20,000 Cyrillic characters, percent-encoded, and some.
const FORM_LIMIT: usize = 256 * 1024;

/// Puts the limit of forms on all pages.
pub(crate) fn body_limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(FORM_LIMIT)
}

/// Every page and every form.
pub(crate) fn routes() -> Router<WebState> {
    Router::new()
        .route("/", get(front::show).post(front::submit))
        .route("/c/{token}", get(own_page::show))
        .route("/c/{token}/answer", post(own_page::answer_question))
        .route("/c/{token}/cause", post(own_kind::confirm_cause))
        .route("/c/{token}/messages", post(own_page::write))
        .route("/c/{token}/events", get(live::own_page))
        .route("/sign-in", get(sign_in::form).post(sign_in::by_token))
        .route("/sign-in/{token}", get(sign_in::link).post(sign_in::by_link))
        .route("/sign-out", post(sign_in::out))
        .merge(desk())
        .merge(board())
}

fn desk() -> Router<WebState> {
    Router::new()
        .route("/desk", get(triage::show))
        .route("/desk/events", get(live::desk))
        .route("/desk/notices/{id}/called", post(desk_acts::called))
        .route("/desk/feedback", get(feedback_list::show))
        .route("/desk/feedback/{id}", get(feedback_page::show))
        .route("/desk/feedback/{id}/cause", post(desk_acts::cause))
        .route("/desk/feedback/{id}/kind", post(desk_acts::kind))
        .route("/desk/feedback/{id}/team", post(desk_acts::team))
        .route("/desk/feedback/{id}/words", post(desk_acts::words))
        .route("/desk/feedback/{id}/answer", post(desk_acts::answer))
        .route("/desk/feedback/{id}/merge", post(desk_acts::merge))
        .route("/desk/feedback/{id}/finish", post(desk_acts::finish))
        .route("/desk/feedback/{id}/return", post(desk_acts::give_back))
        .route("/desk/presence", post(presence::say))
        .route("/desk/phone", get(phone::show))
        .route("/desk/phone/outage", post(phone_acts::set_outage))
        .route("/desk/phone/outage/clear", post(phone_acts::clear_outage))
        .route("/desk/phone/call-backs/{id}/cancel", post(phone_acts::cancel_call_back))
        .route("/desk/phone/calls/{id}/take", post(phone_acts::take))
        .route("/desk/phone/calls/{id}/hand-on", post(phone_acts::hand_on))
        .route("/desk/phone/calls/{id}/hang-up", post(phone_acts::hang_up))
        .route("/desk/phone/calls/{id}/note", post(phone_acts::note))
        .route("/desk/calls", get(calls::list))
        .route("/desk/calls/{id}", get(calls::show))
        .route("/desk/problems", get(problems::list))
        .route("/desk/problems/{id}", get(problems::show))
        .route("/desk/problems/{id}/stage", post(problems::set))
        .route("/desk/jobs", get(jobs::show))
        .route("/desk/jobs/{id}/run-again", post(jobs::run_again))
        .route("/desk/agreement", get(agreement::show))
        .route("/desk/people", get(people::show).post(people::add))
        .route("/desk/people/{id}/link", post(people::new_link))
}

fn board() -> Router<WebState> {
    Router::new()
        .route("/board", get(board::list))
        .route("/board/{id}", get(board::show))
        .route("/board/{id}/comment", post(board::comment))
        .route("/board/{id}/label", post(board::label))
        .route("/board/{id}/unlabel", post(board::unlabel))
        .route("/board/{id}/take", post(board::take))
        .route("/board/{id}/move", post(board::move_to))
        .route("/board/{id}/done", post(board::done))
        .route("/board/{id}/decline", post(board::decline))
        .route("/board/{id}/reopen", post(board::reopen))
}
