/// The spoken text as it grows: words, blanks between them, pauses that do not pile up.
#[derive(Debug, Default)]
pub(super) struct Speech {
    said: String,
}

const ENDS: [char; 3] = ['.', '!', '?'];
const PAUSES: [char; 3] = [',', ';', ':'];

impl Speech {
    /// Says words as they stand.
    pub(super) fn words(&mut self, words: &str) {
        if words.is_empty() {
            return;
        }
        if !self.said.is_empty() {
            self.said.push(' ');
        }
        self.said.push_str(words);
    }

    /// A short pause, where a word was said last.
    pub(super) fn pause(&mut self) {
        if self.said.ends_with(char::is_alphanumeric) {
            self.said.push(',');
        }
    }

    /// A punctuation mark; of two the stronger stays.
    pub(super) fn mark(&mut self, mark: char) {
        let Some(last) = self.said.chars().last() else { return };
        let end = ENDS.contains(&mark);
        if PAUSES.contains(&last) {
            if end || last == ',' {
                self.said.pop();
                self.said.push(mark);
            }
        } else if !ENDS.contains(&last) || (!end && self.said.ends_with(".m.")) {
            // "By six p.m., or later": that dot ends no sentence.
            self.said.push(mark);
        } else if last == '.' && end && mark != '.' {
            // "?!" and "..." are one end; "p.m." at the end of a question is a question.
            self.said.pop();
            self.said.push(mark);
        }
    }

    /// The end of a line is the end of a sentence, unless it announces something.
    pub(super) fn end_of_line(&mut self) {
        if !self.said.ends_with([':', '.', '!', '?', ';']) {
            self.mark('.');
        }
    }

    /// Takes back an announcement whose object is not said.
    pub(super) fn drop_pause(&mut self) {
        if self.said.ends_with(PAUSES) {
            self.said.pop();
        }
    }

    /// Whether these words were said last, whatever pause followed them.
    pub(super) fn ends_with(&self, words: &str) -> bool {
        let said = self.said.trim_end_matches(PAUSES);
        said.strip_suffix(words).is_some_and(|before| !before.ends_with(char::is_alphanumeric))
    }

    pub(super) fn finish(mut self) -> String {
        self.drop_pause();
        self.said
    }
}
