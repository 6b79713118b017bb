import { type NodeCode, type NodeState, restartNode } from '@obmen/exchange'

import { compareEpochs } from '../../src/plan/epoch.ts'
import { compareStates, describeState, type RowId, type RowState } from '../model/row-state.ts'
import type { Site } from '../site/site.ts'
import { checkConvergence, checkSite, checkStrangeLetters, waitingAt } from './checks.ts'
import { countsKeys } from './counted-rows.ts'
import { exchangeOnce } from './exchange-once.ts'
import { tableNumber, type WorldShape } from './shape.ts'
import { columnNames, quote } from './tables.ts'
import { WorldFailure } from './world-failure.ts'
import { writeStatements } from './write-statements.ts'
import type { World } from './world.ts'

/** No world needs more rounds of undisturbed exchanges, beside those for its rows. */
const MAX_ROUNDS = 60

/** With a window of one and messages of one row, a row is written in one round and acknowledged in the next. */
const ROUNDS_FOR_A_ROW = 2

/** Longer than any node waits for an answer: the time to wait doubles five times. */
const LONG_FACTOR = 40

/** Everything that is broken is mended, the mail brings what it has, and nodes exchange until nobody has anything to say. Then all must hold the same. */
export async function heal(world: World): Promise<void> {
  world.tell?.('heal')
  mend(world)
  await decide(world)
  if (world.disturbed.size > 0) stir(world)
  // Where a row stops its message, somebody has to say something else of it before anything goes on.
  if (world.shape.isStrict === true) makeRoom(world, world.sites)
  await settle(world)
  // The last letters of a copy may be what shows that there was one.
  if (await decide(world)) await settle(world)
  if (world.shape.isStrict === true && (await overtakeLostLives(world))) await settle(world)
  checkConvergence(world.shape, world.sites, world.zones)
  checkStrangeLetters(world.mailbox)
  checkNothingLies(world)
  await checkKeysLeft(world)
  if (!isAnythingHeld(world)) return
  world.tell?.('make room')
  makeRoom(world, world.sites)
  await settle(world)
  // A policy may keep rows that everybody takes away at once, and two of them want one place again: then one takes it.
  const crowded = world.sites.find((site) => isAnyPlaceTaken(world.shape, site))
  if (crowded !== undefined) {
    makeRoom(world, [crowded])
    await settle(world)
  }
  checkConvergence(world.shape, world.sites, world.zones)
  for (const site of world.sites) checkNothingIsHeld(world, site)
}

function isAnythingHeld({ sites }: World): boolean {
  return sites.some(({ model }) => waitingAt(model).size > 0)
}

/** What was sent was read and removed; of what nobody can read, an administrator hears. */
function checkNothingLies({ mailbox, planName }: World): void {
  const lying = mailbox.ofPlan(planName).find(({ message }) => !message.isFalse)
  if (lying === undefined) return
  const { from, to, messageNo } = lying.message.name
  throw new WorldFailure('what was read is removed', `message ${messageNo} of ${from} to ${to}`)
}

/** Each node can count on: who is short of keys asks for more. */
async function checkKeysLeft({ shape, sites }: World): Promise<void> {
  for (const { store, name, plan } of countsKeys(shape) ? sites : []) {
    const states = await store.keyStates()
    const short = states.find(({ node, isShort }) => isShort && node === plan.thisNode)
    if (short !== undefined) throw new WorldFailure('nobody is short of keys in the end', name)
  }
}

/** But for a row that fits nowhere here, and whose node has forgotten that it ever made it. */
function checkNothingIsHeld(world: World, site: Site): void {
  for (const [id, state] of waitingAt(site.model)) {
    const table = world.shape.tables[tableNumber(id)]
    const isRefused = table?.refusingNode === site.node || table?.parent !== undefined
    const fitsNever = isRefused || isPlaceTaken(world.shape, site, { id, state })
    const isForgotten = world.sites.every(({ model }) => {
      const known = model.rows.get(id)
      return known === undefined || compareStates(known, state) !== 0
    })
    if (fitsNever && isForgotten) continue
    const facts = `${describeState(state)} at ${site.name}`
    throw new WorldFailure('a row that fits is held back no more', facts)
  }
}

function isAnyPlaceTaken(shape: WorldShape, site: Site): boolean {
  return [...waitingAt(site.model)].some(([id, state]) => isPlaceTaken(shape, site, { id, state }))
}

/** Whether another row has the unique value of one that waits: of two that their node forgot, one has found a place. */
function isPlaceTaken(
  { tables }: WorldShape,
  { model }: Site,
  waiting: { readonly id: RowId; readonly state: RowState },
): boolean {
  const number = tableNumber(waiting.id)
  const table = tables[number]
  if (table?.unique === undefined || waiting.state.text === undefined) return false
  const place = columnNames(table).indexOf(quote(table.unique))
  const valueOf = (text: string): unknown => {
    const values: unknown = JSON.parse(text)
    return Array.isArray(values) ? values[place] : undefined
  }
  return [...model.present].some(([id, text]) => {
    return tableNumber(id) === number && valueOf(text) === valueOf(waiting.state.text ?? '')
  })
}

function mend(world: World): void {
  for (const node of world.copies.keys()) world.endCopy(node)
  for (const site of world.sites) {
    site.limitDisk(undefined)
    if (world.isWidened) site.database.addColumn()
  }
  const { mailbox, planName } = world
  mailbox.refusesUntilMs = 0
  mailbox.capacity = Number.POSITIVE_INFINITY
  // What only a later version of the program can read waits for an administrator.
  mailbox.remove(new Set(mailbox.ofPlan(planName).filter(({ message }) => message.isTooNew)))
  mailbox.deliverAll(planName)
}

