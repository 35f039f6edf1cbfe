// ภาษาไทย สำหรับสิ่งที่บริการซื้อขายบอกเป็นภาษาอังกฤษ: คีย์คือข้อความนั้นเอง ตัวเลขในนั้นเขียนแทนด้วย #

export const strategyTexts = {
  "Buys once and holds: what the others are measured by.": "ซื้อครั้งเดียวแล้วถือไว้ ใช้วัดกลยุทธ์อื่น",
  "Buys as much again and again, at whatever price.": "ซื้อเท่าเดิมซ้ำ ๆ ไม่ว่าราคาเท่าไร",
  "Follows a trend: long while a fast average is above a slow one.": "ตามแนวโน้ม ถือไว้ขณะที่ค่าเฉลี่ยเร็วอยู่เหนือค่าเฉลี่ยช้า",
  "part of the cash that is spent": "ส่วนของเงินสดที่ใช้",
  "cash of one purchase": "เงินต่อการซื้อหนึ่งครั้ง",
  "simulated seconds between purchases": "วินาทีจำลองระหว่างการซื้อ",
  "base units of a position": "ขนาดสถานะ (BTC)",
  "simulated seconds of a bar": "วินาทีจำลองต่อแท่ง",
  "bars of the fast average": "จำนวนแท่งของค่าเฉลี่ยเร็ว",
  "bars of the slow average": "จำนวนแท่งของค่าเฉลี่ยช้า",
  "1 for exponential averages, 0 for simple ones": "1 ค่าเฉลี่ยเอกซ์โพเนนเชียล 0 ค่าเฉลี่ยธรรมดา",
  "1 to be short below, 0 to be flat": "1 ชอร์ตเมื่ออยู่ใต้ 0 ไม่ถืออะไร",
  "the fast average # has crossed above the slow one #": "ค่าเฉลี่ยเร็ว # ตัดขึ้นเหนือค่าเฉลี่ยช้า #",
  "the fast average # has crossed below the slow one #": "ค่าเฉลี่ยเร็ว # ตัดลงใต้ค่าเฉลี่ยช้า #",
  "buys once, and holds": "ซื้อครั้งเดียวแล้วถือไว้",
  "purchase #": "ซื้อครั้งที่ #",
};
