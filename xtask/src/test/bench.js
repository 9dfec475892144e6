// Times every workload of the probe as Wasm. Argument: the JavaScript of the probe.
const { performance } = require("node:perf_hooks");
const probe = require(require("node:path").resolve(process.argv[2]));

// Long enough for the optimising compiler to be done with the code.
const WARM_UP_MS = 500;
const MEASURE_MS = 3000;

// Of the processor, so that other programs disturb less; V8's own threads are counted in.
function processorMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function timesOf(index) {
  // The first time may load what later times find loaded.
  probe.run_workload(index);
  const wanted = probe.samples_of(index);
  const times = [];
  let best = Infinity;
  const begun = performance.now();
  while (performance.now() - begun < WARM_UP_MS + MEASURE_MS || times.length < wanted) {
    const start = performance.now();
    const used = processorMs();
    probe.run_workload(index);
    if (start - begun < WARM_UP_MS) continue;
    times.push(performance.now() - start);
    best = Math.min(best, processorMs() - used);
  }
  return { best, times: times.sort((a, b) => a - b) };
}

const sized = [];
for (const [index, name] of probe.workloads().entries()) {
  try {
    const { best, times } = timesOf(index);
    const at = (share) => times[Math.floor((times.length - 1) * share)].toFixed(3);
    console.log(`${name}: median ${at(0.5)} ms, p95 ${at(0.95)} ms, ${times.length} runs`);
    const size = probe.size_of(index);
    if (size.length > 0) sized.push(index, ...size, best * 1e6);
  } catch (error) {
    // Memory that ends is what may happen to the largest; nothing can be asked of Wasm after it.
    console.log(`${name}: not timed as Wasm: ${error.message}`);
    break;
  }
}
console.log(probe.tables(Float64Array.from(sized)).trimEnd());
