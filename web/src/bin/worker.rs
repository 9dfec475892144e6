//! The worker: the core, out of the way of the page's input.

fn main() {
    wavetank_web::worker::host::run();
}
