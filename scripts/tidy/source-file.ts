import { parseSync, visitorKeys, type Comment, type Node, type Program } from 'oxc-parser'

/** A node of the syntax tree with the nodes around it, the nearest last. */
export interface Placed {
  readonly node: Node
  readonly ancestors: readonly Node[]
}

/** One import, export-from, `import()` or `new URL('…', import.meta.url)` of a file. */
export interface Import {
  readonly specifier: string
  readonly offset: number
}

/** A TypeScript file of the repository, parsed when a rule first asks for its syntax. */
export class SourceFile {
  /** From the root of the repository, with `/`. */
  readonly path: string
  readonly text: string
  #nodes: readonly Placed[] | undefined
  #comments: readonly Comment[] = []

  constructor(path: string, text: string) {
    this.path = path
    this.text = text
  }

  /** Every node, in the order of the text. A file that does not parse gives what could be read: tsc reports it. */
  get nodes(): readonly Placed[] {
    if (this.#nodes === undefined) {
      const { program, comments } = parseSync(this.path, this.text)
      this.#comments = comments
      this.#nodes = [...placedNodes(program, [])]
    }
    return this.#nodes
  }

  get comments(): readonly Comment[] {
    void this.nodes
    return this.#comments
  }

  /** The statements of the file itself. */
  get statements(): Program['body'] {
    const first = this.nodes[0]?.node
    return first?.type === 'Program' ? first.body : []
  }

  get imports(): readonly Import[] {
    return this.nodes.flatMap(({ node }) => importOf(node) ?? [])
  }

  /** The line of an offset, from 1. */
  lineAt(offset: number): number {
    return this.text.slice(0, offset).split('\n').length
  }
}

function* placedNodes(node: Node, ancestors: readonly Node[]): Generator<Placed> {
  yield { node, ancestors }
  const inside = [...ancestors, node]
  for (const key of visitorKeys[node.type] ?? []) {
    const child: unknown = Reflect.get(node, key)
    for (const candidate of Array.isArray(child) ? (child as unknown[]) : [child]) {
      if (isNode(candidate)) yield* placedNodes(candidate, inside)
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value
}

function importOf(node: Node): Import | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return literalImport(node.source)
    case 'NewExpression':
      // How a worker or a file beside the module is named.
      return node.callee.type === 'Identifier' && node.callee.name === 'URL'
        ? literalImport(node.arguments[0])
        : undefined
    default:
      return undefined
  }
}

function literalImport(source: Node | null | undefined): Import | undefined {
  return source?.type === 'Literal' && typeof source.value === 'string'
    ? { specifier: source.value, offset: source.start }
    : undefined
}
