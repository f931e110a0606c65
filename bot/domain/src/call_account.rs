//! A call told to a person: how it ended, and what was wrong with its sound.

use mostik_taxonomy::Language;

use crate::{AudioFacts, Call};

/// Lost packets from this many in a thousand on are heard.
const AUDIBLE_LOSS: u64 = 20;
/// Arrival times that vary by more than this are heard (ITU-T G.114 asks for less).
const AUDIBLE_JITTER_MILLISECONDS: u64 = 60;
/// Shorter calls have had no time to be heard.
const ENOUGH_PACKETS: u64 = 100;

/// Something that was wrong with a call's sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SoundTrouble {
    /// Nothing came from the caller, though we sent.
    NothingHeard,
    /// Packets came, and all of them were silence.
    OnlySilence,
    /// Many packets were lost on their way to us.
    LostIn,
    /// Many packets were lost on their way to the caller.
    LostOut,
    /// Packets came very unevenly.
    Uneven,
}

impl AudioFacts {
    /// What was wrong, the worst first.
    pub fn trouble(&self) -> Option<SoundTrouble> {
        let many = |lost: u64, of: u64| {
            of >= ENOUGH_PACKETS && lost.saturating_mul(1000) >= of.saturating_mul(AUDIBLE_LOSS)
        };
        if self.packets_in == 0 && self.packets_out >= ENOUGH_PACKETS {
            Some(SoundTrouble::NothingHeard)
        } else if self.packets_in >= ENOUGH_PACKETS && self.level_in.is_none() {
            Some(SoundTrouble::OnlySilence)
        } else if many(self.lost_in, self.packets_in + self.lost_in) {
            Some(SoundTrouble::LostIn)
        } else if many(self.lost_out.unwrap_or_default(), self.packets_out) {
            Some(SoundTrouble::LostOut)
        } else if self.jitter_milliseconds >= AUDIBLE_JITTER_MILLISECONDS {
            Some(SoundTrouble::Uneven)
        } else {
            None
        }
    }
}

impl SoundTrouble {
    /// What it means, and what to do.
    pub const fn told(self, language: Language) -> &'static str {
        let (russian, english) = match self {
            Self::NothingHeard => (
                "Звук от звонившего не пришёл: маршрутизатор или брандмауэр не пропускает UDP на порты sip.rtp_ports, или неверен sip.public_address.",
                "No sound came from the caller: a router or firewall drops UDP to the ports of sip.rtp_ports, or sip.public_address is wrong.",
            ),
            Self::OnlySilence => (
                "От звонившего приходила только тишина: микрофон выключен, или звук теряется до нас.",
                "Only silence came from the caller: the microphone is off, or the sound is lost before it reaches us.",
            ),
            Self::LostIn => (
                "Много звука потеряно на пути к нам: сеть перегружена. Выделите голосу приоритет (DSCP EF).",
                "Much of the sound was lost on its way to us: the network is overloaded. Give voice priority (DSCP EF).",
            ),
            Self::LostOut => (
                "Много звука потеряно на пути к звонившему: сеть на его стороне или у оператора связи перегружена.",
                "Much of the sound was lost on its way to the caller: the network on that side, or the carrier's, is overloaded.",
            ),
            Self::Uneven => (
                "Звук приходил очень неровно: сеть перегружена или это Wi-Fi. Голос мог прерываться.",
                "The sound arrived very unevenly: the network is overloaded, or it is Wi-Fi. The voice may have been choppy.",
            ),
        };
        match language {
            Language::Russian => russian,
            Language::English => english,
        }
    }
}

impl Call {
    /// How it ended, as a person says it. A way that is not known here is told as it is stored.
    pub fn ending(&self, language: Language) -> &str {
        match (ending(&self.termination), language) {
            (Some((russian, _)), Language::Russian) => russian,
            (Some((_, english)), Language::English) => english,
            (None, _) => &self.termination,
        }
    }
}

/// The words for what the gateway calls `result/reason`.
fn ending(termination: &str) -> Option<(&'static str, &'static str)> {
    let (result, reason) = termination.split_once('/')?;
    match result {
        "message_left" => message_left(reason),
        "no_message" => no_message(reason),
        "not_answered" => not_answered(reason),
        _ => None,
    }
}

