use mostik_taxonomy::Language::{English, Russian};

use crate::spoken::{phone_number, pieces, reference};

#[test]
fn codes_are_spelt_letter_by_letter() {
    assert_eq!(reference(Russian, "A7K2"), "а, семь, ка, два");
    assert_eq!(reference(English, "A7K2"), "A, seven, K, two");
    assert_eq!(reference(Russian, "wxyz-0"), "дубль вэ, икс, игрек, зет, ноль");
    assert_eq!(reference(Russian, "ЖЁЪ5"), "жэ, ё, твёрдый знак, пять");
    assert_eq!(reference(English, "—!"), "");
}

#[test]
fn phone_numbers_are_said_in_groups() {
    let written = "+7 (495) 123-45-07";
    assert_eq!(
        phone_number(Russian, written),
        "плюс семь, четыреста девяносто пять, сто двадцать три, сорок пять, ноль семь"
    );
    assert_eq!(
        phone_number(English, written),
        "plus seven, four nine five, one two three, four five, zero seven"
    );
    assert_eq!(
        phone_number(Russian, "88005553500"),
        "восемь, восемьсот, пятьсот пятьдесят пять, тридцать пять, ноль ноль"
    );
    assert_eq!(
        phone_number(English, "+1 555 0100"),
        "plus one, five five five, zero one zero zero"
    );
    assert_eq!(phone_number(Russian, ""), "");
}

#[test]
fn long_texts_are_cut_where_one_breathes() {
    let text = "Первое предложение. Второе, с запятой! Третье?";
    assert_eq!(pieces(text, 30), ["Первое предложение.", "Второе, с запятой! Третье?"]);
    assert_eq!(pieces(text, 19), ["Первое предложение.", "Второе, с запятой!", "Третье?"]);
    assert_eq!(pieces("Второе, с запятой и без", 12), ["Второе,", "с запятой и", "без"]);
    assert_eq!(pieces("длинное", 3), ["дли", "нно", "е"]);
    assert_eq!(pieces("", 10), Vec::<String>::new());
    assert_eq!(pieces(" да ", 0), ["д", "а"]);
}
