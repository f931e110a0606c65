//! Which case and gender a Russian number takes from the words around it.

use crate::spoken::russian::{Case, Gender};

/// The case that a preposition or a word of measure demands.
pub(super) fn case_after(word: &str) -> Option<Case> {
    Some(match word {
        "до" | "от" | "с" | "со" | "из" | "без" | "для" | "около" | "после" | "течение"
        | "более" | "менее" | "больше" | "меньше" | "свыше" | "у" | "кроме" | "вместо"
        | "раньше" | "ранее" | "позже" | "позднее" | "старше" | "младше" | "порядка" | "ближе" => {
            Case::Genitive
        }
        "к" | "ко" | "благодаря" => Case::Dative,
        "в" | "во" | "на" | "за" | "через" | "спустя" | "про" | "ждать" | "ждите" | "подождать"
        | "подождите" | "займёт" | "заняло" | "длится" => {
            Case::Accusative
        }
        "между" | "над" | "перед" | "под" => Case::Instrumental,
        "о" | "об" | "обо" | "при" => Case::Prepositional,
        _ => return None,
    })
}

/// Case and gender by the endings of the words behind the number, where the noun is not known.
pub(super) fn by_ending(number: u64, before: Option<Case>, behind: &[String]) -> (Case, Gender) {
    let adjective = behind.first().filter(|word| is_adjective(word));
    let noun = if adjective.is_some() { behind.get(1) } else { behind.first() };
    let Some(noun) = noun.or(adjective).map(String::as_str) else {
        return (before.unwrap_or(Case::Nominative), Gender::Masculine);
    };
    let one = number % 10 == 1 && number % 100 != 11;
    let case = match plural_case(noun).filter(|_| !one && noun.chars().count() > 3) {
        Some(case) => case,
        None if one
            && matches!(before, None | Some(Case::Nominative))
            && noun.ends_with(['у', 'ю']) =>
        {
            Case::Accusative
        }
        None => before.unwrap_or(Case::Nominative),
    };
    (case, gender(one, case, adjective.map(String::as_str), noun))
}

fn is_adjective(word: &str) -> bool {
    const ENDINGS: [&str; 13] =
        ["ых", "их", "ый", "ий", "ая", "яя", "ое", "ее", "ую", "ого", "ому", "ными", "ными"];
    word.chars().count() > 3 && ENDINGS.iter().any(|ending| word.ends_with(ending))
}

fn plural_case(noun: &str) -> Option<Case> {
    [
        (["ами", "ями"], Case::Instrumental),
        (["ам", "ям"], Case::Dative),
        (["ах", "ях"], Case::Prepositional),
    ]
    .into_iter()
    .find_map(|(endings, case)| endings.iter().any(|it| noun.ends_with(it)).then_some(case))
}

fn gender(one: bool, case: Case, adjective: Option<&str>, noun: &str) -> Gender {
    let ends = |word: &str, endings: &[&str]| endings.iter().any(|it| word.ends_with(it));
    if !one {
        // «Две посылки», but «два заказа».
        let feminine = ends(noun, &["ы", "и"]) && !ends(noun, &["дети", "люди"]);
        return if feminine { Gender::Feminine } else { Gender::Masculine };
    }
    if let Some(adjective) = adjective {
        return match adjective {
            it if ends(it, &["ая", "яя", "ую", "юю"]) => Gender::Feminine,
            it if ends(it, &["ое", "ее"]) => Gender::Neuter,
            _ => Gender::Masculine,
        };
    }
    match case {
        Case::Nominative | Case::Accusative if ends(noun, &["а", "я", "у", "ю"]) => {
            Gender::Feminine
        }
        Case::Nominative | Case::Accusative if ends(noun, &["о", "е"]) => Gender::Neuter,
        Case::Genitive if ends(noun, &["ы", "и"]) => Gender::Feminine,
        Case::Dative | Case::Prepositional if ends(noun, &["е", "и"]) => Gender::Feminine,
        Case::Instrumental if ends(noun, &["ой", "ей"]) => Gender::Feminine,
        _ => Gender::Masculine,
    }
}
