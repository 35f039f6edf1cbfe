// A builder's program: the real socket.io-client, through the gateway, by every transport, cut off again and again.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { io } from "socket.io-client";
import { pause, startStack, until } from "./stack.mjs";

let stack;
before(async () => {
  stack = await startStack(22_400);
});
after(() => stack.stop());

/** What a client holds: prices by seq, none twice, none missing. */
class Held {
  prices = [];
  session = null;

  take(batch) {
    if (batch.price.length === 0) return;
    assert.equal(batch.prev_seq, this.prices.length, "a hole or an overlap");
    assert.equal(batch.seq0, this.prices.length + 1);
    this.prices.push(...batch.price);
  }

  /** Subscribes where it stands; live batches wait until the answer has come. */
  async join(socket) {
    const queue = [];
    let live = false;
    socket.on("ticks", (batch) => (live ? this.take(batch) : queue.push(batch)));
    const hello = await new Promise((done) => socket.once("hello", done));
    this.session ??= hello.session;
    const resume = { session: this.session, seq: this.prices.length };
    const answer = await socket.emitWithAck("subscribe", { instrument: "BTC-USD", channels: ["ticks"], resume });
    assert.equal(answer.expired, false);
    this.take(answer.ticks);
    queue.forEach((batch) => this.take(batch));
    live = true;
  }
}

const connect = (options) => io(stack.gateway, { forceNew: true, reconnection: false, ...options });

for (const transports of [["websocket"], ["polling"], ["polling", "websocket"]]) {
  test(`io("${"http://localhost:3000"}") gets the feed by ${transports.join(", then ")}`, async () => {
    const socket = connect({ transports });
    const held = new Held();
    await held.join(socket);
    const had = held.prices.length;
    await until("ten more ticks", () => held.prices.length >= had + 10);
    assert.equal(socket.io.engine.transport.name, transports.at(-1));
    socket.close();
  });
}

test("nothing but the address is needed", async () => {
  const socket = io(stack.gateway);
  const held = new Held();
  await held.join(socket);
  await until("a tick", () => held.prices.length > 0);
  socket.close();
});

test("50 forced disconnects lose no tick and repeat none", async () => {
  const held = new Held();
  for (let cut = 0; cut < 50; cut += 1) {
    const transports = [["websocket"], ["polling"], ["polling", "websocket"]][cut % 3];
    const socket = connect({ transports });
    await held.join(socket);
    await pause(20 + ((cut * 37) % 150));
    // Without a word: the transport is gone, as if a cable had been pulled.
    socket.io.engine.transport.close();
    socket.close();
    await pause((cut * 13) % 60);
  }
  const asked = `${stack.gateway}/api/market/v1/instruments/BTC-USD/ticks?from_seq=1&limit=10000`;
  const { price } = await (await fetch(asked)).json();
  assert.ok(held.prices.length > 50, `${held.prices.length} ticks`);
  assert.deepEqual(held.prices, price.slice(0, held.prices.length));
});

test("a bad token is a connect_error that says why, and none is nobody", async () => {
  const socket = connect({ transports: ["websocket"], auth: { token: "x.y.z" } });
  const error = await new Promise((done) => socket.once("connect_error", done));
  assert.match(error.message, /^unauthorized: /);
  socket.close();
});
