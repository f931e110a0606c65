use mostik_taxonomy::Language;

use crate::spoken::sentence;

/// As written and as said.
const SENTENCES: &[(&str, &str)] = &[
    ("We will answer today by 18:00 (UTC+3).", "We will answer today by six p.m. our time."),
    ("We will answer tomorrow by 09:05", "We will answer tomorrow by nine oh five a.m."),
    (
        "We will answer on Monday, 23 November, by 09:20 (UTC+3)",
        "We will answer on Monday, the twenty-third of November, by nine twenty a.m. our time",
    ),
    ("At 14:30 exactly", "At two thirty p.m. exactly"),
    ("Come at 2:30 pm or 6 p.m. please", "Come at two thirty p.m. or six p.m. please"),
    ("Come at 12 am, 12 pm or 12:15 AM", "Come at midnight, noon or twelve fifteen a.m."),
    ("Open 09:00–18:00, Mon–Fri", "Open nine a.m. to six p.m., Monday to Friday"),
    ("Open 24/7", "Open around the clock"),
    ("Paid on 2026-11-22.", "Paid on the twenty-second of November, twenty twenty-six."),
    ("Paid on 22/11/2026", "Paid on the twenty-second of November, twenty twenty-six"),
    ("Paid on 11/22/2026", "Paid on the twenty-second of November, twenty twenty-six"),
    ("Sent 22.11.2026", "Sent the twenty-second of November, twenty twenty-six"),
    (
        "Made 2026-11-22T14:30:00Z",
        "Made the twenty-second of November, twenty twenty-six two thirty p.m.",
    ),
    ("On November 21, 2026 we moved", "On November the twenty-first, twenty twenty-six we moved"),
    ("By Nov. 21 or Sept 3", "By November the twenty-first or September the third"),
    ("On the 21st of November", "On the twenty-first of November"),
    ("The 3rd call and 2nd mail", "The third call and second mail"),
    ("21 November 2026 is near", "the twenty-first of November, twenty twenty-six is near"),
    (
        "In 2026 it was better than in 1905",
        "In twenty twenty-six it was better than in nineteen oh five",
    ),
    ("2026 orders", "two thousand and twenty-six orders"),
    ("You may 5 times", "You may five times"),
    ("31 April is no day", "thirty-one April is no day"),
    ("Within 30 minutes", "Within thirty minutes"),
    ("Wait 5 min. Thank you", "Wait five minutes. Thank you"),
    ("Wait 1 min", "Wait one minute"),
    ("It took 2 hrs 15 min.", "It took two hours fifteen minutes."),
    ("2.5 kg", "two point five kilograms"),
    ("3-5 days", "three to five days"),
    ("3 – 5 days", "three to five days"),
    ("121 people", "one hundred and twenty-one people"),
    ("$5", "five dollars"),
    ("$1 and $5.50", "one dollar and five dollars and fifty cents"),
    ("$1,200.50 back", "one thousand two hundred dollars and fifty cents back"),
    ("$5 million", "five million dollars"),
    ("$2.5 million", "two point five million dollars"),
    ("€10.5 or £2", "ten euros and fifty cents or two pounds"),
    ("5 € or 100 ₽", "five euros or one hundred roubles"),
    ("12,500 customers", "twelve thousand five hundred customers"),
    ("1, 2, 3", "one, two, three"),
    ("5 % off, 21% off", "five percent off, twenty-one percent off"),
    (
        "Your reference is K7Q2-MD8X; keep it.",
        "Your reference is K, seven, Q, two, M, D, eight, X; keep it.",
    ),
    ("Order No. 5, order №123456", "Order number five, order number one two three four five six"),
    ("No. It is late.", "No. It is late."),
    ("Code 007", "Code zero zero seven"),
    ("Call +1 555 010 0199.", "Call, plus one, five five five, zero one zero, zero one nine nine."),
    ("Call 800-555-3535 now", "Call, eight zero zero, five five five, three five three five, now"),
    ("How things stand: https://help.example.org/c/fb_1", "How things stand: on your page"),
    (
        "How things stand is on your own page: https://help.example.org/c/fb_1\nYour reference",
        "How things stand is on your own page. Your reference",
    ),
    ("See it at example.com/faq.", "See it at your page."),
    ("Write to help@shop24.co.uk!", "Write to, help at shop two four dot co dot uk!"),
    ("The team “Logistics” said: “no”.", "The team, Logistics, said: no."),
    (
        "It is with them (our delivery team), but late.",
        "It is with them, our delivery team, but late.",
    ),
    (
        "Some, e.g. this, i.e. that, etc. We go on.",
        "Some, for example this, that is that, and so on. We go on.",
    ),
    ("Mr. Smith vs. Dr. Jones", "Mister Smith versus Doctor Jones"),
    ("Bed & breakfast", "Bed and breakfast"),
    ("Thanks 😀👍!", "Thanks!"),
    ("**Note:** it's — well — 5 > 3", "Note: it's, well, five three"),
    ("It is -5, not +21", "It is minus five, not plus twenty-one"),
    ("Version 1.2.3", "Version one point two point three"),
    (
        "Order 12345678 was late, 1000000 $ lost",
        "Order one two three four five six seven eight was late, one million dollars lost",
    ),
    ("In the 1990s, at 10 km/h", "In the nineteen nineties, at ten kilometres an hour"),
    ("By May 2026 in room 12/3", "By May twenty twenty-six in room twelve slash three"),
    ("Done\nThank you", "Done. Thank you"),
    ("Wait…", "Wait."),
    ("What?! Yes...", "What? Yes."),
    ("Don’t worry", "Don't worry"),
    (
        "999999999999999999999",
        "nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine",
    ),
    ("", ""),
];

#[test]
fn what_is_written_is_said() {
    let wrong: Vec<String> = SENTENCES
        .iter()
        .map(|(written, said)| (written, said, sentence(Language::English, written)))
        .filter(|(_, expected, said)| said != *expected)
        .map(|(written, expected, said)| format!("{written}\n  {expected}\n  {said}\n"))
        .collect();
    assert!(wrong.is_empty(), "written, expected, said:\n{}", wrong.join(""));
    assert!(SENTENCES.len() >= 60);
}
