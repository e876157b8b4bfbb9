/**
 * @typedef {object} Voice how a suite's words come out
 * @property {(text: string) => void} say
 * @property {boolean} isOwn whether its programs may write to our own output
 * @property {() => void} end the suite is over
 */

/** @type {Voice} shown as they come */
export const aloud = { say: (text) => void process.stdout.write(text), isOwn: true, end: () => {} };

/**
 * For a suite beside another: shown when it is over, so that the words of two do not mix.
 * @returns {Voice}
 */
export function collected() {
  let text = "";
  return {
    say(more) {
      text += more;
    },
    isOwn: false,
    end() {
      process.stdout.write(text);
      text = "";
    },
  };
}
