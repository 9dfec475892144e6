//! The server as a browser meets it: over a socket, byte by byte.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::thread;

use xtask::serve::{Server, response_headers};

/// A folder of two files beside a secret, below cargo's own temporary folder.
fn site(name: &str) -> io::Result<PathBuf> {
    let outer = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let folder = outer.join("site");
    fs::create_dir_all(folder.join("inner"))?;
    fs::write(outer.join("secret.txt"), "secret")?;
    fs::write(folder.join("inner/secret.txt"), "secret")?;
    fs::write(folder.join("index.html"), "<!doctype html>".repeat(50))?;
    fs::write(folder.join("page-0123456789abcdef.wasm"), b"\0asm")?;
    Ok(folder)
}

fn start(name: &str, mount: &str) -> Server {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    let folder = site(name).expect("the temporary folder can be written");
    Server::start(listener, &folder, mount).expect("the folder can be served")
}

/// Connects to the server.
fn connect(server: &Server) -> TcpStream {
    let url = server.url();
    let address = url.trim_start_matches("http://").split('/').next();
    TcpStream::connect(address.expect("a URL has a host")).expect("the server accepts")
}

/// Sends one request as written and returns everything that comes back.
fn ask(server: &Server, request: &str) -> String {
    let mut stream = connect(server);
    let mut answer = Vec::new();
    // A connection that the server resets has been answered with what came before.
    let _ = write!(stream, "{request}\r\nConnection: close\r\n\r\n");
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn every_response_carries_every_header() {
    let server = start("headers", "/");
    let requests = [
        "GET / HTTP/1.1",
        "GET /page-0123456789abcdef.wasm HTTP/1.1",
        "GET /missing HTTP/1.1",
        "POST / HTTP/1.1",
    ];
    for request in requests {
        let answer = ask(&server, request);
        for (name, value) in response_headers() {
            assert!(
                answer.contains(&format!("\r\n{name}: {value}\r\n")),
                "{request}: {name}"
            );
        }
    }
}

#[test]
fn wasm_is_served_as_wasm_and_kept_for_ever() {
    let answer = ask(
        &start("wasm", "/"),
        "GET /page-0123456789abcdef.wasm HTTP/1.1",
    );
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\nContent-Type: application/wasm\r\n"));
    assert!(answer.contains("\r\nCache-Control: public, max-age=31536000, immutable\r\n"));
    assert!(answer.ends_with("\r\n\r\n\0asm"));
}

#[test]
fn the_page_is_compressed_for_who_can_read_it() {
    let server = start("gzip", "/");
    let plain = ask(&server, "GET / HTTP/1.1");
    assert!(plain.ends_with("<!doctype html>") && !plain.contains("Content-Encoding"));
    let gzipped = ask(
        &server,
        "GET /index.html HTTP/1.1\r\nAccept-Encoding: br, gzip",
    );
    assert!(gzipped.contains("\r\nContent-Encoding: gzip\r\n"));
    assert!(gzipped.len() < plain.len());
}

#[test]
fn nothing_outside_the_folder_is_served() {
    let server = start("traversal", "/");
    let paths = [
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/..\\secret.txt",
        "//../secret.txt",
        "/./../secret.txt",
        "/inner/../../secret.txt",
        "/inner/secret.txt",
        "/inner",
        "../secret.txt",
        "secret.txt",
    ];
    for path in paths {
        let answer = ask(&server, &format!("GET {path} HTTP/1.1"));
        assert!(answer.starts_with("HTTP/1.1 404 "), "{path}: {answer}");
        assert!(!answer.contains("secret"), "{path}: {answer}");
    }
}

#[test]
fn a_site_below_a_path_is_served_there_only() {
    let server = start("mount", "/some/where/");
    assert!(server.url().ends_with("/some/where/"));
    assert!(ask(&server, "GET /some/where/ HTTP/1.1").starts_with("HTTP/1.1 200 "));
    assert!(ask(&server, "GET / HTTP/1.1").starts_with("HTTP/1.1 404 "));
}

#[test]
fn a_head_request_has_the_length_and_no_body() {
    let answer = ask(&start("head", "/"), "HEAD / HTTP/1.1");
    assert!(answer.contains("\r\nContent-Length: 750\r\n") && answer.ends_with("\r\n\r\n"));
}

#[test]
fn a_client_that_says_nothing_delays_nobody() {
    let server = start("silent", "/");
    let _silent: Vec<TcpStream> = (0..20).map(|_| connect(&server)).collect();
    thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| {
                assert!(ask(&server, "GET / HTTP/1.1").starts_with("HTTP/1.1 200 "));
            });
        }
    });
}

#[test]
fn what_is_not_http_is_not_answered() {
    let server = start("garbage", "/");
    assert_eq!(ask(&server, "\u{0}\u{1}\u{2}"), "");
    assert_eq!(
        ask(&server, &format!("GET /{} HTTP/1.1", "a".repeat(100_000))),
        ""
    );
}
