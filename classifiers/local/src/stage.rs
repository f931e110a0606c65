use std::str::FromStr;

use mostik_taxonomy::{
    AcceptanceStage, Confidence, Language, Pending, StageClassifier, StageVerdict,
};
use mostik_text::detect_language;

use crate::{
    concepts::OF_OWNERS,
    hashing,
    model::{InvalidModel, Model},
    training::Task,
};

const COMPILED_IN: &[u8] = include_bytes!("../models/stage.bin");

/// Reads the acceptance stage off an owner's comment, on this machine.
pub struct LocalStage {
    model: Model,
    stages: Vec<AcceptanceStage>,
    version: String,
}

impl LocalStage {
    /// The model that ships with Mostik.
    pub fn new() -> Result<Self, InvalidModel> {
        Self::from_bytes(COMPILED_IN)
    }

    /// A model made by [`crate::training::train`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidModel> {
        let model = Model::from_bytes(bytes, &OF_OWNERS)?;
        let stages = model
            .classes
            .iter()
            .map(|name| AcceptanceStage::from_str(name))
            .collect::<Result<_, _>>()
            .map_err(|_| InvalidModel::UNKNOWN_CLASS)?;
        let version = format!("local/{:08x}", hashing::hash(1, bytes) >> 32);
        Ok(Self { model, stages, version })
    }

    /// `local/` and a fingerprint of the model.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The stage that a comment shows; `NoSignal` for one without own words.
    pub fn stage_now(&self, text: &str) -> StageVerdict {
        let reading = Task::Stage.read(text);
        let language = detect_language(text, Language::English);
        let sums = self.model.sums(&reading, false);
        let odds = self.model.probabilities(&reading, &sums, language);
        let best = odds.iter().copied().enumerate().reduce(|a, b| if b.1 > a.1 { b } else { a });
        let (class, confidence) = best.unwrap_or((0, 0.0));
        let stage = match self.stages[class] {
            _ if reading.words.is_empty() => AcceptanceStage::NoSignal,
            AcceptanceStage::Denial if only_asks(text) => AcceptanceStage::NoSignal,
            stage => stage,
        };
        StageVerdict {
            stage,
            confidence: Confidence::new(confidence),
            version: self.version.clone(),
        }
    }
}

/// Whether nothing is stated: every sentence asks, greets or thanks. However
/// it is worded ("does it not work in Firefox either?"), that denies nothing.
fn only_asks(text: &str) -> bool {
    const COURTESY: &[&str] = &[
        "thank",
        "hi",
        "hello",
        "hey",
        "sorry",
        "please",
        "good",
        "спасибо",
        "благодар",
        "привет",
        "здравствуйте",
        "добрый",
        "доброе",
        "извините",
        "пожалуйста",
        "коллеги",
    ];
    const COURTESY_WORDS: usize = 6;
    let own = crate::markup::without_quotes(text);
    own.split_inclusive(['.', '!', '?', '\n']).all(|sentence| {
        let words = mostik_text::words(sentence);
        let courteous = words.len() <= COURTESY_WORDS
            && words.iter().any(|word| COURTESY.iter().any(|stem| word.plain.starts_with(stem)));
        words.is_empty() || sentence.ends_with('?') || courteous
    })
}

impl StageClassifier for LocalStage {
    fn stage<'a>(&'a self, text: &'a str) -> Pending<'a, StageVerdict> {
        Box::pin(std::future::ready(Ok(self.stage_now(text))))
    }
}
