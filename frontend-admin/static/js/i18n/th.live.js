// ภาษาไทย สำหรับหน้าตลาดสด
import { texts } from "./th.js";
import { helpTexts } from "./th.help.js";

/** @type {Record<keyof typeof import("./en.live.js").liveTexts, string>} */
export const liveTexts = {
  ...texts,
  ...helpTexts,
  "title.live": "Synth BTC: ตลาดสด",
  "price.high": "สูงสุด",
  "price.low": "ต่ำสุด",
  "recent": "ทิกล่าสุด",
  "recent.change": "เปลี่ยนแปลง",
  "about": "ตลาดนี้",
  "about.words": "ราคาจำลองที่ส่งสด คำนวณขึ้นทั้งหมด ไม่ใช่ราคาเสนอจริง ไม่มีเงินจริง ไม่มีตลาดจริง",
  "about.instrument": "ตราสาร",
  "about.drawdown": "ลดลงจากยอดมากที่สุด",
  "about.window": "ตัวเลขจากช่วงล่าสุด",
  "about.signIn": "ลงชื่อเข้าใช้เพื่อควบคุม",
  "about.control": "ไปห้องควบคุม",
};
