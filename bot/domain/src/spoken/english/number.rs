const BELOW_TWENTY: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] =
    ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
/// The ordinals that are not made by "th" alone.
const IRREGULAR: [(&str, &str); 8] = [
    ("one", "first"),
    ("two", "second"),
    ("three", "third"),
    ("five", "fifth"),
    ("eight", "eighth"),
    ("nine", "ninth"),
    ("twelve", "twelfth"),
    ("zero", "zeroth"),
];

/// From here on a number is said digit by digit.
const TOO_LARGE: u64 = 1_000_000_000_000;

/// A whole number: "one hundred and twenty-one", "two thousand and five". Numbers from 10¹² on are
/// said digit by digit.
pub fn cardinal(number: u64) -> String {
    if number >= TOO_LARGE {
        let digits = number.to_string().into_bytes();
        return digits.into_iter().map(digit_word).collect::<Vec<_>>().join(" ");
    }
    if number < 1_000 {
        return below_thousand(number);
    }
    let mut words = Vec::new();
    for (size, name) in [(1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand")] {
        match number / size % 1_000 {
            0 => {}
            count => words.push(format!("{} {name}", below_thousand(count))),
        }
    }
    match number % 1_000 {
        0 => {}
        small @ 1..=99 => words.push(format!("and {}", below_thousand(small))),
        rest => words.push(below_thousand(rest)),
    }
    words.join(" ")
}

fn below_thousand(number: u64) -> String {
    let small = |number: u64| BELOW_TWENTY[usize::try_from(number).unwrap_or_default()];
    match (number / 100, number % 100) {
        (0, rest @ 0..=19) => small(rest).to_owned(),
        (0, rest) => {
            let tens = TENS[usize::try_from(rest / 10).unwrap_or_default()];
            match rest % 10 {
                0 => tens.to_owned(),
                unit => format!("{tens}-{}", small(unit)),
            }
        }
        (hundreds, 0) => format!("{} hundred", small(hundreds)),
        (hundreds, rest) => format!("{} hundred and {}", small(hundreds), below_thousand(rest)),
    }
}

/// A number with its noun: "one minute", "five minutes". The plural is given where "s" is not enough.
pub fn counted(number: u64, singular: &str, plural: Option<&str>) -> String {
    match (number, plural) {
        (1, _) => format!("one {singular}"),
        (_, Some(plural)) => format!("{} {plural}", cardinal(number)),
        (_, None) => format!("{} {singular}s", cardinal(number)),
    }
}

/// A number with decimals: "two point five".
pub fn fraction(whole: u64, decimals: &str) -> String {
    let digits = decimals.bytes().filter(u8::is_ascii_digit).map(digit_word);
    format!("{} point {}", cardinal(whole), digits.collect::<Vec<_>>().join(" "))
}

/// An ordinal: "twenty-first", "one hundred and second".
pub fn ordinal(number: u64) -> String {
    let words = cardinal(number);
    let start = words.rfind([' ', '-']).map_or(0, |at| at + 1);
    let (before, last) = words.split_at(start);
    if let Some((_, irregular)) = IRREGULAR.iter().find(|(word, _)| *word == last) {
        return format!("{before}{irregular}");
    }
    match last.strip_suffix('y') {
        Some(stem) => format!("{before}{stem}ieth"),
        None => format!("{before}{last}th"),
    }
}

/// A year: "twenty twenty-six", "two thousand and five", "nineteen hundred".
pub fn year(year: u64) -> String {
    let (century, rest) = (year / 100, year % 100);
    match (century, rest) {
        (20, 0..=9) | (0..=9 | 100.., _) | (10, 0) => cardinal(year),
        (_, 0) => format!("{} hundred", cardinal(century)),
        (_, 1..=9) => format!("{} oh {}", cardinal(century), cardinal(rest)),
        _ => format!("{} {}", cardinal(century), cardinal(rest)),
    }
}

/// An ASCII digit as a word.
pub(crate) fn digit_word(digit: u8) -> String {
    BELOW_TWENTY[usize::from(digit.saturating_sub(b'0').min(9))].to_owned()
}
