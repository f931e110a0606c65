//! Messages as a peer of the edge reads them.

/// A message the phone received.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) start: String,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Heard {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").expect(&text);
        let mut lines = head.split("\r\n");
        let start = lines.next().unwrap().to_owned();
        let headers = lines.map(|line| {
            let (name, value) = line.split_once(':').expect(line);
            (name.trim().to_owned(), value.trim().to_owned())
        });
        Self { start, headers: headers.collect(), body: body.to_owned() }
    }

    pub(crate) fn status(&self) -> u16 {
        self.start.split(' ').nth(1).unwrap().parse().unwrap_or(0)
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.find(name).unwrap_or_else(|| panic!("no {name} in {self:?}"))
    }

    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        let mut named = self.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        named.next().map(|(_, value)| value.as_str())
    }

    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = self.headers.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str())
    }

    /// The same message with another value of one header.
    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let mut changed = self.clone();
        for header in changed.headers.iter_mut().filter(|(key, _)| key == name) {
            value.clone_into(&mut header.1);
        }
        changed
    }

    pub(crate) fn to_tag(&self) -> &str {
        self.header("To").split_once("tag=").unwrap().1
    }
}

pub(crate) fn take_message(buffer: &mut Vec<u8>) -> Option<Heard> {
    let end = buffer.windows(4).position(|at| at == b"\r\n\r\n")? + 4;
    let length: usize = Heard::read(&buffer[..end]).header("Content-Length").parse().unwrap();
    if buffer.len() < end + length {
        return None;
    }
    let rest = buffer.split_off(end + length);
    Some(Heard::read(&std::mem::replace(buffer, rest)))
}
