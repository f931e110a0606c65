//! The order in which the servers of a service are tried (RFC 2782): by priority, and among equals
//! by chance in proportion to their weights.

use uuid::Uuid;

use super::srv::Service;

/// Orders by chance.
pub(super) fn in_order_to_try(services: Vec<Service>) -> Vec<Service> {
    ordered(services, || Uuid::new_v4().as_u64_pair().1 >> 8)
}

/// Orders with the given source of chance.
fn ordered(mut services: Vec<Service>, mut chance: impl FnMut() -> u64) -> Vec<Service> {
    // Those of weight 0 first: they are chosen only when the draw is 0.
    services.sort_by_key(|service| (service.priority, service.weight));
    let mut order = Vec::with_capacity(services.len());
    while let Some(first) = services.first() {
        let priority = first.priority;
        let equals = services.iter().take_while(|service| service.priority == priority);
        let total: u64 = equals.map(|service| u64::from(service.weight)).sum();
        let draw = chance() % (total + 1);
        let mut sum = 0;
        let chosen = services.iter().position(|service| {
            sum += u64::from(service.weight);
            sum >= draw
        });
        order.push(services.remove(chosen.unwrap_or_default()));
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(priority: u16, weight: u16, target: &str) -> Service {
        Service { priority, weight, port: 5060, target: target.to_owned() }
    }

    fn names(order: &[Service]) -> String {
        order.iter().map(|service| service.target.as_str()).collect()
    }

    #[test]
    fn priority_comes_before_weight() {
        let services = vec![service(20, 100, "c"), service(10, 1, "a"), service(20, 0, "b")];
        assert_eq!(names(&ordered(services.clone(), || 0)), "abc");
        assert_eq!(names(&ordered(services, || 100)), "acb");
    }

    #[test]
    fn weights_are_kept_over_many_draws() {
        let services = vec![service(1, 75, "a"), service(1, 25, "b")];
        let first = |draw| names(&ordered(services.clone(), || draw)).starts_with('a');
        // Draws from 0 to 100: 0-25 the lighter, which stands first, 26-100 the heavier.
        assert_eq!((0..=100).filter(|draw| first(*draw)).count(), 75);
    }

    #[test]
    fn every_server_stays_in_the_order() {
        let services: Vec<_> = (0..9).map(|n| service(n % 3, n, "x")).collect();
        assert_eq!(in_order_to_try(services).len(), 9);
        assert!(in_order_to_try(vec![]).is_empty());
    }
}
