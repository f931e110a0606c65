//! Comments on issues carry quotes, code and links that are not the writer's
//! own words.

/// The writer's own words: without quoted lines, fenced code and HTML comments.
/// An unclosed fence ends with the comment, as trackers show it.
pub(crate) fn without_quotes(text: &str) -> String {
    let mut own = String::with_capacity(text.len());
    let mut in_code = false;
    for line in text.lines() {
        let start = line.trim_start();
        if start.starts_with("```") || start.starts_with("~~~") || start.starts_with("{code") {
            in_code = !in_code;
            continue;
        }
        if in_code || start.starts_with('>') || start.starts_with("<!--") {
            continue;
        }
        push_without_links(&mut own, line);
        own.push('\n');
    }
    own
}

fn push_without_links(own: &mut String, line: &str) {
    for word in line.split_inclusive(char::is_whitespace) {
        if word.contains("://") { own.push(' ') } else { own.push_str(word) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_writers_words_remain() {
        let comment = "> it is broken, fix now\nNot a bug.\n```\nfix asap\n```\nSee https://x.example/asap thanks";
        assert_eq!(without_quotes(comment), "Not a bug.\nSee  thanks\n");
    }
}
