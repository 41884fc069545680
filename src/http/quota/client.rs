//! Whose request it is, as far as the network tells.
//!
//! The address that a connection comes from cannot be invented, what a header says can. So
//! `X-Forwarded-For` and `Forwarded` are read from the right, where the nearest proxy writes, and
//! only as long as whoever wrote an entry is trusted (`EXPOSITION_TRUSTED_PROXIES`). A proxy that
//! maintains one of the two hands on the other as its client sent it: when both are there and do
//! not agree, neither is believed and the request is the proxy's.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, header};

use crate::config::Network;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The client of a connection from `peer`; of IPv6 the network of 64 bits, which one household has.
pub(super) fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let peer = peer.to_canonical();
    let found = |name: HeaderName, read| walk(peer, &entries(headers, &name), trusted, read);
    let by_name = found(X_FORWARDED_FOR, address as Read);
    let by_standard = found(header::FORWARDED, forwarded as Read);
    let client = match (headers.contains_key(&X_FORWARDED_FOR), headers.contains_key(header::FORWARDED)) {
        _ if !is_trusted(peer, trusted) => peer,
        (true, true) if by_name != by_standard => peer,
        (true, _) => by_name,
        (false, true) => by_standard,
        (false, false) => peer,
    };
    network(client)
}

type Read = fn(&str) -> Option<IpAddr>;

/// The first address from the right that is not a trusted proxy's. What cannot be read ends the
/// walk at the proxy that handed it on.
fn walk(peer: IpAddr, entries: &[&str], trusted: &[Network], read: Read) -> IpAddr {
    let mut nearest = peer;
    for entry in entries.iter().rev() {
        if !is_trusted(nearest, trusted) {
            break;
        }
        let Some(address) = read(entry) else { break };
        nearest = address;
    }
    nearest
}

fn is_trusted(address: IpAddr, trusted: &[Network]) -> bool {
    trusted.iter().any(|network| network.contains(address))
}

/// The entries of a header, which may be repeated: one list. A value that is no text is an entry
/// that cannot be read, not one that is not there.
fn entries<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Vec<&'h str> {
    let values = headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default());
    values.flat_map(|value| value.split(',')).map(str::trim).collect()
}

/// An address, with a port or without.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse::<IpAddr>().or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip()));
    address.ok().map(|address| address.to_canonical())
}

/// The `for=` of an element of `Forwarded` (RFC 7239).
fn forwarded(element: &str) -> Option<IpAddr> {
    let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let (_, node) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    address(node.trim().trim_matches('"'))
}

fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(peer: &str, headers: &[(&'static str, &str)]) -> String {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "192.0.2.1".parse().unwrap()];
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        client(peer.parse().unwrap(), &map, &trusted).to_string()
    }

    #[test]
    fn who_is_no_proxy_cannot_name_another() {
        for headers in [[("x-forwarded-for", "198.51.100.1")], [("forwarded", "for=198.51.100.1")]] {
            assert_eq!(of("203.0.113.5", &headers), "203.0.113.5");
        }
    }

    #[test]
    fn the_list_is_read_from_the_right_as_far_as_proxies_are_trusted() {
        assert_eq!(of("10.0.0.1", &[("x-forwarded-for", "1.2.3.4, 203.0.113.5")]), "203.0.113.5");
        assert_eq!(of("10.0.0.1", &[("x-forwarded-for", "1.2.3.4, 203.0.113.5, 192.0.2.1")]), "203.0.113.5");
        let twice = [("x-forwarded-for", "1.2.3.4"), ("x-forwarded-for", "203.0.113.5")];
        assert_eq!(of("10.0.0.1", &twice), "203.0.113.5", "two headers are one list");
        assert_eq!(of("10.0.0.1", &[("x-forwarded-for", "203.0.113.5:4711")]), "203.0.113.5");
        assert_eq!(of("::ffff:10.0.0.1", &[("x-forwarded-for", "203.0.113.5")]), "203.0.113.5");
        let standard = "for=1.2.3.4, proto=https;For=\"203.0.113.5:80\"";
        assert_eq!(of("10.0.0.1", &[("forwarded", standard)]), "203.0.113.5");
        assert_eq!(of("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn what_cannot_be_read_is_counted_for_the_proxy_that_handed_it_on() {
        for text in ["unknown", "", "1.2.3.4, x", "1.2.3.4 203.0.113.5"] {
            assert_eq!(of("10.0.0.1", &[("x-forwarded-for", text)]), "10.0.0.1", "{text}");
        }
        assert_eq!(of("10.0.0.1", &[("forwarded", "for=_hidden")]), "10.0.0.1");
    }

    #[test]
    fn two_headers_that_do_not_agree_are_believed_neither() {
        let both = |standard| of("10.0.0.1", &[("x-forwarded-for", "203.0.113.5"), ("forwarded", standard)]);
        assert_eq!(both("for=203.0.113.5"), "203.0.113.5");
        assert_eq!(both("for=203.0.113.6"), "10.0.0.1");
    }

    #[test]
    fn a_household_has_one_network_of_ipv6() {
        let first = of("10.0.0.1", &[("x-forwarded-for", "2001:db8:1:2:3:4:5:6")]);
        assert_eq!(first, "2001:db8:1:2::");
        assert_eq!(first, of("10.0.0.1", &[("forwarded", "for=\"[2001:db8:1:2::9]:80\"")]));
        assert_ne!(first, of("2001:db8:1:3::9", &[]));
    }
}
