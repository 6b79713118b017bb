/** What must hold after every step. */
import { compareEpochs } from '../../src/plan/epoch.ts'
import type { NodeState } from '@obmen/exchange'

import type { Mailbox } from '../mail/mailbox.ts'
import { compareStates, describeState, type RowId, type RowState } from '../model/row-state.ts'
import type { SiteModel } from '../model/site-model.ts'
import type { Site } from '../site/site.ts'
import type { IndexedRow } from '../site/table-reader.ts'
import { oneWayBy, type WorldShape } from './shape.ts'
import { WorldFailure } from './world-failure.ts'

/** The database holds what its model says: rows, versions, and rows that are held back. Gives its change index. */
export function checkSite(site: Site): ReadonlyMap<RowId, IndexedRow> {
  const { model, reader } = site
  const rows = reader.rows()
  for (const id of new Set([...rows.keys(), ...model.present.keys()])) {
    const [actual, expected] = [rows.get(id), model.present.get(id)]
    if (actual === expected) continue
    const facts = `${id} at ${site.name} is ${actual ?? 'gone'}, and should be ${expected ?? 'gone'}`
    throw new WorldFailure('a database holds the rows that the model says', facts)
  }
  const index = reader.index()
  forgetPurged(site, index)
  for (const id of new Set([...index.keys(), ...model.rows.keys()])) {
    const [entry, expected] = [index.get(id), model.rows.get(id)]
    const isSame =
      entry?.stamp === expected?.stamp &&
      entry?.origin === expected?.origin &&
      (entry?.isGone ?? true) === (expected?.text === undefined)
    if (isSame) continue
    const facts = `${id} at ${site.name} is @${entry?.stamp}/${entry?.origin}, and should be ${describeState(expected)}`
    throw new WorldFailure('a change index holds the versions that the model says', facts)
  }
  checkHeld(site)
  checkReferences(site)
  const strange = reader.strangeOwnColumn(site.node)
  if (strange !== undefined) {
    throw new WorldFailure('what stays at home is not sent', `${strange} at ${site.name}`)
  }
  return index
}

/** That a row was deleted is forgotten after so many days: from then on it is as if the row had never been. */
function forgetPurged({ model }: Site, index: ReadonlyMap<RowId, IndexedRow>): void {
  for (const [id, state] of model.rows) {
    if (state.text === undefined && !index.has(id)) model.forget(id, state)
  }
}

/** What is set aside: rows that do not fit, and rows that are to go and can't. */
export function waitingAt({ held, leaving }: SiteModel): ReadonlyMap<RowId, RowState> {
  const departures = [...leaving].map(([id, { state }]) => [id, state] as const)
  return new Map([...departures, ...held])
}

function checkHeld({ model, reader, name }: Site): void {
  const refused = reader.refused()
  const waiting = waitingAt(model)
  for (const id of new Set([...refused.keys(), ...waiting.keys()])) {
    const [actual, expected] = [refused.get(id), waiting.get(id)]
    if (actual !== undefined && expected !== undefined && compareStates(actual, expected) === 0) {
      continue
    }
    const facts = `${id} at ${name}: ${describeState(actual)} is, ${describeState(expected)} should be set aside`
    throw new WorldFailure('rows are set aside until they fit', facts)
  }
}

/** Numbers only grow, but in a new epoch. */
export function checkProgress(site: Site, before: NodeState, after: NodeState): void {
  const who = `${site.name} of ${after.code}`
  const fail = (facts: string): never => {
    throw new WorldFailure('numbers only grow', `${who}: ${facts}`)
  }
  const epochs = compareEpochs(after.epoch, before.epoch)
  if (epochs < 0) fail('an older epoch came back')
  if (after.acknowledgedNo > after.sentNo) fail('more is acknowledged than was sent')
  if (after.acknowledgedSeq > after.offeredSeq) fail('more is acknowledged than was offered')
  if (epochs > 0) return
  for (const number of ['acknowledgedNo', 'acknowledgedSeq', 'receivedNo'] as const) {
    if (after[number] < before[number]) fail(`${number} fell`)
  }
}

