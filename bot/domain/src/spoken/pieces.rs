/// Cuts a spoken text into pieces that a voice takes at once: at ends of sentences where it can, else
/// at commas, else between words; `most` characters each. A single longer word is cut.
pub fn pieces(text: &str, most: usize) -> Vec<String> {
    let most = most.max(1);
    let mut pieces = Vec::new();
    let mut rest = text.trim();
    while rest.chars().nth(most).is_some() {
        let window = rest.char_indices().nth(most).map_or(rest.len(), |(at, _)| at);
        // The character behind the window tells whether a mark at its end is followed by a blank.
        let end = rest[window..].chars().next().map_or(window, |next| window + next.len_utf8());
        let last = |marks: &[&str]| {
            marks.iter().filter_map(|mark| rest[..end].rfind(mark)).max().filter(|at| *at > 0)
        };
        let cut = last(&[". ", "! ", "? "])
            .or_else(|| last(&[", ", "; ", ": "]))
            .map(|at| at + 1)
            .or_else(|| last(&[" "]))
            .unwrap_or(window);
        let (piece, left) = rest.split_at(cut);
        pieces.push(piece.trim_end().to_owned());
        rest = left.trim_start();
    }
    if !rest.is_empty() {
        pieces.push(rest.to_owned());
    }
    pieces
}
