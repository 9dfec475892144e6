// Runs a Rust test program that was compiled to Wasm. Argument: the .wasm file.
//
// The program is the ordinary test harness. Wasm without a system has no standard output and no
// exit code, but the harness runs every test, returns 0 when all pass, and traps in the first that
// fails; what that test printed is still in memory, where the harness captured it.
const fs = require("node:fs");

Error.stackTraceLimit = 100;
const program = new WebAssembly.Module(fs.readFileSync(process.argv[2]));
const imports = WebAssembly.Module.imports(program);
if (imports.length > 0) {
  console.log(`the core must import nothing, but imports ${JSON.stringify(imports)}`);
  process.exit(2);
}
const { main, memory } = new WebAssembly.Instance(program, {}).exports;
try {
  process.exit(main(0, 0));
} catch (trap) {
  const frames = trap.stack.split("\n").slice(1);
  const ours = frames.filter((line) => line.includes("13wavetank_core"));
  const shown = ours.length > 0 ? ours : frames;
  console.log([...captured(memory), trap.message, ...shown].join("\n"));
  process.exit(1);
}

// What a failed assertion printed, known by its fixed beginning: a panic's message, or the
// difference that `expect!` shows. A buffer that grew leaves older, shorter copies behind.
function captured(memory) {
  const text = Buffer.from(memory.buffer).toString("latin1");
  const begun = /thread '[^'\0]{1,40}' [^\0]{0,20}panicked at \w|error\S*: expect test failed/.source;
  const messages = text.match(new RegExp(`(?:${begun})[^\\0]+\\n`, "g")) ?? [];
  const longest = messages.sort((a, b) => b.length - a.length)[0];
  return longest ? [Buffer.from(longest, "latin1").toString("utf8")] : [];
}
