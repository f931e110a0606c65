//! Whom Mostik may ring, decided from what vouches for an address alone.
//!
//! Only the address that the customer's own call came from, and only by a way that somebody vouches
//! for: the carrier of a trunk, a desk phone's password, or the network itself, which had our
//! answer acknowledged. What she said, her display name and her headers decide nothing else than
//! who at that place is asked for.

use mostik_domain::{AddressKind, ReturnPath};
use mostik_gateway::CameBy;
use mostik_gateway::outgoing::{Route, Transport};

use super::number::{NoNumber, Number, is_emergency};

/// Longer names are nobody's.
const LONGEST_NAME: usize = 64;
/// Digits of an extension inside an exchange.
const LONGEST_EXTENSION: usize = 4;

/// What the company has decided about calls of ours.
#[derive(Debug, Clone, Default)]
pub struct WhomToCall {
    /// The trunks that carry our calls, the first that can takes it; none: no numbers are called.
    pub trunks: Vec<String>,
    /// Beginnings of numbers that may be called, in E.164 form, as `+7`; none: no numbers are.
    pub allowed_prefixes: Vec<String>,
    /// The country whose national numbers are written without it, as `7`.
    pub country_code: String,
    /// The user parts of our own lines: nobody calls himself.
    pub own_lines: Vec<String>,
}

/// Where a call goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Whom to ask for.
    pub to: mostik_domain::Words,
    /// Which way.
    pub route: Route,
}

/// Why somebody is not called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MayNot {
    /// She withheld her number, or wrote instead of calling.
    #[error("there is no number to call")]
    NoAddress,
    /// Nobody vouches for the address.
    #[error("nobody vouches for the number")]
    NotVouched,
    /// No trunk is configured for calls of ours.
    #[error("no trunk is configured for call-backs")]
    NoTrunk,
    /// It is none that can be called.
    #[error("{0}")]
    NoNumber(#[from] NoNumber),
    /// The company did not allow such numbers.
    #[error("the number begins with none of the allowed prefixes")]
    NotAllowed,
    /// It is a line of ours.
    #[error("it is a line of ours")]
    Ourselves,
    /// The name holds what belongs into no name.
    #[error("the address is written in a way that could lead elsewhere")]
    Crooked,
}

impl WhomToCall {
    /// Whether, and how, the customer behind this return path may be rung.
    pub fn may_call(&self, path: &ReturnPath) -> Result<Target, MayNot> {
        let ReturnPath::Reply { address, room } = path else {
            return Err(MayNot::NoAddress);
        };
        if address.kind != AddressKind::Sip {
            return Err(MayNot::NoAddress);
        }
        let way: CameBy =
            room.as_deref().and_then(|way| way.parse().ok()).ok_or(MayNot::NotVouched)?;
        let value = address.value.reveal();
        let (user, _) = value
            .strip_prefix("sip:")
            .and_then(|rest| rest.split_once('@'))
            .filter(|(_, host)| !host.contains('@'))
            .ok_or(MayNot::Crooked)?;
        match way {
            CameBy::Trunk(_) => self.by_trunk(user),
            CameBy::Phone(phone) => self.phone(&phone),
            CameBy::Direct(source) => self.direct(user, source),
        }
    }

    fn by_trunk(&self, user: &str) -> Result<Target, MayNot> {
        let number = self.number(user)?;
        if self.trunks.is_empty() {
            return Err(MayNot::NoTrunk);
        }
        let route = match self.trunks.as_slice() {
            [only] => Route::Trunk(only.clone()),
            several => Route::Trunks(several.to_vec()),
        };
        Ok(Target { to: number.as_str().into(), route })
    }

    /// A phone's name is configured; her password proved it.
    fn phone(&self, phone: &str) -> Result<Target, MayNot> {
        self.none_of_ours(phone)?;
        Ok(Target { to: phone.into(), route: Route::Phone(phone.to_owned()) })
    }

    /// What is behind that address may have a trunk of its own: names and extensions may be asked
    /// for there, and otherwise only what a trunk of ours would be asked for.
    fn direct(&self, user: &str, address: std::net::SocketAddr) -> Result<Target, MayNot> {
        self.none_of_ours(user)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        let named = user.bytes().any(|byte| byte.is_ascii_alphabetic());
        let extension = user.len() <= LONGEST_EXTENSION && user.bytes().all(|b| b.is_ascii_digit());
        if is_emergency(user) {
            return Err(NoNumber::Short.into());
        }
        let user = if named || extension {
            if user.is_empty() || user.len() > LONGEST_NAME || !user.bytes().all(plain) {
                return Err(MayNot::Crooked);
            }
            user.to_owned()
        } else {
            self.number(user)?.as_str().to_owned()
        };
        let route = Route::Direct { transport: Transport::Udp, address };
        Ok(Target { to: format!("sip:{user}@{address}").into(), route })
    }

    fn number(&self, user: &str) -> Result<Number, MayNot> {
        self.none_of_ours(user)?;
        let number = Number::read(user, &self.country_code)?;
        let own =
            |line: &String| Number::read(line, &self.country_code).is_ok_and(|line| line == number);
        if self.own_lines.iter().any(own) {
            return Err(MayNot::Ourselves);
        }
        let allowed =
            self.allowed_prefixes.iter().any(|prefix| number.as_str().starts_with(prefix));
        if allowed { Ok(number) } else { Err(MayNot::NotAllowed) }
    }