/** What a site counts as known to a peer is known there, or held back there. */
export function checkAcknowledged(
  site: Site,
  peer: Site,
  { index, shape }: { readonly index: ReadonlyMap<RowId, IndexedRow>; readonly shape: WorldShape },
): void {
  const state = site.states.get(peer.plan.thisNode)
  if (state === undefined) return
  for (const [id, entry] of index) {
    if (entry.seq > state.acknowledgedSeq || entry.via === peer.plan.thisNode) continue
    const own = site.model.rows.get(id)
    if (own === undefined || (site.node > 0 && oneWayBy(shape, id) !== undefined)) continue
    const known = peer.model.rows.get(id)
    if (known === undefined && own.text === undefined) continue
    if (isKnown(known, own) || isKnown(peer.model.held.get(id), own)) continue
    // What goes one way only: a node may delete it, tell nobody, and forget that it did.
    const isOneWay = oneWayBy(shape, id) !== undefined
    if (isOneWay && isKnown(peer.model.forgotten.get(id), own)) continue
    const facts = `${describeState(own)} of ${site.name} is not at ${peer.name}`
    throw new WorldFailure('what is acknowledged is there', facts)
  }
}

function isKnown(known: RowState | undefined, state: RowState): boolean {
  return known !== undefined && compareStates(known, state) >= 0
}

/** Once the mail is quiet, all sites hold the same, but for what one of them holds back. */
export function checkConvergence(
  shape: WorldShape,
  sites: readonly Site[],
  zones: ReadonlyMap<number, string>,
): void {
  const held = new Set(sites.flatMap(({ model }) => [...waitingAt(model).keys()]))
  const [first, ...others] = sites
  if (first === undefined) return
  for (const other of others) {
    const zone = zones.get(other.node)
    const share = zone === undefined ? undefined : first.reader.zone(zone)
    for (const id of new Set([...first.model.rows.keys(), ...other.model.rows.keys()])) {
      const b = other.model.rows.get(id)
      const whole = first.model.rows.get(id)
      const a = share === undefined || share.has(id) ? whole : undefined
      if (held.has(id) || areSame(a, b)) continue
      // Nobody says to the head office what it forgot.
      const isSettled = first.life > 0 || isOwn(other, id)
      if (oneWayBy(shape, id) !== undefined && isSettled) continue
      const facts = `${id} is ${describeState(a)} at ${first.name}, and ${describeState(b)} at ${other.name}`
      throw new WorldFailure('all nodes hold the same rows in the end', facts)
    }
  }
  for (const maker of sites) {
    for (const [id, made] of maker.model.made) {
      if ((maker.node > 0 || first.life > 0) && oneWayBy(shape, id) !== undefined) continue
      const isForgotten = sites.some(({ model }) => isKnown(model.forgotten.get(id), made))
      if (held.has(id) || isForgotten || isKnown(first.model.rows.get(id), made)) continue
      const facts = `${describeState(made)}, made at ${maker.name}, is lost`
      throw new WorldFailure('the newest version of each row is everywhere in the end', facts)
    }
  }
}

/** What a node wrote where nobody listens. */
function isOwn({ model, plan }: Site, id: RowId): boolean {
  return model.rows.get(id)?.origin === plan.thisNode || model.forgotten.has(id)
}

/** Programs keep their foreign keys, whatever the exchange left behind in their session, and so does the exchange. */
function checkReferences({ reader, name }: Site): void {
  const broken = reader.brokenReference()
  if (broken === undefined) return
  throw new WorldFailure('what a row refers to is there', `${broken} at ${name}`)
}

/** A deletion is the same as nothing: one of the two may have forgotten it. */
function areSame(a: RowState | undefined, b: RowState | undefined): boolean {
  if (a === undefined || b === undefined) return a?.text === b?.text
  return compareStates(a, b) === 0
}

/** What people, other programs and other exchanges have in the mailbox is there, octet for octet. */
export function checkStrangeLetters(mailbox: Mailbox): void {
  const touched = mailbox.touchedLetter()
  if (touched !== undefined) throw new WorldFailure('no letter of others is touched', touched)
}
