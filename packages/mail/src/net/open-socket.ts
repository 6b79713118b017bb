import net from 'node:net'
import type { MailServer } from './mail-server.ts'

/**
 * How long one address of a host is tried before the next. Node's quarter of a second is less than one round trip
 * over a satellite, where every address but the last would be given up.
 */
const ADDRESS_ATTEMPT_MS = 2_500

/** What is read from any socket, until it is copied: Node.js would make an array of this size for each reply, and cut it. */
const readRoom = Buffer.allocUnsafeSlow(64 * 1024)

/**
 * A socket that connects to a server, by whichever address of the host answers.
 *
 * @param take is given what is read, as long as nothing is made of the socket that reads by itself, as TLS does.
 * @throws RangeError for a port that is none.
 */
export function openSocket(
  { host, port }: MailServer,
  take: (octets: Uint8Array) => void,
): net.Socket {
  const callback = (count: number): boolean => {
    take(Buffer.from(readRoom.subarray(0, count)))
    return true
  }
  const socket = new net.Socket({ onread: { buffer: readRoom, callback } }).setNoDelay(true)
  try {
    return socket.connect({
      host,
      port,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_MS,
    })
  } catch (error) {
    // The system has given a handle for it already.
    socket.destroy()
    throw error
  }
}
