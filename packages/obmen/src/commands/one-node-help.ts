/** How the help of a command ends that does something with one other node. */
export function helpOnNode(name: string): { readonly en: string; readonly ru: string } {
  return {
    en: `
usage: obmen ${name} NODE

  --dry-run   tell what would be done, and do nothing
  --json      the result as JSON

Examples:
  obmen ${name} S01
  obmen ${name} S01 --dry-run
`,
    ru: `
вызов: obmen ${name} УЗЕЛ

  --dry-run   рассказать, что было бы сделано, и ничего не делать
  --json      итог в виде JSON

Примеры:
  obmen ${name} С01
  obmen ${name} С01 --dry-run
`,
  }
}
