//! Walks through what is written and says it.

use mostik_taxonomy::Language;

use super::speech::Speech;
use super::token::Token;
use super::{in_english, in_russian};
use crate::spoken::russian::Case;
use crate::spoken::spelling;

/// A walk through the parts of a text.
pub(super) struct Reader<'a> {
    pub(super) language: Language,
    pub(super) speech: Speech,
    /// The case of the number that was said last: «от пяти или десяти минут».
    pub(super) last_case: Option<Case>,
    /// The unit that was read last ended with a dot, which may be the sentence's, too.
    pub(super) ended_by_dot: bool,
    tokens: &'a [Token],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(language: Language, tokens: &'a [Token]) -> Self {
        Self {
            language,
            speech: Speech::default(),
            last_case: None,
            ended_by_dot: false,
            tokens,
            at: 0,
        }
    }

    pub(super) fn read(mut self) -> String {
        while let Some(token) = self.tokens.get(self.at) {
            self.at += 1;
            self.say(token);
        }
        self.speech.finish()
    }

    fn say(&mut self, token: &Token) {
        let russian = self.language == Language::Russian;
        match token {
            Token::Blank => {}
            Token::Line => self.speech.end_of_line(),
            Token::Word(word) => self.word(word),
            Token::Full { words, dotted } => {
                self.speech.words(words);
                if *dotted {
                    self.end_after_dot();
                }
            }
            Token::Phone(written) => self.apart(&spelling::phone_number(self.language, written)),
            Token::Code(code) => self.code(code),
            Token::Link => self.link(),
            Token::Mail(address) => self.mail(address),
            Token::OurTime => {
                self.speech.words(if russian {
                    "по нашему времени"
                } else {
                    "our time"
                });
            }
            Token::Mark(mark) => self.mark(*mark),
            Token::Number { .. }
            | Token::Dotted { .. }
            | Token::Ordinal { .. }
            | Token::Time { .. }
            | Token::Date { .. } => {
                if russian {
                    in_russian::say(self, token);
                } else {
                    in_english::say(self, token);
                }
            }
        }
    }

    fn word(&mut self, word: &str) {
        let said = match self.language {
            Language::Russian => in_russian::word(self, word),
            Language::English => in_english::word(self, word),
        };
        if !said {
            // An accent over a letter is for the eye.
            self.speech.words(&word.replace('\u{301}', "").replace('’', "'"));
        }
    }

    /// A code, a pause at each of its hyphens.
    fn code(&mut self, code: &str) {
        let said = spelling::reference(self.language, code);
        self.apart(&said);
    }

    /// Words with a pause before and after.
    fn apart(&mut self, words: &str) {
        if !self.last_word_is(&["номер", "number", "is", "по"]) {
            self.speech.pause();
        }
        self.speech.words(words);
        if matches!(self.next_written(), Some(Token::Word(_))) {
            self.speech.pause();
        }
    }

    /// Every link in what we write leads to the customer's own page.
    fn link(&mut self) {
        let (page, prepositions, own): (_, &[(&str, &str)], &[&str]) = match self.language {
            Language::Russian => {
                ("на вашей странице", &[("на", "вашей странице")], &["на вашей странице"])
            }
            Language::English => (
                "on your page",
                &[("on", "your page"), ("at", "your page")],
                &["on your page", "on your own page", "at your page"],
            ),
        };
        if own.iter().any(|said| self.speech.ends_with(said)) {
            self.speech.drop_pause();
            return;
        }
        let after = prepositions.iter().find(|(before, _)| self.last_word_is(&[before]));
        self.speech.words(after.map_or(page, |(_, page)| page));
    }

    fn mail(&mut self, address: &str) {
        let (at, dot) = match self.language {
            Language::Russian => ("собака", "точка"),
            Language::English => ("at", "dot"),
        };
        let mut said = String::new();
        for letter in address.chars() {
            match letter {
                '@' => said.extend([" ", at, " "]),
                '.' => said.extend([" ", dot, " "]),
                '0'..='9' => said.extend([" ", &spelling::digit(self.language, letter), " "]),
                letter if letter.is_alphabetic() => said.push(letter),
                _ => said.push(' '),
            }
        }
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        self.apart(&said);
    }

    fn mark(&mut self, mark: char) {
        let russian = self.language == Language::Russian;
        match mark {
            '.' if self.is_between_digits() => {
                self.speech.words(if russian { "точка" } else { "point" });
            }
            '.' | ',' | '!' | '?' | ':' | ';' => self.speech.mark(mark),
            '…' => self.speech.mark('.'),
            '«' | '»' | '“' | '”' | '„' | '"' | '(' | ')' | '[' | ']' => self.quote(),
            '—' | '–' | '-' | '−' if self.next_is_digit() && !self.follows_something() => {
                self.speech.words(if russian { "минус" } else { "minus" });
            }
            '—' | '–' | '-' if self.is_spaced() => self.speech.pause(),
            '+' if self.next_is_digit() => {
                self.speech.words(if russian { "плюс" } else { "plus" });
            }
            '~' | '≈' if self.next_is_digit() => {
                self.speech.words(if russian { "примерно" } else { "about" });
            }
            '/' if self.is_between_digits() => {
                self.speech.words(if russian { "дробь" } else { "slash" });
            }
            '/' => self.per(),
            '&' => self.speech.words(if russian { "и" } else { "and" }),
            '=' => self.speech.words(if russian { "равно" } else { "equals" }),
            '№' => self.speech.words(if russian { "номер" } else { "number" }),
            '%' => self.speech.words(if russian { "процентов" } else { "percent" }),
            '$' | '€' | '£' | '₽' => self.currency(mark),
            _ => {}
        }
    }

    /// `km/h`, «км/ч».
    fn per(&mut self) {
        let said = match (self.language, self.rest().first()) {
            (Language::Russian, Some(Token::Word(unit))) => match unit.as_str() {
                "ч" | "час" => "в час",
                "мин" => "в минуту",
                "мес" => "в месяц",
                _ => return,
            },
            (Language::English, Some(Token::Word(unit))) => match unit.as_str() {
                "h" | "hr" | "hour" => "an hour",
                "min" => "a minute",
                _ => return,
            },
            _ => return,
        };
        self.at += 1;
        self.speech.words(said);
    }

    fn currency(&mut self, mark: char) {
        if let Some(Token::Number { whole, decimals, .. }) = self.next_written() {
            let case = in_russian::case_before(self);
            self.skip_blank();
            self.at += 1;
            let said = match self.language {
                Language::Russian => in_russian::sum(whole, decimals, mark, case),
                Language::English => in_english::sum(self, whole, decimals, mark),
            };
            self.speech.words(&said);
        }
    }

    /// A quote or bracket is heard as a pause, where words stand on both sides.
    fn quote(&mut self) {
        let follows = self.tokens.get(self.at);
        if follows.is_some_and(|it| !matches!(it, Token::Mark(_) | Token::Line)) {
            self.speech.pause();
        }
    }

    /// The dot of an abbreviation ends the sentence, too, at the end and before a capital.
    pub(super) fn end_after_dot(&mut self) {
        let ends = match self.next_written() {
            None | Some(Token::Line) => true,
            Some(Token::Word(word)) => {
                matches!(self.tokens.get(self.at), Some(Token::Blank))
                    && word.starts_with(char::is_uppercase)
                    && self.closes_sentences()
            }
            _ => false,
        };
        if ends {
            self.speech.mark('.');
        }
    }

    /// «ул. Ленина» and "Mr. Smith" go on; «и т. д. Мы» does not.
    fn closes_sentences(&self) -> bool {
        const INTRODUCE: [&str; 9] = [
            "улица",
            "город",
            "имени",
            "Mister",
            "Missus",
            "Doctor",
            "например",
            "for example",
            "that is",
        ];
        !INTRODUCE.iter().any(|words| self.speech.ends_with(words))
    }

    /// The next part that is no blank.
    pub(super) fn next_written(&self) -> Option<&'a Token> {
        self.rest().iter().find(|token| **token != Token::Blank)
    }

    /// What was not yet read.
    pub(super) fn rest(&self) -> &'a [Token] {
        self.tokens.get(self.at..).unwrap_or_default()
    }

    /// Passes over so many parts.
    pub(super) fn skip(&mut self, count: usize) {
        self.at += count;
    }

    pub(super) fn skip_blank(&mut self) {
        if self.rest().first() == Some(&Token::Blank) {
            self.at += 1;
        }
    }

    /// The word written just before the part that is being read, in small letters. The dot of «2 ч.» is
    /// no end.
    pub(super) fn word_before(&self) -> Option<String> {
        let before = self.tokens.get(..self.at.checked_sub(1)?)?;
        let mut before = before.iter().rev().filter(|token| **token != Token::Blank).peekable();
        let dotted = before.next_if(|token| **token == Token::Mark('.')).is_some();
        match before.next()? {
            Token::Word(word) if !dotted || word == "ч" => Some(word.to_lowercase()),
            Token::Full { words, .. } if !dotted => Some((*words).to_owned()),
            _ => None,
        }
    }

    pub(super) fn last_word_is(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.speech.ends_with(word))
    }

    /// The second number of a range `3–5`, and how many parts there are up to its end.
    pub(super) fn range_end(&self) -> Option<(&'a Token, usize)> {
        let dash = |token: &Token| matches!(token, Token::Mark('–' | '—' | '-' | '−'));
        match self.rest() {
            [mark, end, ..] if dash(mark) => Some((end, 2)),
            [Token::Blank, mark, Token::Blank, end, ..] if dash(mark) => Some((end, 4)),
            _ => None,
        }
    }

    /// The unit behind a number, and how many parts it takes with its dot; the flag says whether
    /// there is a dot.
    pub(super) fn unit(&self) -> Option<(String, usize, bool)> {
        let blank = usize::from(self.rest().first() == Some(&Token::Blank));
        let (unit, dotted) = match self.rest().get(blank)? {
            Token::Word(word) => {
                (word.to_lowercase(), self.rest().get(blank + 1) == Some(&Token::Mark('.')))
            }
            Token::Mark(mark) => return Some((mark.to_string(), blank + 1, false)),
            // Taken for something else, as no number was seen before it.
            Token::Full { words: "минимум", .. } => {
                return Some(("мин".into(), blank + 1, true));
            }
            Token::Full { words: "город", .. } => return Some(("г".into(), blank + 1, true)),
            Token::Full { words: "at least", .. } => return Some(("min".into(), blank + 1, true)),
            _ => return None,
        };
        Some((unit, blank + 1 + usize::from(dotted), dotted))
    }

    /// Passes over a unit; the end of a sentence at its dot stays.
    pub(super) fn skip_unit(&mut self, parts: usize, dotted: bool) {
        self.at += parts;
        if dotted {
            self.end_after_dot();
        }
    }

    /// The words behind the part that is being read, in small letters.
    pub(super) fn words_behind(&self) -> Vec<String> {
        let words = self.rest().iter().filter(|token| **token != Token::Blank);
        let words = words.map_while(|token| match token {
            Token::Word(word) => Some(word.to_lowercase()),
            _ => None,
        });
        words.take(2).collect()
    }

    fn next_is_digit(&self) -> bool {
        matches!(self.rest().first(), Some(Token::Number { .. }))
    }

    fn before_mark(&self) -> Option<&Token> {
        self.tokens.get(self.at.checked_sub(2)?)
    }

    fn follows_something(&self) -> bool {
        self.before_mark().is_some_and(|token| !matches!(token, Token::Blank | Token::Line))
    }

    fn is_between_digits(&self) -> bool {
        matches!(self.before_mark(), Some(Token::Number { .. })) && self.next_is_digit()
    }

    fn is_spaced(&self) -> bool {
        matches!(self.rest().first(), None | Some(Token::Blank))
            && matches!(self.before_mark(), Some(Token::Blank))
    }
}