    fn none_of_ours(&self, user: &str) -> Result<(), MayNot> {
        let own = self.own_lines.iter().any(|line| line.eq_ignore_ascii_case(user));
        if own { Err(MayNot::Ourselves) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use mostik_domain::{Address, NoReturnPath};

    use super::*;

    fn rules() -> WhomToCall {
        WhomToCall {
            trunks: vec!["main".into(), "spare".into()],
            allowed_prefixes: vec!["+7".into(), "+4930".into()],
            country_code: "7".into(),
            own_lines: vec!["support".into(), "84957654321".into(), "echo".into()],
        }
    }

    fn came(value: &str, way: Option<&str>) -> ReturnPath {
        let address = Address { kind: AddressKind::Sip, value: value.into(), proved: true };
        ReturnPath::Reply { address, room: way.map(Into::into) }
    }

    /// Everything that may be tried, and what comes of it: read it before changing a rule.
    #[test]
    fn who_may_be_called() {
        let trunk = Some("trunk:main");
        let direct = Some("direct:127.0.0.1:5071");
        let phone = Some("phone:anna");
        let cases = [
            ("sip:+74951234567@carrier.example", trunk),
            ("sip:84951234567@carrier.example", trunk),
            ("sip:4951234567@carrier.example", trunk),
            ("sip:+4930123456@carrier.example", trunk),
            ("sip:+4940123456@carrier.example", trunk),
            ("sip:+12125550100@carrier.example", trunk),
            ("sip:+78091234567@carrier.example", trunk),
            ("sip:88031234567@carrier.example", trunk),
            ("sip:112@carrier.example", trunk),
            ("sip:0890@carrier.example", trunk),
            ("sip:+74957654321@carrier.example", trunk),
            ("sip:84957654321@carrier.example", trunk),
            ("sip:support@carrier.example", trunk),
            ("sip:anna@carrier.example", trunk),
            ("sip:+7495;ext=1@carrier.example", trunk),
            ("sip:+74951234567@+19005550100@carrier.example", trunk),
            ("sip:+74951234567?Route=x@carrier.example", trunk),
            ("tel:+74951234567", trunk),
            ("+74951234567", trunk),
            // The same claims without anybody who vouches for them.
            ("sip:+74951234567@carrier.example", None),
            ("sip:+74951234567@carrier.example", Some("")),
            ("sip:+74951234567@carrier.example", Some("trunk")),
            ("sip:+74951234567@carrier.example", Some("somewhere:else")),
            // A desk phone: its name counts, not what it writes.
            ("sip:anna@desk.example", phone),
            ("sip:+19005550100@desk.example", phone),
            ("sip:support@desk.example", Some("phone:support")),
            // Straight from the network.
            ("sip:anna@127.0.0.1", direct),
            ("sip:204@10.0.0.7", direct),
            ("sip:112@10.0.0.7", direct),
            ("sip:+74951234567@10.0.0.7", direct),
            ("sip:+19005550100@10.0.0.7", direct),
            ("sip:0019005550100@10.0.0.7", direct),
            ("sip:81019005550100@10.0.0.7", direct),
            ("sip:an%40na@10.0.0.7", direct),
            ("sip:anna;x=y@10.0.0.7", direct),
            ("sip:support@10.0.0.7", direct),
            ("sip:@10.0.0.7", direct),
        ];
        let mut table = String::new();
        for (value, way) in cases {
            let told = match rules().may_call(&came(value, way)) {
                Ok(target) => format!("call {} by {}", target.to.reveal(), way_of(&target.route)),
                Err(why) => format!("no: {why}"),
            };
            writeln!(table, "{value} ({}) → {told}", way.unwrap_or("nobody vouches"))
                .expect("a string");
        }
        insta::assert_snapshot!(table);
    }

    fn way_of(route: &Route) -> String {
        match route {
            Route::Phone(user) => format!("phone {user}"),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn by_default_no_number_is_called() {
        let known = came("sip:+74951234567@carrier.example", Some("trunk:main"));
        let none = WhomToCall { country_code: "7".into(), ..WhomToCall::default() };
        assert_eq!(none.may_call(&known), Err(MayNot::NotAllowed));
        let no_trunk = WhomToCall { trunks: vec![], ..rules() };
        assert_eq!(no_trunk.may_call(&known), Err(MayNot::NoTrunk));
    }

    #[test]
    fn who_has_no_number_is_not_called() {
        let page = ReturnPath::None(NoReturnPath::OwnPageOnly);
        assert_eq!(rules().may_call(&page), Err(MayNot::NoAddress));
        for kind in [AddressKind::Discord, AddressKind::Phone, AddressKind::Email] {
            let address =
                Address { kind, value: "sip:+74951234567@carrier.example".into(), proved: true };
            let path = ReturnPath::Reply { address, room: Some("trunk:main".into()) };
            assert_eq!(rules().may_call(&path), Err(MayNot::NoAddress), "{kind:?}");
        }
    }
}
