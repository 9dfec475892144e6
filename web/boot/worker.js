// Starts the worker. `cargo xtask build` fills in the names between double underscores.
import init from "./__WORKER_GLUE__";

const wasm = new URL("./__WORKER_WASM__", import.meta.url);
// `reportError` reaches the page as an `error` event on its `Worker`; a rejection may not.
init({ module_or_path: fetch(wasm, { integrity: "__WORKER_WASM_INTEGRITY__" }) }).catch(reportError);
