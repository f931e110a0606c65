//! What is known of a caller from the signalling alone.

use mostik_domain::{Address, AddressKind, NoReturnPath, ReturnPath, Words};
use mostik_gateway::{Caller, CameBy};

/// Longer user or host parts are no address of anybody (RFC 3261 sets no limit; E.164 has 15 digits).
const LONGEST_PART: usize = 255;

/// The address of record without parameters, or none when the caller withheld it (RFC 3323).
///
/// Nobody vouches for a From header: it is what the phone claims. So the address serves to
/// recognise a customer and to offer a call back, but is not proved.
pub(super) fn address_of(caller: &Caller) -> Option<Address> {
    let user = without_parameters(&caller.user);
    let host = without_parameters(&caller.host).to_lowercase();
    if is_withheld(user, &host) || !is_plain(user) || !is_plain(&host) {
        return None;
    }
    Some(Address {
        kind: AddressKind::Sip,
        value: Words::new(format!("sip:{user}@{host}")),
        proved: false,
    })
}

/// The way she came is kept beside the address: it says who vouches for it, and so whether Mostik
/// itself may call there.
pub(super) fn return_path(address: Option<&Address>, came_by: Option<&CameBy>) -> ReturnPath {
    address.map_or(ReturnPath::None(NoReturnPath::AnonymousCaller), |address| ReturnPath::Reply {
        address: address.clone(),
        room: came_by.map(ToString::to_string),
    })
}

fn without_parameters(part: &str) -> &str {
    part.split([';', '?']).next().unwrap_or_default().trim()
}

/// RFC 3323 section 4.1.1.3 asks for `anonymous@anonymous.invalid`; exchanges write other things.
fn is_withheld(user: &str, host: &str) -> bool {
    const NOBODY: [&str; 7] =
        ["", "anonymous", "restricted", "unavailable", "unknown", "private", "withheld"];
    NOBODY.contains(&user.to_lowercase().as_str())
        || host == "anonymous.invalid"
        || host.ends_with(".anonymous.invalid")
}

fn is_plain(part: &str) -> bool {
    !part.is_empty()
        && part.len() <= LONGEST_PART
        && part.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"<>\"@".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(user: &str, host: &str) -> Caller {
        Caller {
            uri: format!("sip:{user}@{host}"),
            user: user.into(),
            host: host.into(),
            display_name: None,
        }
    }

    #[test]
    fn a_caller_is_known_by_user_and_host() {
        let address = address_of(&caller("+74951234567;isub=1", "Example.NET;user=phone"))
            .expect("a plain address");
        assert_eq!(address.value.reveal(), "sip:+74951234567@example.net");
        assert!(!address.proved, "a From header proves nothing");
        let nobody = ReturnPath::Reply { address: address.clone(), room: None };
        assert_eq!(return_path(Some(&address), None), nobody);
        let trunk = ReturnPath::Reply { address: address.clone(), room: Some("trunk:main".into()) };
        assert_eq!(return_path(Some(&address), Some(&CameBy::Trunk("main".into()))), trunk);
    }

    #[test]
    fn withheld_and_hostile_addresses_are_none() {
        let cases = [
            ("", "example.net"),
            ("anonymous", "10.0.0.1"),
            ("Anonymous", "anonymous.invalid"),
            ("9991", "anonymous.invalid"),
            ("Restricted", "example.net"),
            ("a b", "example.net"),
            ("a\r\nVia: x", "example.net"),
            ("<script>", "example.net"),
            ("alice", ""),
            (&"9".repeat(100_000), "example.net"),
        ];
        for (user, host) in cases {
            assert_eq!(address_of(&caller(user, host)), None, "{user:.20} at {host}");
        }
        assert_eq!(return_path(None, None), ReturnPath::None(NoReturnPath::AnonymousCaller));
    }
}