fn message_left(reason: &str) -> Option<(&'static str, &'static str)> {
    Some(match reason {
        "pound" => ("сообщение оставлено, нажата #", "message left, ended with #"),
        "silence" => ("сообщение оставлено, затем тишина", "message left, then silence"),
        "limit" => ("сообщение наибольшей длины", "message of the longest length"),
        "caller_hung_up" => {
            ("сообщение оставлено, звонивший положил трубку", "message left, the caller hung up")
        }
        "media_lost" => {
            ("сообщение оборвалось: звук пропал", "message cut off: the sound was lost")
        }
        "trunk_error" => {
            ("сообщение оборвалось: связь прервалась", "message cut off: the connection broke")
        }
        "recorder_failed" => (
            "сообщение оборвалось: запись не удалась",
            "message cut off: it could not be recorded on",
        ),
        "shutdown" => (
            "сообщение оборвалось: Mostik останавливали",
            "message cut off: Mostik was being stopped",
        ),
        "interrupted" => (
            "сообщение оборвалось: Mostik внезапно остановился",
            "message cut off: Mostik stopped suddenly",
        ),
        _ => return None,
    })
}

fn no_message(reason: &str) -> Option<(&'static str, &'static str)> {
    Some(match reason {
        "hung_up_before_tone" => ("положил трубку до сигнала", "hung up before the tone"),
        "hung_up_after_tone" => ("положил трубку, ничего не сказав", "hung up without a word"),
        "nothing_said" => ("остался на линии, но ничего не сказал", "stayed, but said nothing"),
        "media_lost" => ("звук так и не пришёл", "no sound ever came"),
        "trunk_error" => ("связь прервалась", "the connection broke"),
        "recorder_failed" => ("запись не удалась", "it could not be recorded"),
        "limit" => ("звонок длился слишком долго", "the call lasted too long"),
        "shutdown" => ("Mostik останавливали", "Mostik was being stopped"),
        "interrupted" => ("Mostik внезапно остановился", "Mostik stopped suddenly"),
        "told" => ("мы рассказали новости", "we told the news"),
        "mailbox" => ("ответил автоответчик", "a voice mailbox answered"),
        "echo_test" => ("проверка линии", "a test of the line"),
        "studio" => ("запись фраз линии", "a visit to the studio"),
        _ => return None,
    })
}

fn not_answered(reason: &str) -> Option<(&'static str, &'static str)> {
    Some(match reason {
        "caller_gave_up" => ("положил трубку до ответа", "hung up before it was answered"),
        "unknown_line" => {
            ("отказ: такого номера здесь нет", "refused: nobody has that number here")
        }
        "declined" => ("отказ: звонок отклонён", "refused: the call was declined"),
        "unavailable" => ("отказ: временно недоступно", "refused: temporarily unavailable"),
        "no_ports" => (
            "отказ: кончились порты для звука (sip.rtp_ports)",
            "refused: out of ports for audio (sip.rtp_ports)",
        ),
        "bad_description" => (
            "отказ: телефон описал звук непонятно",
            "refused: the phone's description of its audio makes no sense",
        ),
        "no_common_audio" => ("отказ: нет общего кодека", "refused: no audio codec in common"),
        "encryption" => (
            "отказ: не сошлись в шифровании звука",
            "refused: no agreement on encrypting the audio",
        ),
        "busy" => ("номер занят", "the line was busy"),
        "nobody_there" => ("никто не ответил", "nobody answered"),
        "not_carried" => ("оператор связи не принял звонок", "the carrier did not take the call"),
        "not_acknowledged" => {
            ("телефон не подтвердил наш ответ", "the phone never confirmed our answer")
        }
        "shutdown" => ("Mostik останавливали", "Mostik was being stopped"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_of_a_bad_sound_is_told() {
        let good = AudioFacts {
            packets_in: 500,
            packets_out: 500,
            level_in: Some(-20),
            ..AudioFacts::default()
        };
        assert_eq!(good.trouble(), None);
        let trouble = |change: fn(&mut AudioFacts)| {
            let mut facts = good.clone();
            change(&mut facts);
            facts.trouble()
        };
        assert_eq!(trouble(|it| it.packets_in = 0), Some(SoundTrouble::NothingHeard));
        assert_eq!(trouble(|it| it.level_in = None), Some(SoundTrouble::OnlySilence));
        assert_eq!(trouble(|it| it.lost_in = 20), Some(SoundTrouble::LostIn));
        assert_eq!(trouble(|it| it.lost_out = Some(10)), Some(SoundTrouble::LostOut));
        assert_eq!(trouble(|it| it.jitter_milliseconds = 80), Some(SoundTrouble::Uneven));
        assert_eq!(AudioFacts::default().trouble(), None, "a call that ended at once");
    }
}
