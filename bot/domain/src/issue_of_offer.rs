//! What the management reads of an offer of cooperation (checklist #152).

use mostik_taxonomy::Language;

use crate::{issue::Facts, issue::quotes, wall_clock};

/// What an offer is called in a title.
pub(crate) const fn name(language: Language) -> &'static str {
    match language {
        Language::Russian => "Предложение о сотрудничестве",
        Language::English => "Offer of cooperation",
    }
}

/// The body without its marker.
pub(crate) fn body(facts: &Facts<'_>) -> String {
    let language = facts.language;
    let came = wall_clock::date(language, facts.first_and_last.1);
    let promise = facts.promised_until.map(|until| wall_clock::date_and_time(language, until));
    match language {
        Language::Russian => format!(
            "### Что предлагают\n\n{}\n\
             Пришло: {came}.\n\n\
             ### Что обещано\n\n{}\n\n\
             ### Что дальше\n\n\
             Контакты и переписка на странице ниже; ответить можно оттуда.\n\
             Закрыто как выполненное: автор узнает, что предложение рассмотрено.\nЗакрыто как «не \
             планируется»: автор узнает, что сейчас его не примут; ваш последний комментарий перед \
             этим он увидит как причину.\n\n\
             [Предложение и переписка]({})\n",
            quotes(facts),
            promise.map_or_else(
                || "Сейчас ни один срок ответа не истекает.".to_owned(),
                |until| format!("Ответить автору: до {until}.")
            ),
            facts.desk_page,
        ),
        Language::English => format!(
            "### What is offered\n\n{}\n\
             Came on {came}.\n\n\
             ### What was promised\n\n{}\n\n\
             ### What happens next\n\n\
             Contacts and correspondence are on the page below; you can answer from there.\n\
             Closed as completed: whoever offers hears that it was considered.\nClosed as not \
             planned: whoever offers hears that it is not taken up for now; your last comment \
             before that is given as the reason.\n\n\
             [The offer and its correspondence]({})\n",
            quotes(facts),
            promise.map_or_else(
                || "No answer is due right now.".to_owned(),
                |until| format!("Answer to be given by {until}.")
            ),
            facts.desk_page,
        ),
    }
}
