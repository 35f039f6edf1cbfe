// What a journal's file says of itself, as far as a person must know it before it is replayed. Whether it is whole is for the service to say.

/** @typedef {{model: string, spot: number, start: number, interval: number, commands: number, last: number}} Said */

/** Line by line, so that a long file needs no more memory than its lines. @param {Blob} file @param {(line: string) => void} see */
async function eachLine(file, see) {
  const reader = file.stream().pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value = "" } = await reader.read();
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(see);
    if (done) break;
  }
  if (rest) see(rest);
}

/** Nothing if it doesn't begin as a journal does. @param {Blob} file @returns {Promise<Said | undefined>} */
export async function readJournal(file) {
  let [header, newest, commands] = ["", "", 0];
  try {
    await eachLine(file, (line) => {
      if (!header) header = line;
      else if (line) newest = line;
      // Quotes within a text are written with a backslash before them.
      if (line.includes('"kind":"command"')) commands += 1;
    });
    const { market: { grid, instruments: [{ spot, model }] } } = JSON.parse(header);
    return { model: String((model.model ?? model).kind), spot: Number(spot), start: Number(grid.start_time_ms), interval: Number(grid.tick_interval_ms), commands, last: lastTick(newest) };
  } catch {
    return undefined;
  }
}

/** The last tick that a line speaks for. A torn or damaged one is the service's to judge. @param {string} line */
function lastTick(line) {
  const [, at = "0"] = /"at":(\d+)/.exec(line) ?? [];
  const [, through = at] = /"kind":"through","tick":(\d+)/.exec(line) ?? [];
  return Number(through);
}
