//! Files that are dropped, chosen or pasted, with their paths; folders are walked.

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DataTransfer, File, FileList, FileSystemDirectoryEntry, FileSystemEntry, FileSystemFileEntry,
};

/// More files than any dump has; a folder of that size was dropped by mistake.
const MOST_FILES: usize = 20_000;

/// A file and the path the reader knows it by.
pub(crate) type Named = (String, File);

/// Files of a file field.
pub(crate) fn of_list(list: &FileList) -> Vec<Named> {
    (0..list.length())
        .filter_map(|index| list.get(index))
        .map(|file| (path_of(&file), file))
        .collect()
}

/// A file chosen with its folder knows its path there.
fn path_of(file: &File) -> String {
    let relative = js_sys::Reflect::get(file, &"webkitRelativePath".into());
    let relative = relative.ok().and_then(|path| path.as_string());
    relative
        .filter(|path| !path.is_empty())
        .unwrap_or_else(|| file.name())
}

/// What a drop or a paste carries. The entries must be taken before the event is over; folders
/// are walked afterwards.
pub(crate) struct Carried {
    entries: Vec<FileSystemEntry>,
    files: Vec<Named>,
    text: Option<String>,
}

impl Carried {
    /// Takes everything out of a transfer.
    pub(crate) fn by(transfer: &DataTransfer) -> Self {
        let items = transfer.items();
        let entries: Vec<FileSystemEntry> = (0..items.length())
            .filter_map(|index| items.get(index))
            .filter_map(|item| item.webkit_get_as_entry().ok().flatten())
            .collect();
        let files = transfer
            .files()
            .map(|list| of_list(&list))
            .unwrap_or_default();
        let text = transfer
            .get_data("text")
            .ok()
            .filter(|text| !text.trim().is_empty());
        Self {
            entries,
            files,
            text,
        }
    }

    /// Every file, those of folders included; a text becomes a file of its own.
    pub(crate) async fn files(self) -> Vec<Named> {
        let mut found = Vec::new();
        let mut waiting = self.entries;
        while let Some(entry) = waiting.pop() {
            if found.len() >= MOST_FILES {
                break;
            }
            if entry.is_directory() {
                waiting.extend(children(entry.unchecked_into()).await);
            } else if let Some(file) = file_of(entry.clone().unchecked_into()).await {
                found.push((entry.full_path().trim_start_matches('/').to_owned(), file));
            }
        }
        if found.is_empty() {
            found = self.files;
        }
        if found.is_empty()
            && let Some(file) = self.text.as_deref().and_then(text_file)
        {
            found.push((file.name(), file));
        }
        // Walking ends in an order of its own; reports should not depend on it.
        found.sort_by(|one, other| one.0.cmp(&other.0));
        found
    }
}

fn text_file(text: &str) -> Option<File> {
    let name = if text.trim_start().starts_with(['{', '[']) {
        "pasted.json"
    } else {
        "pasted.yaml"
    };
    File::new_with_str_sequence(&Array::of1(&text.into()), name).ok()
}

async fn file_of(entry: FileSystemFileEntry) -> Option<File> {
    let promise = Promise::new(&mut |resolve, reject| {
        entry.file_with_callback_and_callback(&resolve, &reject);
    });
    JsFuture::from(promise).await.ok()?.dyn_into().ok()
}

/// The entries of a folder; the browser hands them out a hundred at a time.
async fn children(folder: FileSystemDirectoryEntry) -> Vec<FileSystemEntry> {
    let reader = folder.create_reader();
    let mut found = Vec::new();
    loop {
        let promise = Promise::new(&mut |resolve, reject| {
            if reader
                .read_entries_with_callback_and_callback(&resolve, &reject)
                .is_err()
            {
                let _ = reject.call0(&JsValue::NULL);
            }
        });
        let Ok(batch) = JsFuture::from(promise).await else {
            return found;
        };
        let batch: Array = batch.unchecked_into();
        if batch.length() == 0 || found.len() > MOST_FILES {
            return found;
        }
        found.extend(batch.iter().map(JsCast::unchecked_into::<FileSystemEntry>));
    }
}
