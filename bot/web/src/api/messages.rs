use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
};
use jiff::Timestamp;
use mostik_domain::{
    Captured, Channel, Claimed, FeedbackId, Inbound, InboxId, Language, NoReturnPath, ReturnPath,
    Words, notice,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    acts::typed,
    error::ProblemDocument,
    guard::{ClientAddress, JsonBody},
    locale::Locale,
    state::WebState,
};

/// Characters of a message.
const TEXT_LIMIT: usize = 20_000;
/// Characters of a name.
const NAME_LIMIT: usize = 200;
/// Characters of an e-mail address (RFC 5321 section 4.5.3.1.3 leaves 254).
const EMAIL_LIMIT: usize = 254;
/// Characters of a phone number as people write it.
const PHONE_LIMIT: usize = 40;
/// Characters of the address of a page.
const PAGE_LIMIT: usize = 2_000;
/// Visible characters of an `Idempotency-Key`.
const KEY_LIMIT: usize = 200;
/// The inbox of the form.
const FORM: &str = "form";

/// What a customer writes.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PublicMessage {
    /// What went wrong, in 1 to 20,000 characters.
    #[schema(value_type = String)]
    pub(crate) text: Words,
    /// Who writes, as far as she wants to say.
    #[serde(default)]
    pub(crate) from: Option<Sender>,
    /// The page on which it was written.
    #[serde(default)]
    pub(crate) page: Option<String>,
    /// The inbox: `form` when not given.
    #[serde(default)]
    pub(crate) inbox: Option<String>,
}

/// Who writes. Nothing of it is proved, so nobody is recognised by it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sender {
    /// For greeting.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub(crate) name: Option<Words>,
    /// Shown to the operator.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub(crate) email: Option<Words>,
    /// Shown to the operator.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub(crate) phone: Option<Words>,
}

/// The message is stored.
#[derive(Serialize, ToSchema)]
pub(super) struct Received {
    /// As `fb_…`.
    feedback: String,
    /// A short code; there is no need to remember it.
    reference: String,
    promise: PromiseMade,
    /// The customer's own page: whoever has this link may read it.
    page: String,
}

/// What was promised.
#[derive(Serialize, ToSchema)]
struct PromiseMade {
    /// `first_answer`.
    what: &'static str,
    #[schema(value_type = String, format = DateTime)]
    due_at: Timestamp,
    /// In the customer's language.
    text: String,
}

/// Takes a customer's message. Open to the public, rate-limited. With an
/// `Idempotency-Key` a repeat gets the same answer and stores nothing.
#[utoipa::path(
    post,
    path = "/api/v1/messages",
    tag = "messages",
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 200 visible characters"),
        ("Accept-Language" = Option<String>, Header, description = "used when the words do not tell their language"),
    ),
    request_body = PublicMessage,
    responses(
        (status = 202, description = "stored", body = Received),
        (status = 400, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "the key was used for another message",
         body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "wait as long as Retry-After says",
         body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "not stored: try again",
         body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn create(
    State(state): State<WebState>,
    client: ClientAddress,
    uri: Uri,
    headers: HeaderMap,
    body: Result<JsonBody<PublicMessage>, ProblemDocument>,
) -> Response {
    let hint = Locale::of(&uri, &headers, &state).language;
    let answer = async {
        state.public_rate.check(client)?;
        let key = idempotency_key(&headers)?;
        take_message(&state, body?.0, key, hint).await
    };
    let mut response = match answer.await {
        Ok((captured, language)) => received(&state, &captured, language),
        Err(problem) => problem.into_response(),
    };
    open_to_other_sites(&mut response);
    response
}

/// Lets the widget on another site ask whether it may send (WHATWG Fetch, CORS).
pub(super) async fn preflight() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    open_to_other_sites(&mut response);
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("content-type, idempotency-key"),
    );
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    response
}

fn open_to_other_sites(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after"));
}

fn received(state: &WebState, captured: &Captured, language: Language) -> Response {
    let due_at = captured.promise.due_at;
    let by = notice::promised_by(language, &state.hours, captured.promise.made_at, due_at);
    let body = Received {
        feedback: captured.feedback.to_string(),
        reference: captured.reference.to_string(),
        promise: PromiseMade {
            what: "first_answer",
            due_at,
            text: match language {
                Language::Russian => format!("Мы ответим вам {by}."),
                Language::English => format!("We will answer you {by}."),
            },
        },
        page: state.links.customer_page(captured.feedback),
    };
    (StatusCode::ACCEPTED, Json(body)).into_response()
}

