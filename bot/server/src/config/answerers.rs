//! What `[phone]` says of people and of how calls go.

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, time::Duration};

use mostik_gateway::{
    Person, Reach,
    call_flow::{Choice, Part, Script},
    outgoing::OutgoingOrder,
};
use mostik_sip::{Route, Transport};
use serde::Deserialize;

use super::{Config, Line, WrongValue, wrong};

section!(Operator {
    name: String,
    phone: String,
    number: String,
    address: String,
    trunk: String,
    hand_over: String,
    confirm: String,
    ring_seconds: u64,
});

/// The parts of a greeting by their names.
const PARTS: [(&str, Part); 9] = [
    ("last_problem", Part::LastProblem),
    ("outage", Part::Outage),
    ("welcome", Part::Welcome),
    ("closed", Part::Closed),
    ("language", Part::Language),
    ("menu", Part::Menu),
    ("zero", Part::Zero),
    ("promise", Part::Promise),
    ("after_the_tone", Part::AfterTheTone),
];

impl Config {
    /// Who answers a line, in the order in which they are rung.
    pub fn operators(&self, line: &Line) -> Result<Vec<Person>, WrongValue> {
        let named = |name: &String| {
            let known =
                self.phone.operator.iter().find(|one| one.name == *name && !name.is_empty());
            let why = || format!("there is no [[phone.operator]] named {name:?}");
            known.ok_or_else(|| wrong("phone.line.operators")(why()))
        };
        let people = line.operators.iter().map(|name| self.person(named(name)?));
        people.collect()
    }

    /// Everybody who answers callers.
    pub fn operator_names(&self) -> Vec<String> {
        let named = self.phone.operator.iter().filter(|one| !one.name.is_empty());
        named.map(|one| one.name.clone()).collect()
    }

    /// How calls to a line go.
    pub fn script(&self, line: &Line) -> Result<Arc<Script>, WrongValue> {
        let key = wrong("phone.line.greeting");
        let parts: Result<Vec<Part>, String> =
            line.greeting.iter().map(|name| part(name)).collect();
        let parts = parts.map_err(key)?;
        let menu: Result<BTreeMap<char, Choice>, String> =
            line.menu.iter().map(|entry| menu_entry(entry)).collect();
        let menu = menu.map_err(wrong("phone.line.menu"))?;
        let script = Script::new(parts, menu)
            .map_err(|error| wrong("phone.line.greeting")(error.to_string()))?;
        Ok(Arc::new(script.handed_on_at_most(line.hand_ons)))
    }

    fn person(&self, operator: &Operator) -> Result<Person, WrongValue> {
        let Operator { name, hand_over, .. } = operator;
        let reach = match hand_over.as_str() {
            "refer" => Reach::SendOn { target: target(operator)? },
            "bridge" => Reach::Ring { order: self.order(operator)?, confirm: confirms(operator)? },
            other => {
                let why = format!("{other:?} is not one of bridge, refer");
                return Err(wrong("phone.operator.hand_over")(why));
            }
        };
        Ok(Person { name: name.clone(), reach })
    }

    fn order(&self, operator: &Operator) -> Result<OutgoingOrder, WrongValue> {
        let Operator { name, phone, number, address, trunk, ring_seconds, .. } = operator;
        let given = [phone, number, address].into_iter().filter(|way| !way.is_empty()).count();
        if given != 1 {
            let why = format!("{name:?} needs one of phone, number, address, and only one");
            return Err(wrong("phone.operator")(why));
        }
        let mut order = if !phone.is_empty() {
            self.registers(phone)?;
            OutgoingOrder::phone(phone.clone())
        } else if !trunk.is_empty() {
            self.knows_trunk(trunk)?;
            let to = if number.is_empty() { address } else { number };
            OutgoingOrder::new(to.clone(), Route::Trunk(trunk.clone()))
        } else if number.is_empty() {
            OutgoingOrder::new(address.clone(), straight(address)?)
        } else {
            let why = format!("{name:?} has a number, so it needs the trunk that dials it");
            return Err(wrong("phone.operator.trunk")(why));
        };
        if !(5..=120).contains(ring_seconds) {
            return Err(wrong("phone.operator.ring_seconds")("use 5 to 120".into()));
        }
        order.ring_for = Duration::from_secs(*ring_seconds);
        Ok(order)
    }

