// Prints what the probe computes as Wasm. Argument: the JavaScript of the probe.
process.stdout.write(require(require("node:path").resolve(process.argv[2])).digests());