/** Copies are gone: where nodes were seen to run twice, somebody says so at both sides. Gives whether there were any. */
async function decide(world: World): Promise<boolean> {
  let hasDecided = false
  for (const site of world.sites) {
    for (const { code, standing } of await site.store.nodes()) {
      if (standing?.stop === undefined) continue
      await beginAnew(world, site, code)
      hasDecided = true
    }
  }
  return hasDecided
}

async function beginAnew(world: World, site: Site, code: NodeCode): Promise<NodeState> {
  world.tell?.(`somebody begins the exchange of ${site.name} with ${code} anew`)
  const { store, spoolFolder } = site
  await restartNode({ store, spoolFolder, newUuid: () => world.uuids.uuid() }, code)
  const state = await site.store.transaction((transaction) => transaction.node(code))
  site.states.set(code, state)
  return state
}

/**
 * A refused message of a copy that is gone, or of a life that is over, is one that its node knows nothing of, and says nothing else in the place of. Somebody begins the
 * exchange with that node anew: then the message is of an epoch that is past. Gives whether there was one.
 */
async function overtakeLostLives(world: World): Promise<boolean> {
  const { mailbox, planName, sites } = world
  let hasBegun = false
  for (const { message } of mailbox.ofPlan(planName)) {
    const { name, content, isFalse } = message
    const sender = sites.find(({ plan }) => plan.thisNode === name.from)?.states.get(name.to)
    const receiver = sites.find(({ plan }) => plan.thisNode === name.to)
    if (isFalse || !content || !sender || !receiver) continue
    if (compareEpochs(content.epoch, sender.epoch) <= 0) continue
    // Of two epochs that follow on one, chance says which is the later.
    for (let { epoch } = sender; compareEpochs(content.epoch, epoch) >= 0;) {
      ;({ epoch } = await beginAnew(world, receiver, name.from))
    }
    hasBegun = true
  }
  return hasBegun
}

/**
 * Who lost its memory learns what is missing once somebody has something to say: so one node changes a row. Where nodes have parts, it may
 * be nobody's part: then every node changes one, and tells the head office. Where rows go one way, only what the head office changes is heard of.
 */
function stir(world: World): void {
  const { sites, shape } = world
  const goesOneWay = shape.tables.some((table) => table.oneWayBy !== undefined)
  const drawn = goesOneWay ? 0 : world.uuids.below(sites.length)
  const stirring = sites.filter(({ node }) => (shape.zones ? node > 0 : node === drawn))
  for (const site of stirring) changeRow(world, site)
}

function changeRow(world: World, site: Site): void {
  const { node } = site
  const serial = STIR_SERIAL + 4 * node
  const row = { table: 0, key: node, otherKey: 0, serial, value: serial }
  const statements = [{ verb: 'upsert', ...row }] as const
  const step = { kind: 'write', node, instance: 'own', statements, ends: 'commit' } as const
  writeStatements(world.shape, site, step)
  checkSite(site)
}

/** Above all other serial numbers; a multiple of four, so that no node refuses the row, and it refers to no other one. */
const STIR_SERIAL = 2_000_000

async function settle(world: World): Promise<void> {
  let hasWaited = false
  const rowCount = world.sites.reduce((sum, { model }) => sum + model.rows.size, 0)
  const maxRounds = MAX_ROUNDS + ROUNDS_FOR_A_ROW * rowCount
  for (let round = 0; round < maxRounds; round += 1) {
    const before = world.mailbox.posted
    // A row that was on its way from somebody else may come to where it stops its message.
    if (world.shape.isStrict === true && round % 10 === 9) {
      makeRoom(world, world.sites)
      // Behind a message of a lost life nodes offer theirs again and again, until the window is full or somebody decides.
      await overtakeLostLives(world)
    }
    // The first round after the wait is everybody's; then who has got a letter has something to do.
    const isOpen = round === 0 || hasWaited
    for (const site of world.sites) {
      if (!isOpen && !hasLetter(world, site)) continue
      world.nowMs += 1000
      await exchangeOnce(world, site, { fates: [], mishap: undefined })
      if (site.hasChanged) checkSite(site)
    }
    const isQuiet = world.mailbox.posted === before
    if (isQuiet && hasWaited) return
    if (isQuiet) world.nowMs += world.shape.rules.resendAfterMs * LONG_FACTOR
    hasWaited = isQuiet
  }
  throw new WorldFailure('nodes come to rest', `after ${maxRounds} rounds they still write`)
}

function hasLetter({ mailbox, nowMs, planName }: World, { plan }: Site): boolean {
  return mailbox.ofPlan(planName).some(({ arrivesAtMs, message }) => {
    return arrivesAtMs <= nowMs && message.name.to === plan.thisNode
  })
}

/** Programs empty the tables in which a row found no place. */
function makeRoom(world: World, sites: readonly Site[]): void {
  for (const site of sites) {
    const hasReferences = world.shape.tables.some(({ parent }) => parent !== undefined)
    for (const table of world.shape.tables.toReversed()) {
      const takesAll = table.unique === undefined && table.refusingNode === undefined
      if (takesAll && !hasReferences) continue
      site.database.program.empty(table.name)
    }
    site.model.write(site.reader.rows(), { atMs: site.nowMs })
    checkSite(site)
  }
}
