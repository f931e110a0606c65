//! `owner/repository`, checked before it becomes part of a path.

use std::fmt;

use crate::TrackerError;

/// GitHub's own limits: 39 characters for an owner, 100 for a repository.
const LONGEST_PART: usize = 100;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Project(String);

impl Project {
    pub(super) fn parse(text: &str) -> Result<Self, TrackerError> {
        let is_plain = |part: &str| {
            !part.is_empty()
                && part.len() <= LONGEST_PART
                && !matches!(part, "." | "..")
                && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
        };
        match text.split_once('/') {
            Some((owner, repository)) if is_plain(owner) && is_plain(repository) => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(TrackerError::GiveUp {
                why: format!(
                    "{:?} is not a GitHub project: write owner/repository in [[owner]] project",
                    text.chars().take(LONGEST_PART).collect::<String>()
                ),
            }),
        }
    }

    /// `rest` begins with a slash or is empty.
    pub(super) fn route(&self, rest: &str) -> String {
        format!("/repos/{}{rest}", self.0)
    }
}

impl fmt::Display for Project {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

pub(super) fn issue_number(key: &str) -> Result<u64, TrackerError> {
    key.parse().map_err(|_| TrackerError::GiveUp {
        why: format!(
            "{:?} is not a number of a GitHub issue",
            key.chars().take(20).collect::<String>()
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_owner_and_repository_make_a_path() {
        let project = Project::parse("acme/web.site_2-x").expect("a plain project");
        assert_eq!(project.route("/issues"), "/repos/acme/web.site_2-x/issues");
        for wrong in [
            "", "acme", "acme/", "/web", "a/b/c", "a/..", "../a", "a/b?x=1", "a b/c", "a/б",
            "a/b\n",
        ] {
            assert!(Project::parse(wrong).is_err(), "{wrong:?}");
        }
        assert!(Project::parse(&format!("a/{}", "b".repeat(101))).is_err());
        assert!(issue_number("12").is_ok());
        for wrong in ["", "-1", "1/../2", "12345678901234567890123"] {
            assert!(issue_number(wrong).is_err(), "{wrong:?}");
        }
    }
}
