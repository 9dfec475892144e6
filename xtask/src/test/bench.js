// Times every workload of the probe as Wasm. Argument: the JavaScript of the probe.
const { performance } = require("node:perf_hooks");
const probe = require(require("node:path").resolve(process.argv[2]));

// Long enough for the optimising compiler to be done with the code.
const WARM_UP_MS = 500;
const MEASURE_MS = 3000;

function timesOf(index) {
  // The first time may load what later times find loaded.
  probe.run_workload(index);
  const wanted = probe.samples_of(index);
  const times = [];
  const begun = performance.now();
  while (performance.now() - begun < WARM_UP_MS + MEASURE_MS || times.length < wanted) {
    const start = performance.now();
    probe.run_workload(index);
    if (start - begun >= WARM_UP_MS) times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b);
}

const sized = [];
for (const [index, name] of probe.workloads().entries()) {
  try {
    const times = timesOf(index);
    const at = (share) => times[Math.floor((times.length - 1) * share)].toFixed(3);
    console.log(`${name}: median ${at(0.5)} ms, p95 ${at(0.95)} ms, ${times.length} runs`);
    const size = probe.size_of(index);
    if (size.length > 0) sized.push(...size, times[0] * 1e6);
  } catch (error) {
    // Memory that ends is what may happen to the largest; nothing can be asked of Wasm after it.
    console.log(`${name}: not timed as Wasm: ${error.message}`);
    break;
  }
}
console.log("\nthe model alone, Wasm under Node, best of all samples");
console.log(probe.table(Float64Array.from(sized)).trimEnd());
