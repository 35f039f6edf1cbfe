// Work that follows the stream is done at most thirty times a second, however fast ticks come.

const LEAST_MS = 1000 / 30 - 2;
/** @type {Set<() => void>} */
const due = new Set();
let drawnAt = 0;
let asked = false;

/** Runs a function on the next frame, once for all the times it was asked for until then. @param {() => void} work */
export function onFrame(work) {
  due.add(work);
  if (!asked) requestAnimationFrame(drawDue);
  asked = true;
}

/** @param {number} now */
function drawDue(now) {
  if (now - drawnAt < LEAST_MS) {
    requestAnimationFrame(drawDue);
    return;
  }
  drawnAt = now;
  asked = false;
  const works = [...due];
  due.clear();
  for (const work of works) work();
}
