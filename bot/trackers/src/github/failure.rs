//! What GitHub's refusals mean: try again and when, or what a person must change
//! (<https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>).

use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822};
use serde_json::Value;

use super::json;
use crate::TrackerError;

/// After trouble that passes by itself.
const SOON: Duration = Duration::from_secs(5);

/// "Otherwise, wait for at least one minute before retrying" (secondary rate limits).
const AFTER_LIMIT: Duration = Duration::from_mins(1);

/// Whatever a header says, somebody looks again after an hour, GitHub's longest window.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// GitHub's own words are quoted up to this many characters.
const QUOTED: usize = 200;

/// An answer that is not what was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// 422: these fields are at fault.
    Invalid { fields: Vec<String>, message: String },
    /// Anything else.
    Other(TrackerError),
}

/// The headers that matter.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Hints {
    pub(super) retry_after: Option<u64>,
    pub(super) rate_remaining: Option<u64>,
    /// Seconds since 1970.
    pub(super) rate_reset: Option<i64>,
    /// GitHub's clock.
    pub(super) date: Option<Timestamp>,
}

impl Hints {
    /// Reads them by a lookup of lower-case names.
    pub(super) fn read<'a>(header: impl Fn(&str) -> Option<&'a str>) -> Self {
        let number = |name: &str| header(name).and_then(|it| it.trim().parse().ok());
        Self {
            retry_after: number("retry-after"),
            rate_remaining: number("x-ratelimit-remaining"),
            rate_reset: header("x-ratelimit-reset").and_then(|it| it.trim().parse().ok()),
            date: header("date").and_then(|it| {
                rfc2822::parse(&it.replace("GMT", "+0000")).ok().map(|zoned| zoned.timestamp())
            }),
        }
    }

    fn wait(&self) -> Duration {
        let until_reset = || {
            let wait = self.rate_reset? - self.date?.as_second();
            Some(Duration::from_secs(u64::try_from(wait).ok()? + 1))
        };
        self.retry_after
            .map(Duration::from_secs)
            .or_else(until_reset)
            .unwrap_or(AFTER_LIMIT)
            .clamp(Duration::from_secs(1), LONGEST_WAIT)
    }
}

/// What an answer with this status means.
pub(super) fn refusal(status: u16, hints: &Hints, body: &Value) -> Refused {
    let message: String =
        json::text(body, "/message").unwrap_or_default().chars().take(QUOTED).collect();
    let limited = status == 429
        || (status == 403
            && (hints.retry_after.is_some()
                || hints.rate_remaining == Some(0)
                || message.to_lowercase().contains("rate limit")));
    if limited {
        let why = format!("GitHub's rate limit is reached ({status})");
        return Refused::Other(TrackerError::RetryAfter { after: hints.wait(), why });
    }
    let why = match status {
        401 => "GitHub refused our credentials (401): the token expired or was revoked, or the \
                App's key is wrong; set [github] token, or app_id and app_private_key, anew"
            .to_owned(),
        403 => format!(
            "GitHub does not let us (403 {message}): give the token or App the permission \
             «Issues: read and write» on this repository"
        ),
        404 => "GitHub knows no such project or issue (404), or our token or App may not see it: \
                check [[owner]] project and the token's repositories"
            .to_owned(),
        410 => "the issue was deleted, or the repository takes no issues (410): switch issues on \
                in its settings"
            .to_owned(),
        422 => return Refused::Invalid { fields: fields(body), message },
        500.. | 408 => {
            let after = hints.retry_after.map_or(SOON, |_| hints.wait());
            let why = format!("GitHub is in trouble ({status})");
            return Refused::Other(TrackerError::RetryAfter { after, why });
        }
        _ => format!("GitHub answered {status} {message}"),
    };
    Refused::Other(TrackerError::GiveUp { why })
}

/// Names of fields only: their values could quote a customer.
fn fields(body: &Value) -> Vec<String> {
    json::items(&body["errors"])
        .filter_map(|error| json::text(error, "/field"))
        .map(|field| field.chars().take(QUOTED).collect())
        .collect()
}

impl From<Refused> for TrackerError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Invalid { fields, message } => Self::GiveUp {
                why: format!(
                    "GitHub refused the issue (422 {message}; fields: {})",
                    fields.join(", ")
                ),
            },
            Refused::Other(error) => error,
        }
    }
}

/// GitHub could not be reached, or the connection broke.
pub(super) fn unreachable() -> TrackerError {
    TrackerError::RetryAfter {
        after: SOON,
        why: "GitHub cannot be reached: check [github] api_url and the network".to_owned(),
    }
}

pub(super) fn slow(limit: Duration) -> TrackerError {
    TrackerError::RetryAfter {
        after: SOON,
        why: format!("GitHub did not answer within {} s", limit.as_secs()),
    }
}

/// A page of a proxy, a cut answer, a body beyond every bound.
pub(super) fn unreadable(expected: &str) -> TrackerError {
    TrackerError::RetryAfter {
        after: AFTER_LIMIT,
        why: format!("what answered is not GitHub's API: expected {expected}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn hints(pairs: &[(&str, &str)]) -> Hints {
        Hints::read(|name| pairs.iter().find(|(it, _)| *it == name).map(|(_, value)| *value))
    }

    fn wait_of(status: u16, pairs: &[(&str, &str)], message: &str) -> Option<u64> {
        match refusal(status, &hints(pairs), &json!({ "message": message })) {
            Refused::Other(TrackerError::RetryAfter { after, .. }) => Some(after.as_secs()),
            _ => None,
        }
    }

    #[test]
    fn limits_and_outages_pass_by_themselves() {
        let date = ("date", "Sat, 21 Nov 2026 21:00:00 GMT");
        let reset = "1795295100"; // 21:05:00
        let exhausted = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", reset), date];
        assert_eq!(wait_of(403, &exhausted, "API rate limit exceeded"), Some(301));
        assert_eq!(wait_of(403, &[("retry-after", "30")], ""), Some(30));
        assert_eq!(wait_of(403, &[], "You have exceeded a secondary rate limit"), Some(60));
        assert_eq!(wait_of(429, &[], ""), Some(60));
        assert_eq!(wait_of(503, &[("retry-after", "7")], ""), Some(7));
        assert_eq!(wait_of(502, &[], "<html>"), Some(5));
        assert_eq!(wait_of(429, &[("retry-after", "99999999999")], ""), Some(3600), "hostile");
        assert_eq!(wait_of(429, &[("retry-after", "-1")], ""), Some(60), "hostile");
    }

    #[test]
    fn what_a_person_must_change_is_said() {
        for (status, hint) in
            [(401, "token"), (403, "permission"), (404, "project"), (410, "settings"), (451, "451")]
        {
            let refused = refusal(status, &Hints::default(), &json!({ "message": "No." }));
            let Refused::Other(TrackerError::GiveUp { why }) = refused else {
                panic!("{status} must give up")
            };
            assert!(why.contains(hint), "{why}");
        }
    }

    #[test]
    fn a_refused_issue_names_fields_and_never_values() {
        let body = json!({
            "message": "Validation Failed",
            "errors": [
                { "resource": "Issue", "field": "assignees", "code": "invalid", "value": "secret" },
                "secret", { "field": 7 }, null,
            ],
        });
        let refused = refusal(422, &Hints::default(), &body);
        let error = TrackerError::from(refused);
        assert!(error.to_string().contains("assignees"), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
