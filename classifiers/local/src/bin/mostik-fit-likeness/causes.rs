//! What the shipped classifier takes for the causes of our complaints.

use std::{collections::HashMap, error::Error};

use mostik_local::LocalRootCause;
use mostik_taxonomy::{CauseScore, Language, RootCause};

use crate::texts::Labelled;

/// The causes of each text.
pub(crate) struct Causes(HashMap<String, Vec<CauseScore>>);

impl Causes {
    pub(crate) fn of(lines: &[Labelled]) -> Result<Self, Box<dyn Error>> {
        let classifier = LocalRootCause::new()?;
        let causes = |text: &str| {
            let language = mostik_text::detect_language(text, Language::Russian);
            classifier.classify_now(text, language).causes
        };
        Ok(Self(lines.iter().map(|line| (line.text.clone(), causes(&line.text))).collect()))
    }

    /// The probability that the text has this cause.
    pub(crate) fn share(&self, text: &str, cause: &RootCause) -> f32 {
        let found = self.0.get(text).into_iter().flatten().find(|it| it.root_cause == *cause);
        found.map_or(0.0, |it| it.score.value())
    }

    /// The cause of a problem: the strongest over its messages.
    pub(crate) fn of_problem(&self, texts: &[&str]) -> RootCause {
        let strength =
            |cause: &RootCause| -> f32 { texts.iter().map(|text| self.share(text, cause)).sum() };
        RootCause::BUILT_IN
            .into_iter()
            .max_by(|a, b| strength(a).total_cmp(&strength(b)))
            .unwrap_or(RootCause::Other)
    }
}
