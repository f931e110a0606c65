use super::number::counted;

/// A currency with its coin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Currency {
    /// ₽.
    Rouble,
    /// $.
    Dollar,
    /// €.
    Euro,
    /// £.
    Pound,
}

/// A sum: "one hundred and twenty-one roubles", "five dollars and fifty cents". `coins` are
/// hundredths, said when there are any.
pub fn money(notes: u64, coins: u8, currency: Currency) -> String {
    let (note, coin, coin_plural) = match currency {
        Currency::Rouble => ("rouble", "kopeck", None),
        Currency::Dollar => ("dollar", "cent", None),
        Currency::Euro => ("euro", "cent", None),
        Currency::Pound => ("pound", "penny", Some("pence")),
    };
    let coins_said = counted(u64::from(coins), coin, coin_plural);
    match (notes, coins) {
        (0, 1..) => coins_said,
        (_, 0) => counted(notes, note, None),
        _ => format!("{} and {coins_said}", counted(notes, note, None)),
    }
}
