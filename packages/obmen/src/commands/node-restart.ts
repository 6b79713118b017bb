import { randomUUID } from 'node:crypto'

import { restartNode } from '@obmen/exchange'

import { nodeRestartHelp } from './node-restart-help.ts'
import type { Command } from './command.ts'
import { commandOnNode } from './one-node.ts'

/** Begins the exchange with another node anew: after a copy of a database is out of the way, or to find out which rows differ. */
export const nodeRestartCommand: Command = commandOnNode({
  name: 'node restart',
  help: nodeRestartHelp,
  done: 'restarted',
  async work({ store, config: { spoolFolder } }, code) {
    await restartNode({ store, spoolFolder, newUuid: () => randomUUID() }, code)
  },
  tell({ messages: { findings, general } }, { code, isDryRun }) {
    return isDryRun
      ? [findings.wouldBeRestarted(code), general.nothingChanged()]
      : [findings.restarted(code), findings.restartedMeans()]
  },
})