    fn registers(&self, user: &str) -> Result<(), WrongValue> {
        let known = self.sip.phone.iter().any(|phone| phone.user == user);
        let why = || format!("there is no [[sip.phone]] with the user {user:?}");
        if known { Ok(()) } else { Err(wrong("phone.operator.phone")(why())) }
    }

    fn knows_trunk(&self, name: &str) -> Result<(), WrongValue> {
        let known = self.sip.trunk.iter().any(|trunk| trunk.name == name);
        let why = || format!("there is no [[sip.trunk]] named {name:?}");
        if known { Ok(()) } else { Err(wrong("phone.operator.trunk")(why())) }
    }
}

/// Where a PBX is asked to call.
fn target(operator: &Operator) -> Result<String, WrongValue> {
    let targets = [&operator.address, &operator.number];
    let mut given = targets.into_iter().filter(|target| !target.is_empty());
    match (given.next(), given.next()) {
        (Some(target), None) if operator.phone.is_empty() => Ok(target.clone()),
        _ => {
            let why = "hand_over = \"refer\" needs an address or a number, and nothing else";
            Err(wrong("phone.operator.hand_over")(why.to_owned()))
        }
    }
}

/// A mailbox answers a number, never a desk phone.
fn confirms(operator: &Operator) -> Result<bool, WrongValue> {
    match operator.confirm.as_str() {
        "auto" => Ok(!operator.number.is_empty()),
        "always" => Ok(true),
        "never" => Ok(false),
        other => {
            let why = format!("{other:?} is not one of auto, always, never");
            Err(wrong("phone.operator.confirm")(why))
        }
    }
}

/// An address without a trunk has to say itself where it is.
fn straight(address: &str) -> Result<Route, WrongValue> {
    let host = address.strip_prefix("sip:").and_then(|rest| rest.split_once('@')).map(|it| it.1);
    let host = host.unwrap_or_default();
    let with_port = host.parse::<SocketAddr>();
    let place = with_port.or_else(|_| host.parse().map(|ip| SocketAddr::new(ip, 5060)));
    let address = place.map_err(|_| {
        let why = format!(
            "{address:?} is not like \"sip:anna@192.0.2.7:5060\"; an address by name needs a trunk"
        );
        wrong("phone.operator.address")(why)
    })?;
    Ok(Route::Direct { transport: Transport::Udp, address })
}

fn part(name: &str) -> Result<Part, String> {
    let found = PARTS.iter().find(|(known, _)| *known == name);
    let known = || PARTS.map(|(known, _)| known).join(", ");
    found.map(|(_, part)| *part).ok_or_else(|| format!("{name:?} is not one of {}", known()))
}

/// As "1 message".
fn menu_entry(entry: &str) -> Result<(char, Choice), String> {
    let choice = |word: &str| match word {
        "message" => Some(Choice::Message),
        "person" => Some(Choice::Person),
        "again" => Some(Choice::Again),
        _ => None,
    };
    let split = entry.split_once(' ').and_then(|(key, word)| {
        let mut key = key.chars();
        Some((key.next().filter(|_| key.next().is_none())?, choice(word.trim())?))
    });
    split.ok_or_else(|| format!("{entry:?} is not like \"1 message\", \"2 person\", \"9 again\""))
}

#[cfg(test)]
mod tests {
    use super::super::load;
    use super::*;

