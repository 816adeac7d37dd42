//! Messages over two byte streams, framed as the protocol's base says (LSP 3.17, "Base Protocol"). A peer that sends
//! garbage is answered and read on; nothing it sends costs more memory than it sends itself.

use std::{
    io::{BufRead, Read, Write},
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::Duration,
};

use lsp_server::{Message, RequestId};

/// Longest line of a header that is looked at.
const MOST_HEADER: u64 = 4096;
/// Largest message: far above the largest file that is linted.
const MOST_BODY: u64 = 256 << 20;
/// How long the last words may take when nobody reads them.
const PATIENCE: Duration = Duration::from_secs(2);

/// What came in.
#[derive(Debug)]
pub(super) enum Incoming {
    /// A message.
    Message(Message),
    /// A body that is none, and why.
    Malformed(String),
}

/// The next message of `input`, garbage before it left out; `None` at the end.
pub(super) fn read(input: &mut impl BufRead) -> Option<Incoming> {
    let size = header(input)?;
    if size > MOST_BODY {
        // The bytes are let go by, not kept.
        std::io::copy(&mut input.take(size), &mut std::io::sink()).ok()?;
        return Some(Incoming::Malformed(format!("a message of {size} bytes is too large")));
    }
    let mut body = Vec::new();
    let count = input.take(size).read_to_end(&mut body).ok()?;
    if (count as u64) < size {
        return None;
    }
    Some(match serde_json::from_slice(&body) {
        Ok(message) => Incoming::Message(message),
        Err(error) => Incoming::Malformed(format!("not a message: {error}")),
    })
}

/// Reads lines up to the end of a header that has a length, whatever stands before it.
fn header(input: &mut impl BufRead) -> Option<u64> {
    let mut size = None;
    let mut line = Vec::new();
    loop {
        line.clear();
        let count = input.by_ref().take(MOST_HEADER).read_until(b'\n', &mut line).ok()?;
        if count == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim();
        if let Some(length) = length(text) {
            size = Some(length);
        } else if let (true, Some(size)) = (text.is_empty(), size) {
            return Some(size);
        }
    }
}

/// The length that a line gives; what a broken message left in front of it does not count.
fn length(line: &str) -> Option<u64> {
    const NAME: &str = "content-length:";
    let lower = line.to_ascii_lowercase();
    let at = lower.rfind(NAME)?;
    lower[at + NAME.len()..].trim().parse().ok()
}

/// The way out: a queue that never makes its user wait, and the thread that empties it.
#[derive(Debug)]
pub(super) struct Writer {
    queue: Sender<Vec<u8>>,
    done: Receiver<()>,
}

impl Writer {
    /// Starts to write to `output`.
    pub(super) fn start(mut output: impl Write + Send + 'static) -> Self {
        let (queue, waiting) = channel::<Vec<u8>>();
        let (end, done) = channel();
        thread::spawn(move || {
            for bytes in waiting {
                // Nobody reads: there is nothing left to write, and the end of the input ends the server.
                if output.write_all(&bytes).and_then(|()| output.flush()).is_err() {
                    break;
                }
            }
            drop(end);
        });
        Self { queue, done }
    }

    /// Writes `message` after all that came before.
    pub(super) fn send(&self, message: &Message) {
        let mut bytes = Vec::new();
        // Into memory, and every message can be spelt.
        if message.write(&mut bytes).is_ok() {
            let _ = self.queue.send(bytes);
        }
    }

    /// Answers the request `id` with a result that is JSON already.
    pub(super) fn answer(&self, id: &RequestId, result: &str) {
        let id = serde_json::to_string(id).unwrap_or_default();
        self.send_body(&format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":{result}}}"));
    }

    /// Sends a notification whose parameters are JSON already.
    pub(super) fn notify(&self, method: &str, params: &str) {
        self.send_body(&format!("{{\"jsonrpc\":\"2.0\",\"method\":\"{method}\",\"params\":{params}}}"));
    }

    fn send_body(&self, body: &str) {
        let _ = self.queue.send(format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes());
    }

    /// Answers a message that could not be read, so that nobody knows which it was (JSON-RPC 2.0 §5).
    pub(super) fn refuse(&self, code: i32, words: &str) {
        let error = serde_json::json!({
            "jsonrpc": "2.0", "id": null, "error": {"code": code, "message": words},
        });
        self.send_body(&error.to_string());
    }

    /// Waits until everything is written, but not for ever: the reader may have gone to sleep.
    pub(super) fn finish(self) {
        drop(self.queue);
        let _ = self.done.recv_timeout(PATIENCE);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn framed(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    /// What is read: the method of each message, or `!` for one that is none.
    fn read_all(text: &str) -> Vec<String> {
        let mut input = Cursor::new(text.as_bytes());
        let mut all = Vec::new();
        while let Some(incoming) = read(&mut input) {
            all.push(match incoming {
                Incoming::Message(Message::Notification(it)) => it.method,
                Incoming::Message(Message::Request(it)) => it.method,
                Incoming::Message(Message::Response(_)) => "response".to_owned(),
                Incoming::Malformed(_) => "!".to_owned(),
            });
        }
        all
    }

    #[test]
    fn messages_are_found_behind_whatever_is_wrong_before_them() {
        let good = framed(r#"{"jsonrpc":"2.0","method":"a"}"#);
        for (text, expected) in [
            (good.clone(), vec!["a"]),
            (format!("{good}{good}"), vec!["a", "a"]),
            (format!("GET / HTTP/1.1\r\nHost: x\r\n\r\n{good}"), vec!["a"]),
            (format!("\u{0}\u{1}garbage without an end{good}"), vec!["a"]),
            (format!("{}{good}", framed("{]")), vec!["!", "a"]),
            (format!("{}{good}", framed("[1,2]")), vec!["!", "a"]),
            (format!("Content-Length: 5\r\n\r\n{{\"method\": 1}}{good}"), vec!["!", "a"]),
            (format!("Content-Length: -5\r\n\r\n{good}"), vec!["a"]),
            (format!("Content-Length: x\r\n\r\n{good}"), vec!["a"]),
            (format!("content-length:30\nContent-Type: y\n\n{}", &good[good.len() - 30..]), vec!["a"]),
            ("Content-Length: 99999999999999999\r\n\r\n{}".to_owned(), vec!["!"]),
            ("Content-Length: 9999999\r\n\r\n{}".to_owned(), vec![]),
            (format!("{}\r\n{good}", "x".repeat(100_000)), vec!["a"]),
            (format!("{}{good}", framed(&"[".repeat(100_000))), vec!["!", "a"]),
        ] {
            assert_eq!(read_all(&text), expected, "{}", &text[..text.len().min(80)]);
        }
    }
}
