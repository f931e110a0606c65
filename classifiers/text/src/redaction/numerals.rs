//! Number words as they are dictated: «девятьсот двенадцать», "double oh five".

/// What a word adds to a dictated number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Numeral {
    /// 0 to 9.
    Unit(u32),
    /// 10 to 19.
    Teen(u32),
    /// 20, 30 … 90.
    Tens(u32),
    /// 100, 200 … 900 in one word.
    Hundreds(u32),
    /// "hundred" after a unit.
    TimesHundred,
    /// "double", "triple".
    Repeat(usize),
    /// «плюс», «тысяча»: within a number, no digit by itself.
    Silent,
}

fn numeral(word: &str) -> Option<Numeral> {
    use Numeral::{Hundreds, Repeat, Silent, Teen, Tens, TimesHundred, Unit};
    Some(match word {
        "ноль" | "нуль" | "ноля" | "нуля" | "нулей" | "нолей" | "zero" | "oh" | "nought"
        | "nil" => Unit(0),
        "один" | "одна" | "одну" | "единица" | "единицы" | "one" => {
            Unit(1)
        }
        "два" | "две" | "двойка" | "двойки" | "two" => Unit(2),
        "три" | "тройка" | "тройки" | "three" => Unit(3),
        "четыре" | "четверка" | "четверки" | "four" => Unit(4),
        "пять" | "пятерка" | "пятерки" | "five" => Unit(5),
        "шесть" | "шестерка" | "шестерки" | "six" => Unit(6),
        "семь" | "семерка" | "семерки" | "seven" => Unit(7),
        "восемь" | "восьмерка" | "восьмерки" | "eight" => Unit(8),
        "девять" | "девятка" | "девятки" | "nine" => Unit(9),
        "десять" | "ten" => Teen(10),
        "одиннадцать" | "eleven" => Teen(11),
        "двенадцать" | "twelve" => Teen(12),
        "тринадцать" | "thirteen" => Teen(13),
        "четырнадцать" | "fourteen" => Teen(14),
        "пятнадцать" | "fifteen" => Teen(15),
        "шестнадцать" | "sixteen" => Teen(16),
        "семнадцать" | "seventeen" => Teen(17),
        "восемнадцать" | "eighteen" => Teen(18),
        "девятнадцать" | "nineteen" => Teen(19),
        "двадцать" | "twenty" => Tens(20),
        "тридцать" | "thirty" => Tens(30),
        "сорок" | "forty" | "fourty" => Tens(40),
        "пятьдесят" | "fifty" => Tens(50),
        "шестьдесят" | "sixty" => Tens(60),
        "семьдесят" | "seventy" => Tens(70),
        "восемьдесят" | "eighty" => Tens(80),
        "девяносто" | "ninety" => Tens(90),
        "сто" => Hundreds(100),
        "двести" => Hundreds(200),
        "триста" => Hundreds(300),
        "четыреста" => Hundreds(400),
        "пятьсот" => Hundreds(500),
        "шестьсот" => Hundreds(600),
        "семьсот" => Hundreds(700),
        "восемьсот" => Hundreds(800),
        "девятьсот" => Hundreds(900),
        "hundred" => TimesHundred,
        "double" | "дважды" => Repeat(2),
        "triple" | "treble" | "трижды" => Repeat(3),
        "плюс" | "plus" | "тысяча" | "тысячи" | "тысяч" | "thousand" | "дробь" | "тире"
        | "дефис" | "slash" | "dash" | "hyphen" => Silent,
        _ => return None,
    })
}

/// Whether a word may stand within a dictated number.
pub(super) fn is_numeral(word: &str) -> bool {
    numeral(word).is_some()
}

/// Whether a word by itself says that digits are meant.
pub(super) fn is_digit_word(word: &str) -> bool {
    numeral(word).is_some_and(|numeral| !matches!(numeral, Numeral::Silent | Numeral::Repeat(_)))
}

/// Digits of a dictated number, its parts one after another: «двести четыре
/// пятьдесят пять» are 204 55.
#[derive(Default)]
pub(super) struct Dictation {
    digits: String,
    open: Option<Open>,
    repeat: usize,
}

/// A number that a smaller word may still complete.
#[derive(Clone, Copy)]
struct Open {
    value: u32,
    /// Values below this one can be added.
    room: u32,
}

impl Dictation {
    pub(super) fn word(&mut self, word: &str) {
        match numeral(word) {
            Some(Numeral::Unit(value)) => self.unit(value),
            Some(Numeral::Teen(value)) => self.add(value, 0),
            Some(Numeral::Tens(value)) => self.add(value, 10),
            Some(Numeral::Hundreds(value)) => self.add(value, 100),
            Some(Numeral::TimesHundred) => self.times_hundred(),
            Some(Numeral::Repeat(times)) => {
                self.close();
                self.repeat = times;
            }
            Some(Numeral::Silent) => self.close(),
            None => {}
        }
    }

    pub(super) fn written(&mut self, digits: &str) {
        self.close();
        self.digits.push_str(digits);
    }

    pub(super) fn finish(mut self) -> String {
        self.close();
        self.digits
    }

    fn unit(&mut self, value: u32) {
        if self.repeat > 0 {
            let digit = char::from_digit(value, 10).unwrap_or('0');
            self.digits.extend(std::iter::repeat_n(digit, self.repeat));
            self.repeat = 0;
        } else if value == 0 {
            self.close();
            self.digits.push('0');
        } else {
            self.add(value, 1);
        }
    }

    fn add(&mut self, value: u32, room: u32) {
        match &mut self.open {
            Some(open) if value < open.room => *open = Open { value: open.value + value, room },
            _ => {
                self.close();
                self.open = Some(Open { value, room });
            }
        }
    }

    fn times_hundred(&mut self) {
        match &mut self.open {
            Some(open) if open.value < 10 => {
                *open = Open { value: open.value * 100, room: 100 };
            }
            // "seven hundred nine", and then "hundred": 700 900.
            Some(open) if (1..10).contains(&(open.value % 100)) => {
                let unit = open.value % 100;
                self.digits.push_str(&(open.value - unit).to_string());
                *open = Open { value: unit * 100, room: 100 };
            }
            _ => self.add(100, 100),
        }
    }

    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            self.digits.push_str(&open.value.to_string());
        }
        self.repeat = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dictated_numbers_become_digits() {
        for (told, digits) in [
            ("восемь девятьсот двенадцать триста сорок пять шестьдесят семь", "891234567"),
            ("плюс семь девятьсот три ноль ноль один", "7903001"),
            ("сто пять", "105"),
            ("double five oh one", "5501"),
            ("seven hundred nine hundred", "700900"),
            ("one forty five", "145"),
            ("triple zero twenty two", "00022"),
            ("двадцать двадцать", "2020"),
        ] {
            let mut dictation = Dictation::default();
            told.split(' ').for_each(|word| dictation.word(word));
            assert_eq!(dictation.finish(), digits, "{told}");
        }
    }
}
