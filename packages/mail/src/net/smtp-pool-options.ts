import { systemClock, type Clock } from './clock.ts'
import type { SendingRate } from './pace.ts'
import type { LetterConnection } from './pool-connection.ts'
import type { MailServer } from './mail-server.ts'
import { openSmtp, type SmtpOptions } from './smtp-client.ts'

/** How many connections a pool has, how much goes over each, and how often it tries again. */
export interface SmtpPoolLimits {
  /** How many connections there are at a time, those that are being opened or closed among them. */
  readonly maxConnections: number
  /** After so many letters a connection is closed, and a new one opened when there are more. */
  readonly maxLettersPerConnection: number
  /**
   * How many letters one connection has under way at a time. More than one saves round trips where the server has PIPELINING, but a letter of
   * many megabytes holds those behind it up: 1 is right for such.
   */
  readonly lettersInFlight: number
  /** A connection without letters is closed, with QUIT, after this time. */
  readonly idleTimeoutMs: number
  /**
   * How often connecting is tried, and how many connections that have taken nothing are lost with a letter, before the error is the caller's. Only what may pass is
   * tried again: no network, a lost connection, a 4yz reply. A refused login is not. When that has become of three letters in a row, those that wait behind them are given up too.
   */
  readonly maxAttempts: number
  /** The wait after the first failure; it doubles with every other that follows, up to a minute. */
  readonly backOffMs: number
}

export const DEFAULT_SMTP_POOL_LIMITS: SmtpPoolLimits = {
  // What the larger providers allow one user, several at the least.
  maxConnections: 5,
  // Postfix and Exim take more; some providers end a connection after so many, and they can't tell when.
  maxLettersPerConnection: 100,
  // Ten small letters in one round trip: more of them saves less and less, and more have to be asked about when the line breaks.
  lettersInFlight: 10,
  // Well below the five minutes that a server must wait (RFC 5321 §4.5.3.2.7): who is closed by the server finds out too late.
  idleTimeoutMs: 30_000,
  // With the waits between, some seconds: a restart of the server, not an outage. A queue that survives those is the caller's.
  maxAttempts: 4,
  backOffMs: 1_000,
}

export interface SmtpPoolOptions extends SmtpOptions, Partial<SmtpPoolLimits> {
  /** How many letters may go in which time, over all connections together; spaced evenly. By default as many as can. */
  readonly rate?: SendingRate
}

/** What a pool needs of the world. */
export interface PoolWorld {
  readonly clock: Clock
  readonly open: (server: MailServer, options: SmtpOptions) => Promise<LetterConnection>
}

export const POOL_WORLD: PoolWorld = { clock: systemClock, open: openSmtp }

/** @throws RangeError */
export function poolLimits(options: SmtpPoolOptions): SmtpPoolLimits {
  const limits: SmtpPoolLimits = { ...DEFAULT_SMTP_POOL_LIMITS, ...options }
  for (const name of NUMBERS) {
    const value = limits[name]
    const isWhole = Number.isSafeInteger(value) && value >= 1
    if (!isWhole) throw new RangeError(`${name} is a whole number from 1, not ${value}`)
  }
  const { rate } = options
  if (rate !== undefined && !(rate.letters > 0 && rate.perMs >= 0 && rate.perMs < Infinity)) {
    throw new RangeError('a rate is a number of letters above 0 in a number of milliseconds')
  }
  return limits
}

const NUMBERS = [
  'maxConnections',
  'maxLettersPerConnection',
  'lettersInFlight',
  'idleTimeoutMs',
  'maxAttempts',
  'backOffMs',
] as const
