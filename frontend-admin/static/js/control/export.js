// The journal as a file.
import { market } from "../state/admin.js";
import { answered, send } from "../wire/api.js";
import { told } from "./commands.js";

/** @param {string} name the file's */
export async function exportJournal(name) {
  const file = await told(() => answered(() => send(`${market}/journal`), (answer) => answer.blob()));
  if (!file) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
