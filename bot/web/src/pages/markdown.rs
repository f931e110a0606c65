//! The little Markdown of our own issues as HTML: headings, lists, quotes, bold,
//! links, code. Everything else is text; raw HTML is never passed on.

use std::fmt::Write as _;

/// Safe HTML.
pub(super) fn to_html(markdown: &str) -> String {
    let mut html = String::new();
    let mut open = Block::None;
    for line in without_comments(markdown).lines() {
        let (block, content) = block_of(line.trim_end());
        if block != open {
            html.push_str(open.end());
            html.push_str(block.start());
            open = block;
        } else if block == Block::Paragraph {
            html.push_str("<br>");
        }
        match block {
            Block::None => {}
            Block::Heading => {
                let _ = write!(html, "{}</h3>", inline(content));
                open = Block::None;
            }
            Block::List => {
                let _ = write!(html, "<li>{}</li>", inline(content));
            }
            Block::Quote => {
                let _ = write!(html, "<p>{}</p>", inline(content));
            }
            Block::Paragraph => html.push_str(&inline(content)),
        }
    }
    html.push_str(open.end());
    html
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    None,
    Heading,
    List,
    Quote,
    Paragraph,
}

impl Block {
    const fn start(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Heading => "<h3>",
            Self::List => "<ul>",
            Self::Quote => "<blockquote>",
            Self::Paragraph => "<p>",
        }
    }

    const fn end(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Heading => "</h3>",
            Self::List => "</ul>",
            Self::Quote => "</blockquote>",
            Self::Paragraph => "</p>",
        }
    }
}

fn block_of(line: &str) -> (Block, &str) {
    if line.trim().is_empty() {
        return (Block::None, "");
    }
    if line.starts_with('#') {
        return (Block::Heading, line.trim_start_matches('#').trim());
    }
    if let Some(quoted) = line.strip_prefix('>') {
        return (Block::Quote, quoted.trim());
    }
    match line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
        Some(item) => (Block::List, item),
        None => (Block::Paragraph, line),
    }
}

fn without_comments(markdown: &str) -> String {
    let mut rest = markdown;
    let mut kept = String::with_capacity(markdown.len());
    while let Some((before, after)) = rest.split_once("<!--") {
        kept.push_str(before);
        rest = after.split_once("-->").map_or("", |(_, after)| after);
    }
    kept + rest
}

fn inline(text: &str) -> String {
    let mut html = String::new();
    let mut rest = text;
    let mut bold = false;
    while let Some(first) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("**") {
            html.push_str(if bold { "</strong>" } else { "<strong>" });
            bold = !bold;
            rest = after;
        } else if let Some((link, after)) = link(rest) {
            html.push_str(&link);
            rest = after;
        } else if let Some(escaped) = rest.strip_prefix('\\').and_then(|r| r.chars().next()) {
            push_escaped(&mut html, escaped);
            rest = &rest[1 + escaped.len_utf8()..];
        } else {
            push_escaped(&mut html, first);
            rest = &rest[first.len_utf8()..];
        }
    }
    if bold {
        html.push_str("</strong>");
    }
    html
}

/// `[text](address)`, to web addresses and to our own pages only.
fn link(text: &str) -> Option<(String, &str)> {
    let (label, rest) = text.strip_prefix('[')?.split_once("](")?;
    let (address, after) = rest.split_once(')')?;
    let ours = address.starts_with('/') && !address.starts_with("//");
    let web = address.starts_with("https://") || address.starts_with("http://");
    if label.contains('[') || !(ours || web) {
        return None;
    }
    let mut html = String::from("<a href=\"");
    address.chars().for_each(|c| push_escaped(&mut html, c));
    html.push_str("\" rel=\"noreferrer\">");
    label.chars().for_each(|c| push_escaped(&mut html, c));
    html.push_str("</a>");
    Some((html, after))
}

fn push_escaped(html: &mut String, letter: char) {
    match letter {
        '<' => html.push_str("&lt;"),
        '>' => html.push_str("&gt;"),
        '&' => html.push_str("&amp;"),
        '"' => html.push_str("&quot;"),
        '\'' => html.push_str("&#39;"),
        other => html.push(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_issues_look_as_written() {
        let html = to_html(
            "### Что\n\n> слова\n> ещё\n\nПричина: **цены**. \\*не жирно\\*\nдальше\n\n- раз\n- два\n\n[Все](https://a.test/x?a=1&b=2)\n<!-- mostik:pr_1 -->\n",
        );
        assert_eq!(
            html,
            "<h3>Что</h3><blockquote><p>слова</p><p>ещё</p></blockquote>\
             <p>Причина: <strong>цены</strong>. *не жирно*<br>дальше</p>\
             <ul><li>раз</li><li>два</li></ul>\
             <p><a href=\"https://a.test/x?a=1&amp;b=2\" rel=\"noreferrer\">Все</a></p>"
        );
    }

    #[test]
    fn nothing_of_a_hostile_text_becomes_markup() {
        for hostile in [
            "<script>alert(1)</script>",
            "[x](javascript:alert(1))",
            "[x](//evil.example)",
            "[x](https://a\" onclick=\"alert(1))",
            "<!-- <img src=x> --><img src=x onerror=alert(1)>",
            "**<b onmouseover=x>**",
            "<!-- never closed <script>",
        ] {
            let html = to_html(hostile);
            assert!(!html.contains("<script"), "{html}");
            assert!(!html.contains("<img"), "{html}");
            assert!(!html.contains("<b "), "{html}");
            assert!(!html.contains("href=\"javascript"), "{html}");
            assert!(!html.contains("href=\"//"), "{html}");
            assert!(!html.contains("\" onclick"), "{html}");
        }
    }
}
