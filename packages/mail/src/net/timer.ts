/** The longest time a timer of Node.js can count; more would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** A timer for a deadline, whatever its length: one that is over already fires at once, and one of more than 24 days after these. */
export function startTimer(ms: number, onTimeout: () => void): NodeJS.Timeout {
  return setTimeout(onTimeout, Math.min(Math.max(ms, 0), MAX_TIMER_MS))
}
