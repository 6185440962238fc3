//! Whether a machine is to be found and reached at all, before Kafka is spoken: names and connections.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

/// The addresses of a host, in the system's order, each once. A number is its own address.
///
/// # Errors
/// The system's words, or that it gave no answer in time.
pub async fn resolve(host: &str, patience: Duration) -> Result<Vec<IpAddr>, String> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let looked_up = tokio::time::timeout(patience, tokio::net::lookup_host((bare, 0))).await;
    match looked_up {
        Err(_) => Err(format!("no answer within {} s", patience.as_secs_f64())),
        Ok(Err(error)) => Err(error.to_string()),
        Ok(Ok(found)) => {
            let mut addresses: Vec<IpAddr> = Vec::new();
            for address in found.map(|address| address.ip()) {
                if !addresses.contains(&address) {
                    addresses.push(address);
                }
            }
            Ok(addresses)
        }
    }
}

/// Why a connection was not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreached {
    /// The machine is there, and nothing listens on that port.
    Refused(String),
    /// Nothing answers: a wrong address, or a firewall that swallows what is sent.
    Silent,
    /// Anything else, in the system's words.
    Other(String),
}

/// Connects to one of the addresses and lets go again; how long it took.
///
/// # Errors
/// [`Unreached`], of the last address tried.
pub async fn connect(addresses: &[IpAddr], port: u16, patience: Duration) -> Result<Duration, Unreached> {
    let begun = Instant::now();
    let mut last = Unreached::Other("no address".to_owned());
    for address in addresses {
        let left = patience.saturating_sub(begun.elapsed());
        let connecting = tokio::net::TcpStream::connect(SocketAddr::new(*address, port));
        last = match tokio::time::timeout(left, connecting).await {
            Ok(Ok(_)) => return Ok(begun.elapsed()),
            Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
                Unreached::Refused(error.to_string())
            }
            Ok(Err(error)) => Unreached::Other(error.to_string()),
            Err(_) => return Err(Unreached::Silent),
        };
    }
    Err(last)
}
