// What admins are told of a market beyond its price: interventions, and the counterfactual.
import { credentials, isAdmin } from "../wire/auth.js";
import { interval, openMarket, tape } from "./market.js";
import { forgetOverrides, takeOverrides } from "./overrides.js";
import { forgetReference, takeReference } from "./reference.js";

/** Opens the stream, for an admin with all of it. */
export const openSteered = () => openMarket({
  channels: () => (isAdmin.value ? ["reference", "overrides"] : []),
  token: () => (isAdmin.value ? credentials.value?.token : undefined),
  take(event, payload) {
    if (event === "overrides" && payload.session === tape.session) takeOverrides(payload.overrides);
    if (event !== "reference") return false;
    takeReference(payload, interval.value);
    return true;
  },
  joined({ ticks, reference, overrides, channels }) {
    if (reference) takeReference(reference, interval.value);
    if (ticks && channels.includes("overrides")) takeOverrides(overrides ?? []);
  },
  forget(why) {
    if (why !== "interval") forgetOverrides();
    if (why !== "token") forgetReference();
  },
});
