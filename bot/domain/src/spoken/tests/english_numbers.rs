//! The table of English numbers, as in Britain.

use crate::spoken::english::{
    Currency, cardinal, counted, date, fraction, money, ordinal, time_of_day, within, year,
};

#[test]
fn cardinals_and_ordinals() {
    for (number, said, place) in [
        (0, "zero", "zeroth"),
        (1, "one", "first"),
        (2, "two", "second"),
        (3, "three", "third"),
        (4, "four", "fourth"),
        (5, "five", "fifth"),
        (8, "eight", "eighth"),
        (9, "nine", "ninth"),
        (11, "eleven", "eleventh"),
        (12, "twelve", "twelfth"),
        (14, "fourteen", "fourteenth"),
        (20, "twenty", "twentieth"),
        (21, "twenty-one", "twenty-first"),
        (22, "twenty-two", "twenty-second"),
        (25, "twenty-five", "twenty-fifth"),
        (40, "forty", "fortieth"),
        (100, "one hundred", "one hundredth"),
        (101, "one hundred and one", "one hundred and first"),
        (111, "one hundred and eleven", "one hundred and eleventh"),
        (121, "one hundred and twenty-one", "one hundred and twenty-first"),
        (200, "two hundred", "two hundredth"),
        (1_000, "one thousand", "one thousandth"),
        (1_001, "one thousand and one", "one thousand and first"),
        (2_000, "two thousand", "two thousandth"),
        (5_000, "five thousand", "five thousandth"),
        (21_000, "twenty-one thousand", "twenty-one thousandth"),
        (
            21_122,
            "twenty-one thousand one hundred and twenty-two",
            "twenty-one thousand one hundred and twenty-second",
        ),
        (100_000, "one hundred thousand", "one hundred thousandth"),
        (
            999_999,
            "nine hundred and ninety-nine thousand nine hundred and ninety-nine",
            "nine hundred and ninety-nine thousand nine hundred and ninety-ninth",
        ),
        (1_000_000, "one million", "one millionth"),
        (2_000_005, "two million and five", "two million and fifth"),
    ] {
        assert_eq!((cardinal(number).as_str(), ordinal(number).as_str()), (said, place));
    }
    assert_eq!(
        cardinal(1_000_000_000_007),
        "one zero zero zero zero zero zero zero zero zero zero zero seven"
    );
    for number in (0..1_000_000).step_by(7) {
        for said in [cardinal(number), ordinal(number)] {
            let letters = said.chars().all(|it| matches!(it, 'a'..='z' | ' ' | '-'));
            assert!(letters && !said.contains("  ") && said.trim() == said, "{number}: {said}");
        }
    }
}

#[test]
fn what_is_counted_times_dates_and_sums() {
    assert_eq!(counted(1, "minute", None), "one minute");
    assert_eq!(counted(0, "minute", None), "zero minutes");
    assert_eq!(counted(2, "person", Some("people")), "two people");
    assert_eq!(fraction(2, "05"), "two point zero five");
    for (number, said) in [
        (2026, "twenty twenty-six"),
        (2010, "twenty ten"),
        (2005, "two thousand and five"),
        (2000, "two thousand"),
        (1999, "nineteen ninety-nine"),
        (1905, "nineteen oh five"),
        (1900, "nineteen hundred"),
        (988, "nine hundred and eighty-eight"),
    ] {
        assert_eq!(year(number), said);
    }
    for (hour, minute, said) in [
        (14, 30, Some("two thirty p.m.")),
        (18, 0, Some("six p.m.")),
        (9, 5, Some("nine oh five a.m.")),
        (0, 30, Some("twelve thirty a.m.")),
        (12, 1, Some("twelve oh one p.m.")),
        (12, 0, Some("noon")),
        (0, 0, Some("midnight")),
        (24, 0, Some("midnight")),
        (24, 1, None),
        (12, 60, None),
    ] {
        assert_eq!(time_of_day(hour, minute).as_deref(), said);
    }
    assert_eq!(date(21, 11, None).as_deref(), Some("the twenty-first of November"));
    assert_eq!(date(2, 5, Some(2026)).as_deref(), Some("the second of May, twenty twenty-six"));
    assert_eq!(date(29, 2, Some(2026)), None);
    assert_eq!(date(1, 0, None), None);
    for (minutes, said) in [
        (1, "within one minute"),
        (30, "within half an hour"),
        (60, "within one hour"),
        (75, "within one hour and fifteen minutes"),
        (240, "within four hours"),
    ] {
        assert_eq!(within(minutes), said);
    }
    for (notes, coins, currency, said) in [
        (121, 0, Currency::Rouble, "one hundred and twenty-one roubles"),
        (1, 0, Currency::Dollar, "one dollar"),
        (5, 50, Currency::Dollar, "five dollars and fifty cents"),
        (0, 1, Currency::Pound, "one penny"),
        (2, 2, Currency::Pound, "two pounds and two pence"),
        (0, 0, Currency::Euro, "zero euros"),
    ] {
        assert_eq!(money(notes, coins, currency), said);
    }
}
