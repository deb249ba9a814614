const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;
const POWER = 0.37;

const inSeconds = (text: string): number => Number.parseInt(text, 10) * SECONDS[text.slice(-1) as keyof typeof SECONDS];

/**
 * A duration of a rule as the test has it: its seconds to the power of 0.37, rounded up. 30 s become 4 s, 1 m 5 s,
 * 5 m 9 s, 1 h 21 s, 6 h 41 s, 3 d 101 s: what is longer stays longer, and three days fit into a test.
 */
export const shorter = (duration: string): string => `${Math.ceil(inSeconds(duration) ** POWER)}s`;

/** Rules with every window and every `for` made shorter in this one way; expressions and thresholds stay as they are. */
export const hurried = (rules: string): string =>
  rules
    .replace(/\[(\d+[smhd])\]/g, (_all, duration: string) => `[${shorter(duration)}]`)
    .replace(/(\bfor: )(\d+[smhd])/g, (_all, word: string, duration: string) => word + shorter(duration));
