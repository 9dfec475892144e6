// Prints what the probe computes as Wasm. Arguments: the JavaScript of the probe, and scenarios.
const { readFileSync } = require("node:fs");
const [script, ...scenarios] = process.argv.slice(2);
const probe = require(require("node:path").resolve(script));
process.stdout.write(probe.digests());
for (const file of scenarios) {
  console.log(`simulate ${file}: ${probe.digest_of_scenario(readFileSync(file, "utf8"))}`);
}
