/** The sockets and timers that keep this process alive. */
export function leftovers(): string[] {
  return process.getActiveResourcesInfo().filter((name) => /Timeout|Socket|Connect|TLS/.test(name))
}
