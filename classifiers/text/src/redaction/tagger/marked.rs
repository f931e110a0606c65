//! Messages in which personal data is marked in place: `call {n:Khatuna} at
//! {p:+995 555 01 22 33}`, a line break as `\n`.

use std::{fmt, ops::Range};

use super::Label;

/// A message and what in it is personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// The message without marks.
    pub text: String,
    /// Byte ranges in the message, in order.
    pub marks: Vec<(Label, Range<usize>)>,
}

/// A line whose marks cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidMark {
    line: usize,
    wrong: &'static str,
}

impl fmt::Display for InvalidMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.wrong)
    }
}

impl std::error::Error for InvalidMark {}

impl Marked {
    /// The messages of a file, one a line; empty lines and those that begin
    /// with `//` are left out. The first line that cannot be read is an error.
    pub fn read_all(file: &str) -> Result<Vec<Self>, InvalidMark> {
        let lines = file.lines().enumerate();
        let told = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with("//"));
        told.map(|(at, line)| Self::read(line).map_err(|wrong| InvalidMark { line: at + 1, wrong }))
            .collect()
    }

    fn read(line: &str) -> Result<Self, &'static str> {
        let line = line.replace("\\n", "\n");
        let (mut text, mut marks) = (String::new(), Vec::new());
        let mut rest = line.as_str();
        while let Some((before, marked)) = rest.split_once('{') {
            let (marked, after) = marked.split_once('}').ok_or("a mark is not closed")?;
            let (letter, words) = marked.split_once(':').ok_or("a mark has no colon")?;
            if words.contains('{') {
                return Err("a mark stands within a mark");
            }
            text.push_str(before);
            let start = text.len();
            text.push_str(words);
            marks.push((label(letter).ok_or("a mark's letter is unknown")?, start..text.len()));
            rest = after;
        }
        if rest.contains('}') {
            return Err("a mark is not opened");
        }
        text.push_str(rest);
        Ok(Self { text, marks })
    }
}

fn label(letter: &str) -> Option<Label> {
    Some(match letter {
        "n" => Label::Name,
        "a" => Label::Address,
        "p" => Label::Phone,
        "c" => Label::Card,
        "e" => Label::Email,
        "o" => Label::Order,
        "h" => Label::Handle,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_where_they_stand() {
        let read = Marked::read_all("// a remark\n\nHi {n:Ana},\\ncall {p:12 34}\n");
        let expected = Marked {
            text: "Hi Ana,\ncall 12 34".to_owned(),
            marks: vec![(Label::Name, 3..6), (Label::Phone, 13..18)],
        };
        assert_eq!(read, Ok(vec![expected]));
    }

    #[test]
    fn what_is_wrong_with_a_mark_is_said() {
        for (line, wrong) in [
            ("{n:Ana", "a mark is not closed"),
            ("Ana}", "a mark is not opened"),
            ("{Ana}", "a mark has no colon"),
            ("{x:Ana}", "a mark's letter is unknown"),
            ("{n:{n:Ana}}", "a mark stands within a mark"),
        ] {
            let found = Marked::read_all(&format!("ok\n{line}"));
            assert_eq!(found, Err(InvalidMark { line: 2, wrong }), "{line}");
        }
    }
}
