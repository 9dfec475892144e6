//! The page: what the browser loads first.

fn main() {
    wavetank_web::page::run();
}
