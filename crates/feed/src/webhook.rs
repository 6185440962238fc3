//! One message to an address of the lab's own: a webhook. It goes out to a host that a person named, and nothing comes back.

use std::time::Duration;

/// For the whole of a call: name, connection, answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a webhook cannot be called. No reason names the address: it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// The address is none that may be called.
    #[error("a webhook's address begins with https://, or with http:// for this machine")]
    Address,
    /// It answered that it does not want the message.
    #[error("the webhook answered {0}")]
    Answer(u16),
    /// It did not answer.
    #[error("the webhook {0}")]
    Unreachable(&'static str),
}

/// Whether an address may be called: `https://` anywhere, `http://` on this machine only.
#[must_use]
pub fn is_address(url: &str) -> bool {
    let is_plain = |text: &str| !text.chars().any(|c| c.is_control() || c.is_whitespace());
    if !is_plain(url) || url.len() > 2000 {
        return false;
    }
    let host_of = |rest: &str| rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned();
    if let Some(rest) = url.strip_prefix("https://") {
        let host = host_of(rest);
        return !host.is_empty() && !host.contains('@');
    }
    let Some(rest) = url.strip_prefix("http://") else { return false };
    let host = host_of(rest);
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.chars().all(|c| c.is_ascii_digit()) => name,
        _ => host.as_str(),
    };
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

/// Posts JSON, once; redirects are not followed. Blocks for at most ten seconds.
///
/// # Errors
/// [`WebhookError`].
pub fn post(url: &str, json: &str) -> Result<(), WebhookError> {
    if !is_address(url) {
        return Err(WebhookError::Address);
    }
    let config = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).max_redirects(0).proxy(None).build();
    let agent = ureq::Agent::new_with_config(config);
    let sent = agent.post(url).header("content-type", "application/json").send(json);
    match sent {
        // A redirect is an answer too, and the message did not arrive.
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) => Err(WebhookError::Answer(answer.status().as_u16())),
        Err(ureq::Error::StatusCode(code)) => Err(WebhookError::Answer(code)),
        Err(ureq::Error::Timeout(_)) => Err(WebhookError::Unreachable("did not answer within 10 s")),
        Err(ureq::Error::HostNotFound) => Err(WebhookError::Unreachable("cannot be reached: its name is not known")),
        Err(ureq::Error::Tls(_) | ureq::Error::Rustls(_)) => {
            Err(WebhookError::Unreachable("cannot be trusted: its certificate is not valid here"))
        }
        Err(_) => Err(WebhookError::Unreachable("cannot be reached")),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn only_secure_addresses_and_this_machine_are_called() {
        for url in ["https://hooks.example/T0/B0", "http://127.0.0.1:8080/x", "http://localhost/", "http://[::1]:9/x"] {
            assert!(is_address(url), "{url}");
        }
        for url in [
            "http://hooks.example/x",
            "http://127.0.0.1.evil.example/",
            "https://me:secret@host/",
            "https://",
            "ftp://x/",
            "https://a b/",
            "http://localhost:80@evil.example/",
        ] {
            assert!(!is_address(url), "{url}");
            assert_eq!(post(url, "{}"), Err(WebhookError::Address));
        }
    }

    #[test]
    fn a_message_arrives_and_what_is_wrong_names_no_address() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook/secret", listener.local_addr().unwrap());
        let answers = ["200 OK", "500 Oh", "302 Found\r\nlocation: http://example.invalid/"];
        let server = std::thread::spawn(move || {
            answers.map(|answer| {
                let (mut stream, _) = listener.accept().unwrap();
                let mut heard = [0; 4096];
                let mut n = 0;
                while !String::from_utf8_lossy(&heard[..n]).contains("{\"a\":1}") {
                    n += stream.read(&mut heard[n..]).unwrap();
                }
                let head = format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                stream.write_all(head.as_bytes()).unwrap();
                String::from_utf8_lossy(&heard[..n]).into_owned()
            })
        });
        assert_eq!(post(&url, "{\"a\":1}"), Ok(()));
        for code in [500, 302] {
            let error = post(&url, "{\"a\":1}").unwrap_err();
            assert_eq!(error, WebhookError::Answer(code));
            assert!(!error.to_string().contains("secret"));
        }
        let heard = server.join().unwrap();
        assert!(heard[0].starts_with("POST /hook/secret") && heard[0].contains("application/json"), "{}", heard[0]);
        let closed = post(&url, "{}").unwrap_err();
        assert!(matches!(closed, WebhookError::Unreachable(_)) && !closed.to_string().contains("secret"), "{closed}");
    }
}
