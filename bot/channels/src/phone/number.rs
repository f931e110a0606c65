//! Telephone numbers: from what a carrier writes to E.164, and which of them nobody is called at.

/// Digits of an international number, the country's included (ITU-T E.164).
const DIGITS: std::ops::RangeInclusive<usize> = 8..=15;
/// Shorter ones are extensions, services, or emergency numbers.
const SHORTEST_NATIONAL: usize = 7;

/// Numbers whose calls cost more than a call, whatever prefixes are allowed: premium rate, shared
/// cost and satellite. Beginnings in E.164 form.
const COSTLY: [&str; 48] = [
    // Satellite and global networks, universal premium and shared cost (ITU-T E.164 list).
    "+870", "+878", "+881", "+882", "+883", "+888", "+808", "+979",
    // Russia and Kazakhstan.
    "+7803", "+7809", "+7808", // North America: premium, and the premium exchange.
    "+1900", "+1976",
    // Great Britain: special services, premium, personal numbers and pagers.
    "+449", "+4487", "+4484", "+4470", "+4476", // Germany, Austria, Switzerland.
    "+49900", "+49137", "+49180", "+49118", "+439", "+41900", "+41901", "+41906",
    // France, Spain, Italy, Portugal.
    "+3389", "+3381", "+3382", "+34803", "+34806", "+34807", "+34905", "+3989", "+39144", "+39166",
    "+3517", "+35160", "+35161",
    // The Low Countries, Poland, the Baltic states, Ukraine, Belarus.
    "+3190", "+3290", "+48700", "+48701", "+370900", "+371900", "+372900", "+380900", "+375902",
];

/// Whom nobody calls back, also inside a company's own network.
const EMERGENCY: [&str; 19] = [
    "000", "01", "02", "03", "04", "08", "101", "102", "103", "104", "110", "111", "112", "118",
    "119", "120", "911", "988", "999",
];

/// A number in E.164 form, that may be called as far as its beginning tells.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Number(String);

/// Why something is no number to call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoNumber {
    /// Letters, signs, too few or too many digits.
    #[error("it is not a telephone number")]
    Form,
    /// A short or emergency number.
    #[error("it is a short number or an emergency number")]
    Short,
    /// Premium rate, shared cost or satellite.
    #[error("calls to it cost more than a call")]
    Costly,
}

impl Number {
    /// Reads the user part of an address as a carrier writes it: `+74951234567`, `74951234567`,
    /// `84951234567`, `4951234567`, `00…`, `810…`. `country` is the line's own, as `7`.
    pub(super) fn read(user: &str, country: &str) -> Result<Self, NoNumber> {
        let (plus, digits) = match user.strip_prefix('+') {
            Some(rest) => (true, rest),
            None => (false, user),
        };
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NoNumber::Form);
        }
        if digits.len() < SHORTEST_NATIONAL || is_emergency(user) {
            return Err(NoNumber::Short);
        }
        let international = if plus { digits.to_owned() } else { international(digits, country) };
        if !DIGITS.contains(&international.len()) || international.starts_with('0') {
            return Err(NoNumber::Form);
        }
        let number = format!("+{international}");
        if COSTLY.iter().any(|beginning| number.starts_with(beginning)) {
            return Err(NoNumber::Costly);
        }
        Ok(Self(number))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Without a plus: with the ways out of the country that are dialled here, with the country, or
/// without either.
fn international(digits: &str, country: &str) -> String {
    let russian = country == "7";
    if let Some(abroad) = digits.strip_prefix("00") {
        return abroad.to_owned();
    }
    if let Some(abroad) = digits.strip_prefix("810").filter(|_| russian && digits.len() > 11) {
        return abroad.to_owned();
    }
    if let Some(national) = digits.strip_prefix('8').filter(|_| russian && digits.len() == 11) {
        return format!("7{national}");
    }
    if let Some(national) = digits.strip_prefix('0').filter(|_| !russian) {
        return format!("{country}{national}");
    }
    let has_country = digits.starts_with(country) && digits.len() > 10;
    if has_country { digits.to_owned() } else { format!("{country}{digits}") }
}

/// Whether help would come.
pub(super) fn is_emergency(user: &str) -> bool {
    EMERGENCY.contains(&user)
}

impl std::fmt::Debug for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Number({} digits)", self.0.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_international() {
        let cases = [
            ("7", "+74951234567", "+74951234567"),
            ("7", "74951234567", "+74951234567"),
            ("7", "84951234567", "+74951234567"),
            ("7", "4951234567", "+74951234567"),
            ("7", "8104930123456", "+4930123456"),
            ("7", "+4930123456", "+4930123456"),
            ("49", "030123456", "+4930123456"),
            ("49", "0074951234567", "+74951234567"),
            ("49", "4930123456789", "+4930123456789"),
            ("1", "2125550100", "+12125550100"),
            ("1", "12125550100", "+12125550100"),
        ];
        for (country, user, expected) in cases {
            let number = Number::read(user, country);
            assert_eq!(number.as_ref().map(Number::as_str), Ok(expected), "{user}");
        }
    }

    #[test]
    fn what_nobody_calls_is_refused_in_every_form() {
        let cases = [
            ("112", NoNumber::Short),
            ("01", NoNumber::Short),
            ("911", NoNumber::Short),
            ("+911", NoNumber::Short),
            ("123456", NoNumber::Short),
            ("+7112", NoNumber::Short),
            ("88031234567", NoNumber::Costly),
            ("+78091234567", NoNumber::Costly),
            ("8091234567", NoNumber::Costly),
            ("78031234567", NoNumber::Costly),
            ("+19005550100", NoNumber::Costly),
            ("81019005550100", NoNumber::Costly),
            ("+449012345678", NoNumber::Costly),
            ("+8816123456789", NoNumber::Costly),
            ("+8821234567890", NoNumber::Costly),
            ("", NoNumber::Form),
            ("+", NoNumber::Form),
            ("++74951234567", NoNumber::Form),
            ("anna", NoNumber::Form),
            ("+7495123456a", NoNumber::Form),
            ("+7495 1234567", NoNumber::Form),
            ("+0123456789", NoNumber::Form),
            ("+7495123456712345", NoNumber::Form),
            ("+74951234567;phone-context=+1900", NoNumber::Form),
            ("+74951234567%3Bext", NoNumber::Form),
            ("٧٤٩٥١٢٣٤٥٦٧", NoNumber::Form),
        ];
        for (user, expected) in cases {
            assert_eq!(Number::read(user, "7").err(), Some(expected), "{user}");
        }
    }

    #[test]
    fn debug_shows_no_number() {
        let number = Number::read("+74951234567", "7").expect("a number");
        assert_eq!(format!("{number:?}"), "Number(11 digits)");
    }
}
