use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Uri, header, request::Parts},
};
use mostik_domain::Language;

use crate::{
    guard::{cookie, header_text},
    state::WebState,
    wording::Wording,
};

/// The cookie that keeps a person's choice.
pub(crate) const LANGUAGE_COOKIE: &str = "mostik_lang";

/// In which language a page is shown.
#[derive(Clone, Copy)]
pub(crate) struct Locale {
    /// The language of the page.
    pub(crate) language: Language,
    /// True when the person chose it, now or before.
    pub(crate) chosen: bool,
}

impl Locale {
    /// By `?lang=`, else by the cookie, else on public pages by
    /// `Accept-Language`, else the company's.
    pub(crate) fn of(uri: &Uri, headers: &HeaderMap, state: &WebState) -> Self {
        let chosen = asked(uri)
            .or_else(|| cookie(headers, LANGUAGE_COOKIE).and_then(|code| code.parse().ok()));
        if let Some(language) = chosen {
            return Self { language, chosen: true };
        }
        let desk = ["/desk", "/board"].iter().any(|prefix| uri.path().starts_with(prefix));
        let preferred = header_text(headers, header::ACCEPT_LANGUAGE.as_str())
            .filter(|_| !desk)
            .and_then(|wanted| preferred(wanted, &state.settings.languages));
        Self { language: preferred.unwrap_or_else(|| state.default_language()), chosen: false }
    }

    /// Every word of the pages.
    pub(crate) fn wording(self) -> &'static Wording {
        Wording::of(self.language)
    }

    /// The person's choice, else the customer's language.
    pub(crate) fn or(self, customers: Language) -> Self {
        if self.chosen { self } else { Self { language: customers, chosen: false } }
    }
}

impl FromRequestParts<WebState> for Locale {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.uri, &parts.headers, state))
    }
}

/// The language that `?lang=` asks for.
pub(crate) fn asked(uri: &Uri) -> Option<Language> {
    uri.query()?
        .split('&')
        .find_map(|pair| pair.strip_prefix("lang="))
        .and_then(|code| code.parse().ok())
}

/// The best of `Accept-Language` that we speak (RFC 9110 section 12.5.4).
fn preferred(wanted: &str, spoken: &[Language]) -> Option<Language> {
    let mut best: Option<(f32, Language)> = None;
    for range in wanted.split(',').take(20) {
        let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
        let weight = parameters
            .trim()
            .strip_prefix("q=")
            .map_or(1.0, |q| q.trim().parse::<f32>().unwrap_or(0.0));
        let Ok(language) = tag.trim().parse::<Language>() else { continue };
        let better = best.is_none_or(|(known, _)| weight > known);
        if weight > 0.0 && better && spoken.contains(&language) {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_says_which_language() {
        let both = [Language::Russian, Language::English];
        for (wanted, expected) in [
            ("en-GB,en;q=0.9,ru;q=0.8", Some(Language::English)),
            ("ru;q=0.4, en;q=0.3", Some(Language::Russian)),
            ("de, fr;q=0.9, en;q=0.1", Some(Language::English)),
            ("en;q=0, ru;q=0.1", Some(Language::Russian)),
            ("de", None),
            ("", None),
            (";;;q=,,", None),
        ] {
            assert_eq!(preferred(wanted, &both), expected, "{wanted}");
        }
        assert_eq!(preferred("en", &[Language::Russian]), None);
    }

    #[test]
    fn a_query_may_ask_for_a_language() {
        assert_eq!(asked(&"/?lang=en".parse().expect("a uri")), Some(Language::English));
        assert_eq!(asked(&"/?a=1&lang=ru".parse().expect("a uri")), Some(Language::Russian));
        assert_eq!(asked(&"/?lang=xx".parse().expect("a uri")), None);
    }
}
