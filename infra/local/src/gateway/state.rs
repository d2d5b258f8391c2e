//! The state that all handlers of the gateway share.

use std::net::SocketAddr;

use super::codes::Codes;
use super::routes::Routes;
use crate::invoke::Invoker;
use crate::issuer::Issuer;

/// The gateway's state.
pub(crate) struct Gateway {
    pub(super) routes: Routes,
    pub(super) issuer: Issuer,
    pub(super) codes: Codes,
    pub(super) invoker: Invoker,
    pub(super) address: SocketAddr,
}

impl Gateway {
    /// A gateway that listens on `address`.
    pub(crate) fn new(address: SocketAddr, routes: Routes, issuer: Issuer, invoker: Invoker) -> Gateway {
        Gateway { routes, issuer, codes: Codes::default(), invoker, address }
    }
}
