// Preact, htm and signals bound together: a view draws itself again when a signal that it read has changed.
import { Component, h, render } from "../../vendor/preact.mjs";
import htm from "../../vendor/htm.module.js";
import { batch, computed, effect, signal, untracked } from "../../vendor/signals-core.mjs";

export { batch, computed, effect, render, signal, untracked };

export const html = htm.bind(h);

/**
 * A component of a drawing function.
 * @template {object} P
 * @param {(props: P) => any} draw
 */
export function view(draw) {
  return class extends Component {
    /** @type {(() => void) | undefined} */
    forget;

    /** @param {any} props */
    render(props) {
      this.forget?.();
      let drawn;
      let first = true;
      this.forget = effect(() => {
        // The first run draws and notes what was read; the next one only tells that it has changed.
        if (first) drawn = draw(props);
        else this.setState({});
        first = false;
      });
      return drawn;
    }

    componentWillUnmount() {
      this.forget?.();
    }
  };
}
