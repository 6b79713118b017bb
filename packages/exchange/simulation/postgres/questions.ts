/** What one thread asks the other one that holds the connections, and what it answers. */

/** What is needed to reach a server, beside the name of a database. */
export interface ServerAddress {
  readonly host: string
  readonly user: string
}

export type Question = { readonly connection: number } & (
  | { readonly kind: 'connect'; readonly database: string; readonly user: string | undefined }
  | { readonly kind: 'query'; readonly text: string; readonly values?: unknown[] }
  /** In order: when it is answered, the server has forgotten the connection. */
  | { readonly kind: 'end' }
  /** As if the process that had it were gone. */
  | { readonly kind: 'cut' }
)

/** An answer has the number of its question. */
export type Numbered<Message> = Message & { readonly number: number }

export interface Answer {
  /** One for each statement. */
  readonly results: readonly QueryResult[]
  /** The fields of an error. */
  readonly error?: { readonly message: string }
}

export interface QueryResult {
  readonly rows: readonly (readonly (string | null)[])[]
  readonly rowCount: number | null
}
