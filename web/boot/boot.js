// Starts the page and its worker. A file rather than an inline script, so that the policy can
// forbid inline scripts; `cargo xtask build` fills in the names between double underscores.
import init from "./__PAGE_GLUE__";

const WORKER = new URL("./__WORKER__", import.meta.url).href;

const rules = {
  createScriptURL(url) {
    if (url !== WORKER) throw new TypeError(`not a script of this page: ${url}`);
    return url;
  },
};
const policy = globalThis.trustedTypes?.createPolicy("wavetank", rules) ?? rules;

const start = () =>
  new Worker(policy.createScriptURL(WORKER), { type: "module", name: "wavetank" });

// The first worker starts now, so that it loads while the page compiles.
// If it fails before anyone listens, it is dropped: the page starts another and hears its error.
let early = start();
early.onerror = () => (early = undefined);
globalThis.wavetankStartWorker = () => {
  const worker = early ?? start();
  early = undefined;
  return worker;
};

const wasm = new URL("./__PAGE_WASM__", import.meta.url);
init({ module_or_path: fetch(wasm, { integrity: "__PAGE_WASM_INTEGRITY__" }) }).catch((error) => {
  const notice = document.createElement("p");
  notice.setAttribute("role", "alert");
  notice.textContent = `Wavetank could not start: ${error}. Reload the page to try again.`;
  document.body.append(notice);
  reportError(error);
});
