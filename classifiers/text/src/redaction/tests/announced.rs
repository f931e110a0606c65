//! What a word at its side or another script makes personal.

use super::text;

#[test]
fn a_code_goes_whole() {
    for (given, expected) in [
        ("the reg is GD 55 KLO by the way", "the reg is [order] by the way"),
        ("claim i n c oh oh four eight eight one six please", "claim [order] please"),
        ("it's order c as in charlie nine nine oh four", "it's order [order]"),
        ("m for mother dot singh at mail dot com", "[email]"),
        ("at golden wok underscore plano says so", "[name] says so"),
        ("at boris underscore the third", "[name]"),
        ("write me at golden wok underscore plano", "write me at [name]"),
        ("see u/kettle_on_again, my brother", "see [name], my brother"),
        ("twitch.tv/sleepyferret, subs gone", "[name], subs gone"),
        ("договор эр а пятьсот один восемь ноль два", "договор [order]"),
        ("заказ 4417 АК, квитанция АК 4417 26", "заказ [order], квитанция [order]"),
        ("мой телефон 998 93 555 80 61 звоните", "мой телефон [phone] звоните"),
        ("собака рыжий подчёркивание кот восемьдесят", "[name]"),
        ("i log in with jtw1958 as always", "i log in with [name] as always"),
        ("Заказ 551204 НЕ пришёл", "Заказ [order] НЕ пришёл"),
        ("номер заказа 774.1.2. Верните", "номер заказа [order]. Верните"),
        ("my order number is 774.1.2, refund me", "my order number is [order], refund me"),
        ("заказ 12.03.2024 не пришёл", "заказ 12.03.2024 не пришёл"),
        ("версия 7.14.22, заказ 1.2.3", "версия 7.14.22, заказ 1.2.3"),
        ("Order 551204 NOT delivered", "Order [order] NOT delivered"),
        ("ORDER 551204 IS LATE", "ORDER [order] IS LATE"),
    ] {
        assert_eq!(text(given), expected, "{given}");
    }
}

#[test]
fn dates_of_birth_go_and_other_dates_stay() {
    for (given, expected) in [
        ("родилась 14.03.1987, доступа нет", "родилась [order], доступа нет"),
        ("I was born on 14 March 1987.", "I was born on [order]."),
        ("Дата рождения:\n14.03.1987", "Дата рождения:\n[order]"),
        ("DOB: 03/14/1987 please", "DOB: [order] please"),
        ("d.o.b. 1987-03-14", "d.o.b. [order]"),
        ("дата рождения 14.03.1978, а надо 14.03.1987", "дата рождения [order], а надо [order]"),
        ("14.03.1987 г.р.", "[order] г.р."),
        ("14 марта 1987 года рождения", "[order] года рождения"),
        ("родился ١٤.٠٣.١٩٨٧", "родился [order]"),
        ("Год рождения 1987", "Год рождения [order]"),
        ("мой день рождения 14 марта 1987 года", "мой день рождения [order]"),
    ] {
        assert_eq!(text(given), expected);
    }
    for harmless in [
        "Заказ от 14.03.1987 не пришёл",
        "Ordered on 14 March 1987",
        "Дата рождения не меняется с 14.03.2024",
        "Дата рождения неверная. 14.03.2024 я писал вам",
        "Не сохраняется дата рождения, пробовал 14.03.2024",
        "Торт на день рождения 14.03.2024 не привезли",
        "a cake for my birthday on 14 March 2024",
        "День рождения магазина 14 марта 2024",
        "мой день рождения 14 марта",
        "The idea was born on 3 March 2024",
        "Компания родилась в 1998 году",
        "The bug was born in 2024",
        "дату рождения приходится листать от 2024 года",
        "instagram: sunny beaches, 7 nights",
        "г. Рязань, 2024 год, версия 14.3.87",
        "в 1987 году рождения не регистрировали так",
        "Родился новый тариф 500 рублей",
        "born to be wild since 14.03.2024",
        "после рождения ребёнка прошло 14 дней, 3 визита",
        "место рождения не указать, ошибка 403",
        "и др. 14.03.2024",
        "Цена на 14.03.2024 была 1987 рублей в 10:30",
        "date of birth is wrong since 14.03.2024",
        "версия 1.2.1987",
    ] {
        assert_eq!(text(harmless), harmless);
    }
}

