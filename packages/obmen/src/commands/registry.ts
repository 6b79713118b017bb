import type { Command } from './command.ts'
import { conflictsClearCommand } from './conflicts-clear.ts'
import { conflictsListCommand } from './conflicts-list.ts'
import { conflictsResolveCommand } from './conflicts-resolve.ts'
import { conflictsShowCommand } from './conflicts-show.ts'
import { demoCommand } from './demo.ts'
import { exchangeCommand } from './exchange.ts'
import { initCommand } from './init.ts'
import { nodeAddCommand } from './node-add.ts'
import { nodeListCommand } from './node-list.ts'
import { nodeRemoveCommand } from './node-remove.ts'
import { nodeRestartCommand } from './node-restart.ts'
import { nodeSetCommand } from './node-set.ts'
import { nodeShowCommand } from './node-show.ts'
import { refusedDropCommand } from './refused-drop.ts'
import { refusedListCommand } from './refused-list.ts'
import { refusedRetryCommand } from './refused-retry.ts'
import { sendCommand } from './send.ts'
import { statusCommand } from './status.ts'
import { workCommand } from './work.ts'

/** Every command, in the order of the overview: from setting up to looking after. */
export const COMMANDS: readonly Command[] = [
  initCommand,
  nodeAddCommand,
  nodeListCommand,
  nodeShowCommand,
  nodeSetCommand,
  nodeRestartCommand,
  nodeRemoveCommand,
  exchangeCommand,
  workCommand,
  statusCommand,
  conflictsListCommand,
  conflictsShowCommand,
  conflictsResolveCommand,
  conflictsClearCommand,
  refusedListCommand,
  refusedRetryCommand,
  refusedDropCommand,
  sendCommand,
  demoCommand,
]
