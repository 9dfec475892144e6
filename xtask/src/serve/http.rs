//! As much of HTTP/1.1 as a static site on one's own machine needs: GET and HEAD, kept alive.

use std::fmt::Write as _;
use std::io::{self, BufRead, Read, Write};

use super::headers::response_headers;
use super::site::{File, Files};

/// The longest request head that is read: no browser sends a tenth of it to a site of ours.
const HEAD_BYTES_MAX: u64 = 64 * 1024;

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    method: String,
    /// Without the query.
    pub(super) path: String,
    accepts_gzip: bool,
    pub(super) keeps_alive: bool,
}

/// Reads one request; `None` when the connection is over or what came is not HTTP.
pub(super) fn read_request(reader: &mut impl BufRead) -> io::Result<Option<Request>> {
    let mut head = reader.take(HEAD_BYTES_MAX);
    let mut line = String::new();
    head.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let (Some(method), Some(target), Some("HTTP/1.1")) = (words.next(), words.next(), words.next())
    else {
        return Ok(None);
    };
    let path = target.split('?').next().unwrap_or_default();
    let mut request = Request {
        method: method.to_owned(),
        path: path.to_owned(),
        accepts_gzip: false,
        keeps_alive: true,
    };
    loop {
        let mut line = String::new();
        if head.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let line = line.trim().to_ascii_lowercase();
        match line.split_once(':') {
            Some(("accept-encoding", value)) => request.accepts_gzip = value.contains("gzip"),
            Some(("connection", value)) => request.keeps_alive = value.trim() != "close",
            Some(_) => {}
            None if line.is_empty() => return Ok(Some(request)),
            None => return Ok(None),
        }
    }
}

/// Writes the answer to `request`; `mount` is the path below which the files lie.
pub(super) fn respond(
    request: &Request,
    mount: &str,
    files: &Files,
    writer: &mut impl Write,
) -> io::Result<()> {
    let file = request
        .path
        .strip_prefix(mount)
        .and_then(|name| files.get(if name.is_empty() { "index.html" } else { name }));
    let is_head = request.method == "HEAD";
    let (head, body) = match (request.method.as_str(), file) {
        ("GET" | "HEAD", Some(file)) => found(request, file),
        ("GET" | "HEAD", None) => refused("404 Not Found"),
        _ => refused("405 Method Not Allowed"),
    };
    writer.write_all(head.as_bytes())?;
    if !is_head {
        writer.write_all(body)?;
    }
    writer.flush()
}

fn found<'a>(request: &Request, file: &'a File) -> (String, &'a [u8]) {
    let gzips = request.accepts_gzip && file.gzipped.len() < file.bytes.len();
    let body = if gzips { &file.gzipped } else { &file.bytes };
    let mut head = head("200 OK", file.content_type, body.len());
    if gzips {
        head.push_str("Content-Encoding: gzip\r\n");
    }
    write!(
        head,
        "Vary: Accept-Encoding\r\nCache-Control: {}\r\n\r\n",
        file.cache_control
    )
    .expect("a string takes everything");
    (head, body)
}

fn refused(status: &'static str) -> (String, &'static [u8]) {
    let mut head = head(status, "text/plain; charset=utf-8", status.len());
    head.push_str("Cache-Control: no-store\r\n\r\n");
    (head, status.as_bytes())
}

/// The status line and every header that each response has.
fn head(status: &str, content_type: &str, length: usize) -> String {
    let mut head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n"
    );
    for (name, value) in response_headers() {
        write!(head, "{name}: {value}\r\n").expect("a string takes everything");
    }
    head
}
