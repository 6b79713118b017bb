/** Everything a command has of the world outside: what it writes to, where it runs, and who stops it. Tests give their own. */
export interface Io {
  /** Results: standard output. Texts come with their line ends. */
  out(text: string): void
  /** Progress and errors: standard error. */
  err(text: string): void
  /** All of standard input, as text. */
  input(): Promise<string>
  /** Whether {@link err} is a terminal, where a line can be written again and again. */
  readonly isTerminal: boolean
  /** The width of that terminal. */
  readonly columns: number
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** The language of the operating system as a BCP 47 tag, where the environment names none. */
  readonly systemLocale: string
  /** Wall clock in milliseconds. */
  now(): number
  /**
   * Aborts, with `Interrupted` as its reason, when somebody stops the program. From the first call on, the first
   * SIGINT or SIGTERM does only that, and the second ends the process at once. Every call gives the same signal.
   */
  interruption(): AbortSignal
}
