import type { FindingMessages, FormatMessages } from './messages.ts'

/** What is told of nodes that are not in step, in English. */
export function englishFindings(format: FormatMessages): FindingMessages {
  return {
    undelivered: (count, nodes) =>
      `Not handed to the mail server yet: ${format.messages(count)} (${format.nodes(nodes)}).`,
    undeliveredHint: (command) =>
      `The next exchange tries again, and says what is wrong: ${command}`,
    stopped: (node, { twice, since }) =>
      twice === 'there'
        ? `Nothing is exchanged with ${node} since ${format.moment(since)}: two databases write under its code.`
        : `Nothing is exchanged with ${node} since ${format.moment(since)}: another database writes under this node's code.`,
    stoppedHint: (command) =>
      `Take the copy out of service for good; then run at both sites, on the databases that stay: ${command}`,
    setAsideThere: (node, count, toldAt) =>
      `${node} could not take ${format.rows(count)} of this node (told ${format.moment(toldAt)}):`,
    andMore: (count) => `… and ${format.number(count)} more`,
    difference: (node, { table, rowsHere, rowsThere, parts, foundAt }) =>
      `${table} is not the same here and at ${node} (found ${format.moment(foundAt)}): in ${format.number(parts.length)} of its parts there are ${format.rows(rowsHere)} here, ${format.rows(rowsThere)} there.`,
    differenceHint: (command) =>
      `Everything is compared row by row after ${command}; rows that differ are then shown by obmen conflicts list`,
    restarted: (code) => `The exchange with ${code} begins anew.`,
    wouldBeRestarted: (code) => `The exchange with ${code} would begin anew.`,
    restartedMeans: () =>
      'The next exchange offers the node everything, and the node offers everything too; of each row the later version wins.',
    forks: () => 'begun anew',
    forksSince: (count, lastAt) =>
      count === 0 ? '–' : `${format.number(count)} (${format.moment(lastAt)})`,
  }
}
