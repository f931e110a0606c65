//! Causes of the company's own, by configuration alone.

use mostik_taxonomy::RootCause;
use serde::Deserialize;

use super::{Config, WrongValue, wrong};

section!(Cause { name: String, description: String, owner: String, examples: Vec<String> });

/// More would leave no room for the customer's words in a language model's question.
const MOST_CAUSES: usize = 20;
const MOST_EXAMPLES: usize = 100;
const LONGEST_TEXT: usize = 2_000;

/// A cause of the company's own, checked.
pub struct OwnCause {
    /// The cause.
    pub root_cause: RootCause,
    /// What belongs to it.
    pub description: String,
    /// Messages that belong to it.
    pub examples: Vec<String>,
}

impl Config {
    /// The causes that `[[cause]]` sections add. The nameless one only holds defaults.
    pub fn own_causes(&self) -> Result<Vec<OwnCause>, WrongValue> {
        let named: Vec<&Cause> = self.cause.iter().filter(|cause| !cause.name.is_empty()).collect();
        if named.len() > MOST_CAUSES {
            return Err(wrong("cause.name")(format!("at most {MOST_CAUSES} causes can be added")));
        }
        for (place, cause) in named.iter().enumerate() {
            if named[..place].iter().any(|before| before.name == cause.name) {
                return Err(wrong("cause.name")(format!("{:?} is there twice", cause.name)));
            }
        }
        named.into_iter().map(Cause::checked).collect()
    }

    /// All causes there are: the built-in ones, then the company's own.
    pub fn root_causes(&self) -> Result<Vec<String>, WrongValue> {
        let own = self.own_causes()?;
        let all = RootCause::BUILT_IN.iter().chain(own.iter().map(|cause| &cause.root_cause));
        Ok(all.map(ToString::to_string).collect())
    }

    /// Which own causes a team has by `cause.owner`.
    pub(super) fn own_causes_of<'a>(&'a self, team: &'a str) -> impl Iterator<Item = &'a str> {
        let owned = move |cause: &&Cause| !cause.name.is_empty() && cause.owner == team;
        self.cause.iter().filter(owned).map(|cause| cause.name.as_str())
    }

    /// An owner that is no team would leave its cause with nobody.
    pub(super) fn check_causes(&self) -> Result<(), WrongValue> {
        self.own_causes()?;
        let teams: Vec<&str> = self.owner.iter().map(|owner| owner.team.as_str()).collect();
        for cause in self.cause.iter().filter(|cause| !cause.name.is_empty()) {
            let named = || self.owner.iter().any(|owner| owner.root_causes.contains(&cause.name));
            if cause.owner.is_empty() && !named() {
                let why = format!("{:?} needs a team that owns it", cause.name);
                return Err(wrong("cause.owner")(why));
            }
            if !cause.owner.is_empty() && !teams.contains(&cause.owner.as_str()) {
                let (owner, teams) = (&cause.owner, teams.join(", "));
                let why = format!("{owner:?} is no team of an [[owner]] section: {teams}");
                return Err(wrong("cause.owner")(why));
            }
        }
        Ok(())
    }
}

impl Cause {
    fn checked(&self) -> Result<OwnCause, WrongValue> {
        let root_cause: RootCause =
            self.name.parse().map_err(|error: mostik_taxonomy::InvalidCause| {
                wrong("cause.name")(error.to_string())
            })?;
        if !matches!(root_cause, RootCause::Custom(_)) {
            return Err(wrong("cause.name")(format!("{root_cause} is built in already")));
        }
        let description = self.description.trim();
        if description.is_empty() || description.len() > LONGEST_TEXT {
            let why = format!("{:?} needs one, of at most {LONGEST_TEXT} bytes", self.name);
            return Err(wrong("cause.description")(why));
        }
        let examples = &self.examples;
        let unfit = |text: &String| text.trim().is_empty() || text.len() > LONGEST_TEXT;
        if examples.len() > MOST_EXAMPLES || examples.iter().any(unfit) {
            let why = format!(
                "{:?}: at most {MOST_EXAMPLES}, none empty or longer than {LONGEST_TEXT} bytes",
                self.name
            );
            return Err(wrong("cause.examples")(why));
        }
        let (description, examples) = (description.to_owned(), examples.clone());
        Ok(OwnCause { root_cause, description, examples })
    }
}
