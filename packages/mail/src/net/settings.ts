/**
 * The deadlines or limits that were given, and for the others those by default. What is given as `undefined` is not given: it must neither end
 * a wait at once nor let everything through.
 *
 * @throws RangeError when one of them is no number from 0.
 */
export function settingsOf<Settings extends object>(
  defaults: Settings,
  given: Partial<Settings> = {},
): Settings {
  const settings = { ...defaults }
  for (const name in defaults) {
    const value = given[name]
    if (value === undefined) continue
    refuseUnfit(name, value)
    settings[name] = value
  }
  return settings
}

/** Settings come from files too. */
export function refuseUnfit(name: string, value: unknown): void {
  if (typeof value === 'number' && value >= 0) return
  throw new RangeError(`${name} is a number from 0, not ${String(value)}`)
}

/**
 * A host is a name or an address. Without one, Node.js connects to this machine, and whoever listens there would get the login.
 *
 * @param whose what it is the host of: `server`.
 */
export function refuseUnfitHost(whose: string, host: unknown): void {
  if (!isHost(host)) throw new RangeError(`the ${whose}'s host is none`)
}

/** Without a name, Node.js looks for that of this machine in the certificate, or of the proxy. */
export function refuseUnfitServername(servername: unknown): void {
  if (servername === undefined || isHost(servername)) return
  throw new RangeError("the server's servername is no name that a certificate could have")
}

function isHost(host: unknown): boolean {
  return typeof host === 'string' && host !== '' && !/[\p{Cc}\s]/u.test(host)
}
