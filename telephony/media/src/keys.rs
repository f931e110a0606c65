//! Telephone keys inside RTP (RFC 4733 section 2).

/// Keys by event code: RFC 4733 section 3.2, table 3.
const KEYS: &[u8; 16] = b"0123456789*#ABCD";
/// RFC 4733 section 2.5.1.3: a press longer than the duration field is sent in segments of this.
const LONGEST_SEGMENT: u32 = 0xffff;

/// Turns event packets into key presses, each reported once.
///
/// A press is sent in many packets with one timestamp, its end three times. It is reported at the
/// first packet that arrives, so losing any of the others (the end included) changes nothing.
#[derive(Debug, Default)]
pub(crate) struct KeyDecoder {
    last: Option<Press>,
}

#[derive(Debug, Clone, Copy)]
struct Press {
    timestamp: u32,
    event: u8,
}

impl KeyDecoder {
    /// Takes the payload of one event packet. `marker` begins a press; `timestamp` names it.
    pub(crate) fn push(&mut self, timestamp: u32, marker: bool, payload: &[u8]) -> Option<char> {
        let [event, _flags, _duration_high, _duration_low, ..] = *payload else { return None };
        let key = char::from(*KEYS.get(usize::from(event))?);
        if let Some(last) = self.last {
            let later = timestamp.wrapping_sub(last.timestamp);
            let repeated_or_stale = later == 0 || later > u32::MAX / 2;
            if repeated_or_stale {
                return None;
            }
            if later == LONGEST_SEGMENT && event == last.event && !marker {
                self.last = Some(Press { timestamp, event });
                return None;
            }
        }
        self.last = Some(Press { timestamp, event });
        Some(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(event: u8, end: bool, duration: u16) -> [u8; 4] {
        let [high, low] = duration.to_be_bytes();
        [event, if end { 0x8a } else { 0x0a }, high, low]
    }

    /// A press as phones send it: growing durations, the end three times.
    fn press(decoder: &mut KeyDecoder, timestamp: u32, event: u8) -> Vec<char> {
        [(false, 160), (false, 320), (true, 480), (true, 480), (true, 480)]
            .into_iter()
            .enumerate()
            .filter_map(|(index, (end, duration))| {
                decoder.push(timestamp, index == 0, &payload(event, end, duration))
            })
            .collect()
    }

    #[test]
    fn a_press_counts_once() {
        let mut decoder = KeyDecoder::default();
        let keys: Vec<char> = [(1000, 1), (3000, 1), (5000, 11), (7000, 10), (9000, 15)]
            .into_iter()
            .flat_map(|(timestamp, event)| press(&mut decoder, timestamp, event))
            .collect();
        assert_eq!(keys, ['1', '1', '#', '*', 'D']);
    }

    #[test]
    fn one_surviving_packet_is_enough() {
        let mut decoder = KeyDecoder::default();
        assert_eq!(decoder.push(1000, false, &payload(11, true, 480)), Some('#'));
    }

    #[test]
    fn a_straggler_of_an_older_press_is_ignored() {
        let mut decoder = KeyDecoder::default();
        press(&mut decoder, u32::MAX - 100, 1);
        assert_eq!(press(&mut decoder, 900, 2), ['2']);
        assert_eq!(decoder.push(u32::MAX - 100, false, &payload(1, true, 480)), None);
    }

    #[test]
    fn a_very_long_press_is_one_key() {
        let mut decoder = KeyDecoder::default();
        assert_eq!(decoder.push(1000, true, &payload(5, false, 0xffff)), Some('5'));
        assert_eq!(decoder.push(1000 + 0xffff, false, &payload(5, true, 800)), None);
    }

    #[test]
    fn what_is_not_a_key_is_ignored() {
        let mut decoder = KeyDecoder::default();
        assert_eq!(decoder.push(1, true, &payload(16, true, 480)), None);
        assert_eq!(decoder.push(1, true, &[1, 0, 0]), None);
        assert_eq!(decoder.push(1, true, &[]), None);
    }
}