    fn with(text: &str) -> Result<Vec<Person>, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("mostik.toml");
        std::fs::write(&file, text).expect("written");
        let config = load(Some(&file), &|_| None).map_err(|error| error.to_string())?;
        config.operators(&config.phone.line[0]).map_err(|error| error.to_string())
    }

    const PHONE: &str = "[[sip.phone]]\nuser = 'ada'\npassword = 'secret'\n";
    const TRUNK: &str = "[[sip.trunk]]\nname = 'main'\nregistrar = '192.0.2.1'\n";

    fn line(more: &str) -> String {
        format!("[[phone.line]]\nnumber = 'support'\n{more}\n")
    }

    #[test]
    fn operators_are_rung_as_they_are_configured() {
        assert!(with("").expect("valid").is_empty(), "nobody is rung by default");
        let people = with(&format!(
            "{PHONE}{TRUNK}{}[[phone.operator]]\nname = 'Ада'\nphone = 'ada'\n\
             [[phone.operator]]\nname = 'Бо'\nnumber = '+74951234567'\ntrunk = 'main'\n\
             [[phone.operator]]\nname = 'Си'\naddress = 'sip:cy@192.0.2.9:5070'\n\
             [[phone.operator]]\nname = 'Ди'\naddress = 'sip:41@pbx'\nhand_over = 'refer'\n",
            line("operators = ['Бо', 'Ада', 'Си', 'Ди']")
        ));
        let people = people.expect("valid");
        let reached: Vec<String> = people
            .iter()
            .map(|person| match &person.reach {
                Reach::Ring { order, confirm } => format!("{:?} {confirm}", order.route),
                Reach::SendOn { target } => format!("send on to {target}"),
            })
            .collect();
        assert_eq!(
            reached,
            [
                "Trunk(main) true",
                "Phone(3 chars) false",
                "Direct(udp:192.0.2.9:5070) false",
                "send on to sip:41@pbx"
            ]
        );
    }

    #[test]
    fn what_cannot_work_is_refused_at_start_with_its_reason() {
        let operator = |text: &str| {
            format!(
                "{PHONE}{TRUNK}{}[[phone.operator]]\nname = 'Ада'\n{text}\n",
                line("operators = ['Ада']")
            )
        };
        for (text, key) in [
            (line("operators = ['Ада']"), "phone.line.operators"),
            (operator(""), "phone.operator"),
            (operator("phone = 'ada'\nnumber = '+7'"), "phone.operator"),
            (operator("phone = 'bo'"), "phone.operator.phone"),
            (operator("number = '+7'"), "phone.operator.trunk"),
            (operator("number = '+7'\ntrunk = 'other'"), "phone.operator.trunk"),
            (operator("address = 'sip:a@pbx.example'"), "phone.operator.address"),
            (operator("phone = 'ada'\nring_seconds = 1"), "phone.operator.ring_seconds"),
            (operator("phone = 'ada'\nhand_over = 'refer'"), "phone.operator.hand_over"),
            (operator("phone = 'ada'\nhand_over = 'throw'"), "phone.operator.hand_over"),
            (operator("phone = 'ada'\nconfirm = 'perhaps'"), "phone.operator.confirm"),
            (line("greeting = ['hello']"), "phone.line.greeting"),
            (line("greeting = ['after_the_tone']"), "phone.line.greeting"),
            (line("menu = ['one message']"), "phone.line.menu"),
            (line("menu = ['0 message']"), "phone.line.greeting"),
            (line("longest_wait_minutes = 0"), "phone.line.longest_wait_minutes"),
        ] {
            let why = with(&text).expect_err(&text);
            assert!(why.starts_with(key), "{text}: {why}");
        }
    }

    #[test]
    fn a_flow_of_one_s_own_is_taken() {
        let flow = line(
            "greeting = ['welcome', 'menu', 'after_the_tone']\n\
             menu = ['1 person', '3 message', '* again']\nhand_ons = 1",
        );
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("mostik.toml");
        std::fs::write(&file, flow).expect("written");
        let config = load(Some(&file), &|_| None).expect("valid");
        let script = config.script(&config.phone.line[0]).expect("a flow");
        assert_eq!(script.choice('*'), Some(Choice::Again));
        assert_eq!((script.choice('2'), script.most_hand_ons), (None, 1));
    }
}