/// Checks and stores a message; gives the language in which to answer.
pub(crate) async fn take_message(
    state: &WebState,
    message: PublicMessage,
    key: Option<String>,
    hint: Language,
) -> Result<(Captured, Language), ProblemDocument> {
    let inbound = inbound(state, message, key, hint)?;
    let text = inbound.text.clone();
    let captured = state.intake.message(inbound).await?;
    let stored =
        state.store.feedback(captured.feedback).await?.ok_or_else(ProblemDocument::internal)?;
    let same = |known: &Words| known.reveal().trim() == text.reveal().trim();
    // The answer holds the link of the page: whoever guesses a key must not get it.
    if !captured.new && !stored.text.as_ref().is_some_and(same) {
        return Err(ProblemDocument::unprocessable(
            "Idempotency-Key",
            "this key was used for another message: make a fresh one",
        ));
    }
    Ok((captured, stored.language))
}

/// The own page of what was captured, as a path of this site.
pub(crate) fn captured_page(state: &WebState, feedback: FeedbackId) -> String {
    format!("/c/{}", state.links.token(feedback))
}

fn inbound(
    state: &WebState,
    message: PublicMessage,
    key: Option<String>,
    hint: Language,
) -> Result<Inbound, ProblemDocument> {
    let place = message.inbox.as_deref().map(str::trim).filter(|place| !place.is_empty());
    let place = place.unwrap_or(FORM);
    let place = place.strip_prefix("web:").unwrap_or(place);
    if place != FORM && !state.settings.inboxes.iter().any(|known| known == place) {
        return Err(ProblemDocument::invalid("inbox", "there is no inbox of this name"));
    }
    let from = message.from.unwrap_or_default();
    let email = given("from.email", from.email, EMAIL_LIMIT)?;
    let phone = given("from.phone", from.phone, PHONE_LIMIT)?;
    let page = message.page.filter(|page| !page.trim().is_empty());
    if page.as_ref().is_some_and(|page| page.chars().count() > PAGE_LIMIT) {
        return Err(ProblemDocument::invalid("page", format!("at most {PAGE_LIMIT} characters")));
    }
    Ok(Inbound {
        inbox: InboxId::new(Channel::Web, place),
        channel: Channel::Web,
        external_id: key.unwrap_or_else(|| state.clock.fresh_id().to_string()),
        address: None,
        return_path: ReturnPath::None(NoReturnPath::OwnPageOnly),
        name: given("from.name", from.name, NAME_LIMIT)?,
        language: hint,
        text: Words::new(typed("text", message.text.reveal(), TEXT_LIMIT)?),
        page,
        claimed: (email.is_some() || phone.is_some()).then_some(Claimed { email, phone }),
        at: state.clock.now(),
    })
}

/// A field that may be left empty, of at most `limit` characters on one line.
fn given(
    field: &str,
    words: Option<Words>,
    limit: usize,
) -> Result<Option<Words>, ProblemDocument> {
    let Some(words) = words.filter(|words| !words.is_blank()) else { return Ok(None) };
    let text = words.reveal().trim();
    if text.chars().count() > limit {
        return Err(ProblemDocument::invalid(field, format!("at most {limit} characters")));
    }
    if text.chars().any(char::is_control) {
        return Err(ProblemDocument::invalid(field, "line breaks and controls are not allowed"));
    }
    Ok(Some(Words::new(text)))
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, ProblemDocument> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().ok().filter(|key| {
        (1..=KEY_LIMIT).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
    });
    key.map(|key| Some(format!("key:{key}"))).ok_or_else(|| {
        ProblemDocument::invalid(
            "Idempotency-Key",
            format!("use 1 to {KEY_LIMIT} visible ASCII characters"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(value: &str) -> Result<Option<String>, ProblemDocument> {
        let mut headers = HeaderMap::new();
        headers
            .insert("idempotency-key", HeaderValue::from_bytes(value.as_bytes()).expect("a value"));
        idempotency_key(&headers)
    }

    #[test]
    fn a_key_is_visible_and_short() {
        assert_eq!(key("a-1").ok().flatten().as_deref(), Some("key:a-1"));
        assert_eq!(idempotency_key(&HeaderMap::new()).ok(), Some(None));
        for wrong in ["", "a b", "ключ", &"x".repeat(201)] {
            let refused = key(wrong).expect_err("refused");
            assert_eq!(refused.field(), Some("Idempotency-Key"), "{wrong}");
        }
        assert!(key(&"x".repeat(200)).is_ok());
    }

    #[test]
    fn what_a_customer_says_about_herself_is_one_line() {
        assert_eq!(given("f", Some(" Анна ".into()), 4).ok(), Some(Some(Words::new("Анна"))));
        assert_eq!(given("f", Some("  ".into()), 4).ok(), Some(None));
        assert!(given("f", Some("Аннаа".into()), 4).is_err());
        assert!(given("f", Some("a\nb".into()), 4).is_err());
    }
}
