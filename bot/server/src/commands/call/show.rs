//! A call told on the terminal: how it ended, how it sounded, and its signalling.

use std::io::{self, Write};

use anyhow::{Context as _, Result, bail};
use mostik_domain::{AudioFacts, CallId, Language};
use mostik_store::CallCard;

use crate::{commands::Place, data_folder::DataFolder, wiring};

pub(super) async fn run(place: &Place, id: &str) -> Result<()> {
    let id: CallId = id.parse().with_context(|| format!("{id:?} is not like call_0123…"))?;
    let config = place.config()?;
    let data = DataFolder::open(&place.data)?;
    let stores = wiring::stores(&config, &data).await?;
    let Some(card) = stores.store.call_card(id).await? else {
        bail!("there is no call {id}");
    };
    match tell(&card, &mut io::stdout().lock()) {
        // Whoever reads has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        told => told.context("the call cannot be shown"),
    }
}

fn tell(card: &CallCard, out: &mut impl Write) -> io::Result<()> {
    let call = &card.call;
    let facts = &call.facts;
    writeln!(out, "{}  {}", call.id, call.ending(Language::English))?;
    writeln!(out, "  arrived    {}  on line {}", call.arrived_at, call.line)?;
    writeln!(out, "  caller     {}", call.caller.reveal())?;
    if let Some(milliseconds) = facts.setup_milliseconds {
        writeln!(out, "  answered   within {milliseconds} ms")?;
    }
    let seconds = call.ended_at.duration_since(call.arrived_at).as_secs();
    writeln!(out, "  lasted     {seconds} s, {} keys pressed", facts.keys)?;
    if let Some(transport) = &facts.transport {
        let trunk = facts.trunk.as_ref().map(|trunk| format!(", trunk {trunk}"));
        writeln!(out, "  came by    {transport}{}", trunk.unwrap_or_default())?;
    }
    if let Some(feedback) = card.feedback {
        writeln!(out, "  became     {feedback}")?;
    }
    if let Some(audio) = &facts.audio {
        sound(audio, call.codec.as_deref(), out)?;
    }
    for step in &facts.ladder {
        let (seconds, rest) = (step.after_milliseconds / 1000, step.after_milliseconds % 1000);
        let arrow = if step.incoming { "→" } else { "←" };
        let mut lines = step.text.lines();
        writeln!(out, "\n{seconds:>5}.{rest:03} {arrow} {}", lines.next().unwrap_or_default())?;
        for line in lines {
            writeln!(out, "            {line}")?;
        }
    }
    Ok(())
}

fn sound(audio: &AudioFacts, codec: Option<&str>, out: &mut impl Write) -> io::Result<()> {
    let known =
        |value: Option<i32>| value.map_or("silent".to_owned(), |level| format!("{level} dB"));
    writeln!(
        out,
        "  codec      {}{}",
        codec.unwrap_or("none"),
        if audio.encrypted { ", encrypted (SRTP)" } else { "" }
    )?;
    writeln!(
        out,
        "  heard      {} packets, {} lost, {}, jitter {} ms",
        audio.packets_in,
        audio.lost_in,
        known(audio.level_in),
        audio.jitter_milliseconds
    )?;
    let lost = audio.lost_out.map(|lost| format!(", {lost} lost"));
    let trip = audio.round_trip_milliseconds.map(|trip| format!(", there and back {trip} ms"));
    writeln!(
        out,
        "  said       {} packets{}, {}{}",
        audio.packets_out,
        lost.unwrap_or_default(),
        known(audio.level_out),
        trip.unwrap_or_default()
    )?;
    match audio.trouble() {
        Some(trouble) => writeln!(out, "  trouble    {}", trouble.told(Language::English)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use mostik_domain::{Call, CallFacts, LadderStep};

    use super::*;

    #[test]
    fn a_call_is_told_with_what_was_wrong() {
        let at = |text: &str| text.parse().expect("a timestamp");
        let card = CallCard {
            call: Call {
                id: "call_0199f1c2a3b47c5d8e6f0123456789ab".parse().expect("an id"),
                line: "support".into(),
                caller: "sip:anna@example.org".into(),
                language: Language::Russian,
                arrived_at: at("2026-11-03T07:00:00Z"),
                answered_at: Some(at("2026-11-03T07:00:00Z")),
                tone_at: None,
                ended_at: at("2026-11-03T07:00:12Z"),
                termination: "no_message/media_lost".into(),
                recording: None,
                codec: Some("PCMA".into()),
                facts: CallFacts {
                    transport: Some("udp".into()),
                    setup_milliseconds: Some(3),
                    audio: Some(AudioFacts { packets_out: 600, ..AudioFacts::default() }),
                    ladder: vec![LadderStep {
                        after_milliseconds: 1_207,
                        incoming: false,
                        text: "SIP/2.0 200 OK\nCSeq: 1 INVITE".into(),
                    }],
                    ..CallFacts::default()
                },
                direction: mostik_domain::Direction::Incoming,
                waited: None,
                talks: Vec::new(),
                confirmed: None,
                note: None,
            },
            feedback: None,
        };
        let mut told = Vec::new();
        tell(&card, &mut told).expect("written");
        let expected = "\
call_0199f1c2a3b47c5d8e6f0123456789ab  no sound ever came
  arrived    2026-11-03T07:00:00Z  on line support
  caller     sip:anna@example.org
  answered   within 3 ms
  lasted     12 s, 0 keys pressed
  came by    udp
  codec      PCMA
  heard      0 packets, 0 lost, silent, jitter 0 ms
  said       600 packets, silent
  trouble    No sound came from the caller: a router or firewall drops UDP to the ports of \
            sip.rtp_ports, or sip.public_address is wrong.

    1.207 ← SIP/2.0 200 OK
            CSeq: 1 INVITE
";
        assert_eq!(
            String::from_utf8(told).expect("text"),
            expected.replace("of             sip", "of sip")
        );
    }
}
