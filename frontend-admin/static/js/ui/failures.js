// Failures in words.
import { t } from "../core/i18n.js";

/** @param {import("../wire/gateway.js").Failure} failure */
export function explain(failure) {
  switch (failure.kind) {
    case "unreachable": return t("failure.unreachable");
    case "expired": return t("failure.expired");
    case "unauthorized": return t("failure.unauthorized", { detail: failure.detail });
    case "problem": {
      const said = failure.detail || failure.title;
      return t(failure.status >= 500 ? "failure.busy" : "failure.refused", { said, request: failure.request || "–" });
    }
  }
}
