//! Reads files in the worker, piece by piece, and hands them to the core's loader.

use std::rc::Rc;

use js_sys::Uint8Array;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use wavetank_core::checked::{Issue, IssueLevel, Place};
use wavetank_core::snapshot::Loader;
use wavetank_core::trial::RunSettings;
use web_sys::{Blob, File};

use super::desk::Files;
use super::host::{Host, Job, post};
use super::parcel;
use crate::protocol::{FromWorker, Progress};

/// Bytes read from a file at once.
const PIECE_BYTES: f64 = 4_194_304.0;
/// Bytes parsed between two breaths.
const SLICE_BYTES: usize = 262_144;

/// Opens files and rehearses on what they hold.
pub(super) async fn open(
    host: &Rc<Host>,
    job: Job,
    paths: Vec<String>,
    files: Vec<File>,
    settings: RunSettings,
) {
    let mut loader = Loader::new();
    let mut unreadable = Vec::new();
    let mut scenarios = Vec::new();
    let bytes_total: f64 = files.iter().map(|file| file.size()).sum();
    let mut bytes_done = 0.0;
    for (path, file) in paths.iter().zip(&files) {
        let Some(bytes) = read(host, job, file, |n_bytes| {
            bytes_done += n_bytes;
            reading(bytes_done / 2.0, bytes_total)
        })
        .await
        else {
            return;
        };
        match bytes {
            Ok(bytes) => match parcel::scenario_of(path, &bytes) {
                Some(scenario) => scenarios.push(scenario),
                None => loader.add_file(path, bytes),
            },
            Err(error) => unreadable.push(issue(path, &error)),
        }
    }
    loop {
        let progress = loader.advance(SLICE_BYTES);
        if progress.done {
            break;
        }
        host.tell(
            job,
            Progress::Reading {
                bytes_done: u64::midpoint(progress.bytes_done, progress.bytes_total),
                bytes_total: progress.bytes_total,
                objects: progress.objects,
                issues: progress.issues,
            },
        );
        if !host.breathe(job).await {
            return;
        }
    }
    let mut loaded = loader.finish();
    loaded.issues.extend(unreadable);
    let files = Files {
        paths,
        n_bytes: bytes_total as u64,
    };
    let answer = {
        let mut desk = host.desk.borrow_mut();
        if scenarios.is_empty() {
            desk.open(job.serial, files, loaded, settings)
        } else {
            desk.open_scenarios(job.serial, scenarios, files, loaded)
        }
    };
    post(&answer);
    if let FromWorker::Fleet { settings, .. } = answer {
        host.rehearse(job, settings).await;
    }
}

/// A file's bytes; `None` when the job is no longer wanted.
async fn read(
    host: &Host,
    job: Job,
    file: &File,
    mut progress: impl FnMut(f64) -> Progress,
) -> Option<Result<Vec<u8>, JsValue>> {
    let size = file.size();
    let mut bytes = Vec::with_capacity(size as usize);
    let mut start = 0.0;
    while start < size {
        let end = (start + PIECE_BYTES).min(size);
        match piece(file, start, end).await {
            Ok(piece) => {
                let filled = bytes.len();
                bytes.resize(filled + piece.length() as usize, 0);
                piece.copy_to(&mut bytes[filled..]);
            }
            Err(error) => return Some(Err(error)),
        }
        host.tell(job, progress(end - start));
        if !host.breathe(job).await {
            return None;
        }
        start = end;
    }
    Some(Ok(bytes))
}

async fn piece(file: &Blob, start: f64, end: f64) -> Result<Uint8Array, JsValue> {
    let blob = file.slice_with_f64_and_f64(start, end)?;
    let buffer = JsFuture::from(blob.array_buffer()).await?;
    Ok(Uint8Array::new(&buffer))
}

/// Reading is half of the way, parsing the other.
fn reading(bytes_done: f64, bytes_total: f64) -> Progress {
    Progress::Reading {
        bytes_done: bytes_done as u64,
        bytes_total: bytes_total as u64,
        objects: 0,
        issues: 0,
    }
}

fn issue(path: &str, error: &JsValue) -> Issue {
    let reason = error.dyn_ref::<js_sys::Error>().map_or_else(
        || "unknown".to_owned(),
        |error| String::from(error.message()),
    );
    Issue {
        level: IssueLevel::Error,
        rule: "unreadable-file".to_owned(),
        place: Place::file(path),
        message: format!("the browser could not read it: {reason}"),
        fix: "check that it still exists and may be read, then drop it again".to_owned(),
    }
}
