// Loaded into a process of ours: makes its wall clock wrong by so many seconds, and leaves its monotonic clock alone.
const { now } = Date;
const wrong = Number(process.env.CLOCK_WRONG_BY_SECONDS ?? 0) * 1_000;
Date.now = () => now() + wrong;
