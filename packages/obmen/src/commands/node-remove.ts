import { commandLine } from './configuration.ts'
import { nodeRemoveHelp } from './node-help.ts'
import type { Command } from './command.ts'
import { commandOnNode } from './one-node.ts'

/** Removes another node from the plan here. It says what that means, and asks nothing: nothing is lost by it. */
export const nodeRemoveCommand: Command = commandOnNode({
  name: 'node remove',
  help: nodeRemoveHelp,
  done: 'removed',
  async work({ store }, code) {
    await store.transaction(async (transaction) => {
      await transaction.node(code)
      await transaction.removeNode(code)
    })
  },
  tell(invocation, { code, isDryRun }) {
    const { node, general } = invocation.messages
    const means = node.removedMeans(commandLine(invocation, `node add ${code}`))
    return isDryRun
      ? [node.wouldBeRemoved(code), means, general.nothingChanged()]
      : [node.removed(code), means]
  },
})
