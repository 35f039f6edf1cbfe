// ภาษาไทย

/** @type {Record<keyof typeof import("./en.js").texts, string>} */
export const texts = {
  "skip": "ข้ามไปเนื้อหา",
  "nav": "หน้า",
  "nav.trade": "ซื้อขาย",
  "nav.admin": "ห้องควบคุม",
  "theme.light": "สว่าง",
  "theme.dark": "มืด",
  "dismiss": "ปิดข้อความ",
  "practice": "โหมดฝึก",
  "practice.why": "ค่าเริ่มต้นสุ่มสั้นพอให้เดาได้ ใครเดาถูกจะรู้อนาคตของตลาดนี้",

  "presence.connecting": "กำลังเชื่อมต่อ",
  "presence.live": "สด",
  "presence.paused": "หยุดชั่วคราว",
  "presence.halted": "พักการซื้อขาย",
  "presence.stale": "ข้อมูลค้าง",
  "presence.reconnecting": "กำลังเชื่อมต่อใหม่",
  "presence.ended": "จบเซสชัน",
  "announce.live": "ตลาดเดินอยู่",
  "announce.paused": "ตลาดหยุดชั่วคราว",
  "announce.halted": "การซื้อขายถูกพัก ราคาจะเดินต่อเมื่อการพักจบ",
  "announce.stale": "ไม่มีทิกเข้ามา สิ่งที่แสดงไม่ใช่ปัจจุบัน",
  "announce.ended": "เซสชันจบแล้ว กำลังเริ่มเซสชันใหม่",

  "price": "ราคา",
  "price.since": "ตั้งแต่ {time}",

  "chart.timeframes": "ความยาวแท่งเทียน",
  "chart.utc": "เวลาจำลอง UTC",
  "chart.newSession": "เซสชันใหม่ {id}",
  "chart.empty": "ยังไม่มีแท่งเทียน",
  "chart.words": "แท่งเทียน {interval} จำนวน {count} แท่ง ตั้งแต่ {from} ถึง {to} เปิดที่ {open} ตอนนี้ {close} สูงสุด {high} ต่ำสุด {low}",
  "chart.marked": "การแทรกแซงที่ทำเครื่องหมายไว้: {marked}",
  "chart.keys": "ปุ่มลูกศรเลื่อนกราฟ บวกและลบย่อขยาย End กลับไปแท่งล่าสุด",

  "auth.signIn": "ลงชื่อเข้าใช้",
  "auth.signOut": "ออกจากระบบ",
  "auth.as": "เข้าใช้ในชื่อ {who}",

  "failure.expired": "การลงชื่อเข้าใช้หมดอายุ ขอลิงก์ใหม่",
  "failure.unauthorized": "คุณถูกออกจากระบบ: {detail}",
  "failure.refused": "ถูกปฏิเสธ: {said} (คำขอ {request})",
  "failure.busy": "ยังทำไม่ได้ตอนนี้: {said} (คำขอ {request})",
  "failure.stream": "สายข้อมูลถูกปฏิเสธ: {said}",

  "help": "ช่วยเหลือ",

  "foot.charts": "กราฟโดย",
};
