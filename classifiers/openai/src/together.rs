//! Several messages in one question, for imports: the guide is sent once for
//! all of them. Each remains a string of its own, and each answer is checked
//! against its own text as if it had been asked about alone.

use futures::future::join_all;
use mostik_taxonomy::{Classification, ClassifierError, Language};
use serde_json::json;

use crate::{
    answer,
    chat::NoAnswer,
    root_cause::{OpenAiRootCause, question, sent},
};

/// Texts of one question. More are answered less carefully.
pub(crate) const MOST_TOGETHER: u32 = 16;
/// Many answers take longer than one, but not so many times.
pub(crate) const PATIENCE_WITH_MANY: u32 = 4;
/// What is sent in one question; longer messages are asked about alone.
const BYTES_TOGETHER: usize = 16_000;
const LONGEST_AMONG_OTHERS: usize = 4_000;

type Found = Result<Classification, ClassifierError>;

/// A message on its way to the model.
struct Waiting<'a> {
    place: usize,
    text: &'a str,
    sent: String,
}

impl OpenAiRootCause {
    /// One result for each text, in their order.
    pub(crate) async fn classify_together(&self, texts: &[&str], hint: Language) -> Vec<Found> {
        let mut found: Vec<Option<Found>> = texts.iter().map(|_| None).collect();
        let mut waiting = Vec::new();
        for (place, text) in texts.iter().enumerate() {
            let sent = sent(text);
            let is_new = self.chat.remembered(&question(&sent)).is_none();
            if is_new && sent.len() <= LONGEST_AMONG_OTHERS && text.chars().any(char::is_alphabetic)
            {
                waiting.push(Waiting { place, text, sent });
            }
        }
        let groups = groups(waiting);
        let answered = join_all(groups.iter().map(|group| self.classify_group(group, hint))).await;
        for (place, classified) in answered.into_iter().flatten() {
            found[place] = Some(classified);
        }
        let each = found.into_iter().zip(texts).map(async |(found, text)| match found {
            Some(found) => found,
            None => self.one(text, hint).await,
        });
        join_all(each).await
    }

    /// Those that were answered, by their places. The others are asked about alone.
    async fn classify_group(&self, group: &[Waiting<'_>], hint: Language) -> Vec<(usize, Found)> {
        if group.len() < 2 {
            return Vec::new();
        }
        match self.ask_together(group, hint).await {
            Ok(found) => found,
            Err(why) if why.may_pass_singly() => {
                tracing::warn!(model = self.chat.model(), %why, "root causes: asked one by one");
                Vec::new()
            }
            Err(why) => {
                tracing::warn!(model = self.chat.model(), %why, "root causes: the fallback answers");
                let each = group.iter().map(async |waiting| {
                    (waiting.place, self.fallback.classify(waiting.text, hint).await)
                });
                join_all(each).await
            }
        }
    }

    async fn ask_together(
        &self,
        group: &[Waiting<'_>],
        hint: Language,
    ) -> Result<Vec<(usize, Found)>, NoAnswer> {
        let texts = group.iter().zip(1_u32..);
        let texts: Vec<_> =
            texts.map(|(waiting, n)| json!({ "n": n, "text": waiting.sent })).collect();
        let answer = self.chat.ask_anew(&self.form_of_many, &json!({ "texts": texts })).await?;
        let mut found = Vec::with_capacity(group.len());
        for (waiting, told) in group.iter().zip(answer::each(&answer, group.len())?) {
            let Some(told) = told else { continue };
            let Ok(cause) = answer::cause(&told, &self.causes, &waiting.sent) else { continue };
            self.chat.remember(&question(&waiting.sent), &told);
            found.push((waiting.place, Ok(self.classification(waiting.text, cause, hint))));
        }
        Ok(found)
    }
}

/// As many in each as are asked about together.
fn groups(waiting: Vec<Waiting<'_>>) -> Vec<Vec<Waiting<'_>>> {
    let mut groups: Vec<Vec<Waiting<'_>>> = Vec::new();
    let mut bytes = 0;
    for one in waiting {
        bytes += one.sent.len();
        match groups.last_mut() {
            Some(group) if group.len() < MOST_TOGETHER as usize && bytes <= BYTES_TOGETHER => {
                group.push(one);
            }
            _ => {
                bytes = one.sent.len();
                groups.push(vec![one]);
            }
        }
    }
    groups
}
