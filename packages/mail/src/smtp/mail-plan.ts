/** What a letter asks of a server, against what the server offers: the commands before its content, or a refusal before anything is sent. */

import { escapePeerWords } from '../base/peer-words.ts'
import {
  formatCount,
  formatMail,
  formatParameter,
  formatRcpt,
  type Parameter,
  type SmtpCommand,
} from './command.ts'
import type { Content } from './content.ts'
import {
  checkWishes,
  deliverByParameter,
  holdParameter,
  priorityParameter,
  recipientParameters,
  reportParameters,
  submitterParameter,
  type DeliverBy,
  type DeliveryRequest,
} from './delivery.ts'
import type { Envelope } from './envelope.ts'
import { SmtpCapabilityMissing, SmtpSizeExceeded, type SmtpCapability } from './errors.ts'
import { ForwardPath, ReversePath } from './path.ts'
import type { SmtpSession } from './session.ts'

/** The commands before the content. */
export interface MailPlan {
  readonly mail: SmtpCommand
  readonly recipients: readonly SmtpCommand[]
}

/**
 * Formats MAIL and RCPT.
 *
 * @throws SmtpCapabilityMissing, SmtpSizeExceeded when the server can't take the letter.
 * @throws RangeError when there is nobody to send to, or a wish for the delivery has a value that it can't have, is for nobody or is none that there is.
 * @throws TypeError when a path of the envelope is none.
 */
export function planMail(session: SmtpSession, envelope: Envelope, content: Content): MailPlan {
  const { reversePath, forwardPaths, delivery = {} } = envelope
  checkPaths(envelope)
  checkWishes(delivery)
  const parameters = [
    ...sizeParameters(session, content),
    ...bodyParameters(session, content),
    ...utf8Parameters(session, envelope, content),
    ...(envelope.delivery === undefined ? [] : deliveryParameters(session, delivery)),
  ]
  const recipients = forwardPaths.map((path) => {
    const asks = recipientParameters(delivery, path)
    if (asks.length > 0) need(session, 'DSN', 'the delivery report')
    return formatRcpt(path, asks)
  })
  return { mail: formatMail(reversePath, parameters), recipients }
}

/** What is no path has not been looked at by anybody, and may hold more than one: JavaScript lets a text through where the type is another. */
function checkPaths({ reversePath, forwardPaths, delivery }: Envelope): void {
  if (forwardPaths.length === 0) throw new RangeError('a letter needs a recipient')
  const isFit = reversePath instanceof ReversePath
  if (!isFit || !forwardPaths.every((path) => path instanceof ForwardPath)) {
    throw new TypeError('an envelope has a ReversePath and ForwardPaths; texts must be parsed')
  }
  if (delivery?.recipients === undefined) return
  const known = new Set(forwardPaths)
  for (const path of delivery.recipients.keys()) {
    if (known.has(path)) continue
    throw new RangeError(
      `delivery.recipients has ${path.toString()}, which is none of the forward paths of the envelope: they are told apart as objects`,
    )
  }
}

function sizeParameters(
  { extensions }: SmtpSession,
  { sizeOctets }: Content,
): readonly Parameter[] {
  if (sizeOctets === undefined) return []
  const { sizeLimit } = extensions
  if (sizeLimit !== undefined && sizeOctets > sizeLimit) {
    throw new SmtpSizeExceeded(sizeOctets, sizeLimit)
  }
  return extensions.has('SIZE') ? [formatParameter('SIZE', formatCount(sizeOctets))] : []
}

function bodyParameters(session: SmtpSession, { body }: Content): readonly Parameter[] {
  if (body === undefined || body === '7BIT') return []
  need(session, body, 'the content')
  if (body === 'BINARYMIME' && !session.usesChunking) {
    const reason = session.extensions.has('CHUNKING') ? 'which was switched off' : undefined
    throw new SmtpCapabilityMissing('CHUNKING', 'the content', reason)
  }
  return [formatParameter('BODY', body)]
}