#[test]
fn digits_of_any_script_are_digits() {
    for (given, expected) in [
        ("тел. ＋７ ９１６ ２０４ ５５ ３１!", "тел. [phone]!"),
        ("call ٤١٥-٥٥٥-٠١٣٢ now", "call [phone] now"),
        ("звоните ८९१६२०४५५३१", "звоните [phone]"),
        ("тел. +7\u{200b}916\u{200b}204‐55‐31", "тел. [phone]"),
        ("card ４１１１ １１１１ １１１１ １１１１", "card [card]"),
        ("почта ivan＠example.ru", "почта [email]"),
        ("заказ №１２３４５６７", "заказ №[order]"),
    ] {
        assert_eq!(text(given), expected);
    }
    for harmless in [
        "Цена １２００ рублей",
        "ждали ３０ минут",
        "１４．０３．２０２４ в １０：３０",
        "версия ２．１４．７",
        "скидка ٢٠ процентов",
        "площадь 50 м², 3½ часа, пункт ①",
        "размер ４２ вместо ４４",
        "👩‍💻 не работает ２ дня",
        "Ⅳ квартал, № ５",
        "ＬＯＶＥ this",
        "температура −5, стало −10",
        "१२ заказов за месяц",
        "на ５０ ％ дороже",
        "５ звёзд",
    ] {
        assert_eq!(text(harmless), harmless);
    }
}

#[test]
fn cards_hidden_in_part_go_whole() {
    for (given, expected) in [
        ("карта 4276 **** **** 1234 не проходит", "карта [card] не проходит"),
        ("427612******1234", "[card]"),
        ("4276********1234", "[card]"),
        ("4276 12** **** 1234", "[card]"),
        ("**** **** **** 1234", "[card]"),
        ("с карты *1234 списали", "с карты [card] списали"),
        ("card XXXX-1234 declined", "card [card] declined"),
        ("Visa •••• 1234", "Visa [card]"),
        ("the card ending in 1234 fails", "the card ending in [card] fails"),
        ("ending in 1234 is my card", "ending in [card] is my card"),
        ("карта заканчивается на 1234", "карта заканчивается на [card]"),
        ("последние четыре цифры карты 1234", "последние четыре цифры карты [card]"),
        ("my card ends in one two three four ok", "my card ends in [card] ok"),
        ("account ending in 4321", "account ending in [order]"),
        ("со счёта *4321 сняли", "со счёта [order] сняли"),
    ] {
        assert_eq!(text(given), expected);
    }
    for harmless in [
        "**важно** 2024 год",
        "***** а не сервис",
        "экран 1920x1080, кровать 160х200",
        "1024 x 7680",
        "коробка 40x30x2000 мм",
        "сноска *2024 внизу",
        "* 1500 рублей по карте",
        "кэшбэк по карте *300 рублей*",
        "the year ending in 2023",
        "the contract ends in 1200 days",
        "акция заканчивается на 500 рублях",
        "подписка по карте заканчивается через 30 дней",
        "последние 4 заказа по карте опоздали",
        "последние цифры отчёта: 12, 14",
        "the last four months with this card were bad",
        "карта 5 раз не прошла",
        "xxx 2024 xxx",
        "картинка *2024 года*",
        "оценка 4 *** из 5",
        "card 404 error",
        "2*2=4, 10*10=100",
        "скидка по карте 10 %, код ****",
        "pack of 4 x 2500 ml",
        "WIN XX 2000",
        "Movie ends in 90 minutes",
        "Хх 1999 год",
        "карта мира 1:5000",
        "order of 12 xx 1500 pieces",
        "the last 4 digits are not shown",
        "последние 4 цифры не видны",
    ] {
        assert_eq!(text(harmless), harmless);
    }
}

#[test]
fn handles_without_a_sign_go_when_a_word_announces_them() {
    for (given, expected) in [
        ("мой ник vasya_92, доступа нет", "мой ник [name], доступа нет"),
        ("my username is bluefox and it fails", "my username is [name] and it fails"),
        ("My user name is blue-fox7.", "My user name is [name]."),
        ("логин: petrov", "логин: [name]"),
        ("ник на форуме moon.cat77", "ник на форуме [name]"),
        ("мой ник «Лисёнок» занят", "мой ник «[name]» занят"),
        ("nickname on the forum is cat77", "nickname on the forum is [name]"),
        ("logged in as anna_k, no orders", "logged in as [name], no orders"),
        ("vasya_92 is my username", "[name] is my username"),
        ("skype live:anna.k", "skype [name]"),
        ("ник masha#1234", "ник [name]"),
    ] {
        assert_eq!(text(given), expected);
    }
    for harmless in [
        "мой ник занят",
        "ник не меняется",
        "Ник: не помню",
        "логин и пароль не подходят",
        "логин через google не работает",
        "логин v2.14 сломан",
        "my username is taken",
        "my username is not accepted",
        "my username is rejected always",
        "Username: required",
        "the username field is empty",
        "login with oauth2 fails",
        "login page2 is blank",
        "telegram v10.2 crashes",
        "discord.js is slow",
        "telegram bot is silent",
        "instagram ads are expensive",
        "logged in as guest",
        "signed in as usual",
        "зарегистрирован как юрлицо",
        "никто не ответил за 3 дня",
        "handle 500 requests",
    ] {
        assert_eq!(text(harmless), harmless);
    }
}