function utf8Parameters(
  session: SmtpSession,
  { reversePath, forwardPaths }: Envelope,
  { needsSmtpUtf8 = false }: Content,
): readonly Parameter[] {
  const path = reversePath.needsSmtpUtf8
    ? reversePath
    : forwardPaths.find((forwardPath) => forwardPath.needsSmtpUtf8)
  if (path === undefined && !needsSmtpUtf8) return []
  need(
    session,
    'SMTPUTF8',
    path === undefined ? 'the header section' : `the address ${path.toString()}`,
  )
  return [formatParameter('SMTPUTF8')]
}

function deliveryParameters(session: SmtpSession, delivery: DeliveryRequest): readonly Parameter[] {
  const { submitter, requireTls, deliverBy, priority, hold } = delivery
  const parameters: Parameter[] = [...reportParameters(delivery)]
  if (parameters.length > 0) need(session, 'DSN', 'the delivery report')
  if (submitter !== undefined) {
    checkSubmitter(submitter)
    need(session, 'AUTH', 'the submitter')
    parameters.push(submitterParameter(submitter))
  }
  if (requireTls === true) {
    if (!session.isEncrypted) {
      throw new SmtpCapabilityMissing(
        'REQUIRETLS',
        'the letter',
        'which is of no use on a connection without TLS',
      )
    }
    need(session, 'REQUIRETLS', 'the letter')
    parameters.push(formatParameter('REQUIRETLS'))
  }
  if (deliverBy !== undefined) {
    const parameter = deliverByParameter(deliverBy)
    checkDeliverBy(session, deliverBy)
    parameters.push(parameter)
  }
  if (priority !== undefined) {
    parameters.push(priorityParameter(priority))
    need(session, 'MT-PRIORITY', 'the priority')
  }
  if (hold !== undefined) {
    const parameter = holdParameter(hold)
    checkHold(session, hold)
    parameters.push(parameter)
  }
  return parameters
}

/** As with the paths of the envelope: JavaScript lets a text through. RFC 4954 §5 has no form for an address that is not ASCII. */
function checkSubmitter(submitter: ReversePath): void {
  if (!(submitter instanceof ReversePath)) {
    throw new TypeError('a submitter is a ReversePath; texts must be parsed')
  }
  if (submitter.needsSmtpUtf8) {
    throw new RangeError(`a submitter is an address in ASCII, not ${submitter.toString()}`)
  }
}

/** RFC 2852 §3: the least time that the server takes for a letter that is to be returned otherwise. */
function checkDeliverBy(session: SmtpSession, { seconds, otherwise }: DeliverBy): void {
  need(session, 'DELIVERBY', 'the delivery time')
  const [minimum = ''] = session.extensions.parametersOf('DELIVERBY')
  if (otherwise === 'notify' || !COUNT.test(minimum) || seconds >= Number(minimum)) return
  const reason = `which the server offers from ${Number(minimum)} seconds on`
  throw new SmtpCapabilityMissing('DELIVERBY', `the delivery time of ${seconds} seconds`, reason)
}

/** RFC 4865 §3: the longest time in seconds, and the latest in the words of RFC 3339. */
function checkHold(session: SmtpSession, hold: NonNullable<DeliveryRequest['hold']>): void {
  need(session, 'FUTURERELEASE', 'the time of release')
  const [longest = '', latest = ''] = session.extensions.parametersOf('FUTURERELEASE')
  if ('until' in hold) {
    const limit = Date.parse(latest)
    if (Number.isNaN(limit) || hold.until.getTime() <= limit) return
    const reason = `which the server offers until ${escapePeerWords(latest)}`
    throw new SmtpCapabilityMissing('FUTURERELEASE', 'the time of release', reason)
  }
  if (!COUNT.test(longest) || hold.forSeconds <= Number(longest)) return
  const reason = `which the server offers for ${Number(longest)} seconds at most`
  throw new SmtpCapabilityMissing('FUTURERELEASE', 'the time of release', reason)
}

/** Nine digits in both RFCs; a server's word for more than that is no limit. */
const COUNT = /^\d{1,9}$/

function need({ extensions }: SmtpSession, capability: SmtpCapability, needed: string): void {
  if (!extensions.has(capability)) throw new SmtpCapabilityMissing(capability, needed)
}
